//! What the shape of the graph says of its nodes and edges.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use super::{EdgeKind, Graph, Origin};
use crate::agent::Symbol;
use crate::index::Index;

pub(super) fn mark(graph: &mut Graph, index: &Index) {
    for kind in [EdgeKind::Delegation, EdgeKind::Extends] {
        cycles(graph, kind);
    }
    parts(graph, index);
}

/// Marks the edges of one kind that lie on a cycle: both ends in one strongly connected component.
fn cycles(graph: &mut Graph, kind: EdgeKind) {
    let ends = graph.edges.iter().filter(|edge| edge.kind == kind);
    let ends = ends.map(|edge| (edge.from as u32, edge.to as u32));
    let mut shape = DiGraph::<(), ()>::with_capacity(graph.nodes.len(), graph.edges.len());
    for _ in &graph.nodes {
        shape.add_node(());
    }
    shape.extend_with_edges(ends);
    let mut component = vec![0; graph.nodes.len()];
    // Not Tarjan's, which petgraph has as a recursion as deep as the longest chain.
    for (number, members) in kosaraju_scc(&shape).iter().enumerate() {
        for member in members {
            component[NodeIndex::index(*member)] = number;
        }
    }
    for edge in graph.edges.iter_mut().filter(|edge| edge.kind == kind) {
        edge.in_cycle = component[edge.from] == component[edge.to];
    }
}

/// Marks the nodes that begin a delegation, and those that have no part in one.
fn parts(graph: &mut Graph, index: &Index) {
    let count = graph.nodes.len();
    let [mut tries, mut gives, mut is_given, mut is_extended] =
        [(); 4].map(|()| vec![false; count]);
    for edge in graph.edges.iter().filter(|edge| edge.from != edge.to) {
        let is_somebody = !matches!(graph.nodes[edge.to].origin, Origin::Broken(_));
        match edge.kind {
            EdgeKind::Delegation => {
                tries[edge.from] = true;
                gives[edge.from] |= is_somebody;
                is_given[edge.to] = true;
            }
            EdgeKind::Extends => is_extended[edge.to] = true,
            EdgeKind::Skill => {}
        }
    }
    let folder = |at: usize| {
        let node = &graph.nodes[at];
        let is_agent = node.symbol == Some(Symbol::Agent) && matches!(node.origin, Origin::File(_));
        let path = node.path.as_ref().filter(|_| is_agent)?;
        Some(index.root_of(path))
    };
    let takes_part = |at: usize| tries[at] || is_given[at] || is_extended[at];
    // Of each folder: how many agents it has, and how many of them delegation concerns.
    let mut counts: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
    for (at, folder) in (0..count).filter_map(|at| Some((at, folder(at)?))) {
        let (all, some) = counts.entry(folder).or_default();
        *all += 1;
        *some += usize::from(gives[at] || is_given[at]);
    }
    let is_team = |folder| {
        let count = counts.get(folder);
        count.is_some_and(|(all, some)| *some > 0 && some * 2 >= *all)
    };
    let is_left_out: Vec<bool> = (0..count)
        .map(|at| !takes_part(at) && folder(at).is_some_and(is_team))
        .collect();
    for (at, node) in graph.nodes.iter_mut().enumerate() {
        node.is_root = gives[at] && !is_given[at];
        node.is_unreachable = is_left_out[at];
    }
}
