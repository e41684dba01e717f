//! What is said of what cannot be read: which file, what happens, what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::workspaces::{
    Place, agent, control_characters, gigabyte, ignore_files, links_out, pipes,
};
use crate::{agentls, run};

/// Checks a workspace: what is said beside the findings, and the findings of what is skipped.
fn check(make: fn(&Place), expected_code: i32, expected: Expect) {
    let place = Place::new(make);
    let arguments = ["check", "--format", "json"];
    let ended = run(
        &mut agentls(&place.work(), &place.home(), &arguments),
        Vec::new(),
    );
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let mut said = ended.stderr.clone();
    for finding in report["findings"].as_array().unwrap() {
        if finding["rule"] == "unreadable-file" {
            let text = |key: &str| finding[key].as_str().unwrap();
            said += &format!("{}: {}\n", text("path"), text("message"));
        }
    }
    expected.assert_eq(&said);
    assert_eq!(ended.code(), Some(expected_code));
}

#[test]
fn a_link_that_leads_out_is_said() {
    check(
        links_out,
        2,
        expect![[r#"
        warning: `.mcp.json` is a link that leads out of the workspace: it is not followed. Check where it leads by itself
        warning: `.vscode/mcp.json` is a link that leads out of the workspace: it is not followed. Check where it leads by itself
        warning: `b/.claude` is a link that leads out of the workspace: it is not followed. Check where it leads by itself
        warning: `c/.claude/agents` is a link that leads out of the workspace: it is not followed. Check where it leads by itself
        warning: `d/.claude-plugin/plugin.json` is a link that leads out of the workspace: it is not followed. Check where it leads by itself
        .agentls.yaml: This file is skipped: it is a link that leads out of the workspace. Put the file itself here.
    "#]],
    );
}

#[test]
fn what_is_no_file_is_said() {
    check(
        pipes,
        2,
        expect![[r#"
        warning: `sub/.gitignore` is not read: it is no regular file, has more than 65536 bytes, or nests braces too deep. What it ignores is looked at
        .agentls.yaml: This file is skipped: it is not a regular file.
    "#]],
    );
}

#[test]
fn an_ignore_file_that_is_none_is_said() {
    check(
        ignore_files,
        0,
        expect![[r#"
        warning: `.gitignore` is not read: it is no regular file, has more than 65536 bytes, or nests braces too deep. What it ignores is looked at
        warning: `a/.gitignore` is not read: it is no regular file, has more than 65536 bytes, or nests braces too deep. What it ignores is looked at
        warning: `b/.gitignore` is not read: it is no regular file, has more than 65536 bytes, or nests braces too deep. What it ignores is looked at
        warning: `c/.gitignore` is not read: it is no regular file, has more than 65536 bytes, or nests braces too deep. What it ignores is looked at
    "#]],
    );
}

#[test]
fn what_is_too_large_is_said() {
    check(
        gigabyte,
        2,
        expect![[r#"
        .agentls.yaml: This file is skipped: its 1073741824 bytes are more than the 4194304 that are read. Split it, or leave it out by `exclude` in .agentls.yaml.
        .claude/agents/big.md: This file is skipped: its 1073741824 bytes are more than the 4194304 that are read. Split it, or leave it out by `exclude` in .agentls.yaml.
        .claude/agents/headings.md: This file is skipped: it has more than the 200000 lines that are read. Split it, or leave it out by `exclude` in .agentls.yaml.
        .claude/agents/lines.md: This file is skipped: it has more than the 200000 lines that are read. Split it, or leave it out by `exclude` in .agentls.yaml.
        big.md: This file is skipped: its 1073741824 bytes are more than the 4194304 that are read. Split it, or leave it out by `exclude` in .agentls.yaml.
    "#]],
    );
}

/// Whether this user may read what nobody may.
fn reads_everything(place: &Place) -> bool {
    fs::read_dir(place.work().join("locked")).is_ok()
}

#[test]
fn what_may_not_be_read_is_said() {
    let place = Place::new(|place| {
        place.write(".claude/agents/a.md", agent("a", "Work."));
        place.write("locked/note.md", "Work.\n");
        place.write("closed.md", "Work.\n");
        let lock = |path: &str| {
            let path = place.work().join(path);
            fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
        };
        lock("locked");
        lock("closed.md");
    });
    let mut command = agentls(&place.work(), &place.home(), &["check"]);
    if reads_everything(&place) {
        // Root is as anybody once it has given that away.
        let dropped = "--bounding-set=-dac_override,-dac_read_search";
        let can_drop = Command::new("setpriv").args([dropped, "true"]).status();
        if !can_drop.is_ok_and(|status| status.success()) {
            eprintln!("skipped: this user reads everything, and nothing here takes that away");
            return;
        }
        let program = command.get_program().to_owned();
        let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        command = Command::new("setpriv");
        command
            .arg(dropped)
            .arg(program)
            .args(arguments)
            .current_dir(place.work())
            .env("HOME", place.home());
    }
    let ended = run(&mut command, Vec::new());
    expect![[r#"
        warning: `locked` is not looked at: permission denied. Allow reading it, or leave it out by `exclude` in .agentls.yaml
        warning[unreadable-file]: This file is skipped: permission denied
        --> closed.md
         = help: Allow reading it.

        1 warning in 2 files, 1 not read whole.
    "#]].assert_eq(&format!("{}{}", ended.stderr, ended.text()));
    assert_eq!(ended.code(), Some(1));
    // It is taken away with its folder.
    let path = place.work().join("locked");
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_name_is_shown_by_the_numbers_of_what_a_terminal_would_obey() {
    let place = Place::new(control_characters);
    let arguments = ["check", "--verbose"];
    let ended = run(
        &mut agentls(&place.work(), &place.home(), &arguments),
        Vec::new(),
    );
    let text = ended.text();
    for name in [r"\u{1b}[2J.md", r"two\u{a}lines.md", r"\u{202e}turned.md"] {
        assert!(text.contains(&format!(".claude/agents/{name}")), "{name}");
    }
}
