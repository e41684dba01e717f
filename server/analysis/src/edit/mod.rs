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
pub use scalar::{Place, block_scalar, quote_value, quoted, replace_text, scalar, unquote_value};

use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::{self, Aliases, Node};
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

/// Takes the pair at `at` out of a mapping inside an entry, with what parts it from the pair
/// behind it, or before it where it is the last. `None` where it is the only one, or a comment
/// or an anchor would go with it.
pub fn remove_member(
    source: &str,
    header: &Header,
    mapping: &Node,
    at: usize,
) -> Option<Vec<TextEdit>> {
    let pairs = mapping.pairs();
    let (name, value) = pairs.get(at)?;
    let range = match pairs.get(at + 1) {
        Some((next, _)) => ByteRange::new(name.range.start as usize, next.range.start as usize),
        None => {
            let (_, before) = pairs.get(at.checked_sub(1)?)?;
            let end = value.range.end.max(name.range.end);
            ByteRange::new(before.range.end as usize, end as usize)
        }
    };
    if range.of(source).contains(['#', '&']) {
        return None;
    }
    let mut entries = header.entries.iter();
    let entry = entries.find(|entry| {
        entry.range.start <= mapping.range.start && mapping.range.end <= entry.range.end
    })?;
    let edits = vec![replacement(range, "")];
    read_anew(source, entry, &edits).map(|_| edits)
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

/// The value of an entry after `edits` of its own lines, with the lines; `None` where they are
/// no YAML then. The comments below are read too: in a block they would become its text.
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
    let lines = source.get(from..comments_end(source, entry.range.end as usize))?;
    let text = apply(lines, &moved);
    let (node, fault) = yaml::parse_with(&text, 0, Aliases::Any);
    let mut pairs = match (node?.value, fault) {
        (yaml::Value::Mapping { flow: false, pairs }, None) => pairs,
        _ => return None,
    };
    let (_, value) = pairs.pop().filter(|_| pairs.is_empty())?;
    Some((text, value))
}

/// Where the comments and blank lines end that begin with the line at `start`.
fn comments_end(source: &str, start: usize) -> usize {
    let rest = source.get(start..).unwrap_or("");
    let is_kept = |line: &&str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
    let lines = rest.split_inclusive(['\n', '\r']).take_while(is_kept);
    start + lines.map(str::len).sum::<usize>()
}
