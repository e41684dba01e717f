//! Who is named where: counted by form and repository, and compared with what a person reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use agentls_analysis::agent::SourceFile;
use agentls_analysis::index::Workspace;
use agentls_analysis::rules;

use crate::features::workspace;
use crate::{corpus, documented, name, project, repositories};

struct Repository {
    name: String,
    workspace: Workspace,
    files: Vec<SourceFile>,
}

/// All repositories, read once for all tests.
fn read() -> Option<&'static [Repository]> {
    static READ: OnceLock<Vec<Repository>> = OnceLock::new();
    let corpus = corpus()?;
    Some(READ.get_or_init(|| {
        let read = |folder: &PathBuf| {
            let (workspace, files) = workspace(folder);
            Repository {
                name: name(folder).to_owned(),
                workspace,
                files,
            }
        };
        repositories(&corpus).iter().map(read).collect()
    }))
}

/// How many mentions of each form lead somewhere, by repository.
#[test]
fn the_documented_mentions_are_up_to_date() {
    let Some(repositories) = read() else { return };
    let mut counts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, repository) in repositories.iter().enumerate() {
        for file in &repository.files {
            for mention in &file.facts.mentions {
                let index = &repository.workspace.index;
                if !index.resolve(mention, &file.facts, &file.path).is_empty() {
                    let row = counts.entry(mention.form.label()).or_default();
                    row.resize(repositories.len(), 0);
                    row[at] += 1;
                }
            }
        }
    }
    let mut table = "| form | all |".to_owned();
    for number in 1..=repositories.len() {
        write!(table, " {number} |").unwrap();
    }
    table += "\n|---|--:|";
    table += &"--:|".repeat(repositories.len());
    for (form, row) in counts {
        write!(table, "\n| {form} | {} |", row.iter().sum::<usize>()).unwrap();
        for count in row {
            match count {
                0 => table += " |",
                count => write!(table, " {count} |").unwrap(),
            }
        }
    }
    documented("mentions", &(table + "\n"));
}

/// What a person read on one line: agents, skills and commands, known or not.
struct Line {
    repository: String,
    path: String,
    /// One-based.
    line: usize,
    names: BTreeSet<String>,
}

fn lines() -> Vec<Line> {
    let table = fs::read_to_string(project().join("tests/corpus/lines.tsv")).unwrap();
    let line = |row: &str| {
        let mut fields = row.split('\t');
        let (repository, path) = fields.next().unwrap().split_once('/').unwrap();
        let line = fields.next().unwrap().parse().unwrap();
        let names = fields.next().unwrap().split(' ');
        Line {
            repository: repository.to_owned(),
            path: path.to_owned(),
            line,
            names: names
                .filter(|name| !name.is_empty())
                .map(Into::into)
                .collect(),
        }
    };
    table.lines().map(line).collect()
}

#[test]
fn what_a_person_reads_on_a_line_is_found_there_and_hardly_anything_else() {
    let Some(repositories) = read() else { return };
    let lines = lines();
    assert_eq!(lines.len(), 200);
    let (mut there, mut found, mut said, mut right) = (0, 0, 0, 0);
    for line in &lines {
        let repository = repositories
            .iter()
            .find(|repository| repository.name == line.repository)
            .unwrap();
        let file = repository
            .files
            .iter()
            .find(|file| file.path.as_str() == line.path)
            .unwrap();
        let (named, meant) = on_line(&repository.workspace, file, line.line);
        let at = format!("{}/{}:{}", line.repository, line.path, line.line);
        for name in line.names.difference(&named) {
            eprintln!("not found: {at} {name}");
        }
        for name in meant.difference(&line.names) {
            eprintln!("not right: {at} {name}");
        }
        there += line.names.len();
        found += line.names.intersection(&named).count();
        said += meant.len();
        right += meant.intersection(&line.names).count();
    }
    eprintln!("{found} of {there} names are found; {right} of {said} found are right");
    assert!(found * 100 >= there * 98, "{found} of {there} are found");
    assert!(right * 100 >= said * 97, "{right} of {said} are right");
}

/// The names that are mentions on a line, and those among them of which something is said:
/// they lead somewhere, or are reported because they lead nowhere.
fn on_line(
    workspace: &Workspace,
    file: &SourceFile,
    line: usize,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let source = &*file.source;
    let start = match line {
        1 => 0,
        _ => source.match_indices('\n').nth(line - 2).unwrap().0 + 1,
    };
    let end = source[start..]
        .find('\n')
        .map_or(source.len(), |at| start + at);
    let reported: BTreeSet<_> = rules::check(workspace, file)
        .into_iter()
        .filter(|finding| finding.rule == "unknown-agent")
        .map(|finding| finding.range)
        .collect();
    let (mut named, mut meant) = (BTreeSet::new(), BTreeSet::new());
    for mention in &file.facts.mentions {
        let range = mention.range.range();
        if mention.form.is_path() || range.start < start || range.end > end {
            continue;
        }
        let targets = workspace.index.resolve(mention, &file.facts, &file.path);
        if !targets.is_empty() || reported.contains(&mention.range) {
            meant.insert(mention.name.to_string());
        }
        named.insert(mention.name.to_string());
    }
    (named, meant)
}
