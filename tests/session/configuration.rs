//! Configurations: nested, from the editor, changed while the server runs; and what they decide.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Session, Setup, uri};
use crate::workspace::{Disk, agent, lead};

const CREATED: u8 = 1;
const CHANGED: u8 = 2;
const DELETED: u8 = 3;

#[test]
fn the_nearest_configuration_counts_and_the_editors_comes_last() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    disk.write(".agentls.yaml", "rules:\n  unknown-agent: error\n");
    let inner = disk.write("api/.agentls.yaml", "rules:\n  unknown-agent: hint\n");
    let far = disk.write(".claude/agents/team-lead.md", &lead(&["docs-writer"]));
    let near = disk.write(
        "api/agents/api-lead.md",
        &lead(&["docs-writer", "release-bot"]),
    );
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({
            "rules": { "unknown-agent": "off" },
            "known": { "agents": ["release-bot"] },
        }))
        .start();
    session.wait_for_watching();
    let far = session.open_file(&far);
    let near = session.open_file(&near);
    session.expect(&far, &["7:2-7:13 error unknown-agent docs-writer"]);
    let found = session.findings(&near);
    assert!(
        found.contains(&"7:2-7:13 hint unknown-agent docs-writer".to_owned()),
        "{found:?}"
    );
    assert!(
        !found.iter().any(|it| it.contains("release-bot")),
        "{found:?}"
    );

    fs::remove_file(&inner).unwrap();
    session.files_changed(&[(&inner, DELETED)]);
    session.expect_unknown(&near, &["docs-writer"]);
    fs::remove_file(disk.path(".agentls.yaml")).unwrap();
    session.files_changed(&[(&disk.path(".agentls.yaml"), DELETED)]);
    session.expect(&far, &[]);
    session.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "agentls": { "rules": { "unknown-agent": "information" } } } }),
    );
    session.expect(&far, &["7:2-7:13 information unknown-agent docs-writer"]);
    // What the message does not name stays as it was at the start.
    session.expect_unknown(&near, &["docs-writer"]);
    session.end();
}

fn status(session: &mut Session, uri: &str) -> Value {
    session.request("agentls/status", json!({ "textDocument": { "uri": uri } }))
}

#[test]
fn a_host_and_headings_that_are_configured_change_how_open_files_are_read() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let table = "---\nname: a\ndescription: b\n---\n\n| Who Does It | When |\n|---|---|\n| docs-writer | now |\n";
    let file = disk.write("prompts/a.md", table);
    let mut session = Setup::new().folder(disk.root()).start();
    session.wait_for_watching();
    let open = session.open_file(&file);
    session.expect_unknown(&open, &[]);
    let before = status(&mut session, &open);
    assert_eq!(before["host"]["id"], "claude-code");
    assert_eq!(before["isForced"], false);
    assert_eq!(before["verdict"], "loads");

    let config = disk.write(
        ".agentls.yaml",
        "hosts:\n  prompts/: gemini\ndelegation-headers: [Who does it]\n",
    );
    session.files_changed(&[(&config, CREATED)]);
    session.expect_unknown(&open, &["docs-writer"]);
    let after = status(&mut session, &open);
    assert_eq!(after["host"]["title"], "Gemini CLI");
    assert_eq!(
        (&after["kind"], &after["isForced"]),
        (&json!("agent"), &json!(true))
    );
    session.end();
}

#[test]
fn a_bad_configuration_is_told_in_its_own_file_although_nobody_has_it_open() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let config = disk.write("api/.agentls.yaml", "rules:\n  no-such-rule: off\n");
    let mut session = Setup::new().folder(disk.root()).start();
    session.wait_for_watching();
    session.expect_unopened(
        &config,
        &["1:2-1:14 error invalid-configuration no-such-rule"],
    );
    fs::write(&config, "rules:\n  unknown-tool: off\n").unwrap();
    session.files_changed(&[(&config, CHANGED)]);
    session.expect_unopened(&config, &[]);
    session.end();
}

#[test]
fn files_that_nobody_has_open_are_checked_where_the_user_wants_it() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let closed = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    );
    let unknown = "8:2-8:13 warning unknown-agent docs-writer";
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    session.wait_for_watching();
    session.expect_unopened(&closed, &[unknown]);

    // A name that comes in a buffer counts there too, and goes with it.
    let new = uri(&disk.path(".claude/agents/docs-writer.md"));
    session.open(&new, &agent("docs-writer"));
    session.expect_unopened(&closed, &[]);
    session.close(&new);
    session.expect_unopened(&closed, &[unknown]);

    // Opened, its findings are those of the buffer; closed, those of the disk again.
    let open = session.open_file(&closed);
    session.expect(&open, &[unknown]);
    session.rewrite(&open, &lead(&["docs-keeper"]));
    session.expect(&open, &[]);
    session.close(&open);
    session.expect_unopened(&closed, &[unknown]);

    fs::write(&closed, lead(&["docs-keeper", "docs-keeper"])).unwrap();
    session.files_changed(&[(&closed, CHANGED)]);
    session.expect_unopened(&closed, &[]);
    session.end();
}

#[test]
fn a_client_that_no_longer_wants_them_is_shown_open_files_alone() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let closed = disk.write(".claude/agents/team-lead.md", &lead(&["docs-writer"]));
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    session.expect_unopened(&closed, &["7:2-7:13 warning unknown-agent docs-writer"]);
    session.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "agentls": { "diagnostics": { "workspace": false } } } }),
    );
    session.expect_unopened(&closed, &[]);
    session.end();
}

#[test]
fn a_nested_exclusion_counts_alone_and_nothing_is_said_of_what_it_leaves_out() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    disk.write("api/.agentls.yaml", "exclude: [drafts/]\n");
    let draft = disk.write("api/drafts/agents/team-lead.md", &lead(&["docs-writer"]));
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    let open = session.open_file(&draft);
    session.expect(&open, &[]);
    session.close(&open);
    session.expect_unopened(&draft, &[]);
    session.end();
}

#[test]
fn a_panic_over_a_closed_file_is_told_there_and_nothing_else_is_lost() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let bad = agent("docs-writer") + "agentls/test/panic/check\n";
    let bad = disk.write(".claude/agents/docs-writer.md", &bad);
    let closed = disk.write(".claude/agents/team-lead.md", &lead(&["docs-reader"]));
    let mut session = Setup::new()
        .folder(disk.root())
        .test_hooks()
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    session.expect_unopened(&closed, &["7:2-7:13 warning unknown-agent docs-reader"]);
    session.expect_unopened(&bad, &["0:0-0:0 warning unreadable-file "]);
    session.end();
}

#[test]
fn a_file_that_cannot_be_read_is_told_where_it_is() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let bad = disk.path(".claude/agents/old.md");
    fs::write(&bad, b"---\nname: caf\xe9\n---\n").unwrap();
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    session.wait_for_watching();
    session.expect_unopened(&bad, &["0:0-0:0 warning unreadable-file "]);
    fs::write(&bad, agent("old")).unwrap();
    session.files_changed(&[(&bad, CHANGED)]);
    session.expect_unopened(&bad, &[]);
    fs::write(&bad, b"---\nname: caf\xe9s\n---\n").unwrap();
    session.files_changed(&[(&bad, CHANGED)]);
    session.expect_unopened(&bad, &["0:0-0:0 warning unreadable-file "]);
    session.end();
}

#[test]
fn a_folder_within_shows_its_own_files_and_the_outer_one_those_again_that_it_leaves() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let closed = disk.write("api/.claude/agents/api-lead.md", &lead(&["docs-writer"]));
    let unknown = "7:2-7:13 warning unknown-agent docs-writer";
    let mut session = Setup::new()
        .folder(disk.root())
        .options(json!({ "diagnostics": { "workspace": true } }))
        .start();
    session.expect_unopened(&closed, &[unknown]);
    let inner = crate::client::folder(&disk.path("api"));
    let change = |added: &[Value], removed: &[Value]| json!({ "event": { "added": added, "removed": removed } });
    let event = "workspace/didChangeWorkspaceFolders";
    // The name exists in the folder within, and nowhere else.
    disk.write("api/.claude/agents/docs-writer.md", &agent("docs-writer"));
    session.notify(event, change(std::slice::from_ref(&inner), &[]));
    session.expect_unopened(&closed, &[]);
    fs::remove_file(disk.path("api/.claude/agents/docs-writer.md")).unwrap();
    session.notify(event, change(&[], &[inner]));
    session.files_changed(&[(&disk.path("api/.claude/agents/docs-writer.md"), DELETED)]);
    session.expect_unopened(&closed, &[unknown]);
    session.end();
}
