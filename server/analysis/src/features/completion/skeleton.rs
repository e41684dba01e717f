//! Whole headers for empty files.

use super::keys::{choice, plain};
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
            later: None,
        };
        Completions {
            items: vec![item],
            incomplete: false,
        }
    }

    /// What a key of a new header says at first, with the blank before it.
    fn first_value(&self, key: &Key, tab_stop: usize) -> String {
        let (text, choices) = first_value(key, self.file.facts.kind.role, self.identity());
        // Without a place to type over it, a description that says nothing would stay.
        let text = match &*key.name == "description" && !self.options.snippets {
            true => "",
            false => text,
        };
        match self.options.snippets {
            false => format!(" {text}"),
            true if choices.len() > 1 => {
                let choices: Vec<String> = choices.into_iter().map(choice).collect();
                format!(" ${{{tab_stop}|{}|}}", choices.join(","))
            }
            true if text.is_empty() => format!(" ${tab_stop}"),
            true => format!(" ${{{tab_stop}:{}}}", plain(text)),
        }
    }
}

/// What a key of a new header says at first, and what else it could say.
pub(in crate::features) fn first_value<'a>(
    key: &'a Key,
    role: Role,
    identity: &'a str,
) -> (&'a str, Vec<&'a str>) {
    let choices = match key.kind {
        KeyType::Boolean => vec!["false", "true"],
        _ => key.value_names(),
    };
    let text = match &*key.name {
        _ if key.kind == KeyType::Name || key.name == "name" => identity,
        "description" if role == Role::Agent => "Use this agent when",
        "description" => "What it is for and when to use it",
        _ => choices.first().copied().unwrap_or(""),
    };
    (text, choices)
}

/// The keys that a new header has: those that the host needs, or else those with which such
/// headers begin.
pub(in crate::features) fn first_keys(host: &KindData) -> Vec<&Key> {
    let required: Vec<&Key> = host.keys().iter().filter(|key| key.required).collect();
    if !required.is_empty() {
        return required;
    }
    let names = host.skeleton.iter();
    names.filter_map(|name| host.key(name)).collect()
}
