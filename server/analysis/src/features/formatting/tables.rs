//! Tables, aligned by the columns that their text takes on a screen.

use unicode_width::UnicodeWidthStr;

use crate::limits::MAX_TABLE_COLUMNS;
use crate::syntax::table::{Row, Table};
use crate::text::{ByteRange, TextEdit};

/// Fewest columns of a screen that a column takes: the dashes of a delimiter row.
const MIN_WIDTH: usize = 3;

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Alignment {
    /// As the reader likes.
    #[default]
    None,
    Left,
    Center,
    Right,
}

/// A line of a table with its cells; of an empty one the place.
struct Line {
    range: ByteRange,
    cells: Vec<ByteRange>,
}

/// Adds the edits that align a table. Each replaces blanks and `|` between two cells, or the
/// cells of the delimiter row. A table that would take more than `room` bytes is left as it is;
/// another is taken off it.
pub(super) fn align(table: &Table, source: &str, room: &mut usize, edits: &mut Vec<TextEdit>) {
    let Some(delimiter) = delimiter(table, source) else {
        return;
    };
    let Some(header) = line(&table.header, source) else {
        return;
    };
    // To some readers a second row of dashes begins another table.
    let has_other = |row: &Row| is_delimiter(row.range.of(source));
    if delimiter.cells.len() != header.cells.len()
        || table.rows.iter().any(has_other)
        || touches_row(table, source)
    {
        return;
    }
    let rows: Vec<Line> = table
        .rows
        .iter()
        .filter_map(|row| line(row, source))
        .collect();
    let alignments: Vec<Alignment> = delimiter
        .cells
        .iter()
        .map(|cell| Alignment::of(cell.of(source)))
        .collect();
    let widths: Vec<usize> = (0..header.cells.len())
        .map(|column| {
            let lines = std::iter::once(&header).chain(&rows);
            let cells = lines.filter_map(|line| line.cells.get(column));
            cells
                .map(|cell| cell.of(source).width())
                .fold(MIN_WIDTH, usize::max)
        })
        .collect();
    let width: usize = widths.iter().map(|width| width + "|  ".len()).sum();
    let Some(left) = room.checked_sub(width.saturating_mul(rows.len() + 2)) else {
        return;
    };
    *room = left;
    let columns = Columns { widths, alignments };
    columns.write(&header, source, edits);
    columns.write_delimiter(&delimiter, source, edits);
    for row in &rows {
        columns.write(row, source, edits);
    }
}

/// The cells of a row that are written, without the room for another after its last `|`. `None`
/// for what is left as it is: a lone `|`, a row wider than what is looked at, and text right
/// below a table, which is a row by the rules only.
fn line(row: &Row, source: &str) -> Option<Line> {
    let range = row.range;
    let mut cells: Vec<ByteRange> = row.cells.iter().map(|cell| cell.content).collect();
    if cells.len() >= MAX_TABLE_COLUMNS {
        return None;
    }
    let text = range.of(source).trim_end_matches(BLANKS);
    let is_room = |cell: &ByteRange| {
        cell.is_empty()
            && text.ends_with('|')
            && cell.start as usize >= range.start as usize + text.len()
    };
    if cells.last().is_some_and(is_room) {
        cells.pop();
    }
    let has_mark = cells.len() > 1 || text.starts_with('|') || text.ends_with('|');
    (has_mark && !cells.is_empty()).then_some(Line { range, cells })
}

/// The line below the header.
fn delimiter(table: &Table, source: &str) -> Option<Line> {
    let (start, row) = below(source, table.header.range.end as usize)?;
    if !is_delimiter(row) {
        return None;
    }
    let inner = row.strip_prefix('|').unwrap_or(row);
    let mut at = start + row.len() - inner.len();
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = Vec::new();
    for cell in inner.split('|') {
        cells.push(ByteRange::new(at, at + cell.len()).trimmed(source));
        at += cell.len() + 1;
    }
    Some(Line {
        range: ByteRange::new(start, start + row.len()),
        cells,
    })
}

/// Whether a line right above or below a table looks like a row: readers do not agree on which
/// table it is of.
fn touches_row(table: &Table, source: &str) -> bool {
    let above = source.get(..table.range.start as usize).unwrap_or("");
    let above = above.trim_end_matches(|c| !matches!(c, '\n' | '\r'));
    let above = ["\r\n", "\n", "\r"]
        .iter()
        .find_map(|end| above.strip_suffix(end));
    let above = above.and_then(|above| above.rsplit(['\n', '\r']).next());
    let is_above = above.is_some_and(|line| line.contains('|'));
    let below = below(source, table.range.end as usize);
    is_above || below.is_some_and(|(_, row)| row.contains('|'))
}

/// Where the row on the line below the one that ends at `end` starts, and its text.
fn below(source: &str, end: usize) -> Option<(usize, &str)> {
    let rest = source.get(end..)?;
    let line_end = match rest.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => return None,
    };
    let line = rest.get(line_end..)?;
    let line = &line[..line.find(['\n', '\r']).unwrap_or(line.len())];
    // What stands before it marks a quote or is the room below the mark of a list.
    let row = line.trim_start_matches([' ', '\t', '>']);
    let start = end + line_end + line.len() - row.len();
    Some((start, row.trim_end_matches(BLANKS)))
}

fn is_delimiter(row: &str) -> bool {
    row.contains('-')
        && row
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

const BLANKS: [char; 2] = [' ', '\t'];

impl Alignment {
    fn of(delimiter: &str) -> Self {
        match (delimiter.starts_with(':'), delimiter.ends_with(':')) {
            (true, true) => Self::Center,
            (true, false) => Self::Left,
            (false, true) => Self::Right,
            (false, false) => Self::None,
        }
    }

    /// How much of `room` stands before the text.
    fn before(self, room: usize) -> usize {
        match self {
            Self::None | Self::Left => 0,
            Self::Center => room / 2,
            Self::Right => room,
        }
    }
}

struct Columns {
    /// In columns of a screen.
    widths: Vec<usize>,
    alignments: Vec<Alignment>,
}

impl Columns {
    /// Writes what stands between the cells of a row. Cells beyond the last column, which no
    /// reader shows, take the room that they need.
    fn write(&self, line: &Line, source: &str, edits: &mut Vec<TextEdit>) {
        let mut gap = String::new();
        let mut gap_start = line.range.start as usize;
        for (column, cell) in line.cells.iter().enumerate() {
            let taken = cell.of(source).width();
            let width = self.widths.get(column).copied().unwrap_or(taken);
            let alignment = self.alignments.get(column).copied().unwrap_or_default();
            let room = width.saturating_sub(taken);
            // An empty cell is held to stand at the left of its room.
            let before = if cell.is_empty() {
                0
            } else {
                alignment.before(room)
            };
            gap.push_str("| ");
            gap.extend(std::iter::repeat_n(' ', before));
            replace(
                ByteRange::new(gap_start, cell.start as usize),
                &gap,
                source,
                edits,
            );
            gap.clear();
            gap.extend(std::iter::repeat_n(' ', room - before + 1));
            gap_start = cell.end as usize;
        }
        gap.push('|');
        replace(
            ByteRange::new(gap_start, line.range.end as usize),
            &gap,
            source,
            edits,
        );
    }

    fn write_delimiter(&self, line: &Line, source: &str, edits: &mut Vec<TextEdit>) {
        let mut row = String::new();
        for (width, alignment) in self.widths.iter().zip(&self.alignments) {
            let (left, right) = match alignment {
                Alignment::None => ("", ""),
                Alignment::Left => (":", ""),
                Alignment::Center => (":", ":"),
                Alignment::Right => ("", ":"),
            };
            row.push_str("| ");
            row.push_str(left);
            row.extend(std::iter::repeat_n('-', width - left.len() - right.len()));
            row.push_str(right);
            row.push(' ');
        }
        row.push('|');
        replace(line.range, &row, source, edits);
    }
}

fn replace(range: ByteRange, new_text: &str, source: &str, edits: &mut Vec<TextEdit>) {
    if range.of(source) != new_text {
        edits.push(TextEdit {
            range,
            new_text: new_text.to_owned(),
        });
    }
}
