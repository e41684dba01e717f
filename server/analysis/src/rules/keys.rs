//! The keys of a header.

use rustc_hash::FxHashMap;

use super::values;
use super::{
    Applicability, Fix, Reader, Report, Rule, Severity, Tag, an, did_you_mean, is_same_word, rule,
};
use crate::edit;
use crate::host::{Key, KeyType, PluginSupport, ToolEffect, ToolStatus, UnknownKeys};
use crate::loading::Verdict;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::Value;
use crate::text::{ByteRange, TextEdit};

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
    let file = report.file;
    let facts = &file.facts;
    let Some(header) = &facts.header else {
        return;
    };
    duplicates(header, report);
    let in_plugin = report.workspace.index.is_in_plugin(&file.path);
    for entry in &header.entries {
        match host.data.key(&entry.key) {
            Some(key) => {
                if in_plugin && key.plugin == PluginSupport::Ignored {
                    let noun = facts.kind.role.noun();
                    let message = format!(
                        "{} ignores `{}` in the {noun}s of a plugin. Remove it, or move the {noun} to the project.",
                        host.title, key.name
                    );
                    report
                        .add(&IGNORED_KEY, entry.key_range, message)
                        .tag(Tag::Unnecessary)
                        .fix(|| removal(&file.source, header, entry));
                }
                deprecated(host, header, key, entry, report);
                values::check(host, key, entry, report);
            }
            // In a header that does not parse, a line of the prompt can look like a key.
            None if facts.loading.verdict == Verdict::Dropped => {}
            None => unknown(host, header, entry, report),
        }
    }
}

/// Takes an entry away that the host does not look at.
fn removal(source: &str, header: &Header, entry: &Entry) -> Option<Fix> {
    let edits = edit::remove_entry(source, header, entry)?;
    let title = format!("Remove `{}`", entry.key);
    Some(Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, title, edits)
    })
}

fn duplicates(header: &Header, report: &mut Report<'_>) {
    let file = report.file;
    let lasts: FxHashMap<&str, &Entry> = header
        .entries
        .iter()
        .map(|entry| (&*entry.key, entry))
        .collect();
    // Where the header does not parse, lines of a text can look like keys.
    let is_read = matches!(
        file.facts.loading.verdict,
        Verdict::Loads | Verdict::Requoted
    );
    for entry in &header.entries {
        let Some(last) = lasts
            .get(&*entry.key)
            .filter(|last| last.key_range != entry.key_range)
        else {
            continue;
        };
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
            .related(file.id, last.key_range, "this one counts")
            .fix(|| {
                let is_whole = is_read && entry.error.is_none() && last.error.is_none();
                let edits = edit::remove_entry(&file.source, header, entry).filter(|_| is_whole)?;
                let title = format!("Remove this `{}`, which does not count", entry.key);
                Some(Fix::safe(title, edits))
            });
    }
}

fn deprecated(
    host: &Reader<'_>,
    header: &Header,
    key: &Key,
    entry: &Entry,
    report: &mut Report<'_>,
) {
    let Some(replacement) = &key.deprecated else {
        return;
    };
    report
        .add(
            &DEPRECATED_KEY,
            entry.key_range,
            format!("`{}` is out of date: {replacement}.", key.name),
        )
        .tag(Tag::Deprecated)
        .fix(|| {
            // "use `a`" is another name; "use `a` and `b`" is more than that.
            let mut quoted = replacement.split('`').skip(1).step_by(2);
            let new = host.data.key(quoted.next()?)?;
            let is_name = quoted.next().is_none() && new.kind == key.kind;
            if !is_name || header.entry(&new.name).is_some() {
                return None;
            }
            let edits = edit::rename_key(entry, &new.name)?;
            Some(Fix::safe(rename_title(&new.name), edits))
        });
}

fn rename_title(name: &str) -> String {
    format!("Rename to `{name}`")
}

/// How grave a key is that the host does not know.
fn severity(host: &Reader<'_>, rule: &Rule) -> Severity {
    match host.data.unknown_keys {
        UnknownKeys::Refused => Severity::Error,
        UnknownKeys::Ignored | UnknownKeys::PassedOn => rule.severity,
        UnknownKeys::Undocumented => Severity::Hint,
    }
}

/// What the host does because of such a key, as the start of a sentence.
fn fate(host: &Reader<'_>, key: &str) -> String {
    let title = host.title;
    match host.data.unknown_keys {
        UnknownKeys::Ignored => format!("{title} ignores `{key}`"),
        UnknownKeys::Refused => format!("{title} refuses this file because of `{key}`"),
        UnknownKeys::PassedOn => format!("{title} hands `{key}` on to the model's provider"),
        UnknownKeys::Undocumented => format!("{title} is not known to read `{key}`"),
    }
}

fn unknown(host: &Reader<'_>, header: &Header, entry: &Entry, report: &mut Report<'_>) {
    let file = report.file;
    let key = &*entry.key;
    if report.settings.known_keys().contains(key) {
        return;
    }
    let is_refused = host.data.unknown_keys == UnknownKeys::Refused;
    // A name that says what the file is called anyway misleads nobody.
    let says_stem = |name: &str| name.rsplit(':').next() == Some(file.path.stem());
    if key == "name" && !is_refused && entry.value.as_str().is_some_and(says_stem) {
        return;
    }
    if let Some(misplaced) = host.data.misplaced_key(key) {
        match &misplaced.instead {
            Some(right) => misspelled(host, header, entry, right, true, report),
            None if is_refused => {
                let message = format!("{}, a key of other files. Remove it.", fate(host, key));
                report
                    .add_as(&UNKNOWN_KEY, Severity::Error, entry.key_range, message)
                    .fix(|| removal(&file.source, header, entry));
            }
            None => {
                let message = format!(
                    "{} in {}: it is a key of other files. Remove it.",
                    fate(host, key),
                    an(file.facts.kind.role.noun())
                );
                let severity = severity(host, &IGNORED_KEY);
                report
                    .add_as(&IGNORED_KEY, severity, entry.key_range, message)
                    .tag(Tag::Unnecessary)
                    .fix(|| removal(&file.source, header, entry));
            }
        }
        return;
    }
    if !is_refused && host.data.community_key(key) {
        return;
    }
    // A key that stands beside the one it resembles is not that one misspelt.
    let closest = host.data.closest_key(key);
    if let Some(closest) = closest.filter(|closest| header.entry(closest).is_none()) {
        return misspelled(host, header, entry, closest, false, report);
    }
    let message = match host.data.unknown_keys {
        UnknownKeys::Ignored => format!("{} does not know `{key}` and ignores it.", host.title),
        UnknownKeys::Refused => format!("{}, which it does not know. Remove it.", fate(host, key)),
        UnknownKeys::PassedOn => format!("{}: it does not know it.", fate(host, key)),
        // It can be right.
        UnknownKeys::Undocumented => return,
    };
    let severity = severity(host, &UNKNOWN_KEY);
    let added = report.add_as(&UNKNOWN_KEY, severity, entry.key_range, message);
    if host.data.unknown_keys == UnknownKeys::Ignored {
        added.tag(Tag::Unnecessary);
    }
}

/// Reports a key in whose place `right` was meant, a path where it is a member (`a.b`).
/// `is_certain` where it is known and not guessed.
fn misspelled(
    host: &Reader<'_>,
    header: &Header,
    entry: &Entry,
    right: &str,
    is_certain: bool,
    report: &mut Report<'_>,
) {
    let file = report.file;
    let loss = match host.data.unknown_keys {
        UnknownKeys::Refused | UnknownKeys::Undocumented => "",
        UnknownKeys::Ignored | UnknownKeys::PassedOn => ", so the setting is lost",
    };
    let is_taken = header.entry(right).is_some();
    let advice = match (is_taken, is_certain) {
        (true, _) => format!(" `{right}` stands beside it: remove this one."),
        (false, true) => format!(" Call it `{right}`."),
        (false, false) => did_you_mean(Some(right)),
    };
    let message = format!("{}{loss}.{advice}", fate(host, &entry.key));
    let is_meant = is_certain || is_same_word(&entry.key, right);
    let severity = match host.data.unknown_keys {
        // What is handed on can be right and only look like another key.
        UnknownKeys::PassedOn if !is_meant => Severity::Hint,
        _ => severity(host, &MISSPELLED_KEY),
    };
    let is_safe = is_meant && is_harmless(host, right, entry, report);
    report
        .add_as(&MISSPELLED_KEY, severity, entry.key_range, message)
        .fix(|| {
            if is_taken {
                return removal(&file.source, header, entry);
            }
            // Of two that mean the same one, the last would count.
            let means_it_too = |other: &Entry| {
                let misplaced = host.data.misplaced_key(&other.key);
                other.key_range > entry.key_range
                    && misplaced.is_some_and(|other| other.instead.as_deref() == Some(right))
            };
            if header.entries.iter().any(means_it_too) {
                return None;
            }
            let edits = match right.split_once('.') {
                Some((outer, member)) => into_member(&file.source, header, entry, outer, member)?,
                None => edit::rename_key(entry, right)?,
            };
            let applicability = if is_safe {
                Applicability::Safe
            } else {
                Applicability::Unsafe
            };
            Some(Fix {
                is_preferred: true,
                ..Fix::new(applicability, rename_title(right), edits)
            })
        });
}

/// Whether a setting that begins to count under the name `right` can give no rights that the
/// file did not have, and does not keep it from loading.
fn is_harmless(host: &Reader<'_>, right: &str, entry: &Entry, report: &Report<'_>) -> bool {
    // A value that is put in quotes is another one.
    let is_as_written = report.file.facts.loading.verdict == Verdict::Loads;
    let Some(key) = host.data.key(right).filter(|_| is_as_written) else {
        return false;
    };
    if entry.error.is_some() || !values::is_right(host, key, &entry.value, report) {
        return false;
    }
    let list = || crate::syntax::list::names(report.source(), entry.value_range);
    match key.kind {
        KeyType::Text
        | KeyType::Name
        | KeyType::Model
        | KeyType::Boolean
        | KeyType::Integer
        | KeyType::Number
        | KeyType::Names
        | KeyType::List => true,
        KeyType::Tools => match key.effect {
            ToolEffect::Grants => list().is_some_and(|list| {
                let is_tool = |text: &str| {
                    !matches!(
                        host.data.tool(text),
                        ToolStatus::Unknown | ToolStatus::Removed(_)
                    )
                };
                !list.items.is_empty() && list.items.iter().all(|item| is_tool(&item.text))
            }),
            ToolEffect::Denies => true,
            ToolEffect::Approves => false,
        },
        KeyType::Enum
        | KeyType::ToolSwitches
        | KeyType::Servers
        | KeyType::Mapping
        | KeyType::Any => false,
    }
}

/// Puts an entry of one line inside a mapping that the header does not have yet.
fn into_member(
    source: &str,
    header: &Header,
    entry: &Entry,
    outer: &str,
    member: &str,
) -> Option<Vec<TextEdit>> {
    let is_scalar = matches!(entry.value.value, Value::Scalar(_)) && entry.error.is_none();
    let is_one_line = !entry.value_range.of(source).contains(['\n', '\r'])
        && entry.value_range.start > entry.key_range.end
        && !source
            .get(entry.key_range.end as usize..entry.value_range.start as usize)?
            .contains(['\n', '\r']);
    let starts_line = source
        .get(..entry.range.start as usize)?
        .ends_with(['\n', '\r']);
    if !is_scalar || !is_one_line || !starts_line || header.entry(outer).is_some() {
        return None;
    }
    let above = TextEdit {
        range: ByteRange::empty(entry.range.start as usize),
        new_text: format!("{outer}:{}  ", edit::line_end(source, header)),
    };
    let mut edits = vec![above];
    if member != &*entry.key {
        edits.extend(edit::rename_key(entry, member)?);
    }
    Some(edits)
}
