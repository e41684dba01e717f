//! A team with what a reader needs of each file: where it is, and in which line.

use std::sync::Arc;

use agentls_analysis::agent::{SourceFile, Symbol};
use agentls_analysis::features::graph::{self, Edge, Faults, Graph, Node, Options, Origin};
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::text::{PositionEncoding, Text};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

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

    /// Several teams side by side, each under the name of its workspace.
    pub(crate) fn joined(teams: Vec<Team>) -> Team {
        let mut joined = Team {
            title: "Team graph".to_owned(),
            ..Team::default()
        };
        let mut taken: FxHashMap<String, usize> = FxHashMap::default();
        for team in teams {
            let first = joined.members.len();
            let times = taken.entry(team.title.clone()).or_default();
            *times += 1;
            let prefix = match times {
                1 => team.title,
                _ => format!("{} ({times})", team.title),
            };
            joined
                .members
                .extend(team.members.into_iter().map(|mut member| {
                    member.id = format!("{prefix}/{}", member.id);
                    let path = member.node.path.take();
                    member.node.path = path.map(|path| FilePath::new(&format!("{prefix}/{path}")));
                    member
                }));
            joined.ties.extend(team.ties.into_iter().map(|mut tie| {
                tie.edge.from += first;
                tie.edge.to += first;
                tie
            }));
        }
        joined
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
        let ties = self.ties.into_iter();
        let mut ties: Vec<Tie> = ties
            .filter(|tie| inside[tie.edge.from] || inside[tie.edge.to])
            .collect();
        let mut is_kept = inside;
        for tie in &ties {
            is_kept[tie.edge.from] = true;
            is_kept[tie.edge.to] = true;
        }
        // The members that stay before each one are its place among them.
        let places: Vec<usize> = is_kept
            .iter()
            .scan(0, |kept, is_kept| {
                let place = *kept;
                *kept += usize::from(*is_kept);
                Some(place)
            })
            .collect();
        for tie in &mut ties {
            tie.edge.from = places[tie.edge.from];
            tie.edge.to = places[tie.edge.to];
        }
        let members = self.members.into_iter().zip(is_kept);
        Team {
            title: self.title,
            members: members
                .filter_map(|(it, is_kept)| is_kept.then_some(it))
                .collect(),
            ties,
        }
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
