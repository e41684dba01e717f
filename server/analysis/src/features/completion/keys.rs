//! The keys of a header and of the mappings in it.

use super::values::Word;
use super::{Completions, Cursor, Item, ItemKind, Rank, is_key_char, quality};
use crate::agent::SKILL;
use crate::features::hover::shape;
use crate::host::{Hosts, Key, KeyType, KindData, NamesOf, PluginSupport};
use crate::text::TextEdit;

/// Keys that can stand at the cursor, and how.
pub(super) struct Offer<'a> {
    pub(super) keys: &'a [Key],
    /// The keys that are there already.
    pub(super) present: &'a [&'a str],
    /// What stands before a line below the key that is offered.
    pub(super) indent: &'a str,
    pub(super) in_flow: bool,
}

impl Cursor<'_> {
    pub(super) fn first_key(&self) -> Completions {
        let host = Hosts::builtin().data(self.file.facts.kind);
        host.map_or_else(Completions::default, |host| self.top_keys(host, &[]))
    }

    /// The keys of the header itself.
    pub(super) fn top_keys(&self, host: &KindData, present: &[&str]) -> Completions {
        self.keys(&Offer {
            keys: host.keys(),
            present,
            indent: "",
            in_flow: false,
        })
    }

    pub(super) fn keys(&self, offer: &Offer<'_>) -> Completions {
        let token = self.token(is_key_char);
        let in_plugin = self.workspace.index.is_in_plugin(&self.file.path);
        let has_colon = self.source()[token.end as usize..].starts_with(':');
        let typed = self.typed(token);
        let mut ranked: Vec<(Rank, &Key)> = Vec::new();
        for (position, key) in offer.keys.iter().enumerate() {
            let present = offer.present.contains(&&*key.name);
            let ignored = in_plugin && key.plugin == PluginSupport::Ignored;
            if present || ignored || key.deprecated.is_some() {
                continue;
            }
            if let Some(quality) = quality(typed, &key.name) {
                let rank = Rank {
                    later: !key.required,
                    quality,
                    position,
                };
                ranked.push((rank, key));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let items = ranked.into_iter().map(|(_, key)| {
            let (new_text, snippet) = match has_colon {
                true => (key.name.clone(), false),
                false => self.key_text(key, offer),
            };
            let detail = if key.required {
                "required".to_owned()
            } else {
                shape(key)
            };
            Item {
                label: key.name.clone(),
                kind: ItemKind::Key,
                detail: Some(detail),
                documentation: Some(key.doc.clone()),
                edit: TextEdit {
                    range: token,
                    new_text,
                },
                snippet,
                later: None,
            }
        });
        Completions {
            items: items.collect(),
            incomplete: false,
        }
    }

    /// Names of agents or skills that are the keys of a mapping.
    pub(super) fn names_as_keys(&self, key: &Key, present: &[&str]) -> Completions {
        let token = self.token(is_key_char);
        let taken: Vec<String> = present.iter().map(ToString::to_string).collect();
        let mut found = match key.names_in_keys {
            Some(NamesOf::Agents) => self.agents(token, &taken),
            Some(NamesOf::Skills) => self.skills(token, &taken),
            None => Completions::default(),
        };
        let has_colon = self.source()[token.end as usize..].starts_with(':');
        for item in found.items.iter_mut().filter(|_| !has_colon) {
            item.edit.new_text.push_str(": ");
        }
        found
    }

    /// Keys of which no more is known than their names.
    pub(super) fn plain_keys(&self, keys: Vec<Word>, present: &[&str]) -> Completions {
        let token = self.token(is_key_char);
        let has_colon = self.source()[token.end as usize..].starts_with(':');
        let missing = keys
            .into_iter()
            .filter(|(key, _)| !present.contains(&&**key));
        let mut found = self.words(missing.collect(), token, ItemKind::Key);
        for item in found.items.iter_mut().filter(|_| !has_colon) {
            item.edit.new_text.push_str(": ");
        }
        found
    }

    /// A key with the shape of its value.
    fn key_text(&self, key: &Key, offer: &Offer<'_>) -> (String, bool) {
        let name = &key.name;
        let indent = offer.indent;
        if !self.options.snippets {
            let blank = if key.kind == KeyType::Mapping && !offer.in_flow {
                ""
            } else {
                " "
            };
            return (format!("{name}:{blank}"), false);
        }
        let shape = match key.kind {
            KeyType::Enum if !key.values.is_empty() => {
                let values: Vec<String> = key.value_names().into_iter().map(choice).collect();
                format!(" ${{1|{}|}}", values.join(","))
            }
            KeyType::Boolean => " ${1|true,false|}".to_owned(),
            KeyType::Mapping | KeyType::ToolSwitches if !offer.in_flow => {
                format!("\n{indent}  $0")
            }
            KeyType::List | KeyType::Names | KeyType::Servers if !offer.in_flow => {
                format!("\n{indent}  - {}", first_item(key, indent))
            }
            KeyType::Name => format!(" ${{1:{}}}", plain(self.identity())),
            _ => " $0".to_owned(),
        };
        (format!("{name}:{shape}"), true)
    }

    /// What the file is called where its header says nothing.
    pub(super) fn identity(&self) -> &str {
        let path = &self.file.path;
        match path.stem() {
            SKILL => path.folder_name().unwrap_or(SKILL),
            stem => stem,
        }
    }
}

/// The first item of a list: the keys that an item must have, where it is a mapping.
fn first_item(key: &Key, indent: &str) -> String {
    let required: Vec<String> = key
        .items
        .iter()
        .filter(|item| item.required)
        .enumerate()
        .map(|(at, item)| format!("{}: ${}", item.name, at + 1))
        .collect();
    if required.is_empty() {
        return "$0".to_owned();
    }
    required.join(&format!("\n{indent}    "))
}

/// Text as a snippet writes it.
pub(super) fn plain(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('$', "\\$")
        .replace('}', "\\}")
}

/// Text as a choice of a snippet writes it.
pub(super) fn choice(text: &str) -> String {
    plain(text).replace(',', "\\,").replace('|', "\\|")
}
