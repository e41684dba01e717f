//! The lists of tools in a header, in every form, and the edits of their entries.

use super::super::{Applicability, Fix};
use crate::agent::SourceFile;
use crate::edit;
use crate::host::{Key, KeyType, ToolEffect, split_specifier};
use crate::syntax::frontmatter::Entry;
use crate::syntax::list::{self, Item, ListStyle};
use crate::syntax::yaml::{Node, Resolved, Value};
use crate::text::{ByteRange, TextEdit};

/// The tools under one key of a header.
pub(super) struct List<'a> {
    pub(super) key: &'a Key,
    pub(super) entry: &'a Entry,
    pub(super) items: Vec<Listed<'a>>,
    /// Whether an entry that no fix takes away grants something: entries may go all at once.
    pub(super) is_held: bool,
}

/// One of them.
pub(super) struct Listed<'a> {
    pub(super) item: Item,
    /// What standing there does to the tool.
    pub(super) effect: ToolEffect,
    form: Form<'a>,
}

/// How it is written, as far as edits have to know.
pub(super) enum Form<'a> {
    /// An item of a list of names.
    Item,
    /// A word between blanks, with its neighbours.
    Word {
        before: Option<ByteRange>,
        after: Option<ByteRange>,
    },
    /// The key of a pair.
    Switch(&'a Node),
}

/// The tools that stand in an entry; `None` where they could not be read.
pub(super) fn read<'a>(key: &'a Key, entry: &'a Entry, source: &str) -> Option<List<'a>> {
    if entry.error.is_some() {
        return None;
    }
    let items = match &entry.value.value {
        Value::Mapping { pairs, .. } if key.is_of(KeyType::ToolSwitches) => {
            pairs.iter().filter_map(switch).collect()
        }
        Value::Mapping { .. } | Value::Alias => return None,
        _ if !key.is_of(KeyType::Tools) => return None,
        _ => {
            let mut names = list::names(source, entry.value_range)?;
            names.items.retain(|item| !item.range.is_empty());
            let are_words = key.blanks_separate && names.style == ListStyle::Comma;
            names
                .items
                .into_iter()
                .flat_map(|item| match are_words {
                    true => words(item, source),
                    false => vec![(item, Form::Item)],
                })
                .map(|(item, form)| Listed {
                    item,
                    effect: key.effect,
                    form,
                })
                .collect()
        }
    };
    Some(List {
        key,
        entry,
        items,
        is_held: false,
    })
}

/// A tool that is switched on or off.
fn switch((name, value): &(Node, Node)) -> Option<Listed<'_>> {
    let effect = match value.resolve()? {
        Resolved::Bool(true) => ToolEffect::Grants,
        Resolved::Bool(false) => ToolEffect::Denies,
        _ => return None,
    };
    Some(Listed {
        item: Item {
            text: name.as_str()?.into(),
            range: name.unquoted_range(),
            quote: list::Quote::None,
        },
        effect,
        form: Form::Switch(name),
    })
}

/// The tools in an item of a comma string, where blanks part them too.
fn words<'a>(item: Item, source: &str) -> Vec<(Item, Form<'a>)> {
    let ranges = list::words(source, item.range);
    if ranges.len() < 2 {
        return vec![(item, Form::Item)];
    }
    let neighbour = |at: Option<usize>| at.and_then(|at| ranges.get(at)).copied();
    let word = |(at, range): (usize, &ByteRange)| {
        let item = Item {
            text: range.of(source).into(),
            range: *range,
            quote: item.quote,
        };
        let form = Form::Word {
            before: neighbour(at.checked_sub(1)),
            after: neighbour(Some(at + 1)),
        };
        (item, form)
    };
    ranges.iter().enumerate().map(word).collect()
}

impl List<'_> {
    /// Whether the tool of that name is in the list, in brackets or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.items
            .iter()
            .any(|listed| split_specifier(&listed.item.text).0 == name)
    }

    /// Whether exactly this is in the list.
    pub(super) fn has_item(&self, text: &str) -> bool {
        self.items.iter().any(|listed| *listed.item.text == *text)
    }

    /// Calls the tool of an entry `name`.
    pub(super) fn rename(
        &self,
        listed: &Listed<'_>,
        name: &str,
        source: &str,
    ) -> Option<Vec<TextEdit>> {
        match listed.form {
            Form::Item => edit::rename_tool(source, self.entry, &listed.item, name),
            Form::Switch(key) => edit::rename_member(key, name),
            Form::Word { .. } => {
                let (tool, _) = split_specifier(&listed.item.text);
                let is_word = name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
                let start = listed.item.range.start as usize;
                is_word.then(|| {
                    vec![TextEdit {
                        range: ByteRange::new(start, start + tool.len()),
                        new_text: name.to_owned(),
                    }]
                })
            }
        }
    }

    /// Takes an entry away. `None` for the last one of a list that grants: without it the host
    /// refuses the agent, or gives it everything.
    pub(super) fn remove(&self, listed: &Listed<'_>, file: &SourceFile) -> Option<Vec<TextEdit>> {
        let source = &*file.source;
        let range = match listed.form {
            Form::Item if self.items.len() > 1 => {
                return edit::remove_item(source, self.entry, &listed.item);
            }
            Form::Item if self.key.effect != ToolEffect::Grants => {
                let header = file.facts.header.as_ref()?;
                return edit::remove_entry(source, header, self.entry);
            }
            Form::Item | Form::Switch(_) => return None,
            Form::Word {
                before: Some(before),
                ..
            } => ByteRange::new(before.end as usize, listed.item.range.end as usize),
            Form::Word {
                after: Some(after), ..
            } => ByteRange::new(listed.item.range.start as usize, after.start as usize),
            Form::Word { .. } => return None,
        };
        Some(vec![TextEdit {
            range,
            new_text: String::new(),
        }])
    }

    /// The fix that takes an entry away. Several are applied at once, so that where no entry is
    /// sure to stay in a list that grants, a person has to choose.
    pub(super) fn removal(
        &self,
        listed: &Listed<'_>,
        applicability: Applicability,
        file: &SourceFile,
    ) -> Option<Fix> {
        let edits = self.remove(listed, file)?;
        let title = format!("Remove `{}`", listed.item.text);
        Some(Fix::new(self.held(applicability), title, edits))
    }

    /// Who may take an entry away where `applicability` could, were it the only one to go.
    pub(super) fn held(&self, applicability: Applicability) -> Applicability {
        match self.key.effect {
            ToolEffect::Grants if !self.is_held => Applicability::Manual,
            _ => applicability,
        }
    }
}
