//! What a change elsewhere, on disk or in another buffer, does to an open file.

use std::fs;

use serde_json::json;

use crate::client::{Setup, uri};
use crate::workspace::{Disk, NAME, agent, lead};

const CREATED: u8 = 1;
const CHANGED: u8 = 2;
const DELETED: u8 = 3;

#[test]
fn a_file_that_is_created_changed_renamed_or_deleted_is_seen_in_an_open_one() {
    let disk = Disk::with_agents(&["test-runner"]);
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["test-runner", "docs-keeper"]),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    session.wait_for_watching();
    let open = session.open_file(&lead);
    session.expect_unknown(&open, &["docs-keeper"]);

    let keeper = disk.agent("docs-keeper");
    session.files_changed(&[(&keeper, CREATED)]);
    session.expect_unknown(&open, &[]);
    let cell = session.buffer(&open).find("docs-keeper").0;
    let definition = session.definition(&open, cell);
    assert_eq!(definition, [(uri(&keeper), (NAME, (1, 17)))]);

    // Its own name is now another: the one of its file is no name.
    disk.write(".claude/agents/docs-keeper.md", &agent("docs-writer"));
    session.files_changed(&[(&keeper, CHANGED)]);
    session.expect(&open, &["8:2-8:13 hint unknown-agent docs-keeper"]);

    disk.write(".claude/agents/docs-keeper.md", &agent("docs-keeper"));
    session.files_changed(&[(&keeper, CHANGED)]);
    session.expect_unknown(&open, &[]);

    let renamed = disk.path(".claude/agents/keeper.md");
    fs::rename(&keeper, &renamed).unwrap();
    session.files_changed(&[(&keeper, DELETED), (&renamed, CREATED)]);
    session.ask_until("the definition in the renamed file", |session| {
        let definition = session.definition(&open, cell);
        definition == [(uri(&renamed), (NAME, (1, 17)))]
    });
    session.expect_unknown(&open, &[]);

    fs::remove_file(&renamed).unwrap();
    session.files_changed(&[(&renamed, DELETED)]);
    session.expect_unknown(&open, &["docs-keeper"]);
    session.end();
}

#[test]
fn a_folder_that_is_deleted_takes_its_agents_along() {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write(".claude/agents/docs/docs-keeper.md", &agent("docs-keeper"));
    disk.write(
        ".claude/agents/docs/deep/docs-writer.md",
        &agent("docs-writer"),
    );
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer", "test-runner"]),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    session.expect(&open, &[]);
    let docs = disk.path(".claude/agents/docs");
    fs::remove_dir_all(&docs).unwrap();
    session.files_changed(&[(&docs, DELETED)]);
    session.expect_unknown(&open, &["docs-keeper", "docs-writer"]);
    session.end();
}

#[test]
fn what_the_editor_itself_renames_and_deletes_is_seen_without_a_watcher() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    );
    let mut session = Setup::new()
        .folder(disk.root())
        .capability("/workspace/didChangeWatchedFiles", json!(null))
        .start();
    let open = session.open_file(&lead);
    session.expect_unknown(&open, &["docs-writer"]);

    let writer = disk.agent("docs-writer");
    session.notify(
        "workspace/didCreateFiles",
        json!({ "files": [{ "uri": uri(&writer) }] }),
    );
    session.expect_unknown(&open, &[]);
    let old = disk.path(".claude/agents");
    let new = disk.path(".claude/retired");
    fs::create_dir(&new).unwrap();
    let moved = new.join("docs-writer.txt");
    fs::rename(&writer, &moved).unwrap();
    session.notify(
        "workspace/didRenameFiles",
        json!({ "files": [{ "oldUri": uri(&writer), "newUri": uri(&moved) }] }),
    );
    session.expect_unknown(&open, &["docs-writer"]);
    let keeper = old.join("docs-keeper.md");
    fs::remove_file(&keeper).unwrap();
    session.notify(
        "workspace/didDeleteFiles",
        json!({ "files": [{ "uri": uri(&keeper) }] }),
    );
    session.expect_unknown(&open, &["docs-keeper", "docs-writer"]);
    session.end();
}

#[test]
fn an_unsaved_name_counts_until_its_buffer_is_closed() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    session.expect_unknown(&open, &["docs-writer"]);

    let keeper = session.open_file(&disk.path(".claude/agents/docs-keeper.md"));
    let name = session.buffer(&keeper).find("name: docs-keeper");
    session.replace(&keeper, name, "name: docs-writer");
    // The name of the file is no longer that of its agent.
    session.expect(&open, &["7:2-7:13 hint unknown-agent docs-keeper"]);
    let cell = session.buffer(&open).find("docs-writer").0;
    assert_eq!(
        session.definition(&open, cell),
        [(keeper.clone(), (NAME, (1, 17)))]
    );

    session.close(&keeper);
    session.expect(&open, &["8:2-8:13 warning unknown-agent docs-writer"]);
    let cell = session.buffer(&open).find("docs-keeper").0;
    assert_eq!(session.definition(&open, cell), [(keeper, (NAME, (1, 17)))]);
    session.end();
}

#[test]
fn a_buffer_counts_in_place_of_a_disk_that_changes_below_it() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let path = disk.path(".claude/agents/docs-keeper.md");
    let lead = disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    let keeper = session.open_file(&path);
    session.expect_unknown(&open, &["docs-writer"]);

    disk.write(".claude/agents/docs-keeper.md", &agent("docs-writer"));
    // The other agent comes with it, so that there is an effect to wait for.
    let other = disk.agent("test-runner");
    session.files_changed(&[(&path, CHANGED), (&other, CREATED)]);
    session.ask_until("the other agent", |session| {
        let labels = session.completion_labels(&open, (7, 2));
        labels.iter().any(|label| label == "test-runner")
    });
    session.expect_unknown(&open, &["docs-writer"]);

    // Deleted on disk, it lives on in its buffer, until that is closed.
    fs::remove_file(&path).unwrap();
    session.files_changed(&[(&path, DELETED)]);
    fs::remove_file(&other).unwrap();
    session.files_changed(&[(&other, DELETED)]);
    session.ask_until("the end of the other agent", |session| {
        let labels = session.completion_labels(&open, (7, 2));
        !labels.iter().any(|label| label == "test-runner")
    });
    session.expect_unknown(&open, &["docs-writer"]);
    session.close(&keeper);
    session.expect_unknown(&open, &["docs-keeper", "docs-writer"]);
    session.end();
}

#[test]
fn a_new_agent_counts_from_its_first_key_in_a_buffer_without_a_file() {
    let disk = Disk::new();
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["docs-keeper"]));
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    session.expect_unknown(&open, &["docs-keeper"]);
    let new = uri(&disk.path(".claude/agents/new.md"));
    session.open(&new, &agent("docs-keeper"));
    session.expect_unknown(&open, &[]);
    session.close(&new);
    session.expect_unknown(&open, &["docs-keeper"]);
    session.end();
}

#[test]
fn the_configuration_is_in_force_as_soon_as_it_is_written() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["docs-writer"]));
    let mut session = Setup::new().folder(disk.root()).start();
    session.wait_for_watching();
    let open = session.open_file(&lead);
    let unknown = "7:2-7:13 warning unknown-agent docs-writer";
    session.expect(&open, &[unknown]);

    let config = disk.write(".agentls.yaml", "rules:\n  unknown-agent: error\n");
    session.files_changed(&[(&config, CREATED)]);
    session.expect(&open, &["7:2-7:13 error unknown-agent docs-writer"]);
    disk.write(".agentls.yaml", "rules:\n  unknown-agent: off\n");
    session.files_changed(&[(&config, CHANGED)]);
    session.expect(&open, &[]);
    disk.write(".agentls.yaml", "known:\n  agents: [docs-writer]\n");
    session.files_changed(&[(&config, CHANGED)]);
    session.expect(&open, &[]);

    // In the editor it counts as it stands there, and tells its own mistakes.
    let settings = session.open_file(&config);
    session.expect(&settings, &[]);
    let written = session.buffer(&settings).find("[docs-writer]");
    session.replace(&settings, written, "[docs-reader]");
    session.expect(&open, &[unknown]);
    let key = session.buffer(&settings).find("agents");
    session.replace(&settings, key, "agnets");
    session.expect(&settings, &["1:2-1:8 error invalid-configuration agnets"]);
    session.close(&settings);
    session.expect(&open, &[]);
    // One further down is in force for its folder alone.
    let nested = disk.write("docs/.agentls.yaml", "rules: {}\n");
    let nested = session.open_file(&nested);
    session.expect(&nested, &[]);
    session.close(&nested);
    session.expect(&open, &[]);

    fs::remove_file(&config).unwrap();
    session.files_changed(&[(&config, DELETED)]);
    session.expect(&open, &[unknown]);
    session.end();
}

#[test]
fn an_excluded_agent_is_not_known_and_comes_back_with_the_exclusion() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    disk.write(
        "drafts/.claude/agents/docs-writer.md",
        &agent("docs-writer"),
    );
    let config = disk.write(".agentls.yaml", "exclude: [drafts]\n");
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["docs-writer"]));
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&lead);
    session.expect_unknown(&open, &["docs-writer"]);
    disk.write(".agentls.yaml", "exclude: []\n");
    session.files_changed(&[(&config, CHANGED)]);
    session.expect_unknown(&open, &[]);
    disk.write(".agentls.yaml", "exclude: [drafts/**]\n");
    session.files_changed(&[(&config, CHANGED)]);
    session.expect_unknown(&open, &["docs-writer"]);
    session.end();
}

/// Twice: a client that offers no watching, and one that refuses when it is asked.
#[test]
fn without_a_watcher_the_disk_is_read_again_on_open_and_on_save() {
    let offers_nothing =
        || Setup::new().capability("/workspace/didChangeWatchedFiles", json!(null));
    let refuses = || Setup::new().refuses_registration();
    for (setup, is_asked) in [(offers_nothing(), false), (refuses(), true)] {
        let disk = Disk::with_agents(&["test-runner"]);
        let lead = disk.write(
            ".claude/agents/team-lead.md",
            &lead(&["docs-keeper", "docs-writer"]),
        );
        let mut session = setup.folder(disk.root()).start();
        if is_asked {
            session.wait_for_watching();
        }
        let open = session.open_file(&lead);
        session.expect_unknown(&open, &["docs-keeper", "docs-writer"]);

        disk.agent("docs-keeper");
        let other = session.open_file(&disk.path(".claude/agents/test-runner.md"));
        session.expect_unknown(&open, &["docs-writer"]);
        session.close(&other);

        disk.agent("docs-writer");
        session.save(&open);
        session.expect_unknown(&open, &[]);
        session.end();
    }
}

#[test]
fn a_name_that_two_files_share_is_shown_on_both_until_one_is_renamed() {
    let disk = Disk::with_agents(&["docs-keeper", "docs-writer"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let keeper = session.open_file(&disk.path(".claude/agents/docs-keeper.md"));
    let writer = session.open_file(&disk.path(".claude/agents/docs-writer.md"));
    session.expect(&keeper, &[]);
    session.expect(&writer, &[]);

    let name = session.buffer(&writer).find("name: docs-writer");
    session.replace(&writer, name, "name: docs-keeper");
    let shared = "1:6-1:17 warning duplicate-name docs-keeper";
    session.expect(&writer, &[shared]);
    session.expect(&keeper, &[shared]);
    let related = &session.diagnostics(&keeper)[0]["relatedInformation"];
    assert_eq!(related[0]["location"]["uri"], writer);
    assert_eq!(
        crate::client::range(&related[0]["location"]["range"]),
        (NAME, (1, 17))
    );

    // A line above moves the name that the other file points to.
    session.replace(&writer, ((1, 0), (1, 0)), "color: green\n");
    session.expect(&writer, &["2:6-2:17 warning duplicate-name docs-keeper"]);
    session.wait("the related range to move", |session| {
        let related = &session.diagnostics(&keeper)[0]["relatedInformation"];
        let range = crate::client::range(&related[0]["location"]["range"]);
        (range == ((2, 6), (2, 17))).then_some(())
    });

    let name = session.buffer(&writer).find("name: docs-keeper");
    session.replace(&writer, name, "name: docs-writer");
    session.expect(&writer, &[]);
    session.expect(&keeper, &[]);
    session.end();
}

/// Whatever else has the disk read again, settings count as they stand in the editor.
#[test]
fn the_servers_of_an_unsaved_mcp_json_count_until_it_is_closed() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let servers = disk.write(
        ".mcp.json",
        r#"{ "mcpServers": { "wiki": { "command": "x" } } }"#,
    );
    let keeper = disk.write(
        ".claude/agents/docs-keeper.md",
        &agent("docs-keeper").replace("\n---\n\n", "\ntools: mcp__tracker__list\n---\n\n"),
    );
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&keeper);
    let unknown = "3:7-3:25 information unknown-mcp-server mcp__tracker__list";
    session.expect(&open, &[unknown]);

    let settings = session.open_file(&servers);
    let name = session.buffer(&settings).find("wiki");
    session.replace(&settings, name, "tracker");
    session.expect(&open, &[]);
    session.files_changed(&[(&disk.agent("test-runner"), CREATED)]);
    let row = "\n| Delegate To |\n|---|\n| |\n";
    let end = session.buffer(&open).end();
    session.replace(&open, (end, end), row);
    let cell = (session.buffer(&open).end().0 - 1, 2);
    session.ask_until("the new agent", |session| {
        let labels = session.completion_labels(&open, cell);
        labels.iter().any(|label| label == "test-runner")
    });
    session.expect(&open, &[]);
    session.close(&settings);
    session.expect(&open, &[unknown]);

    // One that was never saved is gone with its buffer.
    let new = uri(&disk.path("package/.mcp.json"));
    session.open(
        &new,
        r#"{ "mcpServers": { "tracker": { "command": "x" } } }"#,
    );
    session.expect(&open, &[]);
    session.close(&new);
    session.expect(&open, &[unknown]);
    session.end();
}

/// More lines than are parsed.
fn too_long(name: &str) -> String {
    agent(name) + &"\n".repeat(200_000)
}

const TOO_LONG: &str = "0:0-0:0 warning unreadable-file ";

#[test]
fn a_buffer_of_too_many_lines_says_so_as_its_file_does() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let path = disk.write(".claude/agents/docs-writer.md", &too_long("docs-writer"));
    let mut session = Setup::new().folder(disk.root()).start();
    let writer = session.open_file(&path);
    session.expect(&writer, &[TOO_LONG]);
    session.rewrite(&writer, &agent("docs-writer"));
    session.expect(&writer, &[]);
    session.end();
}

#[test]
fn while_a_buffer_is_too_much_its_file_on_disk_counts() {
    let disk = Disk::with_agents(&["docs-keeper", "docs-writer"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let lead = session.open_file(&disk.write("CLAUDE.md", &lead(&["docs-writer"])));
    session.expect_unknown(&lead, &[]);
    let writer = session.open_file(&disk.path(".claude/agents/docs-writer.md"));
    session.rewrite(&writer, &agent("docs-reader"));
    session.expect_unknown(&lead, &["docs-writer"]);
    session.rewrite(&writer, &too_long("docs-reader"));
    session.expect(&writer, &[TOO_LONG]);
    session.expect_unknown(&lead, &[]);
    session.end();
}

#[test]
fn a_buffer_that_was_too_much_is_the_file_that_was_found_meanwhile() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let path = disk.path(".claude/agents/docs-writer.md");
    let mut session = Setup::new().folder(disk.root()).start();
    session.wait_for_watching();
    let lead = session.open_file(&disk.write("CLAUDE.md", &lead(&["docs-writer"])));
    let writer = uri(&path);
    session.open(&writer, &too_long("docs-writer"));
    session.expect(&writer, &[TOO_LONG]);
    session.expect_unknown(&lead, &["docs-writer"]);
    disk.agent("docs-writer");
    session.files_changed(&[(&path, CREATED)]);
    session.expect_unknown(&lead, &[]);
    session.rewrite(&writer, &agent("docs-writer"));
    session.expect(&writer, &[]);
    session.end();
}
