//! One connected part of a team in layers, by dagre.
//!
//! Those who deal with nobody but one other would make a layer as high as they are many, so that
//! nothing in the picture could be read. Many of them of one kind are a block to dagre, and stand
//! in rows and columns in it.

use dugong::graphlib::{Graph, GraphOptions};
use dugong::{
    EdgeLabel, GraphLabel, NodeLabel, Point, RankDir, WorkControl, WorkError, layout_controlled,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::layers::Layers;
use super::{Cells, Component, GAP, LAYER_GAP, Part, Rectangle};
use crate::graph::team::Team;

/// Steps of dagre, as it counts them, that one picture may take. A team of 400 with 1,500 ties
/// takes 14 million; twice that many take half a second. Counted and not timed, so that the same
/// team looks the same on every machine.
const BUDGET: usize = 40_000_000;

/// Distance between ties that pass a layer: more of it, and a team in which everybody deals with
/// everybody is all height.
const EDGE_GAP: f64 = 3.0;

/// From how many on those who deal with one other only are a block.
const BLOCK: usize = 7;

/// What dagre may still do.
pub(super) struct Work {
    left: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self { left: BUDGET }
    }
}

impl WorkControl for Work {
    fn charge(&mut self, units: usize) -> Result<(), WorkError> {
        self.left = self.left.checked_sub(units).ok_or(WorkError::Interrupted)?;
        Ok(())
    }
}

type Dagre = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Members that have ties with `hub` only.
struct Block {
    hub: usize,
    /// Whether the ties lead to them.
    is_led_to: bool,
    members: Vec<usize>,
    ties: Vec<usize>,
}

/// A component in layers: who gives work to the left of who is given it, and what extends to the
/// left of what it extends. Layers that are too high are spread over several where `can_spread`.
/// `None` where that would take too long.
pub(super) fn layered(
    team: &Team,
    sizes: &[Rectangle],
    component: &Component,
    can_spread: bool,
    work: &mut Work,
) -> Option<Part> {
    let blocks = blocks(team, component);
    let in_block: FxHashSet<usize> = blocks
        .iter()
        .flat_map(|block| block.members.iter().copied())
        .collect();
    let is_free = |tie: &usize| {
        let edge = &team.ties[*tie].edge;
        edge.from != edge.to && !in_block.contains(&edge.from) && !in_block.contains(&edge.to)
    };
    let free: Vec<usize> = component.ties.iter().copied().filter(is_free).collect();

    let outside = component
        .members
        .iter()
        .filter(|it| !in_block.contains(*it));
    // Blocks and their ties to their hubs have the numbers behind those of the team.
    let (node_of, tie_of) = (
        |number: usize| team.members.len() + number,
        |number: usize| team.ties.len() + number,
    );
    let build = || {
        let mut graph = graph();
        for member in outside.clone() {
            let Rectangle { width, height, .. } = sizes[*member];
            set_node(&mut graph, *member, width, height);
        }
        for tie in &free {
            let edge = &team.ties[*tie].edge;
            set_edge(&mut graph, edge.from, edge.to, *tie, 1.0);
        }
        for (number, block) in blocks.iter().enumerate() {
            let cells = Cells::of(&block.members, sizes, 1.0);
            let (width, height) = (cells.width() + 2.0 * GAP, cells.height() + 2.0 * GAP);
            set_node(&mut graph, node_of(number), width, height);
            let (from, to) = block.ends(node_of(number));
            let weight = block.ties.len() as f64;
            set_edge(&mut graph, from, to, tie_of(number), weight);
        }
        graph
    };
    let mut graph = build();
    layout_controlled(&mut graph, work).ok()?;
    if let Some(layers) = Layers::too_high(&graph).filter(|_| can_spread) {
        let mut wide = build();
        layers.spread(&mut wide);
        if layout_controlled(&mut wide, work).is_ok() {
            graph = wide;
        }
    }

    let mut part = Part::default();
    for member in outside {
        part.nodes.push((*member, place(&graph, *member)?));
    }
    for tie in free {
        let edge = &team.ties[tie].edge;
        let mut points = points(&graph, edge.from, edge.to, tie)?;
        let (from, to) = (place(&graph, edge.from)?, place(&graph, edge.to)?);
        to_sides(&mut points, from, to);
        part.edges.push((tie, points));
    }
    for (number, block) in blocks.iter().enumerate() {
        let whole = place(&graph, node_of(number))?;
        let (from, to) = block.ends(node_of(number));
        let mut way = points(&graph, from, to, tie_of(number))?;
        to_sides(&mut way, place(&graph, from)?, place(&graph, to)?);
        block.put(team, sizes, whole, &way, &mut part);
    }
    part.settle();
    Some(part)
}

/// The blocks of a component, in the order of their first members.
fn blocks(team: &Team, component: &Component) -> Vec<Block> {
    let mut ties_of: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for tie in &component.ties {
        let edge = &team.ties[*tie].edge;
        for end in [edge.from, edge.to] {
            ties_of.entry(end).or_default().push(*tie);
        }
    }
    let mut places: FxHashMap<(usize, bool), usize> = FxHashMap::default();
    let mut blocks: Vec<Block> = Vec::new();
    for member in &component.members {
        let ties = ties_of.remove(member).unwrap_or_default();
        let mut ends = ties.iter().map(|tie| {
            let edge = &team.ties[*tie].edge;
            match edge.to == *member {
                true => (edge.from, true),
                false => (edge.to, false),
            }
        });
        let Some(first) = ends.next().filter(|(hub, _)| hub != member) else {
            continue;
        };
        if ends.any(|other| other != first) {
            continue;
        }
        let place = *places.entry(first).or_insert_with(|| {
            blocks.push(Block {
                hub: first.0,
                is_led_to: first.1,
                members: Vec::new(),
                ties: Vec::new(),
            });
            blocks.len() - 1
        });
        blocks[place].members.push(*member);
        blocks[place].ties.extend(ties);
    }
    blocks.retain(|block| block.members.len() >= BLOCK);
    blocks
}

impl Block {
    /// From where to where its one edge leads.
    fn ends(&self, own: usize) -> (usize, usize) {
        match self.is_led_to {
            true => (self.hub, own),
            false => (own, self.hub),
        }
    }

    /// Puts the members into their place in the picture, and their ties: along `way`, which is
    /// that of the block's edge, then above the row of the card to its middle; to a card that
    /// stands first in its row, to its side.
    fn put(
        &self,
        team: &Team,
        sizes: &[Rectangle],
        whole: Rectangle,
        way: &[[f64; 2]],
        part: &mut Part,
    ) {
        let cells = Cells::of(&self.members, sizes, 1.0);
        let mut cards: FxHashMap<usize, Rectangle> = FxHashMap::default();
        for (number, member) in self.members.iter().enumerate() {
            let cell = cells.place(number, sizes[*member].height);
            let card = Rectangle {
                x: whole.x + GAP + cell.x,
                y: whole.y + GAP + cell.y,
                ..cell
            };
            cards.insert(*member, card);
            part.nodes.push((*member, card));
        }
        // Where the ties come in, and the side of a card that is turned there.
        let (gate, is_first): (f64, fn(&Rectangle, &Rectangle) -> bool) = match self.is_led_to {
            true => (whole.x, |card, whole| card.x < whole.x + 2.0 * GAP),
            false => (whole.x + whole.width, |card, whole| {
                card.x + card.width > whole.x + whole.width - 2.0 * GAP
            }),
        };
        let outer: Vec<[f64; 2]> = match self.is_led_to {
            true => way
                .iter()
                .copied()
                .take(way.len().saturating_sub(1))
                .collect(),
            false => way.iter().copied().skip(1).collect(),
        };
        for tie in &self.ties {
            let edge = &team.ties[*tie].edge;
            let member = if self.is_led_to { edge.to } else { edge.from };
            let Some(card) = cards.get(&member) else {
                continue;
            };
            let inner = if is_first(card, &whole) {
                let side = if self.is_led_to {
                    card.x
                } else {
                    card.x + card.width
                };
                let middle = card.y + card.height / 2.0;
                vec![[gate, middle], [side, middle]]
            } else {
                let (middle, above) = (card.x + card.width / 2.0, card.y - GAP / 2.0);
                // Two points before the row, so that a line drawn round does not cut its corner.
                let inward = if self.is_led_to { GAP } else { -GAP };
                vec![
                    [gate, above],
                    [gate + inward, above],
                    [middle, above],
                    [middle, card.y],
                ]
            };
            let points = match self.is_led_to {
                true => outer.iter().copied().chain(inner).collect(),
                false => inner
                    .into_iter()
                    .rev()
                    .chain(outer.iter().copied())
                    .collect(),
            };
            part.edges.push((*tie, points));
        }
    }
}

/// dagre lets an edge end where the line to the middle of a card cuts its border. The middle of the
/// side that is turned to the other end is easier to follow where many lie one above the other.
fn to_sides(points: &mut [[f64; 2]], from: Rectangle, to: Rectangle) {
    let side = |card: Rectangle, next: [f64; 2]| {
        let middle = card.y + card.height / 2.0;
        let right = card.x + card.width;
        if next[0] >= right {
            Some([right, middle])
        } else {
            (next[0] <= card.x).then_some([card.x, middle])
        }
    };
    if let [first, second, .., before, last] = points {
        *first = side(from, *second).unwrap_or(*first);
        *last = side(to, *before).unwrap_or(*last);
    } else if let [first, middle, last] = points {
        *first = side(from, *middle).unwrap_or(*first);
        *last = side(to, *middle).unwrap_or(*last);
    }
}

fn graph() -> Dagre {
    let mut graph = Graph::new(GraphOptions {
        directed: true,
        multigraph: true,
        compound: false,
    });
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: GAP,
        ranksep: LAYER_GAP,
        edgesep: EDGE_GAP,
        // The other way to break cycles, depth first, turns round far more edges.
        acyclicer: Some("greedy".to_owned()),
        ..GraphLabel::default()
    });
    graph
}

fn set_node(graph: &mut Dagre, number: usize, width: f64, height: f64) {
    let label = NodeLabel {
        width,
        height,
        ..NodeLabel::default()
    };
    graph.set_node(number.to_string(), label);
}

fn set_edge(graph: &mut Dagre, from: usize, to: usize, number: usize, weight: f64) {
    let label = EdgeLabel {
        weight,
        ..EdgeLabel::default()
    };
    let (from, to) = (from.to_string(), to.to_string());
    graph.set_edge_named(from, to, Some(number.to_string()), Some(label));
}

fn place(graph: &Dagre, number: usize) -> Option<Rectangle> {
    Rectangle::of(graph.node(&number.to_string())?)
}

fn points(graph: &Dagre, from: usize, to: usize, number: usize) -> Option<Vec<[f64; 2]>> {
    let name = number.to_string();
    let label = graph.edge(&from.to_string(), &to.to_string(), Some(&name))?;
    let points = label.points.iter().map(|Point { x, y }| [*x, *y]);
    Some(points.collect())
}
