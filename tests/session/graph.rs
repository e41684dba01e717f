//! The team graph, as a client asks for it.

use serde_json::{Value, json};

use crate::client::{Session, Setup, uri};
use crate::workspace::{Disk, lead};

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
