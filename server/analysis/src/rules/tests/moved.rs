//! What is known of a file whose edits name nothing: it moves along, and nothing is read again.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;

use crate::agent::SourceFile;
use crate::config::Reading;
use crate::index::{Depth, FileId, Scope, Workspace};
use crate::path::FilePath;
use crate::rules;
use crate::syntax::document::Document;
use crate::syntax::yaml::floor;
use crate::text::{Change, PositionEncoding};

const HEADER: &str = "---\nname: lead\ndescription: Leads.\ntools: Read, Raed\n---\n";

/// Stretches of text in which rules and features find something, and in which they find nothing.
const PARTS: &[&str] = &[
    "Plain words. And more (of them); see!\n\n",
    "Ask the old-tester agent.\n\n",
    "Plain words on a line.\nAsk @tester or `old-one`,\nif available.\nMore words.\n\n",
    "| Delegate To | When |\n|---|---|\n| old-writer | x. |\n\n",
    "- Work with `old-tester` on it, if available.\n- And a plain item.\n\n",
    "Working with others:\n\n",
    "- **old-planner**: plans.\n",
    "## Agents\n\n",
    "## Notes.\n\n",
    "```python\nx = (1\n```\n\n",
    "```python\nx = 1\n",
    "```\nSELECT a;\nask @old-one\n```\n\n",
    "```html\n<b> a [x] <!-- agentls-disable -->\n```\n\n",
    "- item\n  ```ts\n  let a = [1];\n  f(a)\n  ```\n\n",
    "~~~ts\nimport { a } from \"b\";\n```js\n~~~\n\n",
    "Task(subagent_type=\"old-coder\")\n\n",
    "<example>\nuser: \"x.\"\n",
    "</example>\n\n",
    "See [it](gone.md) or [that](x).\nNext line.\n\n",
    "<!-- agentls-disable-next-line unknown-agent -->\n",
    "words <!-- agentls-disable unknown-agent\nmore\n\nwords -->\n\n",
    "@old-friend, /do-it and a/b.md.\n\n",
    "> quoted text, old-tester agent\n> more.\n\n",
    "\u{fc}. \u{1f600}) end\n\n",
    "1. one. two\n2. three\n\n",
    "    indented. code\n\n",
    "[a]: b\n\"title\" c\n\n",
];

/// A file of a team of two, and its workspace.
fn opened(body: &str) -> (Document, SourceFile, Workspace) {
    let path = FilePath::new(".claude/agents/lead.md");
    let mut document = Document::new(&format!("{HEADER}{body}"));
    let file = SourceFile::new(FileId(0), path, &mut document, &Reading::default());
    let mut workspace = Workspace::default();
    let other = SourceFile::parse(
        FileId(1),
        FilePath::new(".claude/agents/tester.md"),
        "---\nname: tester\ndescription: Tests.\n---\nTests.\n",
        &Reading::default(),
    );
    for file in [&file, &other] {
        insert(&mut workspace, file);
    }
    (document, file, workspace)
}

fn insert(workspace: &mut Workspace, file: &SourceFile) {
    let (path, facts) = (file.path.clone(), file.facts.clone());
    _ = workspace
        .index
        .insert(file.id, path, facts, Depth::Body, Scope::Workspace);
}

fn typed(
    document: &mut Document,
    file: &SourceFile,
    at: usize,
    remove: usize,
    text: &str,
) -> SourceFile {
    let source = document.source().clone();
    let at = floor(&source, at % (source.len() + 1));
    let end = floor(&source, (at + remove).min(source.len())).max(at);
    let position = |offset| document.text().position(offset, PositionEncoding::Utf8);
    let range = Some((position(at), position(end)));
    let text = text.to_owned();
    document.apply(&[Change { range, text }], PositionEncoding::Utf8);
    file.edited(document)
}

#[test]
fn a_letter_in_plain_words_moves_what_is_known() {
    let body = "Plain words.\n\n| Delegate To |\n|---|\n| old-writer |\n\n```sql\nSELECT a;\n```\n";
    let (mut document, file, _) = opened(body);
    for place in ["words.", "SELECT a;"] {
        let at = file.source.find(place).expect("the place") + place.len();
        let file = typed(&mut document, &file, at, 0, "x");
        assert!(file.moved.is_some(), "behind {place:?}");
        let file = typed(&mut document, &file, at, 1, "");
        assert!(file.moved.is_some(), "behind {place:?}, taken back");
    }
    let (mut other, below, _) = opened("A line.\nAsk @old-one.\n");
    let at = below.source.find("line.").expect("the line") + 4;
    assert!(typed(&mut other, &below, at, 0, "x").moved.is_some());
    let at = file.source.find("writer").expect("the name") + 3;
    assert!(typed(&mut document, &file, at, 0, "x").moved.is_none());
}

#[test]
fn a_list_ends_with_its_code_and_not_with_the_blanks_behind_it() {
    let (mut document, mut file, _) = opened("- item\n  ```ts\n  let a\n\nwords\n");
    let end = file.source.find("let a").expect("the code") + 5;
    for (at, remove, insertion) in [
        (end, 0, " "),
        (end + 1, 0, "b"),
        (end + 1, 1, ""),
        (end, 1, ""),
        (end, 0, "b"),
    ] {
        file = typed(&mut document, &file, at, remove, insertion);
        let path = file.path.clone();
        let mut fresh = Document::new(&file.source);
        let anew = SourceFile::new(file.id, path, &mut fresh, &Reading::default());
        let blocks = |file: &SourceFile| file.outline.as_ref().map(|it| it.blocks.clone());
        assert_eq!(blocks(&file), blocks(&anew), "{:?}", file.source);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn findings_that_move_along_are_those_of_a_file_read_anew(
        parts in prop::collection::vec(select(PARTS), 1..10),
        edits in prop::collection::vec((0usize..1_000, 0usize..3, "[a-z0-9]{0,2}|[ (<`~|#@/-]{1,3}"), 1..16),
    ) {
        let (mut document, mut file, mut workspace) = opened(&parts.concat());
        let mut findings = rules::diagnose(&workspace, &file);
        for (at, remove, insertion) in edits {
            file = typed(&mut document, &file, at, remove, &insertion);
            insert(&mut workspace, &file);
            let path = file.path.clone();
            let anew = SourceFile::new(
                file.id,
                path,
                &mut Document::new(&file.source),
                &Reading::default(),
            );
            prop_assert_eq!(&file.facts, &anew.facts, "{:?}", file.source);
            prop_assert_eq!(&file.python, &anew.python, "{:?}", file.source);
            let shape = |file: &SourceFile| {
                let outline = file.outline.as_deref();
                outline.map(|it| (it.blocks.clone(), it.python.clone()))
            };
            prop_assert_eq!(shape(&file), shape(&anew), "{:?}", file.source);
            let found = rules::diagnose(&workspace, &anew);
            match file.moved {
                Some(edit) => rules::move_along(&mut findings, file.id, edit),
                None => findings.clone_from(&found),
            }
            prop_assert_eq!(&findings, &found, "{:?}", file.source);
        }
    }
}

#[test]
fn a_workspace_is_the_same_until_something_is_put_into_it() {
    let (_, file, mut workspace) = opened("words\n");
    let before = workspace.state();
    assert!(before.is_that_of(&workspace) && before.is_that_of(&workspace.clone()));
    assert!(!before.is_that_of(&Workspace::default()));
    insert(&mut workspace, &file);
    assert!(before.is_that_of(&workspace));
    let mut other = file.clone();
    other.facts = Arc::new(crate::agent::header_facts(
        &other.path,
        "---\nname: another\n---\n",
        &Reading::default(),
    ));
    insert(&mut workspace, &other);
    assert!(!before.is_that_of(&workspace));
}
