//! `agentls/agents`, `agentls/places`, `agentls/newAgent`: what commands of a client need that
//! open an agent by its name or make a new one. Nothing is written here.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{Range, Uri};

use crate::files;
use crate::lsp::convert;
use crate::paths::is_within;
use crate::world::snapshot::{WorkspaceSnapshot, folders};
use agentls_analysis::features::new_agent::{self, homes};
use agentls_analysis::host::{HostId, Hosts};
use agentls_analysis::index::{IndexedFile, Scope};
use agentls_analysis::text::Text;

/// An object without fields.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::lsp) struct NoParams {}

/// Most characters of a description: a list shows one line of it.
const MAX_DESCRIPTION: usize = 200;

/// An agent that can be opened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct Agent {
    name: String,
    /// The host's id in configuration: `claude-code`.
    host: Option<&'static str>,
    /// "Claude Code".
    title: &'static str,
    /// The first 200 characters, on one line.
    description: Option<String>,
    /// Its path in its workspace; an absolute one of the user's own.
    path: String,
    uri: Uri,
    /// Its name, in the units of the session.
    range: Range,
}

/// The agents of all folders, in the order of their names, each file once.
pub(in crate::lsp) fn agents(snapshots: &[WorkspaceSnapshot], _: &NoParams) -> Option<Vec<Agent>> {
    let mut agents: Vec<Agent> = folders(snapshots).into_iter().flat_map(agents_of).collect();
    agents.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    let mut known = FxHashSet::default();
    agents.retain(|agent| known.insert(agent.uri.clone()));
    Some(agents)
}

fn agents_of(snapshot: &WorkspaceSnapshot) -> impl Iterator<Item = Agent> {
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshot;
    workspace.index.agents().filter_map(|(id, definition)| {
        let file = workspace.index.file(id)?;
        let (uri, text) = view.locate(workspace, id)?;
        let kind = file.facts.kind;
        let hosts = Hosts::builtin();
        let host = kind.host.and_then(|id| hosts.host(id));
        Some(Agent {
            name: definition.name.as_str().to_owned(),
            host: host.map(|host| host.id.as_str()),
            title: hosts.title(kind),
            description: definition.description.as_deref().map(one_line),
            path: file.path.as_str().to_owned(),
            uri: (*uri).clone(),
            range: convert::range(&text, definition.name_range, view.encoding()),
        })
    })
}

fn one_line(description: &str) -> String {
    let words: Vec<&str> = description.split_whitespace().collect();
    words.join(" ").chars().take(MAX_DESCRIPTION).collect()
}

/// A folder that an agent can be made in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct Place {
    /// The host's id in configuration: `claude-code`.
    host: &'static str,
    /// "Claude Code".
    title: &'static str,
    folder: Uri,
    /// The folder as people say it: `.claude/agents`, `~/.claude/agents`.
    label: String,
    /// How many agents there are already.
    agents: usize,
    /// Whether agents there count in all projects.
    is_user: bool,
}

/// Where an agent can be made: the folders of each workspace, those with the most agents first,
/// then the user's own; each once for a host.
pub(in crate::lsp) fn places(snapshots: &[WorkspaceSnapshot], _: &NoParams) -> Option<Vec<Place>> {
    let snapshots = folders(snapshots);
    let several = snapshots.iter().filter(|it| it.view.root.is_some()).count() > 1;
    let mut places = Vec::new();
    for WorkspaceSnapshot {
        workspace, view, ..
    } in &snapshots
    {
        let Some(root) = view.root.as_deref() else {
            continue;
        };
        let name = root.file_name().map(|name| name.to_string_lossy());
        for home in homes(workspace) {
            let folder = match home.folder.as_str() {
                "" => ".".to_owned(),
                folder => folder.to_owned(),
            };
            let label = match &name {
                Some(name) if several => format!("{name}/{folder}"),
                _ => folder,
            };
            let path = root.join(&home.folder);
            places.extend(place(home.host, &path, label, home.agents));
        }
    }
    let own = user_place(&snapshots);
    let key = |place: &Place| (place.host, place.folder.clone());
    let mut known: FxHashSet<_> = own.iter().map(key).collect();
    places.retain(|place| known.insert(key(place)));
    places.extend(own);
    Some(places)
}

fn place(host: HostId, folder: &Path, label: String, agents: usize) -> Option<Place> {
    let host = Hosts::builtin().host(host)?;
    Some(Place {
        host: &host.id,
        title: &host.title,
        folder: convert::uri_of(folder)?,
        label,
        agents,
        is_user: false,
    })
}

fn user_place(snapshots: &[&WorkspaceSnapshot]) -> Option<Place> {
    let hosts = Hosts::builtin();
    let (id, host) = hosts.iter().find(|(_, host)| host.user_agents.is_some())?;
    let index = snapshots.first().map(|it| &it.workspace.index);
    let is_own = |it: &IndexedFile| it.scope == Scope::User;
    let count = index.map_or(0, |index| {
        let files = index.agents().filter_map(|(id, _)| index.file(id));
        files.filter(|file| is_own(file)).count()
    });
    let label = format!("~/{}", host.user_agents.as_deref()?);
    let folder = files::user_agents_folder()?;
    Some(Place {
        is_user: true,
        ..place(id, &folder, label, count)?
    })
}

/// What the new agent is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct NewAgentParams {
    name: String,
    /// The id of its host.
    host: String,
    /// A folder of `agentls/places`.
    folder: Uri,
}

/// The file to be made. `uri` and `text` are missing where no file can have such a name.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct NewAgent {
    uri: Option<Uri>,
    text: Option<String>,
    /// What is to be typed over first, in the units of the session.
    selection: Option<Range>,
    /// Whether there is such a file already.
    is_taken: bool,
    /// Why the host would not take it as it is, as sentences for the user.
    problem: Option<String>,
}

/// The file of a new agent; null where the folder is in no workspace and not the user's.
pub(in crate::lsp) fn new_agent(
    snapshots: &[WorkspaceSnapshot],
    params: &NewAgentParams,
) -> Option<NewAgent> {
    // Of its components, so that no `/` remains at its end.
    let folder: PathBuf = convert::path_of(&params.folder)?.components().collect();
    let is_same = |own: PathBuf| is_within(&own, &folder) && is_within(&folder, &own);
    let is_user = files::user_agents_folder().is_some_and(is_same);
    let holds = |it: &&WorkspaceSnapshot| {
        let root = it.view.root.as_deref();
        is_user || root.is_some_and(|root| is_within(&folder, root))
    };
    let WorkspaceSnapshot {
        workspace, view, ..
    } = snapshots.iter().find(holds)?;
    let root = view.root.as_deref()?;
    let host = Hosts::builtin().by_name(&params.host)?;
    let within = files::file_path(root, &folder);
    let made = match new_agent::new_agent(workspace, host, within.as_str(), &params.name) {
        Ok(made) => made,
        Err(problem) => {
            return Some(NewAgent {
                problem: Some(problem),
                ..NewAgent::default()
            });
        }
    };
    let path = root.join(made.path.as_str());
    let text = Text::new(&made.text);
    Some(NewAgent {
        uri: convert::uri_of(&path),
        selection: Some(convert::range(&text, made.selection, view.encoding())),
        text: Some(made.text),
        // Whoever has an unsaved file open there has it in the index.
        is_taken: path.symlink_metadata().is_ok() || workspace.index.id_of(&made.path).is_some(),
        problem: made.problem,
    })
}
