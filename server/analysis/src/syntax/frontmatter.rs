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
            None if starts_with_key => Some(unclosed(text, leading, first)),
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
        end: closing.next as u32,
        entries: entries(text, content),
    }
}

fn unclosed(text: &str, leading: Option<ByteRange>, opening: Line) -> Header {
    let end = Lines::from(text, opening.next)
        .skip_while(|line| line.is_blank(text))
        .find(|line| !line.may_be_header(text))
        .map_or(text.len(), |line| line.start);
    let content = ByteRange::new(opening.next, end);
    Header {
        leading,
        opening: opening.range(),
        content,
        closing: None,
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
