//! The graph of any team is the one that the hierarchies draw, file by file.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::tests::of;
use super::*;
use crate::features::{call_hierarchy, type_hierarchy};
use crate::fixture::Fixture;

fn team() -> impl Strategy<Value = String> {
    let name = "(map-scout|docs-keeper|team-lead|lost-writer|Explore)";
    let place = "(\\.claude/agents/[a-d]|\\.claude/commands/[a-c]|a/\\.claude/agents/[a-c]|docs/[a-b]|x/CLAUDE|CLAUDE)";
    let mention = format!(
        "(Ask @{name} or `{name}`\\.\n\n|\\| Delegate To \\|\n\\|---\\|\n\\| {name}, {name} \\|\n\n|The {name} agent\\. See [a-d]\\.md\\.\n\n|Delegate to {name}\\.\n\n)"
    );
    let header = format!(
        "---\n(name: {name}\n)?description: x\n(extends: {name}\n)?(extends: \\.\\./\\.\\./docs/a\\.md\n)?(agents: {name}\n)?---\n"
    );
    let file = format!("//- /{place}\\.md\n({header})?{mention}{{0,4}}");
    prop::string::string_regex(&format!("({file}){{1,8}}"))
        .expect("a pattern")
        .prop_filter("a path stands once", |text| {
            let mut paths: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with("//-"))
                .collect();
            let count = paths.len();
            paths.sort_unstable();
            paths.dedup();
            paths.len() == count
        })
}

/// The files that others lead to by edges of one kind, with the places that say so.
type Ends = BTreeSet<(FileId, Vec<ByteRange>)>;

fn ends(graph: &Graph, at: usize, kind: EdgeKind) -> Ends {
    let edges = graph.edges.iter();
    edges
        .filter(|edge| edge.kind == kind && edge.from == at && edge.to != at)
        .filter_map(|edge| Some((graph.nodes[edge.to].origin.file()?, edge.places.clone())))
        .collect()
}

/// Whether a way of one edge or more over edges of a kind leads from one node to another, found
/// by trying.
fn leads(graph: &Graph, from: usize, to: usize, kind: EdgeKind) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for edge in graph
            .edges
            .iter()
            .filter(|it| it.kind == kind && it.from == at)
        {
            if edge.to == to {
                return true;
            }
            if seen.insert(edge.to) {
                waiting.push(edge.to);
            }
        }
    }
    false
}

proptest! {
    #[test]
    fn the_graph_is_what_the_hierarchies_say_of_each_file(text in team()) {
        let fixture = Fixture::parse(&text);
        let workspace = &fixture.workspace;
        let graph = of(&fixture, &Options::default());
        let files: BTreeSet<FileId> =
            graph.nodes.iter().filter_map(|node| node.origin.file()).collect();
        prop_assert!(workspace.index.agents().all(|(id, _)| files.contains(&id)));
        for (at, node) in graph.nodes.iter().enumerate() {
            let Some(id) = node.origin.file() else {
                continue;
            };
            let calls = call_hierarchy::outgoing(workspace, id);
            let expected: Ends =
                calls.into_iter().map(|call| (call.item.target.file, call.ranges)).collect();
            prop_assert_eq!(ends(&graph, at, EdgeKind::Delegation), expected);

            let callers = call_hierarchy::incoming(workspace, id).into_iter();
            let callers: BTreeSet<FileId> = callers
                .map(|call| call.item.target.file)
                .filter(|caller| files.contains(caller))
                .collect();
            let edges = graph.edges.iter();
            let found: BTreeSet<FileId> = edges
                .filter(|it| it.kind == EdgeKind::Delegation && it.to == at && it.from != at)
                .filter_map(|it| graph.nodes[it.from].origin.file())
                .collect();
            prop_assert_eq!(found, callers);

            let above = type_hierarchy::supertypes(workspace, id).into_iter();
            let above: BTreeSet<FileId> = above.map(|item| item.target.file).collect();
            let found = ends(&graph, at, EdgeKind::Extends);
            let found: BTreeSet<FileId> = found.into_iter().map(|(id, _)| id).collect();
            prop_assert_eq!(found, above);
        }
        for edge in &graph.edges {
            prop_assert_eq!(edge.in_cycle, leads(&graph, edge.to, edge.from, edge.kind) || edge.from == edge.to);
            prop_assert!(!edge.places.is_empty());
            prop_assert!(edge.places.is_sorted());
        }
    }
}
