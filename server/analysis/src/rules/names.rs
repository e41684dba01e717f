//! What a file is called: there, valid, and no other's.

use super::loading::{is_list, loads_after, parsing, title};
use super::text::{first_words, slug_or};
use super::{Applicability, Fix, Reader, Report, Rule, Severity, rule};
use crate::agent::{Definition, Name, Symbol};
use crate::edit::{self, first_line_end, quoted, scalar};
use crate::host::{Hosts, Place, Role};
use crate::index::{FileId, Index, IndexedFile, Scope};
use crate::loading::Verdict;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::Value;
use crate::text::{ByteRange, TextEdit};

/// No `name`.
pub(super) const MISSING_NAME: Rule = rule!("missing-name", Severity::Error);
/// No `description`.
pub(super) const MISSING_DESCRIPTION: Rule = rule!("missing-description", Severity::Error);
/// A name that the host refuses.
pub(super) const INVALID_NAME: Rule = rule!("invalid-name", Severity::Error);
/// Two files of one root share a name.
pub(super) const DUPLICATE_NAME: Rule = rule!("duplicate-name", Severity::Warning);
/// An agent of the same name elsewhere that is taken in this one's place, or the other way round.
pub(super) const SHADOWED_NAME: Rule = rule!("shadowed-name", Severity::Information);

/// `name` and `description`: there, valid, and no other's.
pub(super) fn check(host: &Reader<'_>, report: &mut Report<'_>) {
    let facts = &report.file.facts;
    let Some(header) = &facts.header else {
        return;
    };
    // A dropped or late header is one fault already; a key that it hides is not another.
    if matches!(facts.loading.verdict, Verdict::Loads | Verdict::Requoted) {
        required(host, header, report);
    }
    let Some(definition) = &facts.definition else {
        return;
    };
    if definition.name_range.is_empty() {
        return;
    }
    invalid(host, header, definition, report);
    if definition.symbol == Symbol::Agent && Hosts::builtin().goes_by_name(facts.kind) {
        duplicates(host, definition, report);
        shadowed(host, definition, report);
    }
}

fn required(host: &Reader<'_>, header: &Header, report: &mut Report<'_>) {
    let is_required = |key: &str| {
        let key = host.data.key(key);
        key.is_some_and(|key| key.is_required(|key| header.entry(key).is_some()))
    };
    let named = !is_required("name") || is_set(header, "name");
    let described = !is_required("description") || is_set(header, "description");
    let is_list = || is_list(host, header, report.source());
    if (named && described) || !is_expected(report) || is_list() {
        return;
    }
    let noun = report.file.facts.kind.role.noun();
    let host_name = title(host, report);
    let source = report.source();
    let parsing = parsing(report);
    let at = |key: &str| {
        header
            .entry(key)
            .map_or(header.opening, |entry| entry.key_range)
    };
    if !named {
        let name = slug_or(stem(report), noun);
        let message =
            format!("{host_name} skips this {noun}: it has no `name`. Add `name: {name}`.");
        let applicability = name_applicability(header, &name, report);
        report.add(&MISSING_NAME, at("name"), message).fix(|| {
            let fix = named_fix(source, header, &name, applicability)?;
            loads_after(source, &fix, parsing).then_some(fix)
        });
        return;
    }
    let body = source.get(header.end as usize..).unwrap_or("");
    let message = format!(
        "{host_name} skips this {noun}: it has no `description`. Say in one sentence when to use it."
    );
    report
        .add(&MISSING_DESCRIPTION, at("description"), message)
        .fix(|| {
            let text = first_words(body).unwrap_or_else(|| "When to use it.".to_owned());
            let edit = set(
                source,
                header,
                "description",
                &quoted(&text),
                header.entry("name"),
            )?;
            let title = "Describe it by how its text begins";
            let fix = Fix::new(Applicability::Manual, title, [edit]);
            loads_after(source, &fix, parsing).then_some(fix)
        });
}

/// Whether the host takes this file for what its folder says.
fn is_expected(report: &Report<'_>) -> bool {
    let file = report.file;
    let kind = file.facts.kind;
    if kind.role == Role::Agent {
        kind.place != Place::Elsewhere
            && !report.workspace.index.is_in_plugin(&file.path)
            && Hosts::builtin().expects_header(&file.path)
    } else {
        kind.place == Place::HostFolder
    }
}

/// Whether a key has a value that is not blank, or one that is another rule's matter.
fn is_set(header: &Header, key: &str) -> bool {
    header.entry(key).is_some_and(|entry| {
        entry.error.is_some()
            || match &entry.value.value {
                Value::Scalar(scalar) => !scalar.text.trim().is_empty(),
                Value::Empty => false,
                _ => true,
            }
    })
}

/// What a file that has no name is called: after itself, or its folder.
fn stem<'a>(report: &Report<'a>) -> &'a str {
    let path = &report.file.path;
    match report.file.facts.kind.role {
        Role::Skill => path.folder_name().unwrap_or(path.stem()),
        _ => path.stem(),
    }
}

/// A file with a description and another key of an agent is meant as one. A name that is
/// taken is better chosen by a person.
fn name_applicability(header: &Header, name: &str, report: &Report<'_>) -> Applicability {
    let symbol = report
        .file
        .facts
        .definition
        .as_ref()
        .map_or(Symbol::Agent, |it| it.symbol);
    let index = &report.workspace.index;
    let is_taken = !index
        .called(symbol, &Name::new(name), &report.file.path)
        .is_empty();
    if is_taken {
        Applicability::Manual
    } else if is_set(header, "description") {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    }
}

fn named_fix(
    source: &str,
    header: &Header,
    name: &str,
    applicability: Applicability,
) -> Option<Fix> {
    let edit = set(
        source,
        header,
        "name",
        &scalar(name, edit::Place::Block),
        None,
    )?;
    Some(Fix {
        is_preferred: true,
        ..Fix::new(applicability, format!("Call it `{name}`"), [edit])
    })
}

/// Gives `key` a value: in its entry, or in one of its own after `after` or at the start.
fn set(
    source: &str,
    header: &Header,
    key: &str,
    text: &str,
    after: Option<&Entry>,
) -> Option<TextEdit> {
    if let Some(entry) = header.entry(key) {
        let range = entry.value_range;
        let glued = range.is_empty() && !source[..range.start as usize].ends_with([' ', '\t']);
        return matches!(entry.value.value, Value::Empty | Value::Scalar(_)).then(|| TextEdit {
            range,
            new_text: format!("{}{text}", if glued { " " } else { "" }),
        });
    }
    let at = after.map_or(header.content.start, |entry| entry.range.end);
    Some(TextEdit {
        range: ByteRange::empty(at as usize),
        new_text: format!("{key}: {text}{}", first_line_end(source)),
    })
}

fn invalid(host: &Reader<'_>, header: &Header, definition: &Definition, report: &mut Report<'_>) {
    let name = definition.name.as_str();
    let key = host.data.key("name");
    let pattern = key.and_then(|key| key.pattern.as_ref());
    let is_refused = key.is_some_and(|key| key.required);
    let host_name = title(host, report);
    let noun = report.file.facts.kind.role.noun();
    let better = slug_or(name, noun);
    let is_better = better != name && pattern.is_none_or(|pattern| pattern.matches(&better));
    let fault = match host.data.name_fault(name) {
        Some(fault) => format!("{host_name} skips this {noun}: its name {fault}."),
        None => {
            let most = key.and_then(|key| key.most_characters);
            let too_long = most.filter(|most| name.chars().count() > *most);
            let what = match (pattern, too_long) {
                (_, Some(most)) => format!("at most {most} characters"),
                (Some(pattern), _) if !pattern.matches(name) => pattern.words.clone(),
                _ => return,
            };
            match is_refused {
                true => format!("{host_name} does not load this {noun}: `name` takes {what}."),
                false => format!("`name` takes {what}: not every program takes this {noun}."),
            }
        }
    };
    let advice = match is_better {
        true => format!(" Call it `{better}`."),
        false => String::new(),
    };
    let severity = match is_refused {
        true => INVALID_NAME.severity,
        false => Severity::Warning,
    };
    let range = definition.name_range;
    report
        .add_as(&INVALID_NAME, severity, range, fault + &advice)
        .fix(|| {
            let entry = header.entry("name").filter(|_| is_better)?;
            let edits = edit::replace_text(&entry.value, &better, edit::Place::Block)?;
            let title = format!("Rename to `{better}`");
            Some(Fix {
                is_preferred: true,
                ..Fix::new(Applicability::Unsafe, title, edits)
            })
        });
}

/// The agents of a name as seen from a file, without the file itself.
fn namesakes<'a>(
    definition: &Definition,
    report: &Report<'a>,
) -> Vec<(FileId, &'a IndexedFile, &'a Definition)> {
    let index = &report.workspace.index;
    let file = report.file;
    index
        .definitions(&definition.name, &file.path)
        .into_iter()
        .filter(|id| *id != file.id)
        .filter_map(|id| Some((id, index.file(id)?, index.agent(id)?)))
        .filter(|(_, other, _)| other.facts.kind.host == file.facts.kind.host)
        .collect()
}

fn duplicates(host: &Reader<'_>, definition: &Definition, report: &mut Report<'_>) {
    let index = &report.workspace.index;
    let file = report.file;
    let root = index.root_of(&file.path);
    let scope = index.file(file.id).map(|own| own.scope);
    let mut others = namesakes(definition, report);
    others.retain(|(_, other, _)| {
        index.root_of(&other.path) == root && scope.is_none_or(|scope| scope == other.scope)
    });
    let Some((_, first, _)) = others.first() else {
        return;
    };
    let host_name = title(host, report);
    let message = match others.len() {
        1 => format!(
            "{} has the name `{}` too: {host_name} loads only one of them. Rename one.",
            first.path, definition.name
        ),
        more => format!(
            "{more} other files have the name `{}` too: {host_name} loads only one of them. Rename the others.",
            definition.name
        ),
    };
    let mut added = report.add(&DUPLICATE_NAME, definition.name_range, message);
    for (id, _, other) in others {
        added = added.related(id, other.name_range, "the same name");
    }
}

/// Where an agent comes from; of two with one name the host takes the greater. The order is that
/// of Claude Code's page on subagents (code.claude.com/docs/en/sub-agents). Before these it takes
/// what is managed for the whole machine and what its command line says: neither is read here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Plugin,
    User,
    Project,
}

impl Tier {
    /// Where the agent of a file comes from; `None` where no host looks by itself.
    fn of(index: &Index, file: &IndexedFile) -> Option<Self> {
        if file.scope == Scope::User {
            Some(Self::User)
        } else if index.is_in_plugin(&file.path) {
            Some(Self::Plugin)
        } else {
            (file.facts.kind.place == Place::HostFolder).then_some(Self::Project)
        }
    }

    fn owner(self) -> &'static str {
        match self {
            Self::Plugin => "a plugin",
            Self::User => "the user",
            Self::Project => "the project",
        }
    }
}

/// The folder whose host folder holds the agents of a root: `x` of `x/.claude/agents`.
fn base<'p>(index: &Index, file: &'p IndexedFile) -> &'p str {
    let root = index.root_of(&file.path);
    let mut start = 0;
    let mut base = "";
    for segment in root.split('/') {
        if Hosts::builtin().is_host_folder(segment) {
            base = root[..start].trim_end_matches('/');
        }
        start += segment.len() + 1;
    }
    base
}

/// Whether `folder` lies in `outer`, which is another.
fn is_below(folder: &str, outer: &str) -> bool {
    folder != outer
        && folder
            .strip_prefix(outer)
            .is_some_and(|rest| outer.is_empty() || rest.starts_with('/'))
}

fn shadowed(host: &Reader<'_>, definition: &Definition, report: &mut Report<'_>) {
    let index = &report.workspace.index;
    let Some(own) = index.file(report.file.id) else {
        return;
    };
    let Some(tier) = Tier::of(index, own) else {
        return;
    };
    let host_name = title(host, report);
    let name = &definition.name;
    // The others with which it shares its name, and whether they win.
    let mut wins = Vec::new();
    let mut losses = Vec::new();
    for (id, other, their) in namesakes(definition, report) {
        let Some(other_tier) = Tier::of(index, other) else {
            continue;
        };
        let place = (id, their.name_range, other);
        if other_tier == Tier::Project && tier == Tier::Project {
            let (here, there) = (base(index, own), base(index, other));
            if is_below(there, here) {
                losses.push((place, other_tier, Some(there)));
            } else if is_below(here, there) {
                wins.push((place, other_tier));
            }
        } else if other_tier > tier {
            losses.push((place, other_tier, None));
        } else if other_tier < tier {
            wins.push((place, other_tier));
        }
    }
    let is_replaced = |(_, _, folder): &&(_, _, Option<&str>)| folder.is_none();
    let message = if let Some(((.., other), tier, _)) = losses.iter().find(is_replaced) {
        format!(
            "{host_name} takes the `{name}` of {} ({}) in place of this one. Rename one to use both.",
            tier.owner(),
            other.path
        )
    } else if let Some(((.., other), _, Some(folder))) = losses.first() {
        format!(
            "In `{folder}` {host_name} takes {} in place of this agent: the nearest of a name wins.",
            other.path
        )
    } else if let Some(((.., other), tier)) = wins.first() {
        format!(
            "{host_name} takes this agent in place of the `{name}` of {} ({}).",
            tier.owner(),
            other.path
        )
    } else if tier > Tier::Plugin && host.data.builtin_agent(name.as_str()).is_some() {
        format!("{host_name} brings an agent `{name}`: this one takes its place.")
    } else {
        return;
    };
    let mut added = report.add(&SHADOWED_NAME, definition.name_range, message);
    let losses = losses.into_iter().map(|(place, ..)| place);
    for (id, range, _) in losses.chain(wins.into_iter().map(|(place, _)| place)) {
        added = added.related(id, range, "the same name");
    }
}
