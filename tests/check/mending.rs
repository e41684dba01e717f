//! `--fix`, `--diff`, and texts on standard input.

use std::fs;

use expect_test::expect;

use super::{
    COMMENTED, PAIR, UNCOMMENTED, code, findings, folder, pipe, run, stderr, stdout, write,
};

const CALM: &str = ".claude/agents/calm.md";

#[test]
fn a_second_run_finds_nothing_left_to_mend() {
    let team = folder(COMMENTED);
    let first = run(team.path(), &["--fix", "--fail-on", "hint"]);
    assert_eq!(
        (code(&first), stdout(&first).as_str()),
        (0, "Mended 3 findings. No findings left in 1 file.\n")
    );
    let text = fs::read_to_string(team.path().join(CALM)).unwrap();
    assert_eq!(text, UNCOMMENTED);
    let second = run(team.path(), &["--fix"]);
    assert_eq!(stdout(&second), "No findings in 1 file.\n");
}

#[test]
fn only_the_files_that_were_asked_for_are_mended() {
    let team = folder(&format!("{COMMENTED}{PAIR}"));
    let before = fs::read_to_string(team.path().join(CALM)).unwrap();
    run(
        team.path(),
        &["--fix", "--unsafe-fixes", ".claude/agents/good.md"],
    );
    assert_eq!(fs::read_to_string(team.path().join(CALM)).unwrap(), before);
}

#[test]
fn line_ends_and_bytes_that_are_no_ones_business_stay() {
    let team = folder(COMMENTED);
    let path = team.path().join(CALM);
    let text = fs::read_to_string(&path).unwrap();
    let odd = |text: &str| text.replace("Work.", "W\0rk.\u{1b}").replace('\n', "\r\n");
    fs::write(&path, odd(&text)).unwrap();
    let output = run(team.path(), &["--fix"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), odd(UNCOMMENTED));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_said_and_the_others_are_mended() {
    use std::os::unix::fs::PermissionsExt;
    let team = folder(COMMENTED);
    let text = fs::read(team.path().join(CALM)).unwrap();
    write(team.path(), ".claude/agents/locked.md", &text);
    let locked = team.path().join(".claude/agents/locked.md");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o444)).unwrap();
    let output = run(
        team.path(),
        &["--fix", "--ignore", "duplicate-name", "--format", "json"],
    );
    assert_eq!(code(&output), 2);
    assert_eq!(
        stderr(&output),
        "error: `.claude/agents/locked.md` is left as it is: it is read-only\n"
    );
    expect![[r#"
        .claude/agents/locked.md:5:22-5:35 hint[unused-suppression]
        .claude/agents/locked.md:8:32-8:44 hint[unused-suppression]
        .claude/agents/locked.md:8:46-8:57 hint[unused-suppression]
    "#]]
    .assert_eq(&findings(&output));
    assert_eq!(fs::read(&locked).unwrap(), text);
    assert_eq!(
        fs::read_to_string(team.path().join(CALM)).unwrap(),
        UNCOMMENTED
    );
}

#[test]
fn a_diff_is_a_patch_and_changes_nothing() {
    let team = folder(COMMENTED);
    let before = fs::read(team.path().join(CALM)).unwrap();
    for arguments in [&["--diff"][..], &["--diff", "--fix"]] {
        let output = run(team.path(), arguments);
        expect![[r#"
            --- a/.claude/agents/calm.md
            +++ b/.claude/agents/calm.md
            @@ -2,8 +2,6 @@
             name: calm
             description: Does its work.
             ---
            -<!-- agentls-disable unknown-agent -->
             Work.
 
            -<!-- agentls-disable-next-line unknown-tool, broken-link -->
             More work.
        "#]]
        // An expectation has no lines of blanks.
        .assert_eq(&stdout(&output).replace("\n \n", "\n\n"));
        assert_eq!(stderr(&output), "Would mend 3 findings in 1 file.\n");
        assert_eq!(code(&output), 1);
    }
    assert_eq!(fs::read(team.path().join(CALM)).unwrap(), before);

    // What is wrong and cannot be mended is not what a diff is about.
    write(
        team.path(),
        CALM,
        UNCOMMENTED.replace("calm", "-").as_bytes(),
    );
    let output = run(team.path(), &["--diff"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, ""));
    assert_eq!(stderr(&output), "Nothing to mend.\n");
}

#[test]
fn a_fault_of_a_configuration_is_said_beside_a_patch() {
    let team = folder(COMMENTED);
    write(team.path(), ".agentls.yaml", b"rule: {}\n");
    let output = run(team.path(), &["--diff"]);
    assert!(stdout(&output).starts_with("--- a/.claude/agents/calm.md\n"));
    expect![[r#"
        error[invalid-configuration]: There is no setting `rule`: did you mean `rules`?
         --> .agentls.yaml:1:1
          |
        1 | rule: {}
          | ^^^^

        Would mend 3 findings in 1 file.
    "#]]
    .assert_eq(&stderr(&output));
    assert_eq!(code(&output), 2);
}

#[test]
fn a_line_without_an_end_is_told_in_a_patch() {
    let team = folder(COMMENTED);
    let text =
        "---\nname: calm\ndescription: Calm.\n---\nWork. <!-- agentls-disable broken-link -->";
    write(team.path(), CALM, text.as_bytes());
    expect![[r#"
        --- a/.claude/agents/calm.md
        +++ b/.claude/agents/calm.md
        @@ -2,4 +2,4 @@
         name: calm
         description: Calm.
         ---
        -Work. <!-- agentls-disable broken-link -->
        \ No newline at end of file
        +Work.
        \ No newline at end of file
    "#]]
    .assert_eq(&stdout(&run(team.path(), &["--diff"])));
}

#[test]
fn a_text_on_standard_input_is_checked_as_a_file_of_its_workspace() {
    let pair = folder(PAIR);
    let agent = b"---\nname: lead\ndescription: Leads.\nextends: good\n---\n\
        | Delegate To | When |\n|---|---|\n| bad | often |\n| worse-still | seldom |\n";
    let arguments = [
        "-",
        "--stdin-path",
        ".claude/agents/lead.md",
        "--format",
        "json",
    ];
    let output = pipe(pair.path(), &arguments, agent);
    expect![[r#"
        .claude/agents/lead.md:9:3-9:14 warning[unknown-agent]
    "#]]
    .assert_eq(&findings(&output));
    assert_eq!(code(&output), 1);

    // A file that is there counts as it is on standard input, from wherever that is called.
    let arguments = ["-", "--stdin-path", "../agents/bad.md", "--format", "json"];
    write(pair.path(), ".claude/commands/x.md", b"");
    let healthy = b"---\nname: bad\ndescription: Better now.\n---\nWork.\n";
    let output = pipe(&pair.path().join(".claude/commands"), &arguments, healthy);
    assert_eq!((code(&output), findings(&output).as_str()), (0, ""));
}

#[test]
fn a_text_on_standard_input_is_mended_to_standard_output() {
    let team = folder(COMMENTED);
    let text = fs::read(team.path().join(CALM)).unwrap();
    let arguments = ["-", "--stdin-path", CALM, "--fix"];
    let output = pipe(team.path(), &arguments, &text);
    assert_eq!(stdout(&output), UNCOMMENTED);
    assert_eq!(
        stderr(&output),
        "Mended 3 findings. No findings left in 1 file.\n"
    );
    assert_eq!(code(&output), 0);
    assert_eq!(fs::read(team.path().join(CALM)).unwrap(), text);

    let healthy = pipe(team.path(), &arguments, UNCOMMENTED.as_bytes());
    assert_eq!(stdout(&healthy), UNCOMMENTED);
    let latin = pipe(team.path(), &arguments, b"caf\xe9");
    assert_eq!((code(&latin), stdout(&latin).as_str()), (2, ""));
}

#[test]
fn standard_input_needs_a_path_and_stands_alone() {
    let team = folder(COMMENTED);
    for arguments in [
        &["-"][..],
        &["-", CALM],
        &["--stdin-path", CALM],
        &["-", CALM, "--stdin-path", CALM],
    ] {
        let output = pipe(team.path(), arguments, b"");
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
        assert!(stderr(&output).contains("--stdin-path"), "{arguments:?}");
    }
}

#[test]
fn unsafe_fixes_are_asked_for_together_with_mending() {
    let team = folder(COMMENTED);
    assert_eq!(code(&run(team.path(), &["--unsafe-fixes"])), 2);
    assert_eq!(code(&run(team.path(), &["--unsafe-fixes", "--fix"])), 0);
}
