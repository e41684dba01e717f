//! Completion: keys, values, tools and names of agents, in whole text and half-typed.

use crate::agent::{AGENT_KEYS, Form, Name, SourceFile, name};
use crate::features::hover::{agent, availability, escape, shortened};
use crate::host::{Availability, Hosts, Key, KeyType, KindData, PluginSupport, Role, ToolUse};
use crate::index::{FileId, Workspace};
use crate::limits::MAX_COMPLETIONS;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::list::{self, ListStyle, Quote};
use crate::text::{ByteRange, TextEdit};

/// What the client can take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether an item may be a snippet with tab stops.
    pub snippets: bool,
}

/// The answer to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The items, best first; at most [`MAX_COMPLETIONS`].
    pub items: Vec<Item>,
    /// Whether there are more, so that typing on should ask again.
    pub incomplete: bool,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown and filtered by.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// One line about it.
    pub detail: Option<String>,
    /// Markdown about it.
    pub documentation: Option<String>,
    /// Replaces exactly the token under the cursor.
    pub edit: TextEdit,
    /// Whether the new text of `edit` is a snippet.
    pub snippet: bool,
}

/// The kinds of [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A key of the header.
    Key,
    /// A value of a key.
    Value,
    /// A tool.
    Tool,
    /// An agent.
    Agent,
    /// A file.
    File,
    /// A whole header.
    Skeleton,
}

/// What can stand at `offset` (bytes), ranked.
pub fn completions(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
    options: &Options,
) -> Completions {
    if !file.source.is_char_boundary(offset) {
        return Completions::default();
    }
    let at = Cursor {
        workspace,
        file,
        offset,
        options: *options,
    };
    if file.source.trim().is_empty() {
        return at.skeleton();
    }
    if let Some(header) = file
        .facts
        .header
        .as_ref()
        .filter(|header| at.is_within(header))
    {
        return at.in_header(header);
    }
    if at.is_first_key() {
        return at.first_key();
    }
    at.in_body()
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    workspace: &'a Workspace,
    file: &'a SourceFile,
    offset: usize,
    options: Options,
}

impl<'a> Cursor<'a> {
    fn source(&self) -> &'a str {
        &self.file.source
    }

    /// Whether the cursor is below the opening `---` and above the closing one. A header
    /// that is still open ends where its keys end.
    fn is_within(&self, header: &Header) -> bool {
        header.content.touches(self.offset)
            && self.offset > header.opening.end as usize
            && header
                .closing
                .is_none_or(|closing| self.offset < closing.start as usize)
    }

    /// Whether the cursor stands in a word right below a first `---` that no key makes a
    /// header yet.
    fn is_first_key(&self) -> bool {
        let before = self.source().get(..self.offset).unwrap_or("");
        let mut lines = before.trim_start_matches('\u{feff}').lines();
        self.file.facts.header.is_none()
            && lines.next().is_some_and(|line| line.trim_end() == "---")
            && before.contains(['\n', '\r'])
            && lines.next().unwrap_or("").chars().all(is_key_char)
            && lines.next().is_none()
    }

    fn first_key(&self) -> Completions {
        let host = Hosts::builtin().data(self.file.facts.kind);
        host.map_or_else(Completions::default, |host| {
            self.keys(host, &[], self.token(is_key_char))
        })
    }

    /// The line up to the cursor.
    fn line_before(&self) -> &'a str {
        let before = self.source().get(..self.offset).unwrap_or("");
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        &before[start..]
    }

    /// What follows the cursor on its line.
    fn line_after(&self) -> &'a str {
        let after = self.source().get(self.offset..).unwrap_or("");
        let end = after.find(['\n', '\r']).unwrap_or(after.len());
        &after[..end]
    }

    /// The characters around the cursor that satisfy `is_part`.
    fn token(&self, is_part: impl Fn(char) -> bool) -> ByteRange {
        let before = self.line_before();
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map_or(before.len(), |(at, _)| at);
        let after = self.line_after();
        let end = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        ByteRange::new(self.offset - (before.len() - start), self.offset + end)
    }

    /// The part of `token` that was typed: up to the cursor.
    fn typed(&self, token: ByteRange) -> &'a str {
        self.source()
            .get(token.start as usize..self.offset)
            .unwrap_or("")
    }

    fn skeleton(&self) -> Completions {
        let kind = self.file.facts.kind;
        if !kind.is_agent() || Hosts::builtin().data(kind).is_none() {
            return Completions::default();
        }
        let stem = self.file.path.stem();
        let new_text = if self.options.snippets {
            format!(
                "---\nname: ${{1:{stem}}}\ndescription: ${{2:Use this agent when}}\n---\n\n${{0:You are}}\n"
            )
        } else {
            format!("---\nname: {stem}\ndescription: \n---\n")
        };
        let item = Item {
            label: "agent".to_owned(),
            kind: ItemKind::Skeleton,
            detail: Some("A new agent".to_owned()),
            documentation: Some(
                "The header that the host needs, and room for the prompt.".to_owned(),
            ),
            edit: TextEdit {
                range: ByteRange::new(0, self.source().len()),
                new_text,
            },
            snippet: self.options.snippets,
        };
        Completions {
            items: vec![item],
            incomplete: false,
        }
    }

    fn in_header(&self, header: &Header) -> Completions {
        let before = self.line_before();
        let host = Hosts::builtin().data(self.file.facts.kind);
        if before.chars().all(is_key_char) && !before.starts_with('-') {
            return host.map_or_else(Completions::default, |host| {
                self.keys(host, &header.entries, self.token(is_key_char))
            });
        }
        let Some(entry) = header
            .entries
            .iter()
            .rev()
            .find(|entry| (entry.key_range.end as usize) < self.offset)
        else {
            return Completions::default();
        };
        match &*entry.key {
            "extends" => self.extends(entry),
            "agent" if matches!(self.file.facts.kind.role, Role::Skill | Role::Command) => {
                self.agent_list(entry)
            }
            key if AGENT_KEYS.contains(&key) => self.agent_list(entry),
            key => match host.and_then(|host| Some((host, host.key(key)?))) {
                Some((host, key)) => self.value(host, key, entry),
                None => Completions::default(),
            },
        }
    }

    fn keys(&self, host: &KindData, entries: &[Entry], token: ByteRange) -> Completions {
        let is_here = |entry: &&Entry| entry.key_range.touches(self.offset);
        let in_plugin = self.workspace.index.is_in_plugin(&self.file.path);
        let has_colon = self.source()[token.end as usize..].starts_with(':');
        let typed = self.typed(token);
        let mut ranked: Vec<(Rank, &Key)> = Vec::new();
        for (position, key) in host.keys().iter().enumerate() {
            let present = entries
                .iter()
                .any(|entry| *entry.key == *key.name && !is_here(&entry));
            let ignored = in_plugin && key.plugin == PluginSupport::Ignored;
            if present || ignored || key.deprecated.is_some() {
                continue;
            }
            if let Some(quality) = quality(typed, &key.name) {
                ranked.push((
                    Rank {
                        later: !key.required,
                        quality,
                        position,
                    },
                    key,
                ));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let items = ranked.into_iter().map(|(_, key)| {
            let (new_text, snippet) = match has_colon {
                true => (key.name.to_string(), false),
                false => self.key_text(key),
            };
            Item {
                label: key.name.to_string(),
                kind: ItemKind::Key,
                detail: Some(if key.required {
                    "required".to_owned()
                } else {
                    shape(key).to_owned()
                }),
                documentation: Some(key.doc.to_string()),
                edit: TextEdit {
                    range: token,
                    new_text,
                },
                snippet,
            }
        });
        Completions {
            items: items.collect(),
            incomplete: false,
        }
    }

    /// A key with the shape of its value.
    fn key_text(&self, key: &Key) -> (String, bool) {
        let name = &key.name;
        if !self.options.snippets {
            let blank = if key.kind == KeyType::Mapping {
                ""
            } else {
                " "
            };
            return (format!("{name}:{blank}"), false);
        }
        let shape = match key.kind {
            KeyType::Enum if !key.values.is_empty() => {
                format!(" ${{1|{}|}}", key.value_names().join(","))
            }
            KeyType::Boolean => " ${1|true,false|}".to_owned(),
            KeyType::Mapping => "\n  $0".to_owned(),
            KeyType::List | KeyType::Names | KeyType::Servers => "\n  - $0".to_owned(),
            KeyType::Name => format!(" ${{1:{}}}", self.file.path.stem()),
            _ => " $0".to_owned(),
        };
        (format!("{name}:{shape}"), true)
    }

    fn value(&self, host: &KindData, key: &Key, entry: &Entry) -> Completions {
        let one = |values: Vec<(String, Option<String>)>| {
            // A value of one word stands on the line of its key.
            let line = self.line_before();
            if !line.contains(':') {
                return Completions::default();
            }
            let token = self.token(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '#' | ','));
            let colon = entry.key_range.end as usize + 1;
            let token = ByteRange::new(
                (token.start as usize).max(colon.min(self.offset)),
                token.end as usize,
            );
            self.words(values, token, ItemKind::Value)
        };
        match key.kind {
            KeyType::Model => {
                let known = self
                    .workspace
                    .settings(&self.file.path)
                    .known_models()
                    .iter()
                    .map(|model| (model.to_string(), None));
                one(host
                    .model_aliases()
                    .iter()
                    .map(|model| (model.name.clone(), Some(model.doc.clone())))
                    .chain(host.model_ids().iter().map(|id| (id.clone(), None)))
                    .chain(known)
                    .collect())
            }
            KeyType::Boolean => one(vec![("true".to_owned(), None), ("false".to_owned(), None)]),
            KeyType::Tools => self.tools(host, key, entry),
            _ if !key.values.is_empty() => one(key
                .values
                .iter()
                .map(|value| (value.name.to_string(), Some(value.doc.to_string())))
                .collect()),
            _ => Completions::default(),
        }
    }

    /// Single words, those first that fit what was typed.
    fn words(
        &self,
        words: Vec<(String, Option<String>)>,
        token: ByteRange,
        kind: ItemKind,
    ) -> Completions {
        let typed = self.typed(token);
        let mut ranked: Vec<(Rank, (String, Option<String>))> = Vec::new();
        for (position, (word, doc)) in words.into_iter().enumerate() {
            if let Some(quality) = quality(typed, &word) {
                ranked.push((
                    Rank {
                        later: false,
                        quality,
                        position,
                    },
                    (word, doc),
                ));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let blank = if self.source()[..token.start as usize].ends_with(':') {
            " "
        } else {
            ""
        };
        let items = ranked.into_iter().map(|(_, (word, documentation))| Item {
            edit: TextEdit {
                range: token,
                new_text: format!("{blank}{word}"),
            },
            label: word,
            kind,
            detail: None,
            documentation,
            snippet: false,
        });
        Completions {
            items: items.collect(),
            incomplete: false,
        }
    }

    /// The slot of a list in which the cursor stands.
    fn slot(&self, entry: &Entry) -> Option<Slot> {
        let colon = entry.key_range.end as usize;
        let start = self
            .source()
            .get(colon..)?
            .find(':')
            .map(|at| colon + at + 1)?;
        let value = if entry.value_range.is_empty() {
            ByteRange::empty(start.min(self.offset))
        } else {
            entry.value_range
        };
        // On the quotes around an item the cursor is in its room but not in its text.
        let at = list::item_at(self.source(), value, self.offset)
            .filter(|at| at.item.range.touches(self.offset))?;
        let others = at
            .others
            .iter()
            .map(|item| item.quote)
            .find(|quote| *quote != Quote::None);
        let quote = match at.style {
            ListStyle::Comma => Quote::None,
            _ if at.item.quote != Quote::None => Quote::None,
            _ => others.unwrap_or_default(),
        };
        let needs_blank = at.item.range.is_empty() && self.line_before().ends_with([',', ':', '-']);
        Some(Slot {
            range: at.item.range,
            quote,
            blank: if needs_blank { " " } else { "" },
            taken: at.others.into_iter().map(|item| item.text.into()).collect(),
        })
    }

    fn tools(&self, host: &KindData, key: &Key, entry: &Entry) -> Completions {
        // The bracket decides before the list does: one that is still open ends no item.
        if let Some(open) = self.line_before().rfind('(')
            && !self.line_before()[open..].contains(')')
        {
            return self.specifier(open);
        }
        let Some(slot) = self.slot(entry) else {
            return Completions::default();
        };
        let denies = &*key.name != "tools";
        let mut words: Vec<(String, Option<String>)> = host
            .tools()
            .iter()
            .filter(|tool| {
                tool.status == ToolUse::Current && (denies || tool.subagents != Availability::Never)
            })
            .map(|tool| {
                (
                    tool.name.to_string(),
                    Some(format!("{}\n\n{}", tool.doc, availability(tool))),
                )
            })
            .collect();
        for server in self.workspace.index.mcp_servers().unwrap_or_default() {
            words.push((
                format!("mcp__{server}"),
                Some(format!("Every tool of the MCP server `{server}`.")),
            ));
            words.push((
                format!("mcp__{server}__*"),
                Some(format!("Every tool of the MCP server `{server}`.")),
            ));
        }
        words.extend(
            self.workspace
                .settings(&self.file.path)
                .known_tools()
                .iter()
                .map(|tool| (tool.to_string(), None)),
        );
        words.retain(|(word, _)| !slot.taken.iter().any(|taken| taken == word));
        let mut found = self.words(words, slot.range, ItemKind::Tool);
        for item in &mut found.items {
            let quoted = slot.quoted(item.edit.new_text.trim_start());
            item.edit.new_text = quoted;
        }
        found
    }

    /// What stands in brackets after a tool: agents after `Agent`. `open` is the byte of the
    /// bracket on its line.
    fn specifier(&self, open: usize) -> Completions {
        let (before, inside) = self.line_before().split_at(open);
        let tool = before
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        if !matches!(tool, Some("Agent" | "Task")) {
            return Completions::default();
        }
        let after = self.line_after();
        let rest = &after[..after.find([')', ']']).unwrap_or(after.len())];
        // The first and the last hold the name under the cursor.
        let taken: Vec<String> = inside[1..]
            .rsplit(',')
            .skip(1)
            .chain(rest.split(',').skip(1))
            .map(|name| name.trim().to_owned())
            .collect();
        self.names_at(&taken, |item| item)
    }

    fn agent_list(&self, entry: &Entry) -> Completions {
        let Some(slot) = self.slot(entry) else {
            return Completions::default();
        };
        let mut found = self.agents(slot.range, &slot.taken);
        for item in &mut found.items {
            item.edit.new_text = slot.quoted(&item.edit.new_text);
        }
        found
    }

    fn extends(&self, entry: &Entry) -> Completions {
        let Some(slot) = self.slot(entry) else {
            return Completions::default();
        };
        let mut found = self.agents(slot.range, &slot.taken);
        let typed = self.typed(slot.range);
        if found.items.len() < MAX_COMPLETIONS
            && (typed.contains(['/', '.']) || found.items.is_empty())
        {
            let query = typed.trim_start_matches(['.', '/']).to_lowercase();
            let files = self.workspace.index.files().filter(|(id, file)| {
                *id != self.file.id
                    && file.path.as_str().ends_with(".md")
                    && file.path.as_str().to_lowercase().contains(&query)
            });
            for (id, file) in files {
                if found.items.len() == MAX_COMPLETIONS {
                    found.incomplete = true;
                    break;
                }
                found.items.push(Item {
                    label: file.path.to_string(),
                    kind: ItemKind::File,
                    detail: file
                        .facts
                        .agent()
                        .map(|definition| definition.name.to_string()),
                    documentation: agent(&self.workspace.index, id, 0),
                    edit: TextEdit {
                        range: slot.range,
                        new_text: file.path.to_string(),
                    },
                    snippet: false,
                });
            }
        }
        for item in &mut found.items {
            item.edit.new_text = slot.quoted(&item.edit.new_text);
        }
        found
    }

    fn in_body(&self) -> Completions {
        let facts = &self.file.facts;
        let Some(body) = &facts.body else {
            return Completions::default();
        };
        let mut resolver = self.workspace.index.resolver(facts, &self.file.path);
        for (index, column) in body.columns.iter().enumerate() {
            let Some(cell) = column
                .cells
                .iter()
                .find(|cell| cell.span.touches(self.offset))
            else {
                continue;
            };
            let named = u16::try_from(index).is_ok_and(|index| resolver.holds_agents(index));
            if named {
                let taken: Vec<String> = facts
                    .mentions
                    .iter()
                    .filter(|mention| matches!(mention.form, Form::Cell { .. }))
                    .filter(|mention| {
                        cell.span.covers(mention.range) && !mention.range.touches(self.offset)
                    })
                    .map(|mention| mention.name.to_string())
                    .collect();
                let bare_before = self.source()[..self.offset].ends_with('|');
                let bare_after = self.source()[self.offset..].starts_with('|');
                return self.names_at(&taken, |text| {
                    format!(
                        "{}{text}{}",
                        if bare_before { " " } else { "" },
                        if bare_after { " " } else { "" }
                    )
                });
            }
        }
        let before = self.line_before();
        let word = before.len()
            - before
                .trim_end_matches(|c| name::is_name_char(c) || c == ':')
                .len();
        let lead = &before[..before.len() - word];
        let after_at = lead
            .strip_suffix('@')
            .is_some_and(|lead| !lead.ends_with(|c: char| c.is_alphanumeric()));
        if after_at || self.is_call_value() {
            return self.names_at(&[], |text| text);
        }
        Completions::default()
    }

    /// Whether the cursor stands in the value after a `subagent_type` of this line.
    fn is_call_value(&self) -> bool {
        let Some(at) = self.line_before().rfind("subagent_type") else {
            return false;
        };
        let after = self.offset - self.line_before().len() + at + "subagent_type".len();
        crate::agent::call_value(self.source(), after)
            .is_some_and(|range| range.touches(self.offset))
    }

    /// The name under the cursor: the whole of a name with spaces where its place says how far
    /// it goes, else one word, dots between digits included.
    fn name_token(&self) -> ByteRange {
        let is_part = |c: char| name::is_name_char(c) || c == ':';
        let token = self.token(|c| is_part(c) || c == '.');
        let text = token.of(self.source());
        let at = self.offset - token.start as usize;
        let is_inside = |dot: &usize| text[..*dot].ends_with(|c: char| c.is_ascii_digit());
        let dots = || text.match_indices('.').map(|(dot, _)| dot);
        let start = dots()
            .rfind(|dot| *dot < at && !is_inside(dot))
            .map_or(0, |dot| dot + 1);
        let end = dots()
            .find(|dot| {
                *dot >= at
                    && !(is_inside(dot)
                        && text[dot + 1..].starts_with(|c: char| c.is_ascii_digit()))
            })
            .unwrap_or(text.len());
        let word = ByteRange::new(start, end).shifted(token.start as usize);
        let mention = self.file.facts.mention_at(self.offset);
        match mention {
            Some(mention)
                if matches!(mention.form, Form::Cell { .. } | Form::ToolCall)
                    && mention.range.covers(word) =>
            {
                mention.range
            }
            _ => word,
        }
    }

    /// Agents in place of the name under the cursor.
    fn names_at(&self, taken: &[String], text: impl Fn(String) -> String) -> Completions {
        let token = self.name_token();
        let mut found = self.agents(token, taken);
        for item in &mut found.items {
            item.edit.new_text = text(std::mem::take(&mut item.edit.new_text));
        }
        found
    }

    /// The agents that fit what was typed, the file's own and the taken ones left out.
    fn agents(&self, token: ByteRange, taken: &[String]) -> Completions {
        let index = &self.workspace.index;
        let own = self
            .file
            .facts
            .agent()
            .map(|definition| definition.name.as_str());
        let typed = self.typed(token);
        let wanted = |name: &str| Some(name) != own && !taken.iter().any(|taken| taken == name);
        let mut ranked: Vec<(Rank, Candidate<'_>)> = Vec::new();
        // Names that start as typed are the best there are: where they fill the list, the
        // others, in a large workspace thousands, need not be looked at.
        let starting: Vec<_> = index
            .names_from(typed)
            .take_while(|name| name.as_str().starts_with(typed))
            .take(MAX_COMPLETIONS + 8)
            .collect();
        let is_cut = starting.len() > MAX_COMPLETIONS;
        let names: Vec<_> = if is_cut {
            starting
        } else {
            index.names_from("").collect()
        };
        for (position, known) in names.into_iter().enumerate() {
            let name = known.as_str();
            if let Some(quality) = quality(typed, name).filter(|_| wanted(name)) {
                ranked.push((
                    Rank {
                        later: false,
                        quality,
                        position,
                    },
                    Candidate {
                        name,
                        known: Some(known),
                        doc: "",
                    },
                ));
            }
        }
        for (position, found) in Hosts::builtin().builtin_agents().enumerate() {
            let (name, doc) = (found.name.as_str(), found.doc.as_str());
            let shadowed = index
                .neighbours(name, 1)
                .iter()
                .any(|known| known.as_str() == name);
            if let Some(quality) = quality(typed, name).filter(|_| wanted(name) && !shadowed) {
                ranked.push((
                    Rank {
                        later: true,
                        quality,
                        position,
                    },
                    Candidate {
                        name,
                        known: None,
                        doc,
                    },
                ));
            }
        }
        let incomplete = is_cut || ranked.len() > MAX_COMPLETIONS;
        if ranked.len() > MAX_COMPLETIONS {
            ranked.select_nth_unstable_by_key(MAX_COMPLETIONS, |(rank, _)| *rank);
            ranked.truncate(MAX_COMPLETIONS);
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let items = ranked.into_iter().map(|(_, candidate)| {
            let id = candidate
                .known
                .and_then(|name| index.definitions(name, &self.file.path).first().copied());
            let description = match id {
                Some(id) => index
                    .agent(id)
                    .and_then(|definition| definition.description.as_deref())
                    .unwrap_or(""),
                None => candidate.doc,
            };
            let line = description
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("");
            Item {
                label: candidate.name.to_owned(),
                kind: ItemKind::Agent,
                detail: Some(shortened(line, 100)).filter(|line| !line.is_empty()),
                documentation: Some(self.about(id, description)),
                edit: TextEdit {
                    range: token,
                    new_text: candidate.name.to_owned(),
                },
                snippet: false,
            }
        });
        Completions {
            items: items.collect(),
            incomplete,
        }
    }

    fn about(&self, id: Option<FileId>, description: &str) -> String {
        let mut text = escape(&shortened(description, 240));
        if let Some(file) = id.and_then(|id| self.workspace.index.file(id)) {
            text.push_str(&format!("\n\n`{}`", file.path));
        }
        text
    }
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The shape of a key's value, in a word or two.
fn shape(key: &Key) -> &'static str {
    match key.kind {
        KeyType::Text | KeyType::Name => "text",
        KeyType::Model => "model",
        KeyType::Enum => "one of several",
        KeyType::Boolean => "true or false",
        KeyType::Integer | KeyType::Number => "number",
        KeyType::Tools => "tools",
        KeyType::Names | KeyType::List => "list",
        KeyType::Servers => "MCP servers",
        KeyType::Mapping => "mapping",
        KeyType::ToolSwitches => "tools, each true or false",
        KeyType::Any => "value",
    }
}

/// A place in a list for one more item, or the item that is being typed.
struct Slot {
    range: ByteRange,
    /// The quotes to put around a new item: those of the others, unless it stands in some already.
    quote: Quote,
    blank: &'static str,
    taken: Vec<String>,
}

impl Slot {
    fn quoted(&self, text: &str) -> String {
        match self.quote {
            Quote::None => format!("{}{text}", self.blank),
            Quote::Single => format!("{}'{text}'", self.blank),
            Quote::Double => format!("{}\"{text}\"", self.blank),
        }
    }
}

#[derive(Clone, Copy)]
struct Candidate<'a> {
    name: &'a str,
    /// The name of an agent of the workspace; `None` for one that a host brings.
    known: Option<&'a Name>,
    doc: &'a str,
}

/// Smaller is better: what belongs first, then what fits best, then the order of the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    later: bool,
    quality: u8,
    position: usize,
}

/// How well `candidate` fits what was typed, 0 best: a prefix, the start of a word, the same
/// letters in this order. `None` where it does not fit.
fn quality(typed: &str, candidate: &str) -> Option<u8> {
    let starts = |text: &str| {
        if typed.is_ascii() {
            let head = text.as_bytes().get(..typed.len());
            return head.is_some_and(|head| head.eq_ignore_ascii_case(typed.as_bytes()));
        }
        let mut text = text.chars().flat_map(char::to_lowercase);
        typed
            .chars()
            .flat_map(char::to_lowercase)
            .all(|c| text.next() == Some(c))
    };
    if starts(candidate) {
        return Some(0);
    }
    if candidate
        .match_indices(['-', '_', ' ', ':'])
        .any(|(at, mark)| starts(&candidate[at + mark.len()..]))
    {
        return Some(1);
    }
    let mut letters = candidate.chars().flat_map(char::to_lowercase);
    typed
        .chars()
        .flat_map(char::to_lowercase)
        .all(|c| letters.any(|letter| letter == c))
        .then_some(2)
}
