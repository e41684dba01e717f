//! Edits of lists of names, in each of the styles that people write them in.

use super::scalar::{after_colon, escaped};
use super::{Place, first_line, line_end, line_start, quoted, read_anew, replacement, scalar};
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::list::{self, Item, ListStyle, NameList, Quote};
use crate::syntax::yaml::ScalarStyle;
use crate::text::{ByteRange, TextEdit};

/// Writes `name` in the place of an item of the list that `entry` holds, in its quotes.
pub fn rename_item(source: &str, entry: &Entry, item: &Item, name: &str) -> Option<Vec<TextEdit>> {
    let list = list_of(source, entry)?;
    let at = position(&list, item)?;
    let mut expected = texts(&list);
    *expected.get_mut(at)? = name;
    let written = match item.quote {
        Quote::None => match list.style {
            ListStyle::Flow => scalar(name, Place::Flow),
            ListStyle::Block => scalar(name, Place::Block),
            ListStyle::Comma => name.to_owned(),
        },
        Quote::Single => escaped(name, '\''),
        Quote::Double => escaped(name, '"'),
    };
    let edits = vec![replacement(item.range, written)];
    confirmed(source, entry, edits, &expected).or_else(|| requoted(source, entry, &list, &expected))
}

/// Writes `name` in the place of the tool that an item names, what stands in brackets behind
/// it left alone.
pub fn rename_tool(source: &str, entry: &Entry, item: &Item, name: &str) -> Option<Vec<TextEdit>> {
    let tool_of = |text: &str| text.split('(').next().unwrap_or(text).trim_end().len();
    let whole = format!("{name}{}", item.text.get(tool_of(&item.text)..)?);
    let list = list_of(source, entry)?;
    let mut expected = texts(&list);
    *expected.get_mut(position(&list, item)?)? = &whole;
    let start = item.range.start as usize;
    let tool = ByteRange::new(start, start + tool_of(item.range.of(source)));
    let edits = vec![replacement(tool, name)];
    confirmed(source, entry, edits, &expected).or_else(|| rename_item(source, entry, item, &whole))
}

/// Takes an item out of the list that `entry` holds, with its comma or its line. The last one
/// leaves `[]`: without the entry, or with nothing behind its key, a list of few tools would
/// become all of them.
pub fn remove_item(source: &str, entry: &Entry, item: &Item) -> Option<Vec<TextEdit>> {
    let list = list_of(source, entry)?;
    let at = position(&list, item)?;
    let mut expected = texts(&list);
    expected.remove(at);
    if expected.iter().all(|text| text.is_empty()) {
        return emptied(source, entry);
    }
    let edits = vec![replacement(removal(source, entry, &list, at)?, "")];
    confirmed(source, entry, edits, &expected).or_else(|| requoted(source, entry, &list, &expected))
}

/// Writes the list that `entry` holds in another style. `None` where it has that style, names
/// nothing, holds comments that would be lost, or a name that the style cannot hold.
pub fn restyle(
    source: &str,
    header: &Header,
    entry: &Entry,
    style: ListStyle,
) -> Option<Vec<TextEdit>> {
    let list = list_of(source, entry)?;
    let mut expected = texts(&list);
    expected.retain(|text| !text.is_empty());
    if list.style == style || expected.is_empty() {
        return None;
    }
    let colon = after_colon(source, entry)?;
    let range = ByteRange::new(colon, entry.value_range.end as usize);
    let between = source.get(colon..entry.value_range.start as usize)?;
    if !between.trim().is_empty() || has_comment(source, entry.value_range, &list) {
        return None;
    }
    let written = match style {
        ListStyle::Comma => format!(" {}", scalar(&expected.join(", "), Place::Block)),
        ListStyle::Flow => {
            let items: Vec<String> = expected
                .iter()
                .map(|text| scalar(text, Place::Flow))
                .collect();
            format!(" [{}]", items.join(", "))
        }
        ListStyle::Block => {
            let key_start = entry.range.start as usize;
            let outer = source.get(line_start(source, key_start)..key_start)?;
            if !outer.bytes().all(|byte| byte == b' ') {
                return None;
            }
            let end = line_end(source, header);
            let line = |text: &&str| format!("{end}{outer}  - {}", scalar(text, Place::Block));
            expected.iter().map(line).collect()
        }
    };
    confirmed(source, entry, vec![replacement(range, written)], &expected)
}

fn list_of(source: &str, entry: &Entry) -> Option<NameList> {
    if entry.error.is_some() {
        return None;
    }
    list::names(source, entry.value_range)
}

fn texts(list: &NameList) -> Vec<&str> {
    list.items.iter().map(|item| &*item.text).collect()
}

fn position(list: &NameList, item: &Item) -> Option<usize> {
    list.items
        .iter()
        .position(|other| other.range == item.range)
}

/// The edits, where the list is `expected` after them.
fn confirmed(
    source: &str,
    entry: &Entry,
    edits: Vec<TextEdit>,
    expected: &[&str],
) -> Option<Vec<TextEdit>> {
    let (text, value) = read_anew(source, entry, &edits)?;
    let list = list::names(&text, value.range)?;
    (texts(&list) == expected).then_some(edits)
}

/// A comma string written anew in quotes, because without them it would be no text any more.
fn requoted(
    source: &str,
    entry: &Entry,
    list: &NameList,
    expected: &[&str],
) -> Option<Vec<TextEdit>> {
    if list.style != ListStyle::Comma {
        return None;
    }
    let written = quoted(&expected.join(", "));
    let edits = vec![replacement(entry.value_range, written)];
    confirmed(source, entry, edits, expected)
}

fn emptied(source: &str, entry: &Entry) -> Option<Vec<TextEdit>> {
    let value = entry.value_range;
    let colon = after_colon(source, entry)?;
    let between = source.get(colon..value.start as usize)?;
    let range = if between.trim().is_empty() {
        ByteRange::new(colon, value.end as usize)
    } else {
        value
    };
    let written = if range == value { "[]" } else { " []" };
    confirmed(source, entry, vec![replacement(range, written)], &[])
}

/// What goes away with the item at `at`, which is not the only one.
fn removal(source: &str, entry: &Entry, list: &NameList, at: usize) -> Option<ByteRange> {
    let item = with_quotes(source, entry, list, list.items.get(at)?);
    let before = at.checked_sub(1).and_then(|at| list.items.get(at));
    let after = list.items.get(at + 1);
    match (list.style, before, after) {
        (ListStyle::Block, ..) => {
            let written = source.get(..item.start as usize)?.trim_end();
            let start = line_start(source, written.strip_suffix('-')?.len());
            let rest = source.get(item.end as usize..)?;
            let behind = item.end as usize + first_line(rest).len();
            Some(ByteRange::new(start, behind + line_end_at(source, behind)))
        }
        (_, _, Some(after)) if list.style == ListStyle::Flow || before.is_none() => {
            let after = with_quotes(source, entry, list, after);
            Some(ByteRange::new(item.start as usize, after.start as usize))
        }
        (_, Some(before), _) => {
            let from = with_quotes(source, entry, list, before).end as usize;
            let between = source.get(from..item.start as usize)?;
            // A comment about the item before stays with it; the comma in front of it too.
            let kept = if list.style == ListStyle::Flow && between.contains('#') {
                between.trim_end().len()
            } else {
                0
            };
            Some(ByteRange::new(from + kept, item.end as usize))
        }
        _ => None,
    }
}

/// The item with the quotes that are its own: those around a whole comma string are not.
fn with_quotes(source: &str, entry: &Entry, list: &NameList, item: &Item) -> ByteRange {
    let is_whole = list.style == ListStyle::Comma
        && entry
            .value
            .as_scalar()
            .is_some_and(|scalar| scalar.style != ScalarStyle::Plain);
    if item.quote == Quote::None || is_whole {
        return item.range;
    }
    // What begins with a quote need not end with one: `"Edit"]`, where the `[` is missing.
    let (start, end) = (item.range.start as usize, item.range.end as usize);
    let is_quote = |at: usize| matches!(source.as_bytes().get(at), Some(b'"' | b'\''));
    let before = usize::from(start > 0 && is_quote(start - 1));
    ByteRange::new(start - before, end + usize::from(is_quote(end)))
}

/// How many bytes the line end at `offset` takes.
fn line_end_at(source: &str, offset: usize) -> usize {
    match source.as_bytes().get(offset..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// Whether a `#` stands outside of the items where a comment can start.
fn has_comment(source: &str, value: ByteRange, list: &NameList) -> bool {
    let is_in_item = |at: usize| {
        list.items
            .iter()
            .any(|item| item.range.range().contains(&at))
    };
    value
        .of(source)
        .match_indices('#')
        .map(|(at, _)| value.start as usize + at)
        .any(|at| !is_in_item(at))
}
