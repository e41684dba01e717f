//! Names, files and folders that get another name, and what follows.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::buffer::{Buffer, Change};
use crate::client::{Session, Setup, at_position, range, uri};
use crate::workspace::{Disk, NAME, agent, lead};

/// `RequestFailed` of the protocol.
const REQUEST_FAILED: i64 = -32803;

/// A client that takes everything a rename can give.
fn capable() -> Setup {
    Setup::new()
        .capability("/textDocument/rename", json!({ "prepareSupport": true }))
        .capability(
            "/workspace/workspaceEdit",
            json!({
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
                "changeAnnotationSupport": {},
            }),
        )
}

impl Session {
    fn rename(&mut self, uri: &str, at: (u32, u32), new_name: &str) -> Result<Value, i64> {
        let mut params = at_position(uri, at);
        params["newName"] = json!(new_name);
        self.try_request("textDocument/rename", params)
    }

    fn will_rename(&mut self, from: &Path, to: &Path) -> Value {
        let file = json!({ "oldUri": uri(from), "newUri": uri(to) });
        self.request("workspace/willRenameFiles", json!({ "files": [file] }))
    }
}

/// The paths of all files and folders below `folder`, by their URI.
fn by_uri(folder: &Path) -> HashMap<String, PathBuf> {
    let mut found = HashMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.insert(uri(&path), path);
        }
    }
    found
}

fn edited(text: &str, edits: &Value) -> String {
    let mut buffer = Buffer::new(text);
    let mut edits: Vec<_> = edits.as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| range(&edit["range"]));
    for pair in edits.windows(2) {
        assert!(range(&pair[0]["range"]).1 <= range(&pair[1]["range"]).0);
    }
    for edit in edits.into_iter().rev() {
        let range = range(&edit["range"]);
        buffer.slice(range);
        buffer.apply(&Change {
            range: Some(range),
            text: edit["newText"].as_str().unwrap().to_owned(),
        });
    }
    buffer.text()
}

/// Does on disk what the server says, in its order. How many files were edited.
fn apply(disk: &Disk, edit: &Value) -> usize {
    let paths = by_uri(disk.root());
    let mut count = 0;
    for change in edit["documentChanges"]
        .as_array()
        .expect("document changes")
    {
        if change["kind"] == "rename" {
            let from = &paths[change["oldUri"].as_str().unwrap()];
            let new = change["newUri"].as_str().unwrap();
            let name = new.rsplit('/').next().unwrap();
            assert_eq!(new, uri(&from.with_file_name(name)), "within its folder");
            fs::rename(from, from.with_file_name(name)).unwrap();
            continue;
        }
        let path = &paths[change["textDocument"]["uri"].as_str().unwrap()];
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, edited(&text, &change["edits"])).unwrap();
        count += 1;
    }
    count
}

/// What `agentls check` finds.
fn check(disk: &Disk) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_agentls"))
        // That a subagent may start any agent is not about names.
        .args(["check", "--format", "json", "--ignore", "ignored-specifier"])
        .arg(disk.root())
        .env("HOME", disk.root())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn a_name_changes_in_open_and_closed_files_and_its_file_with_it() {
    let disk = Disk::with_agents(&["test-runner"]);
    let closed = disk.write(
        ".claude/agents/team-lead.md",
        "---\nname: team-lead\ndescription: Leads.\n---\n\n| Who 😀 | Delegate To |\n|---|---|\n| 😀😀 | `test-runner` |\n",
    );
    let open = disk.write(
        "CLAUDE.md",
        "😀 Ask @agent-test-runner first, [😀](.claude/agents/test-runner.md).\n",
    );
    let runner = disk.path(".claude/agents/test-runner.md");
    let mut session = capable().folder(disk.root()).start();
    let document = session.open_file(&open);
    session.replace(&document, ((1, 0), (1, 0)), "Not saved: @test-runner\n");

    let prepared = session.request(
        "textDocument/prepareRename",
        at_position(&document, (0, 12)),
    );
    assert_eq!(range(&prepared["range"]), ((0, 14), (0, 25)));
    assert_eq!(prepared["placeholder"], "test-runner");

    let edit = session.rename(&document, (0, 12), "check-runner").unwrap();
    let changes = edit["documentChanges"].as_array().unwrap();
    let version = |path: &Path| {
        let of = |change: &&Value| change["textDocument"]["uri"] == uri(path);
        let change = changes.iter().find(of).unwrap();
        change["textDocument"]["version"].clone()
    };
    assert_eq!(version(&open), json!(2));
    assert_eq!(version(&closed), Value::Null);
    assert_eq!(version(&runner), Value::Null);
    assert_eq!(changes.len(), 4);
    assert_eq!(
        changes[3],
        json!({
            "kind": "rename",
            "oldUri": uri(&runner),
            "newUri": uri(&disk.path(".claude/agents/check-runner.md")),
        })
    );
    assert_eq!(edit["changeAnnotations"], Value::Null);

    fs::write(&open, session.buffer(&document).text()).unwrap();
    apply(&disk, &edit);
    assert_eq!(
        fs::read_to_string(&open).unwrap(),
        "😀 Ask @agent-check-runner first, [😀](.claude/agents/check-runner.md).\nNot saved: @check-runner\n"
    );
    assert!(
        fs::read_to_string(&closed)
            .unwrap()
            .contains("| 😀😀 | `check-runner` |")
    );
    let renamed = fs::read_to_string(disk.path(".claude/agents/check-runner.md")).unwrap();
    assert_eq!(renamed, agent("check-runner"));
    session.end();
}

#[test]
fn a_client_without_document_changes_gets_plain_edits_and_no_file_is_renamed() {
    let disk = Disk::with_agents(&["test-runner"]);
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"]));
    disk.write("CLAUDE.md", "[x](.claude/agents/test-runner.md)\n");
    disk.write(".claude/commands/ship.md", "Ships.\n");
    let mut session = Setup::new().folder(disk.root()).start();
    let document = session.open_file(&lead);
    let edit = session.rename(&document, (7, 4), "check-runner").unwrap();
    assert_eq!(edit["documentChanges"], Value::Null);
    let changes = edit["changes"].as_object().unwrap();
    let mut edited: Vec<&String> = changes.keys().collect();
    edited.sort_unstable();
    let runner = uri(&disk.path(".claude/agents/test-runner.md"));
    assert_eq!(edited, [&uri(&lead), &runner]);

    let notes = uri(&disk.path("notes.md"));
    session.open(&notes, "Run /ship now.\n");
    assert_eq!(
        session.rename(&notes, (0, 6), "deploy"),
        Err(REQUEST_FAILED)
    );
    let sentence = session.last_error();
    assert!(
        sentence.ends_with("Rename .claude/commands/ship.md yourself."),
        "{sentence}"
    );
    session.end();
}

#[test]
fn what_cannot_be_renamed_is_told_in_a_sentence() {
    let disk = Disk::with_agents(&["test-runner", "docs-keeper"]);
    let mut session = capable().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let refused = session.try_request("textDocument/prepareRename", at_position(&runner, (4, 0)));
    assert_eq!(refused, Err(REQUEST_FAILED));
    assert!(session.last_error().starts_with("Nothing is named here."));
    assert_eq!(
        session.rename(&runner, NAME, "docs-keeper"),
        Err(REQUEST_FAILED)
    );
    assert!(
        session
            .last_error()
            .starts_with(".claude/agents/docs-keeper.md exists already.")
    );
    assert_eq!(
        session.rename(&runner, NAME, "two words"),
        Err(REQUEST_FAILED)
    );
    assert!(session.last_error().starts_with("`two words` is no name"));
    assert_eq!(
        session.rename(&runner, NAME, "test-runner"),
        Ok(Value::Null)
    );
    session.end();
}

#[test]
fn mentions_that_are_lost_are_annotated() {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write("CLAUDE.md", "Ask `test-runner` or @test-runner.\n");
    let mut session = capable().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let edit = session.rename(&runner, NAME, "runner").unwrap();
    let annotations = edit["changeAnnotations"].as_object().unwrap();
    let (id, annotation) = annotations.iter().next().unwrap();
    assert_eq!(
        annotation["label"],
        "1 mention will no longer be recognised"
    );
    assert_eq!(annotation["needsConfirmation"], true);
    let changes = edit["documentChanges"].as_array().unwrap().iter();
    let edits = changes
        .filter_map(|change| change["edits"].as_array())
        .flatten();
    let annotated: Vec<&Value> = edits
        .filter(|edit| edit["annotationId"] == json!(id))
        .collect();
    assert_eq!(annotated.len(), 1);
    assert_eq!(range(&annotated[0]["range"]), ((0, 5), (0, 16)));
    session.end();
}

#[test]
fn a_rename_over_a_thousand_files_leaves_nothing_to_find() {
    let disk = Disk::with_agents(&["test-runner"]);
    for number in 0..1000 {
        let text = format!(
            "---\nname: worker-{number}\ndescription: Works on part {number}.\ntools: Read, Agent(test-runner)\n---\n\n| 😀 | Delegate To |\n|---|---|\n| 😀 | test-runner |\n\nAsk @agent-test-runner, `test-runner` or the test-runner agent; see [it](test-runner.md).\n"
        );
        disk.write(&format!(".claude/agents/worker-{number}.md"), &text);
    }
    assert_eq!(check(&disk), [] as [Value; 0]);
    let mut session = capable().folder(disk.root()).start();
    let runner = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    let edit = session.rename(&runner, NAME, "check-runner").unwrap();
    assert_eq!(apply(&disk, &edit), 1001);
    session.end();
    assert_eq!(check(&disk), [] as [Value; 0]);
    for path in by_uri(disk.root()).values().filter(|path| path.is_file()) {
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains("test-runner"), "{text}");
        let mentions = text.matches("check-runner").count();
        assert_eq!(
            mentions,
            if path.ends_with("check-runner.md") {
                1
            } else {
                6
            }
        );
    }
}

#[test]
fn a_file_that_the_editor_renames_takes_its_name_and_its_paths_along() {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write(
        "CLAUDE.md",
        "Ask @test-runner, [it](.claude/agents/test-runner.md).\n",
    );
    let mut session = capable().folder(disk.root()).start();
    let (old, new) = (
        disk.path(".claude/agents/test-runner.md"),
        disk.path(".claude/agents/check-runner.md"),
    );
    let edit = session.will_rename(&old, &new);
    assert_eq!(apply(&disk, &edit), 2);
    fs::rename(&old, &new).unwrap();
    assert_eq!(fs::read_to_string(&new).unwrap(), agent("check-runner"));
    let text = fs::read_to_string(disk.path("CLAUDE.md")).unwrap();
    assert_eq!(
        text,
        "Ask @check-runner, [it](.claude/agents/check-runner.md).\n"
    );
    session.end();
}

#[test]
fn a_folder_that_the_editor_moves_keeps_every_link() {
    let disk = Disk::new();
    disk.write("docs/old/a.md", "[b](sub/b.md) [top](../../README.md)\n");
    disk.write("docs/old/sub/b.md", "[a](../a.md)\n");
    disk.write("README.md", "[a](docs/old/a.md) `docs/old/sub/b.md`\n");
    let mut session = capable().folder(disk.root()).start();
    let (old, new) = (disk.path("docs/old"), disk.path("docs/deep/new"));
    let edit = session.will_rename(&old, &new);
    apply(&disk, &edit);
    let text = |path: &str| fs::read_to_string(disk.path(path)).unwrap();
    assert_eq!(
        text("docs/old/a.md"),
        "[b](sub/b.md) [top](../../../README.md)\n"
    );
    assert_eq!(text("docs/old/sub/b.md"), "[a](../a.md)\n");
    assert_eq!(
        text("README.md"),
        "[a](docs/deep/new/a.md) `docs/deep/new/sub/b.md`\n"
    );
    session.end();
}

#[test]
fn nothing_follows_the_file_rename_of_a_rename() {
    let disk = Disk::with_agents(&["test-runner"]);
    let claude = disk.write(
        "CLAUDE.md",
        "Ask @test-runner, [it](.claude/agents/test-runner.md).\n",
    );
    let mut session = capable().folder(disk.root()).start();
    let old = disk.path(".claude/agents/test-runner.md");
    let new = disk.path(".claude/agents/check-runner.md");
    let (runner, claude) = (session.open_file(&old), session.open_file(&claude));
    let edit = session.rename(&runner, NAME, "check-runner").unwrap();
    for change in edit["documentChanges"].as_array().unwrap() {
        for document in [&runner, &claude] {
            if change["textDocument"]["uri"] == **document {
                let text = edited(&session.buffer(document).text(), &change["edits"]);
                session.rewrite(document, &text);
            }
        }
    }
    assert_eq!(session.will_rename(&old, &new), Value::Null);
    session.end();
}

/// Helix 25.01 asks about the file before it sends the edits that came with it.
#[test]
fn the_edits_of_a_rename_come_once_however_early_the_client_asks_about_its_file() {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write("CLAUDE.md", "Ask @test-runner first.\n");
    let mut session = capable().folder(disk.root()).start();
    let old = disk.path(".claude/agents/test-runner.md");
    let new = disk.path(".claude/agents/check-runner.md");
    let runner = session.open_file(&old);
    session.rename(&runner, NAME, "check-runner").unwrap();
    assert_eq!(session.will_rename(&old, &new), Value::Null);
    // Nothing came of it, and now the user renames the file.
    let edit = session.will_rename(&old, &new);
    assert_eq!(edit["documentChanges"].as_array().map(Vec::len), Some(2));
    session.end();
}

#[test]
fn links_and_paths_can_be_followed() {
    let disk = Disk::with_agents(&["test-runner"]);
    let claude = disk.write(
        "CLAUDE.md",
        "😀 [it](.claude/agents/test-runner.md) [none](none.md) `agents/test-runner.md`\n",
    );
    let mut session = capable().folder(disk.root()).start();
    let document = session.open_file(&claude);
    let params = json!({ "textDocument": { "uri": document } });
    let links = session.request("textDocument/documentLink", params);
    let links: Vec<_> = links
        .as_array()
        .unwrap()
        .iter()
        .map(|link| (range(&link["range"]), link["target"].clone()))
        .collect();
    let runner = json!(uri(&disk.path(".claude/agents/test-runner.md")));
    assert_eq!(
        links,
        [
            (((0, 8), (0, 37)), runner.clone()),
            (((0, 56), (0, 77)), runner)
        ]
    );
    session.end();
}
