//! Positions: teams in layers from left to right by dagre, the others in a grid for each folder.

mod layered;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::team::{Member, Team};

/// Width of a column of text, in pixels, as browsers draw the names and the lines below them.
const NAME_COLUMN: f64 = 7.8;
const DETAIL_COLUMN: f64 = 6.3;

/// What a card has beside its text.
const PADDING: f64 = 56.0;
const LEAST_WIDTH: f64 = 150.0;
const MOST_WIDTH: f64 = 320.0;

/// Heights of cards with the path of a file and without.
const FILE_HEIGHT: f64 = 62.0;
const NAME_HEIGHT: f64 = 46.0;

/// Distances: between cards side by side, and between parts of the picture.
const GAP: f64 = 22.0;
const PART_GAP: f64 = 56.0;

/// Room above the cards of a group for its folder.
const CAPTION: f64 = 30.0;

/// How much wider than high a picture should be.
const ASPECT: f64 = 1.6;

/// A place in the picture, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Rectangle {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where everything of a team is.
pub(super) struct Layout {
    /// In the order of the members.
    pub(super) nodes: Vec<Rectangle>,
    /// In the order of the ties.
    pub(super) edges: Vec<Vec<[f64; 2]>>,
    /// The folders of those without a tie.
    pub(super) groups: Vec<(String, Rectangle)>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Whether there was too much to be drawn in layers.
    pub(super) is_simple: bool,
}

/// A part that is placed as one.
struct Part {
    /// Members and their places in the part.
    nodes: Vec<(usize, Rectangle)>,
    /// Ties and their points in the part.
    edges: Vec<(usize, Vec<[f64; 2]>)>,
    width: f64,
    height: f64,
    folder: Option<String>,
}

pub(super) fn layout(team: &Team) -> Layout {
    let sizes: Vec<Rectangle> = team.members.iter().map(size).collect();
    let mut work = layered::Work::default();
    let mut is_simple = false;
    let mut connected = Vec::new();
    let mut alone: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for component in components(team) {
        if let [only] = component.members.as_slice() {
            let path = team.members[*only].node.path.as_ref();
            let folder = path.map_or("", |path| path.folder()).to_owned();
            alone.entry(folder).or_default().push(*only);
            continue;
        }
        connected.push(
            layered::layered(team, &sizes, &component, &mut work).unwrap_or_else(|| {
                is_simple = true;
                grid(&component.members, &sizes, 0.0)
            }),
        );
    }
    let groups = alone.into_iter().map(|(folder, members)| Part {
        folder: Some(folder),
        ..grid(&members, &sizes, CAPTION)
    });
    let mut layout = arranged(team, &sizes, connected, groups.collect(), is_simple);
    layout.draw_loops(team);
    layout
}

/// Members that ties join, with these ties.
#[derive(Default)]
struct Component {
    members: Vec<usize>,
    ties: Vec<usize>,
}

/// In the order of their first members.
fn components(team: &Team) -> Vec<Component> {
    let mut joined = UnionFind::<usize>::new(team.members.len());
    for tie in &team.ties {
        joined.union(tie.edge.from, tie.edge.to);
    }
    let mut places: FxHashMap<usize, usize> = FxHashMap::default();
    let mut found: Vec<Component> = Vec::new();
    for member in 0..team.members.len() {
        let place = *places.entry(joined.find(member)).or_insert_with(|| {
            found.push(Component::default());
            found.len() - 1
        });
        found[place].members.push(member);
    }
    for (number, tie) in team.ties.iter().enumerate() {
        if let Some(place) = places.get(&joined.find(tie.edge.from)) {
            found[*place].ties.push(number);
        }
    }
    found
}

fn size(member: &Member) -> Rectangle {
    let name = member.node.name.width() as f64 * NAME_COLUMN;
    let details = member.details().width() as f64 * DETAIL_COLUMN;
    Rectangle {
        width: (name.max(details) + PADDING)
            .round()
            .clamp(LEAST_WIDTH, MOST_WIDTH),
        height: if member.node.path.is_some() {
            FILE_HEIGHT
        } else {
            NAME_HEIGHT
        },
        ..Rectangle::default()
    }
}

/// Members in rows and columns, below `top` free pixels.
fn grid(members: &[usize], sizes: &[Rectangle], top: f64) -> Part {
    let cells = Cells::of(members, sizes, ASPECT);
    let mut part = Part::empty();
    for (number, member) in members.iter().enumerate() {
        part.nodes
            .push((*member, cells.place(number, sizes[*member].height, top)));
    }
    part.width = cells.width();
    part.height = top + cells.height();
    part
}

/// Cards of one width in rows and columns.
struct Cells {
    count: usize,
    columns: usize,
    /// Of the widest card.
    width: f64,
}

impl Cells {
    /// As many columns as make them `aspect` times as wide as high.
    fn of(members: &[usize], sizes: &[Rectangle], aspect: f64) -> Self {
        let widths = members.iter().map(|member| sizes[*member].width);
        let width = widths.fold(LEAST_WIDTH, f64::max);
        let area = members.len() as f64 * (FILE_HEIGHT + GAP) * aspect;
        let columns = (area / (width + GAP)).sqrt().ceil().max(1.0) as usize;
        Self {
            count: members.len(),
            columns: columns.min(members.len()).max(1),
            width,
        }
    }

    fn place(&self, number: usize, height: f64, top: f64) -> Rectangle {
        Rectangle {
            x: (number % self.columns) as f64 * (self.width + GAP),
            y: top + (number / self.columns) as f64 * (FILE_HEIGHT + GAP),
            width: self.width,
            height,
        }
    }

    fn width(&self) -> f64 {
        self.columns as f64 * (self.width + GAP) - GAP
    }

    fn height(&self) -> f64 {
        self.count.div_ceil(self.columns) as f64 * (FILE_HEIGHT + GAP) - GAP
    }
}

impl Part {
    fn empty() -> Self {
        Self {
            nodes: Vec::new(),
            edges: Vec::new(),
            width: 0.0,
            height: 0.0,
            folder: None,
        }
    }

    /// Moves everything so that it begins at zero, and measures it: edges may leave the cards
    /// on every side.
    fn settle(&mut self) {
        let corners = self.nodes.iter().flat_map(|(_, place)| {
            [
                [place.x, place.y],
                [place.x + place.width, place.y + place.height],
            ]
        });
        let points = self
            .edges
            .iter()
            .flat_map(|(_, points)| points.iter().copied());
        let (mut least, mut most) = ([f64::MAX; 2], [f64::MIN; 2]);
        for [x, y] in corners.chain(points) {
            least = [least[0].min(x), least[1].min(y)];
            most = [most[0].max(x), most[1].max(y)];
        }
        for (_, place) in &mut self.nodes {
            place.x -= least[0];
            place.y -= least[1];
        }
        for point in self.edges.iter_mut().flat_map(|(_, points)| points) {
            point[0] -= least[0];
            point[1] -= least[1];
        }
        self.width = most[0] - least[0];
        self.height = most[1] - least[1];
    }
}

/// Parts on shelves: the tallest first, as many side by side as make the picture as wide as it
/// should be. Groups come below what is connected.
fn arranged(
    team: &Team,
    sizes: &[Rectangle],
    mut connected: Vec<Part>,
    groups: Vec<Part>,
    is_simple: bool,
) -> Layout {
    let mut layout = Layout {
        nodes: sizes.to_vec(),
        edges: vec![Vec::new(); team.ties.len()],
        groups: Vec::new(),
        width: 0.0,
        height: 0.0,
        is_simple,
    };
    // The sort is stable: parts of one height stay in the order of their members.
    connected.sort_by(|a, b| b.height.total_cmp(&a.height));
    let all = || connected.iter().chain(&groups);
    let area: f64 = all()
        .map(|part| (part.width + PART_GAP) * (part.height + PART_GAP))
        .sum();
    let widest = all().map(|part| part.width).fold(0.0, f64::max);
    let room = (area * ASPECT).sqrt().max(widest);
    let mut top = 0.0;
    for parts in [connected, groups] {
        let (mut left, mut bottom) = (0.0, top);
        for part in parts {
            if left > 0.0 && left + part.width > room {
                (left, top) = (0.0, bottom);
            }
            let height = part.height;
            let width = part.width;
            layout.place(part, left, top);
            left += width + PART_GAP;
            bottom = f64::max(bottom, top + height + PART_GAP);
        }
        top = bottom;
    }
    layout
}

impl Layout {
    /// Ties of members with themselves, which dagre leaves out where a card is alone: round the
    /// right side of the card, within the room that is free beside each.
    fn draw_loops(&mut self, team: &Team) {
        for (number, tie) in team.ties.iter().enumerate() {
            if tie.edge.from != tie.edge.to {
                continue;
            }
            let card = self.nodes[tie.edge.from];
            let right = card.x + card.width;
            let (upper, lower) = (card.y + card.height / 4.0, card.y + card.height * 0.75);
            let outer = right + GAP * 0.8;
            self.edges[number] = [
                [right, upper],
                [outer, upper],
                [outer, lower],
                [right, lower],
            ]
            .map(|point| point.map(tenth))
            .to_vec();
            self.width = self.width.max(tenth(outer));
        }
    }

    fn place(&mut self, part: Part, left: f64, top: f64) {
        if let Some(folder) = part.folder {
            let place = Rectangle {
                x: left,
                y: top,
                width: part.width,
                height: part.height,
            };
            self.groups.push((folder, place.rounded()));
        }
        for (member, place) in part.nodes {
            let place = Rectangle {
                x: left + place.x,
                y: top + place.y,
                ..place
            };
            self.nodes[member] = place.rounded();
        }
        for (tie, points) in part.edges {
            self.edges[tie] = points
                .into_iter()
                .map(|[x, y]| [tenth(left + x), tenth(top + y)])
                .collect();
        }
        self.width = self.width.max(tenth(left + part.width));
        self.height = self.height.max(tenth(top + part.height));
    }
}

/// A length as exact as anybody sees it.
fn tenth(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

impl Rectangle {
    fn rounded(self) -> Self {
        Self {
            x: tenth(self.x),
            y: tenth(self.y),
            width: tenth(self.width),
            height: tenth(self.height),
        }
    }
}
