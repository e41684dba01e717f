//! Every command on every workspace: it ends, with a code that it documents, and what it prints is
//! what it should be.

use serde_json::Value;

use crate::workspaces::{ALL, Place, SECRET};
use crate::{Ended, agentls, is_obeyed, run};

fn ended(name: &str, place: &Place, arguments: &[&str]) -> Ended {
    let ended = run(
        &mut agentls(&place.work(), &place.home(), arguments),
        Vec::new(),
    );
    let code = ended.code();
    assert!(
        code.is_some_and(|code| code <= 2),
        "{name}: {arguments:?} ended with {:?}\n{}",
        ended.status,
        ended.stderr
    );
    let is_quiet = !ended.stderr.contains("panicked") && !ended.stderr.contains("overflowed");
    assert!(is_quiet, "{name}: {arguments:?}\n{}", ended.stderr);
    let said = format!("{}{}", ended.text(), ended.stderr);
    assert!(
        !said.contains(SECRET),
        "{name}: {arguments:?} tells what lies outside"
    );
    assert!(
        !ended.stderr.contains(is_obeyed),
        "{name}: {arguments:?}: {:?}",
        ended.stderr
    );
    ended
}

#[test]
fn findings_for_people_move_no_cursor() {
    for (name, make) in ALL {
        let place = Place::new(make);
        for arguments in [
            &["check"][..],
            &["check", "--verbose"],
            &["check", "--format", "github"],
            &["check", "--format", "summary"],
        ] {
            let text = ended(name, &place, arguments).text();
            let found = text.find(is_obeyed).map(|at| &text[at..]);
            assert_eq!(found, None, "{name}: {arguments:?}");
        }
    }
}

#[test]
fn findings_for_programs_are_json() {
    for (name, make) in ALL {
        let place = Place::new(make);
        for format in ["json", "sarif"] {
            let ended = ended(name, &place, &["check", "--format", format]);
            let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
            let list = match format {
                "json" => &report["findings"],
                _ => &report["runs"][0]["results"],
            };
            assert!(list.is_array(), "{name}: {format}");
        }
    }
}

#[test]
fn a_patch_is_made_and_a_mended_workspace_stays_in_its_place() {
    for (name, make) in ALL {
        let place = Place::new(make);
        ended(name, &place, &["check", "--diff", "--unsafe-fixes"]);
        let outside = std::fs::read(place.outside().join("secret.md")).unwrap();
        ended(name, &place, &["check", "--fix", "--unsafe-fixes"]);
        assert_eq!(
            std::fs::read(place.outside().join("secret.md")).unwrap(),
            outside,
            "{name}"
        );
    }
}

#[test]
fn teams_are_drawn_and_references_found() {
    for (name, make) in ALL {
        let place = Place::new(make);
        let json = ended(name, &place, &["graph", "--format", "json"]);
        let _: Value = serde_json::from_slice(&json.stdout).unwrap();
        for format in ["mermaid", "dot"] {
            let drawn = ended(name, &place, &["graph", "--format", format]).text();
            let is_control = |c: char| c.is_control() && c != '\n';
            assert!(!drawn.contains(is_control), "{name}: {format}");
        }
        ended(name, &place, &["graph", "--format", "html"]);
        let found = ended(name, &place, &["references", "a", "--format", "json"]);
        let _: Value = serde_json::from_slice(&found.stdout).unwrap();
        let text = ended(name, &place, &["references", "a"]).text();
        assert!(!text.contains(is_obeyed), "{name}");
    }
}

#[test]
fn a_hundred_thousand_files_are_walked_and_those_that_matter_are_read() {
    let place = Place::new(|place| {
        for folder in 0..100 {
            for file in 0..1_000 {
                let kind = if file % 100 == 0 { "md" } else { "txt" };
                place.write(&format!("{folder}/{file}.{kind}"), "");
            }
        }
    });
    let report = ended("many files", &place, &["check", "--format", "json"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["summary"]["files"], 1_000);
}
