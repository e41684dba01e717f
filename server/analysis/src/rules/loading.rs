//! Will the host load this file?

use super::{Reader, Report, Rule, Severity, rule};
use crate::host::{Hosts, Place};
use crate::loading::Verdict;
use crate::text::ByteRange;

/// Something stands before the opening `---` of what is clearly a header.
pub(super) const FRONTMATTER_NOT_FIRST: Rule = rule!("frontmatter-not-first", Severity::Error);
/// The header is never closed.
pub(super) const FRONTMATTER_UNCLOSED: Rule = rule!("frontmatter-unclosed", Severity::Error);
/// A file that is clearly an agent has no header.
pub(super) const FRONTMATTER_MISSING: Rule = rule!("frontmatter-missing", Severity::Error);
/// The header does not parse, even by the host's second attempt.
pub(super) const YAML_DROPPED: Rule = rule!("yaml-dropped", Severity::Error);
/// The header loads only because the host puts values in quotes.
pub(super) const YAML_REQUOTED: Rule = rule!("yaml-requoted", Severity::Warning);
/// Not UTF-8, too large, or not readable.
pub(super) const UNREADABLE_FILE: Rule = rule!("unreadable-file", Severity::Warning);
/// A `---` inside a value ends the header early.
pub(super) const HEADER_CUT: Rule = rule!("header-cut", Severity::Warning);
/// No `name`.
pub(super) const MISSING_NAME: Rule = rule!("missing-name", Severity::Error);
/// No `description`.
pub(super) const MISSING_DESCRIPTION: Rule = rule!("missing-description", Severity::Error);
/// A name that the host refuses.
pub(super) const INVALID_NAME: Rule = rule!("invalid-name", Severity::Error);
/// Two files of one root share a name.
pub(super) const DUPLICATE_NAME: Rule = rule!("duplicate-name", Severity::Warning);

pub(super) fn check(host: &Reader<'_>, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let host_name = host.title;
    let Some(header) = &facts.header else {
        if Hosts::builtin().expects_header(&report.file.path)
            && !report.workspace.index.is_in_plugin(&report.file.path)
        {
            let first = first_line(report.source());
            let message = if first.of(report.source()) == "---" {
                format!(
                    "{host_name} does not load this file: a header has to start in the first column of the first line. Take away what stands before this `---`, and the indentation of its lines."
                )
            } else {
                format!(
                    "{host_name} does not load this file: it has no header. Start it with `---`, `name:`, `description:` and `---`."
                )
            };
            report.add(&FRONTMATTER_MISSING, first, message);
        }
        return;
    };
    match facts.loading.verdict {
        Verdict::Late => {
            if let Some(leading) = header.leading {
                let what = match leading.of(report.source()) {
                    text if text.starts_with('\u{feff}') => "a byte order mark stands",
                    text if text.trim().is_empty() => "a blank line stands",
                    _ => "text stands",
                };
                report.add(
                    &FRONTMATTER_NOT_FIRST,
                    leading,
                    format!("{host_name} does not load this file: {what} before the `---` of its header. Remove it."),
                );
            }
        }
        Verdict::Unclosed => {
            report.add(
                &FRONTMATTER_UNCLOSED,
                header.opening,
                format!("{host_name} does not load this file: its header is never closed. Put a line `---` after the last key."),
            );
        }
        Verdict::Dropped => {
            if let Some(error) = &facts.loading.error {
                report.add(
                    &YAML_DROPPED,
                    error.range,
                    format!(
                        "{host_name} drops this file: its header does not parse ({}). Put the value in quotes or write it as an indented `|` block.",
                        error.message
                    ),
                );
            }
        }
        Verdict::Requoted => requoted(host_name, report),
        Verdict::Loads | Verdict::None => {}
    }
    if let Some(cut) = facts.loading.cut {
        let source = report.source();
        let starts_line = source[..cut.start as usize].ends_with(['\n', '\r']);
        let goes_on = source[cut.end as usize..].starts_with('-');
        let message = if starts_line && goes_on {
            format!(
                "{host_name} ends the header after three dashes: the others of this line begin the prompt. Close it with `---` alone."
            )
        } else {
            format!(
                "{host_name} ends the header at this `---`: what follows is read as the prompt. Write other dashes here."
            )
        };
        report.add(&HEADER_CUT, cut, message);
    }
    if facts.body.as_ref().is_some_and(|body| body.is_blank) && header.closing.is_some() {
        let place = header.closing.unwrap_or(header.opening);
        report.add(
            &super::body::EMPTY_BODY,
            place,
            "This agent has no prompt: nothing follows its header. Write what it shall do below this line.",
        );
    }
    identity(host, host_name, report);
}

fn requoted(host_name: &str, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let source = report.source();
    let error = facts.loading.error.as_ref();
    for line in &facts.loading.requoted {
        let key = line.key.of(source);
        // Everybody writes `argument-hint: [a] [b]`, and it is meant as text.
        if key == "argument-hint" {
            continue;
        }
        let fault = error.filter(|error| {
            line.key.start <= error.range.start && error.range.start <= line.value.end
        });
        if let Some(fault) = fault {
            let message = format!(
                "This header loads only because {host_name} puts the value of `{key}` in quotes ({}); a stricter reader drops the file. Quote it, or write it as a `|` block.",
                fault.message
            );
            report.add(&YAML_REQUOTED, fault.range, message);
        } else if line.changes_type {
            let message = format!(
                "Because of another line {host_name} puts this value in quotes, and its list becomes one string. Mend the line at fault."
            );
            report.add(&YAML_REQUOTED, line.value, message);
        }
    }
}

/// `name` and `description`: there, valid, and no other's.
fn identity(host: &Reader<'_>, host_name: &str, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let file = report.file;
    let Some(header) = &facts.header else {
        return;
    };
    let in_plugin = report.workspace.index.is_in_plugin(&file.path);
    // Asked last: it matches the path against the globs of every host.
    let expected =
        || facts.kind.place != Place::Elsewhere && Hosts::builtin().expects_header(&file.path);
    let is_set = |key: &str| {
        header.entry(key).is_some_and(|entry| {
            entry.error.is_some()
                || entry
                    .value
                    .as_str()
                    .is_some_and(|text| !text.trim().is_empty())
        })
    };
    let at = |key: &str| {
        header
            .entry(key)
            .map_or(header.opening, |entry| entry.key_range)
    };
    // A dropped or late header is one fault already; a key that it hides is not another.
    let readable = matches!(facts.loading.verdict, Verdict::Loads | Verdict::Requoted);
    let named = is_set("name");
    if readable && !named && !in_plugin && expected() {
        report.add(
            &MISSING_NAME,
            at("name"),
            format!("{host_name} takes this file for documentation and skips it: it has no `name`. Add `name: {}`.", slug(file.path.stem())),
        );
    }
    if readable && named && !is_set("description") && !in_plugin && expected() {
        report.add(
            &MISSING_DESCRIPTION,
            at("description"),
            format!("{host_name} skips this file: it has no `description`. Say in one sentence when to use the agent."),
        );
    }
    let Some(definition) = facts.agent() else {
        return;
    };
    if definition.name_range.is_empty() {
        return;
    }
    if let Some(fault) = host.data.name_fault(definition.name.as_str()) {
        report.add(
            &INVALID_NAME,
            definition.name_range,
            format!(
                "{host_name} skips this file: its name {fault}. Call it `{}`.",
                slug(definition.name.as_str())
            ),
        );
    }
    duplicates(host_name, report);
}

fn duplicates(host_name: &str, report: &mut Report<'_>) {
    let index = &report.workspace.index;
    let file = report.file;
    let Some(definition) = file.facts.agent() else {
        return;
    };
    let root = index.root_of(&file.path);
    let others: Vec<_> = index
        .definitions(&definition.name, &file.path)
        .into_iter()
        .filter(|id| *id != file.id)
        .filter_map(|id| Some((id, index.file(id)?, index.agent(id)?)))
        .filter(|(_, other, _)| {
            other.facts.kind.host == file.facts.kind.host
                && index.root_of(&other.path) == root
                && index
                    .file(file.id)
                    .is_none_or(|own| own.scope == other.scope)
        })
        .map(|(id, other, definition)| (id, definition.name_range, other.path.clone()))
        .collect();
    let Some((_, _, first)) = others.first() else {
        return;
    };
    let message = match others.len() {
        1 => format!(
            "{first} has the name `{}` too: {host_name} loads only one of them. Rename one.",
            definition.name
        ),
        more => format!(
            "{more} other files have the name `{}` too: {host_name} loads only one of them. Rename the others.",
            definition.name
        ),
    };
    let mut added = report.add(&DUPLICATE_NAME, definition.name_range, message);
    for (id, range, _) in others {
        added = added.related(id, range, "the same name");
    }
}

/// The first line that is not blank, without the blanks around it.
fn first_line(source: &str) -> ByteRange {
    let start = source.len() - source.trim_start().len();
    let line = source[start..].lines().next().unwrap_or("").trim_end();
    ByteRange::new(start, start + line.len())
}

/// A valid name that is close to `text`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(64) {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "my-agent".to_owned()
    } else {
        slug.to_owned()
    }
}
