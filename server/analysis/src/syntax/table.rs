//! The cells of a table row. Columns are counted by unescaped `|`, not by the children of
//! the tree's row: `||z|` gives an error node there and shifts every later column.

use crate::limits::MAX_TABLE_COLUMNS;
use crate::text::ByteRange;

/// A pipe table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// From the header to the last row.
    pub range: ByteRange,
    /// The header row.
    pub header: Row,
    /// The rows below the delimiter row; a row that is being typed right below the table
    /// (a line that starts with `|`) belongs to it.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row without its line end and without the marks of an enclosing list or quote.
    pub range: ByteRange,
    /// The cells; the position in this list is the column.
    pub cells: Vec<Cell>,
}

/// A cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Everything between two `|`, blanks included.
    pub span: ByteRange,
    /// The text without the blanks around it; empty, and where the text would stand, in an empty cell.
    pub content: ByteRange,
}

impl Row {
    /// Splits the row that stands at `range` of `source`: one line, without its line end.
    ///
    /// `columns` is the number of columns of the table; where the row ends in a `|` before
    /// it has as many, one empty cell more stands after that `|`: where the next is typed.
    /// What follows the last column that is looked at comes back as the second value.
    pub(crate) fn new(
        source: &str,
        range: ByteRange,
        columns: Option<usize>,
    ) -> (Self, Option<ByteRange>) {
        let text = range.of(source);
        let start = range.start as usize;
        let trimmed = text.trim_end_matches(BLANKS).len();
        let first = if text.starts_with('|') { 1 } else { 0 };
        let mut cells = Vec::new();
        let mut from = first;
        for pipe in separators(text).skip(first) {
            if cells.len() == MAX_TABLE_COLUMNS {
                let rest = ByteRange::new(start + from, range.end as usize);
                return (Self { range, cells }, Some(rest));
            }
            cells.push(Cell::new(
                source,
                ByteRange::new(start + from, start + pipe),
            ));
            from = pipe + 1;
        }
        let half_typed = from < trimmed || cells.is_empty();
        let missing = columns.is_some_and(|columns| cells.len() < columns);
        if (half_typed || missing) && cells.len() < MAX_TABLE_COLUMNS {
            cells.push(Cell::new(
                source,
                ByteRange::new(start + from, range.end as usize),
            ));
        }
        (Self { range, cells }, None)
    }
}

impl Cell {
    fn new(source: &str, span: ByteRange) -> Self {
        let text = span.of(source);
        let content = text.trim_matches(BLANKS);
        let start = if content.is_empty() {
            text.len().min(1)
        } else {
            text.len() - text.trim_start_matches(BLANKS).len()
        };
        let start = span.start as usize + start;
        Self {
            span,
            content: ByteRange::new(start, start + content.len()),
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Where the `|` that part cells stand in `row`: all but those escaped by `\`. Back-ticks do
/// not protect one: GFM splits a row before it looks at inline markup.
pub(super) fn separators(row: &str) -> impl Iterator<Item = usize> {
    let bytes = row.as_bytes();
    let mut escaped = false;
    bytes.iter().enumerate().filter_map(move |(at, &byte)| {
        let separates = byte == b'|' && !escaped;
        escaped = byte == b'\\' && !escaped;
        separates.then_some(at)
    })
}

/// How many cells `row` has, its separators known; both outer `|` may be missing.
pub(super) fn cell_count(row: &str, separators: &[usize]) -> usize {
    let leading = usize::from(row.starts_with('|'));
    let trailing = usize::from(separators.last().is_some_and(|&last| last + 1 == row.len()));
    (separators.len() + 1).saturating_sub(leading + trailing)
}

/// Bytes of the marks of quotes and lists, and of the blanks, that `line` starts with.
pub(crate) fn container_prefix(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut at = quote_prefix(line);
    loop {
        let digits = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mark = match bytes.get(at + digits) {
            Some(b'-' | b'+' | b'*') if digits == 0 => 1,
            Some(b'.' | b')') if (1..=9).contains(&digits) => digits + 1,
            _ => return at,
        };
        if !matches!(bytes.get(at + mark), Some(b' ' | b'\t')) {
            return at;
        }
        at += mark;
        at += quote_prefix(&line[at..]);
    }
}

/// As [`container_prefix`], for a line that may be a delimiter row: its `-` are no list marks.
pub(crate) fn container_prefix_of_delimiter(line: &str) -> usize {
    quote_prefix(line)
}

fn quote_prefix(line: &str) -> usize {
    line.bytes()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'>'))
        .count()
}

/// Whether `line` is a delimiter row of one cell to the grammar's scanner and not to its rules:
/// dashes without two `|` around them.
pub(super) fn unsound_delimiter(line: &str) -> bool {
    let pipes = separators(line).count();
    let marks = line
        .bytes()
        .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'));
    marks && line.contains('-') && pipes < 2
}
