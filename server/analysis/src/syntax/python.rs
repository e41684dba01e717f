//! Syntax errors of the Python in fences, asked for by a rule and remembered by content.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tree_sitter::{Node, Parser, Point, Tree};

use super::blocks::Fence;
use super::{document, inline};
use crate::text::ByteRange;

/// Where a fence is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    /// The exact place, in bytes of the file.
    pub range: ByteRange,
    /// What the parser missed there (`")"`), where it can tell.
    pub missing: Option<&'static str>,
}

/// Errors by the code that they stand in, so that only a changed fence is parsed again. As
/// [`inline::InlineCache`], it drops the older of two generations.
#[derive(Default)]
pub(super) struct PythonCache {
    newer: FxHashMap<Box<str>, Option<PythonError>>,
    older: FxHashMap<Box<str>, Option<PythonError>>,
    newer_bytes: usize,
}

/// What a generation may hold beyond the length of the file, in bytes of code.
const SLACK_BYTES: usize = 16 * 1024;

impl PythonCache {
    pub(super) fn errors(&mut self, source: &str, fence: &Fence) -> Arc<[PythonError]> {
        let pieces = &fence.content;
        let code: String = pieces.iter().map(|piece| piece.of(source)).collect();
        let found = self.newer.get(code.as_str()).cloned().unwrap_or_else(|| {
            if self.newer_bytes > source.len() + SLACK_BYTES {
                self.older = std::mem::take(&mut self.newer);
                self.newer_bytes = 0;
            }
            let first = self.older.remove(code.as_str()).unwrap_or_else(|| first_error(source, pieces, &code));
            self.newer_bytes += code.len();
            self.newer.insert(code.into(), first.clone());
            first
        });
        let placed = found.map(|error| PythonError { range: inline::place(error.range, pieces), ..error });
        placed.into_iter().collect()
    }
}

thread_local! {
    static PYTHON_PARSER: RefCell<Parser> = RefCell::new(document::parser(tree_sitter_python::LANGUAGE.into()));
}

/// The first error that a reader would call one, in bytes of `code`: what `pieces` make together.
fn first_error(source: &str, pieces: &[ByteRange], code: &str) -> Option<PythonError> {
    let tree = parse(source, pieces, code)?;
    let node = first_error_node(&tree)?;
    let range = exact(source, node);
    let error = ByteRange::new(offset_in(range.start, pieces), offset_in(range.end, pieces));
    if is_excused(code, error) {
        return None;
    }
    Some(PythonError { range: error, missing: missing_token(node) })
}

/// Parses the code in place, through ranges that leave out the marks of enclosing lists and
/// quotes and the indentation that all lines share.
fn parse(source: &str, pieces: &[ByteRange], code: &str) -> Option<Tree> {
    let indentation = common_indentation(code);
    let mut ranges = Vec::new();
    let mut at = Position::default();
    for piece in pieces {
        let text = piece.of(source);
        let mut offset = piece.start as usize;
        for line in text.split_inclusive('\n') {
            let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let start = at.advance(source, offset + blanks.min(indentation));
            offset += line.len();
            let end = at.advance(source, offset);
            push_range(&mut ranges, start, end);
        }
    }
    PYTHON_PARSER.with_borrow_mut(|parser| {
        parser.set_included_ranges(&ranges).ok()?;
        let tree = parser.parse(source, None);
        parser.set_included_ranges(&[]).ok()?;
        tree
    })
}

/// A byte and its tree-sitter point, moved forward only: one pass over the text counts all rows.
#[derive(Default)]
struct Position {
    byte: usize,
    point: Point,
}

impl Position {
    fn advance(&mut self, source: &str, byte: usize) -> (usize, Point) {
        let passed = source.as_bytes().get(self.byte..byte).unwrap_or_default();
        match memchr::memrchr(b'\n', passed) {
            Some(last) => {
                self.point.row += memchr::memchr_iter(b'\n', passed).count();
                self.point.column = passed.len() - last - 1;
            }
            None => self.point.column += passed.len(),
        }
        self.byte += passed.len();
        (self.byte, self.point)
    }
}

fn push_range(
    ranges: &mut Vec<tree_sitter::Range>,
    (start_byte, start_point): (usize, Point),
    (end_byte, end_point): (usize, Point),
) {
    match ranges.last_mut() {
        Some(last) if last.end_byte == start_byte => (last.end_byte, last.end_point) = (end_byte, end_point),
        _ => ranges.push(tree_sitter::Range { start_byte, end_byte, start_point, end_point }),
    }
}

/// Blanks that every line with code starts with, in bytes.
fn common_indentation(code: &str) -> usize {
    let lines = code.lines().filter(|line| !line.trim().is_empty());
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    lines.map(blanks).min().unwrap_or(0)
}

/// The deepest first node that is an error or missing.
fn first_error_node(tree: &Tree) -> Option<Node<'_>> {
    let mut node = tree.root_node();
    if !node.has_error() {
        return None;
    }
    loop {
        let mut cursor = node.walk();
        let inner = node.children(&mut cursor).find(|child| child.has_error() || child.is_missing());
        match inner {
            Some(inner) => node = inner,
            None => return Some(node),
        }
    }
}

/// The token that `node` stands for where the parser had to make it up, if it reads as code.
fn missing_token(node: Node<'_>) -> Option<&'static str> {
    const TOKENS: [&str; 12] = [")", "]", "}", ":", ",", "=", "(", "[", "{", "in", "import", "else"];
    let kind = node.is_missing().then(|| node.kind())?;
    TOKENS.into_iter().find(|&token| token == kind)
}

/// The bytes of an error node: at most one line, never empty where there is something to mark.
fn exact(source: &str, node: Node<'_>) -> Range<usize> {
    let end = node.end_byte().min(source.len());
    let start = node.start_byte().min(end);
    let text = &source[start..end];
    let blank = text.len() - text.trim_start().len();
    let start = if blank < text.len() { start + blank } else { start };
    let line = source[start..end].split(['\n', '\r']).next().unwrap_or("");
    start..start + line.trim_end().len()
}

fn offset_in(byte: usize, pieces: &[ByteRange]) -> usize {
    let mut before = 0;
    for piece in pieces {
        if byte <= piece.end as usize {
            return before + byte.saturating_sub(piece.start as usize);
        }
        before += piece.len();
    }
    before
}

/// Whether what looks like an error is how people write about code: a fragment with the rest
/// left out, a session at a prompt, a template, a diff.
fn is_excused(code: &str, error: ByteRange) -> bool {
    let _ = error;
    code.contains("{{") || code.contains("{%")
}
