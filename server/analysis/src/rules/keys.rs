//! The keys of a header and their values.

use rustc_hash::FxHashMap;

use super::{Reader, Report, Rule, Severity, Tag, did_you_mean, rule};
use crate::host::{Key, KeyType, PluginSupport};
use crate::loading::Verdict;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::{Node, Resolved, Value};

/// A key that is nearly one of the host's: the setting is lost without a word.
pub(super) const MISSPELLED_KEY: Rule = rule!("misspelled-key", Severity::Warning);
/// A key that the host does not know.
pub(super) const UNKNOWN_KEY: Rule = rule!("unknown-key", Severity::Hint);
/// A key of the host that has no effect in this file.
pub(super) const IGNORED_KEY: Rule = rule!("ignored-key", Severity::Warning);
/// A value outside an enumeration or of the wrong type.
pub(super) const INVALID_VALUE: Rule = rule!("invalid-value", Severity::Warning);
/// A key that has a replacement.
pub(super) const DEPRECATED_KEY: Rule = rule!("deprecated-key", Severity::Hint);
/// The same key twice.
pub(super) const DUPLICATE_KEY: Rule = rule!("duplicate-key", Severity::Warning);

pub(super) fn check(host: &Reader<'_>, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let Some(header) = &facts.header else {
        return;
    };
    duplicates(header, report);
    let in_plugin = report.workspace.index.is_in_plugin(&report.file.path);
    for entry in &header.entries {
        match host.data.key(&entry.key) {
            Some(key) => {
                if in_plugin && key.plugin == PluginSupport::Ignored {
                    report
                        .add(
                            &IGNORED_KEY,
                            entry.key_range,
                            format!("{} ignores `{}` in the agents of a plugin. Remove it, or move the agent to the project.", host.title, key.name),
                        )
                        .tag(Tag::Unnecessary);
                }
                if let Some(replacement) = &key.deprecated {
                    report
                        .add(
                            &DEPRECATED_KEY,
                            entry.key_range,
                            format!("`{}` is out of date: {replacement}.", key.name),
                        )
                        .tag(Tag::Deprecated);
                }
                value(host, key, entry, report);
            }
            // In a header that does not parse, a line of the prompt can look like a key.
            None if facts.loading.verdict == Verdict::Dropped => {}
            None => unknown(host, header, entry, report),
        }
    }
}

fn duplicates(header: &Header, report: &mut Report<'_>) {
    let lasts: FxHashMap<&str, &Entry> = header
        .entries
        .iter()
        .map(|entry| (&*entry.key, entry))
        .collect();
    for entry in &header.entries {
        let Some(last) = lasts
            .get(&*entry.key)
            .filter(|last| last.key_range != entry.key_range)
        else {
            continue;
        };
        let id = report.file.id;
        report
            .add(
                &DUPLICATE_KEY,
                entry.key_range,
                format!(
                    "`{}` stands in this header twice, and the last one counts. Remove one.",
                    entry.key
                ),
            )
            .tag(Tag::Unnecessary)
            .related(id, last.key_range, "this one counts");
    }
}

fn unknown(host: &Reader<'_>, header: &Header, entry: &Entry, report: &mut Report<'_>) {
    let key = &*entry.key;
    if report.settings.known_keys().contains(key) {
        return;
    }
    let host_name = host.title;
    if let Some(misplaced) = host.data.misplaced_key(key) {
        match &misplaced.instead {
            Some(right) => report.add(
                &MISSPELLED_KEY,
                entry.key_range,
                format!("{host_name} ignores `{key}`, so the setting is lost. Call it `{right}`."),
            ),
            None => report
                .add(
                    &IGNORED_KEY,
                    entry.key_range,
                    format!("{host_name} ignores `{key}` in an agent: it is a key of other files. Remove it."),
                )
                .tag(Tag::Unnecessary),
        };
        return;
    }
    if host.data.community_key(key) {
        return;
    }
    // A key that stands beside the one it resembles is not that one misspelt.
    match host
        .data
        .closest_key(key)
        .filter(|closest| header.entry(closest).is_none())
    {
        Some(closest) => {
            report.add(
                &MISSPELLED_KEY,
                entry.key_range,
                format!(
                    "{host_name} ignores `{key}`, so the setting is lost.{}",
                    did_you_mean(Some(closest))
                ),
            );
        }
        None => {
            report
                .add(
                    &UNKNOWN_KEY,
                    entry.key_range,
                    format!("{host_name} does not know `{key}` and ignores it."),
                )
                .tag(Tag::Unnecessary);
        }
    }
}

fn value(host: &Reader<'_>, key: &Key, entry: &Entry, report: &mut Report<'_>) {
    if entry.error.is_some() || entry.value_range.is_empty() {
        return;
    }
    let range = entry.value_range;
    let written = entry.value.as_str();
    let fault = match key.kind {
        KeyType::Enum => match written {
            Some(text) if key.values.iter().any(|value| value.name == text) => None,
            Some(text) => Some(format!(
                "`{}` takes {}, not `{text}`.{}",
                key.name,
                one_of(&key.value_names()),
                did_you_mean(key.closest_value(text))
            )),
            None => Some(format!(
                "`{}` takes {}.",
                key.name,
                one_of(&key.value_names())
            )),
        },
        KeyType::Boolean => match resolved(&entry.value) {
            Some(Resolved::Bool(_)) => None,
            _ if written.is_some_and(|text| matches!(text, "true" | "false")) => None,
            _ => Some(format!("`{}` takes `true` or `false`.", key.name)),
        },
        KeyType::Integer => match resolved(&entry.value) {
            Some(Resolved::Int(number)) if key.minimum.is_none_or(|least| number >= least) => None,
            _ => Some(match key.minimum {
                Some(least) => format!("`{}` takes a whole number of at least {least}.", key.name),
                None => format!("`{}` takes a whole number.", key.name),
            }),
        },
        KeyType::Number => match resolved(&entry.value) {
            Some(Resolved::Int(_) | Resolved::Float(_)) => None,
            _ => Some(format!("`{}` takes a number.", key.name)),
        },
        KeyType::Model => match written {
            Some(text) if report.settings.known_models().contains(text) => None,
            Some(text) if host.data.model_is_known(text) => None,
            Some(text) => Some(format!(
                "{} has no model `{text}`: the call fails, or another model answers.{}",
                host.title,
                did_you_mean(host.data.closest_model(text))
            )),
            None => Some(format!("`{}` takes one model.", key.name)),
        },
        KeyType::Name | KeyType::Text => written
            .is_none()
            .then(|| format!("`{}` takes text, not a list or a mapping.", key.name)),
        KeyType::Tools | KeyType::Names => {
            matches!(entry.value.value, Value::Mapping { .. }).then(|| {
                format!(
                    "`{}` takes a list or names with commas between them, not a mapping.",
                    key.name
                )
            })
        }
        KeyType::Mapping | KeyType::ToolSwitches => {
            (!matches!(entry.value.value, Value::Mapping { .. }))
                .then(|| format!("`{}` takes a mapping.", key.name))
        }
        KeyType::List => (!matches!(entry.value.value, Value::Sequence { .. }))
            .then(|| format!("`{}` takes a list.", key.name)),
        KeyType::Servers => (!matches!(
            entry.value.value,
            Value::Mapping { .. } | Value::Sequence { .. }
        ))
        .then(|| format!("`{}` takes a list of servers.", key.name)),
        KeyType::Any => None,
    };
    if let Some(message) = fault {
        report.add(&INVALID_VALUE, range, message);
    }
}

fn resolved(node: &Node) -> Option<Resolved> {
    match &node.value {
        Value::Scalar(scalar) => Some(scalar.resolve()),
        _ => None,
    }
}

/// "`a`, `b` or `c`"
fn one_of(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => "another value".to_owned(),
    }
}
