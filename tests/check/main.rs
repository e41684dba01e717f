//! `agentls check` end to end: the real program on real folders.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};
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

/// Five files with the faults of five that were found in the wild.
const TEAM: &str = r#"
//- /000-baker.md
---
name: baker
version: "1.0"
description: Bakes bread.
model: sonnet
memory: project
maxTurns: 9
---

# Baker

| Delegate To | When |
|---|---|
| flour-miller | the flour is out |
| oven-fitter | the oven is cold |
| cake-expert | somebody marries |
//- /001-grocer.md
---
name: grocer
description: Sells what others make.
model: opus
color: blue
---

You sell.
//- /002-cook.md
---
name: cook
description: Cooks soup.
tools: Read, Write, MultiEdit, Bash, Task, WebSearch
---

You cook, and **taste** `often`. See kitchens/menu-writer for the menu.

```yaml
- Hand off leftovers to compost-expert
```

## Collaboration Patterns
- Defer hard questions to `cellar-librarian`; wait.
- For the menu, align with `menu-writer` and `flour-miller`.
- Partner with `wine-waiter` on the wine.

## Checklist
- [ ] Tasted by `head-taster`
//- /003-baker.md
---
name: baker
description: Bakes cakes.
category: kitchen
tools: Write, Read, MultiEdit
---

```markdown
# A recipe

```toml
flour = 500
```

Bake it.
```
//- /004-waiter.md
---
name: waiter
extends: core/server
description: Carries plates.
tools:
  - Read
  - Bash
---

You carry. See `core/docs/PLATES.md`.
"#;

#[test]
fn the_example_team_has_its_six_faults() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    check(
        &examples,
        &[],
        1,
        expect![[r#"
        .claude/agents/catalog-editor.md:3:83-3:84 warning[yaml-requoted]
        .claude/agents/order-analyst.md:24:43-24:48 warning[python-syntax]
        .claude/agents/quality/accessibility-auditor.md:4:10-4:23 error[broken-extends]
        .claude/agents/release-manager.md:20:4-20:20 warning[unknown-agent]
        .claude/agents/storefront-developer.md:4:32-4:41 warning[removed-tool]
        .claude/agents/support-writer.md:4:1-4:13 warning[misspelled-key]
    "#]],
    );
}

#[test]
fn a_team_like_those_found_in_the_wild_has_exactly_these_faults() {
    let team = folder(TEAM);
    check(
        team.path(),
        &[],
        1,
        expect![[r#"
        000-baker.md:2:7-2:12 warning[duplicate-name]
          003-baker.md:2:7-2:12 the same name
        000-baker.md:14:3-14:15 warning[unknown-agent]
        000-baker.md:15:3-15:14 warning[unknown-agent]
        000-baker.md:16:3-16:14 warning[unknown-agent]
        002-cook.md:4:21-4:30 warning[removed-tool]
        002-cook.md:4:38-4:42 hint[renamed-tool]
        002-cook.md:14:28-14:44 information[unknown-agent]
        002-cook.md:15:29-15:40 information[unknown-agent]
        003-baker.md:2:7-2:12 warning[duplicate-name]
          000-baker.md:2:7-2:12 the same name
        003-baker.md:5:21-5:30 warning[removed-tool]
        003-baker.md:11:1-11:8 warning[nested-fence]
          003-baker.md:8:1-8:12 the outer fence
          003-baker.md:16:1-16:4 left open by it
        004-waiter.md:3:10-3:21 error[broken-extends]
    "#]],
    );
    let report = json(&run(team.path(), &["--format", "json"]));
    let mut summary = report["summary"].clone();
    summary["fixable"].take();
    assert_eq!(
        summary,
        serde_json::json!({"files": 5, "error": 1, "warning": 8, "information": 2, "hint": 1, "skipped": 0, "fixable": null, "fixed": 0, "known": 0})
    );
}

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
              "fixes": []
            }
          ],
          "summary": {
            "files": 1,
            "error": 0,
            "warning": 1,
            "information": 0,
            "hint": 0,
            "skipped": 0,
            "fixable": 0,
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

        1 error, 1 warning, 1 hint in 2 files.
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
fn what_cannot_be_read_is_one_finding_and_the_rest_goes_on() {
    let pair = folder(PAIR);
    write(
        pair.path(),
        ".claude/agents/latin.md",
        b"---\nname: caf\xe9\n---\n",
    );
    write(
        pair.path(),
        ".claude/agents/large.md",
        &vec![b'x'; 5 * 1024 * 1024],
    );
    check(
        pair.path(),
        &[],
        1,
        expect![[r#"
        .claude/agents/bad.md:4:10-4:16 error[broken-extends]
        .claude/agents/bad.md:5:14-5:23 warning[removed-tool]
        .claude/agents/bad.md:5:25-5:29 hint[renamed-tool]
        .claude/agents/large.md:1:1-1:1 warning[unreadable-file]
        .claude/agents/latin.md:1:1-1:1 warning[unreadable-file]
    "#]],
    );
    let report = json(&run(pair.path(), &["--format", "json"]));
    assert_eq!(
        (&report["summary"]["files"], &report["summary"]["skipped"]),
        (&4.into(), &2.into())
    );
    let text = String::from_utf8(run(pair.path(), &[]).stdout).unwrap();
    assert!(text.ends_with("in 4 files, 2 not read whole.\n"), "{text}");
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
