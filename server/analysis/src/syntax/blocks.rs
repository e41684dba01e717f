//! The blocks of a body as flat lists, read off the block tree in one walk.

use super::table::Table;
use crate::text::ByteRange;

/// What one walk over the block tree finds, each list in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Headings, ATX and setext.
    pub headings: Vec<Heading>,
    /// Pipe tables.
    pub tables: Vec<Table>,
    /// Fenced code blocks.
    pub fences: Vec<Fence>,
    /// Paragraphs and headings: what holds inline markup. Table cells are not among them.
    pub inlines: Vec<InlineBlock>,
    /// What was left out because a limit was passed.
    pub skipped: Vec<Skipped>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The whole heading without its line end.
    pub range: ByteRange,
    /// The text of it without the marks.
    pub text: ByteRange,
}

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// From the opening marker to the closing one.
    pub range: ByteRange,
    /// The opening line from its marker on, without the line end.
    pub opening: ByteRange,
    /// How many marker characters open it.
    pub marker_length: u32,
    /// `` ` `` or `~`.
    pub marker: u8,
    /// The first word of the info string.
    pub language: Option<ByteRange>,
    /// The content without the marks of enclosing lists and quotes: one range where there
    /// are none, else one for each line.
    pub content: Vec<ByteRange>,
    /// The closing marker; `None` where the fence is never closed.
    pub closing: Option<ByteRange>,
}

/// A run of text with inline markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineBlock {
    /// From the first to the last byte.
    pub range: ByteRange,
    /// The text without the marks of enclosing lists and quotes: one range where there are
    /// none, else one for each line.
    pub pieces: Vec<ByteRange>,
    /// Where it stands.
    pub place: InlinePlace,
}

/// Where a run of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlinePlace {
    /// In a heading.
    Heading,
    /// In a paragraph of its own.
    Paragraph,
    /// The first paragraph of a list item.
    ListItem,
}

/// Something that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What.
    pub range: ByteRange,
    /// Which limit it passes.
    pub limit: Limit,
}

/// The limits of [`crate::limits`] that a body can pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`crate::limits::MAX_BLOCK_DEPTH`]
    Nesting,
    /// [`crate::limits::MAX_TABLE_COLUMNS`]
    TableWidth,
    /// [`crate::limits::MAX_INLINE_BYTES`] or [`crate::limits::INLINE_STEPS`]
    InlineTime,
}
