//! The values of a key, and the places in lists where one more can stand.

use super::{Completions, Cursor, Item, ItemKind, Rank, quality};
use crate::host::{Key, KeyType, KindData, NamesOf};
use crate::limits::MAX_COMPLETIONS;
use crate::syntax::frontmatter::Entry;
use crate::syntax::list::{self, ListStyle, Quote};
use crate::text::{ByteRange, TextEdit};

/// A word with markdown about it.
pub(super) type Word = (String, Option<String>);

/// Where a value stands, or can stand.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// The byte behind the colon or dash before it.
    pub(super) start: usize,
    /// The value; empty where nothing is written yet.
    value: ByteRange,
}

impl Room {
    /// The room for the value of an entry.
    pub(super) fn of(entry: &Entry, source: &str) -> Option<Self> {
        let key_end = entry.key_range.end as usize;
        let colon = source.get(key_end..)?.find(':')?;
        Some(Self {
            start: key_end + colon + 1,
            value: entry.value_range,
        })
    }

    /// Room between `range.start`, behind a colon or dash, and `range.end`.
    pub(super) fn within(range: ByteRange, source: &str) -> Self {
        Self {
            start: range.start as usize,
            value: range.trimmed(source),
        }
    }
}

impl Cursor<'_> {
    /// What the value of a key can be.
    pub(super) fn value(&self, host: &KindData, key: &Key, room: Room) -> Completions {
        if key.is_of(KeyType::Tools) {
            return self.tools(host, key, room);
        }
        let Some(slot) = self.slot(room) else {
            return Completions::default();
        };
        let named = key.values.iter();
        let mut words: Vec<Word> = named
            .map(|value| (value.name.clone(), Some(value.doc.clone())))
            .collect();
        if key.is_of(KeyType::Model) {
            words.extend(self.models(host));
        }
        if key.is_of(KeyType::Boolean) {
            words.extend(["true", "false"].map(|word| (word.to_owned(), None)));
        }
        if key.is_of(KeyType::Servers) {
            let servers = self.servers(host).into_iter();
            words.extend(servers.map(|server| (server, None)));
        }
        words.retain(|(word, _)| !slot.taken.contains(word));
        let mut found = self.words(words, slot.range, ItemKind::Value);
        match key.names {
            Some(NamesOf::Agents) => found.add(self.agents(slot.range, &slot.taken)),
            Some(NamesOf::Skills) => found.add(self.skills(slot.range, &slot.taken)),
            None => {}
        }
        slot.fit(found)
    }

    /// Whether something is on.
    pub(super) fn switch(&self, room: Room) -> Completions {
        let Some(slot) = self.slot(room) else {
            return Completions::default();
        };
        let words = ["true", "false"].map(|word| (word.to_owned(), None));
        slot.fit(self.words(words.into(), slot.range, ItemKind::Value))
    }

    fn models(&self, host: &KindData) -> Vec<Word> {
        let aliases = host.model_aliases().iter();
        let aliases = aliases.map(|model| (model.name.clone(), Some(model.doc.clone())));
        let ids = host.model_ids().iter().map(|id| (id.clone(), None));
        let settings = self.workspace.settings(&self.file.path);
        let known = settings.known_models().iter();
        let known = known.map(|model| (model.to_string(), None));
        aliases.chain(ids).chain(known).collect()
    }

    /// Single words, those first that fit what was typed.
    pub(super) fn words(&self, words: Vec<Word>, token: ByteRange, kind: ItemKind) -> Completions {
        let typed = self.typed(token);
        let mut ranked: Vec<(Rank, Word)> = Vec::new();
        for (position, word) in words.into_iter().enumerate() {
            if let Some(quality) = quality(typed, &word.0) {
                let rank = Rank {
                    later: false,
                    quality,
                    position,
                };
                ranked.push((rank, word));
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        let is_cut = ranked.len() > MAX_COMPLETIONS;
        let items = ranked.into_iter().map(|(_, (word, documentation))| Item {
            edit: TextEdit {
                range: token,
                new_text: word.clone(),
            },
            label: word,
            kind,
            detail: None,
            documentation,
            snippet: false,
            later: None,
        });
        let mut found = Completions::default();
        found.items.extend(items.take(MAX_COMPLETIONS));
        found.incomplete = is_cut;
        found
    }

    /// The slot of a list, or of a single value, in which the cursor stands.
    pub(super) fn slot(&self, room: Room) -> Option<Slot> {
        let value = if room.value.is_empty() {
            ByteRange::empty(room.start.min(self.offset))
        } else {
            room.value
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
        let is_first = at.style != ListStyle::Comma || at.others.is_empty();
        let needs_blank = at.item.range.is_empty() && self.line_before().ends_with([',', ':', '-']);
        Some(Slot {
            range: at.item.range,
            quote,
            is_plain: is_first && at.item.quote == Quote::None,
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
    /// Whether a new item starts a plain scalar, so that not everything can stand without quotes.
    is_plain: bool,
    blank: &'static str,
    pub(super) taken: Vec<String>,
}

/// Characters that begin something else than plain text in YAML.
const MARKS: [char; 10] = ['*', '&', '!', '|', '>', '%', '@', '`', '#', '?'];

impl Slot {
    /// A slot whose item is written as it is.
    pub(super) fn bare(range: ByteRange, taken: Vec<String>) -> Self {
        Self {
            range,
            quote: Quote::None,
            is_plain: false,
            blank: "",
            taken,
        }
    }

    /// The items as this list writes its own.
    pub(super) fn fit(&self, mut found: Completions) -> Completions {
        for item in &mut found.items {
            item.edit.new_text = self.quoted(&item.edit.new_text);
        }
        found
    }

    fn quoted(&self, text: &str) -> String {
        match self.quote {
            Quote::None if self.is_plain && text.starts_with(MARKS) => {
                format!("{}'{text}'", self.blank)
            }
            Quote::None => format!("{}{text}", self.blank),
            Quote::Single => format!("{}'{text}'", self.blank),
            Quote::Double => format!("{}\"{text}\"", self.blank),
        }
    }
}
