//! A team with positions, as programs and the page read it.
//!
//! ```text
//! {
//!   "version": 1,
//!   "title": "shop",            the workspace
//!   "note": null,               what the reader should know of the picture, one sentence
//!   "width": 900, "height": 400,
//!   "nodes": [{
//!     "id": ".claude/agents/lead.md",   unique; a path, or `broken:NAME`, `builtin:HOST:NAME`,
//!                                       `external:NAME`, `user:PATH`
//!     "name": "lead",
//!     "kind": "agent",          agent, skill, command, file (defines nothing), unknown (no file)
//!     "host": "Claude Code",    or null
//!     "model": "opus",          its own or inherited; or null
//!     "tools": 5,               null where no list says
//!     "description": "Leads.",  the first sentence; or null
//!     "path": ".claude/agents/lead.md", relative to the workspace; or null
//!     "folder": ".claude/agents",       of the path; "" at the top; or null
//!     "href": "file:///…",      a link to the file; or null
//!     "line": 1,                of the name, from zero on
//!     "isRoot", "isUnreachable", "isBroken", "isBuiltin", "isExternal", "isUser", "inCycle": false,
//!     "x": 0, "y": 0,           the upper left corner
//!     "width": 160, "height": 62
//!   }],
//!   "edges": [{
//!     "from": ID, "to": ID,
//!     "kind": "delegation",     delegation, extends, skill
//!     "count": 2,               how many places say so
//!     "line": 7,                of the first of them in the file of `from`, from zero on
//!     "inCycle": false, "isBroken": false,
//!     "points": [[160, 31], …]  from border to border; empty where the edge is a straight line
//!   }],
//!   "groups": [{                nodes of one folder that stand together
//!     "folder": ".claude/agents", "x": 0, "y": 0, "width": 1, "height": 1
//!   }]
//! }
//! ```
//!
//! Lines are counted as the protocol counts them. Lengths are in CSS pixels. A field is never
//! left out; new ones may come under the same version.

use agentls_analysis::features::graph::{EdgeKind, Origin};
use serde::Serialize;

use super::layout::{self, Layout, Rectangle};
use super::team::{Member, Team};

/// What changes when a reader of the last version would misread it.
const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
pub(crate) struct Picture {
    version: u32,
    pub(super) title: String,
    note: Option<String>,
    width: f64,
    height: f64,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    name: String,
    kind: &'static str,
    host: Option<&'static str>,
    model: Option<String>,
    tools: Option<usize>,
    description: Option<String>,
    path: Option<String>,
    folder: Option<String>,
    href: Option<String>,
    line: u32,
    is_root: bool,
    is_unreachable: bool,
    is_broken: bool,
    is_builtin: bool,
    is_external: bool,
    is_user: bool,
    in_cycle: bool,
    #[serde(flatten)]
    place: Rectangle,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Edge {
    from: String,
    to: String,
    kind: &'static str,
    count: usize,
    line: u32,
    in_cycle: bool,
    is_broken: bool,
    points: Vec<[f64; 2]>,
}

#[derive(Debug, Serialize)]
struct Group {
    folder: String,
    #[serde(flatten)]
    place: Rectangle,
}

impl Picture {
    /// Draws a team.
    pub(crate) fn new(team: Team) -> Self {
        let Layout {
            nodes: places,
            edges: lines,
            groups,
            width,
            height,
            is_simple,
        } = layout::layout(&team);
        let mut in_cycle = vec![false; team.members.len()];
        for tie in team.ties.iter().filter(|tie| tie.edge.in_cycle) {
            in_cycle[tie.edge.from] = true;
            in_cycle[tie.edge.to] = true;
        }
        let edges = team
            .ties
            .iter()
            .zip(lines)
            .map(|(tie, points)| Edge {
                from: team.members[tie.edge.from].id.clone(),
                to: team.members[tie.edge.to].id.clone(),
                kind: match tie.edge.kind {
                    EdgeKind::Delegation => "delegation",
                    EdgeKind::Extends => "extends",
                    EdgeKind::Skill => "skill",
                },
                count: tie.edge.places.len(),
                line: tie.line,
                in_cycle: tie.edge.in_cycle,
                is_broken: team.is_broken(tie),
                points,
            })
            .collect();
        let nodes = team.members.into_iter().zip(places).zip(in_cycle);
        Self {
            version: VERSION,
            title: team.title,
            note: is_simple.then(|| {
                "This team has too many ties to be drawn in layers: it is shown as a grid."
                    .to_owned()
            }),
            width,
            height,
            nodes: nodes
                .map(|((member, place), in_cycle)| node(member, place, in_cycle))
                .collect(),
            edges,
            groups: groups
                .into_iter()
                .map(|(folder, place)| Group { folder, place })
                .collect(),
        }
    }

    /// The picture as JSON.
    pub(crate) fn to_json(&self) -> String {
        // Nothing in it can fail to be written: strings, numbers and lists.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn node(member: Member, place: Rectangle, in_cycle: bool) -> Node {
    let kind = member.kind();
    let node = member.node;
    Node {
        id: member.id,
        kind,
        host: node.host,
        model: node.model,
        tools: node.tools,
        description: node.description,
        folder: node.path.as_ref().map(|path| path.folder().to_owned()),
        path: node.path.map(|path| path.to_string()),
        href: member.href,
        line: member.line,
        is_root: node.is_root,
        is_unreachable: node.is_unreachable,
        is_broken: matches!(node.origin, Origin::Broken(_)),
        is_builtin: matches!(node.origin, Origin::Builtin(..)),
        is_external: matches!(node.origin, Origin::External(_)),
        is_user: matches!(node.origin, Origin::User(_)),
        in_cycle,
        name: node.name,
        place,
    }
}
