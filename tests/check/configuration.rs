//! What `.agentls.yaml` and the exit code have to do with each other.

use expect_test::expect;

use super::{PAIR, check, code, command, findings, folder, run, write};

#[test]
fn the_gravest_finding_decides_the_exit_code_as_asked() {
    let pair = folder(PAIR);
    let code = |path: &str, fail_on: &str| code(&run(pair.path(), &[path, "--fail-on", fail_on]));
    assert_eq!(code(".", "error"), 1);
    assert_eq!(code(".", "never"), 0);
    assert_eq!(code(".claude/agents/good.md", "hint"), 0);
    write(
        pair.path(),
        ".agentls.yaml",
        b"rules: {broken-extends: off, removed-tool: hint}\n",
    );
    assert_eq!(code(".", "error"), 0);
    assert_eq!(code(".", "warning"), 0);
    assert_eq!(code(".", "information"), 0);
    assert_eq!(code(".", "hint"), 1);
    assert_eq!(code(".", "catastrophe"), 2);
}

#[test]
fn a_configuration_sets_severities_known_names_and_what_is_left_out() {
    let pair = folder(PAIR);
    write(
        pair.path(),
        "drafts/agents/draft.md",
        b"---\nname: draft\n---\nWork.\n",
    );
    write(
        pair.path(),
        ".agentls.yaml",
        b"rules:\n  removed-tool: information\n  renamed-tool: off\nknown:\n  agents: [nobody]\nexclude:\n  - drafts/\n",
    );
    check(
        pair.path(),
        &[],
        0,
        expect![[r#"
        .claude/agents/bad.md:5:14-5:23 information[removed-tool]
    "#]],
    );
    check(
        pair.path(),
        &["drafts/agents/draft.md"],
        0,
        expect![[r#""#]],
    );
}

#[test]
fn a_wrong_configuration_is_reported_in_its_file_and_the_rest_applies() {
    let pair = folder(PAIR);
    write(
        pair.path(),
        ".agentls.yaml",
        b"rules:\n  removed-tol: off\n  broken-extends: off\n",
    );
    check(
        pair.path(),
        &[".claude/agents/bad.md", "--fail-on", "never"],
        2,
        expect![[r#"
            .agentls.yaml:2:3-2:14 error[invalid-configuration]
            .claude/agents/bad.md:5:14-5:23 warning[removed-tool]
            .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        "#]],
    );
    write(pair.path(), ".agentls.yaml", b"\xff");
    check(
        pair.path(),
        &[".claude/agents/good.md"],
        2,
        expect![[r#"
            .agentls.yaml:1:1-1:1 warning[unreadable-file]
        "#]],
    );
}

#[test]
fn a_configuration_says_how_the_users_own_agents_are_read() {
    let team = folder(
        r#"
//- /.claude/agents/lead.md
---
name: lead
description: Leads.
---
| Delegate To | When |
|---|---|
| night-watch | at night |
//- /.agentls.yaml
user-agents: true
"#,
    );
    let home =
        folder("//- /.claude/agents/night-watch.md\n---\ndescription: Watches.\n---\nWatch.\n");
    let findings = || {
        let output = command(team.path(), &["--format", "json"])
            .env("HOME", home.path())
            .output()
            .unwrap();
        findings(&output)
    };
    expect![[r#"
        .claude/agents/lead.md:7:3-7:14 warning[unknown-agent]
    "#]]
    .assert_eq(&findings());
    // There, a file is called as its path is.
    write(
        team.path(),
        ".agentls.yaml",
        b"user-agents: true\nhosts: {night-watch.md: opencode}\n",
    );
    assert_eq!(findings(), "");
}
