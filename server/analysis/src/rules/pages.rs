//! The page of each rule says what is so: its example has the finding and its fix has not.
//! `docs/rules.md` is made of the pages, between its marks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::agent::SourceFile;
use crate::config::{self, Reading};
use crate::fixture::Fixture;
use crate::index::FileId;
use crate::path::FilePath;
use crate::rules::{self, Applicability, Finding, RULES, Rule};

/// What a page has below its first paragraph, in this order.
const SECTIONS: [&str; 4] = ["Why", "Example", "Fix", "Evidence"];

/// The rules by what they are about, as a reader looks for them.
const FAMILIES: [(&str, &[&str]); 6] = [
    (
        "Will the host load this file?",
        &[
            "frontmatter-not-first",
            "frontmatter-unclosed",
            "frontmatter-missing",
            "yaml-dropped",
            "yaml-requoted",
            "unreadable-file",
            "header-cut",
            "missing-name",
            "missing-description",
            "invalid-name",
            "duplicate-key",
            "duplicate-name",
            "shadowed-name",
            "empty-body",
        ],
    ),
    (
        "Keys and values",
        &[
            "misspelled-key",
            "unknown-key",
            "ignored-key",
            "invalid-value",
            "deprecated-key",
        ],
    ),
    (
        "Tools",
        &[
            "unknown-tool",
            "renamed-tool",
            "removed-tool",
            "unavailable-tool",
            "conflicting-tool",
            "ignored-specifier",
            "unknown-mcp-server",
            "empty-tools",
        ],
    ),
    (
        "References",
        &[
            "broken-extends",
            "extends-cycle",
            "unknown-agent",
            "self-delegation",
            "unknown-skill",
            "broken-link",
        ],
    ),
    (
        "Body",
        &[
            "unclosed-fence",
            "nested-fence",
            "python-syntax",
            "malformed-example",
            "description-budget",
        ],
    ),
    (
        "Configuration",
        &["invalid-configuration", "unused-suppression"],
    ),
];

/// Rules that no example on a page can show, and why.
const NOT_SHOWN: [(&str, &str); 2] = [
    ("unreadable-file", "a page is UTF-8 itself"),
    ("description-budget", "it takes hundreds of files"),
];

/// The registered rules of each family.
fn families() -> impl Iterator<Item = (&'static str, Vec<&'static Rule>)> {
    FAMILIES.into_iter().map(|(title, names)| {
        let rules = names.iter().filter_map(|name| rules::rule_called(name));
        (title, rules.collect())
    })
}

/// The part of `docs/rules.md` between the marks: a table for each family, then every page.
fn reference() -> String {
    let mut text = "## All rules\n".to_owned();
    for (title, rules) in families() {
        let _ = write!(text, "\n### {title}\n\n");
        text.push_str("| rule | default | fix | what it finds |\n|---|---|---|---|\n");
        for rule in rules {
            let name = rule.name;
            let (default, fix) = (default(rule), fix(rule));
            let summary = first_sentence(Page::of(rule.page).lead);
            let _ = writeln!(
                text,
                "| [{name}](#{name}) | {default} | {fix} | {summary} |"
            );
        }
    }
    for rule in families().flat_map(|(_, rules)| rules) {
        let (default, fix) = (default(rule), fix(rule));
        let _ = write!(
            text,
            "\n## {}\n\nDefault: {default}. Fix: {fix}.\n\n",
            rule.name
        );
        for (line, is_code) in lines(rule.page) {
            let is_heading = !is_code && line.starts_with('#');
            text.push_str(if is_heading { "#" } else { "" });
            text.push_str(line);
        }
    }
    text
}

fn default(rule: &Rule) -> String {
    let severity = rule.severity.name();
    if rule.is_on {
        severity.to_owned()
    } else {
        format!("{severity}, off")
    }
}

/// How far the example of the page is mended without a person.
fn fix(rule: &Rule) -> &'static str {
    let best = of_rule(rule.name, &findings(&Page::of(rule.page).example()))
        .flat_map(|finding| &finding.fixes)
        .map(|fix| fix.applicability)
        .max();
    match best {
        Some(Applicability::Safe) => "safe",
        Some(Applicability::Unsafe) => "unsafe",
        Some(Applicability::Manual) => "by hand",
        None => "none",
    }
}

fn first_sentence(lead: &str) -> String {
    let lead = lead.split_whitespace().collect::<Vec<_>>().join(" ");
    match lead.find(". ") {
        Some(end) => lead[..=end].to_owned(),
        None => lead,
    }
}

/// A page in its parts.
struct Page<'p> {
    lead: &'p str,
    sections: Vec<(&'p str, &'p str)>,
}

/// The files of a workspace by path.
type Files<'p> = BTreeMap<&'p str, String>;

impl<'p> Page<'p> {
    fn of(text: &'p str) -> Self {
        let mut headings = Vec::new();
        let mut start = 0;
        for (line, is_code) in lines(text) {
            if let Some(heading) = line.strip_prefix("## ").filter(|_| !is_code) {
                headings.push((start, heading.trim_end(), start + line.len()));
            }
            start += line.len();
        }
        let ends = headings.iter().skip(1).map(|(start, ..)| *start);
        let ends = ends.chain([text.len()]);
        let sections = headings.iter().zip(ends);
        Self {
            lead: &text[..headings.first().map_or(text.len(), |(start, ..)| *start)],
            sections: sections
                .map(|((_, heading, start), end)| (*heading, &text[*start..end]))
                .collect(),
        }
    }

    fn section(&self, heading: &str) -> &'p str {
        let found = self.sections.iter().find(|(name, _)| *name == heading);
        found.map_or("", |(_, text)| text)
    }

    /// The files that have the finding.
    fn example(&self) -> Files<'p> {
        files(self.section("Example"))
    }

    /// The same files with those in their place that the fix shows.
    fn fixed(&self) -> Files<'p> {
        let mut fixed = self.example();
        fixed.extend(files(self.section("Fix")));
        fixed
    }
}

/// The lines of a page, each with whether it belongs to a fence.
fn lines(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut open = None;
    text.split_inclusive('\n').map(move |line| {
        let marks = &line[..line.len() - line.trim_start_matches('`').len()];
        let is_closing = open == Some(line.trim_end());
        let is_code = open.is_some() || marks.len() >= 3;
        if is_closing {
            open = None;
        } else if open.is_none() && is_code {
            open = Some(marks);
        }
        (line, is_code)
    })
}

/// The fences that name a file: ` ```markdown PATH `.
fn files(section: &str) -> Files<'_> {
    let mut files = Files::new();
    let mut open = None;
    for (line, is_code) in lines(section) {
        open = match (open, is_code) {
            (None, true) => {
                let info = line.trim_start_matches('`').trim_end();
                let path = info.split_once(' ').map(|(_, path)| path);
                let marks = &line[..line.len() - line.trim_start_matches('`').len()];
                files.extend(path.map(|path| (path, String::new())));
                Some((marks, path))
            }
            (Some((marks, _)), true) if line.trim_end() == marks => None,
            (Some((_, path)), true) => {
                if let Some(file) = path.and_then(|path| files.get_mut(path)) {
                    file.push_str(line);
                }
                open
            }
            (_, false) => None,
        };
    }
    files
}

/// What is found in a workspace of these files.
fn findings(files: &Files<'_>) -> Vec<Finding> {
    let written: String = files
        .iter()
        .map(|(path, text)| format!("//- /{path}\n{text}"))
        .collect();
    let fixture = Fixture::parse(&written);
    let of_files = fixture
        .files
        .iter()
        .flat_map(|file| rules::check(&fixture.workspace, file));
    let configs = files
        .iter()
        .filter(|(path, _)| path.ends_with(config::FILE_NAME));
    let of_configs = configs.flat_map(|(_, text)| rules::check_config(text, true));
    of_files.chain(of_configs).collect()
}

fn of_rule<'f>(rule: &str, findings: &'f [Finding]) -> impl Iterator<Item = &'f Finding> {
    findings.iter().filter(move |finding| finding.rule == rule)
}

/// The page of each rule as it is on the disk, by the rule's name.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/pages");
    let entries = fs::read_dir(folder).expect("the folder of the pages");
    let page = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("a page");
        (name.into_owned(), text)
    };
    entries
        .map(|entry| page(entry.expect("a page").path()))
        .collect()
}

#[test]
fn every_rule_and_every_page_is_in_one_family() {
    let mut families: Vec<&str> = FAMILIES
        .iter()
        .flat_map(|(_, rules)| rules.iter().copied())
        .collect();
    families.sort_unstable();
    let mut pages: Vec<String> = pages().into_iter().map(|(name, _)| name).collect();
    pages.sort();
    assert_eq!(families, pages);
    for rule in RULES {
        assert!(families.contains(&rule.name), "{}", rule.name);
    }
}

#[test]
fn every_page_has_its_parts() {
    for (name, text) in pages() {
        let page = Page::of(&text);
        let headings: Vec<&str> = page.sections.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, SECTIONS, "{name}");
        let parts = page.sections.iter().map(|(_, text)| *text);
        for part in parts.chain([page.lead]) {
            assert!(!part.trim().is_empty(), "{name} has an empty part");
        }
        assert!(!first_sentence(page.lead).contains('|'), "{name}");
        let others = lines(&text)
            .filter(|(line, is_code)| !is_code && line.starts_with('#'))
            .count();
        assert_eq!(others, SECTIONS.len(), "{name} has other headings");
    }
}

#[test]
fn every_example_has_the_finding_and_every_fix_has_none() {
    for rule in RULES {
        let page = Page::of(rule.page);
        let shown = findings(&page.example());
        let is_shown = of_rule(rule.name, &shown).next().is_some();
        match NOT_SHOWN.iter().find(|(name, _)| *name == rule.name) {
            Some((name, why)) => assert!(!is_shown, "{name} is shown, although {why}"),
            None => assert!(is_shown, "{} finds other things: {shown:#?}", rule.name),
        }
        let left = findings(&page.fixed());
        assert_eq!(left, [], "the fix of {}", rule.name);
    }
}

#[test]
fn the_reference_is_made_of_the_pages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let text = fs::read_to_string(&path).expect("docs/rules.md");
    let (begin, end) = ("<!-- rules: begin -->\n", "<!-- rules: end -->");
    let (before, rest) = text.split_once(begin).expect("where the rules begin");
    let (documented, after) = rest.split_once(end).expect("where the rules end");
    let reference = format!("\n{}\n", reference());
    if env::var_os("UPDATE_DOCS").is_some() {
        let text = format!("{before}{begin}{reference}{end}{after}");
        fs::write(&path, text).expect("docs/rules.md can be written");
    } else {
        assert_eq!(
            documented, reference,
            "docs/rules.md is out of date: run with UPDATE_DOCS=1"
        );
    }
}

#[test]
fn the_reference_is_sound_markdown() {
    let text = reference();
    let mut level = 1;
    for (line, _) in lines(&text).filter(|(line, is_code)| !is_code && line.starts_with('#')) {
        let own = line.len() - line.trim_start_matches('#').len();
        assert!(own <= level + 1, "{line}");
        level = own;
    }
    let path = FilePath::new("docs/rules.md");
    let file = SourceFile::parse(FileId(0), path, &text, &Reading::default());
    let fences = &file.facts.body.as_ref().expect("a body").fences;
    assert!(fences.iter().all(|fence| fence.closing.is_some()));
    let in_tree: Vec<&str> = fences
        .iter()
        .map(|fence| fence.opening.of(&text).trim_end())
        .collect();
    let mut was_code = false;
    let mut opened = Vec::new();
    for (line, is_code) in lines(&text) {
        if is_code && !was_code {
            opened.push(line.trim_end());
        }
        was_code = is_code;
    }
    assert_eq!(in_tree, opened);
}
