use super::*;
use crate::features::code_actions::{self, CodeActions};
use crate::fixture::Fixture;

fn actions(fixture: &Fixture) -> CodeActions {
    let (file, offset) = fixture.cursor();
    let kinds = [Kind::Rewrite, Kind::Extract];
    code_actions::code_actions(&fixture.workspace, file, ByteRange::empty(offset), &kinds)
}

fn titles(fixture: &str) -> Vec<String> {
    let actions = actions(&Fixture::parse(fixture)).actions;
    actions.into_iter().map(|action| action.title).collect()
}

/// The action with this title makes `after` of the file with the cursor; of a file that it
/// makes, the path and the text.
#[track_caller]
fn check(title: &str, fixture: &str, after: &str) {
    let fixture = Fixture::parse(fixture);
    let found = actions(&fixture).actions;
    let action = found.iter().find(|action| action.title == title);
    let action = action.unwrap_or_else(|| panic!("no {title:?} among {found:#?}"));
    let Effect::Change(change) = &action.effect else {
        panic!("{action:?} changes nothing");
    };
    let text = crate::edit::apply(&fixture.cursor().0.source, &change.edits);
    let text = match &change.create {
        Some(file) => format!("{}: {}", file.path, file.text),
        None => text,
    };
    assert_eq!(text, after, "\n{text}");
}

const BLOCK: &str = "Write `tools` as a list, one item a line";
const COMMA: &str = "Write `tools` as a comma-separated string";

#[test]
fn tools_change_between_a_string_and_lines() {
    let lines = "---\nname: a\ntools:\n  - Read\n  - Bash(git add:*, git rm *)\nmodel: opus\n---\n";
    let string = "---\nname: a\ntools: Read, Bash(git add:*, git rm *)\nmodel: opus\n---\n";
    check(BLOCK, &string.replace("Read", "Re$0ad"), lines);
    check(COMMA, &lines.replace("Read", "Re$0ad"), string);
    check(
        BLOCK,
        &string.replace("Read", "Re$0ad").replace('\n', "\r\n"),
        &lines.replace('\n', "\r\n"),
    );
    let flow = "---\nname: a\ntools: [\"Read\", 'Write'] # few\n---\n";
    check(
        COMMA,
        &flow.replace("Read", "Re$0ad"),
        "---\nname: a\ntools: Read, Write # few\n---\n",
    );
    check(
        BLOCK,
        "---\nname: a\ntools$0: [Read, Write]\n---\n",
        "---\nname: a\ntools:\n  - Read\n  - Write\n---\n",
    );
}

#[test]
fn what_is_no_list_of_names_gets_no_other_style() {
    for value in ["", "{Read: true}", "*tools", "[]"] {
        let found = titles(&format!("---\nname: a\ntools: $0{value}\n---\n"));
        let is_list = |title: &String| title.contains("list") || title.contains("string");
        assert!(!found.iter().any(is_list), "{value} {found:?}");
    }
    let found = titles("---\nname: a\nallowed-tools: Re$0ad Grep\n---\n");
    assert!(
        !found.iter().any(|title| title.contains("list")),
        "{found:?}"
    );
}

#[test]
fn quotes_come_and_go_where_the_value_stays() {
    let plain = "---\nname: a\ndescription: It's $0b, c # d\n---\n";
    check(
        "Put `description` in quotes",
        plain,
        "---\nname: a\ndescription: \"It's b, c\" # d\n---\n",
    );
    check(
        "Take the quotes of `name` away",
        "---\nname: 'a$0-b' # c\n---\n",
        "---\nname: a-b # c\n---\n",
    );
    for value in [
        "'yes'",
        "\"1\"",
        "'a: b'",
        "'[a]'",
        "3",
        "true",
        "null",
        "\"a\\nb\"",
    ] {
        let found = titles(&format!("---\nname: a\ncolor: $0{value}\n---\n"));
        assert!(
            !found.iter().any(|title| title.contains("quotes")),
            "{value} {found:?}"
        );
    }
}

#[test]
fn a_description_becomes_a_block() {
    check(
        "Write `description` as a block of text",
        "---\nname: a\ndescription: \"Use $0it.\\n\\nThen: say so.\"\nmodel: opus\n---\n",
        "---\nname: a\ndescription: |-\n  Use it.\n\n  Then: say so.\nmodel: opus\n---\n",
    );
    let found = titles("---\nname: a\ndescription: |\n  A $0block.\n---\n");
    assert_eq!(found, Vec::<String>::new());
}

const TEAM: &str = "
//- /.claude/agents/python-pro.md
---
name: python-pro
description: Writes Python | that lasts. Knows much.
---
Body.
//- /.claude/agents/stock-keeper.md
---
name: stock-keeper
description: Counts the stock.
---
Body.
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
---
";

#[test]
fn an_agent_is_made_for_the_name_in_a_row() {
    let table = "| When | Delegate To |\n|---|---|\n| Tests: many \\| *few* | `test-$0runner` |\n";
    check(
        "Create the agent `test-runner`",
        &format!("{TEAM}{table}"),
        ".claude/agents/test-runner.md: ---\nname: test-runner\ndescription: 'Tests: many | *few*'\n---\n\nYou are the test runner.\n",
    );
    // From the other cells of the row too, and from a file that is no agent.
    check(
        "Create the agent `test-runner`",
        &format!(
            "{}//- /CLAUDE.md\n{}",
            TEAM,
            table.replace("$0", "").replace("Tests", "Te$0sts")
        ),
        ".claude/agents/test-runner.md: ---\nname: test-runner\ndescription: 'Tests: many | *few*'\n---\n\nYou are the test runner.\n",
    );
}

#[test]
fn nobody_is_made_who_is_there_or_who_may_be_elsewhere() {
    for name in ["python-pro", "general-purpose", "Testing", "your-agent"] {
        let table = format!("| When | Delegate To |\n|---|---|\n| x | {name}$0 |\n");
        let found = titles(&format!("{TEAM}{table}"));
        assert!(
            !found.iter().any(|title| title.starts_with("Create")),
            "{name}: {found:?}"
        );
    }
    let known = "//- /.agentls.yaml\nknown: {agents: [test-runner]}\n";
    let table = "| When | Delegate To |\n|---|---|\n| x | test-runner$0 |\n";
    let found = titles(&format!("{known}{TEAM}{table}"));
    assert!(
        !found.iter().any(|title| title.starts_with("Create")),
        "{found:?}"
    );
}

#[test]
fn a_row_is_added_for_an_agent_that_the_table_lacks() {
    let table = "\n  | Delegate To      | When    | Note |\n  |------------------|---------|------|\n  | **stock-keeper** | $0count |      |\n\nText.\n";
    let with_row = table.replace("$0", "").replace(
        "\n\nText",
        "\n  | **python-pro**   | Writes Python \\| that lasts |      |\n\nText",
    );
    let lead = "---\nname: lead\ndescription: Leads.\n---\n";
    check(
        "Add a row for `python-pro`",
        &format!("{TEAM}{table}"),
        &format!("{lead}{with_row}"),
    );
    assert_eq!(
        titles(&format!("{TEAM}{table}")),
        ["Add a row for `python-pro`"]
    );
}

#[test]
fn a_row_is_added_for_the_agent_at_the_cursor() {
    check(
        "Add a row for `python-pro`",
        &format!("{TEAM}Ask @python-$0pro.\n\n| Delegate To | When |\n|---|---|"),
        "---\nname: lead\ndescription: Leads.\n---\nAsk @python-pro.\n\n| Delegate To | When |\n|---|---|\n| python-pro  | Writes Python \\| that lasts |",
    );
    let table = "\n| Delegate To | When |\n|---|---|\n| python-pro | x |\n";
    assert_eq!(
        titles(&format!("{TEAM}Ask @python-$0pro.\n{table}")),
        Vec::<String>::new()
    );
}
