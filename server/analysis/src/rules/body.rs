//! The body: its fences and the code in them.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::FxHashSet;

use super::{Applicability, Fix, Report, Rule, Severity, rule};
use crate::edit::first_line_end;
use crate::limits;
use crate::syntax::blocks::Fence;
use crate::text::{ByteRange, TextEdit};

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
    for nested in &pairing.nested {
        if !outers.insert(nested.outer) {
            continue;
        }
        let mut added = report
            .add(
                &NESTED_FENCE,
                nested.inner,
                "This fence opens inside another of the same length, which ends at the next closing line: from there on, text and code are swapped. Make the outer fence longer, or close it first.",
            )
            .fix(|| lengthen(nested, &lines))
            .related(id, nested.outer, "the outer fence");
        for fence in unclosed.iter().take(limits::MAX_RELATED) {
            added = added.related(id, *fence, "left open by it");
        }
    }
    // Where the lines pair, an open fence is one that a list or a quote cut off, or one that
    // the author closed inside HTML, where the grammar sees no fences: that is well meant.
    let all_in_tree = lines.iter().all(|line| line.is_in_tree);
    let cut_off = pairing.nested.is_empty() && pairing.open.is_empty() && all_in_tree;
    for opening in if cut_off { &unclosed } else { &pairing.open } {
        let source = report.source();
        let is_stray = is_stray(*opening, source);
        let message = if is_stray {
            "This fence opens a block with nothing in it: it looks like a closing line too many. Remove it."
        } else {
            "This code fence is never closed: the text below it is read as code. Close it."
        };
        report.add(&UNCLOSED_FENCE, *opening, message).fix(|| {
            if is_stray {
                return Some(without_line(*opening, source));
            }
            let fence = fence_around(&body.fences, opening.start)?;
            close(fence, source).filter(|_| fence.opening == *opening)
        });
    }
    let open: FxHashSet<ByteRange> = pairing.open.iter().copied().collect();
    for error in report.file.python.iter() {
        // What a fence swallowed because it was not closed is not its code.
        let fence = fence_around(&body.fences, error.range.start);
        if fence.is_some_and(|fence| open.contains(&fence.opening)) {
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

/// The fence that byte `offset` is in. Fences stand in the order of the text, none in another.
fn fence_around(fences: &[Fence], offset: u32) -> Option<&Fence> {
    let after = fences.partition_point(|fence| fence.range.start <= offset);
    let fence = fences[..after].last();
    fence.filter(|fence| fence.range.touches(offset as usize))
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

/// Takes the line of a fence away, with what stands before and after it on that line.
fn without_line(opening: ByteRange, source: &str) -> Fix {
    let before = source[..opening.start as usize].trim_end_matches([' ', '\t']);
    let edit = TextEdit {
        range: ByteRange::new(before.len(), source.len()),
        new_text: String::new(),
    };
    Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, "Remove this line", [edit])
    }
}

/// Closes a fence: below its code where that is one run of lines, else at the end of what the
/// fence holds.
fn close(fence: &Fence, source: &str) -> Option<Fix> {
    // Inside a list or a quote each line has a mark of its own.
    let [content] = fence.content.as_slice() else {
        return None;
    };
    let text = content.of(source);
    let code = text.trim_end();
    let is_one_run = ["\n\n", "\r\n\r\n", "\r\r"]
        .iter()
        .all(|gap| !code.contains(gap));
    let line_start = source[..fence.opening.start as usize].rfind(['\n', '\r']);
    let indent = &source[line_start.map_or(0, |at| at + 1)..fence.opening.start as usize];
    if code.is_empty() || !indent.trim().is_empty() {
        return None;
    }
    let marks = char::from(fence.marker)
        .to_string()
        .repeat(fence.marker_length as usize);
    let edit = TextEdit {
        range: ByteRange::empty(content.start as usize + code.len()),
        new_text: format!("{}{indent}{marks}", first_line_end(source)),
    };
    let applicability = if is_one_run {
        Applicability::Unsafe
    } else {
        Applicability::Manual
    };
    Some(Fix {
        is_preferred: is_one_run,
        ..Fix::new(applicability, "Close the fence", [edit])
    })
}

/// Makes a fence longer than those that it holds.
fn lengthen(nested: &Nested, lines: &[FenceLine]) -> Option<Fix> {
    let closing = nested.closing?;
    let place = |of: ByteRange| lines.binary_search_by_key(&of.start, |line| line.range.start);
    let (first, last) = (place(nested.outer).ok()?, place(closing).ok()?);
    let outer = lines.get(first)?;
    let held = lines.get(first + 1..last)?;
    let longest = held
        .iter()
        .filter(|line| line.marker == outer.marker)
        .map(|line| line.length);
    let more = (longest.max()? + 1).saturating_sub(outer.length) as usize;
    let marks = char::from(outer.marker).to_string().repeat(more);
    let edit = |line: &FenceLine| TextEdit {
        range: ByteRange::empty(line.range.start as usize),
        new_text: marks.clone(),
    };
    let edits = vec![edit(outer), edit(lines.get(last)?)];
    Some(Fix {
        is_preferred: true,
        ..Fix::new(Applicability::Unsafe, "Make the outer fence longer", edits)
    })
}

/// A fence inside another of the same length.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Nested {
    /// Its opening.
    inner: ByteRange,
    /// The opening of the fence around it.
    outer: ByteRange,
    /// The line that was meant to close that one.
    closing: Option<ByteRange>,
}

/// How the author meant the fence lines to pair.
struct Pairing {
    /// The fences that stand inside another of the same length.
    nested: Vec<Nested>,
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
    let inside = |(outer, inner): (&FenceLine, Vec<ByteRange>), closing: Option<ByteRange>| {
        let outer = outer.range;
        inner.into_iter().map(move |inner| Nested {
            inner,
            outer,
            closing,
        })
    };
    for line in lines {
        match stack.last_mut() {
            Some((top, _)) if top.marker != line.marker || line.length < top.length => {}
            Some((_, inner)) if line.has_info => {
                inner.push(line.range);
                stack.push((line, Vec::new()));
            }
            Some(_) => {
                let outer = stack.pop();
                nested.extend(
                    outer
                        .into_iter()
                        .flat_map(|it| inside(it, Some(line.range))),
                );
            }
            None => stack.push((line, Vec::new())),
        }
    }
    if may_be_open {
        open.extend(stack.into_iter().map(|(line, _)| line.range));
    } else {
        nested.extend(stack.into_iter().flat_map(|it| inside(it, None)));
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
    /// Most pieces hold no such line, and all of them are looked through after every key.
    static MARKS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| [Finder::new("```"), Finder::new("~~~")]);
    if MARKS
        .iter()
        .all(|marks| marks.find(piece.as_bytes()).is_none())
    {
        return;
    }
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
