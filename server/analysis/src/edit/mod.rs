//! Edits of headers: what to replace so that an entry says something else and everything
//! around it stays as its author wrote it.
//!
//! Each function takes the text of a file and what was read from it, and returns the edits in
//! bytes of that text, in its order; `None` where it knows no way to write what is asked. An
//! entry that is no YAML is left alone, but by the functions that mend just that.

mod list;
mod scalar;
#[cfg(test)]
mod tests;

pub use list::{remove_item, rename_item, rename_tool, restyle};
pub use scalar::{
    Place, block_scalar, block_scalar_through, quote_value, quoted, replace_text, scalar,
    unquote_value,
};

use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::{self, Aliases, Node, ScalarStyle};
use crate::text::{ByteRange, TextEdit};

/// The text after `edits`, which are in its order and do not overlap.
pub fn apply<'e>(source: &str, edits: impl IntoIterator<Item = &'e TextEdit>) -> String {
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for edit in edits {
        text.push_str(source.get(at..edit.range.start as usize).unwrap_or(""));
        text.push_str(&edit.new_text);
        at = edit.range.end as usize;
    }
    text.push_str(source.get(at..).unwrap_or(""));
    text
}

/// The line end that the header is written with.
pub fn line_end(source: &str, header: &Header) -> &'static str {
    first_line_end(source.get(header.opening.end as usize..).unwrap_or(""))
}

/// The line end that a text has first; `\n` where it has none.
pub fn first_line_end(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text[at..]) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Calls an entry `key`, in the quotes that it has. `None` where `key` is no plain name.
pub fn rename_key(entry: &Entry, key: &str) -> Option<Vec<TextEdit>> {
    rename_at(entry.key_range, key)
}

/// Calls the key of a pair in a mapping `key`, in the quotes that it has.
pub fn rename_member(name: &Node, key: &str) -> Option<Vec<TextEdit>> {
    name.as_scalar()?;
    rename_at(name.unquoted_range(), key)
}

fn rename_at(range: ByteRange, key: &str) -> Option<Vec<TextEdit>> {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    is_plain.then(|| vec![replacement(range, key)])
}

/// Takes an entry away with all of its lines. `None` where something else hangs on them: the
/// anchor of an alias, or another entry on the same line.
pub fn remove_entry(source: &str, header: &Header, entry: &Entry) -> Option<Vec<TextEdit>> {
    let start = line_start(source, entry.range.start as usize);
    let before = source.get(start..entry.range.start as usize)?;
    if !before.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
        return None;
    }
    let written = entry.range.of(source);
    if written.contains('&') && header.content.of(source).contains('*') {
        return None;
    }
    let end = entry.range.end as usize;
    // An entry of many lines can end behind text of the line that its last token is on.
    if !source[..end].ends_with(['\n', '\r']) && end < header.content.end as usize {
        return None;
    }
    Some(vec![replacement(ByteRange::new(start, end), "")])
}

/// Writes the line `written` (`key: value`, without a line end) behind `after`, or as the first
/// of the header. Lines of `written` are separated by `\n`.
pub fn insert_entry(
    source: &str,
    header: &Header,
    after: Option<&Entry>,
    written: &str,
) -> Option<Vec<TextEdit>> {
    let end = line_end(source, header);
    let indentation = match after.or(header.entries.first()) {
        Some(entry) => {
            let start = entry.range.start as usize;
            source.get(line_start(source, start)..start)?
        }
        None => "",
    };
    if !indentation.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let at = after.map_or(header.content.start as usize, |entry| {
        insertion_point(source, header, entry)
    });
    let mut text = String::new();
    if at > 0 && !source.get(..at)?.ends_with(['\n', '\r']) {
        text.push_str(end);
    }
    for line in written.split('\n') {
        text.push_str(indentation);
        text.push_str(line);
        text.push_str(end);
    }
    Some(vec![replacement(ByteRange::empty(at), text)])
}

/// Where the line behind an entry starts, in bytes. Blank lines below a text that keeps them
/// (`|+`) are a part of it.
fn insertion_point(source: &str, header: &Header, entry: &Entry) -> usize {
    let keeps_blank_lines = entry.value.as_scalar().is_some_and(|scalar| {
        matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded)
            && first_line(entry.value_range.of(source)).contains('+')
    });
    if !keeps_blank_lines {
        return entry.range.end as usize;
    }
    let next = header
        .entries
        .iter()
        .find(|other| other.range.start >= entry.range.end);
    next.map_or(header.content.end as usize, |next| {
        line_start(source, next.range.start as usize)
    })
}

fn replacement(range: ByteRange, new_text: impl Into<String>) -> TextEdit {
    TextEdit {
        range,
        new_text: new_text.into(),
    }
}

/// Where the line that `offset` lies in starts, in bytes.
fn line_start(source: &str, offset: usize) -> usize {
    let before = source.get(..offset).unwrap_or("");
    before.rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

/// Up to the first line end.
fn first_line(text: &str) -> &str {
    &text[..text.find(['\n', '\r']).unwrap_or(text.len())]
}

/// The key and value of an entry after `edits` of its own lines, with the lines; `None` where
/// they are no YAML then.
fn read_anew(source: &str, entry: &Entry, edits: &[TextEdit]) -> Option<(String, Node)> {
    let from = entry.range.start as usize;
    let moved: Vec<TextEdit> = edits
        .iter()
        .map(|edit| {
            let start = (edit.range.start as usize).checked_sub(from)?;
            let range = ByteRange::new(start, start + edit.range.len());
            Some(replacement(range, edit.new_text.clone()))
        })
        .collect::<Option<_>>()?;
    let text = apply(entry.range.of(source), &moved);
    let (node, fault) = yaml::parse_with(&text, 0, Aliases::Any);
    let mut pairs = match (node?.value, fault) {
        (yaml::Value::Mapping { flow: false, pairs }, None) => pairs,
        _ => return None,
    };
    let (_, value) = pairs.pop().filter(|_| pairs.is_empty())?;
    Some((text, value))
}
