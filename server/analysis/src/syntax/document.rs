//! A document: its text, and the block tree that follows every edit of it.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use tree_sitter::{InputEdit, Parser, Point, Tree};

use super::blocks::{self, Blocks, Fence, InlineBlock};
use super::inline::{Inline, InlineCache};
use super::python::{PythonCache, PythonCode};
use super::table;
use super::view;
use crate::text::{ByteRange, Change, PositionEncoding, Splice, Text};

thread_local! {
    /// One parser per thread and not per document: a parser keeps its stacks and node pools
    /// from one parse to the next, and only as many parses run at a time as there are threads.
    static BLOCK_PARSER: RefCell<Parser> = RefCell::new(parser(tree_sitter_md::LANGUAGE.into()));
}

/// A parser of `language`. The grammars are compiled in with an ABI that the core accepts; were
/// one not, every parse would give no tree, and every document no blocks.
pub(super) fn parser(language: tree_sitter::Language) -> Parser {
    let mut parser = Parser::new();
    let accepted = parser.set_language(&language);
    debug_assert!(accepted.is_ok(), "{accepted:?}");
    parser
}

/// The text of a markdown file and what is known of its syntax.
pub struct Document {
    text: Text,
    source: Arc<str>,
    /// What the block grammar reads: see [`parser_view`].
    view: String,
    /// `None` after [`Document::forget_tree`], until it is asked for.
    tree: Option<Tree>,
    /// The blocks that were asked for last, and from which byte on; none after an edit that may
    /// have changed them.
    blocks: Option<(usize, Arc<Blocks>)>,
    /// The last edit, where it only moved the blocks.
    moved: Option<Splice>,
    inlines: InlineCache,
    pythons: PythonCache,
}

impl Document {
    /// Parses `source`, every NUL replaced.
    pub fn new(source: &str) -> Self {
        Self::parse(source, parser_view)
    }

    /// The same for a text that nobody edits: the grammar reads as little of it as it can. What the
    /// document says is the same, for half of the time.
    pub fn unedited(source: &str) -> Self {
        Self::parse(source, |source| {
            view::without_words(source, parser_view(source))
        })
    }

    fn parse(source: &str, view: impl FnOnce(&str) -> String) -> Self {
        let text = Text::new(source);
        let source: Arc<str> = text.to_source().into();
        let view = view(&source);
        let tree = parse(&view, 0, None);
        Self {
            text,
            source,
            view,
            tree,
            blocks: None,
            moved: None,
            inlines: InlineCache::default(),
            pythons: PythonCache::default(),
        }
    }

    /// Applies changes in order, then parses once.
    pub fn apply(&mut self, changes: &[Change], encoding: PositionEncoding) {
        self.edit(changes, encoding);
        self.parse_edited();
    }

    /// Applies changes in order to the text as a rope. All else is that of the text before until
    /// [`Document::parse_edited`].
    pub fn edit(&mut self, changes: &[Change], encoding: PositionEncoding) {
        for change in changes {
            self.text.apply(change, encoding);
        }
    }

    /// Parses what was edited.
    pub fn parse_edited(&mut self) {
        self.moved = None;
        let source = self.text.to_source();
        // What was typed may have been taken back.
        let Some(changed) = difference(&self.source, &source) else {
            return;
        };
        let source: Arc<str> = source.into();
        let stays = self.stays(&self.source, &source, &changed);
        let in_line = Some(changed).filter(|_| stays);
        self.source = source;
        let view = parser_view(&self.source);
        // One edit from the first to the last byte that differs stands for all changes: it is
        // found in microseconds, it also covers what the view changes beyond them, and a client
        // that always sends the whole text is served as fast as one that sends what changed.
        let Some(edit) = difference(&self.view, &view) else {
            self.blocks = None;
            return;
        };
        if let Some(tree) = &mut self.tree {
            tree.edit(&edit);
        }
        let stays = self.tree.is_some()
            && self.stays(&self.view, &view, &edit)
            && !self.decides_indentation(&view, &edit);
        if !stays {
            self.tree = parse(&view, 0, self.tree.as_ref());
        }
        // Where a row is masked, the view changes otherwise than the text.
        let stays = stays && in_line == Some(edit);
        let splice = Splice {
            start: edit.start_byte,
            old_end: edit.old_end_byte,
            new_end: edit.new_end_byte,
        };
        self.blocks = self.blocks.take().and_then(|(mut body_start, mut blocks)| {
            if splice.old_end < body_start {
                body_start = body_start - splice.old_end + splice.new_end;
            } else if splice.start <= body_start {
                return None;
            }
            let is_same = stays && Arc::make_mut(&mut blocks).shift(splice);
            is_same.then_some((body_start, blocks))
        });
        self.moved = self.blocks.is_some().then_some(splice);
        self.view = view;
    }

    /// Whether an edit changes no block and leaves the tree as it is.
    fn stays(&self, old: &str, new: &str, edit: &InputEdit) -> bool {
        stays_in_line(old, new, edit) || self.stays_in_code(old, new, edit)
    }

    /// Whether an edit puts or takes letters, digits and blanks in code, behind a letter of their
    /// line. Only a line that begins with the marks of the fence can end it, so that changes no
    /// block, whatever else the line holds. Marks have nodes of their own in the tree.
    fn stays_in_code(&self, old: &str, new: &str, edit: &InputEdit) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
        let is_word = |text: Option<&str>| text.is_some_and(|text| text.bytes().all(is_plain));
        let (removed, inserted) = (
            old.get(edit.start_byte..edit.old_end_byte),
            new.get(edit.start_byte..edit.new_end_byte),
        );
        if !is_word(removed) || !is_word(inserted) {
            return false;
        }
        // What stands around code that is not closed ends behind its last byte that is not blank.
        let (before, after) = (&new[..edit.start_byte], &new[edit.new_end_byte..]);
        let line = after.split(['\n', '\r']).next().unwrap_or("");
        let ends_blank = |text: Option<&str>| {
            let last = text.and_then(|text| text.chars().next_back());
            let last = last.or_else(|| before.chars().next_back());
            last.is_some_and(char::is_whitespace)
        };
        if line.trim().is_empty() && (ends_blank(removed) || ends_blank(inserted)) {
            return false;
        }
        let Some((_, blocks)) = &self.blocks else {
            return false;
        };
        let after = blocks
            .fences
            .partition_point(|fence| (fence.range.start as usize) < edit.start_byte);
        let content = blocks.fences[..after].last().map(|fence| &fence.content);
        let piece = content.into_iter().flatten().find(|piece| {
            (piece.start as usize) < edit.start_byte && edit.old_end_byte <= piece.end as usize
        });
        piece.is_some_and(|piece| {
            let code = &old.as_bytes()[piece.start as usize..edit.start_byte];
            let line = memchr::memrchr2(b'\n', b'\r', code).map_or(0, |at| at + 1);
            code[line..].iter().any(u8::is_ascii_alphabetic)
        })
    }

    /// Whether an edit is in what the grammar takes for a header, and a tab follows that: how far
    /// it indents, the grammar makes depend on the length of the header.
    fn decides_indentation(&self, view: &str, edit: &InputEdit) -> bool {
        let end = self.tree.as_ref().map_or(0, blocks::metadata_end);
        edit.start_byte < end && view.as_bytes().get(end) == Some(&b'\t')
    }

    /// The text as a rope.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The text in one piece.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The edit that was applied last, where it changed no block: all of them only moved.
    pub fn moved(&self) -> Option<Splice> {
        self.moved
    }

    /// The blocks that start at or after byte `body_start`: where the header ends. The tree is
    /// walked only where an edit can have changed them.
    pub fn blocks(&mut self, body_start: usize) -> Arc<Blocks> {
        if let Some((start, blocks)) = &self.blocks
            && *start == body_start
        {
            return blocks.clone();
        }
        let blocks = Arc::new(self.read_blocks(body_start));
        self.blocks = Some((body_start, blocks.clone()));
        blocks
    }

    /// Lets go of the block tree, which takes some fifty times its text. Nothing else changes, but
    /// that the next edit parses the whole text.
    pub fn forget_tree(&mut self) {
        self.tree = None;
    }

    fn recall_tree(&mut self) {
        if self.tree.is_none() {
            self.tree = parse(&self.view, 0, None);
        }
    }

    fn read_blocks(&mut self, body_start: usize) -> Blocks {
        self.recall_tree();
        let Some(tree) = &self.tree else {
            return Blocks::default();
        };
        if self.tree_agrees_on_header(tree, body_start) {
            return blocks::blocks(tree, &self.source, body_start);
        }
        // The grammar has its own idea of a header: it knows no unclosed one, and takes any
        // later `---` for the end of one. Where it differs the body is parsed alone, fresh; and
        // a `---` that it begins with is left out, as that would begin a header there.
        let body = self.source.get(body_start..).unwrap_or("");
        let first_line = body.split(['\n', '\r']).next().unwrap_or("");
        let skip = if first_line.starts_with("---") {
            first_line.len()
        } else {
            0
        };
        match parse(&self.view, body_start + skip, None) {
            Some(tree) => blocks::blocks(&tree, &self.source, body_start),
            None => Blocks::default(),
        }
    }

    /// The named nodes of the block tree in the order of the text, a line each. The others are
    /// punctuation, which nobody reads: one that a letter was typed behind may hold it until the
    /// next parse.
    #[cfg(any(test, feature = "promises"))]
    pub(crate) fn tree_as_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        self.recall_tree();
        let Some(tree) = &self.tree else {
            return lines;
        };
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            let (depth, missing) = (cursor.depth(), node.is_missing());
            if node.is_named() {
                lines.push(format!(
                    "{depth} {} {:?} {missing}",
                    node.kind(),
                    node.byte_range()
                ));
            }
            let mut has_next = cursor.goto_first_child();
            while !has_next {
                has_next = cursor.goto_next_sibling();
                if !has_next && !cursor.goto_parent() {
                    return lines;
                }
            }
        }
    }

    fn tree_agrees_on_header(&self, tree: &Tree, body_start: usize) -> bool {
        let end = blocks::metadata_end(tree).min(self.source.len());
        let between = end.min(body_start)..end.max(body_start);
        body_start == 0
            || self
                .source
                .get(between)
                .is_some_and(|text| text.trim().is_empty())
    }

    /// The inline markup of a block. Remembered by content, so that a keystroke parses only
    /// the paragraph it is in.
    pub fn inline_spans(&mut self, block: &InlineBlock) -> Inline {
        self.inline_spans_of(&block.pieces)
    }

    /// The inline markup of the text that `pieces` make together: those of a block, or the
    /// content of a table cell.
    pub fn inline_spans_of(&mut self, pieces: &[ByteRange]) -> Inline {
        self.inlines.spans(&self.source, pieces)
    }

    /// What is known of the Python in `fence`. Remembered by content.
    pub fn python(&mut self, fence: &Fence) -> PythonCode {
        self.pythons.code(&self.source, fence)
    }
}

/// The block tree of `view` from byte `start` on.
fn parse(view: &str, start: usize, old: Option<&Tree>) -> Option<Tree> {
    BLOCK_PARSER.with_borrow_mut(|parser| {
        if start == 0 {
            return parser.parse(view, old);
        }
        let included = tree_sitter::Range {
            start_byte: start,
            end_byte: view.len(),
            start_point: point(view, start),
            end_point: point(view, view.len()),
        };
        parser.set_included_ranges(&[included]).ok()?;
        let tree = parser.parse(view, old);
        parser.set_included_ranges(&[]).ok()?;
        tree
    })
}

/// The place of `offset` as tree-sitter counts: only `\n` ends a row, columns are bytes.
pub(super) fn point(text: &str, offset: usize) -> Point {
    let before = &text.as_bytes()[..offset];
    let row = memchr::memchr_iter(b'\n', before).count();
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    Point {
        row,
        column: offset - line_start,
    }
}

/// Whether an edit only puts letters or digits behind a letter of their line, or takes some away
/// there, and joins them to no mark. Blocks are told by how lines begin, so it changes none of them
/// and the edited tree holds as it is: most keystrokes are of this kind, and the parse is the
/// dearest part of one.
///
/// Left out are lines with a mark that letters can switch on or off: `<` (the name of a tag
/// decides what kind of block it opens) and `[` (`[x]` marks a task, `[xx]` does not). Behind
/// anything but a letter, so is what can belong to the opening of a fence, to the end of a block of
/// HTML, or to a link definition, of which the lines below `[a]:` may be a part.
fn stays_in_line(old: &str, new: &str, edit: &InputEdit) -> bool {
    let joins = |text: Option<&str>| {
        text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    if !joins(old.get(edit.start_byte..edit.old_end_byte))
        || !joins(new.get(edit.start_byte..edit.new_end_byte))
    {
        return false;
    }
    let (before, after) = new.as_bytes().split_at(edit.start_byte);
    let after = &after[edit.new_end_byte - edit.start_byte..];
    let line_start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
    let line_end = memchr::memchr2(b'\n', b'\r', after).unwrap_or(after.len());
    let (head, tail) = (&before[line_start..], &after[..line_end]);
    let marks = |bytes: &[u8]| memchr::memchr2(b'<', b'[', bytes).is_some();
    let Some(last) = head.last().filter(|_| !marks(head) && !marks(tail)) else {
        return false;
    };
    last.is_ascii_alphabetic()
        || head.iter().any(u8::is_ascii_alphabetic)
            && (last.is_ascii_digit() || !last.is_ascii() || PASSIVE.contains(last))
            && tail.first() != Some(&b'>')
            && memchr::memchr2(b'`', b'~', head).is_none()
            && !may_define_link(&new[..line_start])
}

/// Marks that mean nothing to blocks where a letter stands before them in their line.
const PASSIVE: &[u8] = b".,:;!?)(]}{'\"/@$%^";

/// Whether the paragraph that `before` ends in, if any, may begin with a link definition.
fn may_define_link(before: &str) -> bool {
    let is_blank = |line: &str| line.trim_matches([' ', '\t', '\r', '\n', '>']).is_empty();
    let lines = before.split_inclusive('\n').rev();
    lines
        .take_while(|line| !is_blank(line))
        .any(|line| line.contains("]:"))
}

/// Bytes that are compared at once: the processor compares blocks far faster than bytes.
const COMPARED: usize = 256;

/// How many bytes two texts begin with alike.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.chunks_exact(COMPARED).zip(b.chunks_exact(COMPARED));
    let same = COMPARED * blocks.take_while(|(a, b)| a == b).count();
    let bytes = a[same..].iter().zip(&b[same..]);
    same + bytes.take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts end with alike.
fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.rchunks_exact(COMPARED).zip(b.rchunks_exact(COMPARED));
    let same = COMPARED * blocks.take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let bytes = a.iter().rev().zip(b.iter().rev());
    same + bytes.take_while(|(a, b)| a == b).count()
}

/// The edit that makes `new` of `old`; `None` where they are equal.
fn difference(old: &str, new: &str) -> Option<InputEdit> {
    if old == new {
        return None;
    }
    let mut start = common_prefix(old.as_bytes(), new.as_bytes());
    while !(old.is_char_boundary(start) && new.is_char_boundary(start)) {
        start -= 1;
    }
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let mut same = common_suffix(old_rest.as_bytes(), new_rest.as_bytes());
    while !(old_rest.is_char_boundary(old_rest.len() - same)
        && new_rest.is_char_boundary(new_rest.len() - same))
    {
        same -= 1;
    }
    let (old_end, new_end) = (old.len() - same, new.len() - same);
    Some(InputEdit {
        start_byte: start,
        old_end_byte: old_end,
        new_end_byte: new_end,
        start_position: point(old, start),
        old_end_position: point(old, old_end),
        new_end_position: point(new, new_end),
    })
}

/// What a masked byte becomes: anything that makes a cell and means nothing to markdown.
const MASK: u8 = b'y';

/// The text that the block grammar reads: `source` with a line end at its end, and with table
/// rows masked, byte for byte, that would throw the grammar into error recovery.
///
/// The grammar has no empty cell: `||z|`, or a lone `|` as it stands while a row is typed, is an
/// error that can take the whole tree with it; so is a row of a table's first two lines that its
/// scanner counts cells in otherwise than its rules. And it sees no table that the text ends in
/// without a line end. Tables get their cells from the source, so only that there is a row
/// matters here; everything else in the view is as in the source, at the same bytes.
fn parser_view(source: &str) -> String {
    let mut view = Vec::with_capacity(source.len() + 1);
    view.extend_from_slice(source.as_bytes());
    let (mut at, mut above) = (0, Above::Nothing);
    while let Some(pipe) = memchr::memchr(b'|', &source.as_bytes()[at..]).map(|found| at + found) {
        let line = line_around(source, at, pipe);
        let next_start = blocks::after_line_end(source, line.end);
        if line.start > at {
            // A line between without any `|`.
            above = Above::Nothing;
        }
        above = mask_row(
            source,
            line.clone(),
            above,
            next_line(source, next_start),
            &mut view,
        );
        at = next_start.max(line.end);
        if at >= source.len() {
            break;
        }
    }
    view.push(b'\n');
    // Only single ASCII bytes, and whole rows, were replaced by ASCII.
    String::from_utf8(view).unwrap_or_else(|_| format!("{source}\n"))
}

/// What stands right above a line with a `|`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    /// A row of so many cells that can be a header.
    Row(usize),
    /// A table, its delimiter row included.
    Table,
}

/// Masks the row at `line` where it must be, and says what it is to the line below it.
fn mask_row(source: &str, line: Range<usize>, above: Above, next: &str, view: &mut [u8]) -> Above {
    let row = line.start + table::container_prefix(&source[line.clone()])..line.end;
    let text = source[row.clone()].trim_end();
    let row = row.start..row.start + text.len();
    let pipes: Vec<usize> = table::separators(text).collect();
    let empty_cell = pipes.windows(2).any(|pair| pair[0] + 1 == pair[1]);
    let only_pipes = text.bytes().all(|byte| matches!(byte, b'|' | b' ' | b'\t'));
    let cells = table::cell_count(text, &pipes);
    let marks = looks_like_delimiter(text);
    let is_delimiter = marks && above == Above::Row(cells);
    let next = &next[table::container_prefix_of_delimiter(next)..];
    let here = if is_delimiter || above == Above::Table {
        Above::Table
    } else {
        Above::Row(cells)
    };

    if marks && above == Above::Table {
        // The grammar would make the row above the header of another table.
        for byte in view[row]
            .iter_mut()
            .filter(|byte| matches!(byte, b'-' | b'|'))
        {
            *byte = MASK;
        }
        return here;
    }
    if text.starts_with('|') && empty_cell && !only_pipes {
        // Rebuilt with the same number of cells, as it may be a header.
        let fits = 2 * cells <= row.len() + 1;
        for (index, byte) in view[row].iter_mut().enumerate() {
            *byte = if fits && index % 2 == 1 && index / 2 + 1 < cells {
                b'|'
            } else {
                MASK
            };
        }
        return here;
    }
    let is_header = !empty_cell && pipes.len() > 1 && looks_like_delimiter(next);
    if only_pipes && !is_header || cells == 1 && !is_delimiter && table::unsound_delimiter(next) {
        for pipe in pipes {
            view[row.start + pipe] = MASK;
        }
        return here;
    }
    for pair in pipes.windows(2).filter(|pair| pair[0] + 1 == pair[1]) {
        view[row.start + pair[1]] = MASK;
    }
    here
}

fn looks_like_delimiter(line: &str) -> bool {
    line.contains('-')
        && line
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// The line that holds `offset`, without its line end; `from` is a known line start before it.
fn line_around(source: &str, from: usize, offset: usize) -> Range<usize> {
    let start = memchr::memrchr2(b'\n', b'\r', &source.as_bytes()[from..offset])
        .map_or(from, |at| from + at + 1);
    start..blocks::line_end(source, offset)
}

fn next_line(source: &str, start: usize) -> &str {
    &source[start..blocks::line_end(source, start)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::promises::texts::{changes, markdown};
    use crate::syntax::inline::{InlineKind, InlineSpan};
    use crate::syntax::python::place_definition;

    const UTF16: PositionEncoding = PositionEncoding::Utf16;

    /// Everything that a document says of its body.
    fn facts(
        document: &mut Document,
        body_start: usize,
    ) -> (Arc<Blocks>, Vec<Inline>, Vec<PythonCode>) {
        let blocks = document.blocks(body_start);
        let inlines = blocks
            .inlines
            .iter()
            .map(|block| document.inline_spans(block))
            .collect();
        let pythons = blocks
            .fences
            .iter()
            .map(|fence| document.python(fence))
            .collect();
        (blocks, inlines, pythons)
    }

    fn ranges(facts: &(Arc<Blocks>, Vec<Inline>, Vec<PythonCode>)) -> Vec<ByteRange> {
        let (blocks, inlines, pythons) = facts;
        let mut ranges = Vec::new();
        ranges.extend(
            blocks
                .headings
                .iter()
                .flat_map(|heading| [heading.range, heading.text]),
        );
        for table in &blocks.tables {
            ranges.push(table.range);
            for row in std::iter::once(&table.header).chain(&table.rows) {
                ranges.push(row.range);
                ranges.extend(row.cells.iter().flat_map(|cell| [cell.span, cell.content]));
            }
        }
        for fence in &blocks.fences {
            ranges.extend([fence.range, fence.opening]);
            ranges.extend(
                fence
                    .language
                    .iter()
                    .chain(&fence.closing)
                    .chain(&fence.content),
            );
        }
        ranges.extend(
            blocks
                .inlines
                .iter()
                .flat_map(|block| block.pieces.iter().copied().chain([block.range])),
        );
        ranges.extend(
            inlines
                .iter()
                .flat_map(|inline| inline.spans.iter())
                .flat_map(span_ranges),
        );
        ranges.extend(blocks.containers.iter().map(|container| container.range));
        ranges.extend(&blocks.comments);
        for (fence, python) in blocks.fences.iter().zip(pythons) {
            ranges.extend(python.errors.iter().map(|error| error.range));
            for definition in python.definitions.iter() {
                let placed = place_definition(definition, &fence.content);
                ranges.extend([placed.range, placed.name]);
            }
        }
        ranges
    }

    fn span_ranges(span: &InlineSpan) -> Vec<ByteRange> {
        match span.kind {
            InlineKind::Code { content } | InlineKind::Strong { content } => {
                vec![span.range, content]
            }
            InlineKind::Link { text, destination } => vec![span.range, text, destination],
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn edits_give_the_facts_of_a_fresh_parse(
            text in markdown(40), edits in prop::collection::vec(changes(), 1..12), body_start in 0usize..20,
        ) {
            let mut edited = Document::new(&text);
            for changes in &edits {
                edited.apply(changes, UTF16);
                let source = edited.source().clone();
                prop_assert_eq!(&*source, edited.text().to_source());
                let mut fresh = Document::new(&source);
                let found = facts(&mut edited, 0);
                prop_assert_eq!(&found, &facts(&mut fresh, 0));
                let body_start = (0..=body_start.min(source.len())).rev().find(|&at| source.is_char_boundary(at));
                prop_assert_eq!(edited.blocks(body_start.unwrap_or(0)), fresh.blocks(body_start.unwrap_or(0)));
                for range in ranges(&found) {
                    prop_assert!(source.get(range.range()).is_some(), "{:?} in {:?}", range, source);
                }
            }
        }

        #[test]
        fn typing_inside_lines_gives_the_blocks_of_a_fresh_parse(
            text in markdown(40), places in prop::collection::vec((0usize..400, "[a-z0-9 ]{0,3}|[(<`~|#-]{1,3}", 0usize..3), 1..12),
        ) {
            let mut edited = Document::new(&text);
            edited.blocks(0);
            for (place, insert, remove) in places {
                let source = edited.source().to_string();
                let visible = source.char_indices().filter(|(_, c)| !c.is_whitespace());
                let after: Vec<usize> = visible.map(|(at, c)| at + c.len_utf8()).collect();
                let Some(at) = after.get(place % after.len().max(1)).copied() else { break };
                let end = (at..=(at + remove).min(source.len())).rev().find(|&end| source.is_char_boundary(end)).unwrap_or(at);
                let range = (edited.text().position(at, UTF16), edited.text().position(end, UTF16));
                edited.apply(&[Change { range: Some(range), text: insert }], UTF16);
                let mut fresh = Document::new(&edited.source().clone());
                prop_assert_eq!(facts(&mut edited, 0), facts(&mut fresh, 0));
            }
        }

        #[test]
        fn a_body_has_the_blocks_that_it_has_on_its_own(body in markdown(30)) {
            // After a letter: a body may well begin with what a whole file takes for a header.
            let body = format!("p{body}");
            let header = "---\nname: a\n---\n";
            let alone = Document::new(&body).blocks(0);
            let below = Document::new(&format!("{header}{body}")).blocks(header.len());
            prop_assert_eq!(alone.tables.len(), below.tables.len());
            prop_assert_eq!(alone.fences.len(), below.fences.len());
            prop_assert_eq!(alone.inlines.len(), below.inlines.len());
            prop_assert_eq!(alone.headings.len(), below.headings.len());
        }
    }
}
