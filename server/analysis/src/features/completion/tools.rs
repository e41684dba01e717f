//! Tools, and what stands in the brackets after one.

use super::values::{Room, Slot, Word};
use super::{Completions, Cursor, ItemKind};
use crate::agent::Name;
use crate::features::hover::{about_set, availability};
use crate::host::{
    Availability, Key, KeyType, KindData, McpForm, NamesOf, Tool, ToolEffect, ToolStatus, ToolUse,
    split_specifier,
};
use crate::syntax::yaml::Node;
use crate::text::ByteRange;

impl Cursor<'_> {
    /// The tools that one more item of a list can be.
    pub(super) fn tools(&self, host: &KindData, key: &Key, room: Room) -> Completions {
        // The bracket decides before the list does: one that is still open ends no item.
        if let Some(open) = self.line_before().rfind('(')
            && !self.line_before()[open..].contains(')')
        {
            return self.specifier(host, open);
        }
        let slot = match self.tool_after_blank(key, room) {
            Some(slot) => slot,
            None => match self.slot(room) {
                Some(slot) => slot,
                None => return Completions::default(),
            },
        };
        let mut words = self.tool_words(host, key.effect);
        words.extend(self.members(host, slot.range));
        words.retain(|(word, _)| !slot.taken.contains(word));
        slot.fit(self.words(words, slot.range, ItemKind::Tool))
    }

    /// All that a list of tools can hold, with what each is.
    pub(super) fn tool_words(&self, host: &KindData, effect: ToolEffect) -> Vec<Word> {
        let is_offered = |tool: &&Tool| {
            let is_never = host.subagent && tool.subagents == Availability::Never;
            tool.status == ToolUse::Current
                && !tool.name.contains('*')
                && (effect != ToolEffect::Grants || !is_never)
        };
        let mut words = Vec::new();
        for tool in host.tools().iter().filter(is_offered) {
            words.push((tool.name.clone(), Some(about(host, tool))));
        }
        if let Some(form) = host.mcp() {
            for server in self.servers_of_tools(host, form) {
                let whole = format!("{}{server}", form.prefix);
                let every = format!("{whole}{}*", form.separator);
                let doc = Some(format!("Every tool of the MCP server `{server}`."));
                if !form.needs_tool {
                    words.push((whole, doc.clone()));
                }
                words.push((every, doc));
            }
        }
        let settings = self.workspace.settings(&self.file.path);
        let known = settings.known_tools().iter();
        words.extend(known.map(|tool| (tool.to_string(), None)));
        words
    }

    /// The tools of sets by their longer names, `set/tool`, where one is being typed.
    pub(super) fn members(&self, host: &KindData, token: ByteRange) -> Vec<Word> {
        let Some((typed, _)) = self.typed(token).split_once('/') else {
            return Vec::new();
        };
        let set = host.tools().iter().find(|tool| tool.name == typed);
        let members = set.into_iter().flat_map(|set| &set.set);
        let doc = |name: &String| {
            let tool = host.tools().iter().find(|tool| tool.name == *name)?;
            Some(about(host, tool))
        };
        members
            .map(|name| (format!("{typed}/{name}"), doc(name)))
            .collect()
    }

    /// The MCP servers of the workspace and of this header, in order.
    pub(super) fn servers(&self, host: &KindData) -> Vec<String> {
        let known = self.workspace.index.mcp_servers().unwrap_or_default();
        let known = known.iter().map(ToString::to_string);
        in_order(known.chain(self.own_servers(host)).collect())
    }

    /// The same as they are called in the names of their tools, in order.
    fn servers_of_tools(&self, host: &KindData, form: &McpForm) -> Vec<String> {
        let index = &self.workspace.index;
        let mut servers = self.own_servers(host);
        for (path, names) in index.mcp_configurations() {
            let plugin = index.plugin_configured_by(path, &form.files);
            let shape = form.of_plugin.as_ref().zip(plugin);
            // At the top of the workspace it configures the project too.
            let is_plain = shape.is_none() || form.files.iter().any(|file| file == path.as_str());
            let names = || names.iter().map(Name::as_str);
            if let Some((shape, plugin)) = shape {
                let shape = shape.replace("{plugin}", plugin.as_str());
                servers.extend(names().map(|server| shape.replace("{server}", server)));
            }
            if is_plain {
                servers.extend(names().map(str::to_owned));
            }
        }
        in_order(servers)
    }

    /// The MCP servers of this header.
    fn own_servers(&self, host: &KindData) -> Vec<String> {
        let mut servers = Vec::new();
        let header = self.file.facts.header.iter();
        let entries = header.flat_map(|header| &header.entries).filter(|entry| {
            let key = host.key(&entry.key);
            key.is_some_and(|key| key.is_of(KeyType::Servers)) && !entry.range.touches(self.offset)
        });
        for entry in entries {
            let items = entry.value.items().iter();
            let pairs = items.clone().flat_map(Node::pairs);
            let pairs = entry.value.pairs().iter().chain(pairs);
            let names = items.chain(pairs.map(|(name, _)| name));
            servers.extend(names.filter_map(Node::as_str).map(str::to_owned));
        }
        servers
    }

    /// The slot of a tool where blanks part the tools of a string: `Read Bash(git *) Gr`.
    fn tool_after_blank(&self, key: &Key, room: Room) -> Option<Slot> {
        if !key.blanks_separate {
            return None;
        }
        let source = self.source();
        let token = self.token(|c| !c.is_whitespace() && !matches!(c, ',' | '"' | '\''));
        let written = source.get(room.start..token.start as usize)?;
        let is_list = written.trim_start().starts_with(['[', '-']);
        let is_after_tool = written.ends_with([' ', '\t'])
            && !written.trim_end().is_empty()
            && !written.trim_end().ends_with([',', '"', '\'']);
        if is_list || !is_after_tool {
            return None;
        }
        let others = written
            .split([' ', '\t', ','])
            .filter(|tool| !tool.is_empty());
        Some(Slot::bare(token, others.map(str::to_owned).collect()))
    }

    /// What stands in brackets after a tool: names of what the host takes there, else the forms
    /// that it takes. `open` is the byte of the bracket on its line.
    fn specifier(&self, host: &KindData, open: usize) -> Completions {
        let (before, inside) = self.line_before().split_at(open);
        let tool = before
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or("");
        let after = self.line_after();
        let rest = &after[..after.find([')', ']']).unwrap_or(after.len())];
        // The first and the last hold the name under the cursor.
        let taken: Vec<String> = inside[1..]
            .rsplit(',')
            .skip(1)
            .chain(rest.split(',').skip(1))
            .map(|name| name.trim().to_owned())
            .collect();
        let names = match host.tool(tool) {
            ToolStatus::Known(tool) | ToolStatus::Renamed { tool, .. } => tool.names,
            _ => None,
        };
        match names {
            Some(NamesOf::Agents) => self.names_at(&taken, |item| item),
            Some(NamesOf::Skills) => self.skills(self.name_token(), &taken),
            None => self.specifier_forms(host, tool, inside.len() - 1, rest.len()),
        }
    }

    /// The examples of what a host takes in the brackets after a tool. `before` and `after` are
    /// the bytes between them and the cursor.
    fn specifier_forms(
        &self,
        host: &KindData,
        tool: &str,
        before: usize,
        after: usize,
    ) -> Completions {
        let forms = host.tool_forms.iter().filter_map(|form| {
            let (name, specifier) = split_specifier(&form.form);
            Some((specifier?.to_owned(), Some(form.doc.clone()))).filter(|_| name == tool)
        });
        let token = ByteRange::new(self.offset - before, self.offset + after);
        self.words(forms.collect(), token, ItemKind::Value)
    }
}

fn in_order(mut servers: Vec<String>) -> Vec<String> {
    servers.sort_unstable();
    servers.dedup();
    servers
}

/// A tool in markdown.
fn about(host: &KindData, tool: &Tool) -> String {
    let more = [availability(host, tool).map(str::to_owned), about_set(tool)];
    let mut text = tool.doc.clone();
    for more in more.into_iter().flatten() {
        text = format!("{text}\n\n{more}");
    }
    text
}
