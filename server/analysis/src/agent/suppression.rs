//! Comments that say what not to report: `<!-- agentls-disable-next-line RULE -->` and its kin
//! in the body, `# agentls-disable-line RULE` in the header.

use memchr::memmem;

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

const MARK: &str = "agentls-disable";

/// Every such comment of a file, in the order of the text.
pub(super) fn find(header: Option<&Header>, fences: &[Fence], source: &str) -> Vec<Suppression> {
    let body = header.map_or(0, |header| header.end as usize);
    memmem::find_iter(source.as_bytes(), MARK)
        .filter_map(|at| match header.filter(|_| at < body) {
            Some(header) => in_header(header, source, at),
            None => in_body(fences, source, body, at),
        })
        .collect()
}

/// The comment around the mark at `at`: it must be the first thing in it.
fn in_body(fences: &[Fence], source: &str, body: usize, at: usize) -> Option<Suppression> {
    let start = source[body..at].trim_end().len() + body;
    let start = source[body..start].ends_with("<!--").then(|| start - 4)?;
    let end = at + source[at..].find("-->")?;
    let after = fences.partition_point(|fence| fence.range.start as usize <= start);
    if fences[..after]
        .last()
        .is_some_and(|fence| start < fence.range.end as usize)
    {
        return None;
    }
    let comment = ByteRange::new(start, end + 3);
    read(source, at, end, comment, true)
}

/// The comment that the mark at `at` begins, where YAML sees a comment there.
fn in_header(header: &Header, source: &str, at: usize) -> Option<Suppression> {
    let start = source[..at].trim_end_matches([' ', '\t']).len();
    let start = source[..start].ends_with('#').then(|| start - 1)?;
    let is_comment = source[..start].ends_with([' ', '\t', '\n', '\r']);
    let is_text = |entry: &crate::syntax::frontmatter::Entry| holds_text(&entry.value, start);
    if !is_comment || header.entries.iter().any(is_text) {
        return None;
    }
    let end = line_end(source, at);
    read(source, at, end, ByteRange::new(start, end), false)
}

fn holds_text(node: &Node, offset: usize) -> bool {
    match &node.value {
        Value::Scalar(_) => {
            (node.range.start as usize) < offset && offset < node.range.end as usize
        }
        Value::Sequence { items, .. } => items.iter().any(|item| holds_text(item, offset)),
        Value::Mapping { pairs, .. } => pairs
            .iter()
            .any(|(key, value)| holds_text(key, offset) || holds_text(value, offset)),
        Value::Empty | Value::Alias => false,
    }
}

/// Reads what stands from the mark at `at` to `end`. `is_body` where a whole file can be meant.
fn read(
    source: &str,
    at: usize,
    end: usize,
    comment: ByteRange,
    is_body: bool,
) -> Option<Suppression> {
    let text = &source[at + MARK.len()..end];
    let word = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    let covers = match &text[..word] {
        "" if is_body => ByteRange::new(0, source.len()),
        "-line" => {
            let start = line_start(source, comment.start as usize);
            ByteRange::new(start, line_end(source, comment.end as usize))
        }
        "-next-line" => {
            let end = line_end(source, comment.end as usize);
            let rest = &source[end..];
            let next = end + (rest.len() - rest.trim_start().len());
            ByteRange::new(line_start(source, next), line_end(source, next))
        }
        _ => return None,
    };
    let mut rules = Vec::new();
    let mut from = at + MARK.len() + word;
    for piece in source[from..end].split([' ', '\t', '\r', '\n', ',']) {
        if !piece.is_empty() {
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

fn line_start(source: &str, offset: usize) -> usize {
    source[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

fn line_end(source: &str, offset: usize) -> usize {
    let rest = &source[offset..];
    offset + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use crate::agent::{SourceFile, Suppression};
    use crate::config::Reading;
    use crate::index::FileId;
    use crate::path::FilePath;

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
    fn text_and_code_are_no_comments() {
        assert_eq!(
            found(
                "agentls-disable a\n\n```\n<!-- agentls-disable b -->\n```\n<!-- see agentls-disable c -->\n<!-- agentls-disabled d -->\n<!-- agentls-disable e\n"
            ),
            Vec::<String>::new()
        );
    }
}
