//! What hosts know: their files, keys, values, tools and models, written down in `hosts/*.yaml`.
//!
//! No name of a host stands in this code but in the list of files: adding a host adds a
//! data file and its line there.

mod agents;
mod classify;
mod closest;
mod data;
mod kind;
mod readers;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod validate;

use std::sync::LazyLock;

use classify::Classifier;
pub use closest::{Reach, closest};
pub use data::{
    Availability, Dialect, DuplicateKeys, Files, HookEvent, HookHandler, Hooks, Host, Key, KeyType,
    KeysOf, KindData, Limits, Mark, McpForm, MisplacedKey, Models, Named, Names, NamesOf,
    NewAgents, Parsing, Pattern, Patterns, Place, PluginSupport, Program, RemovedTool, RenamedTool,
    Role, Source, SpecifierUse, Tool, ToolEffect, ToolForm, ToolUse, UnknownKeys, UnknownTools,
    Unparsed,
};
pub use kind::{McpName, ToolStatus, split_specifier};
pub use readers::ProgramId;
use readers::Readers;

/// A file of `hosts/`, as the build script has checked it and written it as JSON.
macro_rules! data {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json")),
        )
    };
}

/// The order counts where a file could be of several hosts.
const FILES: &[(&str, &str)] = &[
    data!("claude-code"),
    data!("copilot"),
    data!("opencode"),
    data!("gemini"),
    data!("cursor"),
    data!("kiro"),
    data!("qwen"),
    data!("factory"),
    data!("codex"),
    data!("windsurf"),
    data!("grok"),
    data!("iflow"),
];

const CONVENTIONS: (&str, &str) = data!("conventions");

/// A host, as a place in the list of [`Hosts`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HostId(u8);

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FileKind {
    /// Who reads it; `None` for plain markdown.
    pub host: Option<HostId>,
    /// What it is to that host.
    pub role: Role,
    /// Where it lies.
    pub place: Place,
}

impl FileKind {
    /// Markdown that no host reads.
    pub const PLAIN: Self = Self {
        host: None,
        role: Role::Plain,
        place: Place::Elsewhere,
    };

    /// Whether it defines an agent.
    pub fn is_agent(self) -> bool {
        self.role == Role::Agent
    }

    /// Whether a mention of an unknown agent is reported in it. Mentions are found everywhere.
    pub fn reports_mentions(self) -> bool {
        matches!(
            self.role,
            Role::Agent | Role::Command | Role::Skill | Role::Memory
        )
    }
}

/// All hosts.
#[derive(Debug)]
pub struct Hosts {
    hosts: Vec<Host>,
    classifier: Classifier,
    readers: Readers,
}

impl Hosts {
    /// The hosts that the program brings.
    pub fn builtin() -> &'static Hosts {
        static BUILTIN: LazyLock<Hosts> = LazyLock::new(|| {
            let hosts = FILES
                .iter()
                .filter_map(|file| read(*file))
                .map(|mut host: Host| {
                    host.share();
                    host
                })
                .collect();
            Hosts::new(hosts, read(CONVENTIONS).unwrap_or_default())
        });
        &BUILTIN
    }

    fn new(hosts: Vec<Host>, conventions: data::Conventions) -> Self {
        let classifier = Classifier::new(&hosts, conventions);
        let readers = Readers::new(&hosts);
        Self {
            hosts,
            classifier,
            readers,
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (HostId, &Host)> {
        self.hosts
            .iter()
            .enumerate()
            .map(|(at, host)| (HostId(at as u8), host))
    }

    /// The host with that id in configuration: `claude-code`.
    pub fn by_name(&self, id: &str) -> Option<HostId> {
        self.iter()
            .find(|(_, host)| host.id == id)
            .map(|(id, _)| id)
    }

    /// All about a host.
    pub fn host(&self, id: HostId) -> Option<&Host> {
        self.hosts.get(usize::from(id.0))
    }

    /// The name for messages: "Claude Code".
    pub fn title(&self, kind: FileKind) -> &str {
        kind.host
            .and_then(|id| self.host(id))
            .map_or("the host", |host| &host.title)
    }

    /// What files of this kind may hold; `None` where nothing is known about them.
    pub fn data(&self, kind: FileKind) -> Option<&KindData> {
        self.host(kind.host?)?.kinds.get(&kind.role)
    }

    /// The folders of a project that belong to a host: `.claude`, `.github`.
    pub fn host_folders(&self) -> impl Iterator<Item = &str> {
        self.hosts
            .iter()
            .flat_map(|host| &host.folders)
            .map(String::as_str)
    }
}

/// The build has read the data with the same schema and found nothing wrong with it.
fn read<T: serde::de::DeserializeOwned>((file, source): (&str, &str)) -> Option<T> {
    match serde_json::from_str(source) {
        Ok(data) => Some(data),
        Err(error) => {
            debug_assert!(false, "{file}: {error}");
            None
        }
    }
}
