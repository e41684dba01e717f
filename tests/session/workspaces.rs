//! Which files belong together.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Setup, folder, uri};
use crate::workspace::{Disk, NAME, agent, lead};

#[test]
fn names_never_cross_from_one_folder_to_another() {
    let here = Disk::with_agents(&["docs-keeper"]);
    let there = Disk::with_agents(&["docs-writer"]);
    let mut session = Setup::new()
        .folder(here.root())
        .folder(there.root())
        .start();
    let text = lead(&["docs-keeper", "docs-writer"]);
    for (disk, known, unknown) in [
        (&here, "docs-keeper", "docs-writer"),
        (&there, "docs-writer", "docs-keeper"),
    ] {
        let open = session.open_file(&disk.write(".claude/agents/team-lead.md", &text));
        session.expect_unknown(&open, &[unknown]);
        // Nor does the same name twice make two of one.
        assert!(
            session
                .findings(&open)
                .iter()
                .all(|it| !it.contains("duplicate-name"))
        );
        let labels = session.completion_labels(&open, (7, 2));
        assert!(labels.iter().any(|label| label == known));
        assert!(labels.iter().all(|label| label != unknown));
        let cell = session.buffer(&open).find(unknown).0;
        assert_eq!(session.definition(&open, cell), []);
    }
    session.end();
}

#[test]
fn a_lone_file_belongs_to_the_nearest_folder_with_a_host_folder() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    disk.write(
        "package/.claude/agents/docs-writer.md",
        &agent("docs-writer"),
    );
    let text = lead(&["docs-keeper", "docs-writer"]);
    let mut session = Setup::new().start();
    let outer = session.open_file(&disk.write("notes/deep/lead.md", &text));
    let inner = session.open_file(&disk.write("package/notes/lead.md", &text));
    // The outer folder holds the inner one.
    session.expect_unknown(&outer, &[]);
    session.expect_unknown(&inner, &["docs-keeper"]);
    session.end();
}

#[test]
fn a_lone_file_without_such_a_folder_belongs_to_its_own() {
    let disk = Disk::new();
    disk.write("team/docs-keeper.md", &agent("docs-keeper"));
    disk.write("elsewhere/docs-writer.md", &agent("docs-writer"));
    let path = disk.write("team/lead.md", &lead(&["docs-keeper", "docs-writer"]));
    let mut session = Setup::new().start();
    let open = session.open_file(&path);
    session.expect_unknown(&open, &["docs-writer"]);
    session.end();
}

#[test]
fn a_folder_that_comes_later_takes_its_files_and_gives_them_back() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    disk.write("part/.claude/agents/docs-writer.md", &agent("docs-writer"));
    let path = disk.write(
        "part/.claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    );
    let mut session = Setup::new().start();
    let open = session.open_file(&path);
    let untitled = "untitled:Untitled-1";
    session.open(untitled, &lead(&["docs-keeper"]));
    session.expect_unknown(&open, &["docs-keeper"]);
    session.expect_unknown(untitled, &["docs-keeper"]);

    let folders = |added: Vec<Value>, removed: Vec<Value>| json!({ "event": { "added": added, "removed": removed } });
    let method = "workspace/didChangeWorkspaceFolders";
    session.notify(method, folders(vec![folder(disk.root())], vec![]));
    session.expect_unknown(&open, &[]);
    session.expect_unknown(untitled, &[]);
    let cell = session.buffer(&open).find("docs-keeper").0;
    let keeper = uri(&disk.path(".claude/agents/docs-keeper.md"));
    assert_eq!(session.definition(&open, cell), [(keeper, (NAME, (1, 17)))]);

    session.notify(method, folders(vec![], vec![folder(disk.root())]));
    session.expect_unknown(&open, &["docs-keeper"]);
    session.expect_unknown(untitled, &["docs-keeper"]);
    session.end();
}

#[test]
fn the_home_folder_opened_by_mistake_is_not_walked() {
    let home = Disk::with_agents(&["users-own"]);
    home.write(
        "projects/decoy/.claude/agents/decoy-agent.md",
        &agent("decoy-agent"),
    );
    home.write("decoy-two.md", &agent("decoy-two"));
    home.write(
        "projects/real/.claude/agents/docs-keeper.md",
        &agent("docs-keeper"),
    );
    let path = home.write(
        "projects/real/lead.md",
        &lead(&["docs-keeper", "users-own", "decoy-agent", "decoy-two"]),
    );
    let mut session = Setup::new().home(home.root()).folder(home.root()).start();
    let open = session.open_file(&path);
    session.expect_unknown(&open, &["decoy-agent", "decoy-two"]);
    let note = session.open_file(&home.write("note.md", &lead(&["decoy-agent", "users-own"])));
    session.expect_unknown(&note, &["decoy-agent"]);
    // Changes in it are not a reason to walk it either.
    let decoy = home.path("projects/decoy/.claude/agents/decoy-agent.md");
    session.files_changed(&[(&decoy, 1), (&home.path("decoy-two.md"), 2)]);
    let own = home.agent("users-second");
    session.files_changed(&[(&own, 1)]);
    session.ask_until("the user's second agent", |session| {
        let labels = session.completion_labels(&open, (7, 2));
        labels.iter().any(|label| label == "users-second")
    });
    session.expect_unknown(&open, &["decoy-agent", "decoy-two"]);
    session.end();
}

#[test]
fn the_users_own_agents_are_known_everywhere_and_come_last() {
    let home = Disk::with_agents(&["users-own", "docs-keeper"]);
    let disk = Disk::with_agents(&["docs-keeper"]);
    let mut session = Setup::new().home(home.root()).folder(disk.root()).start();
    let text = lead(&["docs-keeper", "users-own", "nobody-here"]);
    let open = session.open_file(&disk.write(".claude/agents/team-lead.md", &text));
    session.expect_unknown(&open, &["nobody-here"]);
    let keeper = session.buffer(&open).find("docs-keeper").0;
    let targets: Vec<_> = session
        .definition(&open, keeper)
        .into_iter()
        .map(|it| it.0)
        .collect();
    let nearest_first = [
        uri(&disk.path(".claude/agents/docs-keeper.md")),
        uri(&home.path(".claude/agents/docs-keeper.md")),
    ];
    assert_eq!(targets, nearest_first);

    // One that is edited counts as it stands in the editor, and in what is said of others.
    let own = session.open_file(&home.path(".claude/agents/users-own.md"));
    let name = session.buffer(&own).find("name: users-own");
    session.replace(&own, name, "name: nobody-here");
    let labels = session.completion_labels(&own, (4, 0));
    assert_eq!(labels, Vec::<String>::new());
    session.end();
}

#[test]
fn a_change_of_the_users_own_agents_is_seen_in_every_folder() {
    let home = Disk::with_agents(&["users-own"]);
    let disk = Disk::new();
    let mut session = Setup::new()
        .home(home.root())
        .folder(disk.root())
        .capability(
            "/workspace/didChangeWatchedFiles/relativePatternSupport",
            json!(true),
        )
        .start();
    session.wait_for_watching();
    let base = uri(&home.path(".claude/agents"));
    assert!(session.watches(&json!({ "baseUri": base, "pattern": "**/*.md" })));

    let text = lead(&["users-own", "users-second", "users-third"]);
    let open = session.open_file(&disk.write(".claude/agents/team-lead.md", &text));
    session.expect_unknown(&open, &["users-second", "users-third"]);
    let second = home.agent("users-second");
    session.files_changed(&[(&second, 1)]);
    session.expect_unknown(&open, &["users-third"]);
    fs::write(&second, agent("users-third")).unwrap();
    session.files_changed(&[(&second, 2)]);
    // The name of its file is now that of no agent.
    session.expect(&open, &["8:2-8:14 hint unknown-agent users-second"]);
    fs::remove_file(&second).unwrap();
    session.files_changed(&[(&second, 3)]);
    session.expect_unknown(&open, &["users-second", "users-third"]);

    // Few clients watch the home folder, but all tell what they save.
    let own = session.open_file(&home.path(".claude/agents/users-own.md"));
    session.rewrite(&own, &agent("users-third"));
    fs::write(
        home.path(".claude/agents/users-own.md"),
        agent("users-third"),
    )
    .unwrap();
    session.save(&own);
    session.expect(
        &open,
        &[
            "7:2-7:11 hint unknown-agent users-own",
            "8:2-8:14 warning unknown-agent users-second",
        ],
    );
    session.end();
}

#[test]
fn an_untitled_buffer_gets_what_a_file_gets() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let untitled = "untitled:Untitled-1";
    session.open(untitled, &lead(&["docs-keeper", "docs-writer"]));
    session.expect(untitled, &["8:2-8:13 warning unknown-agent docs-writer"]);
    assert_eq!(
        session.completion_labels(untitled, (7, 4))[0],
        "docs-keeper"
    );
    assert_eq!(session.definition(untitled, (7, 4)).len(), 1);
    assert_eq!(
        session.hover(untitled, (7, 4)),
        Some(("**docs-keeper** · agent".into(), "docs-keeper".into()))
    );
    session.rewrite(untitled, &lead(&["docs-keeper"]));
    session.expect(untitled, &[]);
    session.end();
}

#[test]
fn an_untitled_buffer_without_a_folder_knows_the_users_own_agents() {
    let home = Disk::with_agents(&["users-own"]);
    let mut session = Setup::new().home(home.root()).start();
    let untitled = "untitled:Untitled-1";
    session.open(untitled, &lead(&["users-own", "nobody-here"]));
    session.expect_unknown(untitled, &["nobody-here"]);
    session.end();
}

#[test]
fn the_other_side_of_a_difference_is_answered_for_and_never_counted() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let open = session.open_file(&disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["docs-keeper", "docs-writer"]),
    ));
    session.expect_unknown(&open, &["docs-writer"]);

    let path = disk.path(".claude/agents/docs-keeper.md");
    let old = uri(&path).replacen("file:", "git:", 1) + "?%7B%22ref%22%3A%22HEAD%22%7D";
    session.open(&old, &agent("docs-writer"));
    assert_eq!(
        session.hover(&old, (1, 8)),
        Some(("**docs-writer** · agent".into(), "docs-writer".into()))
    );
    // Everything is settled once a later edit is.
    let end = session.buffer(&open).end();
    session.replace(&open, (end, end), "\n");
    session.expect_unknown(&open, &["docs-writer"]);
    let labels = session.completion_labels(&open, (7, 2));
    assert!(labels.iter().all(|label| label != "docs-writer"));
    // Its own faults are those of the past.
    session.rewrite(&old, &lead(&["nobody-here"]));
    session.replace(&open, (end, end), "\n");
    session.expect_unknown(&open, &["docs-writer"]);
    assert!(!session.has_diagnostics(&old));
    session.close(&old);
    session.end();
}
