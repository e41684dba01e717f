//! Findings for people: each with its line and what is wrong in it, as rustc shows them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use agentls_analysis::config::Severity;
use agentls_analysis::rules::Finding;
use agentls_analysis::syntax::blocks::Limit;
use agentls_analysis::text::{ByteRange, Position, PositionEncoding, Text};
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};
use anstyle::Style;

use super::report::{Place, RelatedPlace, Report, ReportedFile, Summary};
use super::workspace::ToldBy;
use super::{Output, Target, visible};

/// Columns that are used where there is no terminal to ask.
const DEFAULT_WIDTH: usize = 120;
const MIN_WIDTH: usize = 60;
/// Wider, the eye loses the line.
const MAX_WIDTH: usize = 160;
/// Columns of a line that carets leave free: for its number, the frame, signs of cuts, and some
/// of what stands before.
const FRAME: usize = 40;
/// Most lines that one picture spans: what lies further apart gets pictures of its own.
const MAX_LINES: u32 = 100;

/// Prints a report. With `is_verbose`, who reads each file comes first.
pub(super) fn print(
    report: &Report<'_>,
    is_verbose: bool,
    width: usize,
    output: &mut Output,
) -> io::Result<()> {
    if is_verbose {
        dialects(report, output)?;
    }
    print_files(report, &report.files, width, output)?;
    writeln!(output.out, "{}", summary(&report.summary))
}

/// Prints what was found in the configurations of a report, and nothing else.
pub(super) fn print_configs(
    report: &Report<'_>,
    width: usize,
    output: &mut Output,
) -> io::Result<()> {
    let configs = report.files.iter().filter(|file| file.is_config);
    print_files(report, configs, width, output)
}

fn print_files<'a>(
    report: &Report<'_>,
    files: impl IntoIterator<Item = &'a ReportedFile<'a>>,
    width: usize,
    output: &mut Output,
) -> io::Result<()> {
    let renderer = match output.is_styled {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let renderer = renderer.term_width(width);
    let out = &mut output.out;
    for file in files {
        if file.checked.findings.is_empty() && file.checked.skipped.is_empty() {
            continue;
        }
        let text = Text::new(&file.checked.source);
        for finding in &file.checked.findings {
            let related = report.related(file, finding);
            let groups = picture(file, &text, finding, &related, width);
            writeln!(out, "{}\n", renderer.render(&groups))?;
        }
        if let Some((message, place)) = skipped(file, &text) {
            let origin = Origin::path(visible(&file.name))
                .line(place.line as usize)
                .char_column(place.column as usize);
            let group = Level::NOTE.primary_title(message).element(origin);
            writeln!(out, "{}\n", renderer.render(&[group]))?;
        }
    }
    Ok(())
}

/// Columns of the terminal, within reason.
pub(super) fn width(target: Target) -> usize {
    let terminal = match target {
        Target::Stdout => terminal_size::terminal_size_of(io::stdout()),
        Target::Stderr => terminal_size::terminal_size_of(io::stderr()),
    };
    terminal
        .map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0))
        .clamp(MIN_WIDTH, MAX_WIDTH)
}

/// A line for each file: who reads it, as what, and what tells so.
fn dialects(report: &Report<'_>, output: &mut Output) -> io::Result<()> {
    let dim = output.style(Style::new().dimmed());
    let mut is_any = false;
    for file in &report.files {
        if let Some(dialect) = &file.checked.dialect {
            let why = match dialect.told_by {
                ToldBy::Configuration => ".agentls.yaml says so",
                ToldBy::Path => "told by its path",
                ToldBy::AgentsFolder => "told by its `agents` folder, which no host owns",
                ToldBy::Header => "told by its header",
            };
            let (name, noun) = (visible(&file.name), dialect.noun);
            match dialect.host {
                Some(_) => {
                    let title = dialect.title;
                    writeln!(output.out, "{name}: {title} {noun} {dim}({why}){dim:#}")?;
                }
                None => writeln!(output.out, "{name}: {dim}{noun}, read by no host{dim:#}")?,
            }
            is_any = true;
        }
    }
    if is_any {
        writeln!(output.out)?;
    }
    Ok(())
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Information => Level::INFO,
        Severity::Hint => Level::HELP.with_name("hint"),
    }
}

/// A finding with its lines, the places that belong to it, and what to do.
fn picture<'a>(
    file: &'a ReportedFile<'_>,
    text: &Text,
    finding: &'a Finding,
    related: &'a [RelatedPlace<'_>],
    width: usize,
) -> Vec<Group<'a>> {
    let (fault, advice) = sentences(&finding.message);
    let mut group = level(finding.severity)
        .primary_title(visible(fault))
        .id(finding.rule)
        .elements(None::<Element<'_>>);
    let advice = advice.map(|advice| Level::HELP.message(visible(advice)));
    if !file.checked.is_readable {
        return vec![
            group
                .element(Origin::path(visible(&file.name)))
                .elements(advice),
        ];
    }

    let source = &*file.checked.source;
    let near = |place: &&RelatedPlace<'_>| {
        place.is_same_file && lines_apart(text, finding.range, place.related.range) <= MAX_LINES
    };
    let mut marks = vec![(AnnotationKind::Primary, finding.range, None)];
    marks.extend(related.iter().filter(near).map(|place| {
        (
            AnnotationKind::Context,
            place.related.range,
            Some(&*place.related.message),
        )
    }));
    group = group.element(snippet(source, text, &marks, width).path(visible(&file.name)));
    for place in related.iter().filter(|place| !near(place)) {
        let marks = [(
            AnnotationKind::Context,
            place.related.range,
            Some(&*place.related.message),
        )];
        let other = snippet(place.source, &Text::new(place.source), &marks, width);
        group = group.element(other.path(visible(&place.name)));
    }
    vec![group.elements(advice)]
}

/// How many lines there are from the start of one range to that of another.
fn lines_apart(text: &Text, a: ByteRange, b: ByteRange) -> u32 {
    line(text, a.start as usize).abs_diff(line(text, b.start as usize))
}

fn line(text: &Text, offset: usize) -> u32 {
    text.position(offset, PositionEncoding::Utf8).line
}

/// The whole lines that the marked ranges of `source` touch, with the marks.
fn snippet<'a>(
    source: &'a str,
    text: &Text,
    marks: &[(AnnotationKind, ByteRange, Option<&'a str>)],
    width: usize,
) -> Snippet<'a, Annotation<'a>> {
    let ranges: Vec<_> = marks
        .iter()
        .map(|(_, range, _)| drawable(source, text, *range, width))
        .collect();
    let start = ranges
        .iter()
        .map(|range| range.start as usize)
        .min()
        .unwrap_or(0);
    let end = ranges
        .iter()
        .map(|range| range.end as usize)
        .max()
        .unwrap_or(start);
    let first = text.position(start, PositionEncoding::Utf8);
    let start = start - first.column as usize;
    let last = Position {
        line: line(text, end),
        column: u32::MAX,
    };
    let end = text.offset(last, PositionEncoding::Utf8);
    let lines = source.get(start..end).unwrap_or("");
    let annotations = marks
        .iter()
        .zip(ranges)
        .map(|((kind, ..), range)| (kind, range.range()));
    let annotations =
        annotations.map(|(kind, range)| kind.span(range.start - start..range.end - start));
    let labelled = annotations
        .zip(marks)
        .map(|(annotation, (_, _, label))| annotation.label(label.map(visible)));
    Snippet::source(as_shown(lines))
        .line_start(first.line as usize + 1)
        .annotations(labelled)
}

/// The part of a range that is marked: on character boundaries, within `source`, without line
/// ends after it, and of one long line no more than can be seen.
fn drawable(source: &str, text: &Text, range: ByteRange, width: usize) -> ByteRange {
    let start = floor(source, range.start as usize);
    let end = floor(source, (range.end as usize).max(start));
    let marked = source
        .get(start..end)
        .unwrap_or("")
        .trim_end_matches(['\n', '\r']);
    let mut end = start + marked.len();
    if line(text, start) == line(text, end) {
        let seen = marked.char_indices().nth(width.saturating_sub(FRAME));
        end = seen.map_or(end, |(length, _)| start + length);
    }
    ByteRange::new(start, end)
}

fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The same number of bytes, as the renderer can show them: with `\n` for each `\r` that ends a
/// line alone, for it knows no other line ends than `\n` and `\r\n`, and with `¤` for the control
/// characters of two bytes, which it lets through.
fn as_shown(lines: &str) -> Cow<'_, str> {
    let is_long_control = |c: char| c.is_control() && c.len_utf8() == '¤'.len_utf8();
    if !lines.contains(|c| c == '\r' || is_long_control(c)) {
        return Cow::Borrowed(lines);
    }
    let mut result = String::with_capacity(lines.len());
    let mut characters = lines.chars().peekable();
    while let Some(character) = characters.next() {
        let is_alone = character == '\r' && characters.peek() != Some(&'\n');
        result.push(match character {
            _ if is_alone => '\n',
            c if is_long_control(c) => '¤',
            c => c,
        });
    }
    Cow::Owned(result)
}

/// The first sentence of a message, which says what is wrong, and the rest, which says what to do.
fn sentences(message: &str) -> (&str, Option<&str>) {
    let mut in_code = false;
    for (at, character) in message.char_indices() {
        in_code ^= character == '`';
        if character != '.' || in_code {
            continue;
        }
        let rest = message.get(at + 1..).unwrap_or("");
        let next = rest.strip_prefix(' ').and_then(|rest| rest.chars().next());
        if next.is_some_and(char::is_uppercase) {
            return (
                message.get(..at).unwrap_or(message),
                Some(rest.trim_start()),
            );
        }
    }
    (message.strip_suffix('.').unwrap_or(message), None)
}

/// What of a file was not looked at, and where that begins.
fn skipped(file: &ReportedFile<'_>, text: &Text) -> Option<(String, Place)> {
    let skipped = &file.checked.skipped;
    let first = skipped.iter().min_by_key(|skipped| skipped.range)?;
    let why = match first.limit {
        Limit::Nesting => "blocks are nested too deep",
        Limit::TableWidth => "a row of a table has too many cells",
        Limit::InlineTime => "a paragraph is too long or too tangled",
    };
    let message = match skipped.len() {
        1 => format!("a part of this file is not looked at: {why}"),
        parts => format!("{parts} parts of this file are not looked at: in the first, {why}"),
    };
    Some((
        message,
        Place::new(text, first.range, PositionEncoding::Utf32),
    ))
}

/// The last line.
pub(super) fn summary(summary: &Summary) -> String {
    let Summary {
        files,
        findings,
        skipped,
        fixable,
        unsafely_fixable,
        fixed,
        known,
    } = *summary;
    if files == 0 && summary.total() == 0 {
        return "No agent files were found.".into();
    }
    let mut line = String::new();
    if fixed > 0 {
        let _ = write!(line, "Mended {}. ", counted(fixed, "finding"));
    }
    let kinds = findings.iter().zip(["error", "warning", "info", "hint"]);
    let kinds: Vec<_> = kinds
        .filter(|(count, _)| **count > 0)
        .map(|(count, one)| counted(*count, one))
        .collect();
    line.push_str(&kinds.join(", "));
    if kinds.is_empty() {
        line.push_str(if known > 0 {
            "No new findings"
        } else {
            "No findings"
        });
    }
    if fixed > 0 {
        line.push_str(" left");
    }
    let _ = write!(line, " in {}", counted(files, "file"));
    if skipped > 0 {
        let _ = write!(line, ", {skipped} not read whole");
    }
    if known > 0 {
        let _ = write!(line, ", {known} in the baseline");
    }
    let _ = match (fixable, unsafely_fixable) {
        (0, 0) => write!(line, "."),
        (safe, 0) => write!(line, "; {safe} fixable with --fix."),
        (0, more) => write!(line, "; {more} fixable with --fix --unsafe-fixes."),
        (safe, more) => {
            write!(
                line,
                "; {safe} fixable with --fix, {more} more with --unsafe-fixes."
            )
        }
    };
    line
}

/// A number with its noun.
pub(super) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_fault_and_the_rest_the_advice() {
        assert_eq!(
            sentences("It is gone. Use `Edit`. Or not."),
            ("It is gone", Some("Use `Edit`. Or not."))
        );
        assert_eq!(sentences("Only this."), ("Only this", None));
        assert_eq!(
            sentences("No file `a. B.md` of 1.5 MB"),
            ("No file `a. B.md` of 1.5 MB", None)
        );
    }

    #[test]
    fn a_summary_speaks_in_words() {
        let of = |files, findings, skipped| Summary {
            files,
            findings,
            skipped,
            ..Summary::default()
        };
        let says = |expected: &str, it: Summary| assert_eq!(summary(&it), expected);
        says("1 error, 5 warnings in 12 files.", of(12, [1, 5, 0, 0], 0));
        says(
            "2 infos, 1 hint in 1 file, 1 not read whole.",
            of(1, [0, 0, 2, 1], 1),
        );
        says("No findings in 3 files.", of(3, [0; 4], 0));
        says("No agent files were found.", of(0, [0; 4], 0));
        let mut it = of(2, [1, 2, 0, 0], 0);
        (it.fixable, it.known) = (1, 4);
        says(
            "1 error, 2 warnings in 2 files, 4 in the baseline; 1 fixable with --fix.",
            it,
        );
        (it.fixed, it.known, it.unsafely_fixable) = (1, 0, 2);
        says(
            "Mended 1 finding. 1 error, 2 warnings left in 2 files; 1 fixable with --fix, 2 more \
             with --unsafe-fixes.",
            it,
        );
        it.fixable = 0;
        it.findings = [0; 4];
        says(
            "Mended 1 finding. No findings left in 2 files; 2 fixable with --fix --unsafe-fixes.",
            it,
        );
    }

    fn draw(source: &str, ranges: &[(usize, usize)], width: usize) -> String {
        let kinds = std::iter::once(AnnotationKind::Primary)
            .chain(std::iter::repeat(AnnotationKind::Context));
        let marks: Vec<_> = kinds
            .zip(ranges)
            .map(|(kind, (start, end))| (kind, ByteRange::new(*start, *end), None))
            .collect();
        let group = Group::with_level(Level::ERROR).element(snippet(
            source,
            &Text::new(source),
            &marks,
            width,
        ));
        Renderer::plain().term_width(width).render(&[group])
    }

    #[test]
    fn carets_stand_under_what_they_mean_after_tabs_and_emoji() {
        expect_test::expect![[r#"
              |
            1 | a    😀 b
              |         ^"#]]
        .assert_eq(&draw("a\t😀 b", &[(7, 8)], 80));
    }

    #[test]
    fn any_range_is_drawn() {
        let source = "a\r\n\u{1f600}\rb\n\n";
        for start in 0..source.len() + 3 {
            for end in start..source.len() + 5 {
                draw(source, &[(start, end), (end, end), (0, 1)], 60);
            }
        }
        draw("", &[(0, 0), (5, 9)], 60);
    }
}
