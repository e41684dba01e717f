//! Comments that switch a rule off, for a line or for a file.
//!
//! Where a comment may stand depends on what is around it: within a text of the header or in a
//! fence it would be text, above the row of a table it would end the table. So each way is
//! tried, and one counts only when the file says all that it said and lacks just those findings.
//! Each try reads the file anew, so there is room for so many bytes only: a `room` that is used up
//! ends the tries.

use crate::agent::{Form, SourceFile, Suppression};
use crate::edit::first_line_end;
use crate::index::Workspace;
use crate::loading::Verdict;
use crate::rules::{self, Finding};
use crate::syntax::document::Document;
use crate::text::{ByteRange, TextEdit};

/// The edits that silence `finding`, and what else its rule has found on its line.
pub(super) fn line(
    workspace: &Workspace,
    file: &SourceFile,
    all: &[Finding],
    finding: &Finding,
    room: &mut usize,
) -> Option<Vec<TextEdit>> {
    let line = Line::at(&file.source, finding.range.start as usize);
    let is_silenced = |it: &Finding| {
        it.rule == finding.rule
            && Line::at(&file.source, it.range.start as usize).start == line.start
    };
    let known = known(file, |it| {
        !covers_all(it, file) && it.covers.touches(finding.range.start as usize)
    });
    let new = if file.facts.in_header(line.start) {
        in_header(file, &line, finding.rule)
    } else {
        in_body(&file.source, &line, finding.rule)
    };
    let ways = known
        .map(|known| named(known, finding.rule))
        .into_iter()
        .chain(new);
    first_that_holds(workspace, file, all, is_silenced, ways, room)
}

/// The edits that silence all that a rule finds in the file.
pub(super) fn file(
    workspace: &Workspace,
    file: &SourceFile,
    all: &[Finding],
    rule: &'static str,
    room: &mut usize,
) -> Option<Vec<TextEdit>> {
    let source = &*file.source;
    let known = known(file, |it| covers_all(it, file));
    let header = file.facts.header.as_ref();
    let start = header.map_or(0, |header| header.end as usize);
    let start =
        start + source[start..].len() - source[start..].trim_start_matches('\u{feff}').len();
    let (before, after) = (&source[..start], &source[start..]);
    let end = first_line_end(source);
    let mut text = format!("<!-- agentls-disable {rule} -->{end}");
    if !before.is_empty() && !before.ends_with(['\n', '\r', '\u{feff}']) {
        text.insert_str(0, end);
    }
    if !after.is_empty() && !after.starts_with(['\n', '\r']) {
        text.push_str(end);
    }
    let ways = known
        .map(|known| named(known, rule))
        .into_iter()
        .chain([insert(start, text)]);
    first_that_holds(workspace, file, all, |it| it.rule == rule, ways, room)
}

/// A comment that names some rule already.
fn known(file: &SourceFile, is_meant: impl Fn(&Suppression) -> bool) -> Option<&Suppression> {
    let suppressions = &file.facts.body.as_ref()?.suppressions;
    suppressions
        .iter()
        .find(|it| is_meant(it) && !it.rules.is_empty())
}

fn covers_all(suppression: &Suppression, file: &SourceFile) -> bool {
    suppression.covers == ByteRange::new(0, file.source.len())
        // `-line` in a file of one line.
        && !suppression.comment.of(&file.source).contains("disable-line")
}

/// One more rule in a comment.
fn named(suppression: &Suppression, rule: &str) -> TextEdit {
    let end = suppression
        .rules
        .last()
        .map_or(suppression.comment, |last| last.range)
        .end;
    insert(end as usize, format!(" {rule}"))
}

fn in_header(file: &SourceFile, line: &Line<'_>, rule: &str) -> Vec<TextEdit> {
    let above = insert(
        line.start,
        format!(
            "{}# agentls-disable-next-line {rule}{}",
            line.indent(),
            first_line_end(&file.source)
        ),
    );
    // Where the host puts quotes around a value it takes the comment for a part of it.
    if file.facts.loading.verdict != Verdict::Loads {
        return vec![above];
    }
    vec![
        insert(line.end, format!(" # agentls-disable-line {rule}")),
        above,
    ]
}

fn in_body(source: &str, line: &Line<'_>, rule: &str) -> Vec<TextEdit> {
    let behind = insert(line.end, format!(" <!-- agentls-disable-line {rule} -->"));
    let prefix = line.indent();
    let above = insert(
        line.start,
        format!(
            "{prefix}<!-- agentls-disable-next-line {rule} -->{}",
            first_line_end(source)
        ),
    );
    let before = source[..line.start].trim_end_matches(['\r', '\n']);
    let is_first = before.is_empty() || source[before.len()..line.start].lines().count() > 1;
    let opens_fence = line.text[prefix.len()..].starts_with(['`', '~']);
    if is_first || opens_fence {
        vec![above, behind]
    } else {
        vec![behind, above]
    }
}

fn insert(at: usize, new_text: String) -> TextEdit {
    TextEdit {
        range: ByteRange::empty(at),
        new_text,
    }
}

/// The line around a byte, without its end.
struct Line<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn at(source: &'a str, offset: usize) -> Self {
        let offset = offset.min(source.len());
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let bytes = source.as_bytes();
        let start = bytes[..offset]
            .iter()
            .rposition(is_end)
            .map_or(0, |at| at + 1);
        let end = bytes[offset..]
            .iter()
            .position(is_end)
            .map_or(source.len(), |at| offset + at);
        Self {
            start,
            end,
            text: &source[start..end],
        }
    }

    /// The blanks and marks of quotes before its text.
    fn indent(&self) -> &'a str {
        let text = self.text.trim_start_matches([' ', '\t', '>']);
        &self.text[..self.text.len() - text.len()]
    }
}

fn first_that_holds(
    workspace: &Workspace,
    file: &SourceFile,
    all: &[Finding],
    is_silenced: impl Fn(&Finding) -> bool,
    ways: impl Iterator<Item = TextEdit>,
    room: &mut usize,
) -> Option<Vec<TextEdit>> {
    let mut expected: Vec<_> = all.iter().filter(|it| !is_silenced(it)).map(said).collect();
    expected.sort_unstable();
    let mut holds = |edit: &TextEdit| {
        let Some(left) = room.checked_sub(file.source.len()) else {
            return false;
        };
        *room = left;
        let mut text = file.source.to_string();
        text.replace_range(edit.range.range(), &edit.new_text);
        let mut document = Document::new(&text);
        let after = SourceFile::new(
            file.id,
            file.path.clone(),
            &mut document,
            &file.facts.reading,
        );
        let findings = rules::check(workspace, &after);
        let mut found: Vec<_> = findings.iter().map(said).collect();
        found.sort_unstable();
        found == expected && shape(&after) == shape(file)
    };
    let mut ways = ways;
    ways.find(|edit| holds(edit)).map(|edit| vec![edit])
}

fn said(finding: &Finding) -> (&str, &str) {
    (finding.rule, &finding.message)
}

/// What a comment must not change.
#[derive(PartialEq)]
struct Shape<'a> {
    verdict: Verdict,
    /// The header's keys and values.
    values: Vec<String>,
    /// How many rows each table has.
    tables: Vec<usize>,
    fences: usize,
    mentions: Vec<(Form, &'a str)>,
}

fn shape(file: &SourceFile) -> Shape<'_> {
    let facts = &file.facts;
    let entries = facts.header.iter().flat_map(|header| &header.entries);
    let values = entries.map(|entry| format!("{} {:?}", entry.key, entry.value.without_places()));
    let blocks = file.outline.as_ref().map(|outline| &outline.blocks);
    let tables = blocks.iter().flat_map(|blocks| &blocks.tables);
    // What a comment names, it names to nobody.
    let comments = facts.body.iter().flat_map(|body| &body.suppressions);
    let comments: Vec<ByteRange> = comments.map(|it| it.comment).collect();
    let is_said = |range: ByteRange| !comments.iter().any(|comment| comment.covers(range));
    let mentions = facts.mentions.iter().filter(|it| is_said(it.range));
    Shape {
        verdict: facts.loading.verdict,
        values: values.collect(),
        tables: tables.map(|table| table.rows.len()).collect(),
        fences: blocks.map_or(0, |blocks| blocks.fences.len()),
        mentions: mentions.map(|it| (it.form, it.name.as_str())).collect(),
    }
}
