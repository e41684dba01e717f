//! References over a whole workspace, and what they say right after the start.

use std::fs;

use serde_json::{Value, json};

use crate::buffer::Range;
use crate::client::{Session, Setup, at_position, range, uri};
use crate::workspace::{Disk, NAME, agent, lead};

const CREATED: u8 = 1;

impl Session {
    /// The references of the name at a position, the definition among them.
    pub(crate) fn references(&mut self, uri: &str, at: (u32, u32)) -> Vec<(String, Range)> {
        let mut params = at_position(uri, at);
        params["context"] = json!({ "includeDeclaration": true });
        let found = self.request("textDocument/references", params);
        places(&found)
    }
}

fn places(locations: &Value) -> Vec<(String, Range)> {
    let locations = locations.as_array().cloned().unwrap_or_default();
    locations
        .iter()
        .map(|location| {
            let uri = location["uri"].as_str().expect("a URI");
            (uri.to_owned(), range(&location["range"]))
        })
        .collect()
}

#[test]
fn references_are_found_in_open_and_closed_files_at_utf16_columns() {
    let disk = Disk::with_agents(&["test-runner"]);
    let closed = disk.write(
        ".claude/agents/team-lead.md",
        "---\nname: team-lead\ndescription: Leads.\n---\n\n| Who 😀 | Delegate To |\n|---|---|\n| 😀😀 | `test-runner` |\n",
    );
    let open = disk.write("CLAUDE.md", "😀 Ask @test-runner first.\n");
    let runner = disk.path(".claude/agents/test-runner.md");
    let mut session = Setup::new().folder(disk.root()).start();
    let document = session.open_file(&open);
    let at = session.buffer(&document).find("test-runner").0;
    let mut expected = [
        (uri(&closed), ((7, 10), (7, 21))),
        (uri(&runner), (NAME, (1, 17))),
        (uri(&open), ((0, 8), (0, 19))),
    ];
    expected.sort();
    let mut found = session.references(&document, at);
    found.sort();
    assert_eq!(found, expected);

    // Without the definition, and from the definition itself.
    let runner = session.open_file(&runner);
    let params = at_position(&runner, NAME);
    let mut params = params;
    params["context"] = json!({ "includeDeclaration": false });
    let found = places(&session.request("textDocument/references", params));
    assert_eq!(found.len(), 2);

    // What was typed and not saved counts.
    session.rewrite(&document, "Ask nobody.\n");
    assert_eq!(session.references(&runner, NAME).len(), 2);
    session.end();
}

#[test]
fn references_are_complete_in_the_first_answer_after_the_start_and_show_progress() {
    let disk = Disk::with_agents(&["test-runner"]);
    for number in 0..700 {
        let named = if number % 7 == 0 {
            "test-runner"
        } else {
            "docs-keeper"
        };
        let text = format!(
            "---\nname: worker-{number}\ndescription: Works.\n---\n\n{}\nAsk @{named}.\n",
            "Some words that fill the body. ".repeat(40)
        );
        disk.write(&format!(".claude/agents/worker-{number}.md"), &text);
    }
    let mut session = Setup::new().folder(disk.root()).start();
    let runner = disk.path(".claude/agents/test-runner.md");
    let runner = session.open_file(&runner);
    let mut params = at_position(&runner, NAME);
    params["context"] = json!({ "includeDeclaration": false });
    params["workDoneToken"] = json!("references");
    let found = session.request("textDocument/references", params);
    let subagents = places(&found);
    assert_eq!(subagents.len(), 100);
    session.wait("the end of the progress", |session| {
        let kinds = session.progress(&json!("references"));
        // Where the bodies were all read before the question, there is nothing to show.
        (kinds.is_empty() || kinds.ends_with(&["end"])).then_some(())
    });
    session.end();
}

#[test]
fn the_agent_that_a_hosts_settings_start_is_a_reference() {
    let disk = Disk::with_agents(&["test-runner"]);
    let settings = disk.write(
        ".claude/settings.json",
        "{\n  \"agent\": \"test-runner\"\n}\n",
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let found = session.references(&runner, NAME);
    assert!(
        found.contains(&(uri(&settings), ((1, 12), (1, 23)))),
        "{found:?}"
    );
    session.end();
}

#[test]
fn a_name_is_highlighted_wherever_the_document_has_it() {
    let disk = Disk::with_agents(&["test-runner", "docs-keeper"]);
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["test-runner", "docs-keeper", "test-runner"]),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    let found = session.request_at("documentHighlight", &open, (7, 4));
    let found: Vec<_> = found
        .as_array()
        .expect("a list")
        .iter()
        .map(|highlight| range(&highlight["range"]))
        .collect();
    assert_eq!(found, [((7, 2), (7, 13)), ((9, 2), (9, 13))]);
    session.end();
}

#[test]
fn what_is_shown_beside_the_text_is_refreshed_when_a_name_comes_or_a_mention() {
    let disk = Disk::with_agents(&["test-runner"]);
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"]));
    let mut session = Setup::new()
        .folder(disk.root())
        .capability("/workspace/codeLens/refreshSupport", json!(true))
        .capability("/workspace/inlayHint/refreshSupport", json!(true))
        .start();
    session.wait_for_watching();
    let open = session.open_file(&lead);
    session.expect(&open, &[]);
    let refreshed = |session: &mut Session, before: usize| {
        session.wait("a refresh", |session| {
            let lenses = session.refreshes("codeLens");
            (lenses > before && session.refreshes("inlayHint") > before).then_some(lenses)
        })
    };
    let first = refreshed(&mut session, 0);
    let keeper = disk.path(".claude/agents/docs-keeper.md");
    fs::write(&keeper, agent("docs-keeper")).unwrap();
    session.files_changed(&[(&keeper, CREATED)]);
    let second = refreshed(&mut session, first);
    let text = session
        .buffer(&open)
        .text()
        .replace("| work |", "| work @docs-keeper |");
    session.rewrite(&open, &text);
    refreshed(&mut session, second);
    assert_eq!(
        session.refreshes("semanticTokens"),
        0,
        "not offered by this client"
    );
    session.end();
}

#[test]
fn a_file_that_is_open_in_a_folder_within_counts_as_it_stands_in_its_buffer() {
    let disk = Disk::with_agents(&["test-runner"]);
    let inner = disk.write("inner/.claude/agents/team-lead.md", &lead(&["test-runner"]));
    let mut session = Setup::new()
        .folder(disk.root())
        .folder(&disk.path("inner"))
        .capability(
            "/workspace/workspaceEdit",
            json!({ "documentChanges": true, "resourceOperations": ["rename"] }),
        )
        .start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let open = session.open_file(&inner);
    let moved = session
        .buffer(&open)
        .text()
        .replace("---\n\n|", "---\n\nNew.\n\n|");
    session.rewrite(&open, &moved);
    let found = session.references(&runner, NAME);
    assert!(
        found.contains(&(open.clone(), ((9, 2), (9, 13)))),
        "{found:?}"
    );
    let mut params = at_position(&runner, NAME);
    params["newName"] = json!("test-walker");
    let edit = session.request("textDocument/rename", params);
    let changes = edit["documentChanges"].as_array().expect("a list").clone();
    let change = changes
        .iter()
        .find(|it| it["textDocument"]["uri"] == json!(open));
    let change = change.expect("an edit of the buffer");
    assert!(change["textDocument"]["version"].is_i64());
    assert_eq!(range(&change["edits"][0]["range"]), ((9, 2), (9, 13)));
    session.end();
}

#[test]
fn without_a_watcher_files_that_change_or_go_are_seen_by_the_next_question() {
    let disk = Disk::with_agents(&["test-runner"]);
    let goes = disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"]));
    let gains = disk.write("notes.md", "Ask nobody.\n");
    let mut session = Setup::new()
        .folder(disk.root())
        .capability("/workspace/didChangeWatchedFiles", json!(null))
        .start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    session.ask_until("the bodies", |session| {
        session.references(&runner, NAME).len() == 2
    });
    fs::remove_file(&goes).unwrap();
    fs::write(&gains, "Now ask @test-runner.\n").unwrap();
    let found = session.references(&runner, NAME);
    assert_eq!(
        found,
        [
            (runner.clone(), (NAME, (1, 17))),
            (uri(&gains), ((0, 9), (0, 20))),
        ]
    );
    session.end();
}

#[test]
fn a_buffer_that_is_closed_unsaved_counts_no_more_in_the_very_next_answer() {
    let disk = Disk::with_agents(&["test-runner"]);
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"]));
    let mut session = Setup::new().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let open = session.open_file(&lead);
    session.rewrite(&open, "Nobody.\n");
    assert_eq!(session.references(&runner, NAME).len(), 1);
    session.close(&open);
    assert_eq!(session.references(&runner, NAME).len(), 2);
    session.end();
}
