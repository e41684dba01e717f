//! The graph of every repository: what the hierarchies say, and nothing that leads nowhere.

use std::collections::BTreeSet;

use agentls_analysis::features::call_hierarchy::outgoing;
use agentls_analysis::features::graph::{self, EdgeKind, Options, Origin};
use agentls_analysis::index::FileId;
use agentls_analysis::rules;
use agentls_analysis::text::ByteRange;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::features::workspace;
use crate::{corpus, name, repositories};

#[test]
fn a_graph_has_the_agents_and_the_delegations_of_its_workspace() {
    let Some(corpus) = corpus() else { return };
    let mut edges = 0;
    for repository in repositories(&corpus) {
        let (workspace, sources) = workspace(&repository);
        let faults: FxHashMap<_, _> = sources
            .par_iter()
            .map(|file| (file.id, graph::faults(&workspace, file)))
            .collect();
        let team = graph::graph(&workspace, &faults, &Options { skills: true });
        let files: BTreeSet<FileId> = team
            .nodes
            .iter()
            .filter_map(|it| it.origin.file())
            .collect();
        let repository = name(&repository);
        for (id, _) in workspace.index.agents() {
            assert!(files.contains(&id), "an agent is lost in {repository}");
        }
        let mut found: BTreeSet<(FileId, FileId, Vec<ByteRange>)> = BTreeSet::new();
        let mut broken: BTreeSet<(FileId, ByteRange)> = BTreeSet::new();
        for edge in &team.edges {
            let (from, to) = (&team.nodes[edge.from], &team.nodes[edge.to]);
            let from = from.origin.file().unwrap();
            match &to.origin {
                Origin::Broken(_) => broken.extend(edge.places.iter().map(|at| (from, *at))),
                origin => {
                    let to = origin.file().filter(|to| *to != from);
                    if let Some(to) = to.filter(|_| edge.kind == EdgeKind::Delegation) {
                        found.insert((from, to, edge.places.clone()));
                    }
                }
            }
        }
        let calls = files.iter().flat_map(|id| {
            let calls = outgoing(&workspace, *id).into_iter();
            calls.map(|call| (*id, call.item.target.file, call.ranges))
        });
        assert!(
            found == calls.collect(),
            "the delegations differ in {repository}"
        );
        for (id, range) in broken {
            let file = sources.iter().find(|file| file.id == id).unwrap();
            let findings = rules::diagnose(&workspace, file);
            assert!(
                findings.iter().any(|finding| finding.range == range),
                "nothing is reported at {range:?} of {} in {repository}",
                file.path
            );
        }
        edges += team.edges.len();
    }
    assert!(edges > 0, "nobody deals with anybody");
}
