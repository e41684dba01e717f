//! `agentls check` end to end: the real program on real folders.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod choice;
mod configuration;
mod findings;
mod formats;
mod mending;
mod paths;
mod sarif;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::Expect;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the files of a fixture: each after a line `//- /path`.
fn folder(fixture: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in fixture.split("//- /").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        write(folder.path(), path.trim(), text.as_bytes());
    }
    folder
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// `agentls check` in `folder`, with an empty home and a terminal without colours.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentls"));
    command
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder.join("no-home"))
        .env_remove("CLICOLOR_FORCE");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The findings of `--format json`, one on a line, and the related places below it.
fn findings(output: &Output) -> String {
    let place = |at: &Value| {
        let text = |key: &str| at[key].to_string().replace('"', "");
        let (line, column) = (text("line"), text("column"));
        format!(
            "{}:{line}:{column}-{}:{}",
            text("path"),
            text("endLine"),
            text("endColumn")
        )
    };
    let mut lines = String::new();
    let report = json(output);
    for finding in report["findings"].as_array().unwrap() {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        lines += &format!(
            "{} {}[{}]\n",
            place(finding),
            text("severity"),
            text("rule")
        );
        for related in finding["related"].as_array().unwrap() {
            lines += &format!(
                "  {} {}\n",
                place(related),
                related["message"].as_str().unwrap()
            );
        }
    }
    lines
}

fn check(folder: &Path, arguments: &[&str], expected_code: i32, expected: Expect) {
    let output = run(folder, &[arguments, &["--format", "json"]].concat());
    expected.assert_eq(&findings(&output));
    assert_eq!(
        code(&output),
        expected_code,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An agent without a fault, and one with an error, a warning and a hint.
const PAIR: &str = r#"
//- /.claude/agents/good.md
---
name: good
description: Does its work.
---
Work.
//- /.claude/agents/bad.md
---
name: bad
description: Does its work badly.
extends: nobody
tools: Read, MultiEdit, Task
---
Work.
"#;

/// A healthy agent with comments that switch off nothing: two fixes that are safe.
const COMMENTED: &str = r#"
//- /.claude/agents/calm.md
---
name: calm
description: Does its work.
---
<!-- agentls-disable unknown-agent -->
Work.

<!-- agentls-disable-next-line unknown-tool, broken-link -->
More work.
"#;

/// What [`COMMENTED`] is without them.
const UNCOMMENTED: &str =
    "---\nname: calm\ndescription: Does its work.\n---\nWork.\n\nMore work.\n";

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// `agentls check` with a text on standard input.
fn pipe(folder: &Path, arguments: &[&str], text: &[u8]) -> Output {
    let mut child = command(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing has closed its end.
    let _ = child.stdin.take().unwrap().write_all(text);
    child.wait_with_output().unwrap()
}
