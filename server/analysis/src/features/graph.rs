//! The team graph: who delegates to whom, what extends what, and which names lead nowhere.
//!
//! An edge is what the hierarchies say of the same files, and a name is broken where the rules
//! report it, so that the picture is never surer than the findings.

mod build;
mod marks;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use crate::agent::{SourceFile, Symbol};
use crate::index::{FileId, Workspace};
use crate::path::FilePath;
use crate::rules;
use crate::text::ByteRange;

/// What is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether every skill is a node, with an edge from each file that preloads it. Skills that
    /// give work to somebody are nodes without it.
    pub skills: bool,
}

/// A team as a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Files in the order of their paths, then names that no file defines in the order of
    /// [`Origin`].
    pub nodes: Vec<Node>,
    /// In the order of the nodes that they leave, then of the places that say so.
    pub edges: Vec<Edge>,
}

/// Somebody in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it comes from.
    pub origin: Origin,
    /// What it is called; a file that defines nothing goes by its own name.
    pub name: String,
    /// What it defines. `None` for a file that defines nothing.
    pub symbol: Option<Symbol>,
    /// What people call the host that reads the file or brings the agent.
    pub host: Option<&'static str>,
    /// The file.
    pub path: Option<FilePath>,
    /// The name in the file, in bytes; the empty start of a file that writes none.
    pub range: ByteRange,
    /// The model that counts, its own or an inherited one.
    pub model: Option<String>,
    /// How many tools the list that counts grants; `None` where no list says so and the host
    /// grants what it has.
    pub tools: Option<usize>,
    /// The first sentence of what it is for.
    pub description: Option<String>,
    /// Whether it delegates and nobody delegates to it.
    pub is_root: bool,
    /// Whether it is an agent whom delegation leaves out in its folder of agents: it gives no
    /// work, not even to a name that nobody has, is given none and is extended by nobody. That says something only where most
    /// delegate: a folder in which fewer than half of the agents do is a collection, and nobody is
    /// left out of it.
    pub is_unreachable: bool,
}

/// Where a node comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A file of the workspace.
    File(FileId),
    /// One of the user's own agents, outside every workspace.
    User(FileId),
    /// An agent that the host of that name brings.
    Builtin(&'static str, String),
    /// A name that is known to be defined elsewhere: in a plugin that is not here, or by the
    /// configuration.
    External(String),
    /// A name that leads nowhere.
    Broken(String),
}

impl Origin {
    /// The file, if there is one.
    pub fn file(&self) -> Option<FileId> {
        match self {
            Self::File(id) | Self::User(id) => Some(*id),
            _ => None,
        }
    }
}

/// What an edge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// One gives work to the other.
    Delegation,
    /// One takes the header of the other.
    Extends,
    /// One preloads the other, a skill.
    Skill,
}

/// One thing that a node says of another, however often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Whose file says so: a place in [`Graph::nodes`].
    pub from: usize,
    /// Of whom: a place in [`Graph::nodes`].
    pub to: usize,
    /// What.
    pub kind: EdgeKind,
    /// The names that say so, in bytes of the file, in the order of its text; never empty.
    pub places: Vec<ByteRange>,
    /// Whether it is part of a way back to where it begins, over edges of its kind.
    pub in_cycle: bool,
}

/// What the rules report of the names in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The names that lead nowhere, in the order of the text.
    broken: Vec<ByteRange>,
    /// Where an agent gives work to itself.
    to_itself: Vec<ByteRange>,
}

/// What the rules report of the names in a file: one part of [`graph`], which needs its text.
pub fn faults(workspace: &Workspace, file: &SourceFile) -> Faults {
    let (broken, to_itself) = rules::names_at_fault(workspace, file);
    Faults { broken, to_itself }
}

/// The team of a workspace, as far as bodies are known. Files whose faults are not given have
/// no broken names. Takes time in proportion to the mentions.
pub fn graph(
    workspace: &Workspace,
    faults: &FxHashMap<FileId, Faults>,
    options: &Options,
) -> Graph {
    let mut graph = build::build(workspace, faults, options);
    marks::mark(&mut graph, &workspace.index);
    graph
}
