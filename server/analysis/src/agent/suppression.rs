//! Comments that say what not to report: `<!-- agentls-disable-next-line RULE -->` and its kin
//! in the body, `# agentls-disable-line RULE` in the header.

use memchr::{memchr2, memmem, memrchr2};

use crate::limits::{MAX_SUPPRESSED_RULES, MAX_SUPPRESSIONS};
use crate::syntax::blocks::Fence;
use crate::syntax::frontmatter::Header;
use crate::syntax::yaml::{Node, Value};
use crate::text::ByteRange;

/// One comment that switches rules off for a part of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The comment with its marks.
    pub comment: ByteRange,
    /// The rules, as they are written.
    pub rules: Vec<SuppressedRule>,
    /// Findings that start here are not reported.
    pub covers: ByteRange,
}

/// A rule that a comment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressedRule {
    /// What is written.
    pub name: Box<str>,
    /// Where.
    pub range: ByteRange,
}

pub(super) const MARK: &str = "agentls-disable";

/// The comments of a file, in the order of the text, up to [`MAX_SUPPRESSIONS`].
pub(super) fn find(header: Option<&Header>, fences: &[Fence], source: &str) -> Vec<Suppression> {
    let body = header.map_or(0, |header| header.end as usize);
    let mut lines = Lines::new(source);
    let mut found = Vec::new();
    let mut from = 0;
    let mut has_end = true;
    // Each comment is read once: the search goes on behind it.
    for at in memmem::find_iter(source.as_bytes(), MARK) {
        if found.len() == MAX_SUPPRESSIONS {
            break;
        }
        if at < from {
            continue;
        }
        let header = header.filter(|_| at < body);
        let comment = match header {
            Some(header) => in_header(header, source, at, &mut lines),
            None if has_end => in_body(fences, source, body.max(from), at).and_then(|start| {
                let end = memmem::find(&source.as_bytes()[at..], b"-->");
                has_end = end.is_some();
                end.map(|end| ByteRange::new(start, at + end + 3))
            }),
            None => break,
        };
        if let Some(comment) = comment {
            from = comment.end as usize;
            found.extend(read(&mut lines, at, comment, header.is_none()));
        }
    }
    found
}

/// Where the comment starts that has the mark at `at`, which must be the first thing in it.
fn in_body(fences: &[Fence], source: &str, from: usize, at: usize) -> Option<usize> {
    let start = source[from..at].trim_end().len() + from;
    let start = source[from..start].ends_with("<!--").then(|| start - 4)?;
    let after = fences.partition_point(|fence| fence.range.start as usize <= start);
    let is_code = fences[..after]
        .last()
        .is_some_and(|fence| start < fence.range.end as usize);
    (!is_code).then_some(start)
}

/// The comment that the mark at `at` begins, where YAML sees a comment there.
fn in_header(header: &Header, source: &str, at: usize, lines: &mut Lines<'_>) -> Option<ByteRange> {
    let start = source[..at].trim_end_matches([' ', '\t']).len();
    let start = source[..start].ends_with('#').then(|| start - 1)?;
    let is_comment = source[..start].ends_with([' ', '\t', '\n', '\r']);
    let entries = &header.entries;
    let after = entries.partition_point(|entry| (entry.range.start as usize) < start);
    let is_text = entries[..after]
        .last()
        .is_some_and(|entry| holds_text(&entry.value, start));
    (is_comment && !is_text).then(|| ByteRange::new(start, lines.around(at).end as usize))
}

/// Whether a value has text around `offset`. Nodes stand in the order of the text.
fn holds_text(node: &Node, offset: usize) -> bool {
    let starts_before = |node: &Node| (node.range.start as usize) < offset;
    match &node.value {
        Value::Scalar(_) => starts_before(node) && offset < node.range.end as usize,
        Value::Sequence { items, .. } => {
            let after = items.partition_point(starts_before);
            items[..after]
                .last()
                .is_some_and(|item| holds_text(item, offset))
        }
        Value::Mapping { pairs, .. } => {
            let after = pairs.partition_point(|(key, _)| starts_before(key));
            pairs[..after]
                .last()
                .is_some_and(|(key, value)| holds_text(key, offset) || holds_text(value, offset))
        }
        Value::Empty | Value::Alias => false,
    }
}

/// Reads the comment with the mark at `at`. `is_body` where a whole file can be meant.
fn read(
    lines: &mut Lines<'_>,
    at: usize,
    comment: ByteRange,
    is_body: bool,
) -> Option<Suppression> {
    let source = lines.source;
    let end = comment.end as usize - if is_body { "-->".len() } else { 0 };
    let text = &source[at + MARK.len()..end];
    let word = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    let covers = match &text[..word] {
        "" if is_body => ByteRange::new(0, source.len()),
        "-line" => {
            let start = lines.around(comment.start as usize).start as usize;
            ByteRange::new(start, lines.around(comment.end as usize).end as usize)
        }
        "-next-line" => lines.below(comment.end as usize),
        _ => return None,
    };
    let mut rules = Vec::new();
    let mut from = at + MARK.len() + word;
    for piece in source[from..end].split([' ', '\t', '\r', '\n', ',']) {
        if !piece.is_empty() && rules.len() < MAX_SUPPRESSED_RULES {
            rules.push(SuppressedRule {
                name: piece.into(),
                range: ByteRange::new(from, from + piece.len()),
            });
        }
        from += piece.len() + 1;
    }
    Some(Suppression {
        comment,
        rules,
        covers,
    })
}

/// The lines around comments, without their ends. A line that holds many is looked for once.
struct Lines<'s> {
    source: &'s str,
    /// The line that was asked for last.
    last: Option<ByteRange>,
    /// The end of a line, and the next that is not blank.
    below: Option<(usize, ByteRange)>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            last: None,
            below: None,
        }
    }

    /// The line of `offset`.
    fn around(&mut self, offset: usize) -> ByteRange {
        if let Some(last) = self.last.filter(|last| last.touches(offset)) {
            return last;
        }
        let bytes = self.source.as_bytes();
        let start = memrchr2(b'\n', b'\r', &bytes[..offset]).map_or(0, |at| at + 1);
        let end = memchr2(b'\n', b'\r', &bytes[offset..]).map_or(bytes.len(), |at| offset + at);
        *self.last.insert(ByteRange::new(start, end))
    }

    /// The line that is not blank below that of `offset`.
    fn below(&mut self, offset: usize) -> ByteRange {
        let end = self.around(offset).end as usize;
        if let Some((_, line)) = self.below.filter(|(above, _)| *above == end) {
            return line;
        }
        let next = self.source.len() - self.source[end..].trim_start().len();
        let line = Lines::new(self.source).around(next);
        self.below = Some((end, line));
        line
    }
}

#[cfg(test)]
mod tests {
    use crate::agent::{SourceFile, Suppression};
    use crate::config::Reading;
    use crate::path::{FileId, FilePath};

    /// Each comment as "rules | the text that it covers".
    fn found(source: &str) -> Vec<String> {
        let path = FilePath::new(".claude/agents/a.md");
        let file = SourceFile::parse(FileId(0), path, source, &Reading::default());
        let body = file.facts.body.as_ref().unwrap();
        let said = |it: &Suppression| {
            let rules: Vec<&str> = it.rules.iter().map(|rule| rule.range.of(source)).collect();
            format!("{} | {}", rules.join(" "), it.covers.of(source))
        };
        body.suppressions.iter().map(said).collect()
    }

    #[test]
    fn a_comment_covers_its_line_the_next_or_the_file() {
        let source =
            "x <!-- agentls-disable-line a, b -->\n<!-- agentls-disable-next-line c -->\n\ny\nz\n";
        assert_eq!(
            found(source),
            ["a b | x <!-- agentls-disable-line a, b -->", "c | y"]
        );
        let source = "---\nname: a\n---\n<!--\nagentls-disable a\nb -->\n";
        assert_eq!(found(source), [format!("a b | {source}")]);
    }

    #[test]
    fn in_a_header_only_a_comment_counts() {
        let source = "---\nname: a # agentls-disable-line x\ntools:\n  - A # agentls-disable-line y\n  # agentls-disable-next-line z\n  - B\ndescription: \"b # agentls-disable-line x\"\nmodel: c# agentls-disable-line x\nd: |\n  e # agentls-disable-line x\n---\n";
        assert_eq!(
            found(source),
            [
                "x | name: a # agentls-disable-line x",
                "y |   - A # agentls-disable-line y",
                "z |   - B",
            ]
        );
    }

    #[test]
    fn a_file_of_comments_is_read_once() {
        assert!(found(&"<!--agentls-disable a ".repeat(20_000)).is_empty());
        let many = "<!-- agentls-disable-line a -->".repeat(20_000);
        assert_eq!(found(&many[..62]).len(), 2);
        let path = FilePath::new(".claude/agents/a.md");
        let file = SourceFile::parse(FileId(0), path, &many, &Reading::default());
        let body = file.facts.body.as_ref().unwrap();
        assert_eq!(body.suppressions.len(), crate::limits::MAX_SUPPRESSIONS);
        let rules = format!("<!-- agentls-disable{} -->", " a".repeat(20_000));
        assert_eq!(
            found(&rules)[0]
                .split(' ')
                .take_while(|it| *it == "a")
                .count(),
            64
        );
    }

    #[test]
    fn a_comment_in_a_comment_is_text() {
        let source = "<!-- agentls-disable-line a <!-- agentls-disable-line b --> c\n";
        let rules = "a <!-- agentls-disable-line b";
        assert_eq!(found(source), [format!("{rules} | {}", source.trim_end())]);
    }

    #[test]
    fn text_and_code_are_no_comments() {
        assert_eq!(
            found(
                "agentls-disable a\n\n```\n<!-- agentls-disable b -->\n```\n<!-- see agentls-disable c -->\n<!-- agentls-disabled d -->\n<!-- agentls-disable e\n"
            ),
            Vec::<String>::new()
        );
    }
}
