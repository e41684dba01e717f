//! Selection range: what a selection grows to, step by step.

use crate::agent::{AGENT_KEYS, AgentFile, SourceFile};
use crate::host::{Hosts, KeyType};
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::inline::{self, InlineKind};
use crate::syntax::list;
use crate::syntax::outline::Outline;
use crate::syntax::python::place_definition;
use crate::syntax::table::Table;
use crate::syntax::yaml::Node;
use crate::text::ByteRange;

/// What stands around `offset` (bytes), from the word under the cursor to the whole text. Each
/// range strictly covers the one before it, and all hold the offset; never empty.
pub fn selection_ranges(file: &SourceFile, offset: usize) -> Vec<ByteRange> {
    let source = &*file.source;
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    let mut around = Around {
        source,
        offset,
        ranges: Vec::new(),
    };
    around.words(&file.facts);
    if let Some(header) = &file.facts.header {
        around.header(header, &file.facts);
    }
    if let Some(outline) = &file.outline {
        around.body(outline, &file.facts);
    }
    around.grown()
}

/// The ranges around an offset, as they are found.
struct Around<'a> {
    source: &'a str,
    offset: usize,
    ranges: Vec<ByteRange>,
}

impl Around<'_> {
    /// Takes a range without the blanks around it. Whether the offset is in it.
    fn push(&mut self, range: ByteRange) -> bool {
        let range = range.trimmed(self.source);
        let is_around = range.touches(self.offset) && !range.is_empty();
        if is_around {
            self.ranges.push(range);
        }
        is_around
    }

    fn push_all(&mut self, ranges: impl IntoIterator<Item = ByteRange>) {
        for range in ranges {
            self.push(range);
        }
    }

    /// The ranges from the shortest to the whole text, without those that cross a shorter one.
    fn grown(mut self) -> Vec<ByteRange> {
        self.ranges.sort_by_key(|range| (range.len(), range.start));
        self.ranges.push(ByteRange::new(0, self.source.len()));
        let mut grown: Vec<ByteRange> = Vec::new();
        for range in self.ranges {
            let grows = |inner: &ByteRange| range.covers(*inner) && range != *inner;
            if grown.last().is_none_or(grows) {
                grown.push(range);
            }
        }
        grown
    }

    fn words(&mut self, facts: &AgentFile) {
        let (before, after) = self.source.split_at(self.offset);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let start = before.trim_end_matches(is_word).len();
        let end = self.source.len() - after.trim_start_matches(is_word).len();
        if start < end {
            self.push(ByteRange::new(start, end));
        }
        let mention = facts.mention_at(self.offset);
        let own = facts.definition.as_ref().map(|own| own.name_range);
        let own = own.filter(|range| !range.is_empty());
        self.push_all(mention.map(|mention| mention.range).into_iter().chain(own));
    }

    fn header(&mut self, header: &Header, facts: &AgentFile) {
        let whole = ByteRange {
            start: header.opening.start,
            end: header.closing.unwrap_or(header.content).end,
        };
        if !self.push(whole) {
            return;
        }
        self.push(header.content);
        for entry in &header.entries {
            if self.push(entry.range) {
                self.push(entry.key_range);
                self.push(entry.value_range);
                // A text that is no YAML need not end with the quote that it begins with.
                if entry.error.is_none() || entry.value.as_scalar().is_none() {
                    self.value(&entry.value);
                }
                self.names(entry, facts);
            }
        }
    }

    /// A value and what it holds.
    fn value(&mut self, value: &Node) {
        if !self.push(value.range) {
            return;
        }
        self.push(value.unquoted_range());
        for item in value.items() {
            self.value(item);
        }
        for (key, value) in value.pairs() {
            let pair = ByteRange {
                start: key.range.start,
                end: value.range.end.max(key.range.end),
            };
            if self.push(pair) {
                self.value(key);
                self.value(value);
            }
        }
    }

    /// The names in a text that lists them.
    fn names(&mut self, entry: &Entry, facts: &AgentFile) {
        let key = Hosts::builtin()
            .data(facts.kind)
            .and_then(|host| host.key(&entry.key));
        let lists_names = key
            .is_some_and(|key| matches!(key.kind, KeyType::Tools | KeyType::Names))
            || AGENT_KEYS.contains(&&*entry.key);
        if lists_names && let Some(list) = list::names(&facts.header_text, entry.value_range) {
            self.push_all(list.items.into_iter().map(|item| item.range));
        }
    }

    fn body(&mut self, outline: &Outline, facts: &AgentFile) {
        let start = facts
            .header
            .as_ref()
            .map_or(0, |header| header.end as usize);
        if !self.push(ByteRange::new(start, self.source.len())) {
            return;
        }
        for section in outline.sections(self.source) {
            if self.push(section.range) {
                self.push(section.heading.range);
            }
        }
        self.push_all(
            outline
                .blocks
                .containers
                .iter()
                .map(|container| container.range),
        );
        self.push_all(outline.blocks.comments.iter().copied());
        for block in &outline.blocks.inlines {
            if self.push(block.range) {
                self.spans(&block.pieces);
            }
        }
        for table in &outline.blocks.tables {
            if self.push(table.range) {
                self.table(table);
            }
        }
        self.fences(outline, facts);
    }

    /// The inline markup of a text.
    fn spans(&mut self, pieces: &[ByteRange]) {
        for span in inline::spans_of(self.source, pieces).spans.iter() {
            self.push(span.range);
            match span.kind {
                InlineKind::Code { content } | InlineKind::Strong { content } => {
                    self.push(content);
                }
                InlineKind::Link { text, destination } => self.push_all([text, destination]),
            }
        }
    }

    fn table(&mut self, table: &Table) {
        for row in std::iter::once(&table.header).chain(&table.rows) {
            if !self.push(row.range) {
                continue;
            }
            for cell in &row.cells {
                if cell.span.touches(self.offset) && self.push(cell.content) {
                    self.spans(&[cell.content]);
                }
            }
        }
    }

    fn fences(&mut self, outline: &Outline, facts: &AgentFile) {
        let fences = facts.body.as_ref().map_or(&[][..], |body| &body.fences);
        for fence in fences {
            if !self.push(fence.range) {
                continue;
            }
            self.push(fence.opening);
            let (Some(first), Some(last)) = (fence.content.first(), fence.content.last()) else {
                continue;
            };
            let content = ByteRange {
                start: first.start,
                end: last.end,
            };
            if self.push(content) {
                self.line();
            }
        }
        for (number, definitions) in &outline.python {
            let Some(fence) = fences.get(*number) else {
                continue;
            };
            if fence.range.touches(self.offset) {
                let placed = definitions
                    .iter()
                    .map(|definition| place_definition(definition, &fence.content).range);
                self.push_all(placed);
            }
        }
    }

    /// The line under the cursor.
    fn line(&mut self) {
        let (before, after) = self.source.split_at(self.offset);
        let is_end = ['\n', '\r'];
        let start = before.rfind(is_end).map_or(0, |end| end + 1);
        let end = after.find(is_end).unwrap_or(after.len());
        self.push(ByteRange::new(start, self.offset + end));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::Fixture;
    use crate::index::FileId;
    use crate::path::FilePath;
    use crate::syntax::document::Document;

    /// Checks what the selection grows to: the texts of the ranges, but for the whole file.
    fn check(fixture: &str, expected: &[&str]) {
        let fixture = Fixture::parse(fixture);
        let (file, offset) = fixture.cursor();
        let ranges = selection_ranges(file, offset);
        let texts: Vec<&str> = ranges.iter().map(|range| range.of(&file.source)).collect();
        let (whole, texts) = texts.split_last().expect("never empty");
        assert_eq!(*whole, &*file.source);
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_name_in_a_cell_grows_to_cell_row_table_and_section() {
        check(
            "---\nname: a\n---\n# One\n## Two\n| Delegate To | When |\n|---|---|\n| `jax-p$0ro` (x) | now |\n",
            &[
                "pro",
                "jax-pro",
                "`jax-pro`",
                "`jax-pro` (x)",
                "| `jax-pro` (x) | now |",
                "| Delegate To | When |\n|---|---|\n| `jax-pro` (x) | now |",
                "## Two\n| Delegate To | When |\n|---|---|\n| `jax-pro` (x) | now |",
                "# One\n## Two\n| Delegate To | When |\n|---|---|\n| `jax-pro` (x) | now |",
            ],
        );
    }

    #[test]
    fn a_word_in_a_list_grows_to_item_and_list() {
        check(
            "Text.\n\n- a\n- one **two th$0ree**\n  four\n  - five\n\nEnd.\n",
            &[
                "three",
                "two three",
                "**two three**",
                "one **two three**\n  four",
                "- one **two three**\n  four\n  - five",
                "- a\n- one **two three**\n  four\n  - five",
                "Text.\n\n- a\n- one **two three**\n  four\n  - five\n\nEnd.",
            ],
        );
    }

    #[test]
    fn an_item_in_the_header_grows_to_value_entry_and_header() {
        check(
            "---\nname: a\ntools: Read, Agent(jax-pr$0o, b)\n---\nText.\n",
            &[
                "pro",
                "jax-pro",
                "Agent(jax-pro, b)",
                "Read, Agent(jax-pro, b)",
                "tools: Read, Agent(jax-pro, b)",
                "name: a\ntools: Read, Agent(jax-pro, b)",
                "---\nname: a\ntools: Read, Agent(jax-pro, b)\n---",
            ],
        );
        check(
            "---\nx:\n  - \"a$0 b\"\n  - c\n---\n",
            &[
                "a",
                "a b",
                "\"a b\"",
                "- \"a b\"\n  - c",
                "x:\n  - \"a b\"\n  - c",
                "---\nx:\n  - \"a b\"\n  - c\n---",
            ],
        );
    }

    #[test]
    fn a_description_is_not_cut_at_its_commas() {
        check(
            "---\ndescription: Works, and$0 rests\n---\n",
            &[
                "and",
                "Works, and rests",
                "description: Works, and rests",
                "---\ndescription: Works, and rests\n---",
            ],
        );
    }

    #[test]
    fn code_grows_to_line_function_class_and_fence() {
        check(
            "```py\nclass A:\n    def f(self):\n        return sel$0f\n\nx = 1\n```\n\nEnd.\n",
            &[
                "self",
                "return self",
                "def f(self):\n        return self",
                "class A:\n    def f(self):\n        return self",
                "class A:\n    def f(self):\n        return self\n\nx = 1",
                "```py\nclass A:\n    def f(self):\n        return self\n\nx = 1\n```",
                "```py\nclass A:\n    def f(self):\n        return self\n\nx = 1\n```\n\nEnd.",
            ],
        );
    }

    #[test]
    fn where_nothing_stands_there_is_the_body_and_the_whole_file() {
        check("\n$0", &[]);
        check("# One\n\n$0\n\nText.\n", &["# One\n\n\n\nText."]);
    }

    proptest! {
        #[test]
        fn each_range_grows_and_holds_the_offset(
            parts in prop::collection::vec(prop::sample::select(vec![
                "---\nname: a\n", "---\n", "\n", "\r\n", "\r", " ", "> ", "- ", "  ", "# a\n", "x\n===\n",
                "| Agent | When |\n|---|---|\n", "| a-b | ü😀 |\n", "| c", "```python\n", "```\n", "def f(a):\n",
                "word", "tools: [a, \"b\"]\n", "`x`", "**b c**", "[t](u.md)", "<!-- c -->\n",
            ]), 0..30),
            offset in 0usize..300,
        ) {
            let source = parts.concat();
            let mut document = Document::new(&source);
            let file = SourceFile::new(FileId(0), FilePath::new("a.md"), &mut document, &Default::default());
            let mut offset = offset.min(source.len());
            while !source.is_char_boundary(offset) { offset -= 1; }
            let ranges = selection_ranges(&file, offset);
            prop_assert!(ranges.iter().all(|range| range.touches(offset)));
            prop_assert!(ranges.iter().all(|range| file.source.get(range.range()).is_some()));
            for pair in ranges.windows(2) {
                prop_assert!(pair[1].covers(pair[0]) && pair[1] != pair[0], "{:?}", ranges);
            }
            prop_assert_eq!(ranges.last(), Some(&ByteRange::new(0, file.source.len())));
        }
    }
}
