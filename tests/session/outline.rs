//! The shape of a document: symbols, folding, selection ranges, semantic tokens.

use serde_json::{Value, json};

use crate::buffer::Buffer;
use crate::client::{Session, Setup, range};
use crate::workspace::Disk;

const LEAD: &str = "---
name: team-lead
description: \"\u{1f600} leads.\"
tools: Read, Agent(test-runner)
model: opus
---

# \u{1f600} Team

| \u{1f600} When | Delegate To |
|---|---|
| \u{1f600} code | test-runner |

## \u{1f600} Code

- \u{1f600} Ask `test-runner`
  and **wait**.

```python
\"\u{1f600}\"; x = 1
class Pool:
    def get(self): return \"\u{1f600}\"
```
";

/// A session with [`LEAD`] open, and its URI.
fn start(setup: Setup) -> (Session, String, Disk) {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = setup.folder(disk.root()).start();
    let uri = session.open_file(&disk.write(".claude/agents/team-lead.md", LEAD));
    (session, uri, disk)
}

fn about(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri } })
}

/// A line for each symbol: its name, its detail, the first line of its text, what the cursor
/// goes to.
fn draw(symbols: &Value, buffer: &Buffer, depth: usize, lines: &mut Vec<String>) {
    for symbol in symbols.as_array().into_iter().flatten() {
        let (whole, selected) = (range(&symbol["range"]), range(&symbol["selectionRange"]));
        assert!(whole.0 <= selected.0 && selected.1 <= whole.1, "{symbol}");
        let text = buffer.slice(whole);
        lines.push(format!(
            "{}{} {} | {} | {} | {}",
            "  ".repeat(depth),
            symbol["kind"],
            symbol["name"].as_str().expect("a name"),
            symbol["detail"].as_str().unwrap_or(""),
            text.lines().next().unwrap_or(""),
            buffer.slice(selected),
        ));
        draw(&symbol["children"], buffer, depth + 1, lines);
    }
}

#[test]
fn symbols_are_a_tree_of_header_headings_tables_and_fences() {
    let (mut session, uri, _disk) = start(Setup::new());
    let symbols = session.request("textDocument/documentSymbol", about(&uri));
    let mut lines = Vec::new();
    draw(&symbols, session.buffer(&uri), 0, &mut lines);
    assert_eq!(
        lines,
        [
            "19 frontmatter | team-lead | --- | ---",
            "  7 name | team-lead | name: team-lead | name",
            "  7 description | \u{1f600} leads. | description: \"\u{1f600} leads.\" | description",
            "  7 tools | Read, Agent(test-runner) | tools: Read, Agent(test-runner) | tools",
            "  7 model | opus | model: opus | model",
            "15 \u{1f600} Team |  | # \u{1f600} Team | \u{1f600} Team",
            "  18 Delegate To | \u{1f600} When | | \u{1f600} When | Delegate To | | Delegate To",
            "    5 test-runner | \u{1f600} code | | \u{1f600} code | test-runner | | test-runner",
            "  15 \u{1f600} Code |  | ## \u{1f600} Code | \u{1f600} Code",
            "    2 python | \"\u{1f600}\"; x = 1 | ```python | python",
            "      5 Pool |  | class Pool: | Pool",
            "        6 get |  | def get(self): return \"\u{1f600}\" | get",
        ]
    );
    session.end();
}

#[test]
fn a_client_that_takes_no_tree_gets_a_list() {
    let list = "/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport";
    let (mut session, uri, _disk) = start(Setup::new().capability(list, json!(null)));
    let symbols = session.request("textDocument/documentSymbol", about(&uri));
    let symbols = symbols.as_array().expect("a list");
    assert_eq!(symbols.len(), 12);
    let row = &symbols[7];
    assert_eq!(row["name"], "test-runner");
    assert_eq!(row["containerName"], "Delegate To");
    assert_eq!(row["location"]["uri"], uri.as_str());
    let place = range(&row["location"]["range"]);
    let text = session.buffer(&uri).slice(place);
    assert_eq!(text, "| \u{1f600} code | test-runner |");
    session.end();
}

#[test]
fn symbols_follow_every_edit() {
    let (mut session, uri, _disk) = start(Setup::new());
    let heading = session.buffer(&uri).find("Code");
    session.replace(&uri, heading, "Work");
    let symbols = session.request("textDocument/documentSymbol", about(&uri));
    assert_eq!(symbols[1]["children"][1]["name"], "\u{1f600} Work");
    session.rewrite(&uri, "");
    let symbols = session.request("textDocument/documentSymbol", about(&uri));
    assert_eq!(symbols, json!([]));
    session.end();
}

#[test]
fn header_sections_tables_and_fences_fold() {
    let lines = |session: &mut Session, uri: &str| -> Vec<(u64, u64)> {
        let folds = session.request("textDocument/foldingRange", about(uri));
        let folds = folds.as_array().expect("a list");
        let line = |fold: &Value, key: &str| fold[key].as_u64().expect("a line");
        folds
            .iter()
            .map(|fold| (line(fold, "startLine"), line(fold, "endLine")))
            .collect()
    };
    let (mut session, uri, _disk) = start(Setup::new());
    let all = [
        (0, 5),
        (7, 22),
        (9, 11),
        (13, 22),
        (15, 16),
        (18, 22),
        (20, 21),
    ];
    assert_eq!(lines(&mut session, &uri), all);
    session.end();

    let limit = "/textDocument/foldingRange/rangeLimit";
    let (mut session, uri, _disk) = start(Setup::new().capability(limit, json!(2)));
    assert_eq!(lines(&mut session, &uri), [(7, 22), (13, 22)]);
    session.end();
}

#[test]
fn a_selection_grows_at_every_cursor() {
    let (mut session, uri, _disk) = start(Setup::new());
    let name = session.buffer(&uri).find("test-runner |").0;
    let bold = session.buffer(&uri).find("wait").0;
    let position = |(line, character)| json!({ "line": line, "character": character });
    let mut params = about(&uri);
    params["positions"] = json!([position(name), position(bold)]);
    let grown = session.request("textDocument/selectionRange", params);
    let steps = |mut step: &Value| {
        let mut steps = Vec::new();
        while !step.is_null() {
            steps.push(session.buffer(&uri).slice(range(&step["range"])));
            step = &step["parent"];
        }
        steps
    };
    let steps = [steps(&grown[0]), steps(&grown[1])];
    assert_eq!(grown.as_array().map(Vec::len), Some(2));
    assert_eq!(
        steps[0][..3],
        ["test", "test-runner", "| \u{1f600} code | test-runner |"]
    );
    assert_eq!(
        steps[1][..4],
        [
            "wait",
            "**wait**",
            "\u{1f600} Ask `test-runner`\n  and **wait**.",
            "- \u{1f600} Ask `test-runner`\n  and **wait**."
        ]
    );
    for steps in steps {
        assert_eq!(steps.last().map(String::as_str), Some(LEAD));
        assert!(steps.windows(2).all(|pair| pair[1].contains(&pair[0])));
    }
    session.end();
}

#[test]
fn tokens_are_told_by_the_legend_and_in_order() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start_silent();
    let legend = session.initialize()["capabilities"]["semanticTokensProvider"]["legend"].clone();
    let uri = session.open_file(&disk.write(".claude/agents/team-lead.md", LEAD));
    let answer = session.request("textDocument/semanticTokens/full", about(&uri));
    let data: Vec<u32> = serde_json::from_value(answer["data"].clone()).expect("numbers");
    let (mut line, mut column) = (0, 0);
    let mut tokens = Vec::new();
    for token in data.chunks(5) {
        if token[0] > 0 {
            column = 0;
        }
        (line, column) = (line + token[0], column + token[1]);
        let end = (line, column + token[2]);
        let text = session.buffer(&uri).slice(((line, column), end));
        let kind = legend["tokenTypes"][token[3] as usize].as_str();
        let modifiers = legend["tokenModifiers"].as_array().expect("a list");
        let modifiers = modifiers.iter().enumerate();
        let modifiers = modifiers
            .filter(|(bit, _)| token[4] & (1 << bit) != 0)
            .map(|(_, name)| format!(" {}", name.as_str().expect("a name")));
        let modifiers: String = modifiers.collect();
        tokens.push(format!(
            "{line} {} {text}{modifiers}",
            kind.expect("a type")
        ));
    }
    assert_eq!(
        tokens,
        [
            "1 property name",
            "1 class team-lead declaration",
            "2 property description",
            "3 property tools",
            "3 function Read",
            "3 function Agent",
            "3 class test-runner",
            "4 property model",
            "4 enumMember opus",
            "11 class test-runner",
            "15 class test-runner",
        ]
    );
    session.end();
}

#[test]
fn of_a_file_that_is_not_open_there_is_no_answer() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = crate::client::uri(&disk.path(".claude/agents/test-runner.md"));
    for method in ["documentSymbol", "foldingRange", "semanticTokens/full"] {
        let answer = session.request(&format!("textDocument/{method}"), about(&uri));
        assert_eq!(answer, Value::Null);
    }
    session.end();
}
