//! What is looked at, and what files are called.

use std::fs;

use expect_test::expect;

use super::{PAIR, check, code, command, folder, json, run, write};

#[test]
fn a_path_that_does_not_exist_is_said_and_the_others_are_checked() {
    let pair = folder(PAIR);
    let output = run(pair.path(), &["nowhere", ".", "--fail-on", "never"]);
    assert_eq!(code(&output), 2);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: `nowhere` does not exist\n"
    );
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .ends_with("in 2 files.\n")
    );
}

#[test]
fn paths_are_relative_to_the_current_folder_and_absolute_outside_it() {
    let pair = folder(PAIR);
    write(pair.path(), "sub/x.md", b"");
    let root = pair.path().canonicalize().unwrap();
    let path = |current: &str, argument: &str| {
        let output = run(&root.join(current), &[argument, "--format", "json"]);
        json(&output)["findings"][0]["path"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let absolute = root
        .join(".claude/agents/bad.md")
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(path("", "."), ".claude/agents/bad.md");
    assert_eq!(path("", root.to_str().unwrap()), ".claude/agents/bad.md");
    assert_eq!(path(".claude", "agents"), "agents/bad.md");
    assert_eq!(path(".claude", ".."), "agents/bad.md");
    assert_eq!(path("sub", ".."), absolute);
    assert_eq!(path("sub", "../.claude/agents/bad.md"), absolute);
}

#[test]
fn several_paths_that_overlap_report_each_file_once() {
    let pair = folder(PAIR);
    let count = |arguments: &[&str]| {
        let report = json(&run(
            pair.path(),
            &[arguments, &["--format", "json"]].concat(),
        ));
        (
            report["summary"]["files"].as_u64().unwrap(),
            report["findings"].as_array().unwrap().len(),
        )
    };
    let whole = count(&["."]);
    assert_eq!(whole.0, 2);
    assert_eq!(
        count(&[".", ".claude/agents", ".claude/agents/bad.md", "./"]),
        whole
    );
    assert_eq!(
        count(&[".claude/agents/bad.md", ".claude/agents/bad.md"]),
        (1, whole.1)
    );
}

#[test]
fn the_whole_workspace_is_known_and_only_what_was_asked_for_is_reported() {
    let team = folder(
        r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
---
| Delegate To | When |
|---|---|
| deep-diver | it is deep |
| no-diver | it is deeper |
//- /.claude/agents/sea/deep-diver.md
---
name: deep-diver
description: Dives.
tools: MultiEdit
---
Dive.
"#,
    );
    let expected = || {
        expect![[r#"
        .claude/agents/lead.md:8:3-8:11 warning[unknown-agent]
    "#]]
    };
    check(team.path(), &[".claude/agents/lead.md"], 1, expected());
    // The folder lies in a host folder, so what holds that folder is the workspace.
    check(
        team.path(),
        &[".claude/agents/sea"],
        1,
        expect![[r#"
        .claude/agents/sea/deep-diver.md:4:8-4:17 information[empty-tools]
        .claude/agents/sea/deep-diver.md:4:8-4:17 warning[removed-tool]
    "#]],
    );
}

#[test]
fn names_never_cross_workspaces() {
    let teams = folder(
        r#"
//- /one/agents/lead.md
---
name: lead
description: Leads.
---
| Delegate To | When |
|---|---|
| deep-diver | it is deep |
//- /two/agents/deep-diver.md
---
name: deep-diver
description: Dives.
---
Dive.
"#,
    );
    check(
        teams.path(),
        &["one", "two"],
        1,
        expect![[r#"
        one/agents/lead.md:7:3-7:13 warning[unknown-agent]
    "#]],
    );
    check(teams.path(), &["."], 0, expect![[r#""#]]);
}

#[test]
fn agents_in_the_home_folder_count_only_when_asked_for() {
    let team = folder(
        r#"
//- /home/.claude/agents/helper-pro.md
---
name: helper-pro
description: Helps everywhere.
---
Help.
//- /shop/.claude/agents/lead.md
---
name: lead
description: Leads.
---
| Delegate To | When |
|---|---|
| helper-pro | help is needed |
"#,
    );
    let work = team.path().join("shop");
    let run = |arguments: &[&str]| {
        let mut command = command(&work, arguments);
        code(
            &command
                .env("HOME", team.path().join("home"))
                .output()
                .unwrap(),
        )
    };
    assert_eq!(run(&[]), 1);
    assert_eq!(run(&["--user-agents"]), 0);
    write(&work, ".agentls.yaml", b"user-agents: true\n");
    assert_eq!(run(&[]), 0);
}

#[test]
fn the_agents_of_a_home_folder_can_be_checked_themselves() {
    let home = folder(PAIR);
    write(home.path(), "letters/agents/private.md", b"---\n---\n");
    let run = |arguments: &[&str]| {
        let output = command(home.path(), arguments)
            .env("HOME", home.path())
            .output()
            .unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .last()
            .unwrap()
            .to_owned()
    };
    assert!(run(&[".claude/agents"]).ends_with("in 2 files."));
    assert!(
        run(&["."]).ends_with("in 2 files."),
        "the rest of a home is nobody's business"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_was_asked_for_by_a_link_is_reported_where_it_lies() {
    let team = folder(PAIR);
    fs::rename(
        team.path().join(".claude/agents"),
        team.path().join("shared"),
    )
    .unwrap();
    std::os::unix::fs::symlink("../shared", team.path().join(".claude/agents")).unwrap();
    check(
        team.path(),
        &[".claude/agents", "--fail-on", "never"],
        0,
        expect![[r#"
            shared/bad.md:4:10-4:16 error[broken-extends]
            shared/bad.md:5:14-5:23 warning[removed-tool]
            shared/bad.md:5:25-5:29 hint[renamed-tool]
        "#]],
    );
}
