//! Hover: what a key, a value, a tool or an agent is.

use super::inherited::is_inheritable;
use crate::agent::{AgentFile, Form, SourceFile};
use crate::host::{
    Availability, FileKind, Hooks, Hosts, Key, KeyType, KindData, PluginSupport, Tool, ToolStatus,
    split_specifier,
};
use crate::index::{FileId, Index, Workspace};
use crate::syntax::frontmatter::Entry;
use crate::syntax::list::{self, Item};
use crate::syntax::yaml::{Node, Value};
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
            && let Some(markdown) = builtin_agent(file.facts.kind, mention.name.as_str())
        {
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
    in_header(file, offset).or_else(|| tool_in_body(file, offset))
}

/// An agent that the host of a file brings; that any host brings, where none reads the file.
/// The case of letters is left open, as whether hosts mind it is.
fn builtin_agent(kind: FileKind, name: &str) -> Option<String> {
    let hosts = Hosts::builtin().iter();
    let hosts = hosts.filter(|(id, _)| kind.host.is_none_or(|own| own == *id));
    let mut agents = hosts.flat_map(|(_, host)| {
        let agents = host.kinds.values().flat_map(KindData::builtin_agents);
        agents.map(move |agent| (host, agent))
    });
    let (host, agent) = agents.find(|(_, agent)| agent.name.eq_ignore_ascii_case(name))?;
    let (name, doc) = (&agent.name, &agent.doc);
    Some(format!(
        "**{name}** · built-in agent of {}\n\n{doc}",
        host.title
    ))
}

fn in_header(file: &SourceFile, offset: usize) -> Option<Hover> {
    let host = Hosts::builtin().data(file.facts.kind)?;
    let entry = file.facts.entry_at(offset)?;
    let key = host.key(&entry.key)?;
    let about = About {
        file,
        host,
        title: Hosts::builtin().title(file.facts.kind),
        offset,
    };
    if entry.key_range.touches(offset) {
        return Some(about.key(key, None, entry.key_range));
    }
    if is_hooks(host, key) {
        return about.hooks(host.hooks.as_ref()?, &entry.value);
    }
    about.value(key, key, &entry.value, entry.value_range)
}

fn is_hooks(host: &KindData, key: &Key) -> bool {
    key.kind == KeyType::Mapping && key.name == "hooks" && host.hooks.is_some()
}

/// What is asked about.
struct About<'a> {
    file: &'a SourceFile,
    host: &'a KindData,
    title: &'a str,
    offset: usize,
}

impl About<'_> {
    fn touches(&self, node: &Node) -> bool {
        !node.range.is_empty() && node.range.touches(self.offset)
    }

    /// What is under the cursor in the value of a key, which belongs to `entry`.
    fn value(&self, entry: &Key, key: &Key, value: &Node, range: ByteRange) -> Option<Hover> {
        if key.is_of(KeyType::ToolSwitches) && !value.pairs().is_empty() {
            let names = value.pairs().iter().map(|(name, _)| name);
            let name = names.clone().find(|name| self.touches(name))?;
            return self.tool(name.as_str()?, name.unquoted_range());
        }
        if key.is_of(KeyType::Tools) {
            let list = list::names(&self.file.facts.header_text, range)?;
            let is_here = |item: &&Item| item.range.touches(self.offset) && !item.range.is_empty();
            let item = list.items.iter().find(is_here)?;
            let words = list::words(&self.file.source, item.range).into_iter();
            let mut words = words.filter(|_| key.blanks_separate);
            let word = words.find(|word| word.touches(self.offset));
            let range = word.unwrap_or(item.range);
            return self.tool(range.of(&self.file.source), range);
        }
        let of_items = value.items().iter().map(|item| (&key.items, item));
        for (keys, mapping) in of_items.chain([(&key.members, value)]) {
            for (name, value) in mapping.pairs() {
                let known = keys.iter().find(|key| Some(&*key.name) == name.as_str());
                match known {
                    Some(known) if self.touches(name) => {
                        return Some(self.key(known, Some(entry), name.range));
                    }
                    Some(known) if self.touches(value) => {
                        return self.value(entry, known, value, value.range);
                    }
                    // A pattern, whose value is one of those of its key.
                    None if self.touches(value) && !key.values.is_empty() => {
                        return self.word_of(key, value);
                    }
                    _ => {}
                }
            }
        }
        let items = value.items().iter();
        let here = items
            .chain([value])
            .find(|node| node.as_str().is_some() && self.touches(node));
        self.word_of(key, here?)
    }

    /// A value that the host gives a meaning.
    fn word_of(&self, key: &Key, value: &Node) -> Option<Hover> {
        let written = value.as_str()?;
        let named = key.values.iter().find(|value| value.name == written);
        let markdown = match named {
            Some(value) => format!("`{}: {}`\n\n{}", key.name, value.name, value.doc),
            None if key.is_of(KeyType::Model) => {
                let mut aliases = self.host.model_aliases().iter();
                let model = aliases.find(|model| model.name == written)?;
                format!("**{}** · model\n\n{}", model.name, model.doc)
            }
            None => return None,
        };
        Some(Hover {
            range: value.range,
            markdown,
        })
    }

    fn tool(&self, written: &str, range: ByteRange) -> Option<Hover> {
        Some(Hover {
            range,
            markdown: about_tool(self.title, self.host, written)?,
        })
    }

    /// A key, which may stand below another.
    fn key(&self, key: &Key, parent: Option<&Key>, range: ByteRange) -> Hover {
        let mut text = format!("**{}** · {} · {}", key.name, self.title, shape(key));
        if key.required {
            text.push_str(" · required");
        }
        if let Some(parent) = parent {
            text.push_str(&format!("\n\nIn `{}`.", parent.name));
        }
        text.push_str(&format!("\n\n{}", key.doc));
        if let Some(instead) = &key.deprecated {
            text.push_str(&format!("\n\nOut of date: {instead}."));
        }
        for (label, names) in [
            ("Values", key.value_names()),
            ("Keys", key.members.iter().map(|key| &*key.name).collect()),
            (
                "Keys of each item",
                key.items.iter().map(|key| &*key.name).collect(),
            ),
        ] {
            if !names.is_empty() {
                text.push_str(&format!("\n\n{label}: {}", in_ticks(names)));
            }
        }
        if let Some(minimum) = key.minimum {
            text.push_str(&format!("\n\nAt least {minimum}."));
        }
        if let Some(most) = key.most_characters {
            text.push_str(&format!("\n\nAt most {most} characters."));
        }
        if let Some(pattern) = &key.pattern {
            text.push_str(&format!("\n\n`{}` takes {}.", key.name, pattern.words));
        }
        if let Some(default) = &key.default {
            text.push_str(&format!("\n\nDefault: {default}"));
        }
        if let Some(invalid) = &key.invalid {
            text.push_str(&format!("\n\n{invalid}"));
        }
        if let Some(since) = &key.since {
            text.push_str(&format!("\n\nSince {} {since}.", self.title));
        }
        if key.plugin == PluginSupport::Ignored {
            text.push_str("\n\nIgnored in the agents of plugins.");
        }
        Hover {
            range,
            markdown: text,
        }
    }

    /// An event, or the type of a handler.
    fn hooks(&self, hooks: &Hooks, value: &Node) -> Option<Hover> {
        let events = value.pairs().iter();
        let (event, groups) = events
            .clone()
            .find(|(event, groups)| self.touches(event) || self.touches(groups))?;
        if self.touches(event) {
            let known = hooks
                .events
                .iter()
                .find(|known| Some(&*known.name) == event.as_str())?;
            let matcher = if known.matcher {
                ""
            } else {
                "\n\nA matcher has no effect."
            };
            return Some(Hover {
                range: event.range,
                markdown: format!("**{}** · hook\n\n{}{matcher}", known.name, known.doc),
            });
        }
        let handlers = groups.items().iter().filter_map(|group| group.get("hooks"));
        let types = handlers
            .flat_map(Node::items)
            .filter_map(|handler| handler.get("type"));
        let written = types.into_iter().find(|written| self.touches(written))?;
        let known = hooks.handlers.iter();
        let known = known
            .into_iter()
            .find(|known| Some(&*known.name) == written.as_str())?;
        let fields: Vec<&str> = known.fields.iter().map(String::as_str).collect();
        Some(Hover {
            range: written.range,
            markdown: format!(
                "`type: {}`\n\n{}\n\nFields: {}",
                known.name,
                known.doc,
                in_ticks(fields)
            ),
        })
    }
}

/// The tool that a body names behind the mark of its host: `#tool:read`.
fn tool_in_body(file: &SourceFile, offset: usize) -> Option<Hover> {
    let kind = file.facts.kind;
    let host = Hosts::builtin().data(kind)?;
    let mark = host.tool_mark.as_deref()?;
    let (before, after) = (file.source.get(..offset)?, file.source.get(offset..)?);
    let start = before.trim_end_matches(is_tool_char).len();
    let length = after.find(|c| !is_tool_char(c)).unwrap_or(after.len());
    let range = ByteRange::new(start, offset + length);
    let name = range.of(&file.source).trim_end_matches(['.', '/']);
    if !before[..start].ends_with(mark) {
        return None;
    }
    Some(Hover {
        range: ByteRange::new(start, start + name.len()),
        markdown: about_tool(Hosts::builtin().title(kind), host, name)?,
    })
}

/// Whether a name behind the mark of tools goes on with `c`.
pub(super) fn is_tool_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

fn in_ticks(names: Vec<&str>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The shapes that the value of a key can have, in a few words.
pub(super) fn shape(key: &Key) -> String {
    let one = |kind: KeyType| match kind {
        KeyType::Text | KeyType::Name => "text",
        KeyType::Model => "model",
        KeyType::Enum if key.open => "text",
        KeyType::Enum => "one of several",
        KeyType::Boolean => "true or false",
        KeyType::Integer | KeyType::Number => "number",
        KeyType::Tools => "tools",
        KeyType::ToolSwitches => "tools, each on or off",
        KeyType::Names | KeyType::List => "list",
        KeyType::Servers => "MCP servers",
        KeyType::Mapping => "mapping",
        KeyType::Any => "value",
    };
    let mut shapes = vec![one(key.kind)];
    for kind in &key.also {
        if !shapes.contains(&one(*kind)) {
            shapes.push(one(*kind));
        }
    }
    shapes.join(", or ")
}

fn about_tool(title: &str, host: &KindData, written: &str) -> Option<String> {
    let (name, _) = split_specifier(written);
    let about = |tool: &Tool| {
        let mut text = tool.doc.clone();
        let availability = availability(host, tool).map(str::to_owned);
        let more = [about_set(tool), tool.note.clone(), availability];
        for more in more.into_iter().flatten() {
            text.push_str("\n\n");
            text.push_str(&more);
        }
        text
    };
    Some(match host.tool(written) {
        ToolStatus::Known(tool) if tool.name == name || name.contains('/') => {
            let noun = if tool.set.is_empty() {
                "tool"
            } else {
                "set of tools"
            };
            format!("**{}** · {noun}\n\n{}", tool.name, about(tool))
        }
        ToolStatus::Known(tool) => {
            format!(
                "**{name}** · another name of **{}**\n\n{}",
                tool.name,
                about(tool)
            )
        }
        ToolStatus::Renamed { tool, old } => {
            format!(
                "**{}** · old name of **{}**\n\n{}",
                old.name,
                tool.name,
                about(tool)
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

/// What a set of tools holds, in a sentence.
pub(super) fn about_set(tool: &Tool) -> Option<String> {
    let tools: Vec<&str> = tool.set.iter().map(String::as_str).collect();
    (!tools.is_empty()).then(|| format!("It holds {}.", in_ticks(tools)))
}

/// Whether a subagent can have a tool, in one sentence, where the host makes a difference.
pub(super) fn availability(host: &KindData, tool: &Tool) -> Option<&'static str> {
    let differs = |tool: &Tool| tool.subagents != Availability::Always;
    (host.subagent && host.tools().iter().any(differs)).then(|| to_subagents(tool))
}

fn to_subagents(tool: &Tool) -> &'static str {
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
