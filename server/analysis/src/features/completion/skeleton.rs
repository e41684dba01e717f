//! Whole headers for empty files.

use super::keys::plain;
use super::{Completions, Cursor, Item, ItemKind};
use crate::host::{Hosts, Key, KeyType, KindData, Role};
use crate::text::{ByteRange, TextEdit};

impl Cursor<'_> {
    /// A header with the keys that the host needs, or else with those that come first.
    pub(super) fn skeleton(&self) -> Completions {
        let kind = self.file.facts.kind;
        let Some(host) = Hosts::builtin().data(kind) else {
            return Completions::default();
        };
        let keys = first_keys(host);
        if keys.is_empty() {
            return Completions::default();
        }
        let noun = kind.role.noun();
        let mut header = String::from("---\n");
        for (at, key) in keys.iter().enumerate() {
            header.push_str(&format!("{}:{}\n", key.name, self.first_value(key, at + 1)));
        }
        header.push_str("---\n");
        if self.options.snippets {
            header.push_str(match kind.role {
                Role::Agent => "\n${0:You are}\n",
                _ => "\n$0\n",
            });
        }
        let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "An"
        } else {
            "A"
        };
        let item = Item {
            label: noun.to_owned(),
            kind: ItemKind::Skeleton,
            detail: Some(format!(
                "{article} {noun} for {}",
                Hosts::builtin().title(kind)
            )),
            documentation: Some("The header, and room for the text below it.".to_owned()),
            edit: TextEdit {
                range: ByteRange::new(0, self.source().len()),
                new_text: header,
            },
            snippet: self.options.snippets,
        };
        Completions {
            items: vec![item],
            incomplete: false,
        }
    }

    /// What a key of a new header says at first, with the blank before it.
    fn first_value(&self, key: &Key, tab_stop: usize) -> String {
        let is_name = key.kind == KeyType::Name || key.name == "name";
        match (is_name, self.options.snippets) {
            (true, false) => format!(" {}", self.identity()),
            (true, true) => format!(" ${{{tab_stop}:{}}}", plain(self.identity())),
            (false, false) => " ".to_owned(),
            (false, true) => {
                let text = match &*key.name {
                    "description" if self.file.facts.kind.is_agent() => "Use this agent when",
                    "description" => "What it is for and when to use it",
                    _ => "",
                };
                match (key.values.first(), text) {
                    (Some(first), _) => format!(" ${{{tab_stop}:{}}}", plain(&first.name)),
                    (None, "") => format!(" ${tab_stop}"),
                    (None, text) => format!(" ${{{tab_stop}:{text}}}"),
                }
            }
        }
    }
}

/// The keys that a new header has: those that the host needs, or else those with which such
/// headers begin.
fn first_keys(host: &KindData) -> Vec<&Key> {
    let required: Vec<&Key> = host.keys().iter().filter(|key| key.required).collect();
    if !required.is_empty() {
        return required;
    }
    let names = host.skeleton.iter();
    names.filter_map(|name| host.key(name)).collect()
}
