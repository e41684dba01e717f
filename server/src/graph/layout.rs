//! Positions: teams in layers from left to right by dagre, folder by folder where a team is so
//! large that it could not be read otherwise; who has no ties in a grid for each folder.

mod layered;
mod layers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use dugong::NodeLabel;
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

/// Distances: between cards side by side, between layers, and between parts of the picture.
const GAP: f64 = 22.0;
const LAYER_GAP: f64 = 90.0;
const PART_GAP: f64 = 56.0;

/// Room above the cards of a group for its folder.
const CAPTION: f64 = 30.0;

/// How much wider than high a picture should be.
const ASPECT: f64 = 1.6;

/// How many times as high as wide a part may be before something is done about it.
const TOO_HIGH: f64 = 1.5;

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
    /// In the order of the ties; empty for one that is drawn straight from card to card.
    pub(super) edges: Vec<Vec<[f64; 2]>>,
    /// Folders whose members stand together: those without a tie, and all of a large team.
    pub(super) groups: Vec<(String, Rectangle)>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Whether there was too much to be drawn in layers.
    pub(super) is_simple: bool,
}

/// A part that is placed as one.
#[derive(Default)]
struct Part {
    /// Members and their places in the part.
    nodes: Vec<(usize, Rectangle)>,
    /// Ties and their points in the part.
    edges: Vec<(usize, Vec<[f64; 2]>)>,
    /// Folders and their places in the part.
    groups: Vec<(String, Rectangle)>,
    width: f64,
    height: f64,
}

pub(super) fn layout(team: &Team) -> Layout {
    let sizes: Vec<Rectangle> = team.members.iter().map(size).collect();
    let folders = folders(team);
    let all: Vec<usize> = (0..team.members.len()).collect();
    let mut work = layered::Work::default();
    let mut is_simple = false;
    let mut connected = Vec::new();
    let mut alone: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut split: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for component in components(team, &all) {
        if let ([only], []) = (&*component.members, &*component.ties) {
            alone.entry(folders[*only]).or_default().push(*only);
            continue;
        }
        let can_split = is_split(&folders, &component);
        match layered::layered(team, &sizes, &component, !can_split, &mut work) {
            Some(part) if can_split && part.is_high() => {
                for member in component.members {
                    split.entry(folders[member]).or_default().push(member);
                }
            }
            Some(part) => connected.push(part),
            None => {
                is_simple = true;
                connected.push(grid(&component.members, &sizes));
            }
        }
    }
    let mut groups = Vec::new();
    for (folder, mut members) in split {
        members.extend(alone.remove(folder).unwrap_or_default());
        members.sort_unstable();
        let part = of_folder(team, &sizes, &members, &mut work);
        groups.push(part.captioned(folder));
    }
    let alone = alone.into_iter();
    groups.extend(alone.map(|(folder, members)| grid(&members, &sizes).captioned(folder)));
    let mut layout = Layout::new(team, &sizes, shelves(connected, groups), is_simple);
    layout.draw_loops(team);
    layout
}

/// The folder of each member's file; for who has none that of the first who names it.
fn folders(team: &Team) -> Vec<&str> {
    let paths = team.members.iter().map(|member| member.node.path.as_ref());
    let mut folders: Vec<Option<&str>> = paths.map(|path| Some(path?.folder())).collect();
    for tie in &team.ties {
        let (from, to) = (tie.edge.from, tie.edge.to);
        folders[to] = folders[to].or(folders[from]);
    }
    folders.into_iter().map(Option::unwrap_or_default).collect()
}

/// From how many members on a part is too large to be read as one.
const LARGE: usize = 60;

/// Whether a part is drawn folder by folder where it would be too high.
fn is_split(folders: &[&str], component: &Component) -> bool {
    let mut folders = component.members.iter().map(|member| folders[*member]);
    let first = folders.next();
    component.members.len() >= LARGE && folders.any(|folder| Some(folder) != first)
}

/// The members of one folder of a large team, with the ties among them.
fn of_folder(
    team: &Team,
    sizes: &[Rectangle],
    members: &[usize],
    work: &mut layered::Work,
) -> Part {
    let (mut parts, mut alone) = (Vec::new(), Vec::new());
    for component in components(team, members) {
        if let ([only], []) = (&*component.members, &*component.ties) {
            alone.push(*only);
            continue;
        }
        let part = layered::layered(team, sizes, &component, true, work);
        parts.push(part.unwrap_or_else(|| grid(&component.members, sizes)));
    }
    let alone = (!alone.is_empty()).then(|| grid(&alone, sizes));
    shelves(parts, alone.into_iter().collect())
}

/// Members that ties join, with these ties.
#[derive(Default)]
struct Component {
    members: Vec<usize>,
    ties: Vec<usize>,
}

/// What the ties among some members join, in the order of their first members.
fn components(team: &Team, members: &[usize]) -> Vec<Component> {
    let mut is_member = vec![false; team.members.len()];
    for member in members {
        is_member[*member] = true;
    }
    let ties = team.ties.iter().enumerate();
    let ties = ties.filter(|(_, tie)| is_member[tie.edge.from] && is_member[tie.edge.to]);
    let mut joined = UnionFind::<usize>::new(team.members.len());
    for (_, tie) in ties.clone() {
        joined.union(tie.edge.from, tie.edge.to);
    }
    let mut places: FxHashMap<usize, usize> = FxHashMap::default();
    let mut found: Vec<Component> = Vec::new();
    for member in members.iter().copied() {
        let place = *places.entry(joined.find(member)).or_insert_with(|| {
            found.push(Component::default());
            found.len() - 1
        });
        found[place].members.push(member);
    }
    for (number, tie) in ties {
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

/// Members in rows and columns.
fn grid(members: &[usize], sizes: &[Rectangle]) -> Part {
    let cells = Cells::of(members, sizes, ASPECT);
    let mut part = Part::default();
    for (number, member) in members.iter().enumerate() {
        part.nodes
            .push((*member, cells.place(number, sizes[*member].height)));
    }
    part.width = cells.width();
    part.height = cells.height();
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

    fn place(&self, number: usize, height: f64) -> Rectangle {
        Rectangle {
            x: (number % self.columns) as f64 * (self.width + GAP),
            y: (number / self.columns) as f64 * (FILE_HEIGHT + GAP),
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
    /// Whether from afar there is a line to be seen and no picture.
    fn is_high(&self) -> bool {
        self.height > TOO_HIGH * self.width
    }

    /// The same as the group of a folder, whose name stands above it.
    fn captioned(self, folder: &str) -> Self {
        let mut group = Self::default();
        group.put(self, 0.0, CAPTION);
        let place = Rectangle {
            width: group.width,
            height: group.height,
            ..Rectangle::default()
        };
        group.groups.push((folder.to_owned(), place));
        group
    }

    /// Puts another part into this one.
    fn put(&mut self, part: Part, left: f64, top: f64) {
        let moved = |place: Rectangle| Rectangle {
            x: left + place.x,
            y: top + place.y,
            ..place
        };
        let nodes = part.nodes.into_iter();
        self.nodes
            .extend(nodes.map(|(node, place)| (node, moved(place))));
        let groups = part.groups.into_iter();
        self.groups
            .extend(groups.map(|(folder, place)| (folder, moved(place))));
        for (tie, mut points) in part.edges {
            for point in &mut points {
                *point = [left + point[0], top + point[1]];
            }
            self.edges.push((tie, points));
        }
        self.width = self.width.max(left + part.width);
        self.height = self.height.max(top + part.height);
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
fn shelves(mut connected: Vec<Part>, groups: Vec<Part>) -> Part {
    // The sort is stable: parts of one height stay in the order of their members.
    connected.sort_by(|a, b| b.height.total_cmp(&a.height));
    let all = || connected.iter().chain(&groups);
    let area: f64 = all()
        .map(|part| (part.width + PART_GAP) * (part.height + PART_GAP))
        .sum();
    let widest = all().map(|part| part.width).fold(0.0, f64::max);
    let room = (area * ASPECT).sqrt().max(widest);
    let mut whole = Part::default();
    let mut top = 0.0;
    for parts in [connected, groups] {
        let (mut left, mut bottom) = (0.0, top);
        for part in parts {
            if left > 0.0 && left + part.width > room {
                (left, top) = (0.0, bottom);
            }
            let (width, height) = (part.width, part.height);
            whole.put(part, left, top);
            left += width + PART_GAP;
            bottom = f64::max(bottom, top + height + PART_GAP);
        }
        top = bottom;
    }
    whole
}

impl Layout {
    fn new(team: &Team, sizes: &[Rectangle], whole: Part, is_simple: bool) -> Self {
        let mut layout = Self {
            nodes: sizes.to_vec(),
            edges: vec![Vec::new(); team.ties.len()],
            groups: Vec::new(),
            width: tenth(whole.width),
            height: tenth(whole.height),
            is_simple,
        };
        for (member, place) in whole.nodes {
            layout.nodes[member] = place.rounded();
        }
        for (tie, points) in whole.edges {
            layout.edges[tie] = points.into_iter().map(|point| point.map(tenth)).collect();
        }
        let groups = whole.groups.into_iter();
        layout.groups = groups
            .map(|(folder, place)| (folder, place.rounded()))
            .collect();
        layout
    }

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
}

/// A length as exact as anybody sees it.
fn tenth(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

impl Rectangle {
    /// Where dagre, which knows the middles of nodes, has put one.
    fn of(label: &NodeLabel) -> Option<Self> {
        let (x, y) = label.x.zip(label.y)?;
        let (width, height) = (label.width, label.height);
        Some(Self {
            x: x - width / 2.0,
            y: y - height / 2.0,
            width,
            height,
        })
    }

    fn rounded(self) -> Self {
        Self {
            x: tenth(self.x),
            y: tenth(self.y),
            width: tenth(self.width),
            height: tenth(self.height),
        }
    }
}
