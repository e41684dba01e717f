//! `agentls/graph`: the team of a workspace as text of one of several formats.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::Uri;

use crate::graph::{self, Drawing, Format, Nonce, Team};
use crate::world::snapshot::{WorkspaceSnapshot, folders};
use agentls_analysis::features::graph::Options;

/// Whose team, and how it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct GraphParams {
    /// A file or folder of the workspace; without one, all that the client has opened as folders are drawn.
    #[serde(default)]
    pub(in crate::lsp) uri: Option<Uri>,
    format: Format,
    /// Whether every skill is drawn, and who preloads it.
    #[serde(default)]
    skills: bool,
    /// What takes the place of `{{nonce}}` in the page; without one, it stays.
    #[serde(default)]
    nonce: Option<String>,
}

/// The answer; null where there is no workspace.
#[derive(Debug, Serialize)]
pub(in crate::lsp) struct Drawn {
    text: String,
}

pub(in crate::lsp) fn graph(
    snapshots: &[WorkspaceSnapshot],
    params: &GraphParams,
) -> Option<Drawn> {
    // Of the workspaces that hold one file, the closest is the one that it is worked on in.
    let drawn = match params.uri {
        Some(_) => snapshots.iter().take(1).collect(),
        None => folders(snapshots),
    };
    let options = Options {
        skills: params.skills,
    };
    let mut teams: Vec<Team> = drawn
        .into_iter()
        .map(|snapshot| team(&snapshot.with_every_body(None), &options))
        .collect();
    let team = match teams.len() {
        0 => return None,
        1 => teams.remove(0),
        _ => Team::joined(teams),
    };
    let nonce = params.nonce.as_deref().map_or(Nonce::Open, Nonce::Given);
    let Drawing { text, .. } = graph::render(team, params.format, nonce);
    Some(Drawn { text })
}

fn team(snapshot: &WorkspaceSnapshot, options: &Options) -> Team {
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshot;
    let root = view.root.as_deref().and_then(|root| root.file_name());
    let title = root.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let href = |id| Some(view.locate(workspace, id)?.0.as_str().to_owned());
    Team::new(title, workspace, &snapshot.texts(), options, href)
}
