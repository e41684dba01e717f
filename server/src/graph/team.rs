//! A team with what a reader needs of each file: where it is, and in which line.

use std::sync::Arc;

use agentls_analysis::agent::{SourceFile, Symbol};
use agentls_analysis::features::graph::{self, Edge, Faults, Graph, Node, Options, Origin};
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::text::{PositionEncoding, Text};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// The texts of the files of a workspace.
pub(crate) type Texts = FxHashMap<FileId, Arc<str>>;

/// Somebody in a team, or a name that leads nowhere.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// What tells it from all others: its path, or `ORIGIN:NAME` where it has no file.
    pub(crate) id: String,
    pub(crate) node: Node,
    /// Where its file is, as a link says it.
    pub(crate) href: Option<String>,
    /// The line of its name, from zero on.
    pub(crate) line: u32,
}

/// An edge and the line, from zero on, that says so first.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    pub(crate) edge: Edge,
    pub(crate) line: u32,
}

/// The team of one workspace, or of several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Team {
    /// What it is called.
    pub(crate) title: String,
    /// Edges name them by their places here.
    pub(crate) members: Vec<Member>,
    pub(crate) ties: Vec<Tie>,
}

impl Team {
    /// The team of a workspace. Files whose text is not given have no broken names. `href` says
    /// how a file is linked.
    pub(crate) fn new(
        title: String,
        workspace: &Workspace,
        texts: &Texts,
        options: &Options,
        href: impl Fn(FileId) -> Option<String>,
    ) -> Self {
        let faults: FxHashMap<FileId, Faults> = texts
            .par_iter()
            .filter_map(|(id, text)| {
                let file = workspace.index.file(*id)?;
                let (path, facts) = (file.path.clone(), file.facts.clone());
                let file = SourceFile::without_python(*id, path, text.clone(), facts);
                Some((*id, graph::faults(workspace, &file)))
            })
            .collect();
        let Graph { nodes, edges } = graph::graph(workspace, &faults, options);
        let mut lines = Lines::new(texts);
        let ties = edges
            .into_iter()
            .map(|edge| {
                let file = nodes[edge.from].origin.file();
                let place = edge.places.first();
                let line = file
                    .zip(place)
                    .map_or(0, |(file, place)| lines.of(file, place.start as usize));
                Tie { edge, line }
            })
            .collect();
        let members = nodes
            .into_iter()
            .map(|node| {
                let file = node.origin.file();
                Member {
                    id: id(&node),
                    href: file.and_then(&href),
                    line: file.map_or(0, |file| lines.of(file, node.range.start as usize)),
                    node,
                }
            })
            .collect();
        Self {
            title,
            members,
            ties,
        }
    }

    /// Several teams side by side, each under the name of its workspace. A file of several is
    /// that of the closest, as which it is worked on; one of the user's own stands there once.
    pub(crate) fn joined(teams: Vec<Team>) -> Team {
        let closest = closest(&teams);
        let titles: Vec<&str> = teams.iter().map(|team| team.title.as_str()).collect();
        let mut joined = Team {
            title: titles.join(", "),
            ..Team::default()
        };
        let mut taken: FxHashMap<String, usize> = FxHashMap::default();
        // Where the file of a link stands among the members.
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut parts = Vec::new();
        for (number, team) in teams.into_iter().enumerate() {
            let times = taken.entry(team.title.clone()).or_default();
            *times += 1;
            let prefix = match times {
                1 => team.title,
                _ => format!("{} ({times})", team.title),
            };
            let mut seats = Vec::new();
            for mut member in team.members {
                let link = member.href.clone();
                let of = link.as_ref().and_then(|link| closest.get(link));
                if let (Some(link), true) = (link.clone(), of.is_some_and(|of| *of != number)) {
                    seats.push(Seat::Elsewhere(link, member.node));
                    continue;
                }
                if !matches!(member.node.origin, Origin::User(_)) {
                    member.id = format!("{prefix}/{}", member.id);
                    let path = member.node.path.take();
                    member.node.path = path.map(|path| FilePath::new(&format!("{prefix}/{path}")));
                }
                let place = joined.members.len();
                places.extend(link.map(|link| (link, place)));
                seats.push(Seat::Here(place));
                joined.members.push(member);
            }
            parts.push((seats, team.ties));
        }
        let mut known = FxHashSet::default();
        for (seats, ties) in parts {
            let place = |at: usize| match &seats[at] {
                Seat::Here(place) => Some(*place),
                Seat::Elsewhere(link, _) => places.get(link).copied(),
            };
            for (at, seat) in seats.iter().enumerate() {
                if let (Seat::Elsewhere(_, node), Some(place)) = (seat, place(at)) {
                    let joined = &mut joined.members[place].node;
                    joined.is_root &= node.is_root;
                    joined.is_unreachable &= node.is_unreachable;
                }
            }
            for mut tie in ties {
                let (from, to) = (tie.edge.from, tie.edge.to);
                let Some((first, last)) = place(from).zip(place(to)) else {
                    continue;
                };
                (tie.edge.from, tie.edge.to) = (first, last);
                if seats[from].speaks() && known.insert((first, last, tie.edge.kind)) {
                    joined.ties.push(tie);
                }
            }
        }
        // Names that only files of closer workspaces say are theirs to say.
        let is_file = |member: &Member| matches!(member.node.origin, Origin::File(_));
        let mut is_kept: Vec<bool> = joined.members.iter().map(is_file).collect();
        for tie in &joined.ties {
            is_kept[tie.edge.from] = true;
            is_kept[tie.edge.to] = true;
        }
        joined.only(&is_kept)
    }

    /// The part of a team that lies in a folder, or is a file, of the workspace, with whom it
    /// deals directly.
    pub(crate) fn within(self, path: &FilePath) -> Team {
        let is_inside = |member: &Member| {
            member.node.path.as_ref().is_some_and(|file| {
                let rest = file.as_str().strip_prefix(path.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let inside: Vec<bool> = self.members.iter().map(is_inside).collect();
        let mut is_kept = inside.clone();
        let mut team = self;
        team.ties
            .retain(|tie| inside[tie.edge.from] || inside[tie.edge.to]);
        for tie in &team.ties {
            is_kept[tie.edge.from] = true;
            is_kept[tie.edge.to] = true;
        }
        team.only(&is_kept)
    }

    /// The members for whom `is_kept` says so, one for each, and the ties among them.
    fn only(mut self, is_kept: &[bool]) -> Team {
        // The members that stay before each one are its place among them.
        let places: Vec<usize> = is_kept
            .iter()
            .scan(0, |kept, is_kept| {
                let place = *kept;
                *kept += usize::from(*is_kept);
                Some(place)
            })
            .collect();
        self.ties
            .retain(|tie| is_kept[tie.edge.from] && is_kept[tie.edge.to]);
        for tie in &mut self.ties {
            tie.edge.from = places[tie.edge.from];
            tie.edge.to = places[tie.edge.to];
        }
        let members = self.members.into_iter().zip(is_kept);
        self.members = members
            .filter_map(|(it, is_kept)| is_kept.then_some(it))
            .collect();
        self
    }

    /// Whether an edge leads to a name that nobody has.
    pub(crate) fn is_broken(&self, tie: &Tie) -> bool {
        matches!(self.members[tie.edge.to].node.origin, Origin::Broken(_))
    }
}

impl Member {
    /// What it is, in a word of the JSON.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.node.origin, self.node.symbol) {
            (Origin::Broken(_) | Origin::External(_), _) => "unknown",
            (_, Some(Symbol::Agent)) => "agent",
            (_, Some(Symbol::Skill)) => "skill",
            (_, Some(Symbol::Command)) => "command",
            (_, None) => "file",
        }
    }

    /// Its model and the number of its tools, as far as they are known.
    pub(crate) fn details(&self) -> String {
        let tools = self.node.tools.map(|count| match count {
            1 => "1 tool".to_owned(),
            _ => format!("{count} tools"),
        });
        let parts: Vec<String> = self.node.model.iter().cloned().chain(tools).collect();
        parts.join(" · ")
    }

    /// Its file, unless its name says that already.
    pub(crate) fn path(&self) -> Option<String> {
        let path = self.node.path.as_ref().map(ToString::to_string);
        path.filter(|path| *path != self.node.name)
    }
}

/// Where a member of one team is among those of several.
enum Seat {
    /// At this place.
    Here(usize),
    /// Where the file of this link stands, which another team has; what this one says of it.
    Elsewhere(String, Node),
}

impl Seat {
    /// Whether what the member says counts: a file in the words of its closest workspace, one of
    /// the user's own in those of all.
    fn speaks(&self) -> bool {
        match self {
            Self::Here(_) => true,
            Self::Elsewhere(_, node) => matches!(node.origin, Origin::User(_)),
        }
    }
}

/// For each link the number of the team that is closest to the file: whose path is the shortest.
fn closest(teams: &[Team]) -> FxHashMap<String, usize> {
    let mut least: FxHashMap<&String, (usize, usize)> = FxHashMap::default();
    for (number, team) in teams.iter().enumerate() {
        for member in &team.members {
            let Some((link, path)) = member.href.as_ref().zip(member.node.path.as_ref()) else {
                continue;
            };
            let found = (path.as_str().len(), number);
            let least = least.entry(link).or_insert(found);
            *least = found.min(*least);
        }
    }
    let least = least.into_iter();
    least
        .map(|(link, (_, number))| (link.clone(), number))
        .collect()
}

fn id(node: &Node) -> String {
    match &node.origin {
        Origin::File(_) => path(node),
        Origin::User(_) => format!("user:{}", path(node)),
        Origin::Builtin(host, name) => format!("builtin:{host}:{name}"),
        Origin::External(name) => format!("external:{name}"),
        Origin::Broken(name) => format!("broken:{name}"),
    }
}

fn path(node: &Node) -> String {
    node.path
        .as_ref()
        .map_or_else(String::new, ToString::to_string)
}

/// Bytes to lines, where several in a row are of one file.
struct Lines<'a> {
    texts: &'a Texts,
    current: Option<(FileId, Text)>,
}

impl<'a> Lines<'a> {
    fn new(texts: &'a Texts) -> Self {
        Self {
            texts,
            current: None,
        }
    }

    fn of(&mut self, file: FileId, offset: usize) -> u32 {
        if offset == 0 {
            return 0;
        }
        if self.current.as_ref().is_none_or(|(of, _)| *of != file) {
            self.current = self.texts.get(&file).map(|text| (file, Text::new(text)));
        }
        self.current.as_ref().map_or(0, |(_, text)| {
            text.position(offset, PositionEncoding::Utf8).line
        })
    }
}
