//! The values of a key, and the places in lists where one more can stand.

use super::{Completions, Cursor, Item, ItemKind, Rank, quality};
use crate::host::{Key, KeyType, KindData};
use crate::syntax::frontmatter::Entry;
use crate::syntax::list::{self, ListStyle, Quote};
use crate::text::{ByteRange, TextEdit};

impl Cursor<'_> {
    pub(super) fn value(&self, host: &KindData, key: &Key, entry: &Entry) -> Completions {
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
    pub(super) fn words(
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
    pub(super) fn slot(&self, entry: &Entry) -> Option<Slot> {
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
}

/// A place in a list for one more item, or the item that is being typed.
pub(super) struct Slot {
    pub(super) range: ByteRange,
    /// The quotes to put around a new item: those of the others, unless it stands in some already.
    quote: Quote,
    blank: &'static str,
    pub(super) taken: Vec<String>,
}

impl Slot {
    pub(super) fn quoted(&self, text: &str) -> String {
        match self.quote {
            Quote::None => format!("{}{text}", self.blank),
            Quote::Single => format!("{}'{text}'", self.blank),
            Quote::Double => format!("{}\"{text}\"", self.blank),
        }
    }
}
