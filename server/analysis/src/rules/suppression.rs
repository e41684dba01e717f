//! Findings that comments switch off, and comments that switch off nothing.

use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::DESCRIPTION_BUDGET;
use super::values::likely;
use super::{
    Applicability, Fix, Report, Rule, Severity, Tag, did_you_mean, rule, rule_called, rule_names,
};
use crate::agent::{SourceFile, SuppressedRule, Suppression};
use crate::host::{Reach, closest};
use crate::text::{ByteRange, TextEdit};

/// A comment that switches off a rule which finds nothing there.
pub(super) const UNUSED_SUPPRESSION: Rule = rule!("unused-suppression", Severity::Hint);

/// The comments of a file by the rules that they name.
pub(super) struct Suppressed<'a> {
    /// Which comments name a rule, as places in the facts.
    by_rule: FxHashMap<&'a str, Vec<usize>>,
    comments: &'a [Suppression],
    /// The comments that switched something off, with the rule.
    used: FxHashSet<(usize, &'static str)>,
}

impl<'a> Suppressed<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        let body = file.facts.body.as_ref();
        let comments = body.map_or(&[][..], |body| &body.suppressions);
        let mut by_rule: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, comment) in comments.iter().enumerate() {
            for rule in &comment.rules {
                let named = by_rule.entry(&rule.name).or_default();
                if named.last() != Some(&at) {
                    named.push(at);
                }
            }
        }
        Self {
            by_rule,
            comments,
            used: FxHashSet::default(),
        }
    }

    /// Whether a comment switches off a finding of `rule` at `range`; remembers which.
    pub(super) fn holds(&mut self, rule: &'static str, range: ByteRange) -> bool {
        let Some(named) = self.by_rule.get(rule) else {
            return false;
        };
        let start = range.start as usize;
        let about = named
            .iter()
            .filter(|at| self.comments[**at].covers.touches(start));
        let mut is_held = false;
        for at in about {
            is_held = true;
            self.used.insert((*at, rule));
        }
        is_held
    }

    /// Whether a comment is needed for a rule that it names. What is asked of a whole root is
    /// not known here; a rule that is off may be switched on again; and a comment for this
    /// rule here says that others are to stay.
    fn is_needed(&self, at: usize, rule: &SuppressedRule, report: &Report<'_>) -> bool {
        let Some(rule) = rule_called(&rule.name) else {
            return false;
        };
        self.used.contains(&(at, rule.name))
            || rule.name == DESCRIPTION_BUDGET.name
            || rule.name == UNUSED_SUPPRESSION.name
            || report.severity(rule, rule.severity).is_none()
    }
}

/// Reports the comments that switch off nothing. Runs after all other rules.
pub(super) fn unused(report: &mut Report<'_>) {
    let comments = report.suppressed.comments;
    let needed: Vec<Vec<bool>> = comments
        .iter()
        .enumerate()
        .map(|(at, comment)| {
            let rules = comment.rules.iter();
            rules
                .map(|rule| report.suppressed.is_needed(at, rule, report))
                .collect()
        })
        .collect();
    for (comment, needed) in comments.iter().zip(needed) {
        unneeded(comment, &needed, report);
    }
}

fn unneeded(suppression: &Suppression, needed: &[bool], report: &mut Report<'_>) {
    if suppression.rules.is_empty() {
        let message = "This comment switches off nothing: name the rules that it is about.";
        let fix = removal(suppression.comment, report.source());
        report
            .add(&UNUSED_SUPPRESSION, suppression.comment, message)
            .tag(Tag::Unnecessary)
            .fix(|| Some(fix));
        return;
    }
    let is_all_unused = needed.iter().all(|needed| !needed);
    for (rule, _) in suppression
        .rules
        .iter()
        .zip(needed)
        .filter(|(_, needed)| !**needed)
    {
        let names = rule_names();
        let is_rule = names.contains(&&*rule.name);
        let meant = closest(&rule.name, names, Reach::Far).filter(|_| !is_rule);
        let message = if is_rule {
            format!(
                "`{}` finds nothing here: this comment is not needed.",
                rule.name
            )
        } else {
            format!("There is no rule `{}`.{}", rule.name, did_you_mean(meant))
        };
        let removal = if is_all_unused {
            removal(suppression.comment, report.source())
        } else {
            name_removal(&rule.name, rule.range, report.source())
        };
        let added = report
            .add(&UNUSED_SUPPRESSION, rule.range, message)
            .tag(Tag::Unnecessary);
        let Some(meant) = meant else {
            added.fix(|| Some(removal));
            continue;
        };
        let renaming = TextEdit {
            range: rule.range,
            new_text: meant.to_owned(),
        };
        added
            .fix(|| Some(likely(format!("Rename to `{meant}`"), [renaming])))
            .fix(|| {
                Some(Fix {
                    applicability: Applicability::Manual,
                    is_preferred: false,
                    ..removal
                })
            });
    }
}

/// Takes one of several names out of a comment, with the comma or the blank at its side.
fn name_removal(name: &str, range: ByteRange, source: &str) -> Fix {
    let (from, to) = (range.start as usize, range.end as usize);
    let before = source[..from].trim_end();
    let range = if before.ends_with(',') {
        ByteRange::new(before.len() - 1, to)
    } else {
        let after = source[to..].trim_start_matches([' ', '\t', ',']);
        ByteRange::new(from, source.len() - after.len())
    };
    let edit = TextEdit {
        range,
        new_text: String::new(),
    };
    Fix::safe(format!("Remove `{name}` from the comment"), [edit])
}

/// Takes a comment away with the blanks before it; with its line, where nothing else stands
/// there.
fn removal(range: ByteRange, source: &str) -> Fix {
    let (from, to) = (range.start as usize, range.end as usize);
    let before = source[..from].trim_end_matches([' ', '\t']);
    let is_first = before.is_empty() || before.ends_with(['\n', '\r']);
    let after = &source[to..];
    let line_end = ["\r\n", "\n", "\r"]
        .iter()
        .find(|end| after.starts_with(**end));
    let range = match line_end {
        Some(end) if is_first => ByteRange::new(before.len(), to + end.len()),
        _ => ByteRange::new(before.len(), to),
    };
    let edit = TextEdit {
        range,
        new_text: String::new(),
    };
    Fix::safe("Remove the comment", [edit])
}
