//! `agentls references` end to end: the real program on real folders.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;
use std::process::{Command, Output};

use expect_test::{Expect, expect};
use tempfile::TempDir;

fn team() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in [
        (
            ".claude/agents/test-runner.md",
            "---\nname: test-runner\ndescription: Runs tests.\n---\nGo.\n",
        ),
        (
            ".claude/agents/lead.md",
            "---\nname: lead\ndescription: Leads.\nextends: test-runner\n---\n| 😀 | Delegate To |\n|---|---|\n| 😀 | test-runner, docs-keeper |\n",
        ),
        (".claude/settings.json", "{ \"agent\": \"test-runner\" }\n"),
        (
            ".claude/skills/release/SKILL.md",
            "---\ndescription: Releases.\n---\nSee [the runner](../../agents/test-runner.md).\n",
        ),
        (
            "docs/README.md",
            "Ask @agent-test-runner; not test-runners.\n",
        ),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_agentls"))
        .arg("references")
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", folder.path().join("no-home"))
        .output()
        .unwrap()
}

#[track_caller]
fn check(folder: &TempDir, arguments: &[&str], code: i32, expected: Expect) {
    let output = run(folder, arguments);
    expected.assert_eq(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn every_place_that_names_an_agent_is_printed_with_its_line_and_column() {
    check(
        &team(),
        &["test-runner"],
        0,
        expect![[r#"
            .claude/agents/lead.md:4:10
            .claude/agents/lead.md:8:7
            .claude/agents/test-runner.md:2:7
            .claude/settings.json:1:13
            .claude/skills/release/SKILL.md:4:18
            docs/README.md:1:6
        "#]],
    );
}

#[test]
fn only_places_under_the_path_are_printed_though_the_whole_workspace_is_known() {
    check(
        &team(),
        &["test-runner", ".claude/skills"],
        0,
        expect![[r#"
            .claude/skills/release/SKILL.md:4:18
        "#]],
    );
}

#[test]
fn programs_get_the_form_of_each_place_and_which_is_the_definition() {
    let output = run(&team(), &["test-runner", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let forms: Vec<_> = answer["references"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            let declaration = place["declaration"].as_bool().unwrap();
            (place["form"].as_str().unwrap(), declaration)
        })
        .collect();
    assert_eq!(
        forms,
        [
            ("extends", false),
            ("cell", false),
            ("definition", true),
            ("settings", false),
            ("link", false),
            ("at", false)
        ]
    );
    assert_eq!(
        answer["references"][1],
        serde_json::json!({
            "path": ".claude/agents/lead.md", "line": 8, "column": 7, "form": "cell", "declaration": false
        })
    );
}

#[test]
fn a_skill_is_found_by_the_name_of_its_folder() {
    check(
        &team(),
        &["release"],
        0,
        expect![[r#"
            .claude/skills/release/SKILL.md:1:1
        "#]],
    );
}

#[test]
fn a_name_that_nobody_defines_leads_to_those_who_count_on_it() {
    check(
        &team(),
        &["docs-keeper"],
        0,
        expect![[r#"
            .claude/agents/lead.md:8:20
        "#]],
    );
}

#[test]
fn a_name_that_stands_nowhere_is_said_to_and_fails() {
    let output = run(&team(), &["nobody-here"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("nobody-here"), "{said}");
    let output = run(&team(), &["lead", "no-such-folder"]);
    assert_eq!(output.status.code(), Some(2));
}
