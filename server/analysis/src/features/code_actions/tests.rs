use super::*;
use crate::fixture::Fixture;

fn at_cursor(fixture: &Fixture, wanted: &[Kind]) -> CodeActions {
    let (file, offset) = fixture.cursor();
    code_actions(&fixture.workspace, file, ByteRange::empty(offset), wanted)
}

fn titles(fixture: &str) -> Vec<String> {
    let found = at_cursor(&Fixture::parse(fixture), &Kind::ALL);
    found
        .actions
        .into_iter()
        .map(|action| action.title)
        .collect()
}

fn edits(fixture: &Fixture, effect: &Effect) -> Vec<TextEdit> {
    let (file, _) = fixture.cursor();
    match effect {
        Effect::Change(change) => change.edits.clone(),
        Effect::FixAll(extent) => fix_all(&fixture.workspace, file, *extent),
        Effect::Explain(_) => Vec::new(),
    }
}

/// The action with this title makes `after` of the file with the cursor.
#[track_caller]
fn check(title: &str, fixture: &str, after: &str) {
    let fixture = Fixture::parse(fixture);
    let found = at_cursor(&fixture, &Kind::ALL);
    let action = found.actions.iter().find(|action| action.title == title);
    let action = action.unwrap_or_else(|| panic!("no {title:?} among {:#?}", found.actions));
    let text = crate::edit::apply(&fixture.cursor().0.source, &edits(&fixture, &action.effect));
    assert_eq!(text, after, "\n{text}");
}

fn agent(header: &str) -> String {
    format!("---\nname: a\ndescription: B.\n{header}---\nBody.\n")
}

#[test]
fn a_finding_is_mended_silenced_and_explained_where_it_is() {
    let fixture = agent("model: opus\n# agentls-disable-line $0unknown-tool\n");
    assert_eq!(
        titles(&fixture),
        [
            "Remove the comment",
            "Disable unused-suppression for this line",
            "Disable unused-suppression in this file",
            "Explain unused-suppression",
            "Fix all that is safe to fix"
        ]
    );
    let found = at_cursor(&Fixture::parse(&fixture), &Kind::ALL);
    assert!(found.actions[0].is_preferred);
    assert_eq!(found.actions[0].about, [0]);
    assert_eq!(found.findings[0].rule, "unused-suppression");
    assert_eq!(
        found.actions[3].effect,
        Effect::Explain("unused-suppression")
    );
}

#[test]
fn only_what_is_wanted_is_there() {
    let fixture = Fixture::parse(&agent(
        "tools: Re$0ad\n# agentls-disable-line unknown-tool\n",
    ));
    let kinds = |wanted: &[Kind]| -> Vec<Kind> {
        let found = at_cursor(&fixture, wanted).actions;
        found.into_iter().map(|action| action.kind).collect()
    };
    assert_eq!(kinds(&[Kind::FixAll]), [Kind::FixAll]);
    assert!(
        kinds(&[Kind::Rewrite])
            .iter()
            .all(|kind| *kind == Kind::Rewrite)
    );
    assert_eq!(kinds(&[]), []);
}

#[test]
fn a_rule_is_mended_in_the_whole_file_where_it_has_found_more() {
    let fixture = "---\nname: a\ndescription: B.\n---\nA.\n<!-- agentls-disable-line $0unknown-agent -->\n\nB.\n<!-- agentls-disable-line python-syntax -->\n";
    let after = "---\nname: a\ndescription: B.\n---\nA.\n\nB.\n";
    check(
        "Fix all unused-suppression problems in this file",
        fixture,
        after,
    );
    check("Fix all that is safe to fix", fixture, after);
}

#[test]
fn the_edits_that_mend_a_file_touch_only_its_lines() {
    let fixture = Fixture::parse(
        "A.$0\n<!-- agentls-disable-line unknown-agent -->\n\nB.\n<!-- agentls-disable-line python-syntax -->\n",
    );
    let (file, _) = fixture.cursor();
    let edits = fix_all(&fixture.workspace, file, Extent::Safe);
    let removed: Vec<&str> = edits
        .iter()
        .map(|edit| edit.range.of(&file.source))
        .collect();
    assert_eq!(
        removed,
        [
            "<!-- agentls-disable-line unknown-agent -->\n",
            "<!-- agentls-disable-line python-syntax -->\n"
        ]
    );
}

#[test]
fn a_line_of_a_header_is_silenced_behind_it_or_above_it() {
    const LINE: &str = "Disable unknown-tool for this line";
    check(
        LINE,
        &agent("tools: Read, Fri$0dge\n"),
        &agent("tools: Read, Fridge # agentls-disable-line unknown-tool\n"),
    );
    check(
        LINE,
        &agent("tools:\n  - Read\n  - Fri$0dge # mine\n"),
        &agent("tools:\n  - Read\n  - Fridge # mine # agentls-disable-line unknown-tool\n"),
    );
}

#[test]
fn where_the_host_puts_quotes_around_a_value_the_comment_stands_above() {
    check(
        "Disable yaml-requoted for this line",
        "---\nname: a\ndescription: Use it$0: now\n---\nBody.\n",
        "---\nname: a\n# agentls-disable-next-line yaml-requoted\ndescription: Use it: now\n---\nBody.\n",
    );
}

#[test]
fn within_a_text_no_comment_can_stand() {
    let found =
        titles("---\nname: a\ndescription: B.\ntools: >-\n  Read,\n  Fri$0dge\n---\nBody.\n");
    assert!(
        !found.contains(&"Disable unknown-tool for this line".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"Disable unknown-tool in this file".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_line_of_a_body_is_silenced_without_parting_a_table_or_a_fence() {
    let table = "---\nname: a\ndescription: B.\n---\n| Delegate To | When |\n|---|---|\n| menu-$0writer | x |\n| recipe-writer | x |\n";
    check(
        "Disable unknown-agent for this line",
        table,
        &table.replace("$0", "").replace(
            "writer | x |\n| recipe",
            "writer | x | <!-- agentls-disable-line unknown-agent -->\n| recipe",
        ),
    );
    let fence = "---\nname: a\ndescription: B.\n---\nText.\n\n```$0js\nx\n";
    check(
        "Disable unclosed-fence for this line",
        fence,
        &fence.replace(
            "```$0js",
            "<!-- agentls-disable-next-line unclosed-fence -->\n```js",
        ),
    );
}

#[test]
fn a_rule_is_silenced_in_the_file_below_the_header() {
    const FILE: &str = "Disable unknown-tool in this file";
    let fixture = agent("tools: Fri$0dge, Oven\n").replace('\n', "\r\n");
    let after = fixture.replace("$0", "").replace(
        "Body.",
        "<!-- agentls-disable unknown-tool -->\r\n\r\nBody.",
    );
    check(FILE, &fixture, &after);
    // A comment that is there takes one more.
    let fixture = agent("tools: Fri$0dge\nmodle: opus\n")
        .replace("Body.", "<!-- agentls-disable misspelled-key -->");
    check(
        FILE,
        &fixture,
        &fixture
            .replace("$0", "")
            .replace("misspelled-key -->", "misspelled-key unknown-tool -->"),
    );
}

#[test]
fn a_large_file_is_not_read_again_and_again_to_silence_what_is_found() {
    let small = agent("tools: Wrot$0te\n");
    let is_silenced = |source: &str| titles(source).iter().any(|it| it.starts_with("Disable"));
    assert!(is_silenced(&small));
    assert!(!is_silenced(
        &(small + &"Words of the prompt.\n".repeat(30_000))
    ));
}
