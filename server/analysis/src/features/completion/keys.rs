//! The keys of a header, and whole headers for empty files.

use super::{Completions, Cursor, Item, ItemKind, Rank, is_key_char, quality};
use crate::host::{Hosts, Key, KeyType, KindData, PluginSupport};
use crate::syntax::frontmatter::Entry;
use crate::text::{ByteRange, TextEdit};

impl Cursor<'_> {
    pub(super) fn first_key(&self) -> Completions {
        let host = Hosts::builtin().data(self.file.facts.kind);
        host.map_or_else(Completions::default, |host| {
            self.keys(host, &[], self.token(is_key_char))
        })
    }

    pub(super) fn skeleton(&self) -> Completions {
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

    pub(super) fn keys(&self, host: &KindData, entries: &[Entry], token: ByteRange) -> Completions {
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
    pub(super) fn key_text(&self, key: &Key) -> (String, bool) {
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
