//! The blocks of a body as flat lists, read off the block tree in one walk.

use std::sync::LazyLock;

use smallvec::{SmallVec, smallvec};
use tree_sitter::{Node, Tree, TreeCursor};

use super::table::{Row, Table};
use crate::limits::{MAX_BLOCK_DEPTH, MAX_INLINE_BYTES};
use crate::text::{ByteRange, Splice};

/// The ranges that make a text together. Nearly all texts have one, kept in place: the blocks are
/// copied at every key.
pub type Pieces = SmallVec<[ByteRange; 1]>;

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
    /// What blocks stand in; an outer one before those in it.
    pub containers: Vec<ContainerBlock>,
    /// HTML comments that are blocks of their own.
    pub comments: Vec<ByteRange>,
    /// What was left out because a limit was passed.
    pub skipped: Vec<Skipped>,
}

impl Blocks {
    /// Moves every range along with an edit within a line, which changes no block: see
    /// `stays_in_line` in the document. False where a limit is passed now that was not before,
    /// or no longer; then the blocks are to be read anew.
    pub(super) fn shift(&mut self, edit: Splice) -> bool {
        let shifted = |range: &mut ByteRange| *range = edit.moved(*range);
        let row = |row: &mut Row| {
            shifted(&mut row.range);
            for cell in &mut row.cells {
                shifted(&mut cell.span);
                shifted(&mut cell.content);
            }
        };
        for heading in &mut self.headings {
            shifted(&mut heading.range);
            shifted(&mut heading.text);
        }
        for table in &mut self.tables {
            shifted(&mut table.range);
            row(&mut table.header);
            table.rows.iter_mut().for_each(row);
        }
        for fence in &mut self.fences {
            shifted(&mut fence.range);
            shifted(&mut fence.opening);
            fence.language.as_mut().map(shifted);
            fence.content.iter_mut().for_each(shifted);
            fence.closing.as_mut().map(shifted);
        }
        for container in &mut self.containers {
            shifted(&mut container.range);
        }
        self.comments.iter_mut().for_each(shifted);
        for skipped in &mut self.skipped {
            shifted(&mut skipped.range);
        }
        self.inlines.iter_mut().all(|block| {
            let is_long = |block: &InlineBlock| block.range.len() > MAX_INLINE_BYTES;
            let before = is_long(block);
            shifted(&mut block.range);
            block.pieces.iter_mut().for_each(shifted);
            is_long(block) == before
        })
    }
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
    /// Whether it stands in a quote or a list, where it heads no section of the document.
    pub is_contained: bool,
}

/// A block that holds other blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerBlock {
    /// From its first mark to the last byte that is not blank.
    pub range: ByteRange,
    /// What it is.
    pub kind: ContainerKind,
}

/// The kinds of [`ContainerBlock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// A whole list.
    List,
    /// One item of a list.
    ListItem,
    /// A block quote.
    Quote,
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
    pub content: Pieces,
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
    pub pieces: Pieces,
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

/// The node kinds that the walk tells apart, as the numbers that the grammar gives them.
struct Kinds {
    document: u16,
    section: u16,
    list: u16,
    list_item: u16,
    block_quote: u16,
    html_block: u16,
    paragraph: u16,
    inline: u16,
    atx_heading: u16,
    setext_heading: u16,
    h1_underline: u16,
    pipe_table: u16,
    table_header: u16,
    table_row: u16,
    fenced_code_block: u16,
    fence_delimiter: u16,
    code_fence_content: u16,
    block_continuation: u16,
    minus_metadata: u16,
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let language: tree_sitter::Language = tree_sitter_md::LANGUAGE.into();
    let kind = |name| {
        let id = language.id_for_node_kind(name, true);
        debug_assert!(id != 0, "no such kind: {name}");
        id
    };
    Kinds {
        document: kind("document"),
        section: kind("section"),
        list: kind("list"),
        list_item: kind("list_item"),
        block_quote: kind("block_quote"),
        html_block: kind("html_block"),
        paragraph: kind("paragraph"),
        inline: kind("inline"),
        atx_heading: kind("atx_heading"),
        setext_heading: kind("setext_heading"),
        h1_underline: kind("setext_h1_underline"),
        pipe_table: kind("pipe_table"),
        table_header: kind("pipe_table_header"),
        table_row: kind("pipe_table_row"),
        fenced_code_block: kind("fenced_code_block"),
        fence_delimiter: kind("fenced_code_block_delimiter"),
        code_fence_content: kind("code_fence_content"),
        block_continuation: kind("block_continuation"),
        minus_metadata: kind("minus_metadata"),
    }
});

/// Where the header ends by the lights of the grammar, in bytes; 0 where it sees none.
pub(super) fn metadata_end(tree: &Tree) -> usize {
    let first = tree.root_node().child(0);
    first
        .filter(|node| node.kind_id() == KINDS.minus_metadata)
        .map_or(0, |node| node.end_byte())
}

/// The blocks of `tree` that start at or after byte `body_start` of `source`.
///
/// The tree may reach beyond the end of `source` by the line end that the parser's view adds.
pub fn blocks(tree: &Tree, source: &str, body_start: usize) -> Blocks {
    let mut walk = Walk {
        source,
        body_start,
        blocks: Blocks::default(),
        containers: Vec::new(),
    };
    let mut cursor = tree.walk();
    loop {
        if walk.enter(cursor.node()) {
            if walk.containers.len() >= MAX_BLOCK_DEPTH {
                let range = walk.clamped(cursor.node());
                walk.blocks.skipped.push(Skipped {
                    range,
                    limit: Limit::Nesting,
                });
            } else {
                let container = Container::of(cursor.node());
                if cursor.goto_first_child() {
                    walk.containers.push(container);
                    continue;
                }
            }
        }
        while !cursor.goto_next_sibling() {
            walk.containers.pop();
            if !cursor.goto_parent() {
                return walk.blocks;
            }
        }
    }
}

/// What a block stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    /// The document or a section: lines have no marks.
    Plain,
    /// A list item whose first paragraph is still to come.
    FreshItem,
    /// A quote, or a list item past its first paragraph.
    Marked,
}

impl Container {
    fn of(node: Node<'_>) -> Self {
        let kind = node.kind_id();
        if kind == KINDS.list_item {
            Self::FreshItem
        } else if kind == KINDS.document || kind == KINDS.section {
            Self::Plain
        } else {
            Self::Marked
        }
    }
}

struct Walk<'a> {
    source: &'a str,
    body_start: usize,
    blocks: Blocks,
    containers: Vec<Container>,
}

impl Walk<'_> {
    /// Takes what `node` holds. True where its children are to be walked.
    fn enter(&mut self, node: Node<'_>) -> bool {
        if node.end_byte() <= self.body_start && node.end_byte() > 0 {
            return false;
        }
        let (kind, kinds) = (node.kind_id(), &*KINDS);
        if [
            kinds.section,
            kinds.list,
            kinds.list_item,
            kinds.block_quote,
            kinds.document,
        ]
        .contains(&kind)
            || node.is_error()
        {
            self.container(node);
            return true;
        }
        if node.start_byte() < self.body_start {
            return false;
        }
        if kind == kinds.paragraph {
            self.paragraph(node);
        } else if kind == kinds.atx_heading {
            self.atx_heading(node);
        } else if kind == kinds.setext_heading {
            self.setext_heading(node);
        } else if kind == kinds.pipe_table {
            self.table(node);
        } else if kind == kinds.fenced_code_block {
            self.fence(node);
        } else if kind == kinds.html_block {
            let range = self.trimmed(node);
            if range.of(self.source).starts_with("<!--") {
                self.blocks.comments.push(range);
            }
        }
        false
    }

    fn container(&mut self, node: Node<'_>) {
        let (kind, kinds) = (node.kind_id(), &*KINDS);
        let kind = if kind == kinds.list_item {
            ContainerKind::ListItem
        } else if kind == kinds.list {
            ContainerKind::List
        } else if kind == kinds.block_quote {
            ContainerKind::Quote
        } else {
            return;
        };
        let range = self.trimmed(node);
        if range.start as usize >= self.body_start && !range.is_empty() {
            self.blocks.containers.push(ContainerBlock { range, kind });
        }
    }

    /// The bytes of `node` that are of the source.
    fn clamped(&self, node: Node<'_>) -> ByteRange {
        let end = node.end_byte().min(self.source.len());
        ByteRange::new(node.start_byte().min(end), end)
    }

    /// The bytes of `node` without the blanks around it.
    fn trimmed(&self, node: Node<'_>) -> ByteRange {
        self.without_blanks(self.clamped(node))
    }

    fn without_blanks(&self, range: ByteRange) -> ByteRange {
        let text = range.of(self.source);
        let end = range.start as usize + text.trim_end_matches(is_blank).len();
        let start = range.end as usize - text.trim_start_matches(is_blank).len();
        ByteRange::new(start.min(end), end)
    }

    /// Whether a line of the block that is entered can start with the mark of a container.
    fn in_marked(&self) -> bool {
        self.containers
            .iter()
            .any(|&container| container != Container::Plain)
    }

    fn paragraph(&mut self, node: Node<'_>) {
        let place = match self.containers.last_mut() {
            Some(container @ Container::FreshItem) => {
                *container = Container::Marked;
                InlinePlace::ListItem
            }
            _ => InlinePlace::Paragraph,
        };
        // Where no line can start with the mark of a container, the paragraph is its text: a
        // look at its children is what costs, and most paragraphs need none.
        let range = self.trimmed(node);
        if !self.in_marked() || !range.of(self.source).contains(['\n', '\r']) {
            if !range.is_empty() {
                self.push_inline(InlineBlock {
                    range,
                    pieces: smallvec![range],
                    place,
                });
            }
        } else if let Some(inline) = child_of_kind(node, KINDS.inline) {
            self.inline(inline, place);
        }
    }

    fn inline(&mut self, node: Node<'_>, place: InlinePlace) {
        let range = self.trimmed(node);
        if !range.is_empty() {
            let pieces = self.pieces(node, range);
            self.push_inline(InlineBlock {
                range,
                pieces,
                place,
            });
        }
    }

    fn push_inline(&mut self, block: InlineBlock) {
        if block.range.len() > MAX_INLINE_BYTES {
            self.blocks.skipped.push(Skipped {
                range: block.range,
                limit: Limit::InlineTime,
            });
        }
        self.blocks.inlines.push(block);
    }

    /// `range` of `node` without the marks that continue its containers.
    fn pieces(&self, node: Node<'_>, range: ByteRange) -> Pieces {
        // The walk over the children, a node for every punctuation mark, is what costs.
        let lines = range.of(self.source);
        if !self.in_marked() || !lines.contains(['\n', '\r']) {
            return if range.is_empty() {
                Pieces::new()
            } else {
                smallvec![range]
            };
        }
        let mut pieces = Pieces::new();
        let mut start = range.start as usize;
        let mut cut = false;
        each_child(node, |child| {
            // Only those: the other children are punctuation, and belong to the text. An empty
            // one stands where a container needs no mark.
            let mark = self.clamped(child);
            if child.kind_id() == KINDS.block_continuation
                && !mark.is_empty()
                && mark.start as usize >= start
            {
                self.push_lines(
                    start,
                    (mark.start as usize).min(range.end as usize),
                    &mut pieces,
                );
                start = mark.end as usize;
                cut = true;
            }
        });
        if !cut {
            return smallvec![range];
        }
        self.push_lines(start, range.end as usize, &mut pieces);
        pieces
    }

    /// Adds `start..end`, one range for each line, line ends included.
    fn push_lines(&self, mut start: usize, end: usize, pieces: &mut Pieces) {
        while start < end {
            let line = line_end(self.source, start);
            let next = after_line_end(self.source, line).min(end);
            pieces.push(ByteRange::new(start, next));
            start = next;
        }
    }

    fn atx_heading(&mut self, node: Node<'_>) {
        // In a quote the node reaches to the mark of the next line.
        let start = self.trimmed(node).start as usize;
        let line = ByteRange::new(start, line_end(self.source, start));
        let range = self.without_blanks(line);
        let marks = range.of(self.source);
        let level = marks
            .bytes()
            .take_while(|&byte| byte == b'#')
            .count()
            .min(6);
        let after_marks = ByteRange::new(range.start as usize + level, range.end as usize);
        let text = self.without_blanks(after_marks);
        // A closing run of `#` counts only after a blank: `# C#` is about C#.
        let open = text.of(self.source).trim_end_matches('#');
        let text = if open.is_empty() || open.ends_with(is_blank) {
            let end = text.start as usize + open.len();
            self.without_blanks(ByteRange::new(text.start as usize, end))
        } else {
            text
        };
        self.blocks.headings.push(Heading {
            level: level.max(1) as u8,
            range,
            text,
            is_contained: self.in_marked(),
        });
        if !text.is_empty() {
            self.push_inline(InlineBlock {
                range: text,
                pieces: smallvec![text],
                place: InlinePlace::Heading,
            });
        }
    }

    fn setext_heading(&mut self, node: Node<'_>) {
        let inline =
            child_of_kind(node, KINDS.paragraph).and_then(|node| child_of_kind(node, KINDS.inline));
        let Some(inline) = inline else { return };
        let level = if child_of_kind(node, KINDS.h1_underline).is_some() {
            1
        } else {
            2
        };
        let text = self.trimmed(inline);
        self.blocks.headings.push(Heading {
            level,
            range: self.trimmed(node),
            text,
            is_contained: self.in_marked(),
        });
        self.inline(inline, InlinePlace::Heading);
    }

    fn table(&mut self, node: Node<'_>) {
        let mut header: Option<Row> = None;
        let mut rows = Vec::new();
        each_child(node, |child| {
            let kind = child.kind_id();
            if kind == KINDS.table_header && header.is_none() {
                header = Some(self.row(child, None));
            } else if kind == KINDS.table_row
                && let Some(header) = &header
            {
                rows.push(self.row(child, Some(header.cells.len())));
            }
        });
        let Some(header) = header else { return };
        let delimiter_end = self.trimmed(node).end;
        let end = rows.last().map_or(delimiter_end, |row: &Row| row.range.end);
        let range = ByteRange {
            start: header.range.start,
            end: end.max(header.range.end),
        };
        self.blocks.tables.push(Table {
            range,
            header,
            rows,
        });
    }

    fn row(&mut self, node: Node<'_>, columns: Option<usize>) -> Row {
        let start = self.trimmed(node).start as usize;
        let line = ByteRange::new(start, line_end(self.source, start));
        let (row, beyond) = Row::new(self.source, line, columns);
        if let Some(range) = beyond {
            self.blocks.skipped.push(Skipped {
                range,
                limit: Limit::TableWidth,
            });
        }
        row
    }

    fn fence(&mut self, node: Node<'_>) {
        let (mut delimiters, mut content) = (Vec::new(), Pieces::new());
        each_child(node, |child| {
            let kind = child.kind_id();
            if kind == KINDS.fence_delimiter {
                delimiters.push(self.trimmed(child));
            } else if kind == KINDS.code_fence_content {
                content = self.pieces(child, self.clamped(child));
            }
        });
        let Some(&first) = delimiters.first() else {
            return;
        };
        let closing = delimiters.get(1).copied();
        let start = first.start as usize;
        let opening = ByteRange::new(start, line_end(self.source, start));
        let line = opening.of(self.source);
        let marker = if line.starts_with('~') { b'~' } else { b'`' };
        let marker_length = line.bytes().take_while(|&byte| byte == marker).count();
        let end = match closing {
            Some(closing) => closing.end as usize,
            None => content.last().map_or(opening.end, |last| last.end) as usize,
        };
        self.blocks.fences.push(Fence {
            range: ByteRange::new(start, end),
            opening,
            marker_length: marker_length as u32,
            marker,
            language: language(line, marker_length).map(|range| range.shifted(start)),
            content,
            closing,
        });
    }
}

/// The language in the opening line of a fence, in bytes of that line: the first word of the
/// info string, up to what people add to it (`python:app.py`, `js{1,3}`, `{.python}`).
fn language(line: &str, marker_length: usize) -> Option<ByteRange> {
    let info = line.get(marker_length..)?;
    let word = info.trim_start_matches(|c: char| is_blank(c) || c == '{' || c == '.');
    let start = line.len() - word.len();
    let length = word
        .find(|c: char| c.is_whitespace() || "{}:,;=`".contains(c))
        .unwrap_or(word.len());
    (length > 0).then(|| ByteRange::new(start, start + length))
}

fn child_of_kind(node: Node<'_>, kind: u16) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find(|child| child.kind_id() == kind)
}

fn each_child<'tree>(node: Node<'tree>, mut visit: impl FnMut(Node<'tree>)) {
    let mut cursor: TreeCursor<'tree> = node.walk();
    let mut more = cursor.goto_first_child();
    while more {
        visit(cursor.node());
        more = cursor.goto_next_sibling();
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Where the line that holds `offset` ends, its line end left out.
pub(super) fn line_end(source: &str, offset: usize) -> usize {
    let rest = source.as_bytes().get(offset..).unwrap_or_default();
    memchr::memchr2(b'\n', b'\r', rest).map_or(source.len(), |at| offset + at)
}

/// The start of the line after the line end at `end`.
pub(super) fn after_line_end(source: &str, end: usize) -> usize {
    match source.as_bytes().get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser as CommonMark, Tag, TagEnd};

    use super::*;
    use crate::syntax::document::Document;
    use crate::syntax::inline::InlineKind;

    fn check(source: &str, expected: Expect) {
        let blocks = Document::new(source).blocks(0);
        expected.assert_eq(&drawn(source, &blocks));
    }

    /// One line for each heading, fence, paragraph and row; the cells of a row between `¦`.
    fn drawn(source: &str, blocks: &Blocks) -> String {
        let mut lines: Vec<(u32, String)> = Vec::new();
        for heading in &blocks.headings {
            lines.push((
                heading.range.start,
                format!("h{} {:?}", heading.level, heading.text.of(source)),
            ));
        }
        for block in blocks
            .inlines
            .iter()
            .filter(|block| block.place != InlinePlace::Heading)
        {
            let pieces: Vec<&str> = block.pieces.iter().map(|piece| piece.of(source)).collect();
            lines.push((block.range.start, format!("{:?} {pieces:?}", block.place)));
        }
        for fence in &blocks.fences {
            let pieces: Vec<&str> = fence.content.iter().map(|piece| piece.of(source)).collect();
            let language = fence.language.map_or("", |language| language.of(source));
            let closing = fence
                .closing
                .map_or("never closed", |closing| closing.of(source));
            lines.push((
                fence.range.start,
                format!("fence {language} {pieces:?} {closing}"),
            ));
        }
        for table in &blocks.tables {
            for (index, row) in std::iter::once(&table.header)
                .chain(&table.rows)
                .enumerate()
            {
                let cells: Vec<&str> = row
                    .cells
                    .iter()
                    .map(|cell| cell.content.of(source))
                    .collect();
                let name = if index == 0 { "table" } else { "  row" };
                lines.push((row.range.start, format!("{name} ¦{}¦", cells.join("¦"))));
            }
        }
        lines.sort();
        lines.into_iter().map(|(_, line)| line + "\n").collect()
    }

    #[test]
    fn columns_are_counted_by_pipes_even_where_a_cell_is_empty() {
        check(
            "| a | b |\n|---|---|\n||z|\n| x ||\n|  | y |\n|||\n",
            expect![[r#"
                table ¦a¦b¦
                  row ¦¦z¦
                  row ¦x¦¦
                  row ¦¦y¦
                  row ¦¦¦
            "#]],
        );
    }

    #[test]
    fn an_escaped_pipe_is_text_and_one_in_back_ticks_is_not() {
        check(
            "|a|b|\n|-|-|\n| x \\| y | `p|q` |\n| \\\\|z |\n",
            expect![[r#"
                table ¦a¦b¦
                  row ¦x \| y¦`p¦q`¦
                  row ¦\\¦z¦
            "#]],
        );
    }

    #[test]
    fn a_row_being_typed_belongs_to_the_table() {
        for typed in ["|", "| ", "| pyt", "| x | ", "| x |", "|| x", "||", "| `py"] {
            for end in ["", "\n", "\n\ntext\n", "\r\n"] {
                let source = format!("# t\n\n| a | b |\n|---|---|\n| p | q |\n{typed}{end}");
                let blocks = Document::new(&source).blocks(0);
                assert_eq!(blocks.tables.len(), 1, "{source:?}");
                let rows = &blocks.tables[0].rows;
                assert_eq!(rows.len(), 2, "{source:?}");
                assert!(source[rows[1].range.range()].starts_with('|'), "{source:?}");
            }
        }
    }

    #[test]
    fn the_next_cell_of_a_short_row_is_there_to_be_typed() {
        check(
            "|a|b|c|\n|-|-|-|\n| x | \n|",
            expect![[r#"
            table ¦a¦b¦c¦
              row ¦x¦¦
              row ¦¦
        "#]],
        );
        let source = "|a|b|\n|-|-|\n| x | ";
        let blocks = Document::new(source).blocks(0);
        let cell = blocks.tables[0].rows[0].cells[1];
        assert_eq!(cell.span, ByteRange::new(source.len() - 1, source.len()));
        assert_eq!(cell.content, ByteRange::empty(source.len()));
    }

    #[test]
    fn a_half_typed_row_in_a_list_does_not_cost_the_rest_of_the_file() {
        check(
            "- |a|b|\n  |-|-|\n  ||x|\n  |\n\n# after\n",
            expect![[r#"
                table ¦a¦b¦
                  row ¦¦x¦
                  row ¦¦
                h1 "after"
            "#]],
        );
    }

    #[test]
    fn what_only_looks_like_the_start_of_a_table_does_not_cost_the_rest_of_the_file() {
        for start in [
            "a|\n- \n",
            "a|\n---\n",
            "a |\n| | \n",
            "|a| \n|---\n",
            "- |a|\n  - \n",
        ] {
            let source = format!("{start}\n# after\n\n|a|b|\n|-|-|\n|x|y|\n");
            let blocks = Document::new(&source).blocks(0);
            assert!(
                blocks
                    .headings
                    .iter()
                    .any(|heading| heading.text.of(&source) == "after"),
                "{source:?}"
            );
            assert_eq!(
                blocks.tables.last().map(|table| table.rows.len()),
                Some(1),
                "{source:?}"
            );
        }
    }

    #[test]
    fn marks_of_quotes_and_lists_are_in_no_row_and_no_cell() {
        check(
            "> |a|b|\n> |-|-|\n> | x | y\n\n- t\n\n  |a|b|\n  |-|-|\n  |x|\n",
            expect![[r#"
                table ¦a¦b¦
                  row ¦x¦y¦
                ListItem ["t"]
                table ¦a¦b¦
                  row ¦x¦¦
            "#]],
        );
    }

    #[test]
    fn a_heading_ends_with_its_line_in_a_quote_too() {
        let source = "# a\n> ## b\n> text\n>\n> c\n> ===\n- # d\n";
        let blocks = Document::new(source).blocks(0);
        let headings = blocks.headings.iter();
        let headings: Vec<_> = headings
            .map(|it| (it.text.of(source), it.range.of(source), it.is_contained))
            .collect();
        assert_eq!(
            headings,
            [
                ("a", "# a", false),
                ("b", "## b", true),
                ("c", "c\n> ===", true),
                ("d", "# d", true)
            ]
        );
    }

    #[test]
    fn containers_and_comments_are_there_without_the_blanks_after_them() {
        let source = "- a\n  - b\n\n> c\n\n<!-- d\ne -->\n\n<p>f</p>\n";
        let blocks = Document::new(source).blocks(0);
        let containers = blocks.containers.iter();
        let containers: Vec<_> = containers
            .map(|it| (it.kind, it.range.of(source)))
            .collect();
        assert_eq!(
            containers,
            [
                (ContainerKind::List, "- a\n  - b"),
                (ContainerKind::ListItem, "- a\n  - b"),
                (ContainerKind::List, "- b"),
                (ContainerKind::ListItem, "- b"),
                (ContainerKind::Quote, "> c"),
            ]
        );
        let comments: Vec<_> = blocks.comments.iter().map(|it| it.of(source)).collect();
        assert_eq!(comments, ["<!-- d\ne -->"]);
    }

    #[test]
    fn a_table_may_end_with_the_text() {
        check(
            "|a|\n|-|",
            expect![[r#"
            table ¦a¦
        "#]],
        );
        check(
            "|a|b|\r\n|-|-|\r\n|x|y|\r\ntext\r\n",
            expect![[r#"
            table ¦a¦b¦
              row ¦x¦y¦
              row ¦text¦
        "#]],
        );
        check(
            "|a|b|\r|-|-|\r|\tx\t|y|",
            expect![[r#"
            table ¦a¦b¦
              row ¦x¦y¦
        "#]],
        );
    }

    #[test]
    fn a_table_wider_than_the_limit_is_cut_and_says_so() {
        let wide = crate::limits::MAX_TABLE_COLUMNS + 10;
        let source = format!(
            "|{}\n|{}\n|{}\n",
            "a|".repeat(wide),
            "-|".repeat(wide),
            "x|".repeat(wide)
        );
        let blocks = Document::new(&source).blocks(0);
        assert_eq!(
            blocks.tables[0].header.cells.len(),
            crate::limits::MAX_TABLE_COLUMNS
        );
        let limits: Vec<Limit> = blocks.skipped.iter().map(|skipped| skipped.limit).collect();
        assert_eq!(limits, [Limit::TableWidth, Limit::TableWidth]);
    }

    #[test]
    fn nesting_beyond_the_limit_is_skipped_and_says_so() {
        let source = format!("{}a\n\n# after\n", "> ".repeat(2 * MAX_BLOCK_DEPTH));
        let blocks = Document::new(&source).blocks(0);
        assert!(
            blocks
                .skipped
                .iter()
                .any(|skipped| skipped.limit == Limit::Nesting)
        );
    }

    #[test]
    fn a_fence_has_its_code_without_the_marks_of_its_containers() {
        check(
            "```python\na\n\nb\n```\n> ~~~ py x\n> a (b)\n>\n> c\n> ~~~\n\n- ```sh\n  a\n\n  b\n  ```\n",
            expect![[r#"
                fence python ["a\n\nb\n"] ```
                fence py ["a (b)\n", "\n", "c\n"] ~~~
                fence sh ["a\n", "\n", "b\n"] ```
            "#]],
        );
    }

    #[test]
    fn a_fence_without_an_end_reaches_to_the_end() {
        check(
            "````md\n```\n",
            expect![[r#"
            fence md ["```\n"] never closed
        "#]],
        );
        check(
            "```",
            expect![[r#"
            fence  [] never closed
        "#]],
        );
        let source = "  ~~~~  a\r\nx\r\n~~~~~  \r\n";
        let fence = &Document::new(source).blocks(0).fences[0];
        assert_eq!((fence.marker, fence.marker_length), (b'~', 4));
        assert_eq!(fence.opening.of(source), "~~~~  a");
        assert_eq!(
            fence.closing.map(|closing| closing.of(source)),
            Some("~~~~~")
        );
    }

    #[test]
    fn the_language_is_the_first_word_up_to_what_people_add_to_it() {
        for (info, language) in [
            ("python", "python"),
            (" {.python .x}", "python"),
            ("python:app.py", "python"),
            ("js{1,3}", "js"),
            ("c++ x", "c++"),
        ] {
            let source = format!("```{info}\n```\n");
            let blocks = Document::new(&source).blocks(0);
            assert_eq!(
                blocks.fences[0].language.map(|range| range.of(&source)),
                Some(language)
            );
        }
    }

    #[test]
    fn a_heading_is_its_text_without_marks() {
        check(
            "# a #\n##\n   ### C#\n#### ü `x` ####  \r\nb\nc\n===\nd\n---\n",
            expect![[r#"
                h1 "a"
                h2 ""
                h3 "C#"
                h4 "ü `x`"
                h1 "b\nc"
                h2 "d"
            "#]],
        );
    }

    #[test]
    fn the_first_paragraph_of_a_list_item_is_known_as_such() {
        check(
            "p\n\n- a\n  b\n\n  c\n- - d\n> e\nf\n",
            expect![[r#"
                Paragraph ["p"]
                ListItem ["a\n", "b"]
                Paragraph ["c"]
                ListItem ["d"]
                Paragraph ["e\nf"]
            "#]],
        );
    }

    #[test]
    fn the_header_is_no_block_whatever_the_grammar_takes_for_one() {
        for (header, body) in [
            ("---\nname: a\n---\n", "# b\n"),
            ("---\nname: a\n", "# b\n\ntext\n\n---\n\n|a|b|\n|-|-|\n"),
            ("\n---\nname: a\n---\n", "# b\n"),
            ("---\nname: a\n---\n", "---\n# b\n---\n"),
        ] {
            let source = format!("{header}{body}");
            let blocks = Document::new(&source).blocks(header.len());
            assert_eq!(blocks.headings[0].text.of(&source), "b", "{source:?}");
            assert_eq!(
                blocks.tables.len(),
                body.matches("|-|").count(),
                "{source:?}"
            );
        }
    }

    /// Cells of every table and code spans outside them, as pulldown-cmark sees them.
    fn oracle(source: &str) -> (Vec<Vec<Vec<&str>>>, Vec<&str>) {
        let (mut tables, mut codes, mut in_table) =
            (Vec::<Vec<Vec<&str>>>::new(), Vec::new(), false);
        for (event, range) in CommonMark::new_ext(source, Options::ENABLE_TABLES).into_offset_iter()
        {
            match event {
                Event::Start(Tag::Table(_)) => {
                    tables.push(Vec::new());
                    in_table = true;
                }
                Event::End(TagEnd::Table) => in_table = false,
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    tables.last_mut().unwrap().push(Vec::new())
                }
                Event::Start(Tag::TableCell) => {
                    let cell = source[range].trim().trim_matches('|').trim();
                    tables.last_mut().unwrap().last_mut().unwrap().push(cell);
                }
                Event::Code(_) if !in_table => codes.push(&source[range]),
                _ => {}
            }
        }
        (tables, codes)
    }

    /// The same, as we see them. A row has as many cells as its header to GFM: it drops what
    /// is too many, and takes what is missing for empty. We keep both, as they are being typed.
    fn ours(source: &str) -> (Vec<Vec<Vec<&str>>>, Vec<&str>) {
        let mut document = Document::new(source);
        let blocks = document.blocks(0);
        let table = |table: &Table| -> Vec<Vec<&str>> {
            let columns = table.header.cells.len();
            let rows = std::iter::once(&table.header).chain(&table.rows);
            rows.map(|row| {
                let mut cells: Vec<&str> = row
                    .cells
                    .iter()
                    .map(|cell| cell.content.of(source).trim_matches('|').trim())
                    .collect();
                cells.resize(columns, "");
                cells
            })
            .collect()
        };
        let mut codes = Vec::new();
        for block in &blocks.inlines {
            let spans = document.inline_spans(block).spans;
            codes.extend(
                spans
                    .iter()
                    .filter(|span| matches!(span.kind, InlineKind::Code { .. }))
                    .map(|span| span.range),
            );
        }
        codes.sort();
        (
            blocks.tables.iter().map(table).collect(),
            codes.into_iter().map(|code| code.of(source)).collect(),
        )
    }

    /// Cells: no blanks within them but one, as GFM trims more than spaces and tabs.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[a-zü😀`*_\\[\\]()@. -]{0,8}",
            1 => Just(String::new()),
            1 => Just("\\|".to_owned()),
            1 => Just("`py`".to_owned()),
        ]
    }

    fn table(columns: usize) -> impl Strategy<Value = String> {
        let row = move |range: std::ops::Range<usize>| {
            (prop::collection::vec(cell(), range), prop::bool::ANY).prop_map(|(cells, closed)| {
                let row: String = cells.iter().map(|cell| format!("|{cell}")).collect();
                // A lone `|` ends the table to pulldown-cmark; to us it is a row being typed.
                let closed = closed || row.trim() == "|";
                if closed { row + "|\n" } else { row + "\n" }
            })
        };
        let header = prop::collection::vec("[a-z][a-z ]{0,6}", columns)
            .prop_map(|cells| format!("|{}|\n", cells.join("|")));
        let delimiter = format!("|{}\n", "---|".repeat(columns));
        (header, prop::collection::vec(row(1..columns + 2), 0..5))
            .prop_map(move |(header, rows)| format!("{header}{delimiter}{}\n", rows.concat()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn cells_are_those_of_pulldown_cmark(tables in prop::collection::vec((1usize..5).prop_flat_map(table), 1..3)) {
            let source = tables.concat();
            prop_assert_eq!(ours(&source).0, oracle(&source).0, "{:?}", source);
        }

        #[test]
        fn code_spans_are_those_of_pulldown_cmark(
            words in prop::collection::vec(
                prop::sample::select(vec!["a", "`", "`", "``", "```", "\\", " ", "\n", "**", "$", "ü", "(x)", "snake_case", "* "]),
                1..24,
            ),
        ) {
            // After a letter, so that no line starts a block.
            let source = format!("p{}", words.concat().replace('\n', "\nq"));
            prop_assert_eq!(ours(&source).1, oracle(&source).1, "{:?}", source);
        }
    }
}
