//! The tools that a header grants and denies.

use rustc_hash::FxHashMap;

use super::{Reader, Report, Rule, Severity, Tag, did_you_mean, rule};
use crate::agent::Name;
use crate::host::{Availability, Reach, ToolStatus, closest, split_specifier};
use crate::syntax::list::Item;
use crate::syntax::yaml::Value;

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
    let granted = items(report, "tools");
    let denied = items(report, "disallowedTools");
    let mut any = false;
    for item in granted.iter().flatten() {
        any |= one(host, item, false, report);
    }
    for item in denied.iter().flatten() {
        one(host, item, true, report);
    }
    if granted.is_some() && !any {
        let is_blank = granted.as_ref().is_some_and(Vec::is_empty);
        empty(host, is_blank, report);
    }
    conflicts(
        host,
        granted.as_deref().unwrap_or(&[]),
        denied.as_deref().unwrap_or(&[]),
        report,
    );
}

/// The items of a list of tools; `None` where there is none that could be read.
fn items(report: &Report<'_>, key: &str) -> Option<Vec<Item>> {
    let entry = report.file.facts.entry(key)?;
    if entry.error.is_some() || matches!(entry.value.value, Value::Mapping { .. }) {
        return None;
    }
    let mut items = report.file.facts.list(key)?.items;
    items.retain(|item| !item.range.is_empty());
    Some(items)
}

/// " Use `a` or `b`." or nothing.
fn instead(tools: &[String]) -> String {
    if tools.is_empty() {
        return String::new();
    }
    let tools: Vec<String> = tools.iter().map(|tool| format!("`{tool}`")).collect();
    format!(" Use {}.", tools.join(" or "))
}

/// Checks one entry. Returns whether it grants something, as far as one can tell.
fn one(host: &Reader<'_>, item: &Item, is_denied: bool, report: &mut Report<'_>) -> bool {
    let host_name = host.title;
    let (tool, specifier) = split_specifier(&item.text);
    let known = report.settings.known_tools();
    if known.contains(&*item.text) || known.contains(tool) {
        return true;
    }
    match host.data.tool(&item.text) {
        ToolStatus::Known(found) => {
            let is_never = host.data.subagent && found.subagents == Availability::Never;
            if is_never && !is_denied {
                report.add(
                    &UNAVAILABLE_TOOL,
                    item.range,
                    format!("{host_name} never gives `{}` to a subagent, so this entry has no effect. Remove it.", found.name),
                );
            } else if let Some(specifier) = specifier.filter(|_| is_denied) {
                report.add(
                    &IGNORED_SPECIFIER,
                    item.range,
                    format!("{host_name} ignores `({specifier})` here and takes away all of `{tool}`. Remove the brackets, or deny it in the permission rules."),
                );
            }
            !is_never
        }
        ToolStatus::Renamed { tool: new, old } => {
            report
                .add(
                    &RENAMED_TOOL,
                    item.range,
                    format!(
                        "`{}` is now called `{}`; the old name still works.",
                        old.name, new.name
                    ),
                )
                .tag(Tag::Deprecated);
            true
        }
        ToolStatus::Removed(old) => {
            let instead = instead(&old.instead);
            report.add(
                &REMOVED_TOOL,
                item.range,
                format!(
                    "{host_name} no longer has `{}`, so this entry has no effect.{instead}",
                    old.name
                ),
            );
            false
        }
        ToolStatus::Mcp(name) => {
            if !name.elsewhere && !name.is_every_server() {
                mcp(name.server, item, report);
            }
            true
        }
        ToolStatus::Everything => true,
        ToolStatus::Unknown => {
            let does = if is_denied { "denies" } else { "grants" };
            let advice = match host.data.closest_tool(tool) {
                Some(closest) => did_you_mean(Some(closest)),
                None if looks_like_mcp(tool) => {
                    " A tool of an MCP server is called `mcp__server__tool`.".to_owned()
                }
                None => String::new(),
            };
            report.add(
                &UNKNOWN_TOOL,
                item.range,
                format!("{host_name} has no tool `{tool}`, so this entry {does} nothing.{advice}"),
            );
            false
        }
    }
}

/// Whether a name is one that other hosts or the author give to a tool of an MCP server.
fn looks_like_mcp(tool: &str) -> bool {
    tool.contains('/') || tool.to_ascii_lowercase().contains("mcp")
}

fn mcp(server: &str, item: &Item, report: &mut Report<'_>) {
    let Some(mut servers) = report.workspace.index.mcp_servers() else {
        return;
    };
    if let Some(own) = report.file.facts.entry("mcpServers") {
        let own = std::iter::once(&own.value).chain(own.value.items());
        servers.extend(
            own.flat_map(|node| node.pairs().iter().map(|(key, _)| key).chain([node]))
                .filter_map(|node| node.as_str().map(Name::new)),
        );
    }
    if servers.iter().any(|known| known.as_str() == server) {
        return;
    }
    let closest = closest(server, servers.iter().map(Name::as_str), Reach::Far).map(str::to_owned);
    report.add(
        &UNKNOWN_MCP_SERVER,
        item.range,
        format!(
            "No configuration of this workspace names an MCP server `{server}`.{}",
            did_you_mean(closest.as_deref())
        ),
    );
}

fn empty(host: &Reader<'_>, is_blank: bool, report: &mut Report<'_>) {
    let Some(entry) = report.file.facts.entry("tools") else {
        return;
    };
    let range = if entry.value_range.is_empty() {
        entry.key_range
    } else {
        entry.value_range
    };
    let what = if is_blank {
        "This list is empty"
    } else {
        "Nothing in this list is a tool that the agent can get"
    };
    report.add(
        &EMPTY_TOOLS,
        range,
        format!(
            "{what}: {} refuses to start the agent. Name a tool, or remove `tools` to inherit all.",
            host.title
        ),
    );
}

fn conflicts(host: &Reader<'_>, granted: &[Item], denied: &[Item], report: &mut Report<'_>) {
    let id = report.file.id;
    let name_of = |item: &'_ Item| -> Box<str> {
        let (tool, _) = split_specifier(&item.text);
        host.data.current_tool_name(tool).into()
    };
    // Of several, the first one stays.
    let denied: FxHashMap<Box<str>, &Item> = denied
        .iter()
        .rev()
        .map(|item| (name_of(item), item))
        .collect();
    for item in granted {
        let name = name_of(item);
        let Some(other) = denied.get(&name) else {
            continue;
        };
        report
            .add(
                &CONFLICTING_TOOL,
                item.range,
                format!("`{name}` is granted here and denied by `disallowedTools`: {} denies it. Remove one.", host.title),
            )
            .related(id, other.range, "denied here");
    }
}
