//! Hooks: events, what they match, and what runs.

use super::keys::{IGNORED_KEY, INVALID_VALUE};
use super::values::{likely, list_of, unknown_member};
use super::{Reader, Report, Tag, did_you_mean};
use crate::edit;
use crate::host::{HookEvent, Hooks, Reach, closest};
use crate::syntax::yaml::{Node, Value};

pub(super) fn check(
    host: &Reader<'_>,
    known: &Hooks,
    pairs: &[(Node, Node)],
    report: &mut Report<'_>,
) {
    for (name, groups) in pairs {
        let Some(text) = name.as_str() else { continue };
        let Some(event) = known.events.iter().find(|event| event.name == text) else {
            unknown_event(host, known, name, text, report);
            continue;
        };
        match &groups.value {
            Value::Sequence { items, .. } => {
                for item in items {
                    group(host, known, event, item, report);
                }
            }
            Value::Empty | Value::Alias => {}
            _ => {
                let message = format!("`{text}` takes a list of mappings, each with `hooks`.");
                report.add(&INVALID_VALUE, groups.range, message);
            }
        }
    }
}

fn unknown_event(
    host: &Reader<'_>,
    known: &Hooks,
    name: &Node,
    text: &str,
    report: &mut Report<'_>,
) {
    let events = known.events.iter().map(|event| event.name.as_str());
    let meant = closest(text, events, Reach::Far);
    let message = format!(
        "{} has no event `{text}`, so these hooks never run.{}",
        host.title,
        did_you_mean(meant)
    );
    report
        .add(&INVALID_VALUE, name.unquoted_range(), message)
        .fix(|| {
            let edits = edit::rename_member(name, meant?)?;
            Some(likely(format!("Rename to `{}`", meant?), edits))
        });
}

/// What runs at an event, for what its `matcher` lets through.
fn group(
    host: &Reader<'_>,
    known: &Hooks,
    event: &HookEvent,
    node: &Node,
    report: &mut Report<'_>,
) {
    let Value::Mapping { pairs, .. } = &node.value else {
        return;
    };
    let file = report.file;
    for (at, (name, value)) in pairs.iter().enumerate() {
        let is_narrow = value.as_str().is_some_and(|text| !matches!(text, "" | "*"));
        if name.as_str() == Some("matcher") && !event.matcher && is_narrow {
            let message = format!(
                "{} ignores `matcher` for `{}`: these hooks run every time. Remove it.",
                host.title, event.name
            );
            report
                .add(&IGNORED_KEY, name.unquoted_range(), message)
                .tag(Tag::Unnecessary)
                .fix(|| {
                    let header = file.facts.header.as_ref()?;
                    let edits = edit::remove_member(&file.source, header, node, at)?;
                    Some(likely("Remove `matcher`", edits))
                });
        }
    }
    let Some((first, _)) = pairs.first() else {
        return;
    };
    match node.get("hooks").map(|handlers| &handlers.value) {
        None => {
            let message = format!(
                "An entry of `{}` says in `hooks` what runs; here it is missing.",
                event.name
            );
            report.add(&INVALID_VALUE, first.unquoted_range(), message);
        }
        Some(Value::Sequence { items, .. }) => {
            for item in items {
                handler(host, known, item, report);
            }
        }
        Some(_) => {}
    }
}

fn handler(host: &Reader<'_>, known: &Hooks, node: &Node, report: &mut Report<'_>) {
    let Some(kind) = node.get("type") else { return };
    let Some(text) = kind.as_str() else { return };
    let Some(handler) = known.handlers.iter().find(|handler| handler.name == text) else {
        let names: Vec<&str> = known
            .handlers
            .iter()
            .map(|handler| handler.name.as_str())
            .collect();
        let meant = closest(text, names.iter().copied(), Reach::Far);
        let message = format!(
            "`type` takes {}, not `{text}`.{}",
            list_of(&names, "or"),
            did_you_mean(meant)
        );
        report.add(&INVALID_VALUE, kind.range, message).fix(|| {
            let edits = edit::replace_text(kind, meant?, edit::Place::Flow)?;
            Some(likely(format!("Replace it by `{}`", meant?), edits))
        });
        return;
    };
    let fields = || known.handler_fields.iter().chain(&handler.fields);
    for (name, _) in node.pairs() {
        let Some(text) = name.as_str() else { continue };
        if !fields().any(|field| field == text) {
            let free = fields().map(String::as_str);
            let free = free.filter(|field| node.get(field).is_none());
            unknown_member(host, &handler.name, free, name, report);
        }
    }
}
