//! Folding: what can be closed to its first line.

use std::cmp::Reverse;

use crate::agent::SourceFile;
use crate::limits::MAX_OUTLINE_ITEMS;
use crate::syntax::blocks::ContainerKind;
use crate::syntax::outline::Outline;
use crate::syntax::python::place_definition;
use crate::text::ByteRange;

/// Lines that fold into the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From a byte of the first line to the end of the text of the last, in bytes.
    pub range: ByteRange,
    /// What they are.
    pub kind: FoldingKind,
}

/// The kinds of [`Fold`] that editors tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldingKind {
    /// The header, a section, a table, a fence, an item of a list.
    Block,
    /// A comment.
    Comment,
}

/// What of a file folds, in the order of the text, no two from the same line. Where more than
/// `limit` do, the longest.
pub fn folds(file: &SourceFile, limit: Option<usize>) -> Vec<Fold> {
    let source = &*file.source;
    let block = |range| (range, FoldingKind::Block);
    let mut found = in_header(file);
    if let Some(outline) = &file.outline {
        found.extend(in_body(file, outline).into_iter().map(block));
        let comments = outline.blocks.comments.iter();
        found.extend(comments.map(|range| (*range, FoldingKind::Comment)));
    }
    let mut folds: Vec<Fold> = found
        .into_iter()
        .map(|(range, kind)| Fold {
            range: range.trimmed(source),
            kind,
        })
        .filter(|fold| fold.range.of(source).contains(['\n', '\r']))
        .collect();
    folds.sort_by_cached_key(|fold| {
        (
            line_start(source, fold.range.start),
            Reverse(fold.range.end),
        )
    });
    folds.dedup_by_key(|fold| line_start(source, fold.range.start));
    let limit = limit.unwrap_or(MAX_OUTLINE_ITEMS).min(MAX_OUTLINE_ITEMS);
    if folds.len() > limit {
        folds.sort_by_key(|fold| Reverse(fold.range.len()));
        folds.truncate(limit);
        folds.sort_by_key(|fold| fold.range.start);
    }
    folds
}

fn in_header(file: &SourceFile) -> Vec<(ByteRange, FoldingKind)> {
    let Some(header) = &file.facts.header else {
        return Vec::new();
    };
    let whole = ByteRange {
        start: header.opening.start,
        end: header.closing.unwrap_or(header.content).end,
    };
    let entries = header.entries.iter().map(|entry| entry.range);
    std::iter::once(whole)
        .chain(entries)
        .map(|range| (range, FoldingKind::Block))
        .collect()
}

fn in_body(file: &SourceFile, outline: &Outline) -> Vec<ByteRange> {
    let mut ranges: Vec<ByteRange> = outline
        .sections(&file.source)
        .into_iter()
        .map(|section| section.range)
        .collect();
    ranges.extend(outline.blocks.tables.iter().map(|table| table.range));
    // Of a list its items fold: the list itself begins on the line of the first.
    ranges.extend(
        outline
            .blocks
            .containers
            .iter()
            .filter(|container| container.kind != ContainerKind::List)
            .map(|container| container.range),
    );
    let fences = file
        .facts
        .body
        .as_ref()
        .map_or(&[][..], |body| &body.fences);
    ranges.extend(fences.iter().map(|fence| fence.range));
    for (number, definitions) in &outline.python {
        if let Some(fence) = fences.get(*number) {
            let placed = definitions
                .iter()
                .map(|definition| place_definition(definition, &fence.content).range);
            ranges.extend(placed);
        }
    }
    ranges
}

/// The first byte of the line that holds byte `offset`.
fn line_start(source: &str, offset: u32) -> usize {
    let before = source.get(..offset as usize).unwrap_or(source);
    before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::fixture::Fixture;

    fn drawn(fixture: &str, limit: Option<usize>) -> String {
        let fixture = Fixture::parse(fixture);
        let file = &fixture.files[0];
        let line = |offset: u32| file.source[..offset as usize].split('\n').count();
        let lines = folds(file, limit).into_iter().map(|fold| {
            let text = fold.range.of(&file.source).lines().next().unwrap_or("");
            let (first, last) = (line(fold.range.start), line(fold.range.end));
            format!("{first}-{last} {:?} {text}\n", fold.kind)
        });
        lines.collect()
    }

    fn check(fixture: &str, expected: Expect) {
        expected.assert_eq(&drawn(fixture, None));
    }

    const AGENT: &str = "---\nname: a\ntools:\n  - Read\n---\n\n# One\ntext\n## Two\n| a |\n|---|\n| b |\n\n\n# Three\n```python\ndef f():\n    pass\n```\n\n";

    #[test]
    fn header_sections_tables_and_fences_fold_without_the_blank_lines_after_them() {
        check(
            AGENT,
            expect![[r#"
                1-5 Block ---
                3-4 Block tools:
                7-12 Block # One
                9-12 Block ## Two
                10-12 Block | a |
                15-19 Block # Three
                16-19 Block ```python
                17-18 Block def f():
            "#]],
        );
    }

    #[test]
    fn a_client_that_shows_few_gets_the_longest() {
        let two = "7-12 Block # One\n15-19 Block # Three\n";
        assert_eq!(drawn(AGENT, Some(2)), two);
        assert_eq!(drawn(AGENT, Some(0)), "");
    }

    #[test]
    fn what_is_not_closed_folds_to_the_end() {
        check(
            "# One\n```\na\n\nb\n\n",
            expect![[r#"
                1-5 Block # One
                2-5 Block ```
            "#]],
        );
        check(
            "---\nname: a\nmodel: opus\n",
            expect![[r#"
                1-3 Block ---
            "#]],
        );
    }

    #[test]
    fn items_of_lists_quotes_and_comments_fold_and_single_lines_do_not() {
        check(
            "- a\n- b\n  c\n  - d\n- e\n\n> q\n> r\n\n<!-- one -->\n\n<!-- two\nlines -->\n\n# Only a heading\n",
            expect![[r#"
                2-4 Block - b
                7-8 Block > q
                12-13 Comment <!-- two
            "#]],
        );
    }

    #[test]
    fn of_what_starts_on_one_line_the_longest_folds() {
        check(
            "- ```\n  a\n  ```\n  b\n",
            expect![[r#"
                1-4 Block - ```
            "#]],
        );
    }
}
