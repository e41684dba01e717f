//! Document symbols: the outline of a file, as a tree.

use std::cmp::Reverse;
use std::iter::Peekable;

use crate::agent::{AgentColumn, AgentFile, ColumnHeading, SourceFile};
use crate::limits::{MAX_OUTLINE_DEPTH, MAX_OUTLINE_ITEMS};
use crate::syntax::blocks::Fence;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::outline::Outline;
use crate::syntax::python::{PythonKind, place_definition};
use crate::syntax::table::{Row, Table};
use crate::text::ByteRange;

/// Something that an outline shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSymbol {
    /// What it is called: one line, never empty.
    pub name: String,
    /// More about it, on one line.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it, in bytes; within that of the symbol around it.
    pub range: ByteRange,
    /// What the cursor goes to, in bytes; within `range`.
    pub selection_range: ByteRange,
    /// What is in it, in the order of the text.
    pub children: Vec<DocumentSymbol>,
}

/// The kinds of [`DocumentSymbol`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// The header of the file.
    Header,
    /// A key of the header.
    Key,
    /// A heading with its section.
    Heading,
    /// A table that says to whom work goes.
    Table,
    /// A row of it: an agent.
    Row,
    /// A code fence.
    Fence,
    /// A class in a fence.
    Class,
    /// A function in a fence.
    Function,
    /// A function in a class.
    Method,
}

/// Longest detail, in characters.
const MAX_DETAIL: usize = 80;

/// The outline of a file.
pub fn document_symbols(file: &SourceFile) -> Vec<DocumentSymbol> {
    let source = &*file.source;
    let mut symbols = Symbols {
        source,
        found: Vec::new(),
    };
    if let Some(header) = &file.facts.header {
        symbols.header(header, &file.facts);
    }
    if let Some(outline) = &file.outline {
        symbols.sections(outline);
        symbols.tables(outline, &file.facts);
        symbols.fences(outline, &file.facts);
    }
    nested(symbols.found)
}

/// Makes a tree of symbols by what their ranges cover.
fn nested(mut symbols: Vec<DocumentSymbol>) -> Vec<DocumentSymbol> {
    symbols.sort_by_key(|symbol| (symbol.range.start, Reverse(symbol.range.end)));
    let mut top = Vec::new();
    let mut open: Vec<DocumentSymbol> = Vec::new();
    for symbol in symbols {
        let is_inside = |open: &Vec<DocumentSymbol>| {
            let around = open.last();
            around.is_none_or(|around| around.range.covers(symbol.range))
                && open.len() < MAX_OUTLINE_DEPTH
        };
        while !is_inside(&open) {
            close(&mut open, &mut top);
        }
        open.push(symbol);
    }
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    top
}

fn close(open: &mut Vec<DocumentSymbol>, top: &mut Vec<DocumentSymbol>) {
    if let Some(symbol) = open.pop() {
        let siblings = open
            .last_mut()
            .map_or(&mut *top, |around| &mut around.children);
        siblings.push(symbol);
    }
}

/// Symbols as they are found, one by one.
struct Symbols<'a> {
    source: &'a str,
    found: Vec<DocumentSymbol>,
}

impl Symbols<'_> {
    fn push(
        &mut self,
        kind: SymbolKind,
        name: &str,
        detail: Option<String>,
        range: ByteRange,
        selection_range: ByteRange,
    ) {
        if self.found.len() >= MAX_OUTLINE_ITEMS {
            return;
        }
        let range = range.trimmed(self.source);
        let name = one_line(name);
        if !name.is_empty() && range.covers(selection_range) {
            self.found.push(DocumentSymbol {
                name,
                detail: detail.filter(|detail| !detail.is_empty()),
                kind,
                range,
                selection_range,
                children: Vec::new(),
            });
        }
    }

    fn header(&mut self, header: &Header, facts: &AgentFile) {
        let end = header.closing.unwrap_or(header.content).end;
        let range = ByteRange {
            start: header.opening.start,
            end,
        };
        let own_name = facts.definition.as_ref().map(|own| own.name.to_string());
        self.push(
            SymbolKind::Header,
            "frontmatter",
            own_name,
            range,
            header.opening,
        );
        for entry in &header.entries {
            self.push(
                SymbolKind::Key,
                &entry.key,
                value_of(entry),
                entry.range,
                entry.key_range,
            );
        }
    }

    fn sections(&mut self, outline: &Outline) {
        for section in outline.sections(self.source) {
            self.heading(section.heading.text, section.heading.range, section.range);
        }
        for heading in &outline.blocks.headings {
            if heading.is_contained {
                self.heading(heading.text, heading.range, heading.range);
            }
        }
    }

    fn heading(&mut self, text: ByteRange, heading: ByteRange, range: ByteRange) {
        let named = if text.is_empty() { heading } else { text };
        let name = named.of(self.source);
        self.push(SymbolKind::Heading, name, None, range, named);
    }

    fn tables(&mut self, outline: &Outline, facts: &AgentFile) {
        let columns = facts.body.iter().flat_map(|body| &body.columns);
        let mut columns = columns.peekable();
        for table in &outline.blocks.tables {
            if let Some(column) = agent_column(table, &mut columns) {
                self.table(table, column, facts);
            }
        }
    }

    /// A table whose column `column` names agents.
    fn table(&mut self, table: &Table, column: usize, facts: &AgentFile) {
        let Some(heading) = table.header.cells.get(column) else {
            return;
        };
        let heading = heading.content;
        let name = heading.of(self.source);
        let detail = self.other_cells(&table.header, column).join(" | ");
        self.push(SymbolKind::Table, name, Some(detail), table.range, heading);
        for row in &table.rows {
            let Some(cell) = row.cells.get(column) else {
                continue;
            };
            let name = self.agents(cell.content, facts);
            let detail = self.other_cells(row, column).into_iter().next();
            self.push(SymbolKind::Row, &name, detail, row.range, cell.content);
        }
    }

    /// The names in a cell; all that it says where it names nobody.
    fn agents(&self, cell: ByteRange, facts: &AgentFile) -> String {
        let first = facts
            .mentions
            .partition_point(|mention| mention.range.start < cell.start);
        let names: Vec<&str> = facts.mentions[first..]
            .iter()
            .take_while(|mention| cell.covers(mention.range))
            .filter(|mention| !mention.form.is_path())
            .map(|mention| mention.range.of(self.source))
            .collect();
        if names.is_empty() {
            cell.of(self.source).to_owned()
        } else {
            names.join(", ")
        }
    }

    fn other_cells(&self, row: &Row, column: usize) -> Vec<String> {
        let others = row.cells.iter().enumerate();
        others
            .filter(|(index, cell)| *index != column && !cell.content.is_empty())
            .map(|(_, cell)| shortened(cell.content.of(self.source)))
            .collect()
    }

    fn fences(&mut self, outline: &Outline, facts: &AgentFile) {
        let fences = facts.body.as_ref().map_or(&[][..], |body| &body.fences);
        for fence in fences {
            self.fence(fence);
        }
        for (number, definitions) in &outline.python {
            let Some(fence) = fences.get(*number) else {
                continue;
            };
            for definition in definitions.iter() {
                let placed = place_definition(definition, &fence.content);
                let kind = match placed.kind {
                    PythonKind::Class => SymbolKind::Class,
                    PythonKind::Function => SymbolKind::Function,
                    PythonKind::Method => SymbolKind::Method,
                };
                let name = placed.name.of(self.source);
                self.push(kind, name, None, placed.range, placed.name);
            }
        }
    }

    fn fence(&mut self, fence: &Fence) {
        let name = fence
            .language
            .map_or("code", |language| language.of(self.source));
        let lines = fence
            .content
            .iter()
            .flat_map(|piece| piece.of(self.source).lines());
        let first_line = lines.map(str::trim).find(|line| !line.is_empty());
        let opening = fence.opening.trimmed(self.source);
        self.push(
            SymbolKind::Fence,
            name,
            first_line.map(shortened),
            fence.range,
            fence.language.unwrap_or(opening),
        );
    }
}

/// The column of `table` that says to whom work goes. Takes the columns of the table and of
/// those before it off `columns`, which are in the order of the text.
fn agent_column<'a>(
    table: &Table,
    columns: &mut Peekable<impl Iterator<Item = &'a AgentColumn>>,
) -> Option<usize> {
    let mut found: Option<(ColumnHeading, usize)> = None;
    while let Some(column) = columns.next_if(|column| {
        let first = column.cells.first();
        first.is_none_or(|cell| cell.span.start < table.range.end)
    }) {
        let is_better = match found {
            None => column.heading != ColumnHeading::Other,
            Some((ColumnHeading::Agent, _)) => column.heading == ColumnHeading::Delegation,
            Some(_) => false,
        };
        let in_row = |row: &Row| {
            let first = column.cells.first()?;
            row.cells.iter().position(|cell| cell == first)
        };
        if is_better && let Some(index) = table.rows.iter().find_map(in_row) {
            found = Some((column.heading, index));
        }
    }
    found.map(|(_, index)| index)
}

/// What an entry says: a text, or the items of a list.
fn value_of(entry: &Entry) -> Option<String> {
    if let Some(text) = entry.value.as_str() {
        return Some(shortened(text));
    }
    let items = entry.value.items().iter();
    let items: Vec<&str> = items.filter_map(|item| item.as_str()).collect();
    Some(shortened(&items.join(", ")))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    let mut line = one_line(text);
    if let Some((cut, _)) = line.char_indices().nth(MAX_DETAIL) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::Fixture;
    use crate::index::FileId;
    use crate::path::FilePath;
    use crate::syntax::document::Document;

    fn check(fixture: &str, expected: Expect) {
        let fixture = Fixture::parse(fixture);
        let mut drawn = String::new();
        draw(&document_symbols(&fixture.files[0]), 0, &mut drawn);
        expected.assert_eq(&drawn);
    }

    /// A line for each symbol: kind, name and detail, indented by depth.
    fn draw(symbols: &[DocumentSymbol], depth: usize, drawn: &mut String) {
        for symbol in symbols {
            let detail = symbol.detail.as_ref();
            let detail = detail.map_or(String::new(), |detail| format!(" · {detail}"));
            let indent = "  ".repeat(depth);
            drawn.push_str(&format!(
                "{indent}{:?} {}{detail}\n",
                symbol.kind, symbol.name
            ));
            draw(&symbol.children, depth + 1, drawn);
        }
    }

    #[test]
    fn the_header_holds_its_keys_and_says_whose_it_is() {
        check(
            "---\nname: team-lead\ndescription: >\n  Hands out\n  work.\ntools: [Read, Grep]\nhooks:\n  Stop: []\nmodel:\n---\n",
            expect![[r#"
                Header frontmatter · team-lead
                  Key name · team-lead
                  Key description · Hands out work.
                  Key tools · Read, Grep
                  Key hooks
                  Key model
            "#]],
        );
    }

    #[test]
    fn a_header_that_is_being_typed_is_shown_as_far_as_it_goes() {
        check(
            "---\nname: team-lead\ntools: [Read,\nmodel: \"op\n",
            expect![[r#"
                Header frontmatter · team-lead
                  Key name · team-lead
                  Key tools · Read
                  Key model · op
            "#]],
        );
    }

    #[test]
    fn headings_stand_under_those_of_a_higher_level() {
        check(
            "## Early\n# One\n### Deep\n## Two\ntext\n\nOther\n=====\n#\n",
            expect![[r##"
                Heading Early
                Heading One
                  Heading Deep
                  Heading Two
                Heading Other
                Heading #
            "##]],
        );
    }

    #[test]
    fn a_heading_in_a_quote_ends_no_section() {
        check(
            "# One\n> # Quoted\n> text\n\n## Two\n",
            expect![[r#"
                Heading One
                  Heading Quoted
                  Heading Two
            "#]],
        );
    }

    #[test]
    fn a_delegation_table_holds_the_agents_of_its_rows() {
        check(
            "# Team\n| When | Delegate To | Why |\n|---|---|---|\n| code | **jax-pro** (shop) | fast |\n| | `a-b`, c-d | |\n| x |\n| y | somebody nice |\n\n| Topic | Words |\n|---|---|\n| a | b |\n",
            expect![[r#"
                Heading Team
                  Table Delegate To · When | Why
                    Row jax-pro · code
                    Row a-b, c-d
                    Row somebody nice · y
            "#]],
        );
    }

    #[test]
    fn of_two_columns_with_agents_the_one_that_delegates_counts() {
        check(
            "| Agent | Hand off to |\n|---|---|\n| a-b | c-d |\n\n| Owner | Agents |\n|---|---|\n| e-f | g-h |\n",
            expect![[r#"
                Table Hand off to · Agent
                  Row c-d · a-b
                Table Owner · Agents
                  Row e-f · g-h
            "#]],
        );
    }

    #[test]
    fn fences_are_named_by_their_language_and_hold_their_python() {
        check(
            "# Code\n```bash\n\nls -l\n```\n~~~\nplain\n~~~\n- item\n\n  ```python\n  @cached\n  class Pool(Base):\n      def get(self):\n          def inner(): ...\n      async def put(self): ...\n  if x:\n      def late(): pass\n  ```\n",
            expect![[r#"
                Heading Code
                  Fence bash · ls -l
                  Fence code · plain
                  Fence python · @cached
                    Class Pool
                      Method get
                        Function inner
                      Method put
                    Function late
            "#]],
        );
    }

    #[test]
    fn python_that_does_not_parse_shows_what_is_there() {
        check(
            "```python\ndef whole():\n    return 1\n\nclass Half(\n\ndef started(a,\n```\n",
            expect![[r#"
                Fence python · def whole():
                  Function whole
                  Class Half
                  Function started
            "#]],
        );
    }

    #[test]
    fn a_fence_that_is_never_closed_stays_in_its_section() {
        check(
            "# One\n```js\nlet x;\n\n# no heading\n\n",
            expect![[r#"
                Heading One
                  Fence js · let x;
            "#]],
        );
    }

    fn assert_sound(symbols: &[DocumentSymbol], around: ByteRange, source: &str) {
        for symbol in symbols {
            assert!(!symbol.name.is_empty() && !symbol.name.contains(['\n', '\r']));
            assert!(source.get(symbol.range.range()).is_some());
            assert!(around.covers(symbol.range), "{symbol:?} in {source:?}");
            assert!(symbol.range.covers(symbol.selection_range), "{symbol:?}");
            assert_sound(&symbol.children, symbol.range, source);
        }
    }

    proptest! {
        #[test]
        fn every_symbol_lies_in_the_one_around_it(
            parts in prop::collection::vec(prop::sample::select(vec![
                "---\nname: a\n", "---\n", "\n", "\r\n", "\r", " ", "> ", "- ", "  ", "# a\n", "## b ##\n", "#\n",
                "x\n===\n", "| Agent | When |\n|---|---|\n", "| a-b | ü😀 |\n", "| c", "```python\n", "```\n", "~~~\n",
                "def f(a):\n", "    def g(): pass\n", "class C:\n", "@d\n", "word", "tools: a, b\n", "\u{feff}",
            ]), 0..30),
        ) {
            let source = parts.concat();
            let mut document = Document::new(&source);
            let file = SourceFile::new(FileId(0), FilePath::new("a.md"), &mut document, &Default::default());
            let whole = ByteRange::new(0, file.source.len());
            assert_sound(&document_symbols(&file), whole, &file.source);
        }
    }
}
