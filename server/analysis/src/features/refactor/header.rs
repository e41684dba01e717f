//! Values of a header in another style: lists of names, quotes, blocks of text.

use super::rewrite;
use crate::agent::SourceFile;
use crate::edit;
use crate::features::code_actions::CodeAction;
use crate::host::{Hosts, Key, KeyType};
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::list::{self, ListStyle};
use crate::syntax::yaml::{Resolved, ScalarStyle};
use crate::text::TextEdit;

/// What can be done with the value of the entry at a place.
pub(super) fn refactorings(file: &SourceFile, offset: usize) -> Vec<CodeAction> {
    let facts = &file.facts;
    let Some((header, entry)) = facts.header.as_ref().zip(facts.entry_at(offset)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut offer = |title: String, edits: Option<Vec<TextEdit>>| {
        found.extend(edits.map(|edits| rewrite(title, edits)));
    };
    let key = Hosts::builtin()
        .data(facts.kind)
        .and_then(|data| data.key(&entry.key));
    let (source, name) = (&*file.source, &*entry.key);
    for style in styles(source, entry, key) {
        let title = match style {
            ListStyle::Comma => format!("Write `{name}` as a comma-separated string"),
            ListStyle::Flow => format!("Write `{name}` as a list in brackets"),
            ListStyle::Block => format!("Write `{name}` as a list, one item a line"),
        };
        offer(title, edit::restyle(source, header, entry, style));
    }
    let is_text = entry.value.resolve() == Some(Resolved::Str);
    if is_text && key.is_none_or(is_prose) {
        let title = format!("Write `{name}` as a block of text");
        offer(title, block(source, header, entry));
    }
    if is_text {
        let title = format!("Put `{name}` in quotes");
        offer(title, edit::quote_value(source, entry));
        let title = format!("Take the quotes of `{name}` away");
        offer(title, edit::unquote_value(source, entry));
    }
    found
}

/// The other styles in which the host reads a list of names.
fn styles(source: &str, entry: &Entry, key: Option<&Key>) -> Vec<ListStyle> {
    let is_of = |kind: KeyType| key.is_some_and(|key| key.kind == kind || key.also.contains(&kind));
    let takes_string = is_of(KeyType::Tools);
    let names = list::names(source, entry.value_range);
    let Some(names) = names.filter(|_| takes_string || is_of(KeyType::Names)) else {
        return Vec::new();
    };
    // Some hosts part tools at blanks: `Read Grep` are two.
    let is_parted = |item: &list::Item| list::words(source, item.range).len() > 1;
    if names.items.iter().any(is_parted) {
        return Vec::new();
    }
    let mut styles = match names.style {
        ListStyle::Comma | ListStyle::Flow => vec![ListStyle::Block],
        ListStyle::Block => Vec::new(),
    };
    if takes_string && names.style != ListStyle::Comma {
        styles.push(ListStyle::Comma);
    }
    styles
}

/// Whether a key holds text for a reader, which a block suits.
fn is_prose(key: &Key) -> bool {
    matches!(key.kind, KeyType::Text | KeyType::Any)
}

/// A value on one line as a block. A folded one is a block already.
fn block(source: &str, header: &Header, entry: &Entry) -> Option<Vec<TextEdit>> {
    let style = entry.value.as_scalar()?.style;
    if style == ScalarStyle::Folded {
        return None;
    }
    edit::block_scalar(source, header, entry)
}
