//! The header of a file: found and split by a scanner that never fails, so that one bad
//! line never hides another; each entry's value is parsed alone.

use super::yaml::{self, Aliases, Node, Scalar, ScalarStyle, Value, YamlError};
use crate::limits::MAX_HEADER_BYTES;
use crate::text::ByteRange;

/// The frontmatter of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What stands before the opening `---` although nothing may: a BOM, blank lines or text.
    pub leading: Option<ByteRange>,
    /// The opening `---`, without the line end.
    pub opening: ByteRange,
    /// The lines between the two `---`.
    pub content: ByteRange,
    /// The closing `---`, without the line end. `None` where the header is never closed; the
    /// entries are then those before the first line that is clearly not one.
    pub closing: Option<ByteRange>,
    /// Whether that is only for want of looking further: it goes on behind [`MAX_HEADER_BYTES`].
    pub is_cut: bool,
    /// Where the body starts, in bytes.
    pub end: u32,
    /// The keys at column 0 in the order of the text, duplicates included.
    pub entries: Vec<Entry>,
}

/// One `key: value` of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key as written, without quotes.
    pub key: Box<str>,
    /// The key's bytes.
    pub key_range: ByteRange,
    /// From the key to the start of the next entry or the end of the header: every line of
    /// the entry with its line end, trailing blank lines and comments left out.
    pub range: ByteRange,
    /// The source of the value: from the first to the last byte that is neither blank nor a
    /// trailing comment; empty, and just after the colon, where there is no value.
    pub value_range: ByteRange,
    /// The value, as far as it could be read.
    pub value: Node,
    /// Why the value is not YAML.
    pub error: Option<YamlError>,
}

impl Entry {
    /// The bytes of the value without the quotes around it; of one that is no YAML all that is
    /// written, as what begins with a quote need not end with one.
    pub fn unquoted_range(&self) -> ByteRange {
        match self.error {
            None => self.value.unquoted_range(),
            Some(_) => self.value.range,
        }
    }
}

impl Header {
    /// The entry of `key`; the last one of several, as hosts take it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| &*entry.key == key)
    }

    /// All entries of `key` in the order of the text.
    pub fn entries_named<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| &*entry.key == key)
    }
}

/// Most lines with text that may stand before a late header.
const MAX_LEADING_LINES: usize = 8;

/// Keys of which one must stand in a block for it to be taken for a late header.
const TELLING_KEYS: [&str; 10] = [
    "name",
    "description",
    "tools",
    "model",
    "allowed-tools",
    "argument-hint",
    "disallowedTools",
    "applyTo",
    "globs",
    "mode",
];

/// Finds the header of a file. Looks at the first [`MAX_HEADER_BYTES`] at most.
///
/// `None` where there is nothing that is clearly meant as one.
pub fn scan(source: &str) -> Option<Header> {
    let text = &source[..yaml::floor(source, MAX_HEADER_BYTES)];
    let bom = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let first = Line::at(text, bom)?;
    if first.is_fence(text) {
        let body = first.next;
        let starts_with_key = Lines::from(text, body)
            .find(|line| !line.is_blank(text))
            .is_some_and(|line| Key::of(line.text(text)).is_some());
        let leading = (bom > 0).then(|| ByteRange::new(0, bom));
        return match Lines::from(text, body).find(|line| line.is_fence(text)) {
            Some(closing) if bom == 0 || starts_with_key => {
                Some(closed(text, leading, first, closing))
            }
            None if starts_with_key => Some(unclosed(source, text, leading, first)),
            _ => None,
        };
    }
    let (opening, closing) = late(text, bom)?;
    Some(closed(
        text,
        Some(ByteRange::new(0, opening.start)),
        opening,
        closing,
    ))
}

fn closed(text: &str, leading: Option<ByteRange>, opening: Line, closing: Line) -> Header {
    let content = ByteRange::new(opening.next, closing.start);
    Header {
        leading,
        opening: opening.range(),
        content,
        closing: Some(closing.range()),
        is_cut: false,
        end: closing.next as u32,
        entries: entries(text, content),
    }
}

/// `text` is as much of `source` as is looked at.
fn unclosed(source: &str, text: &str, leading: Option<ByteRange>, opening: Line) -> Header {
    let other = Lines::from(text, opening.next)
        .skip_while(|line| line.is_blank(text))
        .find(|line| !line.may_be_header(text));
    let end = other.map_or(text.len(), |line| line.start);
    // The last line is one that was cut through.
    let is_cut = text.len() < source.len() && other.is_none_or(|line| line.next >= text.len());
    let content = ByteRange::new(opening.next, end);
    Header {
        leading,
        opening: opening.range(),
        content,
        closing: None,
        is_cut,
        end: end as u32,
        entries: entries(text, content),
    }
}

/// A header that blank lines or a little text keep from the first line. Thematic breaks
/// look the same, so every line between the two marks must speak for a header.
fn late(text: &str, from: usize) -> Option<(Line, Line)> {
    let mut lines = Lines::from(text, from);
    let mut texts = 0;
    let opening = loop {
        let line = lines.next()?;
        if line.is_fence(text) {
            break line;
        }
        if line.is_blank(text) {
            continue;
        }
        texts += 1;
        // In a code fence it is an example of a header.
        let opens_fence = ["```", "~~~"]
            .iter()
            .any(|marks| line.text(text).trim_start().starts_with(marks));
        if texts > MAX_LEADING_LINES || opens_fence {
            return None;
        }
    };
    let mut told = false;
    let mut first = true;
    for line in lines {
        if line.is_fence(text) {
            return told.then_some((opening, line));
        }
        let key = Key::of(line.text(text));
        if line.is_blank(text) && !(first && texts > 0) {
            continue;
        }
        if (first && key.is_none()) || !line.may_be_header(text) {
            return None;
        }
        told |= key.is_some_and(|key| TELLING_KEYS.contains(&&line.text(text)[key.text]));
        first = false;
    }
    None
}

/// A line: `start..end` without and `next` with its line end, which is `\n`, `\r\n` or `\r`.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    next: usize,
}

impl Line {
    fn at(text: &str, start: usize) -> Option<Line> {
        let rest = text
            .as_bytes()
            .get(start..)
            .filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line_end = match &rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        Some(Line {
            start,
            end: start + end,
            next: start + end + line_end,
        })
    }

    fn text(self, source: &str) -> &str {
        &source[self.start..self.end]
    }

    fn range(self) -> ByteRange {
        ByteRange::new(self.start, self.end)
    }

    /// Whether it is `---` and blanks.
    fn is_fence(self, source: &str) -> bool {
        self.text(source)
            .strip_prefix("---")
            .is_some_and(|rest| rest.bytes().all(is_blank))
    }

    fn is_blank(self, source: &str) -> bool {
        self.text(source).bytes().all(is_blank)
    }

    /// Whether it can be a line of a header that is not known to be one: a key, half a key,
    /// something indented, a list item, a closing bracket or a comment that is no heading.
    fn may_be_header(self, source: &str) -> bool {
        let text = self.text(source);
        if Key::of(text).is_some() || continues(text) {
            return !self.is_blank(source);
        }
        let commented_out =
            text.starts_with('#') && !text.trim_start_matches('#').starts_with([' ', '\t']);
        let half_a_key =
            !text.is_empty() && name_length(text) == text.trim_end_matches([' ', '\t']).len();
        (commented_out && text.len() > 1) || half_a_key
    }
}

struct Lines<'a> {
    text: &'a str,
    next: usize,
}

impl<'a> Lines<'a> {
    fn from(text: &'a str, next: usize) -> Self {
        Self { text, next }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let line = Line::at(self.text, self.next)?;
        self.next = line.next;
        Some(line)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a line that is no key continues the value above it.
fn continues(line: &str) -> bool {
    let item = line
        .strip_prefix('-')
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    item || line.starts_with([' ', '\t', ']', '}'])
}

/// How many bytes of `[A-Za-z_][\w.-]*` the line starts with.
fn name_length(line: &str) -> usize {
    let length = line
        .bytes()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')))
        .unwrap_or(line.len());
    if line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        length
    } else {
        0
    }
}

/// A key at the start of a line; offsets in bytes of the line.
struct Key {
    /// Without quotes.
    text: std::ops::Range<usize>,
    /// After the colon.
    value: usize,
}

impl Key {
    fn of(line: &str) -> Option<Key> {
        let (text, end) = match line.chars().next()? {
            quote @ ('"' | '\'') => {
                let length = line[1..].find([quote, '\\'])?;
                line[1 + length..]
                    .starts_with(quote)
                    .then_some((1..1 + length, length + 2))?
            }
            _ => {
                let length = name_length(line);
                (0..length, length)
            }
        };
        if text.is_empty() {
            return None;
        }
        let after = line[end..]
            .trim_start_matches([' ', '\t'])
            .strip_prefix(':')?;
        (after.is_empty() || after.starts_with([' ', '\t'])).then_some(Key {
            text,
            value: line.len() - after.len(),
        })
    }
}

fn entries(source: &str, content: ByteRange) -> Vec<Entry> {
    match yaml::parse(content.of(source), content.start as usize) {
        (None, None) => Vec::new(),
        (
            Some(Node {
                value: Value::Mapping { flow: false, pairs },
                ..
            }),
            None,
        ) => pairs
            .into_iter()
            .filter_map(|(key, value)| whole_entry(source, content, key, value))
            .collect(),
        // Anything else has keys only by the look of its lines.
        _ => split_entries(source, content),
    }
}

/// An entry of a header that is YAML: its keys are known for certain, so a line of a
/// quoted text that looks like one is none.
fn whole_entry(source: &str, content: ByteRange, key: Node, value: Node) -> Option<Entry> {
    let scalar = key.as_scalar()?;
    let quotes = match scalar.style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        _ => 0,
    };
    let (start, end) = (key.range.start as usize, key.range.end as usize);
    let rest = &source[end..content.end as usize];
    let colon = rest.trim_start_matches([' ', '\t']);
    // After `? key` the colon stands elsewhere.
    let after_colon = if colon.starts_with(':') {
        end + rest.len() - colon.len() + 1
    } else {
        end
    };
    let value_range = match value.value {
        Value::Empty => ByteRange::empty(after_colon),
        _ => value.range,
    };
    let last = (value_range.end as usize).max(after_colon);
    let range_end = Line::at(source, last).map_or(last, |line| line.next.min(content.end as usize));
    Some(Entry {
        key: scalar.text.clone(),
        key_range: ByteRange::new(start + quotes, (end - quotes).max(start + quotes)),
        range: ByteRange::new(start, range_end),
        value_range,
        value: match value.value {
            Value::Empty => Node {
                range: value_range,
                value: Value::Empty,
            },
            _ => value,
        },
        error: None,
    })
}

/// The entries of a header that is not YAML: split at the lines that look like keys.
fn split_entries(source: &str, content: ByteRange) -> Vec<Entry> {
    let text = &source[..content.end as usize];
    // An anchor can stand in another entry than its alias.
    let aliases = if content.of(source).contains('&') {
        Aliases::Any
    } else {
        Aliases::Known
    };
    let mut entries = Vec::new();
    let mut current: Option<Span> = None;
    for line in Lines::from(text, content.start as usize) {
        if let Some(key) = Key::of(line.text(text)) {
            entries.extend(current.take().map(|span| span.entry(text, aliases)));
            let moved = ByteRange::new(key.text.start, key.text.end).shifted(line.start);
            current = Some(Span {
                start: line.start,
                key: moved,
                value: line.start + key.value,
                own_end: line.end,
                end: line.next,
                strayed: false,
            });
        } else if let Some(span) = &mut current {
            span.take(line, text);
        }
    }
    entries.extend(current.map(|span| span.entry(text, aliases)));
    entries
}

/// The lines of one entry, in bytes of the file.
struct Span {
    start: usize,
    key: ByteRange,
    /// After the colon.
    value: usize,
    /// Where the last line ends that belongs to the value by its form.
    own_end: usize,
    /// Where the last line ends, with its line end, that is neither blank nor a comment.
    end: usize,
    /// Whether a line was met that is at column 0 and yet no key.
    strayed: bool,
}

impl Span {
    fn take(&mut self, line: Line, text: &str) {
        if line.is_blank(text) || line.text(text).starts_with('#') {
            return;
        }
        self.end = line.next;
        self.strayed |= !continues(line.text(text));
        if !self.strayed {
            self.own_end = line.end;
        }
    }

    fn entry(self, text: &str, aliases: Aliases) -> Entry {
        let (whole, fault) = yaml::parse_with(&text[self.start..self.end], self.start, aliases);
        let (node, error) = match fault {
            None => (first_value(whole), None),
            // Lines at column 0 can be the rest of the value or something else that got
            // here: the value is what is left without them, the fault stays.
            Some(fault) if self.strayed => {
                let (own, own_fault) =
                    yaml::parse_with(&text[self.start..self.own_end], self.start, aliases);
                let value = if own_fault.is_none() {
                    first_value(own)
                } else {
                    self.salvage(text, own)
                };
                (value, Some(fault))
            }
            Some(fault) => (self.salvage(text, whole), Some(fault)),
        };
        let node = node.unwrap_or_else(|| Node {
            range: ByteRange::empty(self.value),
            value: Value::Empty,
        });
        Entry {
            key: self.key.of(text).into(),
            key_range: self.key,
            range: ByteRange::new(self.start, self.end),
            value_range: node.range,
            value: node,
            error,
        }
    }

    /// The value of an entry that is not YAML: what the parser read of a collection, else the
    /// text itself, as the host takes it when it puts the value in quotes.
    fn salvage(&self, text: &str, partial: Option<Node>) -> Option<Node> {
        let mut start = self.own_end;
        for line in Lines::from(&text[..self.own_end], self.value) {
            let written = line.text(text).trim_start_matches([' ', '\t']);
            if !written.is_empty() && !written.starts_with('#') {
                start = line.end - written.len();
                break;
            }
        }
        let written = text[start..self.own_end].trim_end_matches([' ', '\t', '\r', '\n']);
        let opener = written.chars().next()?;
        let one_line = !written.contains(['\n', '\r']);
        let plain = !matches!(opener, '"' | '\'' | '[' | '{' | '|' | '>');
        let written = match comment(written) {
            Some(end) if plain && one_line => written[..end].trim_end_matches([' ', '\t']),
            _ => written,
        };
        let range = ByteRange::new(start, start + written.len());
        let value = match first_value(partial).map(|node| node.value) {
            Some(collection @ (Value::Sequence { .. } | Value::Mapping { .. })) => collection,
            _ => {
                let style = match opener {
                    '"' => ScalarStyle::DoubleQuoted,
                    '\'' => ScalarStyle::SingleQuoted,
                    '|' => ScalarStyle::Literal,
                    '>' => ScalarStyle::Folded,
                    _ => ScalarStyle::Plain,
                };
                Value::Scalar(Scalar {
                    text: raw_text(written, style).into(),
                    style,
                })
            }
        };
        Some(Node { range, value })
    }
}

/// The value of the first pair of a mapping, unless nothing was written there.
fn first_value(node: Option<Node>) -> Option<Node> {
    let Value::Mapping { pairs, .. } = node?.value else {
        return None;
    };
    let (_, value) = pairs.into_iter().next()?;
    (value.value != Value::Empty).then_some(value)
}

/// Where the comment of a plain one-line value starts.
fn comment(value: &str) -> Option<usize> {
    memchr::memchr_iter(b'#', value.as_bytes())
        .find(|&at| at > 0 && is_blank(value.as_bytes()[at - 1]))
}

/// The text of a scalar that is not YAML, lines folded, escapes left alone.
fn raw_text(written: &str, style: ScalarStyle) -> String {
    let inner = match style {
        ScalarStyle::DoubleQuoted => trim_quotes(written, '"'),
        ScalarStyle::SingleQuoted => trim_quotes(written, '\''),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            written.find(['\n', '\r']).map_or("", |end| &written[end..])
        }
        ScalarStyle::Plain => written,
    };
    let mut text = String::with_capacity(inner.len());
    for line in inner
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if !text.is_empty() {
            text.push(if style == ScalarStyle::Literal {
                '\n'
            } else {
                ' '
            });
        }
        text.push_str(line);
    }
    text
}

fn trim_quotes(written: &str, quote: char) -> &str {
    let inner = written.strip_prefix(quote).unwrap_or(written);
    inner.strip_suffix(quote).unwrap_or(inner)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::promises::header::header_is_sound;

    fn check(source: &str, expect: Expect) {
        let mut out = String::new();
        match scan(source) {
            None => out.push_str("no header\n"),
            Some(header) => {
                if let Some(leading) = header.leading {
                    out.push_str(&format!("leading {:?}\n", leading.of(source)));
                }
                let closing = if header.closing.is_some() {
                    "closed"
                } else {
                    "unclosed"
                };
                out.push_str(&format!(
                    "{closing}, body {:?}\n",
                    &source[header.end as usize..]
                ));
                for entry in &header.entries {
                    assert_eq!(entry.key_range.of(source), &*entry.key);
                    let fault = entry.error.as_ref().map(|fault| {
                        format!(" ({} at {:?})", fault.message, fault.range.of(source))
                    });
                    let value = match &entry.value.value {
                        Value::Scalar(scalar) => format!("{:?}", scalar.text),
                        Value::Sequence { items, .. } => format!("{} items", items.len()),
                        Value::Mapping { pairs, .. } => format!("{} pairs", pairs.len()),
                        other => format!("{other:?}"),
                    };
                    out.push_str(&format!(
                        "{} = {:?} {value}{}; lines {:?}\n",
                        entry.key,
                        entry.value_range.of(source),
                        fault.unwrap_or_default(),
                        entry.range.of(source),
                    ));
                }
            }
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn entries_have_their_lines_and_values() {
        check(
            "---\nname: a # c\n\n# about tools\ntools:\n  # c\n  - Read\n\n\"model\" : 'x'\nempty:\ntext: |\n  one\n  # two\n\n---\nBody\n",
            expect![[r#"
                closed, body "Body\n"
                name = "a" "a"; lines "name: a # c\n"
                tools = "- Read" 1 items; lines "tools:\n  # c\n  - Read\n"
                model = "'x'" "x"; lines "\"model\" : 'x'\n"
                empty = "" Empty; lines "empty:\n"
                text = "|\n  one\n  # two" "one\n# two\n"; lines "text: |\n  one\n  # two\n"
            "#]],
        );
    }

    #[test]
    fn every_line_end_ends_lines() {
        check(
            "---\r\nname: a\r\ntools: b\r\n---\r\nBody",
            expect![[r#"
                closed, body "Body"
                name = "a" "a"; lines "name: a\r\n"
                tools = "b" "b"; lines "tools: b\r\n"
            "#]],
        );
        check(
            "---\rname: a\rtools: b\r---\rBody",
            expect![[r#"
            closed, body "Body"
            name = "a" "a"; lines "name: a\r"
            tools = "b" "b"; lines "tools: b\r"
        "#]],
        );
    }

    #[test]
    fn a_closing_mark_can_end_the_file() {
        check(
            "---  \nname: a\n---\t",
            expect![[r#"
            closed, body ""
            name = "a" "a"; lines "name: a\n"
        "#]],
        );
    }

    #[test]
    fn a_broken_entry_hides_no_other() {
        check(
            "---\nname: a\ndescription: Use when: b # c\ntools: [Read, \nmodel: \"open\ncolor: `x`\neffort: high\n---\n",
            expect![[r#"
                closed, body ""
                name = "a" "a"; lines "name: a\n"
                description = "Use when: b" "Use when: b" (an unquoted `: ` at ":"); lines "description: Use when: b # c\n"
                tools = "[Read," 1 items (unclosed `[` at "["); lines "tools: [Read, \n"
                model = "\"open" "open" (unclosed quote at "\"open"); lines "model: \"open\n"
                color = "`x`" "`x`" (a value that starts with `` ` `` at "`"); lines "color: `x`\n"
                effort = "high" "high"; lines "effort: high\n"
            "#]],
        );
    }

    #[test]
    fn half_typed_entries_are_entries() {
        check(
            "---\nname: a\nmodel: \ntools:\ndesc\n---\n",
            expect![[r#"
                closed, body ""
                name = "a" "a"; lines "name: a\n"
                model = "" Empty; lines "model: \n"
                tools = "" Empty (a line that is neither `key: value` nor indented at "desc"); lines "tools:\ndesc\n"
            "#]],
        );
        check(
            "---\nname: a\nkey:value\n\tx\n---\n",
            expect![[r#"
                closed, body ""
                name = "a" "a" (a tab where only spaces may stand at "\t"); lines "name: a\nkey:value\n\tx\n"
            "#]],
        );
        check(
            "---\ndesc\n---\n",
            expect![[r#"
            closed, body ""
        "#]],
        );
        check(
            "---\nargument-hint: [a] [b]\nx: - y\nlist:\n  - a\n  -\n---\n",
            expect![[r#"
                closed, body ""
                argument-hint = "[a] [b]" 1 items (text after a closing bracket at "[b]"); lines "argument-hint: [a] [b]\n"
                x = "- y" "- y" (a `-` where no list item can start at "-"); lines "x: - y\n"
                list = "- a\n  -" 2 items; lines "list:\n  - a\n  -\n"
            "#]],
        );
    }

    #[test]
    fn stray_lines_belong_to_the_entry_above() {
        check(
            "---\nname: a\ndescription: Does b.\n<example>\nmore\n</example>\nmodel: x\n---\n",
            expect![[r#"
                closed, body ""
                name = "a" "a"; lines "name: a\n"
                description = "Does b." "Does b." (a line that is neither `key: value` nor indented at "<example>"); lines "description: Does b.\n<example>\nmore\n</example>\n"
                model = "x" "x"; lines "model: x\n"
            "#]],
        );
    }

    #[test]
    fn a_line_of_a_quoted_text_is_no_key() {
        check(
            "---\ndescription: \"one\n  two: three\n four\"\nmodel: x\n---\n",
            expect![[r#"
                closed, body ""
                description = "\"one\n  two: three\n four\"" "one two: three four"; lines "description: \"one\n  two: three\n four\"\n"
                model = "x" "x"; lines "model: x\n"
            "#]],
        );
    }

    #[test]
    fn an_anchor_of_another_entry_is_known() {
        check(
            "---\na: &x 1\nb: *x\nc: d: e\n---\n",
            expect![[r#"
            closed, body ""
            a = "1" "1"; lines "a: &x 1\n"
            b = "*x" Alias; lines "b: *x\n"
            c = "d: e" "d: e" (an unquoted `: ` at ":"); lines "c: d: e\n"
        "#]],
        );
    }

    #[test]
    fn a_byte_order_mark_or_blank_lines_or_a_little_text_can_stand_before() {
        check(
            "\u{feff}---\nname: a\n---\n",
            expect![[r#"
            leading "\u{feff}"
            closed, body ""
            name = "a" "a"; lines "name: a\n"
        "#]],
        );
        check(
            "\n \r\n---\nname: a\n---\n",
            expect![[r#"
            leading "\n \r\n"
            closed, body ""
            name = "a" "a"; lines "name: a\n"
        "#]],
        );
        check(
            "<!-- licence -->\n\n---\nname: a\ndescription: b\n---\nBody",
            expect![[r#"
                leading "<!-- licence -->\n\n"
                closed, body "Body"
                name = "a" "a"; lines "name: a\n"
                description = "b" "b"; lines "description: b\n"
            "#]],
        );
    }

    #[test]
    fn an_unclosed_header_ends_at_the_first_line_that_is_none() {
        check(
            "---\nname: a\ntools:\n  - Read\ndesc\n\n# Title\n",
            expect![[r#"
                unclosed, body "\n# Title\n"
                name = "a" "a"; lines "name: a\n"
                tools = "- Read" 1 items (a line that is neither `key: value` nor indented at "desc"); lines "tools:\n  - Read\ndesc\n"
            "#]],
        );
        check(
            "---\nname: a\n# Title\nmodel: x\n",
            expect![[r##"
            unclosed, body "# Title\nmodel: x\n"
            name = "a" "a"; lines "name: a\n"
        "##]],
        );
        check(
            "---\n\nname: a\n-----\nBody",
            expect![[r#"
            unclosed, body "-----\nBody"
            name = "a" "a"; lines "name: a\n"
        "#]],
        );
    }

    #[test]
    fn thematic_breaks_are_no_header() {
        for source in [
            "---\n\nProse.\n",
            "---",
            "---\n",
            "----\nname: a\n---\n",
            "Prose.\n\n---\n\nname: a\n\n---\n",
            "Prose.\n\n---\nMore prose: long.\n\n---\n",
            "```yaml\n---\nname: a\ndescription: b\n---\n```\n",
            "    ---\n    name: a\n    ---\n",
            "\n---\nname: a\n",
            "\n---\nNote: well.\n---\n",
        ] {
            assert_eq!(scan(source), None, "{source:?}");
        }
    }

    #[test]
    fn hosts_take_the_last_of_repeated_keys() {
        let header = scan("---\na: 1\na: 2\n---\n").unwrap();
        assert_eq!(
            header.entry("a").and_then(|entry| entry.value.as_str()),
            Some("2")
        );
        assert_eq!(header.entries_named("a").count(), 2);
        assert!(header.entry("b").is_none());
    }

    #[test]
    fn a_huge_header_is_read_up_to_the_limit() {
        let source = format!(
            "---\nname: a\ndescription: {}\n---\n",
            "é".repeat(MAX_HEADER_BYTES)
        );
        let header = scan(&source).unwrap();
        assert_eq!(header.closing, None);
        assert!(header.is_cut);
        assert!(header.end as usize <= MAX_HEADER_BYTES);
    }

    #[test]
    fn a_header_that_ends_before_the_limit_is_not_cut() {
        let body = "Words.\n".repeat(MAX_HEADER_BYTES / 7);
        let header = scan(&format!("---\nname: a\n\n{body}\n")).unwrap();
        assert_eq!(header.closing, None);
        assert!(!header.is_cut);
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_nothing_from_the_end_of_the_value() {
        for (value, unquoted) in [
            ("'é'", "é"),
            ("\"\"", ""),
            ("\"é", "\"é"),
            ("'b': é", "'b': é"),
        ] {
            let source = format!("---\nmodel: {value}\n---\n");
            let header = scan(&source).unwrap();
            assert_eq!(header.entries[0].unquoted_range().of(&source), unquoted);
        }
    }

    proptest! {
        #[test]
        fn ranges_lie_on_characters_in_order(body in "([a-c]: |'b': |- |---\n|\r\n|[ \n\r\t:#,'\"|>&*{}\\[\\]é😀\u{feff}\u{1}-]|name: ){0,50}") {
            for source in [format!("---\n{body}\n---\nx"), format!("---\nname: a\n{body}"), format!("\n{body}"), body] {
                let Some(header) = scan(&source) else { continue };
                header_is_sound(&header, &source);
            }
        }

        #[test]
        fn a_fault_in_one_value_changes_no_other(before in "[a-z]{1,8}", after in "[a-z]{1,8}", fault in "(x: y: z|\\[a, |\"open|`b`|@c|\\[a\\] \\[b\\])") {
            let source = format!("---\nname: {before}\ndescription: {fault}\nmodel: {after}\n---\n");
            let header = scan(&source).unwrap();
            prop_assert_eq!(header.entries.len(), 3);
            prop_assert_eq!(header.entry("name").and_then(|entry| entry.value.as_str()), Some(&*before));
            prop_assert_eq!(header.entry("model").and_then(|entry| entry.value.as_str()), Some(&*after));
            prop_assert!(header.entry("description").is_some_and(|entry| entry.error.is_some()));
        }
    }
}
