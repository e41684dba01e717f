//! The body: its fences and the code in them.

use rustc_hash::FxHashSet;

use super::{Report, Rule, Severity, rule};
use crate::limits;
use crate::syntax::blocks::Fence;
use crate::text::ByteRange;

/// An agent without a prompt.
pub(super) const EMPTY_BODY: Rule = rule!("empty-body", Severity::Warning);
/// A fence that is never closed.
pub(super) const UNCLOSED_FENCE: Rule = rule!("unclosed-fence", Severity::Warning);
/// A fence of the same length opened inside another.
pub(super) const NESTED_FENCE: Rule = rule!("nested-fence", Severity::Warning);
/// A Python fence that is not Python.
pub(super) const PYTHON_SYNTAX: Rule = rule!("python-syntax", Severity::Warning);

pub(super) fn check(report: &mut Report<'_>) {
    let Some(body) = &report.file.facts.body else {
        return;
    };
    let body_start = report
        .file
        .facts
        .header
        .as_ref()
        .map_or(0, |header| header.end as usize);
    let lines = lines(&body.fences, body_start, report.source());
    let unclosed: Vec<ByteRange> = body
        .fences
        .iter()
        .filter(|fence| fence.closing.is_none())
        .map(|fence| fence.opening)
        .collect();
    let pairing = pair(&lines, !unclosed.is_empty());
    let id = report.file.id;
    let mut outers = FxHashSet::default();
    for (inner, outer) in &pairing.nested {
        if !outers.insert(*outer) {
            continue;
        }
        let mut added = report
            .add(
                &NESTED_FENCE,
                *inner,
                "This fence opens inside another of the same length, which ends at the next closing line: from there on, text and code are swapped. Make the outer fence longer, or close it first.",
            )
            .related(id, *outer, "the outer fence");
        for fence in unclosed.iter().take(limits::MAX_RELATED) {
            added = added.related(id, *fence, "left open by it");
        }
    }
    // Where the lines pair, an open fence is one that a list or a quote cut off, or one that
    // the author closed inside HTML, where the grammar sees no fences: that is well meant.
    let all_in_tree = lines.iter().all(|line| line.is_in_tree);
    let cut_off = pairing.nested.is_empty() && pairing.open.is_empty() && all_in_tree;
    for opening in if cut_off { &unclosed } else { &pairing.open } {
        report.add(
            &UNCLOSED_FENCE,
            *opening,
            if is_stray(*opening, report.source()) {
                "This fence opens a block with nothing in it: it looks like a closing line too many. Remove it."
            } else {
                "This code fence is never closed: the text below it is read as code. Close it."
            },
        );
    }
    for error in report.file.python.iter() {
        // What a fence swallowed because it was not closed is not its code.
        let in_open = body
            .fences
            .iter()
            .any(|fence| fence.range.covers(error.range) && pairing.open.contains(&fence.opening));
        if in_open {
            continue;
        }
        let message = match error.missing {
            Some(missing) => format!("This is not Python: `{missing}` is missing here."),
            None => "This is not Python: the syntax breaks here.".to_owned(),
        };
        report.add(
            &PYTHON_SYNTAX,
            visible(error.range, report.source()),
            message,
        );
    }
}

/// A range that a reader can see: where something is missing, the character that follows.
fn visible(range: ByteRange, source: &str) -> ByteRange {
    let after = source
        .get(range.start as usize..)
        .and_then(|rest| rest.chars().next());
    match after {
        Some(next) if range.is_empty() && !next.is_control() => {
            ByteRange::new(range.start as usize, range.start as usize + next.len_utf8())
        }
        _ => range,
    }
}

/// Whether a fence without an info string is the last thing in its file.
fn is_stray(opening: ByteRange, source: &str) -> bool {
    let is_bare = opening.of(source).trim_start_matches(['`', '~']).is_empty();
    let after = source.get(opening.end as usize..).unwrap_or("");
    is_bare && after.trim().is_empty()
}

/// How the author meant the fence lines to pair.
struct Pairing {
    /// Openings inside another fence of the same length, each with that fence's opening.
    nested: Vec<(ByteRange, ByteRange)>,
    /// Openings that no line closes.
    open: Vec<ByteRange>,
}

/// A line of fence characters, with or without an info string.
struct FenceLine {
    range: ByteRange,
    marker: u8,
    length: u32,
    has_info: bool,
    /// Whether the tree has a fence there.
    is_in_tree: bool,
}

/// Pairs the fence lines of a body as their author meant them: a line with an info string
/// opens, a bare one closes what is open. Markdown itself never nests, so where this differs
/// from the tree, the tree shows something other than what was meant.
///
/// `may_be_open` says whether the tree has a fence that is never closed. If it has none, what
/// no line closes was closed for the tree by the end of what it holds.
fn pair(lines: &[FenceLine], may_be_open: bool) -> Pairing {
    let mut stack: Vec<(&FenceLine, Vec<ByteRange>)> = Vec::new();
    let mut nested = Vec::new();
    let mut open = Vec::new();
    let inside = |(outer, inner): (&FenceLine, Vec<ByteRange>)| {
        let outer = outer.range;
        inner.into_iter().map(move |inner| (inner, outer))
    };
    for line in lines {
        match stack.last_mut() {
            Some((top, _)) if top.marker != line.marker || line.length < top.length => {}
            Some((_, inner)) if line.has_info => {
                inner.push(line.range);
                stack.push((line, Vec::new()));
            }
            Some(_) => nested.extend(stack.pop().into_iter().flat_map(inside)),
            None => stack.push((line, Vec::new())),
        }
    }
    if may_be_open {
        open.extend(stack.into_iter().map(|(line, _)| line.range));
    } else {
        nested.extend(stack.into_iter().flat_map(inside));
    }
    nested.sort();
    Pairing { nested, open }
}

/// Every fence line in the order of the text: the openings and closings that the tree has,
/// the lines of the same form inside fences, and those between fences, which are in HTML.
fn lines(fences: &[Fence], body_start: usize, source: &str) -> Vec<FenceLine> {
    let mut lines = Vec::new();
    let mut before = body_start;
    for fence in fences {
        // The mark of a list item may stand before the fence on its line.
        in_piece(
            before,
            fence.range.start as usize,
            false,
            source,
            &mut lines,
        );
        before = fence.range.end as usize;
        lines.push(FenceLine {
            range: fence.opening,
            marker: fence.marker,
            length: fence.marker_length,
            has_info: fence.language.is_some(),
            is_in_tree: true,
        });
        for piece in &fence.content {
            in_piece(
                piece.start as usize,
                piece.end as usize,
                true,
                source,
                &mut lines,
            );
        }
        if let Some(closing) = fence.closing {
            lines.push(FenceLine {
                range: closing,
                marker: fence.marker,
                length: closing.len() as u32,
                has_info: false,
                is_in_tree: true,
            });
        }
    }
    in_piece(before, source.len(), false, source, &mut lines);
    lines
}

/// The fence lines from byte `start` to byte `end`.
fn in_piece(
    mut start: usize,
    end: usize,
    is_in_tree: bool,
    source: &str,
    lines: &mut Vec<FenceLine>,
) {
    let piece = source.get(start..end).unwrap_or("");
    for line in piece.split_inclusive(['\n', '\r']) {
        lines.extend(fence_line(line, start).map(|line| FenceLine { is_in_tree, ..line }));
        start += line.len();
    }
}

fn fence_line(line: &str, start: usize) -> Option<FenceLine> {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    let marker = *text
        .as_bytes()
        .first()
        .filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == marker).count();
    let info = text[length..].trim();
    if indent > 3 || length < 3 || (marker == b'`' && info.contains('`')) {
        return None;
    }
    let start = start + indent;
    Some(FenceLine {
        range: ByteRange::new(start, start + text.trim_end().len()),
        marker,
        length: length as u32,
        has_info: !info.is_empty(),
        is_in_tree: true,
    })
}
