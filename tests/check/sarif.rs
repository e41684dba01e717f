//! `--format sarif`, held against the schema of SARIF 2.1.0.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{COMMENTED, PAIR, folder, json as output_json, run, write};

/// The official schema, from a package that is there for its sake alone.
fn schema() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|it| it["name"] == "serde-sarif");
    let manifest = PathBuf::from(package.unwrap()["manifest_path"].as_str().unwrap());
    let schema = manifest.parent().unwrap().join("src/schema.json");
    let mut schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        let pattern = language.as_object_mut().unwrap().remove("pattern");
        // No pattern in today's ECMAScript: it has a `]` too many.
        assert!(pattern.unwrap().as_str().unwrap().contains("]?$"));
    }
    schema
}

fn validated(folder: &Path, logs: &[&[&str]]) -> Vec<Value> {
    let schema = schema();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let one = |arguments: &&[&str]| {
        let log = output_json(&run(
            folder,
            &[arguments, &["--format", "sarif"][..]].concat(),
        ));
        let faults: Vec<_> = validator
            .iter_errors(&log)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, Vec::<String>::new());
        log["runs"][0].clone()
    };
    logs.iter().map(one).collect()
}

/// Faults with everything that a result can hold.
fn team() -> TempDir {
    let team = folder(&format!("{COMMENTED}{PAIR}"));
    let twin = "---\nname: good\ndescription: The other one.\n---\nWork. 😀 <!-- agentls-disable empty-body -->\n";
    write(team.path(), ".claude/agents/good twin.md", twin.as_bytes());
    write(
        team.path(),
        ".claude/agents/latin.md",
        b"---\nname: caf\xe9\n---\n",
    );
    team
}

#[test]
fn every_report_is_valid() {
    let team = team();
    let base = team.path().join("base.json");
    let old = run(team.path(), &["--format", "json", ".claude/agents/bad.md"]);
    fs::write(&base, old.stdout).unwrap();
    let base = ["--baseline", base.to_str().unwrap()];
    let runs = validated(
        team.path(),
        &[&[], &base, &["--select", "unused-suppression"]],
    );
    let states = |run: &Value| -> Vec<Value> {
        let results = run["results"].as_array().unwrap().iter();
        results
            .map(|result| result["baselineState"].clone())
            .collect()
    };
    assert!(states(&runs[0]).iter().all(Value::is_null));
    let known = states(&runs[1])
        .iter()
        .filter(|it| **it == "unchanged")
        .count();
    assert_eq!(known, 3);
    assert!(states(&runs[1]).contains(&json!("new")));
    assert_eq!(runs[2]["results"].as_array().unwrap().len(), 4);
}

#[test]
fn a_result_has_its_rule_place_relations_and_fixes() {
    let team = team();
    let [run] = &validated(team.path(), &[&[]])[..] else {
        panic!("one log")
    };
    let results = run["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().find(|it| it["ruleId"] == rule).unwrap();
    let rules = &run["tool"]["driver"]["rules"];
    for result in results {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    assert_eq!(run["columnKind"], "utf16CodeUnits");

    let last = results
        .iter()
        .rfind(|it| it["ruleId"] == "unused-suppression");
    assert_eq!(
        last.unwrap()["locations"][0]["physicalLocation"],
        json!({
            "artifactLocation": {"uri": ".claude/agents/good%20twin.md", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 5, "startColumn": 31, "endLine": 5, "endColumn": 41},
        })
    );
    let unreadable = &of("unreadable-file")["locations"][0]["physicalLocation"];
    assert_eq!(unreadable["region"], Value::Null);

    let twin = &of("duplicate-name")["relatedLocations"][0];
    assert_eq!(twin["message"]["text"], "the same name");
    assert_eq!(twin["physicalLocation"]["region"]["startLine"], 2);

    let fix = &of("unused-suppression")["fixes"][0];
    assert_eq!(
        *fix,
        json!({
            "description": {"text": "Remove the comment"},
            "artifactChanges": [{
                "artifactLocation": {"uri": ".claude/agents/calm.md", "uriBaseId": "%SRCROOT%"},
                "replacements": [{
                    "deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 6, "endColumn": 1},
                    "insertedContent": {"text": ""},
                }],
            }],
        })
    );
}
