//! Hover: what a key, a value, a tool or an agent is.

use super::inherited::is_inheritable;
use crate::agent::{AgentFile, Form, SourceFile};
use crate::host::{
    Availability, Hosts, Key, KeyType, KindData, PluginSupport, Tool, ToolStatus, split_specifier,
};
use crate::index::{FileId, Index, Workspace};
use crate::syntax::frontmatter::Entry;
use crate::syntax::yaml::Value;
use crate::text::ByteRange;

/// What to show, and the text that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The text under the cursor, in bytes.
    pub range: ByteRange,
    /// Markdown.
    pub markdown: String,
}

/// Longest description that is shown, in characters.
const MAX_DESCRIPTION: usize = 600;

/// What stands at `offset` (bytes), explained. `None` where there is nothing to say.
pub fn hover(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<Hover> {
    let index = &workspace.index;
    if let Some(mention) = file.facts.mention_at(offset) {
        let targets = index.resolve(mention, &file.facts, &file.path);
        if let Some(first) = targets.first() {
            let others = if mention.form.is_path() {
                0
            } else {
                targets.len() - 1
            };
            let markdown = agent(index, *first, others)?;
            return Some(Hover {
                range: mention.range,
                markdown,
            });
        }
        if !mention.form.is_path()
            && mention.form != Form::Extends
            && let Some(found) = Hosts::builtin().builtin_agent(mention.name.as_str())
        {
            let markdown = format!("**{}** · built-in agent\n\n{}", found.name, found.doc);
            return Some(Hover {
                range: mention.range,
                markdown,
            });
        }
    }
    if let Some(own) = file
        .facts
        .definition
        .as_ref()
        .filter(|own| !own.name_range.is_empty() && own.name_range.touches(offset))
    {
        return Some(Hover {
            range: own.name_range,
            markdown: agent(index, file.id, 0)?,
        });
    }
    in_header(file, offset)
}

fn in_header(file: &SourceFile, offset: usize) -> Option<Hover> {
    let host = Hosts::builtin().data(file.facts.kind)?;
    let title = Hosts::builtin().title(file.facts.kind);
    let entry = file.facts.entry_at(offset)?;
    let key = host.key(&entry.key)?;
    if entry.key_range.touches(offset) {
        return Some(Hover {
            range: entry.key_range,
            markdown: about_key(title, key),
        });
    }
    if key.kind == KeyType::Tools {
        let list = file.facts.list(&entry.key)?;
        let item = list
            .items
            .iter()
            .find(|item| item.range.touches(offset) && !item.range.is_empty())?;
        return Some(Hover {
            range: item.range,
            markdown: about_tool(title, host, &item.text)?,
        });
    }
    let written = entry
        .value
        .as_str()
        .filter(|_| entry.value_range.touches(offset))?;
    let markdown = match key.kind {
        KeyType::Model => {
            let model = host
                .model_aliases()
                .iter()
                .find(|model| model.name == written)?;
            format!("**{}** · model\n\n{}", model.name, model.doc)
        }
        _ => {
            let value = key.values.iter().find(|value| value.name == written)?;
            format!("`{}: {}`\n\n{}", key.name, value.name, value.doc)
        }
    };
    Some(Hover {
        range: entry.value_range,
        markdown,
    })
}

fn about_key(title: &str, key: &Key) -> String {
    let mut text = format!("**{}**", key.name);
    if key.required {
        text.push_str(" · required");
    }
    text.push_str(&format!("\n\n{}", key.doc));
    if !key.values.is_empty() {
        let values: Vec<String> = key
            .values
            .iter()
            .map(|value| format!("`{}`", value.name))
            .collect();
        text.push_str(&format!("\n\nValues: {}", values.join(", ")));
    }
    if let Some(default) = &key.default {
        text.push_str(&format!("\n\nDefault: {default}"));
    }
    if let Some(since) = &key.since {
        text.push_str(&format!("\n\nSince {title} {since}."));
    }
    if key.plugin == PluginSupport::Ignored {
        text.push_str("\n\nIgnored in the agents of plugins.");
    }
    text
}

fn about_tool(title: &str, host: &KindData, written: &str) -> Option<String> {
    let (name, _) = split_specifier(written);
    Some(match host.tool(written) {
        ToolStatus::Known(tool) => format!(
            "**{}** · tool\n\n{}\n\n{}",
            tool.name,
            tool.doc,
            availability(tool)
        ),
        ToolStatus::Renamed { tool, old } => {
            format!(
                "**{}** · old name of **{}**\n\n{}\n\n{}",
                old.name,
                tool.name,
                tool.doc,
                availability(tool)
            )
        }
        ToolStatus::Removed(old) => {
            let instead: Vec<String> = old.instead.iter().map(|tool| format!("`{tool}`")).collect();
            let mut text = format!(
                "**{}** · removed\n\n{title} no longer has this tool.",
                old.name
            );
            if !instead.is_empty() {
                text += &format!(" Use {}.", instead.join(" or "));
            }
            if let Some(note) = &old.note {
                text += " ";
                text += note;
            }
            text
        }
        ToolStatus::Mcp(mcp) => match mcp.tool {
            Some(tool) if tool != "*" => format!(
                "**{name}**\n\nThe tool `{tool}` of the MCP server `{}`.",
                mcp.server
            ),
            _ => format!(
                "**{name}**\n\nEvery tool of the MCP server `{}`.",
                mcp.server
            ),
        },
        ToolStatus::Everything => "**\\***\n\nEvery tool.".to_owned(),
        ToolStatus::Unknown => return None,
    })
}

/// Whether a subagent can have a tool, in one sentence.
pub(super) fn availability(tool: &Tool) -> &'static str {
    match tool.subagents {
        Availability::Always if tool.background == Availability::Foreground => {
            "Subagents get it, but not in the background."
        }
        Availability::Always => "Subagents get it.",
        Availability::Foreground => "Subagents get it, but not in the background.",
        Availability::Teammates => "Only members of a team get it.",
        Availability::Plan => "Subagents get it only with `permissionMode: plan`.",
        Availability::Never => "Subagents never get it.",
        Availability::Unverified => "Whether subagents get it is not documented.",
    }
}

/// An agent, skill or command: what it is for, what it has, where it is, what it inherits.
pub(super) fn agent(index: &Index, id: FileId, others: usize) -> Option<String> {
    let file = index.file(id)?;
    let facts = &file.facts;
    let mut text = match &facts.definition {
        Some(definition) => format!(
            "**{}** · {}",
            escape(definition.name.as_str()),
            definition.symbol.noun()
        ),
        None => format!("**{}**", escape(file.path.file_name())),
    };
    if let Some(description) = facts.value("description") {
        text.push_str("\n\n");
        text.push_str(&escape(&shortened(description, MAX_DESCRIPTION)));
    }
    text.push('\n');
    for (label, key) in [("Model", "model"), ("Tools", "tools")] {
        if let Some(value) = shown(facts, key) {
            text.push_str(&format!("\n- {label}: {value}"));
        }
    }
    text.push_str(&format!("\n- File: `{}`", file.path));
    if let Some(extends) = shown(facts, "extends") {
        text.push_str(&format!("\n- Extends: {extends}"));
    }
    if others > 0 {
        let more = if others == 1 {
            "1 other file has".to_owned()
        } else {
            format!("{others} other files have")
        };
        text.push_str(&format!("\n\n{more} this name too; this is the nearest."));
    }
    let ancestors = index.ancestors(id);
    if !ancestors.is_empty() {
        text.push_str("\n\nThe header that results:\n\n| Key | Value | From |\n|---|---|---|");
        for (key, value, from) in resulting(index, id, &ancestors) {
            text.push_str(&format!(
                "\n| {key} | {} | {from} |",
                value.replace('|', "\\|").replace('\n', " ")
            ));
        }
    }
    Some(text)
}

/// The header of an agent after inheritance: key, value, and the agent or file it comes from.
fn resulting(index: &Index, id: FileId, ancestors: &[FileId]) -> Vec<(String, String, String)> {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for from in std::iter::once(id).chain(ancestors.iter().copied()) {
        let Some(file) = index.file(from) else {
            continue;
        };
        let origin = file
            .facts
            .definition
            .as_ref()
            .map_or_else(|| file.path.to_string(), |d| d.name.to_string());
        for entry in file.facts.header.iter().flat_map(|header| &header.entries) {
            if rows.iter().any(|(key, ..)| *key == *entry.key)
                || (from != id && !is_inheritable(&entry.key))
                || &*entry.key == "extends"
            {
                continue;
            }
            if let Some(value) = shown_entry(&file.facts, entry) {
                rows.push((entry.key.to_string(), value, escape(&origin)));
            }
        }
    }
    rows
}

fn shown(facts: &AgentFile, key: &str) -> Option<String> {
    shown_entry(facts, facts.entry(key)?)
}

/// A value on one line.
fn shown_entry(facts: &AgentFile, entry: &Entry) -> Option<String> {
    let plain = |text: &str| {
        format!(
            "`{}`",
            shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), 120)
                .replace('`', "'")
        )
    };
    match &entry.value.value {
        Value::Empty | Value::Alias => None,
        Value::Scalar(scalar) if matches!(&*entry.key, "description" | "name") => {
            Some(escape(&shortened(&scalar.text, 120)))
        }
        Value::Scalar(scalar) => Some(plain(&scalar.text)),
        Value::Sequence { items, .. } if items.iter().all(|item| item.as_str().is_some()) => {
            let items = facts.list(&entry.key)?.items;
            let names: Vec<&str> = items
                .iter()
                .map(|item| &*item.text)
                .filter(|text| !text.is_empty())
                .collect();
            Some(plain(&names.join(", ")))
        }
        _ => Some(plain(entry.value_range.of(&facts.header_text))),
    }
}

/// At most `length` characters, with an ellipsis where something was cut.
pub(super) fn shortened(text: &str, length: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(length) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// Text that markdown shows as it is: tags in a description are no markup.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
