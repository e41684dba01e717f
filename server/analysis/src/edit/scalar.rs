//! Texts as YAML writes them: plain, in quotes, as a block.

use super::{first_line, line_end, line_start, read_anew, replacement};
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml::{self, Node, Resolved, ScalarStyle};
use crate::text::{ByteRange, TextEdit};

/// Where a text is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind `key:` or `-`.
    Block,
    /// In `[...]` or `{...}`.
    Flow,
}

/// A text as a scalar on one line: plain where it stays that very text, else in quotes.
pub fn scalar(text: &str, place: Place) -> String {
    if is_plain(text, place) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text in quotes, on one line: single ones, unless double ones need no sign before any
/// character, or only they can write it.
pub fn quoted(text: &str) -> String {
    let has_control = text.chars().any(|c| c.is_control() || is_line_break(c));
    let is_doubled_better = text.contains('\'') && !text.contains(['"', '\\']);
    if !has_control && !is_doubled_better {
        return in_quotes(text, '\'');
    }
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                written.push('\\');
                written.push(c);
            }
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() || is_line_break(c) => {
                written.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// What some readers take for the end of a line.
fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn in_quotes(written: &str, quote: char) -> String {
    format!("{quote}{}{quote}", escaped(written, quote))
}

/// A text of one line as it stands between quotes of that kind.
pub(super) fn escaped(text: &str, quote: char) -> String {
    match quote {
        '\'' => text.replace('\'', "''"),
        _ => text.replace('\\', "\\\\").replace('"', "\\\""),
    }
}

/// Whether a text that is written without quotes is read as that text.
pub(super) fn is_plain(text: &str, place: Place) -> bool {
    // Booleans of YAML 1.1, which some readers still follow.
    let is_old_boolean = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off"
    );
    if is_old_boolean || text.chars().any(|c| c.is_control() || is_line_break(c)) {
        return false;
    }
    let (written, fault) = match place {
        Place::Block => yaml::parse(&format!("k: {text}"), 0),
        Place::Flow => yaml::parse(&format!("k: [{text}]"), 0),
    };
    if fault.is_some() {
        return false;
    }
    let Some(value) = written.as_ref().and_then(|node| node.get("k")) else {
        return false;
    };
    let value = match place {
        Place::Block => Some(value),
        Place::Flow => value.items().first().filter(|_| value.items().len() == 1),
    };
    value.and_then(Node::as_scalar).is_some_and(|scalar| {
        scalar.style == ScalarStyle::Plain
            && *scalar.text == *text
            && scalar.resolve() == Resolved::Str
    })
}

/// Puts `text` in the place of a scalar, in the quotes that it has; a plain one or a block
/// gets some where it needs them. `place` is where the scalar stands.
pub fn replace_text(node: &Node, text: &str, place: Place) -> Option<Vec<TextEdit>> {
    let written = match node.as_scalar()?.style {
        _ if text.contains(char::is_control) => quoted(text),
        ScalarStyle::SingleQuoted => in_quotes(text, '\''),
        ScalarStyle::DoubleQuoted => in_quotes(text, '"'),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => scalar(text, place),
    };
    Some(vec![replacement(node.range, written)])
}

/// Puts the value of an entry in quotes as it is written, lines and all. A value that is no
/// YAML because it has none is mended by it. `None` where it is quoted already, no text, or
/// has lines at column 0, which quotes do not hold.
pub fn quote_value(source: &str, entry: &Entry) -> Option<Vec<TextEdit>> {
    let written = entry.value_range.of(source);
    let text = match entry.value.as_scalar() {
        Some(scalar) if scalar.style == ScalarStyle::Plain => &*scalar.text,
        // What begins like a list and goes on is a text.
        None if entry.error.is_some() && !written.contains(['\n', '\r']) => written,
        _ => return None,
    };
    let is_doubled_better = written.contains('\'') && !written.contains(['"', '\\']);
    let quotes = if is_doubled_better {
        ['"', '\'']
    } else {
        ['\'', '"']
    };
    quotes.into_iter().find_map(|quote| {
        let edits = vec![replacement(entry.value_range, in_quotes(written, quote))];
        reads_as(source, entry, &edits, text).then_some(edits)
    })
}

/// Takes the quotes of a value away. `None` where it has none or needs them.
pub fn unquote_value(source: &str, entry: &Entry) -> Option<Vec<TextEdit>> {
    let scalar = entry.value.as_scalar()?;
    let is_quoted = matches!(
        scalar.style,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
    );
    if !is_quoted || !is_plain(&scalar.text, Place::Block) {
        return None;
    }
    let edits = vec![replacement(entry.value_range, &*scalar.text)];
    reads_as(source, entry, &edits, &scalar.text).then_some(edits)
}

/// Writes the value of an entry as an indented block (`|`) of the same text. `None` where it
/// is one, is no text, or holds what a block cannot.
pub fn block_scalar(source: &str, header: &Header, entry: &Entry) -> Option<Vec<TextEdit>> {
    let scalar = entry.value.as_scalar()?;
    if entry.error.is_some() || scalar.style == ScalarStyle::Literal {
        return None;
    }
    let written = block(&scalar.text, source, header, entry)?;
    let edits = block_edits(source, entry, entry.value_range.end as usize, written)?;
    reads_as(source, entry, &edits, &scalar.text).then_some(edits)
}

/// A text as a block below the key of `entry`, from the `|` on and without a last line end.
fn block(text: &str, source: &str, header: &Header, entry: &Entry) -> Option<String> {
    let key_start = entry.range.start as usize;
    let outer = source.get(line_start(source, key_start)..key_start)?;
    if !outer.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let kept = text.trim_end_matches('\n');
    let cannot = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_line_break(c);
    // Blank lines before the first word would have to tell their own indentation.
    if kept.trim().is_empty() || kept.starts_with('\n') || kept.contains(cannot) {
        return None;
    }
    let mut written = String::from("|");
    if kept.starts_with([' ', '\t']) {
        written.push('2');
    }
    match text.len() - kept.len() {
        0 => written.push('-'),
        1 => {}
        // It would take the blank lines below it for its own.
        _ => return None,
    }
    let end = line_end(source, header);
    for line in kept.split('\n') {
        written.push_str(end);
        if !line.is_empty() {
            written.push_str(outer);
            written.push_str("  ");
            written.push_str(line);
        }
    }
    Some(written)
}

/// Puts a block in the place of what stands between the key and `end`. Its `|` belongs on the
/// line of the key, and a comment behind the value would become text: `None` then.
fn block_edits(source: &str, entry: &Entry, end: usize, block: String) -> Option<Vec<TextEdit>> {
    let colon = after_colon(source, entry)?;
    let between = source.get(colon..entry.value_range.start as usize)?;
    let behind = first_line(source.get(end..)?);
    if !between.trim().is_empty() || !behind.trim().is_empty() {
        return None;
    }
    let range = ByteRange::new(colon, end + behind.len());
    Some(vec![replacement(range, format!(" {block}"))])
}

/// Just behind the colon of an entry, in bytes. `None` for `? key`.
pub(super) fn after_colon(source: &str, entry: &Entry) -> Option<usize> {
    let key_end = entry.key_range.end as usize;
    let rest = source.get(key_end..)?;
    let written = rest
        .strip_prefix(['"', '\''])
        .unwrap_or(rest)
        .trim_start_matches([' ', '\t'])
        .strip_prefix(':')?;
    Some(source.len() - written.len())
}

/// Whether an entry holds `text` after `edits`.
fn reads_as(source: &str, entry: &Entry, edits: &[TextEdit], text: &str) -> bool {
    read_anew(source, entry, edits).is_some_and(|(_, value)| value.as_str() == Some(text))
}
