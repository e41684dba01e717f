//! The body: its fences and the code in them.

use super::{Report, Rule, Severity, rule};
use crate::syntax::blocks::Fence;
use crate::text::ByteRange;

/// An agent without a prompt.
pub(super) const EMPTY_BODY: Rule = rule("empty-body", Severity::Warning);
/// A fence that is never closed.
pub(super) const UNCLOSED_FENCE: Rule = rule("unclosed-fence", Severity::Warning);
/// A fence of the same length opened inside another.
pub(super) const NESTED_FENCE: Rule = rule("nested-fence", Severity::Warning);
/// A Python fence that is not Python.
pub(super) const PYTHON_SYNTAX: Rule = rule("python-syntax", Severity::Warning);

pub(super) fn check(report: &mut Report<'_>) {
    let Some(body) = &report.file.facts.body else {
        return;
    };
    let pairing = pair(&body.fences, report.source());
    let unclosed: Vec<&Fence> = body
        .fences
        .iter()
        .filter(|fence| fence.closing.is_none())
        .collect();
    let id = report.file.id;
    let mut outers = Vec::new();
    for (inner, outer) in &pairing.nested {
        if outers.contains(outer) {
            continue;
        }
        outers.push(*outer);
        let mut added = report
            .add(
                &NESTED_FENCE,
                *inner,
                "This fence opens inside another of the same length, so the next closing line ends the outer one and everything after is inverted. Lengthen the outer fence by one.",
            )
            .related(id, *outer, "the outer fence");
        for fence in &unclosed {
            added = added.related(id, fence.opening, "left open by it");
        }
    }
    for opening in &pairing.open {
        report.add(
            &UNCLOSED_FENCE,
            *opening,
            "This code fence is never closed: the rest is read as code. Close it.",
        );
    }
    if pairing.nested.is_empty() && pairing.open.is_empty() {
        for fence in unclosed {
            report.add(
                &UNCLOSED_FENCE,
                fence.opening,
                "This code fence is never closed: the rest of the file is read as code. Close it.",
            );
        }
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
}

/// Pairs the fence lines of a body as their author meant them: a line with an info string
/// opens, a bare one closes what is open. Markdown itself never nests, so where this differs
/// from the tree, the tree shows something other than what was meant.
fn pair(fences: &[Fence], source: &str) -> Pairing {
    let mut stack: Vec<(FenceLine, Vec<ByteRange>)> = Vec::new();
    let mut nested = Vec::new();
    let mut open = Vec::new();
    for line in lines(fences, source) {
        match stack.last() {
            Some((top, _)) if top.marker != line.marker || line.length < top.length => {}
            Some(_) if line.has_info => {
                let range = line.range;
                if let Some((_, inner)) = stack.last_mut() {
                    inner.push(range);
                }
                stack.push((line, Vec::new()));
            }
            Some(_) => {
                if let Some((closed, inner)) = stack.pop() {
                    nested.extend(inner.into_iter().map(|inner| (inner, closed.range)));
                }
            }
            None => stack.push((line, Vec::new())),
        }
    }
    open.extend(stack.into_iter().map(|(line, _)| line.range));
    nested.sort();
    Pairing { nested, open }
}

/// Every fence line in the order of the text: the openings and closings that the tree has,
/// and the lines of the same form inside fences.
fn lines(fences: &[Fence], source: &str) -> Vec<FenceLine> {
    let mut lines = Vec::new();
    for fence in fences {
        let opening = FenceLine {
            range: fence.opening,
            marker: fence.marker,
            length: fence.marker_length,
            has_info: fence.language.is_some(),
        };
        lines.push(opening);
        for piece in &fence.content {
            let mut start = piece.start as usize;
            for line in piece.of(source).split_inclusive(['\n', '\r']) {
                lines.extend(fence_line(line, start));
                start += line.len();
            }
        }
        if let Some(closing) = fence.closing {
            lines.push(FenceLine {
                range: closing,
                marker: fence.marker,
                length: closing.len() as u32,
                has_info: false,
            });
        }
    }
    lines
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
    })
}
