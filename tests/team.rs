//! `agentls graph` end to end: the real program on real folders.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect_file;
use serde_json::Value;
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_agentls"))
        .arg("graph")
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder.join("no-home"))
        .output()
        .unwrap()
}

#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    String::from_utf8(output.stdout).unwrap()
}

/// The examples, with every link followed.
fn examples() -> std::path::PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")).unwrap()
}

#[test]
fn the_examples_are_drawn_as_a_flowchart_and_for_graphviz() {
    let examples = examples();
    expect_file!["team/examples.mmd"].assert_eq(&printed(&examples, &[]));
    let links = format!("file://{}/", examples.display());
    let dot = printed(&examples, &["--format", "dot"]).replace(&links, "");
    expect_file!["team/examples.dot"].assert_eq(&dot);
}

fn team() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in [
        (
            ".claude/agents/lead.md",
            "---\nname: \"<b>\\\"lead\\\"</script> 😀 {{nonce}}\"\ndescription: Leads.\n---\nDelegate to test-runner.\n",
        ),
        (
            ".claude/agents/test-runner.md",
            "---\nname: test-runner\ndescription: Runs.\nmodel: opus\ntools: Read, Bash\nskills: count\n---\n",
        ),
        (
            "b c/.claude/agents/other.md",
            "---\nname: other\ndescription: Other.\n---\nGo.\n",
        ),
        (
            ".claude/skills/count/SKILL.md",
            "---\nname: count\ndescription: Counts.\n---\nCount.\n",
        ),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    serde_json::from_str(&printed(folder, &all)).unwrap()
}

fn names(graph: &Value) -> Vec<&str> {
    let nodes = graph["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["name"].as_str().unwrap()).collect()
}

#[test]
fn every_node_has_a_place_and_no_two_have_the_same() {
    let folder = team();
    let graph = json(folder.path(), &["--skills"]);
    assert_eq!(graph["version"], 1);
    assert_eq!(
        names(&graph),
        [
            "<b>\"lead\"</script> 😀 {{nonce}}",
            "test-runner",
            "count",
            "other"
        ]
    );
    let nodes = graph["nodes"].as_array().unwrap();
    let side = |node: &Value, side: &str| node[side].as_f64().unwrap();
    for (number, a) in nodes.iter().enumerate() {
        assert!(side(a, "x") + side(a, "width") <= side(&graph, "width"));
        assert!(side(a, "y") + side(a, "height") <= side(&graph, "height"));
        for b in &nodes[number + 1..] {
            let is_apart = |at: &str, length: &str| {
                side(a, at) + side(a, length) <= side(b, at)
                    || side(b, at) + side(b, length) <= side(a, at)
            };
            assert!(is_apart("x", "width") || is_apart("y", "height"), "{a} {b}");
        }
    }
    let runner = &nodes[1];
    assert_eq!(
        (&runner["model"], &runner["tools"], &runner["folder"]),
        (&"opus".into(), &2.into(), &".claude/agents".into())
    );
    let edges = graph["edges"].as_array().unwrap();
    let kinds: Vec<_> = edges.iter().map(|edge| &edge["kind"]).collect();
    assert_eq!(kinds, ["delegation", "skill"]);
    assert!(
        edges
            .iter()
            .all(|edge| edge["points"].as_array().unwrap().len() > 1)
    );
}

#[test]
fn skills_are_left_out_and_a_folder_is_drawn_with_whom_it_deals() {
    let folder = team();
    assert_eq!(names(&json(folder.path(), &[])).len(), 3);
    assert_eq!(names(&json(folder.path(), &["b c"])), ["other"]);
    let runner = json(folder.path(), &[".claude/agents/test-runner.md"]);
    assert_eq!(names(&runner).len(), 2);
    assert_eq!(runner["edges"].as_array().unwrap().len(), 1);
}

#[test]
fn a_page_is_written_whole_with_links_from_where_it_lies() {
    let folder = team();
    fs::create_dir(folder.path().join("docs")).unwrap();
    let arguments = ["--format", "html", "-o", "docs/team.html"];
    assert_eq!(printed(folder.path(), &arguments), "");
    let page = fs::read_to_string(folder.path().join("docs/team.html")).unwrap();
    assert!(page.contains(r#""href":"../b%20c/.claude/agents/other.md""#));
    assert!(!page.contains("<b>") && !page.contains("\"lead\"</script>"));
    // What a name says is not filled in, and everything else is.
    assert!(!page.contains("{{"), "a place is left");
    assert!(page.contains("{\\u007bnonce}}"));
    printed(folder.path(), &arguments);
    assert_eq!(
        fs::read_to_string(folder.path().join("docs/team.html")).unwrap(),
        page
    );
    assert_eq!(fs::read_dir(folder.path().join("docs")).unwrap().count(), 1);
}

#[test]
fn agents_of_the_user_say_to_whom_they_delegate_and_where() {
    let (folder, home) = (team(), TempDir::new().unwrap());
    let agents = home.path().join(".claude/agents");
    fs::create_dir_all(&agents).unwrap();
    for (name, text) in [
        ("own", "Delegate to further-pro.\n"),
        ("further", "Work.\n"),
    ] {
        let text = format!("---\nname: {name}-pro\ndescription: Mine.\n---\n{text}");
        fs::write(agents.join(format!("{name}.md")), text).unwrap();
    }
    let other = folder.path().join("b c/.claude/agents/other.md");
    let text = "---\nname: other\ndescription: Other.\n---\nDelegate to own-pro.\n";
    fs::write(other, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_agentls"))
        .args(["graph", "--format", "json", "--user-agents"])
        .current_dir(folder.path())
        .env("HOME", home.path())
        .output()
        .unwrap();
    let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = graph["nodes"].as_array().unwrap().iter();
    let own: Vec<_> = nodes
        .filter(|node| node["name"].as_str().unwrap().ends_with("-pro"))
        .collect();
    assert_eq!(own.len(), 2, "{graph}");
    assert!(own.iter().all(|node| node["line"] == 1), "{own:?}");
    let edges = graph["edges"].as_array().unwrap();
    let id = |name: &str| &own.iter().find(|it| it["name"] == name).unwrap()["id"];
    let edge = edges.iter().find(|it| it["from"] == *id("own-pro"));
    let edge = edge.expect("an edge of the user's agent");
    assert_eq!((&edge["to"], &edge["line"]), (id("further-pro"), &4.into()));
}

#[test]
fn a_dash_is_standard_output() {
    let folder = team();
    assert!(printed(folder.path(), &["-o", "-"]).starts_with("%%"));
    assert!(!folder.path().join("-").exists());
}

#[test]
fn a_flowchart_that_github_does_not_draw_says_so() {
    let folder = TempDir::new().unwrap();
    let agents = folder.path().join(".claude/agents");
    fs::create_dir_all(&agents).unwrap();
    let all: Vec<String> = (0..23).map(|number| format!("agent-{number}")).collect();
    for name in &all {
        let others: Vec<&str> = all
            .iter()
            .filter(|it| *it != name)
            .map(|it| &**it)
            .collect();
        let text = format!(
            "---\nname: {name}\ndescription: One.\nagents: {}\n---\n",
            others.join(", ")
        );
        fs::write(agents.join(format!("{name}.md")), text).unwrap();
    }
    let advice = "GitHub draws at most 500 edges, and this team has 506: draw a folder of it, or \
                  use --format html.\n";
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("warning: {advice}"));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with(&format!("%% {advice}")));
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = team();
    for (arguments, expected) in [
        (vec!["nowhere"], "error: `nowhere`: "),
        (
            vec!["-o", "no/where.html"],
            "error: `no/where.html` cannot be written: ",
        ),
    ] {
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn nobody_is_a_picture_too() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let graph = json(folder.path(), &[]);
    assert_eq!(names(&graph), [""; 0]);
    assert_eq!(graph["width"], 0.0);
}
