//! The hooks of a header: events, matchers and handlers.

use super::place::{Place, Step};
use super::values::{Room, Word};
use super::{Completions, Cursor, ItemKind};
use crate::host::{Hooks, KindData, ToolEffect};

/// What runs when: the key of the handlers of an event.
const HANDLERS: &str = "hooks";
const MATCHER: &str = "matcher";
const TYPE: &str = "type";

impl Cursor<'_> {
    /// What can stand at a place in the hooks.
    pub(super) fn hooks(&self, host: &KindData, hooks: &Hooks, place: &Place<'_>) -> Completions {
        if let Some(present) = &place.keys {
            let keys = match place.path[..] {
                [] => events(hooks),
                [Step::Key(event), Step::Item] => groups(hooks, event),
                [Step::Key(_), Step::Item, Step::Key(HANDLERS), Step::Item] => fields(hooks),
                _ => Vec::new(),
            };
            return self.plain_keys(keys, present);
        }
        let words = match place.path[..] {
            [Step::Key(_), Step::Item, Step::Key(MATCHER)] => {
                self.tool_words(host, ToolEffect::Denies)
            }
            [.., Step::Key(HANDLERS), Step::Item, Step::Key(TYPE)] => handlers(hooks),
            _ => return Completions::default(),
        };
        let room = place.value.map(|range| Room::within(range, self.source()));
        let Some(slot) = room.and_then(|room| self.slot(room)) else {
            return Completions::default();
        };
        slot.fit(self.words(words, slot.range, ItemKind::Value))
    }
}

/// The fields of a handler: those that all have, then those that some type of it has.
fn fields(hooks: &Hooks) -> Vec<Word> {
    let own = hooks.handlers.iter().flat_map(|handler| {
        let fields = handler.fields.iter();
        fields.map(|field| (field, Some(format!("Of `type: {}`.", handler.name))))
    });
    let all = hooks.handler_fields.iter().map(|field| (field, None));
    let mut fields: Vec<Word> = Vec::new();
    for (field, doc) in all.chain(own) {
        if !fields.iter().any(|(known, _)| known == field) {
            fields.push((field.clone(), doc));
        }
    }
    fields
}

fn events(hooks: &Hooks) -> Vec<Word> {
    let events = hooks.events.iter();
    events
        .map(|event| (event.name.clone(), Some(event.doc.clone())))
        .collect()
}

/// The keys of a group of handlers; not every event looks at a matcher.
fn groups(hooks: &Hooks, event: &str) -> Vec<Word> {
    let known = hooks.events.iter().find(|known| known.name == event);
    let takes_matcher = known.is_none_or(|event| event.matcher);
    let matcher = takes_matcher.then(|| (MATCHER.to_owned(), None));
    matcher
        .into_iter()
        .chain([(HANDLERS.to_owned(), None)])
        .collect()
}

fn handlers(hooks: &Hooks) -> Vec<Word> {
    let handlers = hooks.handlers.iter();
    handlers
        .map(|handler| (handler.name.clone(), Some(handler.doc.clone())))
        .collect()
}
