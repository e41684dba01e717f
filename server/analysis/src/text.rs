//! The text of a file: a rope, byte ranges, and positions in the encodings of the protocol.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use ropey::Rope;

/// A half-open range of bytes in a file's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ByteRange {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

/// One edit of a text: the bytes from `start` to `old_end` became those from `start` to `new_end`.
/// The default changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Splice {
    /// Where both texts begin to differ.
    pub start: usize,
    /// Where they are alike again, in bytes of the text before.
    pub old_end: usize,
    /// The same in bytes of the text after.
    pub new_end: usize,
}

impl Splice {
    /// Where a range of the text before is in the text after, if the edit puts letters behind a
    /// letter, or takes some away there: so nothing starts where it is, and what ends there ends
    /// with the letters.
    pub fn moved(self, range: ByteRange) -> ByteRange {
        let (start, end) = (range.start as usize, range.end as usize);
        let start = match start > self.start {
            true => (start + self.new_end)
                .saturating_sub(self.old_end)
                .max(self.start),
            false => start,
        };
        let end = match end >= self.old_end {
            true => end - self.old_end + self.new_end,
            false => end,
        };
        ByteRange::new(start, end.max(start))
    }
}

impl ByteRange {
    /// The range from `start` to `end`, in bytes. Files are bounded by
    /// [`crate::limits::MAX_FILE_BYTES`], so 32 bits hold every offset.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// The empty range at `offset`.
    pub fn empty(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// As a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies in it or at its end: where a cursor touches it.
    pub fn touches(self, offset: usize) -> bool {
        self.start as usize <= offset && offset <= self.end as usize
    }

    /// Whether `other` lies wholly inside.
    pub fn covers(self, other: ByteRange) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text of this range. Empty where it does not fit `source`.
    pub fn of(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or("")
    }

    /// This range of `source` without the blanks and line ends around it; where there is nothing
    /// else, empty.
    pub fn trimmed(self, source: &str) -> Self {
        let text = self.of(source);
        let start = self.start as usize + text.len() - text.trim_start().len();
        Self::new(start, start + text.trim().len())
    }

    /// This range moved by `by` bytes.
    pub fn shifted(self, by: usize) -> Self {
        Self::new(self.start as usize + by, self.end as usize + by)
    }
}

impl fmt::Debug for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl From<Range<usize>> for ByteRange {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// What a column counts, as negotiated with the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PositionEncoding {
    /// Bytes of UTF-8.
    Utf8,
    /// UTF-16 code units: the protocol's default.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A zero-based line, and a zero-based column in units of a [`PositionEncoding`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Default)]
pub struct Position {
    /// Zero-based line; `\n`, `\r\n` and a lone `\r` end one.
    pub line: u32,
    /// Zero-based column.
    pub column: u32,
}

/// One change of a document, relative to the state after the change before it.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is replaced; `None` replaces the whole text.
    pub range: Option<(Position, Position)>,
    /// The new text.
    pub text: String,
}

/// A replacement that a feature proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced, in bytes.
    pub range: ByteRange,
    /// The new text.
    pub new_text: String,
}

/// What one change did to the bytes of a text: the old range and the new end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedChange {
    /// Bytes that were replaced, in the text before.
    pub replaced: ByteRange,
    /// Where the new bytes end, in the text after.
    pub new_end: usize,
}

/// U+0000 stands for nothing a file could mean and drives the block grammar into error
/// recovery, where its incremental parse drifts. It becomes SUBSTITUTE rather than
/// CommonMark's U+FFFD because that has one byte too: no column moves in any encoding.
const NUL: char = '\0';
const SUBSTITUTE: &str = "\u{1a}";

/// The text with every NUL replaced.
pub fn without_nul(text: &str) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_none() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace(NUL, SUBSTITUTE))
    }
}

/// A text with fast edits and conversions between bytes and positions.
#[derive(Clone, Debug)]
pub struct Text {
    rope: Rope,
}

impl Text {
    /// Takes `text`, every NUL replaced.
    pub fn new(text: &str) -> Self {
        Self {
            rope: Rope::from_str(&without_nul(text)),
        }
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of lines: one more than there are line ends.
    pub fn line_count(&self) -> usize {
        self.rope.len_lines()
    }

    /// The whole text in one piece.
    pub fn to_source(&self) -> String {
        self.rope.to_string()
    }

    /// The byte at which `position` lies. A line past the last gives the end of the text,
    /// a column past the last the end of the line (before its line end), a column inside a
    /// character the start of that character.
    pub fn offset(&self, position: Position, encoding: PositionEncoding) -> usize {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.len();
        }
        let start = self.rope.line_to_byte(line);
        let slice = self.rope.line(line);
        let length = slice.len_bytes() - line_end_bytes(slice);
        let slice = slice.byte_slice(..length);
        let column = position.column as usize;
        let within = match encoding {
            PositionEncoding::Utf8 => {
                let column = column.min(length);
                slice.char_to_byte(slice.byte_to_char(column))
            }
            PositionEncoding::Utf16 => {
                let column = column.min(slice.len_utf16_cu());
                slice.char_to_byte(slice.utf16_cu_to_char(column))
            }
            PositionEncoding::Utf32 => slice.char_to_byte(column.min(slice.len_chars())),
        };
        start + within
    }

    /// The position of byte `offset`; past the end of the text, the end. Between `\r` and `\n`
    /// there is none: the end of the line is nearest.
    pub fn position(&self, offset: usize, encoding: PositionEncoding) -> Position {
        let offset = offset.min(self.len());
        let line = self.rope.byte_to_line(offset);
        let start = self.rope.line_to_byte(line);
        let slice = self.rope.line(line);
        let within = (offset - start).min(slice.len_bytes() - line_end_bytes(slice));
        let column = match encoding {
            PositionEncoding::Utf8 => slice.char_to_byte(slice.byte_to_char(within)),
            PositionEncoding::Utf16 => slice.char_to_utf16_cu(slice.byte_to_char(within)),
            PositionEncoding::Utf32 => slice.byte_to_char(within),
        };
        Position {
            line: line as u32,
            column: column as u32,
        }
    }

    /// Applies one change and says what it did to the bytes.
    pub fn apply(&mut self, change: &Change, encoding: PositionEncoding) -> AppliedChange {
        let text = without_nul(&change.text);
        let Some((from, to)) = change.range else {
            let replaced = ByteRange::new(0, self.len());
            self.rope = Rope::from_str(&text);
            return AppliedChange {
                replaced,
                new_end: text.len(),
            };
        };
        let (from, to) = (self.offset(from, encoding), self.offset(to, encoding));
        let replaced = ByteRange::new(from.min(to), from.max(to));
        let start = self.rope.byte_to_char(replaced.start as usize);
        let end = self.rope.byte_to_char(replaced.end as usize);
        self.rope.remove(start..end);
        self.rope.insert(start, &text);
        AppliedChange {
            replaced,
            new_end: replaced.start as usize + text.len(),
        }
    }
}

/// Bytes that the line end of `line` takes: 0 for a last line, 1 or 2 else.
fn line_end_bytes(line: ropey::RopeSlice<'_>) -> usize {
    let length = line.len_bytes();
    match (
        length.checked_sub(1).map(|at| line.byte(at)),
        length.checked_sub(2).map(|at| line.byte(at)),
    ) {
        (Some(b'\n'), Some(b'\r')) => 2,
        (Some(b'\n' | b'\r'), _) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn a_column_counts_in_the_negotiated_encoding() {
        let text = Text::new("ü😀x\n");
        let x = "ü😀".len();
        assert_eq!(text.position(x, PositionEncoding::Utf8), at(0, 6));
        assert_eq!(text.position(x, PositionEncoding::Utf16), at(0, 3));
        assert_eq!(text.position(x, PositionEncoding::Utf32), at(0, 2));
    }

    #[test]
    fn every_line_end_of_the_protocol_ends_a_line_and_no_other() {
        let text = Text::new("a\nb\r\nc\rd\u{2028}e\u{b}f\u{85}g");
        assert_eq!(text.line_count(), 4);
        assert_eq!(text.offset(at(3, 0), PositionEncoding::Utf16), 7);
    }

    #[test]
    fn a_position_out_of_range_is_clamped() {
        let text = Text::new("ab\r\n😀\n");
        let utf16 = PositionEncoding::Utf16;
        assert_eq!(
            text.offset(at(0, 99), utf16),
            2,
            "to the end of the line, before its line end"
        );
        assert_eq!(
            text.offset(at(1, 1), utf16),
            4,
            "inside a surrogate pair: its start"
        );
        assert_eq!(text.offset(at(1, 9), utf16), 8);
        assert_eq!(
            text.offset(at(9, 0), utf16),
            9,
            "past the last line: the end"
        );
        assert_eq!(text.position(999, utf16), at(2, 0));
        assert_eq!(
            text.position(3, utf16),
            at(0, 2),
            "inside a line end: the end of its line"
        );
    }

    #[test]
    fn a_nul_is_replaced_without_moving_a_column() {
        let text = Text::new("a\0b");
        assert_eq!(text.to_source(), "a\u{1a}b");
        assert_eq!(text.position(2, PositionEncoding::Utf8), at(0, 2));
    }

    #[test]
    fn a_range_given_backwards_is_taken_as_the_range_it_spans() {
        let mut text = Text::new("abc");
        let change = Change {
            range: Some((at(0, 2), at(0, 1))),
            text: "X".into(),
        };
        text.apply(&change, PositionEncoding::Utf16);
        assert_eq!(text.to_source(), "aXc");
    }

    proptest! {
        #[test]
        fn a_position_leads_back_to_its_offset(source in "[a😀ü\r\n\u{2028}\t ]{0,40}", offset in 0usize..80) {
            let text = Text::new(&source);
            let mut offset = offset.min(source.len());
            while !source.is_char_boundary(offset) { offset -= 1; }
            // Between `\r` and `\n` there is no position of its own: it is the line's end.
            let inside_line_end = source[..offset].ends_with('\r') && source[offset..].starts_with('\n');
            for encoding in [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32] {
                let back = text.offset(text.position(offset, encoding), encoding);
                prop_assert_eq!(back, if inside_line_end { offset - 1 } else { offset });
            }
        }

        #[test]
        fn an_edit_of_the_rope_equals_the_edit_of_a_string(
            source in "[a😀ü\r\n]{0,20}", insert in "[b😀\r\n]{0,4}",
            from in (0u32..6, 0u32..8), to in (0u32..6, 0u32..8),
        ) {
            let mut text = Text::new(&source);
            let encoding = PositionEncoding::Utf16;
            let (from, to) = (at(from.0, from.1), at(to.0, to.1));
            let (a, b) = (text.offset(from, encoding), text.offset(to, encoding));
            let mut expected = source.clone();
            expected.replace_range(a.min(b)..a.max(b), &insert);
            let applied = text.apply(&Change { range: Some((from, to)), text: insert.clone() }, encoding);
            prop_assert_eq!(text.to_source(), expected);
            prop_assert_eq!(applied.new_end, a.min(b) + insert.len());
        }
    }
}
