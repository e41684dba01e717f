//! The inline markup of a block: always parsed fresh (the incremental inline parse drifts),
//! only where a fact needs it, and under a budget (the grammar is quadratic in unclosed
//! delimiters).

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, ParseOptions, Parser, Tree};

use super::document;
use crate::limits::{INLINE_STEPS, MAX_INLINE_BYTES};
use crate::text::ByteRange;

/// A piece of inline markup that a fact can come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineSpan {
    /// With its delimiters, in bytes of the file.
    pub range: ByteRange,
    /// What it is.
    pub kind: InlineKind,
}

/// The kinds of [`InlineSpan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineKind {
    /// `` `x` ``; the content without the delimiters and one blank on each side.
    Code {
        /// Between the delimiters.
        content: ByteRange,
    },
    /// `**x**` or `__x__`; the content without the delimiters.
    Strong {
        /// Between the delimiters.
        content: ByteRange,
    },
    /// `[text](destination)`; the destination without `<>` and title. Images are left out.
    Link {
        /// Between the square brackets.
        text: ByteRange,
        /// Where it leads, as written.
        destination: ByteRange,
    },
}

/// The inline markup of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// In the order of the text, an outer span before those in it; in bytes of the file.
    pub spans: Arc<[InlineSpan]>,
    /// False where the block passed [`MAX_INLINE_BYTES`] or [`INLINE_STEPS`]: it then has no spans.
    pub complete: bool,
}

/// Whether `text` can hold a span at all. Where it says no there is none; cheap, and right for
/// most paragraphs.
pub fn wanted(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3_iter(b'`', b'*', b'_', bytes)
        .any(|at| bytes[at] == b'`' || bytes.get(at + 1) == Some(&bytes[at]))
        || memchr::memmem::find(bytes, b"](").is_some()
}

/// Spans by the text that they stand in, so that only a changed paragraph is parsed again, and
/// a moved one is not. The older generation is dropped when the newer has grown past the length
/// of the file: bounded, and long enough for one pass over every block.
#[derive(Default)]
pub(super) struct InlineCache {
    newer: FxHashMap<Box<str>, Parsed>,
    older: FxHashMap<Box<str>, Parsed>,
    newer_bytes: usize,
}

/// Spans in bytes of the text; `None` where a limit was passed.
type Parsed = Option<Arc<[InlineSpan]>>;

/// What a generation may hold beyond the length of the file, in bytes of text.
const SLACK_BYTES: usize = 16 * 1024;

impl InlineCache {
    /// The spans of the text that `pieces` of `source` make together.
    pub(super) fn spans(&mut self, source: &str, pieces: &[ByteRange]) -> Inline {
        let joined: String;
        let text = match pieces {
            [piece] => piece.of(source),
            _ => {
                joined = pieces.iter().map(|piece| piece.of(source)).collect();
                &joined
            }
        };
        if !wanted(text) {
            return Inline {
                spans: Arc::default(),
                complete: true,
            };
        }
        if text.len() > MAX_INLINE_BYTES {
            return Inline {
                spans: Arc::default(),
                complete: false,
            };
        }
        let Some(spans) = self.parsed(text, source.len()) else {
            return Inline {
                spans: Arc::default(),
                complete: false,
            };
        };
        Inline {
            spans: spans.iter().map(|span| span.placed(pieces)).collect(),
            complete: true,
        }
    }

    fn parsed(&mut self, text: &str, source_bytes: usize) -> Parsed {
        if let Some(parsed) = self.newer.get(text) {
            return parsed.clone();
        }
        if self.newer_bytes > source_bytes + SLACK_BYTES {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = 0;
        }
        let (key, parsed) = self
            .older
            .remove_entry(text)
            .unwrap_or_else(|| (text.into(), parse(text)));
        self.newer_bytes += key.len();
        self.newer.insert(key, parsed.clone());
        parsed
    }
}

/// The spans of the text that `pieces` of `source` make together, parsed for this one time.
pub(crate) fn spans_of(source: &str, pieces: &[ByteRange]) -> Inline {
    InlineCache::default().spans(source, pieces)
}

impl InlineSpan {
    /// This span of the text that `pieces` make together, in bytes of the file.
    fn placed(&self, pieces: &[ByteRange]) -> Self {
        let place = |range: ByteRange| place(range, pieces);
        let kind = match self.kind {
            InlineKind::Code { content } => InlineKind::Code {
                content: place(content),
            },
            InlineKind::Strong { content } => InlineKind::Strong {
                content: place(content),
            },
            InlineKind::Link { text, destination } => InlineKind::Link {
                text: place(text),
                destination: place(destination),
            },
        };
        Self {
            range: place(self.range),
            kind,
        }
    }
}

/// Where `range` of the text that `pieces` make together stands in the file. A range that ends
/// where a piece does ends there, and not behind the marks that follow it.
pub(super) fn place(range: ByteRange, pieces: &[ByteRange]) -> ByteRange {
    let start = place_start(range.start as usize, pieces);
    let end = if range.is_empty() {
        start
    } else {
        place_start(range.end as usize - 1, pieces) + 1
    };
    ByteRange::new(start, end.max(start))
}

fn place_start(offset: usize, pieces: &[ByteRange]) -> usize {
    let mut rest = offset;
    for piece in pieces {
        if rest < piece.len() {
            return piece.start as usize + rest;
        }
        rest -= piece.len();
    }
    pieces.last().map_or(0, |piece| piece.end as usize)
}

thread_local! {
    static INLINE_PARSER: RefCell<Parser> = RefCell::new(document::parser(tree_sitter_md::INLINE_LANGUAGE.into()));
}

fn parse(text: &str) -> Parsed {
    let view = parser_view(text);
    let tree = INLINE_PARSER.with_borrow_mut(|parser| parse_within_budget(parser, &view))?;
    Some(spans(&tree, text).into())
}

/// Stands for punctuation that must not be seen: it means nothing, and is punctuation too, so
/// that emphasis beside it opens and closes as before.
const MASK: u8 = b'%';

/// The text that the inline grammar reads: `text` with some bytes masked, at the same places.
///
/// Masked is `$`, since the grammar takes what stands between two for mathematics, while in
/// agent files it starts a variable (`$1`, `$ARGUMENTS`); and each run of back-ticks that
/// opens and closes nothing, since the grammar closes `` `a``b` `` too early.
fn parser_view(text: &str) -> Cow<'_, str> {
    let mut view = Cow::Borrowed(text.as_bytes());
    for at in memchr::memchr_iter(b'$', text.as_bytes()) {
        view.to_mut()[at] = MASK;
    }
    let runs = backtick_runs(text);
    let mut never_closed = FxHashSet::default();
    let mut index = 0;
    while let Some(&(run, escaped)) = runs.get(index) {
        let opener = if escaped {
            ByteRange {
                start: run.start + 1,
                end: run.end,
            }
        } else {
            run
        };
        let length = opener.len();
        let closer = if length == 0 || never_closed.contains(&length) {
            None
        } else {
            runs[index + 1..]
                .iter()
                .position(|(run, _)| run.len() == length)
                .map(|at| index + 1 + at)
        };
        let masked = match closer {
            Some(closer) => index + 1..closer,
            None => {
                never_closed.insert(length);
                index..index + 1
            }
        };
        index = closer.unwrap_or(index) + 1;
        for (run, escaped) in &runs[masked] {
            // The one behind a `\` is harmless, and without it the `\` would mean something else.
            let kept = usize::from(*escaped && closer.is_none());
            view.to_mut()[run.range()]
                .iter_mut()
                .skip(kept)
                .for_each(|byte| *byte = MASK);
        }
    }
    match view {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        // Only single ASCII bytes were replaced by ASCII.
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// The runs of back-ticks in `text`, and whether a `\` escapes the first of each.
fn backtick_runs(text: &str) -> Vec<(ByteRange, bool)> {
    let bytes = text.as_bytes();
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(start) = memchr::memchr(b'`', &bytes[at..]).map(|found| at + found) {
        let end = start
            + bytes[start..]
                .iter()
                .take_while(|&&byte| byte == b'`')
                .count();
        let backslashes = bytes[..start]
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\')
            .count();
        runs.push((ByteRange::new(start, end), backslashes % 2 == 1));
        at = end;
    }
    runs
}

fn parse_within_budget(parser: &mut Parser, text: &str) -> Option<Tree> {
    let mut steps = 0;
    let mut count = |_: &tree_sitter::ParseState| {
        steps += 1;
        if steps > INLINE_STEPS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut count);
    let bytes = text.as_bytes();
    let tree = parser.parse_with_options(
        &mut |at, _| bytes.get(at..).unwrap_or_default(),
        None,
        Some(options),
    );
    if tree.is_none() {
        // Else the next parse would go on with this one.
        parser.reset();
    }
    tree
}

struct Kinds {
    code_span: u16,
    code_delimiter: u16,
    strong: u16,
    link: u16,
    link_text: u16,
    link_destination: u16,
    image: u16,
}

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let language: tree_sitter::Language = tree_sitter_md::INLINE_LANGUAGE.into();
    let kind = |name| {
        let id = language.id_for_node_kind(name, true);
        debug_assert!(id != 0, "no such kind: {name}");
        id
    };
    Kinds {
        code_span: kind("code_span"),
        code_delimiter: kind("code_span_delimiter"),
        strong: kind("strong_emphasis"),
        link: kind("inline_link"),
        link_text: kind("link_text"),
        link_destination: kind("link_destination"),
        image: kind("image"),
    }
});

fn spans(tree: &Tree, text: &str) -> Vec<InlineSpan> {
    let mut spans = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let kind = node.kind_id();
        let span = if kind == KINDS.code_span {
            code(node, text)
        } else if kind == KINDS.strong {
            strong(node)
        } else if kind == KINDS.link {
            link(node, text)
        } else {
            None
        };
        spans.extend(span);
        if kind != KINDS.code_span && kind != KINDS.image && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return spans;
            }
        }
    }
}

fn range_of(node: Node<'_>) -> ByteRange {
    node.byte_range().into()
}

fn child(node: Node<'_>, kind: u16) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find(|child| child.kind_id() == kind)
}

fn code(node: Node<'_>, text: &str) -> Option<InlineSpan> {
    let range = range_of(node);
    let delimiter = range_of(child(node, KINDS.code_delimiter)?).len();
    let (mut start, mut end) = (
        range.start as usize + delimiter,
        range.end as usize - delimiter,
    );
    let content = text.get(start..end)?;
    // One blank on each side is there to part the content from the delimiter.
    let blank = [' ', '\n', '\r'];
    if content.starts_with(blank)
        && content.ends_with(blank)
        && !content.trim_matches(blank).is_empty()
    {
        start += if content.starts_with("\r\n") { 2 } else { 1 };
        end -= if content.ends_with("\r\n") { 2 } else { 1 };
    }
    Some(InlineSpan {
        range,
        kind: InlineKind::Code {
            content: ByteRange::new(start, end),
        },
    })
}

fn strong(node: Node<'_>) -> Option<InlineSpan> {
    let range = range_of(node);
    let content = ByteRange {
        start: range.start + 2,
        end: range.end.checked_sub(2)?,
    };
    (content.start <= content.end).then_some(InlineSpan {
        range,
        kind: InlineKind::Strong { content },
    })
}

fn link(node: Node<'_>, source: &str) -> Option<InlineSpan> {
    let range = range_of(node);
    let text =
        child(node, KINDS.link_text).map_or(ByteRange::empty(range.start as usize + 1), range_of);
    let destination = range_of(child(node, KINDS.link_destination)?);
    let bracketed =
        destination.of(source).starts_with('<') && destination.of(source).ends_with('>');
    let destination = if bracketed && destination.len() > 1 {
        ByteRange {
            start: destination.start + 1,
            end: destination.end - 1,
        }
    } else {
        destination
    };
    Some(InlineSpan {
        range,
        kind: InlineKind::Link { text, destination },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::document::Document;
    use crate::text::{Change, Position, PositionEncoding};

    /// Draws each span as `kind content`, in the order of the text.
    fn drawn(source: &str, inline: &Inline) -> Vec<String> {
        let draw = |span: &InlineSpan| match span.kind {
            InlineKind::Code { content } => format!("code {}", content.of(source)),
            InlineKind::Strong { content } => format!("strong {}", content.of(source)),
            InlineKind::Link { text, destination } => {
                format!("link {} -> {}", text.of(source), destination.of(source))
            }
        };
        inline.spans.iter().map(draw).collect()
    }

    fn check(source: &str, expected: &[&str]) {
        let mut document = Document::new(source);
        let blocks = document.blocks(0).inlines.clone();
        let found: Vec<String> = blocks
            .iter()
            .flat_map(|block| drawn(source, &document.inline_spans(block)))
            .collect();
        assert_eq!(found, expected, "{source:?}");
    }

    #[test]
    fn code_has_its_content_without_delimiters_and_one_blank() {
        check(
            "a `x` `` b ` c `` ` y `",
            &["code x", "code b ` c", "code y"],
        );
        check("`` `  ` ``", &["code `  `"]);
        check("`a``b` `c", &["code a``b"]);
        check("\\`a` b`", &["code  b"]);
    }

    #[test]
    fn an_outer_span_comes_before_those_in_it() {
        check(
            "**`x`** __y__ ***z***",
            &["strong `x`", "code x", "strong y", "strong z"],
        );
        check(
            "[t `q` **b**](u)",
            &["link t `q` **b** -> u", "code q", "strong b"],
        );
    }

    #[test]
    fn a_link_leads_to_its_destination_alone() {
        check(
            "[a](./x.md \"title\") [b](<c d.md>) [](e)",
            &["link a -> ./x.md", "link b -> c d.md", "link  -> e"],
        );
        check("![i](u) [r][x] [s]", &[]);
    }

    #[test]
    fn a_dollar_starts_no_mathematics() {
        check(
            "pass `$1` to `a` and $2 to `b` $",
            &["code $1", "code a", "code b"],
        );
        check("costs $5 **or** $6", &["strong or"]);
    }

    #[test]
    fn a_span_over_a_quoted_line_break_holds_none_of_the_marks_at_its_ends() {
        let source = "> a `b\n> c` d **e\n> f**\n";
        let mut document = Document::new(source);
        let block = document.blocks(0).inlines[0].clone();
        let spans = document.inline_spans(&block).spans;
        let ranges: Vec<&str> = spans.iter().map(|span| span.range.of(source)).collect();
        assert_eq!(ranges, ["`b\n> c`", "**e\n> f**"]);
    }

    #[test]
    fn a_cell_is_parsed_as_what_it_holds() {
        let source = "|a|b|\n|-|-|\n| `py` | **x** |\n";
        let mut document = Document::new(source);
        let row = document.blocks(0).tables[0].rows[0].clone();
        let found: Vec<String> = row
            .cells
            .iter()
            .flat_map(|cell| drawn(source, &document.inline_spans_of(&[cell.content])))
            .collect();
        assert_eq!(found, ["code py", "strong x"]);
    }

    #[test]
    fn text_past_a_limit_has_no_spans_and_says_so() {
        let stray = "snake_case_name *args, **kw ".repeat(2_000);
        let long = "`x` ".repeat(MAX_INLINE_BYTES / 4 + 1);
        for source in [stray, long] {
            let mut document = Document::new(&source);
            let block = document.blocks(0).inlines[0].clone();
            let inline = document.inline_spans(&block);
            assert_eq!((inline.spans.len(), inline.complete), (0, false));
        }
        check("`x`", &["code x"]);
    }

    #[test]
    fn a_moved_paragraph_is_found_at_its_new_place() {
        let mut document = Document::new("# t\n\na `x`\n");
        let block = document.blocks(0).inlines[1].clone();
        document.inline_spans(&block);
        let top = Position::default();
        let change = Change {
            range: Some((top, top)),
            text: "new\n\n".into(),
        };
        document.apply(&[change], PositionEncoding::Utf16);
        let block = document.blocks(0).inlines[2].clone();
        let inline = document.inline_spans(&block);
        assert_eq!(drawn(document.source(), &inline), ["code x"]);
    }

    #[test]
    fn the_older_generation_is_dropped_once_the_newer_is_full() {
        let mut cache = InlineCache::default();
        for number in 0..2_000 {
            let text = format!("`{number:0100}`");
            cache.spans(&text, &[ByteRange::new(0, text.len())]);
        }
        let remembered: usize = cache
            .newer
            .keys()
            .chain(cache.older.keys())
            .map(|key| key.len())
            .sum();
        assert!(remembered <= 2 * (SLACK_BYTES + 300), "{remembered}");
    }

    #[test]
    fn what_cannot_hold_a_span_is_not_parsed() {
        for text in ["a *b* c", "snake_case", "[a] (b)", ""] {
            assert!(!wanted(text), "{text}");
        }
        for text in ["`", "a**", "__init__", "[a](b)"] {
            assert!(wanted(text), "{text}");
        }
    }
}
