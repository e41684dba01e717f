//! The cells of a table row. Columns are counted by unescaped `|`, not by the children of
//! the tree's row: `||z|` gives an error node there and shifts every later column.

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
