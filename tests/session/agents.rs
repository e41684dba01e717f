//! Agents by name, and new ones: what commands of a client ask for.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Session, Setup, uri};
use crate::workspace::Disk;

fn ask(session: &mut Session, method: &str, params: Value) -> Value {
    session.request(&format!("agentls/{method}"), params)
}

#[test]
fn agents_are_listed_by_name_with_their_places() {
    let disk = Disk::with_agents(&["stock-keeper", "auditor"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let agents = ask(&mut session, "agents", json!({}));
    let names: Vec<_> = agents
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["auditor", "stock-keeper"]);
    assert_eq!(agents[0]["title"], "Claude Code");
    assert_eq!(agents[0]["path"], ".claude/agents/auditor.md");
    assert_eq!(
        agents[0]["range"]["start"],
        json!({ "line": 1, "character": 6 })
    );
    session.end();
}

#[test]
fn a_new_agent_is_made_in_a_place_that_was_offered_and_nothing_is_written() {
    let disk = Disk::with_agents(&["auditor"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let places = ask(&mut session, "places", json!({}));
    let first = &places[0];
    assert_eq!(
        (&first["label"], &first["host"], &first["agents"]),
        (&json!(".claude/agents"), &json!("claude-code"), &json!(1))
    );
    let mut make = |name: &str| {
        let params = json!({ "name": name, "host": first["host"], "folder": first["folder"] });
        ask(&mut session, "newAgent", params)
    };
    let made = make("Back Office");
    let uri = made["uri"].as_str().unwrap();
    assert!(uri.ends_with("/.claude/agents/back-office.md"), "{uri}");
    assert!(
        made["text"]
            .as_str()
            .unwrap()
            .starts_with("---\nname: Back Office\n")
    );
    assert_eq!(
        made["selection"]["start"],
        json!({ "line": 2, "character": 13 })
    );
    assert_eq!(
        (&made["isTaken"], &made["problem"]),
        (&json!(false), &Value::Null)
    );
    let taken = make("auditor");
    assert_eq!(taken["isTaken"], true);
    let nameless = make("--");
    assert_eq!(nameless["uri"], Value::Null);
    assert!(nameless["problem"].is_string());
    session.end();
    assert_eq!(
        fs::read_dir(disk.path(".claude/agents")).unwrap().count(),
        1
    );
}

#[test]
fn an_agent_is_made_in_the_users_place_too() {
    let (home, disk) = (Disk::with_agents(&["users-own"]), Disk::new());
    home.write(".claude/agents/README.md", "Notes.\n");
    let mut session = Setup::new().home(home.root()).folder(disk.root()).start();
    let places = ask(&mut session, "places", json!({}));
    let own = places.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&own["label"], &own["isUser"], &own["agents"]),
        (&json!("~/.claude/agents"), &json!(true), &json!(1))
    );
    let folder = format!("{}/", own["folder"].as_str().unwrap());
    let params = json!({ "name": "helper", "host": own["host"], "folder": folder });
    let made = ask(&mut session, "newAgent", params);
    assert_eq!(
        made["uri"],
        uri(&home.path(".claude/agents/helper.md")),
        "{made}"
    );
    session.end();
}

#[test]
fn no_agent_is_made_outside_the_workspaces() {
    let disk = Disk::with_agents(&["auditor"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let params = json!({ "name": "x", "host": "claude-code", "folder": "file:///etc" });
    assert_eq!(ask(&mut session, "newAgent", params), Value::Null);
    session.end();
}
