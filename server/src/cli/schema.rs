//! `agentls schema`: what `.agentls.yaml` may hold, as a JSON Schema.

use std::io::Write;
use std::process::ExitCode;

use agentls_analysis::config::{FILE_NAME, Severity};
use agentls_analysis::host::Hosts;
use agentls_analysis::rules::{RULES, Rule};
use serde_json::{Map, Value, json};

use super::{Output, Target, explain, printed};

pub(super) fn run() -> ExitCode {
    let mut output = Output::new(Target::Stdout);
    let schema = format!("{:#}\n", schema());
    let written = output.out.write_all(schema.as_bytes());
    printed(written.and_then(|()| output.out.flush()))
}

/// The schema. Draft 7 is what editors understand best.
fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": FILE_NAME,
        "description": "What agentls is told about a folder and all below it. \
            Of several files the nearest counts, key by key.",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "rules": {
                "description": "How grave the findings of each rule are, or that they are off.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": rules(),
            },
            "known": {
                "description": "Names that exist although no file here defines them.",
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": {
                    "agents": names("Agents."),
                    "tools": names("Tools, without what stands in parentheses."),
                    "models": names("Models."),
                    "keys": names("Keys of headers."),
                },
            },
            "exclude": names(
                "Files and folders that are left out, as in `.gitignore`; `!` takes one back in.",
            ),
            "user-agents": {
                "description": "Whether the agents in the home folder count. \
                    This is asked of the file at the top of the workspace only.",
                "type": ["boolean", "null"],
            },
            "delegation-headers": names(
                "Headings of table columns that mean \"delegate to\", beside those that are known.",
            ),
            "hosts": {
                "description": "Which host reads the files that a pattern matches, \
                    whatever their paths say. Of several patterns the last counts.",
                "type": ["object", "null"],
                "additionalProperties": {"enum": hosts()},
            },
        },
    })
}

/// For each rule what it may be set to.
fn rules() -> Map<String, Value> {
    let severities = Severity::ALL.map(Severity::name).into_iter();
    let severities: Vec<&str> = severities.chain(["off"]).collect();
    let of = |rule: &&Rule| {
        let mut schema = json!({
            "enum": severities,
            "default": match rule.is_on {
                true => rule.severity.name(),
                false => "off",
            },
        });
        if !rule.page.is_empty() {
            schema["description"] = explain::first_sentence(rule.page).into();
            schema["markdownDescription"] = rule.page.into();
        }
        (rule.name.to_owned(), schema)
    };
    RULES.iter().map(of).collect()
}

/// A list of names. Numbers and the like are read as they are written.
fn names(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["array", "null"],
        "items": {"type": ["string", "number", "boolean"]},
    })
}

fn hosts() -> Vec<&'static str> {
    let hosts = Hosts::builtin().iter();
    hosts.map(|(_, host)| host.id.as_str()).collect()
}
