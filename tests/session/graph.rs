//! The team graph, as a client asks for it.

use serde_json::{Value, json};

use crate::client::{Session, Setup, uri};
use crate::workspace::{Disk, agent, lead};

impl Session {
    fn graph(&mut self, params: Value) -> String {
        let answer = self.request("agentls/graph", params);
        answer["text"].as_str().expect("a text").to_owned()
    }

    fn graph_json(&mut self) -> Value {
        let text = self.graph(json!({ "format": "json" }));
        serde_json::from_str(&text).expect("JSON")
    }
}

/// The edges, from whom to whom.
fn edges(graph: &Value) -> Vec<(&str, &str)> {
    let edges = graph["edges"].as_array().expect("edges").iter();
    let name = |end: &Value| {
        let end = end.as_str().expect("an id");
        graph["nodes"]
            .as_array()
            .and_then(|nodes| nodes.iter().find(|node| node["id"] == end))
            .and_then(|node| node["name"].as_str())
            .expect("an edge ends at a node")
    };
    edges
        .map(|edge| (name(&edge["from"]), name(&edge["to"])))
        .collect()
}

#[test]
fn the_graph_follows_what_is_typed_and_links_every_file() {
    let disk = Disk::with_agents(&["test-runner"]);
    disk.write(
        ".claude/agents/closed.md",
        &lead(&["test-runner", "ghost-writer"]),
    );
    let open = disk.write("CLAUDE.md", "Nothing yet.\n");
    let mut session = Setup::new().folder(disk.root()).start();
    let graph = session.graph_json();
    assert_eq!(
        edges(&graph),
        [("team-lead", "test-runner"), ("team-lead", "ghost-writer")]
    );
    let runner = graph["nodes"].as_array().expect("nodes");
    let runner = runner
        .iter()
        .find(|node| node["name"] == "test-runner")
        .expect("the agent");
    let path = disk.path(".claude/agents/test-runner.md");
    assert_eq!(runner["href"], uri(&path));
    assert_eq!(runner["line"], 1);
    // The table of the lead stands in the eighth line.
    assert_eq!(graph["edges"][0]["line"], 7);

    let document = session.open_file(&open);
    session.replace(&document, ((0, 0), (0, 0)), "Ask @test-runner.\n\n");
    let graph = session.graph_json();
    assert!(edges(&graph).contains(&("CLAUDE.md", "test-runner")));
    session.end();
}

#[test]
fn a_graph_is_written_in_every_format_and_the_page_with_the_nonce_of_the_client() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let about = uri(disk.root());
    for (format, begins) in [
        ("mermaid", "%%"),
        ("dot", "//"),
        ("html", "<!doctype html>"),
    ] {
        let text = session.graph(json!({ "uri": about, "format": format }));
        assert!(text.starts_with(begins), "{format}: {text:.100}");
        assert!(text.contains("test-runner"));
    }
    let open = session.graph(json!({ "format": "html" }));
    assert!(open.contains("nonce=\"{{nonce}}\""));
    let given = session.graph(json!({ "format": "html", "nonce": "abc" }));
    assert!(given.contains("nonce=\"abc\"") && !given.contains("{{nonce}}"));
    session.end();
}

#[test]
fn a_note_that_lies_elsewhere_is_not_of_the_team() {
    let (disk, elsewhere) = (Disk::with_agents(&["test-runner"]), Disk::new());
    elsewhere.agent("stranger");
    let note = elsewhere.write("note.md", "Ask @stranger.\n");
    let mut session = Setup::new().folder(disk.root()).start();
    let ask = |session: &mut Session| {
        let lists = ["agents", "places"];
        let lists = lists.map(|list| session.request(&format!("agentls/{list}"), json!({})));
        (session.graph(json!({ "format": "html" })), lists)
    };
    let before = ask(&mut session);
    session.open_file(&note);
    assert_eq!(ask(&mut session), before);
    session.end();

    let mut session = Setup::new().start();
    session.open_file(&note);
    assert!(
        session
            .graph(json!({ "format": "dot" }))
            .contains("stranger")
    );
    session.end();
}

#[test]
fn a_file_of_a_folder_in_a_folder_is_drawn_once_and_so_are_the_users_own() {
    let (disk, home) = (Disk::with_agents(&["outer-pro"]), Disk::new());
    home.agent("users-own");
    disk.write(
        ".claude/agents/lead.md",
        &lead(&["inner-pro", "users-own", "outer-pro"]),
    );
    disk.write("part/.claude/agents/inner-pro.md", &agent("inner-pro"));
    disk.write(
        "part/.claude/agents/second.md",
        &lead(&["users-own", "ghost-writer"]).replace("team-lead", "inner-lead"),
    );
    let mut session = Setup::new()
        .home(home.root())
        .folder(disk.root())
        .folder(&disk.path("part"))
        .start();
    let graph = session.graph_json();
    let nodes = graph["nodes"].as_array().expect("nodes");
    let text = |node: &Value, key: &str| node[key].as_str().expect("a text").to_owned();
    let mut ids: Vec<_> = nodes.iter().map(|node| text(node, "id")).collect();
    ids.sort_unstable();
    let own = home.path(".claude/agents/users-own.md");
    assert_eq!(
        ids,
        [
            "a tëam/.claude/agents/lead.md".to_owned(),
            "a tëam/.claude/agents/outer-pro.md".to_owned(),
            "part/.claude/agents/inner-pro.md".to_owned(),
            "part/.claude/agents/second.md".to_owned(),
            "part/broken:ghost-writer".to_owned(),
            format!("user:{}", own.display()),
        ]
    );
    assert_eq!(
        edges(&graph),
        [
            ("team-lead", "inner-pro"),
            ("team-lead", "users-own"),
            ("team-lead", "outer-pro"),
            ("inner-lead", "users-own"),
            ("inner-lead", "ghost-writer"),
        ]
    );
    assert_eq!(graph["title"], "a tëam, part");
    let agents = session.request("agentls/agents", json!({}));
    assert_eq!(agents.as_array().expect("agents").len(), 5);
    session.end();
}

#[test]
fn several_workspaces_are_drawn_side_by_side() {
    let (first, second) = (
        Disk::with_agents(&["one-pro"]),
        Disk::with_agents(&["two-pro"]),
    );
    let mut session = Setup::new()
        .folder(first.root())
        .folder(second.root())
        .start();
    let graph = session.graph_json();
    let nodes = graph["nodes"].as_array().expect("nodes").iter();
    let mut names: Vec<_> = nodes
        .map(|node| node["name"].as_str().expect("a name"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["one-pro", "two-pro"]);
    session.end();
}
