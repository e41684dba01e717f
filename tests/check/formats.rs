//! How findings are printed.

use std::io::Read;
use std::process::{Command, Stdio};

use expect_test::expect;
use tempfile::TempDir;

use super::{COMMENTED, PAIR, code, command, folder, json, run, stdout, write};

#[test]
fn json_has_this_shape() {
    let team = folder(
        r#"
//- /.claude/agents/twice.md
---
name: twice
description: One colour too many.
color: red
color: blue
---
Work.
"#,
    );
    let output = run(team.path(), &["--format", "json"]);
    expect![[r#"
        {
          "findings": [
            {
              "path": ".claude/agents/twice.md",
              "pathInRepository": ".claude/agents/twice.md",
              "line": 4,
              "column": 1,
              "endLine": 4,
              "endColumn": 6,
              "severity": "warning",
              "rule": "duplicate-key",
              "message": "`color` stands in this header twice, and the last one counts. Remove one.",
              "related": [
                {
                  "path": ".claude/agents/twice.md",
                  "line": 5,
                  "column": 1,
                  "endLine": 5,
                  "endColumn": 6,
                  "message": "this one counts"
                }
              ],
              "fixes": [
                {
                  "title": "Remove this `color`, which does not count",
                  "applicability": "safe",
                  "preferred": true,
                  "edits": [
                    {
                      "line": 4,
                      "column": 1,
                      "endLine": 5,
                      "endColumn": 1,
                      "text": ""
                    }
                  ]
                }
              ]
            }
          ],
          "summary": {
            "files": 1,
            "error": 0,
            "warning": 1,
            "information": 0,
            "hint": 0,
            "skipped": 0,
            "fixable": 1,
            "fixed": 0,
            "known": 0
          }
        }
    "#]].assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn text_shows_the_line_and_ends_in_one_line_of_words() {
    let pair = folder(PAIR);
    let output = run(pair.path(), &[]);
    expect![[r#"
        error[broken-extends]: `extends` names no agent: nothing in this workspace is called `nobody`
         --> .claude/agents/bad.md:4:10
          |
        4 | extends: nobody
          |          ^^^^^^

        warning[removed-tool]: Claude Code no longer has `MultiEdit`, so this entry has no effect
         --> .claude/agents/bad.md:5:14
          |
        5 | tools: Read, MultiEdit, Task
          |              ^^^^^^^^^
          |
          = help: Use `Edit`.

        hint[renamed-tool]: `Task` is now called `Agent`; the old name still works
         --> .claude/agents/bad.md:5:25
          |
        5 | tools: Read, MultiEdit, Task
          |                         ^^^^

        1 error, 1 warning, 1 hint in 2 files; 1 fixable with --fix, 1 more with --unsafe-fixes.
    "#]].assert_eq(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let good = run(pair.path(), &[".claude/agents/good.md"]);
    assert_eq!(code(&good), 0);
    assert_eq!(
        String::from_utf8(good.stdout).unwrap(),
        "No findings in 1 file.\n"
    );
}

#[test]
fn colour_is_for_terminals_and_who_asks_for_it() {
    let pair = folder(PAIR);
    let has_colour = |command: &mut Command| command.output().unwrap().stdout.contains(&b'\x1b');
    assert!(!has_colour(&mut command(pair.path(), &[])));
    assert!(has_colour(
        command(pair.path(), &[]).env("CLICOLOR_FORCE", "1")
    ));
}

#[test]
fn what_is_beyond_a_limit_is_said_in_one_note() {
    let [names, dashes] = ["x|", "-|"].map(|cell| cell.repeat(300));
    let agent =
        format!("---\nname: wide\ndescription: Wide.\n---\n|{names}\n|{dashes}\n|{names}\n");
    let team = TempDir::new().unwrap();
    write(team.path(), ".claude/agents/wide.md", agent.as_bytes());
    let output = run(team.path(), &[]);
    expect![[r#"
        note: 2 parts of this file are not looked at: in the first, a row of a table has too many cells
        --> .claude/agents/wide.md:5:514

        No findings in 1 file, 1 not read whole.
    "#]]
    .assert_eq(&String::from_utf8(output.stdout).unwrap());
    let report = json(&run(team.path(), &["--format", "json"]));
    assert_eq!(report["summary"]["skipped"], 1);
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    // More than a pipe holds, so that the program is still writing when nobody reads.
    let many = TempDir::new().unwrap();
    for number in 0..400 {
        let agent = format!(
            "---\nname: a{number}\ndescription: One of many.\ntools: LS, MultiEdit\n---\nWork.\n"
        );
        write(
            many.path(),
            &format!(".claude/agents/a{number}.md"),
            agent.as_bytes(),
        );
    }
    let mut child = command(many.path(), &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(errors, "");
}

#[test]
fn a_fix_is_in_json_with_its_edits() {
    let team = folder(COMMENTED);
    let report = json(&run(team.path(), &["--format", "json"]));
    assert_eq!(
        report["findings"][0]["fixes"],
        serde_json::json!([{
            "title": "Remove the comment",
            "applicability": "safe",
            "preferred": true,
            "edits": [{"line": 5, "column": 1, "endLine": 6, "endColumn": 1, "text": ""}],
        }])
    );
    assert_eq!(report["summary"]["fixable"], 3);
    let text = stdout(&run(team.path(), &[]));
    assert!(text.ends_with("\n3 hints in 1 file; 3 fixable with --fix.\n"));
}

#[test]
fn annotations_are_commands_of_one_line() {
    let team = folder(&format!(
        "{COMMENTED}//- /.claude/agents/a,b.md\n---\ndescription: No name.\n---\nWork.\n"
    ));
    write(team.path(), ".claude/agents/latin.md", b"caf\xe9");
    let arguments = ["--format", "github", "--ignore", "invalid-name"];
    let output = run(team.path(), &arguments);
    expect![[r#"
        ::error file=.claude/agents/a%2Cb.md,line=1,endLine=1,col=1,endColumn=4,title=missing-name::Claude Code skips this agent: it has no `name`. Add `name: a-b`.
        ::notice file=.claude/agents/calm.md,line=5,endLine=5,col=22,endColumn=35,title=unused-suppression::`unknown-agent` finds nothing here: this comment is not needed.
        ::notice file=.claude/agents/calm.md,line=8,endLine=8,col=32,endColumn=44,title=unused-suppression::`unknown-tool` finds nothing here: this comment is not needed.
        ::notice file=.claude/agents/calm.md,line=8,endLine=8,col=46,endColumn=57,title=unused-suppression::`broken-link` finds nothing here: this comment is not needed.
        ::warning file=.claude/agents/latin.md,title=unreadable-file::This file is skipped: it is not UTF-8 at byte 3. Save it as UTF-8.
        1 error, 1 warning, 3 hints in 3 files, 1 not read whole; 4 fixable with --fix.
    "#]].assert_eq(&stdout(&output));
    assert_eq!(code(&output), 1);
}

#[test]
fn a_summary_has_a_line_for_each_rule() {
    let team = folder(&format!("{COMMENTED}{PAIR}"));
    let arguments = ["--format", "summary", "--ignore", "renamed-tool"];
    let output = run(
        team.path(),
        &[&arguments[..], &["--ignore", "removed-tool"]].concat(),
    );
    expect![[r#"
        1  error  broken-extends      in 1 file
        3  hint   unused-suppression  in 1 file, 3 fixable

        1 error, 3 hints in 3 files; 3 fixable with --fix.
    "#]]
    .assert_eq(&stdout(&output));
    assert_eq!(code(&output), 1);
    let good = run(
        team.path(),
        &[".claude/agents/good.md", "--format", "summary"],
    );
    assert_eq!(stdout(&good), "No findings in 1 file.\n");
}

#[test]
fn who_reads_a_file_is_said_when_asked_for() {
    let team = folder(
        r#"
//- /.claude/agents/a.md
---
name: a
description: A.
---
Work.
//- /agents/b.md
---
name: b
description: B.
---
Work.
//- /agents/c.md
---
name: c
description: C.
tools: [read_file, write_file]
---
Work.
//- /prompts/d.md
---
name: d
description: D.
---
Work.
//- /README.md
# Nothing
//- /.agentls.yaml
hosts: {prompts/: opencode}
"#,
    );
    let select = ["--verbose", "--select", "empty-body"];
    expect![[r#"
        .claude/agents/a.md: Claude Code agent (told by its path)
        README.md: markdown file, read by no host
        agents/b.md: Claude Code agent (told by its `agents` folder, which no host owns)
        agents/c.md: Gemini CLI agent (told by its header)
        prompts/d.md: OpenCode agent (.agentls.yaml says so)

        No findings in 5 files.
    "#]]
    .assert_eq(&stdout(&run(team.path(), &select)));
    let report = json(&run(
        team.path(),
        &[&select[..], &["--format", "json"]].concat(),
    ));
    assert_eq!(
        report["files"][4],
        serde_json::json!({
            "path": "prompts/d.md",
            "host": "opencode",
            "kind": "agent",
            "toldBy": "configuration",
        })
    );
    let quiet = json(&run(team.path(), &["--format", "json"]));
    assert_eq!(quiet.get("files"), None);
}
