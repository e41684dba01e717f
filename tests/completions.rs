//! `agentls completions`: the scripts, and what a real bash completes by its one.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_agentls"))
        .args(arguments)
        .output()
        .unwrap()
}

fn script(shell: &str) -> String {
    let output = run(&["completions", shell]);
    assert!(output.status.success(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

/// What bash offers for the last word of `line`, by the function that it would call for it.
#[cfg(unix)]
fn completed(line: &str) -> Vec<String> {
    use std::io::Write as _;

    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(script("bash").as_bytes()).unwrap();
    let program = r#"
        source "$1"
        words=${2%"${2##* }"}
        COMP_WORDS=($words "${2##* }")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        [[ $(complete -p agentls) =~ -F\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" agentls "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["--norc", "-euc", program, "bash"])
        .arg(file.path())
        .arg(line)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    let offered = String::from_utf8(output.stdout).unwrap();
    offered.split_whitespace().map(str::to_owned).collect()
}

/// The commands that the help of the program lists.
fn commands() -> Vec<String> {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn each_shell_gets_a_script_that_names_all_commands() {
    let commands = commands();
    assert!(commands.iter().any(|it| it == "check"), "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell}: {command}");
        }
    }
}

#[test]
fn a_shell_that_is_not_known_is_told_which_are() {
    let output = run(&["completions", "nosh"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("bash, elvish, fish, powershell, zsh"),
        "{said}"
    );
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_options_and_their_values() {
    assert_eq!(completed("agentls che"), ["check"]);
    assert_eq!(completed("agentls check --unsafe"), ["--unsafe-fixes"]);
    assert_eq!(completed("agentls check --format s"), ["sarif", "summary"]);
    assert_eq!(completed("agentls completions z"), ["zsh"]);
}

#[test]
#[cfg(unix)]
fn bash_completes_the_names_of_rules() {
    for line in ["explain", "check --select", "check --ignore"] {
        assert_eq!(
            completed(&format!("agentls {line} removed")),
            ["removed-tool"],
            "{line}"
        );
    }
}

#[test]
fn the_names_of_rules_are_for_shells_and_not_for_the_help() {
    for arguments in [["check", "--help"], ["explain", "--help"]] {
        let said = String::from_utf8(run(&arguments).stdout).unwrap();
        assert!(!said.contains("removed-tool"), "{said}");
    }
    let output = run(&["check", "--select", "removed-tol"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean `removed-tool`?"), "{said}");
    assert!(!said.contains("unknown-agent"), "{said}");
}
