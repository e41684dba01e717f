//! Every fix that is offered for a real file: it mends what it says, and breaks nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use agentls_analysis::agent::SourceFile;
use agentls_analysis::config::Severity;
use agentls_analysis::index::{Depth, Scope, Workspace};
use agentls_analysis::limits::MAX_FINDINGS_PER_RULE;
use agentls_analysis::loading::Verdict;
use agentls_analysis::rules::{self, Applicability, Finding, Fix};

use crate::features::workspace;
use crate::{corpus, name, repositories};

/// After so many rounds of safe fixes none may be left.
const ROUNDS: usize = 8;

#[test]
fn a_fix_mends_its_finding_and_breaks_nothing() {
    let Some(corpus) = corpus() else { return };
    let mut tried: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut faults = String::new();
    for repository in repositories(&corpus) {
        let (mut workspace, sources) = workspace(&repository);
        for file in &sources {
            for (place, file) in [("header", header_alone(file)), ("file", Some(file.clone()))] {
                let Some(file) = file else { continue };
                let found = Found::of(&mut workspace, file);
                for (finding, fix) in found.fixes() {
                    // A fix of the header is tried on a file whose body is one line.
                    if (place == "header") != is_in_header(&found.file, fix) {
                        continue;
                    }
                    let who = match fix.applicability {
                        Applicability::Safe => "safe",
                        Applicability::Unsafe => "unsafe",
                        Applicability::Manual => "manual",
                    };
                    *tried.entry((finding.rule, who)).or_default() += 1;
                    let fault = try_alone(&mut workspace, &found, finding, fix);
                    note(&mut faults, &repository, &found, fault);
                }
                let fault = try_safe(&mut workspace, &found);
                note(&mut faults, &repository, &found, fault);
            }
            insert(&mut workspace, file);
        }
    }
    for ((rule, who), count) in &tried {
        eprintln!("{count:6} {who:7} {rule}");
    }
    assert!(!tried.is_empty(), "nothing is fixed");
    assert!(faults.is_empty(), "{faults}");
}

/// A file and what is wrong with it.
struct Found {
    file: SourceFile,
    findings: Vec<Finding>,
}

impl Found {
    fn of(workspace: &mut Workspace, file: SourceFile) -> Self {
        insert(workspace, &file);
        let findings = rules::check(workspace, &file);
        Self { file, findings }
    }

    fn fixes(&self) -> impl Iterator<Item = (&Finding, &Fix)> {
        self.findings
            .iter()
            .flat_map(|finding| finding.fixes.iter().map(move |fix| (finding, fix)))
            .filter(|(_, fix)| fix.create.is_none())
    }

    fn edited(&self, workspace: &mut Workspace, text: &str) -> Self {
        let file = &self.file;
        let reading = &file.facts.reading;
        let edited = SourceFile::parse(file.id, file.path.clone(), text, reading);
        Self::of(workspace, edited)
    }

    /// How many findings say the same.
    fn count(&self, finding: &Finding) -> usize {
        self.alike(finding).count()
    }

    fn has_at(&self, finding: &Finding, start: i64) -> bool {
        self.alike(finding)
            .any(|other| i64::from(other.range.start) == start)
    }

    fn alike<'f>(&'f self, finding: &'f Finding) -> impl Iterator<Item = &'f Finding> {
        let is_it =
            move |other: &&Finding| other.rule == finding.rule && other.message == finding.message;
        self.findings.iter().filter(is_it)
    }

    fn count_of(&self, rule: &str) -> usize {
        let of_rule = self.findings.iter().filter(|finding| finding.rule == rule);
        of_rule.count()
    }
}

/// Where a finding starts after its fix, if it is still there.
fn moved(finding: &Finding, fix: &Fix) -> i64 {
    let start = finding.range.start;
    let before = fix.edits.iter().filter(|edit| edit.range.end <= start);
    let by = before.map(|edit| edit.new_text.len() as i64 - edit.range.len() as i64);
    i64::from(start) + by.sum::<i64>()
}

fn insert(workspace: &mut Workspace, file: &SourceFile) {
    let (path, facts) = (file.path.clone(), file.facts.clone());
    let _ = workspace
        .index
        .insert(file.id, path, facts, Depth::Body, Scope::Workspace);
}

/// The file with one line for its body: much faster to read, and the same to rules about headers.
fn header_alone(file: &SourceFile) -> Option<SourceFile> {
    let header = file.facts.header.as_ref()?;
    header.closing?;
    let text = format!("{}\nText.\n", &file.source[..header.end as usize]);
    let reading = &file.facts.reading;
    Some(SourceFile::parse(
        file.id,
        file.path.clone(),
        &text,
        reading,
    ))
}

fn is_in_header(file: &SourceFile, fix: &Fix) -> bool {
    let header = file.facts.header.as_ref();
    let end = header
        .filter(|header| header.closing.is_some())
        .map_or(0, |header| header.end);
    fix.edits.iter().all(|edit| edit.range.end < end)
}

fn note(faults: &mut String, repository: &Path, found: &Found, fault: Option<String>) {
    if let Some(fault) = fault {
        let path = &found.file.path;
        writeln!(faults, "{}/{path}: {fault}", name(repository)).unwrap();
    }
}

/// What is wrong after one fix.
fn try_alone(
    workspace: &mut Workspace,
    found: &Found,
    finding: &Finding,
    fix: &Fix,
) -> Option<String> {
    let (text, applied) = rules::apply(&found.file.source, [fix]);
    let what = format!("{} ({})", finding.rule, fix.title);
    if applied != 1 || text == *found.file.source {
        return Some(format!("{what} changes nothing"));
    }
    let after = found.edited(workspace, &text);
    if let Some(fault) = is_worse(found, &after) {
        return Some(format!("{what} {fault}\n{}", difference(found, &after)));
    }
    let before = found.count(finding);
    let is_left = after.count(finding) >= before && after.has_at(finding, moved(finding, fix));
    if is_left && found.count_of(finding.rule) < MAX_FINDINGS_PER_RULE {
        return Some(format!(
            "{what} mends nothing\n{}",
            difference(found, &after)
        ));
    }
    None
}

/// What is wrong after the safe fixes, applied until there are none.
fn try_safe(workspace: &mut Workspace, found: &Found) -> Option<String> {
    let mut text = found.file.source.to_string();
    let mut now = None;
    for _ in 0..ROUNDS {
        let current: &Found = now.as_ref().unwrap_or(found);
        let safe: Vec<&Fix> = current
            .fixes()
            .map(|(_, fix)| fix)
            .filter(|fix| fix.applicability == Applicability::Safe)
            .collect();
        if safe.is_empty() {
            let fault = is_worse(found, current).or_else(|| is_faulty(found, current))?;
            let difference = difference(found, current);
            return Some(format!("all safe fixes together: {fault}\n{difference}"));
        }
        text = rules::apply(&text, safe).0;
        now = Some(found.edited(workspace, &text));
    }
    Some("safe fixes come to no end".to_owned())
}

/// How little the host makes of a header.
fn rank(found: &Found) -> usize {
    match found.file.facts.loading.verdict {
        Verdict::Loads => 0,
        Verdict::Requoted => 1,
        _ => 2,
    }
}

/// Whether the host makes less of a file than before.
fn is_worse(before: &Found, after: &Found) -> Option<String> {
    if rank(after) > rank(before) {
        let verdict = after.file.facts.loading.verdict;
        return Some(format!("makes the header {verdict:?}"));
    }
    more(before, after, |finding| finding.severity == Severity::Error)
}

/// Whether something is wrong with a file that was not before, or it gets no tools.
fn is_faulty(before: &Found, after: &Found) -> Option<String> {
    let is_grave = |finding: &Finding| finding.severity >= Severity::Warning;
    more(before, after, |finding| {
        is_grave(finding) || finding.rule == "empty-tools"
    })
}

/// The rules that find more than before, of the findings that count.
fn more(before: &Found, after: &Found, counts: impl Fn(&Finding) -> bool) -> Option<String> {
    // A header that is read at last can show other faults.
    if rank(after) < rank(before) {
        return None;
    }
    let tally = |found: &Found| {
        let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in found.findings.iter().filter(|finding| counts(finding)) {
            *tally.entry(finding.rule).or_default() += 1;
        }
        tally
    };
    let old = tally(before);
    let mut new = tally(after);
    new.retain(|rule, count| old.get(rule).is_none_or(|old| old < count));
    (!new.is_empty()).then(|| format!("makes findings: {new:?}"))
}

/// The lines that differ.
fn difference(before: &Found, after: &Found) -> String {
    let (old, new) = (&before.file.source, &after.file.source);
    let mut lines = String::new();
    let is_in = |text: &str, line: &str| text.lines().any(|other| other == line);
    for line in old.lines().filter(|line| !is_in(new, line)) {
        writeln!(lines, "  - {line:.200}").unwrap();
    }
    for line in new.lines().filter(|line| !is_in(old, line)) {
        writeln!(lines, "  + {line:.200}").unwrap();
    }
    lines
}
