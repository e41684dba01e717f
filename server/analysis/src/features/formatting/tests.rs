use proptest::prelude::*;

use super::*;
use crate::config::Reading;
use crate::index::FileId;
use crate::path::FilePath;
use crate::syntax::document::Document;
use crate::syntax::frontmatter::Header;

const SORTED: Options = Options { sort_keys: true };

fn parse(source: &str) -> SourceFile {
    let path = FilePath::new(".claude/agents/a.md");
    let mut document = Document::new(source);
    SourceFile::new(FileId(0), path, &mut document, &Reading::default())
}

fn applied(source: &str, edits: &[TextEdit]) -> String {
    let mut text = source.to_owned();
    for pair in edits.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "{edits:?}");
    }
    for edit in edits.iter().rev() {
        text.replace_range(edit.range.range(), &edit.new_text);
    }
    text
}

fn formatted(source: &str) -> String {
    applied(source, &format(&parse(source), None, &SORTED))
}

#[track_caller]
fn check(before: &str, after: &str) {
    let found = formatted(before);
    assert_eq!(found, after, "\n{found}");
    assert_eq!(formatted(&found), after);
}

#[test]
fn columns_take_the_width_of_their_longest_text() {
    check(
        "|a|b|\n|-|-|\n| python-pro |x|\n||`y`   |\n",
        "| a          | b   |\n| ---------- | --- |\n| python-pro | x   |\n|            | `y` |\n",
    );
}

#[test]
fn wide_characters_take_two_columns_and_joined_emoji_too() {
    check(
        "| 担当 | When |\n|---|---|\n| é | 👩‍💻 |\n| ✔️ | 🇩🇪🇫🇷 |\n| e\u{301} | 日本語 |\n",
        "| 担当 | When   |\n| ---- | ------ |\n| é    | 👩‍💻     |\n| ✔️   | 🇩🇪🇫🇷   |\n| e\u{301}    | 日本語 |\n",
    );
}

#[test]
fn the_text_stands_as_the_row_of_dashes_says() {
    check(
        "| a | b | c |\n|:-|:-:|--:|\n| 1 | 2 | 3 |\n| left | middle | right |\n",
        "| a    |   b    |     c |\n| :--- | :----: | ----: |\n| 1    |   2    |     3 |\n| left | middle | right |\n",
    );
}

#[test]
fn escaped_pipes_and_cells_without_outer_pipes_stay_cells() {
    check(
        "a | b\n--|--\nx \\| y | z\n`\\|` |\n",
        "| a      | b   |\n| ------ | --- |\n| x \\| y | z   |\n| `\\|`   |\n",
    );
}

#[test]
fn rows_that_are_short_or_long_keep_their_cells() {
    check(
        "| a | b |\n|---|---|\n| one |\n| two | three | four |\n|\n",
        "| a   | b     |\n| --- | ----- |\n| one |\n| two | three | four |\n|\n",
    );
}

#[test]
fn tables_in_lists_and_quotes_keep_their_marks() {
    check(
        "- x\n  | a | b |\n  |-|-|\n  | longer | c |\n\n> | a |\n> |-|\n> | long |\n",
        "- x\n  | a      | b   |\n  | ------ | --- |\n  | longer | c   |\n\n> | a    |\n> | ---- |\n> | long |\n",
    );
}

#[test]
fn line_ends_and_everything_else_stay() {
    check(
        "#  A  title\r\n\r\n|a|\r\n|-|\r\n|bc|  \r\n\r\ntext   |  x\r\n",
        "#  A  title\r\n\r\n| a   |\r\n| --- |\r\n| bc  |\r\n\r\ntext   |  x\r\n",
    );
    check("```\n|a|\n|-|\n```\n", "```\n|a|\n|-|\n```\n");
}

#[test]
fn only_what_the_range_touches_is_formatted() {
    let source = "|a|\n|-|\n\ntext\n\n|b|\n|-|\n";
    let edits = format(&parse(source), Some(ByteRange::new(10, 12)), &SORTED);
    assert_eq!(edits, []);
    let edits = format(&parse(source), Some(ByteRange::new(17, 17)), &SORTED);
    assert_eq!(
        applied(source, &edits),
        "|a|\n|-|\n\ntext\n\n| b   |\n| --- |\n"
    );
}

#[test]
fn what_is_aligned_already_gets_no_edit() {
    let source = "| a   | b   |\n| --- | --- |\n| x   | y   |\n";
    assert_eq!(format(&parse(source), None, &SORTED), []);
    let source = "| a   | b   |\n| --- | --- |\n| x  | y   |\n";
    let edits = format(&parse(source), None, &SORTED);
    assert_eq!(edits.len(), 1);
    assert_eq!(edits[0].range.len(), 4);
}

#[test]
fn keys_come_in_the_order_of_the_host_with_their_comments() {
    check(
        "---\n# who\nmodel: opus # best\nteam: x\n# what\ndescription: |\n  b\n  c\n\nname: a\n# end\n---\n",
        "---\n\nname: a\n# what\ndescription: |\n  b\n  c\n# who\nmodel: opus # best\nteam: x\n# end\n---\n",
    );
}

#[test]
fn the_order_of_keys_is_left_alone_unless_it_is_asked_for() {
    let source = "---\ndescription: b\nname: a\n---\n";
    assert_eq!(format(&parse(source), None, &Options::default()), []);
    assert_ne!(format(&parse(source), None, &SORTED), []);
    let below = ByteRange::empty(source.len());
    assert_eq!(format(&parse(source), Some(below), &SORTED), []);
}

#[test]
fn of_a_key_that_stands_twice_the_last_one_still_counts() {
    check(
        "---\nmodel: opus\nname: a\nmodel: haiku\ndescription: b\n---\n",
        "---\nname: a\ndescription: b\nmodel: opus\nmodel: haiku\n---\n",
    );
}

#[test]
fn a_header_that_is_read_otherwise_than_written_keeps_its_order() {
    for source in [
        // Loads only because the host puts quotes around it.
        "---\ndescription: Use: b\nname: a\n---\n",
        "---\ndescription: b\nname: 'a\n---\n",
        "---\ndescription: b\nname: a\n",
        // The blank lines belong to the text of the block.
        "---\ndescription: |+\n  b\n\n\nname: a\n---\n",
        "---\nmodel: &m opus\ndescription: b\nname: *m\n---\n",
    ] {
        assert_eq!(formatted(source), source);
    }
}

/// The cells of all tables.
fn cells(file: &SourceFile) -> Vec<Vec<String>> {
    let source = &*file.source;
    let outline = file.outline.as_ref().unwrap();
    let mut rows = Vec::new();
    for table in &outline.blocks.tables {
        for row in std::iter::once(&table.header).chain(&table.rows) {
            let cells = row.cells.iter();
            let mut cells: Vec<_> = cells
                .map(|cell| cell.content.of(source).to_owned())
                .collect();
            // There is room for the next cell of a row that ends in a `|`.
            while cells.pop_if(|last| last.is_empty()).is_some() {}
            rows.push(cells);
        }
    }
    rows
}

fn values(header: &Header) -> Vec<(String, String)> {
    let mut values: Vec<_> = header
        .entries
        .iter()
        .map(|entry| {
            let last = header.entry(&entry.key).unwrap();
            (
                entry.key.to_string(),
                format!("{:?}", last.value.without_places()),
            )
        })
        .collect();
    values.sort();
    values
}

/// What stands outside of tables, and the blocks that are no tables.
fn rest(file: &SourceFile) -> (Vec<String>, Vec<(u8, String)>, usize) {
    let source = &*file.source;
    let blocks = &file.outline.as_ref().unwrap().blocks;
    let mut outside = Vec::new();
    let mut at = file
        .facts
        .header
        .as_ref()
        .map_or(0, |header| header.end as usize);
    for table in &blocks.tables {
        outside.push(source[at..table.range.start as usize].to_owned());
        at = table.range.end as usize;
    }
    outside.push(source[at..].to_owned());
    let headings = blocks.headings.iter();
    let headings = headings.map(|it| (it.level, it.text.of(source).to_owned()));
    (outside, headings.collect(), blocks.fences.len())
}

#[track_caller]
fn says_the_same(source: &str) {
    let before = parse(source);
    let text = applied(source, &format(&before, None, &SORTED));
    let after = parse(&text);
    assert_eq!(cells(&after), cells(&before), "{source:?} {text:?}");
    assert_eq!(rest(&after), rest(&before), "{source:?} {text:?}");
    assert_eq!(
        after.facts.header.as_ref().map(values),
        before.facts.header.as_ref().map(values)
    );
    assert_eq!(after.facts.loading.verdict, before.facts.loading.verdict);
    let names = |file: &SourceFile| -> Vec<String> {
        let mut names: Vec<_> = file
            .facts
            .mentions
            .iter()
            .map(|it| format!("{:?} {}", it.form, it.name))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&after), names(&before), "{source:?} {text:?}");
    assert_eq!(format(&after, None, &SORTED), [], "{source:?} {text:?}");
}

fn body() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a",
        "b-tester",
        "ü",
        "日本",
        "👩‍💻",
        "✔️",
        "\t",
        " ",
        "   ",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "|",
        "|",
        "| ",
        " |",
        "||",
        "\\",
        "\\|",
        "`|`",
        "|---|---|\n",
        "|:-|-:|\n",
        "| a | b |\n|---|---|\n",
        "|a|b|\r\n|-|:-:|\r\n",
        "a | b\n--|--\n",
        "- ",
        "  ",
        "> ",
        "1. ",
        "# ",
        "```\n",
        "---\n",
        "<!-- c -->",
        "**b**",
        "[t](u.md)",
        "\u{3000}",
        "\u{a0}",
    ]);
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn header() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "name: a",
        "name: 'b'",
        "description: x",
        "description: |",
        "description: >-",
        "description: Use: x",
        "  text",
        "  more # no",
        "model: opus # c",
        "# comment",
        "",
        "tools: [Read, Write]",
        "tools:",
        "  - Read",
        "- Write",
        "color: \"red\"",
        "team: &t x",
        "extends: *t",
        "hooks: {a: 1}",
        "  ",
        "metadata:",
        "  a: b",
        "name: \"x",
        "version: 1\r",
    ]);
    prop::collection::vec(line, 0..10).prop_map(|lines| {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        format!("---\n{lines}---\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_formatted_body_says_what_it_said(body in body()) {
        says_the_same(&body);
    }

    #[test]
    fn a_formatted_file_says_what_it_said(header in header(), body in body()) {
        says_the_same(&format!("{header}{body}"));
    }
}

#[test]
fn a_table_that_one_cell_would_blow_up_is_left_alone() {
    let wide = "x".repeat(130_000);
    let source = format!(
        "| a | b |\n|---|---|\n| {wide} | c |\n{}",
        "| d | e |\n".repeat(100)
    );
    assert_eq!(format(&parse(&source), None, &SORTED), []);
    let small = "\n| a |\n|---|\n| bcde |\n";
    let edits = format(&parse(&(source.clone() + small)), None, &SORTED);
    assert!(!edits.is_empty());
    assert!(
        edits
            .iter()
            .all(|edit| edit.range.start as usize > source.len())
    );
}
