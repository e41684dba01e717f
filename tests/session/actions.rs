//! Ways to mend, to silence, to explain and to rewrite.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::path::Path;

use serde_json::{Value, json};

use crate::buffer::Range;
use crate::client::{Session, Setup, range, to_json, uri};
use crate::workspace::{Disk, lead};

const INVALID_PARAMS: i64 = -32602;

/// A client that takes all that an action can be.
fn capable() -> Setup {
    Setup::new()
        .capability(
            "/textDocument/codeAction",
            json!({
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } },
                "isPreferredSupport": true,
                "dataSupport": true,
                "resolveSupport": { "properties": ["edit"] },
            }),
        )
        .capability(
            "/workspace/workspaceEdit",
            json!({ "documentChanges": true, "resourceOperations": ["create"] }),
        )
}

impl Session {
    /// What can be done where `at` is; `only` are the kinds that are wanted.
    fn actions(&mut self, uri: &str, at: Range, only: Option<&[&str]>) -> Vec<Value> {
        let shown = self.diagnostics(uri);
        let is_there = |it: &&Value| {
            let (from, to) = range(&it["range"]);
            from <= at.1 && at.0 <= to
        };
        let mut context =
            json!({ "diagnostics": shown.iter().filter(is_there).collect::<Vec<_>>() });
        if let Some(only) = only {
            context["only"] = json!(only);
        }
        let params = json!({
            "textDocument": { "uri": uri },
            "range": to_json(at),
            "context": context,
        });
        let found = self.request("textDocument/codeAction", params);
        found.as_array().unwrap().clone()
    }

    fn action(&mut self, uri: &str, at: Range, title: &str) -> Value {
        let found = self.actions(uri, at, None);
        let action = found.iter().find(|action| action["title"] == title);
        action
            .unwrap_or_else(|| self.fail(&format!("{title} is none of {:#?}", titles(&found))))
            .clone()
    }

    /// Does what an action says, to documents that are open and to the disk. A file that it
    /// makes is told of.
    fn carry_out(&mut self, disk: &Disk, mut action: Value) {
        if action["edit"].is_null() && !action["data"].is_null() {
            action = self.request("codeAction/resolve", action);
        }
        let edit = &action["edit"];
        for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
            self.take_edits(uri, edits);
        }
        let mut made = Vec::new();
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            if change["kind"] == "create" {
                made.push(change["uri"].as_str().unwrap().to_owned());
                continue;
            }
            let document = &change["textDocument"];
            let changed = document["uri"].as_str().unwrap();
            if !made.iter().any(|made| made == changed) {
                self.take_edits(changed, &change["edits"]);
                continue;
            }
            assert!(document["version"].is_null());
            let text = change["edits"][0]["newText"].as_str().unwrap();
            let name = changed.rsplit('/').next().unwrap();
            let path = disk.write(&format!(".claude/agents/{name}"), text);
            assert_eq!(uri(&path), changed);
            self.files_changed(&[(path.as_path(), 1)]);
        }
    }
}

fn titles(actions: &[Value]) -> Vec<&str> {
    let titles = actions.iter().map(|action| action["title"].as_str());
    titles.map(Option::unwrap).collect()
}

fn start(setup: Setup, disk: &Disk, path: &Path) -> (Session, String) {
    let mut session = setup.folder(disk.root()).start();
    session.wait_for_watching();
    let uri = session.open_file(path);
    (session, uri)
}

/// Two faults, the second after characters that take two code units each.
const FAULTY: &str = "---\nname: a\nmodle: opus # 😀\ndescription: 😀😀 b # agentls-disable-line unknown-tool\n---\n\nBody 😀.\n";

#[test]
fn a_quick_fix_mends_its_finding_and_two_leave_a_clean_file() {
    let disk = Disk::new();
    let path = disk.write(".claude/agents/a.md", FAULTY);
    let (mut session, uri) = start(capable(), &disk, &path);
    let at = session.buffer(&uri).find("unknown-tool");
    let fix = session.action(&uri, at, "Remove the comment");
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], "unused-suppression");
    assert_eq!(
        fix["edit"]["documentChanges"][0]["textDocument"]["version"],
        1
    );
    session.carry_out(&disk, fix);
    let at = session.buffer(&uri).find("modle");
    session.expect(&uri, &["2:0-2:5 warning misspelled-key modle"]);
    let fixes = session.actions(&uri, at, Some(&["quickfix"]));
    let fix = fixes.iter().find(|fix| fix["isPreferred"] == true);
    session.carry_out(&disk, fix.unwrap().clone());
    assert_eq!(
        session.buffer(&uri).text(),
        "---\nname: a\nmodel: opus # 😀\ndescription: 😀😀 b\n---\n\nBody 😀.\n"
    );
    session.expect(&uri, &[]);
    session.end();
}

#[test]
fn all_that_is_safe_is_mended_at_once() {
    for resolves in [true, false] {
        let disk = Disk::new();
        let source = format!(
            "{FAULTY}<!-- agentls-disable-line unknown-agent -->\n\nMore.\n\n<!-- agentls-disable-next-line python-syntax -->\n"
        );
        let path = disk.write(".claude/agents/a.md", &source);
        let setup = match resolves {
            true => capable(),
            false => capable()
                .capability("/textDocument/codeAction/resolveSupport", Value::Null)
                .capability("/workspace/workspaceEdit", Value::Null),
        };
        let (mut session, uri) = start(setup, &disk, &path);
        let everything = ((0, 0), session.buffer(&uri).end());
        let only = ["source.fixAll"];
        let found = session.actions(&uri, everything, Some(&only));
        let [all] = found.as_slice() else {
            panic!("{:?}", titles(&found));
        };
        assert_eq!(all["kind"], "source.fixAll.agentls");
        assert_eq!(all["edit"].is_null(), resolves);
        session.carry_out(&disk, all.clone());
        let text = session.buffer(&uri).text();
        assert!(!text.contains("agentls-disable"), "{text}");
        // Nothing is left, so nothing is offered.
        assert_eq!(
            session.actions(&uri, everything, Some(&only)),
            [] as [Value; 0]
        );
        session.end();
    }
}

#[test]
fn a_rule_is_mended_in_the_whole_file() {
    let disk = Disk::new();
    let source = format!("{FAULTY}<!-- agentls-disable-line unknown-agent -->\n");
    let path = disk.write(".claude/agents/a.md", &source);
    let (mut session, uri) = start(capable(), &disk, &path);
    let at = session.buffer(&uri).find("unknown-tool");
    let fix = session.action(&uri, at, "Fix all unused-suppression problems in this file");
    session.carry_out(&disk, fix);
    session.expect(&uri, &["2:0-2:5 warning misspelled-key modle"]);
    session.end();
}

#[test]
fn a_rule_is_silenced_for_a_line_and_for_a_file() {
    for (title, line) in [
        ("Disable misspelled-key for this line", 2),
        ("Disable misspelled-key in this file", 5),
    ] {
        let disk = Disk::new();
        let source = "---\nname: a\nmodle: opus # 😀\ndescription: b\n---\n\nBody 😀.\n";
        let path = disk.write(".claude/agents/a.md", source);
        let (mut session, uri) = start(capable(), &disk, &path);
        let at = session.buffer(&uri).find("modle");
        let action = session.action(&uri, at, title);
        session.carry_out(&disk, action);
        session.expect(&uri, &[]);
        let text = session.buffer(&uri).text();
        let silenced = text.lines().nth(line).unwrap();
        assert!(silenced.contains("agentls-disable"), "{text}");
        session.end();
    }
}

#[test]
fn a_client_with_a_command_of_its_own_shows_the_page_by_itself() {
    let disk = Disk::new();
    let path = disk.write(".claude/agents/a.md", FAULTY);
    let options = json!({ "commands": { "explainRule": "editor.explain" } });
    let (mut session, uri) = start(capable().options(options), &disk, &path);
    let at = session.buffer(&uri).find("modle");
    let explain = session.action(&uri, at, "Explain misspelled-key");
    assert_eq!(explain["command"]["command"], "editor.explain");
    assert_eq!(explain["command"]["arguments"], json!(["misspelled-key"]));
    let page = session.request("agentls/explain", json!({ "rule": "misspelled-key" }));
    assert_eq!(page["name"], "misspelled-key");
    assert_eq!(page["severity"], "warning");
    assert!(page["markdown"].as_str().unwrap().contains("## Fix"));
    let nothing = session.request("agentls/explain", json!({ "rule": "misspelt-key" }));
    assert!(nothing.is_null());
    session.end();
}

#[test]
fn the_server_shows_the_page_to_a_client_without_one() {
    let disk = Disk::new();
    let path = disk.write(".claude/agents/a.md", FAULTY);
    // One that takes nothing but commands.
    let (mut session, uri) = start(Setup::new(), &disk, &path);
    let at = session.buffer(&uri).find("modle");
    let found = session.actions(&uri, at, None);
    assert_eq!(titles(&found), ["Explain misspelled-key"]);
    assert_eq!(found[0]["command"], "agentls.explain");
    let params = json!({ "command": found[0]["command"], "arguments": found[0]["arguments"] });
    let page = session.request("workspace/executeCommand", params);
    let page = page.as_str().unwrap();
    assert!(page.contains("## Fix"));
    // It may come after the answer.
    session.wait("the page", |session| session.shown().first().map(|_| ()));
    assert_eq!(session.shown(), [page]);
    for (command, arguments) in [
        ("agentls.explain", json!([])),
        ("agentls.explain", json!(["misspelt-key"])),
        ("agentls.other", json!(["misspelled-key"])),
    ] {
        let params = json!({ "command": command, "arguments": arguments });
        let answer = session.try_request("workspace/executeCommand", params);
        assert_eq!(answer, Err(INVALID_PARAMS));
    }
    session.end();
}

#[test]
fn an_agent_is_made_for_a_row_and_the_finding_goes_away() {
    let disk = Disk::with_agents(&["python-pro"]);
    let path = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["python-pro", "test-runner"]),
    );
    let (mut session, uri) = start(capable(), &disk, &path);
    session.expect_unknown(&uri, &["test-runner"]);
    let at = session.buffer(&uri).find("test-runner");
    let found = session.actions(&uri, at, None);
    let makes = |action: &&Value| action["title"].as_str().unwrap().starts_with("Create");
    let mut makers = found.iter().filter(makes);
    let action = makers.next().unwrap().clone();
    assert!(makers.next().is_none(), "{:?}", titles(&found));
    session.carry_out(&disk, action);
    let made = disk.path(".claude/agents/test-runner.md");
    let text = std::fs::read_to_string(&made).unwrap();
    let head = "---\nname: test-runner\ndescription:";
    assert!(text.starts_with(head) && text.contains("work"), "{text}");
    session.expect(&uri, &[]);
    let made = session.open_file(&made);
    session.expect(&made, &[]);
    session.end();

    // Who cannot make files is not offered it.
    let disk = Disk::new();
    let path = disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"]));
    let setup = capable().capability("/workspace/workspaceEdit", Value::Null);
    let (mut session, uri) = start(setup, &disk, &path);
    session.expect_unknown(&uri, &["test-runner"]);
    let at = session.buffer(&uri).find("test-runner");
    let found = session.actions(&uri, at, None);
    assert!(
        titles(&found)
            .iter()
            .all(|title| !title.starts_with("Create"))
    );
    session.end();
}

#[test]
fn a_refactoring_is_there_for_who_wants_one() {
    let disk = Disk::with_agents(&["python-pro"]);
    let source = format!(
        "{}\n😀 Ask `stock-keeper`.\n",
        lead(&["python-pro"]).replace("Hands", "😀 Hands")
    );
    let path = disk.write(".claude/agents/team-lead.md", &source);
    let keeper = disk.agent("stock-keeper");
    let (mut session, uri) = start(capable(), &disk, &path);
    let keeper = session.open_file(&keeper);
    session.diagnostics(&keeper);
    let at = session.buffer(&uri).find("Hands");
    let found = session.actions(&uri, at, Some(&["refactor"]));
    assert_eq!(
        titles(&found),
        [
            "Write `description` as a block of text",
            "Put `description` in quotes"
        ]
    );
    session.carry_out(&disk, found[1].clone());
    assert!(
        session
            .buffer(&uri)
            .text()
            .contains("description: '😀 Hands out work.'\n")
    );
    let at = session.buffer(&uri).find("stock-keeper");
    let row = session.action(&uri, at, "Add a row for `stock-keeper`");
    assert_eq!(row["kind"], "refactor.rewrite");
    session.carry_out(&disk, row);
    let text = session.buffer(&uri).text();
    assert!(
        text.contains("| python-pro | work |\n| stock-keeper | Does some of the work |\n"),
        "{text}"
    );
    assert_eq!(
        session.actions(&uri, at, Some(&["source"])),
        [] as [Value; 0]
    );
    session.end();
}
