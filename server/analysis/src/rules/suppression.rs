//! Findings that comments switch off, and comments that switch off nothing.

use super::values::likely;
use super::{Applicability, Fix, Report, Rule, Severity, Tag, did_you_mean, rule, rule_names};
use crate::agent::Suppression;
use crate::host::{Reach, closest};
use crate::text::{ByteRange, TextEdit};

/// A comment that switches off a rule which finds nothing there.
pub(super) const UNUSED_SUPPRESSION: Rule = rule!("unused-suppression", Severity::Hint);

/// Drops the findings that comments of the file switch off, and reports the comments that
/// are about nothing. Runs after all other rules.
pub(super) fn apply(report: &mut Report<'_>) {
    let Some(body) = &report.file.facts.body else {
        return;
    };
    let mut used: Vec<Vec<bool>> = body
        .suppressions
        .iter()
        .map(|suppression| vec![false; suppression.rules.len()])
        .collect();
    report.findings.retain(|finding| {
        let mut is_kept = true;
        for (suppression, used) in body.suppressions.iter().zip(&mut used) {
            if !suppression.covers.touches(finding.range.start as usize) {
                continue;
            }
            for (rule, used) in suppression.rules.iter().zip(used) {
                if *rule.name == *finding.rule {
                    *used = true;
                    is_kept = false;
                }
            }
        }
        is_kept
    });
    for (suppression, used) in body.suppressions.iter().zip(used) {
        unused(suppression, &used, report);
    }
}

fn unused(suppression: &Suppression, used: &[bool], report: &mut Report<'_>) {
    if suppression.rules.is_empty() {
        let message = "This comment switches off nothing: name the rules that it is about.";
        let fix = removal(suppression.comment, report.source());
        report
            .add(&UNUSED_SUPPRESSION, suppression.comment, message)
            .tag(Tag::Unnecessary)
            .fix(|| Some(fix));
        return;
    }
    let is_all_unused = used.iter().all(|used| !used);
    for (rule, _) in suppression
        .rules
        .iter()
        .zip(used)
        .filter(|(_, used)| !**used)
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
            // A rule of another version may be meant.
            let applicability = match is_rule {
                true => Applicability::Safe,
                false => Applicability::Unsafe,
            };
            added.fix(|| {
                Some(Fix {
                    applicability,
                    ..removal
                })
            });
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
