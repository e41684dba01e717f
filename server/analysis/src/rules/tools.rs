//! The tools that a header grants, denies and approves.

mod list;

use rustc_hash::FxHashMap;

use list::{List, Listed, read};

use super::values::likely;
use super::{
    Applicability, Fix, Reader, Report, Rule, Severity, Tag, did_you_mean, is_same_word, rule,
};
use crate::agent::Name;
use crate::host::{
    Availability, Key, KeyType, McpName, Reach, RemovedTool, RenamedTool, SpecifierUse, Tool,
    ToolEffect, ToolStatus, UnknownTools, closest, split_specifier,
};
use crate::syntax::frontmatter::Entry;

/// Not a tool of the host, not MCP, not in the configuration.
pub(super) const UNKNOWN_TOOL: Rule = rule!("unknown-tool", Severity::Warning);
/// An old name that still works.
pub(super) const RENAMED_TOOL: Rule = rule!("renamed-tool", Severity::Hint);
/// A name that no longer exists.
pub(super) const REMOVED_TOOL: Rule = rule!("removed-tool", Severity::Warning);
/// Never given to subagents.
pub(super) const UNAVAILABLE_TOOL: Rule = rule!("unavailable-tool", Severity::Warning);
/// Granted and denied at once.
pub(super) const CONFLICTING_TOOL: Rule = rule!("conflicting-tool", Severity::Warning);
/// A specifier in brackets that has no effect here.
pub(super) const IGNORED_SPECIFIER: Rule = rule!("ignored-specifier", Severity::Warning);
/// A tool of an MCP server that the workspace does not configure.
pub(super) const UNKNOWN_MCP_SERVER: Rule = rule!("unknown-mcp-server", Severity::Information);
/// A list that grants nothing.
pub(super) const EMPTY_TOOLS: Rule = rule!("empty-tools", Severity::Information);

pub(super) fn check(host: &Reader<'_>, report: &mut Report<'_>) {
    let Some(header) = &report.file.facts.header else {
        return;
    };
    let keys = host.data.keys().iter();
    let mut lists: Vec<List<'_>> = keys
        .filter(|key| key.is_of(KeyType::Tools) || key.is_of(KeyType::ToolSwitches))
        .filter_map(|key| read(key, header.entry(&key.name)?, report.source()))
        .collect();
    for list in &mut lists {
        let mut items = list.items.iter();
        list.is_held = items.any(|listed| holds(host, list, &listed.item.text, report));
    }
    for list in &lists {
        for listed in &list.items {
            one(host, &lists, list, listed, report);
        }
        let grants = list.key.effect == ToolEffect::Grants && list.key.is_of(KeyType::Tools);
        let mut items = list.items.iter();
        if host.data.needs_a_tool
            && grants
            && !items.any(|listed| gives(host, &listed.item.text, report))
        {
            empty(host, list, report);
        }
    }
    conflicts(host, &lists, report);
}

/// " Use `a` or `b`." or nothing.
fn instead(tools: &[String]) -> String {
    if tools.is_empty() {
        return String::new();
    }
    let tools: Vec<String> = tools.iter().map(|tool| format!("`{tool}`")).collect();
    format!(" Use {}.", tools.join(" or "))
}

/// Whether an entry of a list that grants tools gives one, as far as one can tell.
pub(super) fn gives(host: &Reader<'_>, text: &str, report: &Report<'_>) -> bool {
    let is_got = |tool: &Tool| !(host.data.subagent && tool.subagents == Availability::Never);
    if is_configured(text, report) {
        return true;
    }
    match host.data.tool(text) {
        ToolStatus::Known(tool) | ToolStatus::Renamed { tool, .. } => is_got(tool),
        ToolStatus::Mcp(_) | ToolStatus::Everything => true,
        ToolStatus::Removed(_) => false,
        ToolStatus::Unknown => host.data.unknown_tools == UnknownTools::Open,
    }
}

/// Whether a list of tools that begins to count under `key` is right in all it names, and, where
/// it grants, leaves the agent a tool.
pub(super) fn is_right(host: &Reader<'_>, key: &Key, entry: &Entry, report: &Report<'_>) -> bool {
    let Some(list) = read(key, entry, report.source()).filter(|list| !list.items.is_empty()) else {
        return false;
    };
    let is_right = |listed: &Listed<'_>| {
        let text = &*listed.item.text;
        let is_denied = listed.effect == ToolEffect::Denies;
        let is_ignored = key.ignores_specifiers && split_specifier(text).1.is_some();
        is_configured(text, report)
            || match host.data.tool(text) {
                ToolStatus::Unknown | ToolStatus::Removed(_) => false,
                _ => !is_ignored && (is_denied || gives(host, text, report)),
            }
    };
    list.items.iter().all(is_right)
}

/// Whether an entry gives a tool and is one that no fix takes away unasked.
fn holds(host: &Reader<'_>, list: &List<'_>, text: &str, report: &Report<'_>) -> bool {
    let goes = match host.data.tool(text) {
        _ if is_configured(text, report) => false,
        ToolStatus::Renamed { tool, .. } => list.has_item(&under_new_name(text, tool)),
        ToolStatus::Unknown => host
            .data
            .closest_tool(text)
            .is_some_and(|meant| list.has(meant)),
        _ => false,
    };
    gives(host, text, report) && !goes
}

/// Whether the user says that there is such a tool.
fn is_configured(text: &str, report: &Report<'_>) -> bool {
    let known = report.settings.known_tools();
    known.contains(text) || known.contains(split_specifier(text).0)
}

/// An entry with the new name of its tool, what stands in brackets left alone.
fn under_new_name(text: &str, tool: &Tool) -> String {
    let (old, _) = split_specifier(text);
    format!("{}{}", tool.name, text.get(old.len()..).unwrap_or(""))
}

fn one(
    host: &Reader<'_>,
    lists: &[List<'_>],
    list: &List<'_>,
    listed: &Listed<'_>,
    report: &mut Report<'_>,
) {
    if is_configured(&listed.item.text, report) {
        return;
    }
    match host.data.tool(&listed.item.text) {
        ToolStatus::Known(found) => known(host, list, listed, found, report),
        ToolStatus::Renamed { tool: new, old } => {
            renamed(list, listed, new, old, report);
            known(host, list, listed, new, report);
        }
        ToolStatus::Removed(old) => removed(host, list, listed, old, report),
        ToolStatus::Mcp(name) if !name.elsewhere && !name.is_every_server() => {
            mcp(list, listed, name, report);
        }
        ToolStatus::Mcp(_) | ToolStatus::Everything => {}
        ToolStatus::Unknown => unknown(host, lists, list, listed, report),
    }
}

/// Whether some list grants the tool of that name, under whichever of its names.
fn is_granted(host: &Reader<'_>, lists: &[List<'_>], name: &str) -> bool {
    let items = lists.iter().flat_map(|list| &list.items);
    let mut granted = items.filter(|listed| listed.effect == ToolEffect::Grants);
    granted.any(|listed| {
        let (tool, _) = split_specifier(&listed.item.text);
        host.data.current_tool_name(tool) == name
    })
}

/// Checks an entry for a tool that the host has.
fn known(
    host: &Reader<'_>,
    list: &List<'_>,
    listed: &Listed<'_>,
    found: &Tool,
    report: &mut Report<'_>,
) {
    let (_, specifier) = split_specifier(&listed.item.text);
    let is_denied = listed.effect == ToolEffect::Denies;
    let is_never = host.data.subagent && found.subagents == Availability::Never;
    let ignored = specifier.filter(|_| is_denied && list.key.ignores_specifiers);
    if is_never && !is_denied {
        unavailable(host, list, listed, found, report);
    } else if let Some(specifier) = ignored {
        report.add(
            &IGNORED_SPECIFIER,
            listed.item.range,
            format!("{} ignores `({specifier})` here and takes away all of `{}`. Remove the brackets, or deny it in the permission rules.", host.title, found.name),
        );
    } else {
        leading(host, listed, found, specifier, report);
    }
}

/// What narrows a tool for the agent that leads a session, and for no subagent.
fn leading(
    host: &Reader<'_>,
    listed: &Listed<'_>,
    tool: &Tool,
    specifier: Option<&str>,
    report: &mut Report<'_>,
) {
    let is_granted = listed.effect == ToolEffect::Grants && host.data.subagent;
    let Some(specifier) =
        specifier.filter(|_| is_granted && tool.specifier == SpecifierUse::Leading)
    else {
        return;
    };
    let message = format!(
        "`({specifier})` counts only where this agent leads a session: as a subagent it gets all of `{}`.",
        tool.name
    );
    // Not a warning: the same file can do both.
    report.add_as(
        &IGNORED_SPECIFIER,
        Severity::Information,
        listed.item.range,
        message,
    );
}

fn unavailable(
    host: &Reader<'_>,
    list: &List<'_>,
    listed: &Listed<'_>,
    tool: &Tool,
    report: &mut Report<'_>,
) {
    let file = report.file;
    let message = format!(
        "{} never gives `{}` to a subagent, so this entry has no effect. Remove it.",
        host.title, tool.name
    );
    report
        .add(&UNAVAILABLE_TOOL, listed.item.range, message)
        .fix(|| {
            // An agent that leads a session can have it.
            Some(Fix {
                is_preferred: true,
                ..list.removal(listed, Applicability::Unsafe, file)?
            })
        });
}

fn renamed(
    list: &List<'_>,
    listed: &Listed<'_>,
    new: &Tool,
    old: &RenamedTool,
    report: &mut Report<'_>,
) {
    let file = report.file;
    let text = &*listed.item.text;
    let message = format!(
        "`{}` is now called `{}`; the old name still works.",
        old.name, new.name
    );
    report
        .add(&RENAMED_TOOL, listed.item.range, message)
        .tag(Tag::Deprecated)
        .fix(|| {
            let whole = under_new_name(text, new);
            if !list.has_item(&whole) {
                let edits = list.rename(listed, &new.name, &file.source)?;
                return Some(Fix::safe(format!("Rename to `{}`", new.name), edits));
            }
            let edits = list.remove(listed, file)?;
            let title = format!("Remove `{text}`: `{whole}` is there");
            Some(Fix {
                applicability: list.held(Applicability::Safe),
                ..Fix::safe(title, edits)
            })
        });
}

fn removed(
    host: &Reader<'_>,
    list: &List<'_>,
    listed: &Listed<'_>,
    old: &RemovedTool,
    report: &mut Report<'_>,
) {
    let file = report.file;
    report
        .add(
            &REMOVED_TOOL,
            listed.item.range,
            format!(
                "{} no longer has `{}`, so this entry has no effect.{}",
                host.title,
                old.name,
                instead(&old.instead)
            ),
        )
        .fixes(|| {
            let removal = |applicability| list.removal(listed, applicability, file);
            // It does nothing; what does its work now is there, or nothing does.
            let gone = match old.instead.first() {
                Some(tool) => list.has(tool).then_some(Applicability::Safe),
                None if listed.effect == ToolEffect::Grants => Some(Applicability::Unsafe),
                None => Some(Applicability::Safe),
            };
            if let Some(applicability) = gone {
                let removal = removal(applicability).map(|fix| Fix {
                    is_preferred: true,
                    ..fix
                });
                return removal.into_iter().collect();
            }
            let replacement = |(at, tool): (usize, &String)| {
                let edits = list.rename(listed, tool, &file.source)?;
                let title = format!("Replace it by `{tool}`");
                Some(match at {
                    0 if old.instead.len() == 1 => likely(title, edits),
                    0 => Fix::new(Applicability::Unsafe, title, edits),
                    _ => Fix::new(Applicability::Manual, title, edits),
                })
            };
            let replacements = old.instead.iter().enumerate().filter_map(replacement);
            replacements.chain(removal(Applicability::Manual)).collect()
        });
}

fn unknown(
    host: &Reader<'_>,
    lists: &[List<'_>],
    list: &List<'_>,
    listed: &Listed<'_>,
    report: &mut Report<'_>,
) {
    let (tool, specifier) = split_specifier(&listed.item.text);
    let meant = host.data.closest_tool(tool);
    let is_open = host.data.unknown_tools == UnknownTools::Open;
    // Where anybody can bring tools, a name that is like no other is one of theirs.
    if is_open && meant.is_none() {
        return;
    }
    let does = match listed.effect {
        ToolEffect::Denies => "denies",
        ToolEffect::Grants => "grants",
        ToolEffect::Approves => "approves",
    };
    let advice = match meant {
        Some(meant) => did_you_mean(Some(meant)),
        None if looks_like_mcp(tool) => match host.data.mcp() {
            Some(form) => format!(
                " A tool of an MCP server is called `{}server{}tool`.",
                form.prefix, form.separator
            ),
            None => String::new(),
        },
        None => String::new(),
    };
    let title = host.title;
    let (severity, message) = match host.data.unknown_tools {
        UnknownTools::Ignored => (
            UNKNOWN_TOOL.severity,
            format!("{title} has no tool `{tool}`, so this entry {does} nothing.{advice}"),
        ),
        UnknownTools::Refused => (
            Severity::Error,
            format!("{title} refuses this file: it has no tool `{tool}`.{advice}"),
        ),
        UnknownTools::Open => (
            Severity::Hint,
            format!("{title} itself has no tool `{tool}`.{advice}"),
        ),
    };
    let file = report.file;
    report
        .add_as(&UNKNOWN_TOOL, severity, listed.item.range, message)
        .fixes(|| {
            let removal = |applicability| list.removal(listed, applicability, file);
            let Some(meant) = meant.filter(|meant| !list.has(meant)) else {
                return removal(Applicability::Unsafe).into_iter().collect();
            };
            let replacement = list.rename(listed, meant, &file.source).map(|edits| {
                let is_near = closest(tool, [meant], Reach::Near).is_some();
                // It takes away what its author wanted to be taken away, and no more.
                let is_meant = is_same_word(tool, meant)
                    && !is_granted(host, lists, meant)
                    && !(list.key.ignores_specifiers && specifier.is_some());
                let applicability = match listed.effect {
                    ToolEffect::Denies if is_meant => Applicability::Safe,
                    _ if is_near && !is_open => Applicability::Unsafe,
                    _ => Applicability::Manual,
                };
                Fix {
                    is_preferred: is_near,
                    ..Fix::new(applicability, format!("Replace it by `{meant}`"), edits)
                }
            });
            let removal = removal(Applicability::Manual);
            replacement.into_iter().chain(removal).collect()
        });
}

/// Whether a name is one that other hosts or the author give to a tool of an MCP server.
fn looks_like_mcp(tool: &str) -> bool {
    tool.contains('/') || tool.to_ascii_lowercase().contains("mcp")
}

fn mcp(list: &List<'_>, listed: &Listed<'_>, name: McpName<'_>, report: &mut Report<'_>) {
    let Some(mut servers) = report.workspace.index.mcp_servers() else {
        return;
    };
    let file = report.file;
    let own_entries = file.facts.header.iter().flat_map(|header| &header.entries);
    for entry in own_entries.filter(|entry| is_servers(&entry.key, report)) {
        let own = std::iter::once(&entry.value).chain(entry.value.items());
        servers.extend(
            own.flat_map(|node| node.pairs().iter().map(|(key, _)| key).chain([node]))
                .filter_map(|node| node.as_str().map(Name::new)),
        );
    }
    let server = name.server;
    if servers.iter().any(|known| known.as_str() == server) {
        return;
    }
    let closest_to = |reach| closest(server, servers.iter().map(Name::as_str), reach);
    let meant = closest_to(Reach::Far);
    let is_near = closest_to(Reach::Near).is_some();
    let message = format!(
        "No configuration of this workspace names an MCP server `{server}`.{}",
        did_you_mean(meant)
    );
    report
        .add(&UNKNOWN_MCP_SERVER, listed.item.range, message)
        .fix(|| {
            let meant = meant?;
            let (tool, _) = split_specifier(&listed.item.text);
            let renamed = tool.replacen(server, meant, 1);
            let edits = list.rename(listed, &renamed, &file.source)?;
            let applicability = match is_near {
                true => Applicability::Unsafe,
                false => Applicability::Manual,
            };
            Some(Fix {
                is_preferred: is_near,
                ..Fix::new(applicability, format!("Replace it by `{renamed}`"), edits)
            })
        });
}

/// Whether MCP servers stand under a key.
fn is_servers(key: &str, report: &Report<'_>) -> bool {
    let data = crate::host::Hosts::builtin().data(report.file.facts.kind);
    data.and_then(|data| data.key(key))
        .is_some_and(|key| key.is_of(KeyType::Servers))
}

fn empty(host: &Reader<'_>, list: &List<'_>, report: &mut Report<'_>) {
    let entry = list.entry;
    let range = if entry.value_range.is_empty() {
        entry.key_range
    } else {
        entry.value_range
    };
    let noun = report.file.facts.kind.role.noun();
    let what = if list.items.is_empty() {
        "This list is empty".to_owned()
    } else {
        format!("Nothing in this list is a tool that the {noun} can get")
    };
    report.add(
        &EMPTY_TOOLS,
        range,
        format!(
            "{what}: {} refuses to start the {noun}. Name a tool, or remove `{}` to inherit all.",
            host.title, list.key.name
        ),
    );
}

fn conflicts(host: &Reader<'_>, lists: &[List<'_>], report: &mut Report<'_>) {
    let file = report.file;
    let name_of = |listed: &Listed<'_>| -> Box<str> {
        let (tool, _) = split_specifier(&listed.item.text);
        host.data.current_tool_name(tool).into()
    };
    let with = |effect: ToolEffect| {
        let lists = lists
            .iter()
            .filter(move |list| list.key.is_of(KeyType::Tools));
        lists.flat_map(move |list| {
            let listed = list.items.iter().filter(move |it| it.effect == effect);
            listed.map(move |listed| (list, listed))
        })
    };
    // Of several, the first one stays.
    let mut denied: FxHashMap<Box<str>, (&List<'_>, &Listed<'_>)> = FxHashMap::default();
    for (list, listed) in with(ToolEffect::Denies) {
        let (_, specifier) = split_specifier(&listed.item.text);
        // It takes away a part of the tool.
        if specifier.is_some() && !list.key.ignores_specifiers {
            continue;
        }
        denied.entry(name_of(listed)).or_insert((list, listed));
    }
    for (list, listed) in with(ToolEffect::Grants) {
        let name = name_of(listed);
        let Some((denying, other)) = denied.get(&name) else {
            continue;
        };
        report
            .add(
                &CONFLICTING_TOOL,
                listed.item.range,
                format!(
                    "`{name}` is granted here and denied by `{}`: {} denies it. Remove one.",
                    denying.key.name, host.title
                ),
            )
            .related(file.id, other.item.range, "denied here")
            .fixes(|| {
                let sides = [(list, listed), (*denying, *other)].into_iter();
                let removal = |(list, listed): (&List<'_>, &Listed<'_>)| {
                    let edits = list.remove(listed, file)?;
                    let title = format!("Remove it from `{}`", list.key.name);
                    Some(Fix::new(Applicability::Manual, title, edits))
                };
                sides.filter_map(removal).collect()
            });
    }
}
