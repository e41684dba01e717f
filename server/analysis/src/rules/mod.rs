//! Rules: what is wrong with a file, each with the exact range, in one sentence that says
//! what the host does and what to do.
//!
//! One file for each family, one registry ([`RULES`]). A rule reads facts and the index.

mod body;
mod budget;
mod configuration;
mod examples;
mod fix;
mod hooks;
mod keys;
mod loading;
mod names;
pub(crate) mod new_agent;
#[cfg(test)]
mod pages;
mod references;
mod suppression;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod tools;
mod values;

pub use budget::check_budgets;
pub use configuration::check_config;
pub use fix::{Applicability, Fix, NewFile, apply};

use rustc_hash::FxHashMap;
use suppression::Suppressed;

use crate::agent::SourceFile;
use crate::config::Settings;
pub use crate::config::Severity;
use crate::host::{Hosts, KindData};
use crate::index::{FileId, Workspace};
use crate::limits;
use crate::text::{ByteRange, Splice};

/// A rule: its name is part of the interface (configuration, suppression, output).
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name, in kebab case.
    pub name: &'static str,
    /// How grave it is unless the user says otherwise.
    pub severity: Severity,
    /// Whether it is on unless the user says otherwise.
    pub is_on: bool,
    /// What it finds, why that matters, an example and what to do, as markdown.
    pub page: &'static str,
}

/// A rule with its page, `pages/NAME.md`.
macro_rules! rule {
    ($name:literal, $severity:expr) => {
        rule!($name, $severity, true)
    };
    ($name:literal, $severity:expr, $is_on:expr) => {
        Rule {
            name: $name,
            severity: $severity,
            is_on: $is_on,
            page: include_str!(concat!("pages/", $name, ".md")),
        }
    };
}
use rule;

/// Every rule.
pub const RULES: &[&Rule] = &[
    &body::EMPTY_BODY,
    &body::NESTED_FENCE,
    &body::PYTHON_SYNTAX,
    &body::UNCLOSED_FENCE,
    &budget::DESCRIPTION_BUDGET,
    &configuration::INVALID_CONFIGURATION,
    &examples::MALFORMED_EXAMPLE,
    &keys::DEPRECATED_KEY,
    &keys::DUPLICATE_KEY,
    &keys::IGNORED_KEY,
    &keys::INVALID_VALUE,
    &keys::MISSPELLED_KEY,
    &keys::UNKNOWN_KEY,
    &loading::FRONTMATTER_MISSING,
    &loading::FRONTMATTER_NOT_FIRST,
    &loading::FRONTMATTER_UNCLOSED,
    &loading::HEADER_CUT,
    &loading::UNREADABLE_FILE,
    &loading::YAML_DROPPED,
    &loading::YAML_REQUOTED,
    &names::DUPLICATE_NAME,
    &names::INVALID_NAME,
    &names::MISSING_DESCRIPTION,
    &names::MISSING_NAME,
    &names::SHADOWED_NAME,
    &references::BROKEN_EXTENDS,
    &references::BROKEN_LINK,
    &references::EXTENDS_CYCLE,
    &references::SELF_DELEGATION,
    &references::UNKNOWN_AGENT,
    &references::UNKNOWN_SKILL,
    &suppression::UNUSED_SUPPRESSION,
    &tools::CONFLICTING_TOOL,
    &tools::EMPTY_TOOLS,
    &tools::IGNORED_SPECIFIER,
    &tools::REMOVED_TOOL,
    &tools::RENAMED_TOOL,
    &tools::UNAVAILABLE_TOOL,
    &tools::UNKNOWN_MCP_SERVER,
    &tools::UNKNOWN_TOOL,
];

/// The rule of that name.
pub fn rule_called(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The names of all rules.
pub fn rule_names() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).collect()
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The characters at fault, in bytes.
    pub range: ByteRange,
    /// The rule's name.
    pub rule: &'static str,
    /// How grave it is, after the user's configuration.
    pub severity: Severity,
    /// One sentence or two: what happens, and what to do.
    pub message: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// How an editor may draw it.
    pub tag: Option<Tag>,
    /// Ways to mend it, the best first.
    pub fixes: Vec<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub file: FileId,
    /// The place, in bytes of that file; of a file that is not open, within its header.
    pub range: ByteRange,
    /// What is there.
    pub message: String,
}

/// How an editor may draw a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Struck through: it works, but there is a newer way.
    Deprecated,
    /// Faded: it has no effect.
    Unnecessary,
}

/// Everything that is wrong with a file, in the order of the text, with the ways to mend it.
pub fn check(workspace: &Workspace, file: &SourceFile) -> Vec<Finding> {
    run(Report::new(workspace, file, true))
}

/// The same without fixes, for those who only show what is wrong: after each key.
pub fn diagnose(workspace: &Workspace, file: &SourceFile) -> Vec<Finding> {
    run(Report::new(workspace, file, false))
}

/// Moves findings without fixes along with an edit that changed nothing else of what is known of
/// their file: see [`SourceFile::moved`].
pub fn move_along(findings: &mut [Finding], file: FileId, edit: Splice) {
    for finding in findings {
        finding.range = edit.moved(finding.range);
        let own = finding.related.iter_mut().filter(|it| it.file == file);
        for related in own {
            related.range = edit.moved(related.range);
        }
    }
}

/// The names in a file that are reported because they lead nowhere, and those because they lead
/// to the file itself; each in the order of the text.
pub(crate) fn names_at_fault(
    workspace: &Workspace,
    file: &SourceFile,
) -> (Vec<ByteRange>, Vec<ByteRange>) {
    let mut report = Report::new(workspace, file, false);
    if file.facts.kind.reports_mentions() {
        references::check(&mut report);
    }
    let found = |rules: &[&Rule]| {
        let findings = report.findings.iter();
        let found = findings.filter(|finding| rules.iter().any(|rule| rule.name == finding.rule));
        let mut ranges: Vec<ByteRange> = found.map(|finding| finding.range).collect();
        ranges.sort_unstable();
        ranges
    };
    let nowhere = [
        &references::UNKNOWN_AGENT,
        &references::BROKEN_EXTENDS,
        &references::UNKNOWN_SKILL,
    ];
    (found(&nowhere), found(&[&references::SELF_DELEGATION]))
}

fn run(mut report: Report<'_>) -> Vec<Finding> {
    let file = report.file;
    if let Some(host) = Hosts::builtin().data(file.facts.kind) {
        let title = Hosts::builtin().title(file.facts.kind);
        let host = Reader { data: host, title };
        loading::check(&host, &mut report);
        keys::check(&host, &mut report);
        tools::check(&host, &mut report);
    }
    if file.facts.kind.reports_mentions() {
        references::check(&mut report);
        body::check(&mut report);
        examples::check(&mut report);
    }
    report.finish()
}

/// The finding for a file that could not be read; `reason` completes "skipped: ".
pub fn unreadable(reason: &str, settings: &Settings<'_>) -> Option<Finding> {
    let severity = settings
        .severity(loading::UNREADABLE_FILE.name)
        .unwrap_or(Some(loading::UNREADABLE_FILE.severity))?;
    Some(Finding {
        range: ByteRange::default(),
        rule: loading::UNREADABLE_FILE.name,
        severity,
        message: format!("This file is skipped: {reason}."),
        related: Vec::new(),
        tag: None,
        fixes: Vec::new(),
    })
}

/// The findings of one file while they are collected.
struct Report<'a> {
    workspace: &'a Workspace,
    file: &'a SourceFile,
    settings: Settings<'a>,
    /// Whether fixes are wanted.
    mends: bool,
    findings: Vec<Finding>,
    /// How many each rule has.
    counts: FxHashMap<&'static str, usize>,
    suppressed: Suppressed<'a>,
}

impl<'a> Report<'a> {
    fn new(workspace: &'a Workspace, file: &'a SourceFile, mends: bool) -> Self {
        Self {
            mends,
            workspace,
            file,
            settings: workspace.settings(&file.path),
            findings: Vec::new(),
            counts: FxHashMap::default(),
            suppressed: Suppressed::new(file),
        }
    }

    fn source(&self) -> &'a str {
        &self.file.source
    }

    /// Whether a rule is on, and how grave what it finds is.
    fn severity(&self, rule: &Rule, default: Severity) -> Option<Severity> {
        let default = rule.is_on.then_some(default);
        self.settings.severity(rule.name).unwrap_or(default)
    }

    /// Adds a finding, unless the user or a comment has switched the rule off for it, or the
    /// rule has found enough.
    fn add(
        &mut self,
        rule: &'static Rule,
        range: ByteRange,
        message: impl Into<String>,
    ) -> Added<'_> {
        self.add_as(rule, rule.severity, range, message)
    }

    /// The same where the form of a mention decides how grave it is by default.
    fn add_as(
        &mut self,
        rule: &'static Rule,
        default: Severity,
        range: ByteRange,
        message: impl Into<String>,
    ) -> Added<'_> {
        let mends = self.mends;
        let nothing = Added {
            finding: None,
            mends,
        };
        let Some(severity) = self.severity(rule, default) else {
            return nothing;
        };
        if self.suppressed.holds(rule.name, range) {
            return nothing;
        }
        let count = self.counts.entry(rule.name).or_default();
        if *count == limits::MAX_FINDINGS_PER_RULE {
            return nothing;
        }
        *count += 1;
        self.findings.push(Finding {
            range,
            rule: rule.name,
            severity,
            message: message.into(),
            related: Vec::new(),
            tag: None,
            fixes: Vec::new(),
        });
        Added {
            finding: self.findings.last_mut(),
            mends,
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        suppression::unused(&mut self);
        loading::keep_loading(&mut self);
        self.findings
            .sort_by(|a, b| (a.range, a.rule).cmp(&(b.range, b.rule)));
        self.findings
    }
}

/// A finding that was just added, to be completed; nothing where it is not reported.
struct Added<'r> {
    finding: Option<&'r mut Finding>,
    /// Whether fixes are wanted.
    mends: bool,
}

impl Added<'_> {
    fn tag(mut self, tag: Tag) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.tag = Some(tag);
        }
        self
    }

    /// Adds a way to mend it. It is computed only for what is reported, where fixes are wanted.
    fn fix(self, fix: impl FnOnce() -> Option<Fix>) -> Self {
        self.fixes(|| fix().into_iter().collect())
    }

    /// Adds several ways to mend it, the best first.
    fn fixes(mut self, fixes: impl FnOnce() -> Vec<Fix>) -> Self {
        if let Some(finding) = self.finding.as_mut().filter(|_| self.mends) {
            finding.fixes.extend(fixes());
        }
        self
    }

    fn related(mut self, file: FileId, range: ByteRange, message: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.finding
            && finding.related.len() < limits::MAX_RELATED
        {
            finding.related.push(Related {
                file,
                range,
                message: message.into(),
            });
        }
        self
    }
}

/// " Did you mean `x`?" or nothing: the end of a message.
fn did_you_mean(closest: Option<&str>) -> String {
    closest.map_or_else(String::new, |closest| format!(" Did you mean `{closest}`?"))
}

/// Whether two names are the same but for their style: `max_turns` and `maxTurns`.
fn is_same_word(a: &str, b: &str) -> bool {
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    letters(a) == letters(b)
}

/// "an agent", "a skill"
fn an(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

/// The host that reads a file.
struct Reader<'a> {
    /// What it knows of files of this kind.
    data: &'a KindData,
    /// What messages call it.
    title: &'a str,
}
