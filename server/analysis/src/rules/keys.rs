//! The keys of a header.

use rustc_hash::FxHashMap;

use super::{
    Applicability, Fix, Reader, Report, Rule, Severity, Tag, an, did_you_mean, is_same_word, rule,
};
use super::{tools, values};
use crate::edit;
use crate::host::{DuplicateKeys, Key, KeyType, NamesOf, PluginSupport, ToolEffect, UnknownKeys};
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
    duplicates(host, header, report);
    let mut wanted = Wanted::default();
    for entry in &header.entries {
        if let Some(right) = meant(host, &entry.key, report) {
            *wanted.entry(right).or_default() += 1;
        }
    }
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
            None => unknown(host, header, entry, &wanted, report),
        }
    }
}

/// How many keys of a header are meant as each key that the host knows.
type Wanted<'h> = FxHashMap<&'h str, usize>;

/// Takes an entry away that the host does not look at.
fn removal(source: &str, header: &Header, entry: &Entry) -> Option<Fix> {
    let edits = edit::remove_entry(source, header, entry)?;
    let title = format!("Remove `{}`", entry.key);
    Some(Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, title, edits)
    })
}

fn duplicates(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
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
        let key = &entry.key;
        let last_counts = host.data.duplicate_keys == DuplicateKeys::LastCounts;
        let (severity, message) = match host.data.duplicate_keys {
            DuplicateKeys::LastCounts => (
                DUPLICATE_KEY.severity,
                format!(
                    "`{key}` stands in this header twice, and the last one counts. Remove one."
                ),
            ),
            DuplicateKeys::Refused => (
                Severity::Error,
                format!(
                    "{} refuses this file: `{key}` stands in its header twice. Remove one.",
                    host.title
                ),
            ),
            DuplicateKeys::Undocumented => (
                DUPLICATE_KEY.severity,
                format!(
                    "`{key}` stands in this header twice, and which one counts depends on the program. Remove one."
                ),
            ),
        };
        let mut added = report.add_as(&DUPLICATE_KEY, severity, entry.key_range, message);
        if last_counts {
            added = added.tag(Tag::Unnecessary);
        }
        let other = if last_counts {
            "this one counts"
        } else {
            "the other one"
        };
        added.related(file.id, last.key_range, other).fix(|| {
            let is_whole = is_read && entry.error.is_none() && last.error.is_none();
            let edits = edit::remove_entry(&file.source, header, entry).filter(|_| is_whole)?;
            if last_counts {
                let title = format!("Remove this `{key}`, which does not count");
                return Some(Fix::safe(title, edits));
            }
            let written = |entry: &Entry| entry.value_range.of(&file.source).trim();
            let title = format!("Remove this `{key}`");
            Some(match written(entry) == written(last) {
                true => Fix::safe(title, edits),
                false => Fix::new(Applicability::Manual, title, edits),
            })
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
    let is_right = |new: &Key| is_right_as(host, new, entry, report);
    let is_safe = newer(host.data.keys(), key).is_some_and(is_right);
    report
        .add(
            &DEPRECATED_KEY,
            entry.key_range,
            format!("`{}` is out of date: {replacement}.", key.name),
        )
        .tag(Tag::Deprecated)
        .fix(|| {
            let new = newer(host.data.keys(), key)?;
            if header.entry(&new.name).is_some() {
                return None;
            }
            let edits = edit::rename_key(entry, &new.name)?;
            let title = rename_title(&new.name);
            Some(match is_safe {
                true => Fix::safe(title, edits),
                false => values::likely(title, edits),
            })
        });
}

/// The key of `known` that does now what `key` did, where it takes the same values.
pub(super) fn newer<'k>(known: &'k [Key], key: &Key) -> Option<&'k Key> {
    // "use `a`" is another name; "use `a` and `b`" is more than that.
    let mut quoted = key.deprecated.as_ref()?.split('`').skip(1).step_by(2);
    let name = quoted.next().filter(|_| quoted.next().is_none())?;
    let mut known = known.iter();
    known.find(|new| new.name == name && new.kind == key.kind)
}

pub(super) fn rename_title(name: &str) -> String {
    format!("Rename to `{name}`")
}

/// How grave a key is that the host does not know.
pub(super) fn severity(unknown: UnknownKeys, rule: &Rule) -> Severity {
    match unknown {
        UnknownKeys::Refused => Severity::Error,
        UnknownKeys::Ignored | UnknownKeys::PassedOn => rule.severity,
        UnknownKeys::Undocumented => Severity::Hint,
    }
}

/// What the host does because of such a key, as the start of a sentence; `key` in its marks.
pub(super) fn fate(title: &str, unknown: UnknownKeys, key: &str) -> String {
    match unknown {
        UnknownKeys::Ignored => format!("{title} ignores {key}"),
        UnknownKeys::Refused => format!("{title} refuses this file because of {key}"),
        UnknownKeys::PassedOn => format!("{title} hands {key} on to the model's provider"),
        UnknownKeys::Undocumented => format!("{title} is not known to read {key}"),
    }
}

fn unknown(
    host: &Reader<'_>,
    header: &Header,
    entry: &Entry,
    wanted: &Wanted<'_>,
    report: &mut Report<'_>,
) {
    let file = report.file;
    let key = &*entry.key;
    if report.settings.known_keys().contains(key) {
        return;
    }
    let is_refused = host.data.unknown_keys == UnknownKeys::Refused;
    let fate = || fate(host.title, host.data.unknown_keys, &format!("`{key}`"));
    // A name that says what the file is called anyway misleads nobody.
    let says_stem = |name: &str| name.rsplit(':').next() == Some(file.path.stem());
    if key == "name" && !is_refused && entry.value.as_str().is_some_and(says_stem) {
        return;
    }
    if let Some(misplaced) = host.data.misplaced_key(key) {
        match &misplaced.instead {
            Some(right) => misspelled(host, header, entry, right, true, wanted, report),
            None if is_refused => {
                let message = format!("{}, a key of other files. Remove it.", fate());
                report
                    .add_as(&UNKNOWN_KEY, Severity::Error, entry.key_range, message)
                    .fix(|| removal(&file.source, header, entry));
            }
            None => {
                let message = format!(
                    "{} in {}: it is a key of other files. Remove it.",
                    fate(),
                    an(file.facts.kind.role.noun())
                );
                let severity = severity(host.data.unknown_keys, &IGNORED_KEY);
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
        return misspelled(host, header, entry, closest, false, wanted, report);
    }
    let message = match host.data.unknown_keys {
        UnknownKeys::Ignored => format!("{} does not know `{key}` and ignores it.", host.title),
        UnknownKeys::Refused => format!("{}, which it does not know. Remove it.", fate()),
        UnknownKeys::PassedOn => format!("{}: it does not know it.", fate()),
        // It can be right.
        UnknownKeys::Undocumented => return,
    };
    let severity = severity(host.data.unknown_keys, &UNKNOWN_KEY);
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
    wanted: &Wanted<'_>,
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
    let message = format!(
        "{}{loss}.{advice}",
        fate(
            host.title,
            host.data.unknown_keys,
            &format!("`{}`", entry.key)
        )
    );
    let is_meant = is_certain || is_same_word(&entry.key, right);
    let severity = match host.data.unknown_keys {
        // What is handed on can be right and only look like another key.
        UnknownKeys::PassedOn if !is_meant => Severity::Hint,
        _ => severity(host.data.unknown_keys, &MISSPELLED_KEY),
    };
    let is_safe = is_meant && is_harmless(host, header, right, entry, report);
    // Of two that mean the same key, a person knows which.
    let is_alone = wanted.get(right).is_none_or(|count| *count < 2);
    report
        .add_as(&MISSPELLED_KEY, severity, entry.key_range, message)
        .fix(|| {
            if is_taken {
                return removal(&file.source, header, entry);
            }
            let edits = match right.split_once('.') {
                Some((outer, member)) => into_member(&file.source, header, entry, outer, member)?,
                None => edit::rename_key(entry, right)?,
            };
            let title = rename_title(right);
            Some(match (is_alone, is_safe) {
                (false, _) => Fix::new(Applicability::Manual, title, edits),
                (true, true) => Fix::safe(title, edits),
                (true, false) => values::likely(title, edits),
            })
        });
}

/// The key that is meant by one that the host does not know, a path where it is a member (`a.b`).
fn meant<'h>(host: &Reader<'h>, key: &str, report: &Report<'_>) -> Option<&'h str> {
    let data = host.data;
    if data.key(key).is_some() || report.settings.known_keys().contains(key) {
        return None;
    }
    match data.misplaced_key(key) {
        Some(misplaced) => misplaced.instead.as_deref(),
        None if data.unknown_keys != UnknownKeys::Refused && data.community_key(key) => None,
        None => data.closest_key(key),
    }
}

/// Whether the host reads the value of an entry as it is written, and takes it for `key`.
fn is_right_as(host: &Reader<'_>, key: &Key, entry: &Entry, report: &Report<'_>) -> bool {
    // A value that is put in quotes is another one.
    report.file.facts.loading.verdict == Verdict::Loads
        && entry.error.is_none()
        && values::is_right(host, key, &entry.value, report)
}

/// Whether a setting that begins to count under the name `right` can give no rights that the
/// file did not have, does not keep it from loading, and says nothing that is wrong.
fn is_harmless(
    host: &Reader<'_>,
    header: &Header,
    right: &str,
    entry: &Entry,
    report: &Report<'_>,
) -> bool {
    let Some(key) = host.data.key(right) else {
        return false;
    };
    let is_barred = key.plugin == PluginSupport::Ignored
        && report.workspace.index.is_in_plugin(&report.file.path);
    let names_agents = key.names == Some(NamesOf::Agents);
    if is_barred || names_agents || !is_right_as(host, key, entry, report) {
        return false;
    }
    let text = entry.value.as_str();
    match key.kind {
        KeyType::Boolean | KeyType::Integer | KeyType::Number => true,
        KeyType::Text | KeyType::Model => text.is_some(),
        KeyType::Name => {
            text.is_some_and(|text| host.data.name_fault(text).is_none() && key.takes(text))
        }
        KeyType::Names | KeyType::List => key.items.is_empty(),
        KeyType::Tools => {
            // What one list grants another can deny, also one that is called otherwise so far.
            let meant = |other: &Entry| {
                let misplaced = host.data.misplaced_key(&other.key);
                let instead = misplaced.and_then(|it| it.instead.as_deref());
                let close = || host.data.closest_key(&other.key);
                let own = host.data.key(&other.key);
                own.or_else(|| host.data.key(instead.or_else(close)?))
            };
            let mut others = header.entries.iter().filter_map(meant);
            let is_other = |other: &Key| other.is_of(KeyType::Tools) && other.effect != key.effect;
            key.effect != ToolEffect::Approves
                && !others.any(is_other)
                && tools::is_right(host, key, entry, report)
        }
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
