//! Every feature at every token boundary: no panic, no hang, no range outside its text.
//!
//! In full with `AGENTLS_CORPUS_FULL=1` (best with `--release`), else at some boundaries of
//! every file, always the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use agentls_analysis::agent::SourceFile;
use agentls_analysis::features::completion::{Options, completions};
use agentls_analysis::features::definition::goto_definition;
use agentls_analysis::features::hover::hover;
use agentls_analysis::index::{Depth, FileId, Scope, Workspace};
use agentls_analysis::limits::MAX_COMPLETIONS;
use agentls_analysis::path::FilePath;
use agentls_analysis::rules;
use agentls_analysis::syntax::document::Document;
use rayon::prelude::*;

use crate::{corpus, is_valid, name, repositories};

/// Boundaries tried in each header and in each body where the test is not run in full.
const SAMPLE: usize = 8;

/// Where the choice of them begins.
const SEED: u64 = 0x5eed_a9e7;

#[test]
fn features_answer_with_valid_ranges_wherever_they_are_asked() {
    let Some(corpus) = corpus() else { return };
    let full = std::env::var_os("AGENTLS_CORPUS_FULL").is_some();
    let mut files = 0;
    let mut asked = 0;
    let answered = AtomicUsize::new(0);
    for repository in repositories(&corpus) {
        let (workspace, sources) = workspace(&repository);
        files += sources.len();
        asked += sources
            .par_iter()
            .map(|file| {
                let boundaries = boundaries(&file.source);
                let chosen = if full {
                    boundaries
                } else {
                    let header = file.facts.header.as_ref();
                    let end = header.map_or(0, |header| header.end as usize);
                    let body = boundaries.partition_point(|offset| *offset < end);
                    let mut chosen = sample(&boundaries[..body], file.path.as_str());
                    chosen.extend(sample(&boundaries[body..], file.path.as_str()));
                    chosen
                };
                let problem = check_findings(&workspace, file)
                    .map(|problem| (0, problem))
                    .or_else(|| {
                        let problem = |offset: &usize| {
                            Some((*offset, check_at(&workspace, file, *offset, &answered)?))
                        };
                        chosen.iter().find_map(problem)
                    });
                if let Some((offset, problem)) = problem {
                    let repository = name(&repository);
                    panic!("{repository}/{} at byte {offset}: {problem}", file.path);
                }
                chosen.len()
            })
            .sum::<usize>();
    }
    let answered = answered.into_inner();
    eprintln!("{asked} boundaries of {files} files, {answered} answers");
    assert!(answered > 0, "nobody answers");
}

/// A repository as a workspace, every file read whole.
pub(crate) fn workspace(repository: &Path) -> (Workspace, Vec<SourceFile>) {
    let sources: Vec<SourceFile> = markdown(repository)
        .into_par_iter()
        .enumerate()
        .map(|(id, path)| {
            let source = std::fs::read_to_string(repository.join(&path)).unwrap();
            let mut document = Document::new(&source);
            SourceFile::new(
                FileId(id as u32),
                FilePath::new(&path),
                &mut document,
                &Default::default(),
            )
        })
        .collect();
    let mut workspace = Workspace::default();
    for file in &sources {
        let (path, facts) = (file.path.clone(), file.facts.clone());
        let _ = workspace
            .index
            .insert(file.id, path, facts, Depth::Body, Scope::Workspace);
    }
    (workspace, sources)
}

/// The paths of all markdown files below a folder, relative to it, in order.
fn markdown(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let relative = path.strip_prefix(folder).unwrap();
                found.push(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// The offsets at which a token begins or ends: a word, a run of blanks, any other character.
pub(crate) fn boundaries(source: &str) -> Vec<usize> {
    let class = |c: char| match c {
        '-' | '_' => Some('a'),
        c if c.is_alphanumeric() => Some('a'),
        ' ' | '\t' => Some(' '),
        _ => None,
    };
    let mut found = vec![0];
    let mut before = None;
    for (at, c) in source.char_indices() {
        let here = class(c);
        if at > 0 && (here != before || here.is_none()) {
            found.push(at);
        }
        before = here;
    }
    if !source.is_empty() {
        found.push(source.len());
    }
    found
}

/// The first, the last, and some between that depend on the path alone.
pub(crate) fn sample(boundaries: &[usize], path: &str) -> Vec<usize> {
    let mut boundaries = boundaries.to_vec();
    // FNV-1a to begin, then xorshift: small, known, the same everywhere.
    let mut state = path
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ SEED, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let mut chosen: Vec<usize> = boundaries
        .first()
        .into_iter()
        .chain(boundaries.last())
        .copied()
        .collect();
    while chosen.len() < SAMPLE && !boundaries.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        chosen.push(boundaries.swap_remove((state % boundaries.len() as u64) as usize));
    }
    chosen
}

/// What is wrong with the answers at `offset`; counts those that say something.
fn check_at(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
    answered: &AtomicUsize,
) -> Option<String> {
    let text = &*file.source;
    let answers = catch_unwind(AssertUnwindSafe(|| {
        let options = Options {
            snippets: true,
            asks_later: false,
        };
        (
            completions(workspace, file, offset, &options),
            hover(workspace, file, offset),
            goto_definition(workspace, file, offset),
        )
    }));
    let Ok((completions, hover, definitions)) = answers else {
        return Some("a feature panics".to_owned());
    };
    let answers = [
        !completions.items.is_empty(),
        hover.is_some(),
        definitions.is_some(),
    ];
    answered.fetch_add(answers.into_iter().filter(|said| *said).count(), Relaxed);
    if completions.items.len() > MAX_COMPLETIONS {
        return Some(format!("{} completions", completions.items.len()));
    }
    for item in &completions.items {
        let range = item.edit.range;
        if !is_valid(range, text) || !range.touches(offset) {
            return Some(format!("a completion replaces {range:?}"));
        }
    }
    if let Some(hover) = hover
        && (!is_valid(hover.range, text)
            || !hover.range.touches(offset)
            || hover.markdown.is_empty())
    {
        return Some(format!("a hover is about {:?}", hover.range));
    }
    let definitions = definitions?;
    if !is_valid(definitions.origin, text) || !definitions.origin.touches(offset) {
        return Some(format!("a definition starts from {:?}", definitions.origin));
    }
    if definitions.targets.is_empty() {
        return Some("a definition is nowhere".to_owned());
    }
    definitions.targets.iter().find_map(|target| {
        let header = &workspace.index.file(target.file)?.facts.header_text;
        let good = is_valid(target.range, header)
            && is_valid(target.full_range, header)
            && target.full_range.covers(target.range);
        (!good).then(|| format!("a definition is at {target:?}"))
    })
}

/// What is wrong with the findings in a file.
fn check_findings(workspace: &Workspace, file: &SourceFile) -> Option<String> {
    let Ok(findings) = catch_unwind(AssertUnwindSafe(|| rules::check(workspace, file))) else {
        return Some("a rule panics".to_owned());
    };
    findings.iter().find_map(|finding| {
        let related = finding.related.iter().find(|related| {
            let text = match workspace.index.file(related.file) {
                _ if related.file == file.id => &file.source,
                Some(other) => &other.facts.header_text,
                None => return true,
            };
            !is_valid(related.range, text)
        });
        if let Some(related) = related {
            return Some(format!("{} points to {related:?}", finding.rule));
        }
        let good = is_valid(finding.range, &file.source) && !finding.message.is_empty();
        (!good).then(|| format!("{} is at {:?}", finding.rule, finding.range))
    })
}
