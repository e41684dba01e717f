//! The values of a header: their types, and the keys inside them.

use super::keys::{
    DEPRECATED_KEY, INVALID_VALUE, MISSPELLED_KEY, UNKNOWN_KEY, fate, newer, rename_title, severity,
};
use super::loading::program;
use super::{Applicability, Fix, Reader, Report, Tag, did_you_mean, hooks, is_same_word};
use crate::edit::{self, Place};
use crate::host::{Key, KeyType, Reach, UnknownKeys, closest};
use crate::loading::TARGET;
use crate::syntax::frontmatter::Entry;
use crate::syntax::list;
use crate::syntax::yaml::{Node, Resolved, ScalarStyle, Value};
use crate::text::TextEdit;

/// The key under which hooks stand, where a host has any.
const HOOKS: &str = "hooks";

pub(super) fn check(host: &Reader<'_>, key: &Key, entry: &Entry, report: &mut Report<'_>) {
    if entry.error.is_some() || entry.value_range.is_empty() {
        return;
    }
    let is_mapping = key.kind == KeyType::Mapping && !key.is_of(KeyType::List);
    if is_mapping && is_empty_list(&entry.value) {
        return empty_list(key, entry, report);
    }
    if is_list_only(key, report) && entry.value.as_str().is_some() && !is_nothing(&entry.value) {
        return text_for_list(key, entry, report);
    }
    value(host, key, &entry.value, Place::Block, report);
}

/// Whether the program that the file is meant for alone takes `key` as a list only.
fn is_list_only(key: &Key, report: &Report<'_>) -> bool {
    let target = report.file.facts.value(TARGET);
    program(report).is_some_and(|program| {
        program.list_keys.contains(&key.name)
            && target.is_some()
            && target == program.target.as_deref()
    })
}

/// Reports a text with commas where only a list counts.
fn text_for_list(key: &Key, entry: &Entry, report: &mut Report<'_>) {
    let source = report.source();
    let title = program(report).map_or("", |program| &program.title);
    let message = format!(
        "{title} takes `{}` as a list only, and `target` names {title}. Put it in brackets.",
        key.name
    );
    let range = entry.value_range;
    report.add(&INVALID_VALUE, range, message).fix(|| {
        let names = list::names(source, range)?;
        let names = names.items.iter().filter(|item| !item.text.is_empty());
        let items: Vec<String> = names
            .map(|item| edit::scalar(&item.text, Place::Flow))
            .collect();
        let new_text = format!("[{}]", items.join(", "));
        let title = format!("Write it as `{new_text}`");
        (!items.is_empty()).then(|| likely(title, [TextEdit { range, new_text }]))
    });
}

/// Checks a value and what is in it. `place` is where it stands.
fn value(host: &Reader<'_>, key: &Key, node: &Node, place: Place, report: &mut Report<'_>) {
    if is_nothing(node) {
        return;
    }
    if !is_right(host, key, node, report) {
        return fault(host, key, node, place, report);
    }
    match &node.value {
        Value::Mapping { pairs, .. } => match &host.data.hooks {
            Some(known) if key.name == HOOKS => hooks::check(host, known, pairs, report),
            _ if key.members.is_empty() => {}
            _ => members(host, key, &key.members, key.open_members, node, report),
        },
        Value::Sequence { flow, items } => {
            let place = if *flow { Place::Flow } else { Place::Block };
            for item in items {
                item_of(host, key, item, place, report);
            }
        }
        _ => {}
    }
}

/// Checks an item of a list that is the value of `key`.
fn item_of(host: &Reader<'_>, key: &Key, item: &Node, place: Place, report: &mut Report<'_>) {
    if is_nothing(item) {
        return;
    }
    if !key.items.is_empty() {
        if matches!(item.value, Value::Mapping { .. }) {
            members(host, key, &key.items, false, item, report);
        } else {
            let message = format!(
                "An entry of `{}` is a mapping with {}.",
                key.name,
                list_of(&required(&key.items), "and")
            );
            report.add(&INVALID_VALUE, item.range, message);
        }
        return;
    }
    let is_checked = matches!(key.kind, KeyType::Enum | KeyType::Model);
    if is_checked && !is_of(host, key, key.kind, item, report) {
        fault(host, key, item, place, report);
    }
}

/// Checks the pairs of a mapping whose keys are `known`.
fn members(
    host: &Reader<'_>,
    outer: &Key,
    known: &[Key],
    is_open: bool,
    mapping: &Node,
    report: &mut Report<'_>,
) {
    let place = match mapping.value {
        Value::Mapping { flow: true, .. } => Place::Flow,
        _ => Place::Block,
    };
    for (name, node) in mapping.pairs() {
        let Some(text) = name.as_str() else { continue };
        if let Some(key) = known.iter().find(|key| key.name == text) {
            if let Some(replacement) = &key.deprecated {
                let message = format!("`{text}` is out of date: {replacement}.");
                report
                    .add(&DEPRECATED_KEY, name.unquoted_range(), message)
                    .tag(Tag::Deprecated)
                    .fix(|| {
                        let new = newer(known, key)?;
                        if mapping.get(&new.name).is_some() {
                            return None;
                        }
                        let edits = edit::rename_member(name, &new.name)?;
                        Some(likely(rename_title(&new.name), edits))
                    });
            }
            value(host, key, node, place, report);
        } else if !is_open && !report.settings.known_keys().contains(text) {
            let others = known
                .iter()
                .map(|key| key.name.as_str())
                .filter(|key| mapping.get(key).is_none());
            unknown_member(host, &outer.name, others, name, report);
        }
    }
    let missing: Vec<&str> = required(known)
        .into_iter()
        .filter(|key| mapping.get(key).is_none())
        .collect();
    let first = mapping.pairs().first().map(|(name, _)| name.range);
    if !missing.is_empty() {
        let message = format!(
            "This entry of `{}` lacks {}, which {} needs.",
            outer.name,
            list_of(&missing, "and"),
            host.title
        );
        report.add(&INVALID_VALUE, first.unwrap_or(mapping.range), message);
    }
}

fn required(keys: &[Key]) -> Vec<&str> {
    let required = keys.iter().filter(|key| key.required);
    required.map(|key| key.name.as_str()).collect()
}

/// Reports a key inside the value of `outer` that is none of `known`.
pub(super) fn unknown_member<'k>(
    host: &Reader<'_>,
    outer: &str,
    known: impl Iterator<Item = &'k str>,
    name: &Node,
    report: &mut Report<'_>,
) {
    let Some(text) = name.as_str() else { return };
    let range = name.unquoted_range();
    // What a host does with unknown keys of a header says that of others only where it reads
    // past all of them.
    let unknown = match host.data.unknown_keys {
        UnknownKeys::Ignored => UnknownKeys::Ignored,
        _ => UnknownKeys::Undocumented,
    };
    let Some(meant) = closest(text, known, Reach::Near) else {
        if unknown == UnknownKeys::Ignored {
            let message = format!(
                "{} does not know `{text}` in `{outer}` and ignores it.",
                host.title
            );
            report
                .add(&UNKNOWN_KEY, range, message)
                .tag(Tag::Unnecessary);
        }
        return;
    };
    let loss = match unknown {
        UnknownKeys::Ignored => ", so the setting is lost",
        _ => "",
    };
    let message = format!(
        "{}{loss}.{}",
        fate(host.title, unknown, &format!("`{text}` in `{outer}`")),
        did_you_mean(Some(meant))
    );
    report
        .add_as(
            &MISSPELLED_KEY,
            severity(unknown, &MISSPELLED_KEY),
            range,
            message,
        )
        .fix(|| {
            let edits = edit::rename_member(name, meant)?;
            Some(likely(rename_title(meant), edits))
        });
}

/// A fix that is most likely meant, and the best there is.
pub(super) fn likely(title: impl Into<String>, edits: impl Into<Vec<TextEdit>>) -> Fix {
    Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, title, edits)
    }
}

/// Whether nothing is written there that could be judged.
fn is_nothing(node: &Node) -> bool {
    matches!(node.value, Value::Alias) || node.resolve() == Some(Resolved::Null)
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, Value::Sequence { items, .. } if items.is_empty())
}

/// Whether a value is of one of the types that the host takes for `key`.
pub(super) fn is_right(host: &Reader<'_>, key: &Key, node: &Node, report: &Report<'_>) -> bool {
    let mut kinds = key.also.iter().chain([&key.kind]);
    kinds.any(|kind| is_of(host, key, *kind, node, report))
}

fn is_of(host: &Reader<'_>, key: &Key, kind: KeyType, node: &Node, report: &Report<'_>) -> bool {
    let text = node.as_str();
    let is_list = matches!(node.value, Value::Sequence { .. });
    let is_mapping = matches!(node.value, Value::Mapping { .. });
    match kind {
        KeyType::Any => true,
        KeyType::Name => text.is_some(),
        KeyType::Text | KeyType::Enum => text.is_some_and(|text| key.takes(text)),
        KeyType::Model => text.is_some_and(|text| {
            host.data.model_is_known(text) || report.settings.known_models().contains(text)
        }),
        KeyType::Boolean => {
            let is_word = text.is_some_and(|text| host.data.is_boolean(text));
            is_word || matches!(node.resolve(), Some(Resolved::Bool(_)))
        }
        KeyType::Integer => match node.resolve() {
            Some(Resolved::Int(number)) => key.takes_number(number as f64),
            _ => false,
        },
        KeyType::Number => match node.resolve() {
            Some(Resolved::Int(number)) => key.takes_number(number as f64),
            Some(Resolved::Float(number)) => key.takes_number(number),
            _ => false,
        },
        KeyType::Tools | KeyType::Names => text.is_some() || is_list,
        KeyType::ToolSwitches | KeyType::Mapping => is_mapping,
        KeyType::List => is_list,
        KeyType::Servers => is_list || is_mapping,
    }
}

/// What `key` takes, as the end of "`key` takes ...".
fn taken(key: &Key) -> String {
    let kinds = [key.kind].into_iter().chain(key.also.iter().copied());
    let mut phrases: Vec<String> = Vec::new();
    for kind in kinds {
        let least = key.minimum.map(|least| format!(" of at least {least}"));
        let above = key.above.map(|bound| format!(" greater than {bound}"));
        let bounds = least
            .into_iter()
            .chain(above)
            .collect::<Vec<_>>()
            .join(" and");
        let phrase = match kind {
            KeyType::Any => continue,
            KeyType::Text | KeyType::Enum if !key.values.is_empty() || key.pattern.is_some() => {
                let values = key.value_names();
                let words = key.pattern.as_ref().map(|pattern| pattern.words.clone());
                let values = (!values.is_empty()).then(|| list_of(&values, "or"));
                [values, words]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", or ")
            }
            KeyType::Text | KeyType::Name | KeyType::Enum => "text".to_owned(),
            KeyType::Boolean => "`true` or `false`".to_owned(),
            KeyType::Integer => format!("a whole number{bounds}"),
            KeyType::Number => format!("a number{bounds}"),
            KeyType::Model => "a model".to_owned(),
            KeyType::Tools | KeyType::Names => {
                "a list, or names with commas between them".to_owned()
            }
            KeyType::ToolSwitches => "a mapping of tools to `true` or `false`".to_owned(),
            KeyType::Mapping => "a mapping".to_owned(),
            KeyType::List => "a list".to_owned(),
            KeyType::Servers => "a list or a mapping of servers".to_owned(),
        };
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    phrases.join(", or ")
}

/// "`a`, `b` or `c`"
pub(super) fn list_of(values: &[&str], conjunction: &str) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        Some((last, _)) => last.clone(),
        None => "other keys".to_owned(),
    }
}

/// Reports a value that is of none of the types that `key` takes.
fn fault(host: &Reader<'_>, key: &Key, node: &Node, place: Place, report: &mut Report<'_>) {
    let file = report.file;
    let text = node.as_str();
    let name = &key.name;
    let takes_text = key.is_of(KeyType::Text) || key.is_of(KeyType::Enum);
    let meant = text.and_then(|text| match key.kind {
        KeyType::Model => host.data.closest_model(text),
        _ if takes_text => key.closest_value(text),
        _ => None,
    });
    let too_long = key
        .most_characters
        .filter(|most| takes_text && text.is_some_and(|text| text.chars().count() > *most));
    let message = match (text, too_long) {
        (_, Some(most)) => format!("`{name}` takes at most {most} characters."),
        (Some(text), _) if key.kind == KeyType::Model => format!(
            "{} has no model `{text}`: the call fails, or another model answers.{}",
            host.title,
            did_you_mean(meant)
        ),
        (Some(text), _) if takes_text => {
            let (taken, advice) = (taken(key), did_you_mean(meant));
            format!("`{name}` takes {taken}, not `{text}`.{advice}")
        }
        _ => format!("`{name}` takes {}.", taken(key)),
    };
    report.add(&INVALID_VALUE, node.range, message).fix(|| {
        let (new, edits) = match meant {
            Some(meant) => (meant.to_owned(), edit::replace_text(node, meant, place)?),
            None => {
                let new = rewritten(key, node)?;
                let edit = TextEdit {
                    range: node.range,
                    new_text: new.clone(),
                };
                (new, vec![edit])
            }
        };
        // A value for another one is a guess where more than its style differs.
        let written = node.range.of(&file.source);
        let title = if is_same_word(written, &new) {
            format!("Write it as `{new}`")
        } else {
            format!("Replace it by `{new}`")
        };
        Some(likely(title, edits))
    });
}

/// The same value as YAML has it for the type of `key`: `true` for `yes`, `3` for `"3"`.
fn rewritten(key: &Key, node: &Node) -> Option<String> {
    let scalar = node.as_scalar()?;
    match key.kind {
        KeyType::Boolean => match scalar.text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" | "y" | "1" => Some("true".to_owned()),
            "no" | "off" | "false" | "n" | "0" => Some("false".to_owned()),
            _ => None,
        },
        KeyType::Integer | KeyType::Number => {
            let text = scalar.text.trim();
            let number: f64 = text
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())?;
            let is_whole = text.parse::<i64>().is_ok();
            let is_quoted = scalar.style != ScalarStyle::Plain;
            let is_right = key.takes_number(number) && (is_whole || key.kind == KeyType::Number);
            (is_quoted && is_right).then(|| number.to_string())
        }
        _ => None,
    }
}

/// `[]` where a mapping belongs: it says nothing, and hosts stumble over it.
fn empty_list(key: &Key, entry: &Entry, report: &mut Report<'_>) {
    let file = report.file;
    let what = match &key.invalid {
        Some(invalid) => format!(". {invalid}"),
        None => ", so an empty list sets nothing.".to_owned(),
    };
    let message = format!("`{}` takes a mapping{what} Remove it.", key.name);
    report
        .add(&INVALID_VALUE, entry.value_range, message)
        .fix(|| {
            let header = file.facts.header.as_ref()?;
            let edits = edit::remove_entry(&file.source, header, entry)?;
            Some(Fix::safe(format!("Remove `{}`", entry.key), edits))
        });
}
