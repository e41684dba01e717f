//! Which findings are reported: `--select`, `--ignore`, `--baseline`.

use std::fs;

use expect_test::expect;

use super::{COMMENTED, PAIR, check, code, findings, folder, json, run, stderr, stdout, write};

#[test]
fn selected_rules_alone_are_reported_and_ignored_ones_are_not() {
    let pair = folder(PAIR);
    check(
        pair.path(),
        &[
            "--select",
            "removed-tool,renamed-tool",
            "--fail-on",
            "never",
        ],
        0,
        expect![[r#"
            .claude/agents/bad.md:5:14-5:23 warning[removed-tool]
            .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        "#]],
    );
    check(
        pair.path(),
        &["--ignore", "removed-tool", "--ignore", "broken-extends"],
        0,
        expect![[r#"
            .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        "#]],
    );
    check(
        pair.path(),
        &["--select", "removed-tool", "--ignore", "removed-tool"],
        0,
        expect![""],
    );
}

#[test]
fn a_rule_that_is_none_is_refused_and_the_closest_named() {
    let pair = folder(PAIR);
    for option in ["--select", "--ignore"] {
        let output = run(pair.path(), &[option, "removed-tool,removed-tol"]);
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
        let said = stderr(&output);
        assert!(said.contains("did you mean `removed-tool`?"), "{said}");
    }
}

#[test]
fn a_rule_that_is_off_is_on_when_it_is_selected_unless_a_configuration_says_otherwise() {
    let team = folder(
        r#"
//- /.claude/agents/cook.md
---
name: cook
description: Cooks.
skills: [stir-well]
---
Work.
//- /.claude/skills/stir-slowly/SKILL.md
---
name: stir-slowly
description: Stirs.
---
Stir.
"#,
    );
    check(team.path(), &[], 0, expect![""]);
    let select = ["--select", "unknown-skill"];
    check(
        team.path(),
        &select,
        0,
        expect![[r#"
        .claude/agents/cook.md:4:10-4:19 hint[unknown-skill]
    "#]],
    );
    write(
        team.path(),
        ".agentls.yaml",
        b"rules: {unknown-skill: off}\n",
    );
    check(team.path(), &select, 0, expect![""]);
}

#[test]
fn a_fault_of_a_configuration_is_said_whatever_is_selected() {
    let pair = folder(PAIR);
    write(pair.path(), ".agentls.yaml", b"rule: {}\n");
    check(
        pair.path(),
        &["--select", "renamed-tool"],
        2,
        expect![[r#"
            .agentls.yaml:1:1-1:5 error[invalid-configuration]
            .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        "#]],
    );
    let ignored = run(pair.path(), &["--ignore", "invalid-configuration"]);
    assert_eq!(code(&ignored), 1);
}

#[test]
fn only_what_the_baseline_does_not_have_is_printed_and_fails() {
    let pair = folder(PAIR);
    let base = pair.path().join("base.json");
    fs::write(&base, run(pair.path(), &["--format", "json"]).stdout).unwrap();
    let base = base.to_str().unwrap();

    let same = run(pair.path(), &["--baseline", base]);
    assert_eq!(
        (code(&same), stdout(&same).as_str()),
        (0, "No new findings in 2 files, 3 in the baseline.\n")
    );

    // Everything moves down, and one fault more comes in.
    let bad = pair.path().join(".claude/agents/bad.md");
    let text = fs::read_to_string(&bad).unwrap();
    let text = text.replace("name: bad\n", "# All of it is new.\nname: bad\n");
    fs::write(&bad, text.replace("Task", "Task, LS")).unwrap();
    let arguments = ["--baseline", base, "--format", "json"];
    let output = run(pair.path(), &arguments);
    expect![[r#"
        .claude/agents/bad.md:6:31-6:33 warning[removed-tool]
    "#]]
    .assert_eq(&findings(&output));
    assert_eq!(code(&output), 1);
    assert_eq!(json(&output)["summary"]["known"], 3);
}

#[test]
fn a_baseline_is_the_same_in_every_folder_of_the_repository() {
    let twin = "//- /.claude/agents/twin.md\n---\nname: good\ndescription: Another.\n---\nWork.\n";
    let know = |made: &str, read: &str| {
        let fixture = format!("{PAIR}{twin}").replace("/.claude/", "/packages/shop/.claude/");
        let repository = folder(&fixture);
        let top = repository.path();
        fs::create_dir(top.join(".git")).unwrap();
        let base = top.join("packages/known.json");
        fs::write(&base, run(&top.join(made), &["--format", "json"]).stdout).unwrap();
        let base = base.to_str().unwrap();

        let output = run(&top.join(read), &["--baseline", base]);
        assert_eq!(
            (code(&output), stdout(&output).as_str()),
            (0, "No new findings in 3 files, 5 in the baseline.\n"),
            "made in `{made}`, read in `{read}`"
        );
        // Nor does it matter whether the current folder is in the repository.
        let path = top.join(read);
        let output = run(
            &std::env::temp_dir(),
            &["--baseline", base, path.to_str().unwrap()],
        );
        assert_eq!(code(&output), 0, "{}", stdout(&output));
    };
    for made in ["", "packages", "packages/shop"] {
        for read in ["", "packages", "packages/shop"] {
            know(made, read);
        }
    }
}

#[test]
fn what_the_baseline_has_is_not_mended() {
    let team = folder(COMMENTED);
    let base = team.path().join("base.json");
    fs::write(&base, run(team.path(), &["--format", "json"]).stdout).unwrap();
    let output = run(
        team.path(),
        &["--baseline", base.to_str().unwrap(), "--diff"],
    );
    assert_eq!((code(&output), stdout(&output).as_str()), (0, ""));
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    let pair = folder(PAIR);
    write(pair.path(), "base.json", b"{}");
    let said = |file: &str| {
        let output = run(pair.path(), &["--baseline", file]);
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
        stderr(&output)
    };
    expect![[r#"
        error: the baseline `base.json` is no report of `--format json`: missing field `findings` at line 1 column 2
    "#]]
    .assert_eq(&said("base.json"));
    assert!(said("nowhere.json").contains("the baseline `nowhere.json` cannot be read"));
}
