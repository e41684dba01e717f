//! `<example>` and `<commentary>`: whether the tags pair.

use super::{Applicability, Fix, Report, Rule, Severity, rule};
use crate::edit::first_line_end;
use crate::syntax::blocks::Fence;
use crate::text::{ByteRange, TextEdit};

/// A tag of an example that is not closed, or closes nothing.
pub(super) const MALFORMED_EXAMPLE: Rule = rule!("malformed-example", Severity::Hint);

const TAGS: [&str; 2] = ["example", "commentary"];

pub(super) fn check(report: &mut Report<'_>) {
    let file = report.file;
    let source = report.source();
    let Some(body) = &file.facts.body else {
        return;
    };
    let header = file.facts.header.as_ref();
    if let Some(entry) = file.facts.entry("description")
        && entry.error.is_none()
    {
        let value = entry.value.unquoted_range();
        let tags = in_value(value, source);
        pair(&tags, value.end as usize, report);
    }
    let start = header.map_or(0, |header| header.end as usize);
    let tags = in_body(start, &body.fences, source);
    let end = start + source.get(start..).unwrap_or("").trim_end().len();
    pair(&tags, end, report);
}

/// A tag; `range` is from its `<` to its `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tag {
    range: ByteRange,
    name: &'static str,
    closes: bool,
}

/// The tag that begins at a `<`, in a text that starts at byte `base` of the file.
fn tag(text: &str, at: usize, base: usize) -> Option<Tag> {
    let rest = text.get(at + 1..)?;
    let (closes, rest) = match rest.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let name = *TAGS.iter().find(|name| {
        rest.strip_prefix(**name)
            .is_some_and(|rest| rest.starts_with('>'))
    })?;
    let end = at + 1 + usize::from(closes) + name.len() + 1;
    Some(Tag {
        range: ByteRange::new(base + at, base + end),
        name,
        closes,
    })
}

fn tags(text: &str, base: usize) -> impl Iterator<Item = Tag> + '_ {
    let starts = text.match_indices('<');
    starts.filter_map(move |(at, _)| tag(text, at, base))
}

/// The tags of a description.
fn in_value(value: ByteRange, source: &str) -> Vec<Tag> {
    tags(value.of(source), value.start as usize).collect()
}

/// The tags that stand alone at the start of a line, and those that close at its end: any
/// other is talked about. Code is no place for examples.
fn in_body(start: usize, fences: &[Fence], source: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(mark) = source
        .get(at..)
        .and_then(|rest| memchr::memchr(b'<', rest.as_bytes()))
    {
        let mark = at + mark;
        let line_start = memchr::memrchr2(b'\n', b'\r', &source.as_bytes()[at..mark])
            .map_or(at, |line_end| at + line_end + 1);
        let line_end = memchr::memchr2(b'\n', b'\r', &source.as_bytes()[mark..])
            .map_or(source.len(), |line_end| mark + line_end);
        let line = &source[line_start..line_end];
        at = line_end;
        let in_fence = || {
            let after = fences.partition_point(|fence| fence.range.start as usize <= line_start);
            let before = fences[..after].last();
            before.is_some_and(|fence| fence.range.touches(line_start))
        };
        if line.contains('`') || in_fence() {
            continue;
        }
        let all: Vec<Tag> = tags(line, line_start).collect();
        let leads = all.first().is_some_and(|tag| {
            let before = &line[..tag.range.start as usize - line_start];
            before.trim_matches([' ', '\t', '-', '*', '>']).is_empty()
        });
        let ends = all.last().is_some_and(|tag| {
            tag.closes && tag.range.end as usize - line_start == line.trim_end().len()
        });
        match (leads, ends) {
            (true, _) => found.extend(all),
            (false, true) => found.extend(all.last()),
            (false, false) => {}
        }
    }
    found
}

/// Reports the tags that have no partner; `end` is where the last example ends.
fn pair(tags: &[Tag], end: usize, report: &mut Report<'_>) {
    let mut open: Vec<Tag> = Vec::new();
    for tag in tags {
        if !tag.closes {
            // No example stands in another: the one before was left open.
            if open.iter().any(|above| above.name == tag.name) {
                while let Some(above) = open.pop() {
                    unclosed(above, tag.range.start as usize, true, report);
                    if above.name == tag.name {
                        break;
                    }
                }
            }
            open.push(*tag);
        } else if open.iter().any(|above| above.name == tag.name) {
            while let Some(above) = open.pop() {
                if above.name == tag.name {
                    break;
                }
                unclosed(above, tag.range.start as usize, true, report);
            }
        } else {
            unopened(*tag, report);
        }
    }
    while let Some(above) = open.pop() {
        unclosed(above, end, false, report);
    }
}

/// A tag that is left open; its example ends before byte `end`, for certain or by guess.
fn unclosed(tag: Tag, end: usize, is_certain: bool, report: &mut Report<'_>) {
    let source = report.source();
    let message = format!(
        "This `<{}>` is never closed: the model cannot tell where it ends. Close it with `</{}>`.",
        tag.name, tag.name
    );
    report.add(&MALFORMED_EXAMPLE, tag.range, message).fix(|| {
        let start = tag.range.end as usize;
        let held = source.get(start..end)?;
        let at = start + held.trim_end().len();
        // On a line of its own where the opening tag has one.
        let above = &source[..tag.range.start as usize];
        let text = above.trim_end_matches([' ', '\t']);
        let indent = &above[text.len()..];
        let is_first = text.is_empty() || text.ends_with(['\n', '\r']);
        let is_alone = is_first && held.starts_with(['\n', '\r']);
        let before = if is_alone {
            format!("{}{indent}", first_line_end(source))
        } else {
            String::new()
        };
        let edit = TextEdit {
            range: ByteRange::empty(at),
            new_text: format!("{before}</{}>", tag.name),
        };
        let applicability = if is_certain {
            Applicability::Unsafe
        } else {
            Applicability::Manual
        };
        Some(Fix {
            is_preferred: is_certain,
            ..Fix::new(applicability, format!("Close `<{}>`", tag.name), [edit])
        })
    });
}

fn unopened(tag: Tag, report: &mut Report<'_>) {
    let message = format!(
        "This `</{}>` closes nothing. Open it above, or remove it.",
        tag.name
    );
    report.add(&MALFORMED_EXAMPLE, tag.range, message).fix(|| {
        let edit = TextEdit {
            range: tag.range,
            new_text: String::new(),
        };
        let title = format!("Remove `</{}>`", tag.name);
        Some(Fix::new(Applicability::Manual, title, [edit]))
    });
}
