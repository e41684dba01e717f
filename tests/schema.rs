//! `agentls schema` and `agentls explain`, which print what the program knows of itself.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::process::{Command, Output};

use agentls_analysis::config;
use agentls_analysis::rules::{RULES, rule_names};
use jsonschema::Validator;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_agentls"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

/// Documents that are right.
const RIGHT: &[&str] = &[
    "",
    "# nothing yet\n",
    "---\n",
    "{}",
    "rules:\nknown:\nexclude:\nuser-agents:\ndelegation-headers:\nhosts:\n",
    "rules: {unknown-tool: off, unknown-agent: error, empty-body: information, broken-link: hint}",
    "rules: {'unknown-tool': 'off', \"missing-name\": warning}",
    "known: {agents: [a, b], tools: [], models: , keys: [squad]}",
    "known:\n  agents:\n    - 42\n    - 1.5\n    - true\n    - on\n",
    "exclude: ['*.tmp.md', '!keep.md', drafts/]",
    "user-agents: true",
    "user-agents: false",
    "delegation-headers: [Who Does It, 7]",
    "hosts: {'prompts/**': gemini, '*.md': claude-code}",
];

/// Documents with one fault each.
const WRONG: &[&str] = &[
    "42",
    "[]",
    "rules",
    "rule: {}",
    "Rules: {}",
    "rules: []",
    "rules: off",
    "rules: {no-such-rule: off}",
    "rules: {unknown-tool: warn}",
    "rules: {unknown-tool: Error}",
    "rules: {unknown-tool: 3}",
    "rules: {unknown-tool: true}",
    "rules: {unknown-tool: }",
    "rules: {unknown-tool: [off]}",
    "known: [a]",
    "known: {tool: [a]}",
    "known: {tools: a}",
    "known: {agents: {a: b}}",
    "known: {agents: [[a]]}",
    "known: {agents: [a, ]}\nexclude: [{}]",
    "known: {agents: [null]}",
    "exclude: drafts/",
    "exclude: [~]",
    "user-agents: yes",
    "user-agents: 'true'",
    "user-agents: 1",
    "user-agents: []",
    "delegation-headers: Ask",
    "hosts: [gemini]",
    "hosts: {'*.md': gemni}",
    "hosts: {'*.md': }",
    "hosts: {'*.md': [gemini]}",
];

#[test]
fn the_schema_takes_what_is_taken_and_refuses_what_is_refused() {
    let validator = validator();
    let documents = RIGHT.iter().map(|it| (it, true));
    for (source, is_right) in documents.chain(WRONG.iter().map(|it| (it, false))) {
        let (_, problems) = config::parse(source, &rule_names());
        assert_eq!(problems.is_empty(), is_right, "{source}: {problems:?}");
        let value: Value = serde_yaml::from_str(source).unwrap();
        assert_eq!(validator.is_valid(&value), is_right, "{source}");
    }
}

#[test]
fn every_rule_and_host_can_be_set() {
    let validator = validator();
    for rule in RULES {
        for severity in ["error", "warning", "information", "hint", "off"] {
            let value = serde_json::json!({"rules": {rule.name: severity}});
            assert!(validator.is_valid(&value), "{value}");
        }
    }
    for (_, host) in agentls_analysis::host::Hosts::builtin().iter() {
        let value = serde_json::json!({"hosts": {"**": host.id}});
        assert!(validator.is_valid(&value), "{value}");
    }
}

#[test]
fn every_rule_is_listed_with_its_severity_and_explained() {
    let list = printed(&["explain"]);
    assert_eq!(list.lines().count(), RULES.len());
    for rule in RULES {
        let severity = match rule.is_on {
            true => rule.severity.name(),
            false => "off",
        };
        let is_of_rule = |line: &str| {
            let mut words = line.split_whitespace();
            words.next() == Some(rule.name) && words.next() == Some(severity)
        };
        assert!(list.lines().any(is_of_rule), "{}", rule.name);
        let page = printed(&["explain", rule.name]);
        assert!(page.contains(rule.name) && page.contains(rule.page));
    }
}

#[test]
fn a_rule_that_is_none_has_no_page() {
    let output = run(&["explain", "unknown-tol"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean `unknown-tool`?"), "{said}");
}

/// The editor's copy is a file because its package is built without the program. To write it
/// anew: `UPDATE_DOCS=1 cargo test -p agentls --test schema`.
#[test]
fn the_schema_that_vs_code_registers_is_what_the_program_prints() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../editors/vscode/schemas/agentls.schema.json"
    );
    let schema = printed(&["schema"]);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &schema).unwrap();
    }
    let copy = std::fs::read_to_string(path).unwrap();
    assert!(copy == schema, "editors/vscode/schemas is out of date");
}
