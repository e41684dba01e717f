//! Lists of names as people write them in headers: a comma string, `[a, b]`, `- a` lines,
//! each whole or half-typed. Works on the source, so every item has its place.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::text::ByteRange;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// `a, b` as one scalar, plain or quoted.
    Comma,
    /// `[a, b]`
    Flow,
    /// `- a` lines.
    Block,
}

/// How one item is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Quote {
    /// Not at all.
    #[default]
    None,
    /// `'a'`
    Single,
    /// `"a"`
    Double,
}

/// A list of names in the value of a header entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameList {
    /// How it is written. A single plain name is a comma list of one item.
    pub style: ListStyle,
    /// The items in order; an empty one (`[a, , b]`, `- `) has an empty range where its text would stand.
    pub items: Vec<Item>,
}

/// One item of a [`NameList`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The text without quotes, blanks around it dropped.
    pub text: Box<str>,
    /// The bytes of that text, quotes excluded.
    pub range: ByteRange,
    /// How this item is quoted (in a comma list: how the whole string is).
    pub quote: Quote,
}

/// The item that a cursor is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemAt {
    /// How the list is written; [`ListStyle::Comma`] where nothing is written yet.
    pub style: ListStyle,
    /// The item; where nothing is written at the cursor, an empty one that stands there.
    pub item: Item,
    /// The other items, empty ones left out.
    pub others: Vec<Item>,
}

/// Reads the value of a header entry as a list of names. `value` is in bytes of `source`;
/// the text can be half-typed.
///
/// `None` where it is a mapping, an alias or nested.
pub fn names(source: &str, value: ByteRange) -> Option<NameList> {
    let list = read(source, value.range())?;
    let items = list
        .pieces
        .into_iter()
        .filter(|piece| !piece.gap)
        .map(|piece| piece.item)
        .collect();
    Some(NameList {
        style: list.style,
        items,
    })
}

/// The item at `offset`, in bytes of `source`. The cursor can stand behind blanks that are
/// not part of `value`.
///
/// `None` where the cursor is outside of the list or [`names`] gives `None`.
pub fn item_at(source: &str, value: ByteRange, offset: usize) -> Option<ItemAt> {
    let (start, end) = (value.start as usize, value.end as usize);
    if offset < start || !source.is_char_boundary(offset) {
        return None;
    }
    let behind = source
        .get(end.min(offset)..offset)
        .filter(|_| offset > end)
        .unwrap_or("");
    if !behind.bytes().all(is_blank) {
        return None;
    }
    let mut list = read(source, start..end.max(offset))?;
    if behind.contains(['\n', '\r']) && !(list.style == ListStyle::Flow && list.open) {
        return None;
    }
    let index = list
        .pieces
        .iter()
        .rposition(|piece| piece.span.start <= offset && offset <= piece.span.end)?;
    let mut item = list.pieces.remove(index).item;
    if item.text.is_empty() && item.quote == Quote::None {
        item.range = ByteRange::empty(offset);
    }
    let others = list
        .pieces
        .into_iter()
        .map(|piece| piece.item)
        .filter(|item| !item.text.is_empty())
        .collect();
    Some(ItemAt {
        style: list.style,
        item,
        others,
    })
}

/// The words in a range of `source`, where blanks part them as commas do: `Read Bash(git *)`. What
/// stands in parentheses is not parted, nor from the word before them.
pub fn words(source: &str, range: ByteRange) -> Vec<ByteRange> {
    let written = range.of(source);
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut start = None;
    for (at, c) in written.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (c.is_whitespace() && depth == 0, start) {
            (true, Some(from)) if !written[at..].trim_start().starts_with('(') => {
                found.push(ByteRange::new(from, at).shifted(range.start as usize));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    found.extend(
        start.map(|from| {
            ByteRange::new(from, written.trim_end().len()).shifted(range.start as usize)
        }),
    );
    found
}

/// An item and the room that it has between two separators.
struct Piece {
    span: Range<usize>,
    item: Item,
    /// Whether it is only room for an item, as before the `]` of `[a, ]`.
    gap: bool,
}

struct Reading {
    style: ListStyle,
    pieces: Vec<Piece>,
    /// Whether the closing bracket is missing.
    open: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn read(source: &str, region: Range<usize>) -> Option<Reading> {
    let text = source.get(region.clone())?;
    let blanks = text.len() - text.trim_start_matches(is_blank_char).len();
    let start = region.start + blanks;
    let mut reader = Reader {
        source,
        end: region.end,
        parens: FxHashMap::default(),
        pieces: Vec::new(),
    };
    let written = &source[start..region.end];
    let Some(first) = written.bytes().next() else {
        reader.push(region.clone(), Quote::None, region.end..region.end, true);
        return Some(reader.done(ListStyle::Comma, true));
    };
    let second = written.as_bytes().get(1).copied();
    match first {
        b'{' => None,
        b'*' if second.is_some_and(|byte| byte.is_ascii_alphanumeric()) => None,
        b'[' => {
            let closed = reader.flow(start + 1)?;
            Some(reader.done(ListStyle::Flow, !closed))
        }
        b'-' if second.is_none_or(is_blank) => {
            reader.block(start)?;
            Some(reader.done(ListStyle::Block, true))
        }
        b'|' | b'>' => {
            reader.block_scalar(start, first == b'|');
            Some(reader.done(ListStyle::Comma, true))
        }
        b'"' | b'\'' => {
            let quote = if first == b'"' {
                Quote::Double
            } else {
                Quote::Single
            };
            reader.quoted_string(start, quote);
            Some(reader.done(ListStyle::Comma, true))
        }
        _ => {
            let line = written.lines().next().unwrap_or("");
            if below_its_key(source, start) && is_pair(line) {
                return None;
            }
            reader.split(region.start..region.end, Quote::None, false);
            Some(reader.done(ListStyle::Comma, true))
        }
    }
}

fn is_blank_char(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// Whether only blanks stand before `offset` on its line.
fn below_its_key(source: &str, offset: usize) -> bool {
    let before = source[..offset].trim_end_matches([' ', '\t']);
    before.ends_with(['\n', '\r'])
}

/// Whether plain text is `key: value` or `key:`. A colon in parentheses belongs to a specifier.
fn is_pair(text: &str) -> bool {
    let mut depth = 0usize;
    let bytes = text.trim_end_matches(is_blank_char).as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && bytes.get(at + 1).copied().is_none_or(is_blank) => return true,
            _ => {}
        }
    }
    false
}

struct Reader<'a> {
    source: &'a str,
    /// Nothing at or after this byte is looked at.
    end: usize,
    /// For each `(` that is closed, where. One that is not (yet) means nothing.
    parens: FxHashMap<usize, usize>,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn done(self, style: ListStyle, open: bool) -> Reading {
        Reading {
            style,
            pieces: self.pieces,
            open,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source
            .as_bytes()
            .get(at)
            .copied()
            .filter(|_| at < self.end)
    }

    fn find_parens(&mut self, region: Range<usize>) {
        let mut open = Vec::new();
        let base = region.start;
        for (at, byte) in self.source.as_bytes()[region].iter().enumerate() {
            match byte {
                b'(' => open.push(base + at),
                b')' => {
                    if let Some(start) = open.pop() {
                        self.parens.insert(start, base + at);
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds the item whose text stands, perhaps with blanks around it, in `text`.
    fn push(&mut self, span: Range<usize>, quote: Quote, text: Range<usize>, gap: bool) {
        let (text, range) = item_text(self.source, text, quote);
        self.pieces.push(Piece {
            span,
            item: Item { text, range, quote },
            gap,
        });
    }

    /// The next byte at or after `at` that is neither blank nor in a comment.
    fn skip_blanks(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            let starts_word = at == 0 || self.byte(at - 1).is_none_or(is_blank);
            if byte == b'#' && starts_word {
                at = self.line_end(at);
            } else if is_blank(byte) {
                at += 1;
            } else {
                break;
            }
        }
        at
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = &self.source.as_bytes()[at..self.end];
        memchr::memchr2(b'\n', b'\r', rest).map_or(self.end, |length| at + length)
    }

    /// Reads on after `[`; whether `]` was met. `None` where a collection is in it.
    fn flow(&mut self, start: usize) -> Option<bool> {
        self.find_parens(start..self.end);
        let mut room = start;
        loop {
            let at = self.skip_blanks(room);
            let next = match self.byte(at) {
                None => {
                    self.push(room..self.end, Quote::None, self.end..self.end, false);
                    return Some(false);
                }
                Some(b']') => {
                    self.push(room..at, Quote::None, at..at, true);
                    return Some(true);
                }
                Some(b'[' | b'{') => return None,
                Some(b'"' | b'\'') => {
                    let quoted = self.quoted(at, b",]");
                    let next = self.plain_end(quoted.next);
                    self.push(room..next, quoted.quote, quoted.inner, false);
                    next
                }
                Some(_) => {
                    let next = self.plain_end(at);
                    let text_end = self.comment(at..next).unwrap_or(next);
                    if is_pair(&self.source[at..text_end]) {
                        return None;
                    }
                    self.push(room..next, Quote::None, at..text_end, false);
                    next
                }
            };
            match self.byte(next) {
                Some(b',') => room = next + 1,
                Some(_) => return Some(true),
                None => return Some(false),
            }
        }
    }

    /// The `,` or `]` that ends the plain item at `at`, or the end.
    fn plain_end(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            match byte {
                b',' | b']' => return at,
                b'(' => at = self.parens.get(&at).map_or(at + 1, |close| close + 1),
                b'#' if at > 0 && is_blank(self.source.as_bytes()[at - 1]) => {
                    at = self.line_end(at)
                }
                _ => at += 1,
            }
        }
        self.end
    }

    /// Where the first comment in `range` starts, outside of parentheses.
    fn comment(&self, range: Range<usize>) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            match self.source.as_bytes()[at] {
                b'(' => at = self.parens.get(&at).map_or(at + 1, |close| close + 1),
                b'#' if at > range.start && is_blank(self.source.as_bytes()[at - 1]) => {
                    return Some(at);
                }
                _ => at += 1,
            }
        }
        None
    }

    /// Reads the quoted item at `at`, on one line. Where the next quote cannot be its end, it
    /// is being typed and reaches to the next of `stops` or the end of the line.
    fn quoted(&self, at: usize, stops: &[u8]) -> Quoted {
        let line_end = self.line_end(at);
        let (quote, close) = self.closing_quote(at, line_end);
        if let Some(close) = close {
            let after = (close + 1..line_end).find(|&at| !is_blank(self.source.as_bytes()[at]));
            if after.is_none_or(|at| {
                stops.contains(&self.source.as_bytes()[at]) || self.source.as_bytes()[at] == b'#'
            }) {
                return Quoted {
                    quote,
                    inner: at + 1..close,
                    next: close + 1,
                };
            }
        }
        let rest = &self.source.as_bytes()[at + 1..line_end];
        let stop = rest
            .iter()
            .position(|byte| stops.contains(byte))
            .map_or(line_end, |length| at + 1 + length);
        Quoted {
            quote,
            inner: at + 1..stop,
            next: stop,
        }
    }

    fn closing_quote(&self, at: usize, end: usize) -> (Quote, Option<usize>) {
        let bytes = &self.source.as_bytes()[..end];
        let mut next = at + 1;
        if bytes[at] == b'"' {
            while let Some(length) = memchr::memchr2(b'"', b'\\', &bytes[next.min(end)..]) {
                if bytes[next + length] == b'"' {
                    return (Quote::Double, Some(next + length));
                }
                next += length + 2;
            }
            return (Quote::Double, None);
        }
        while let Some(length) = memchr::memchr(b'\'', &bytes[next.min(end)..]) {
            if bytes.get(next + length + 1) != Some(&b'\'') {
                return (Quote::Single, Some(next + length));
            }
            next += length + 2;
        }
        (Quote::Single, None)
    }

    /// Reads `- a` lines. `None` where one holds a collection.
    fn block(&mut self, start: usize) -> Option<()> {
        let mut line = start;
        while line < self.end {
            let line_end = self.line_end(line);
            let room = &self.source[line..line_end];
            let at = line_end - room.trim_start_matches([' ', '\t']).len();
            let written = &self.source[at..line_end];
            let dash = written
                .strip_prefix('-')
                .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
            if let Some(rest) = dash {
                let text = line_end - rest.trim_start_matches([' ', '\t']).len();
                self.block_item(at + 1, text, line_end)?;
            } else if !written.is_empty() && !written.starts_with('#') {
                self.continue_item(at, line_end);
            }
            line = line_end + 1;
        }
        Some(())
    }

    fn block_item(&mut self, room: usize, text: usize, line_end: usize) -> Option<()> {
        let span = room..line_end;
        match self.byte(text).filter(|_| text < line_end) {
            // Where the text would stand: a blank behind the dash.
            None | Some(b'#') => {
                let place = if self.byte(room).is_some_and(|byte| byte == b' ') {
                    room + 1
                } else {
                    room
                };
                self.push(span, Quote::None, place..place, false);
            }
            Some(b'[' | b'{') => return None,
            Some(b'-') if self.byte(text + 1).is_none_or(is_blank) => return None,
            Some(b'"' | b'\'') => {
                let quoted = self.quoted(text, b"");
                self.push(span, quoted.quote, quoted.inner, false);
            }
            Some(_) => {
                let end = self.comment(text..line_end).unwrap_or(line_end);
                if is_pair(&self.source[text..end]) {
                    return None;
                }
                self.push(span, Quote::None, text..end, false);
            }
        }
        Some(())
    }

    /// Adds a line to a plain item that goes on below its dash.
    fn continue_item(&mut self, at: usize, line_end: usize) {
        let Some(piece) = self.pieces.last_mut() else {
            return;
        };
        piece.span.end = line_end;
        // A text of many lines is no name; joining it again for each would be quadratic.
        if piece.item.quote != Quote::None || piece.item.range.len() > MAX_NAME_BYTES {
            return;
        }
        let start = if piece.item.text.is_empty() {
            at
        } else {
            piece.item.range.start as usize
        };
        (piece.item.text, piece.item.range) = item_text(self.source, start..line_end, Quote::None);
    }

    /// Reads a string in quotes: names in it, or the first of several in quotes of their own.
    fn quoted_string(&mut self, start: usize, quote: Quote) {
        let (_, close) = self.closing_quote(start, self.end);
        let after = close.map(|close| self.skip_blanks(close + 1));
        match (close, after.and_then(|after| self.byte(after))) {
            (Some(_), Some(_)) => self.split(start..self.end, Quote::None, false),
            (Some(close), None) => self.split(start + 1..close, quote, false),
            (None, _) => self.split(start + 1..self.end, quote, false),
        }
    }

    fn block_scalar(&mut self, start: usize, lines: bool) {
        let content = self.line_end(start);
        self.split(content..self.end, Quote::None, lines);
    }

    /// Splits at commas and, with `lines`, at line ends too; there empty names are dropped.
    fn split(&mut self, region: Range<usize>, quote: Quote, lines: bool) {
        self.find_parens(region.clone());
        let mut room = region.start;
        let mut at = region.start;
        while at < region.end {
            let byte = self.source.as_bytes()[at];
            let separates = byte == b',' || (lines && matches!(byte, b'\n' | b'\r'));
            if separates {
                self.split_item(room..at, quote, lines);
                room = at + 1;
            }
            at = match self.parens.get(&at) {
                Some(close) if byte == b'(' && *close < region.end => close + 1,
                _ => at + 1,
            };
        }
        self.split_item(room..region.end, quote, lines);
    }

    fn split_item(&mut self, room: Range<usize>, quote: Quote, drop_empty: bool) {
        let text = self.source[room.clone()].trim_matches(is_blank_char);
        if drop_empty && text.is_empty() {
            return;
        }
        if quote != Quote::None || !text.starts_with(['"', '\'']) {
            return self.push(room.clone(), quote, room, false);
        }
        let start = room.end
            - self.source[room.clone()]
                .trim_start_matches(is_blank_char)
                .len();
        let own = if text.starts_with('"') {
            Quote::Double
        } else {
            Quote::Single
        };
        let sign = &text[..1];
        let end = start + text.len();
        let inner_end = if text.len() > 1 && text.ends_with(sign) {
            end - 1
        } else {
            end
        };
        self.push(room, own, start + 1..inner_end, false);
    }
}

/// A name that is longer than this is none.
const MAX_NAME_BYTES: usize = 4096;

struct Quoted {
    quote: Quote,
    inner: Range<usize>,
    next: usize,
}

/// The text of an item without the blanks around it, and its place. An empty one stands
/// at the end of the room it has.
fn item_text(source: &str, room: Range<usize>, quote: Quote) -> (Box<str>, ByteRange) {
    let written = &source[room.clone()];
    let from_start = written.trim_start_matches(is_blank_char);
    let start = room.end - from_start.len();
    let text = from_start.trim_end_matches(is_blank_char);
    let range = ByteRange::new(start, start + text.len());
    let one_line = match text.contains(['\n', '\r']) {
        true => text
            .split(['\n', '\r'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        false => text.to_owned(),
    };
    let text = match quote {
        Quote::None => one_line,
        Quote::Single => one_line.replace("''", "'"),
        Quote::Double => unescaped(one_line),
    };
    (text.into(), range)
}

/// Without the escapes that names can hold; the others stay as they are written.
fn unescaped(text: String) -> String {
    if !text.contains('\\') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.next_if(|next| character == '\\' && matches!(next, '"' | '\\' | '/')) {
            Some(escaped) => plain.push(escaped),
            None => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::yaml;

    /// The value behind the first colon, without the blanks around it.
    fn value(source: &str) -> ByteRange {
        let colon = source.find(':').unwrap() + 1;
        let written = source[colon..].trim();
        let start = if written.is_empty() {
            colon
        } else {
            source.len() - source[colon..].trim_start().len()
        };
        ByteRange::new(start, start + written.len())
    }

    #[track_caller]
    fn check(source: &str, style: ListStyle, expected: &[&str]) {
        let list = names(source, value(source)).unwrap();
        let texts: Vec<_> = list.items.iter().map(|item| &*item.text).collect();
        assert_eq!((list.style, &*texts), (style, expected), "{source:?}");
        for item in &list.items {
            if !source.contains(['\\', '\n']) && item.quote != Quote::Single {
                assert_eq!(item.range.of(source), &*item.text, "{source:?}");
            }
        }
    }

    /// The item at `$0`, and the others.
    #[track_caller]
    fn at(source: &str) -> Option<(ListStyle, String, Vec<String>)> {
        let offset = source.find("$0").unwrap();
        let source = source.replacen("$0", "", 1);
        let found = item_at(&source, value(&source), offset)?;
        assert!(found.item.range.touches(offset) || !found.item.text.is_empty());
        let others = found
            .others
            .iter()
            .map(|item| item.text.to_string())
            .collect();
        Some((found.style, found.item.text.to_string(), others))
    }

    #[track_caller]
    fn check_at(source: &str, style: ListStyle, text: &str, others: &[&str]) {
        let (found, item, rest) = at(source).unwrap();
        assert_eq!((found, &*item), (style, text), "{source:?}");
        assert_eq!(rest, others, "{source:?}");
    }

    use ListStyle::{Block, Comma, Flow};

    #[test]
    fn comma_strings() {
        check("t: Read", Comma, &["Read"]);
        check("t: Read, Write,Grep", Comma, &["Read", "Write", "Grep"]);
        check("t: \"Read, Write\"", Comma, &["Read", "Write"]);
        check("t: 'Read, Write' # c", Comma, &["Read", "Write"]);
        check("t: \"Read\", \"Write\"", Comma, &["Read", "Write"]);
        check(
            "t: Read,\n  Write,\n  Grep",
            Comma,
            &["Read", "Write", "Grep"],
        );
        check("t: Read,", Comma, &["Read", ""]);
        check("t: \"Read, Wr", Comma, &["Read", "Wr"]);
        check("t: *", Comma, &["*"]);
        check("t: é, 😀", Comma, &["é", "😀"]);
    }

    #[test]
    fn separators_in_parentheses_do_not_split() {
        check(
            "t: Bash(git add, git commit), Agent(a, b)",
            Comma,
            &["Bash(git add, git commit)", "Agent(a, b)"],
        );
        check(
            "t: [Bash(git add, git commit), Agent(a, b), Read]",
            Flow,
            &["Bash(git add, git commit)", "Agent(a, b)", "Read"],
        );
        check("t: Bash(git, Read", Comma, &["Bash(git", "Read"]);
        check(
            "t: [Bash(git, Read, Bash(x, y)]",
            Flow,
            &["Bash(git", "Read", "Bash(x, y)"],
        );
        check(
            "t: Bash(npm run: *), Bash(git:*)",
            Comma,
            &["Bash(npm run: *)", "Bash(git:*)"],
        );
    }

    #[test]
    fn flow_lists_whole_and_half_typed() {
        check("t: []", Flow, &[]);
        check("t: [a, , b]", Flow, &["a", "", "b"]);
        check("t: [a, b,]", Flow, &["a", "b"]);
        check("t: [", Flow, &[""]);
        check("t: [Read,", Flow, &["Read", ""]);
        check("t: [Read, Wr", Flow, &["Read", "Wr"]);
        check("t: [\"a, b\", 'it''s', c]", Flow, &["a, b", "it's", "c"]);
        check("t: [\"Read, \"Write\"]", Flow, &["Read", "Write"]);
        check("t: [\n  a, # one\n  # two\n  b\n]", Flow, &["a", "b"]);
        check("t: [C#, \"*\"] # c", Flow, &["C#", "*"]);
    }

    #[test]
    fn block_lists_whole_and_half_typed() {
        check(
            "t:\n  - a\n  - \"b, c\" # c\n  # d\n  - 'e'\n  - f # g",
            Block,
            &["a", "b, c", "e", "f"],
        );
        check("t:\n- a\n- Bash(x: y)\n-", Block, &["a", "Bash(x: y)", ""]);
        check("t: -", Block, &[""]);
        check("t:\r\n  - a\r\n  - b\r\n", Block, &["a", "b"]);
        check("t:\n  - a\n    b\n  -\n    c", Block, &["a b", "c"]);
        check("t:\n  - \"a\n  - b", Block, &["a", "b"]);
    }

    #[test]
    fn block_scalars_hold_names() {
        check(
            "t: |\n  Read\n  Write, Grep\n",
            Comma,
            &["Read", "Write", "Grep"],
        );
        check("t: >-\n  Read,\n  Write\n", Comma, &["Read", "Write"]);
    }

    #[test]
    fn other_values_are_no_lists() {
        for source in [
            "t: {a: b}",
            "t: [[a]]",
            "t: [a: b]",
            "t:\n  - - a",
            "t:\n  - a: b",
            "t:\n  - [a]",
            "t:\n  read: true",
            "t: *x",
        ] {
            assert_eq!(names(source, value(source)), None, "{source:?}");
        }
    }

    #[test]
    fn empty_items_stand_where_their_text_would() {
        for (source, index, offset) in [
            ("t: [a, , b]", 1, 7),
            ("t:\n  - a\n  - # c", 1, 13),
            ("t: Read,", 1, 8),
            ("t: [", 0, 4),
        ] {
            let list = names(source, value(source)).unwrap();
            assert_eq!(
                list.items[index].range,
                ByteRange::empty(offset),
                "{source:?}"
            );
        }
    }

    #[test]
    fn the_cursor_is_in_an_item() {
        check_at("t: Re$0ad, Write", Comma, "Read", &["Write"]);
        check_at("t: Read, $0", Comma, "", &["Read"]);
        check_at("t: Read, $0, Write", Comma, "", &["Read", "Write"]);
        check_at("t: $0", Comma, "", &[]);
        check_at("t: \"Read, $0\"", Comma, "", &["Read"]);
        check_at("t: [Read, $0", Flow, "", &["Read"]);
        check_at("t: [Read, $0]", Flow, "", &["Read"]);
        check_at("t: [$0]", Flow, "", &[]);
        check_at("t: [Read,\n  $0", Flow, "", &["Read"]);
        check_at("t: [Read, \"Wr$0]", Flow, "Wr", &["Read"]);
        check_at("t:\n  - Read\n  - $0", Block, "", &["Read"]);
        check_at(
            "t:\n  - Read\n  - $0\n  - Grep",
            Block,
            "",
            &["Read", "Grep"],
        );
        check_at("t:\n  - Re$0\n  - Grep", Block, "Re", &["Grep"]);
        check_at("t: Read, Bash(git, $0)", Comma, "Bash(git, )", &["Read"]);
    }

    #[test]
    fn the_cursor_is_outside_of_the_list() {
        for source in [
            "t: [a]$0",
            "t:$0 [a]",
            "t: a\n$0",
            "t:\n  - a\n  $0",
            "t: [a] # $0",
        ] {
            assert_eq!(at(source), None, "{source:?}");
        }
    }

    fn name() -> impl Strategy<Value = String> {
        "[A-Za-z][A-Za-z0-9_/.*-]{0,6}( [a-z]{1,3})?"
    }

    proptest! {
        #[test]
        fn items_are_those_of_yaml(names_of in prop::collection::vec((name(), 0..3usize), 1..6), flow: bool, comment: bool, crlf: bool) {
            let quoted: Vec<_> = names_of.iter().map(|(name, quote)| match quote { 0 => name.clone(), 1 => format!("'{name}'"), _ => format!("\"{name}\"") }).collect();
            let end = if comment { " # c" } else { "" };
            let mut source = if flow {
                format!("t: [{}]{end}\n", quoted.join(", "))
            } else {
                quoted.iter().fold("t:\n".to_owned(), |text, item| text + "  - " + item + end + "\n")
            };
            if crlf {
                source = source.replace('\n', "\r\n");
            }
            let (node, fault) = yaml::parse(&source, 0);
            prop_assert_eq!(fault, None);
            let node = node.unwrap();
            let value = node.get("t").unwrap();
            let list = names(&source, value.range).unwrap();
            let expected: Vec<_> = value.items().iter().map(|item| item.as_str().unwrap()).collect();
            let found: Vec<_> = list.items.iter().map(|item| &*item.text).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_text_is_read(text in "([a-c(),'\"\\[\\]{}#:*|>\\\\ \n\ré😀-]|- ){0,30}", cursor in 0..40usize) {
            let source = format!("t: {text}");
            let range = value(&source);
            if let Some(list) = names(&source, range) {
                for item in list.items {
                    prop_assert!(source.get(item.range.range()).is_some());
                    prop_assert!(range.covers(item.range), "{:?} {:?}", item, source);
                }
            }
            if let Some(found) = item_at(&source, range, cursor) {
                prop_assert!(source.get(found.item.range.range()).is_some());
            }
        }
    }
}
