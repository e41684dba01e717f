//! What hosts know: their files, keys, values, tools and models, loaded from `hosts/*.yaml`.
//!
//! No name of a host stands in this code but in the list of files: adding a host adds a
//! data file and its line there.

mod agents;
mod classify;
mod closest;
mod data;
mod kind;
mod readers;

use std::sync::LazyLock;

use serde::Deserialize;

use classify::Classifier;
pub use closest::{Reach, closest};
pub use data::{
    Availability, Dialect, Files, HookEvent, HookHandler, Hooks, Host, Key, KeyType, KindData,
    Limits, Mark, McpForm, MisplacedKey, Models, Named, Names, Parsing, Pattern, Patterns,
    PluginSupport, Program, RemovedTool, RenamedTool, Source, Tool, ToolForm, ToolUse, UnknownKeys,
    Unparsed,
};
pub use kind::{McpName, ToolStatus, split_specifier};
pub use readers::ProgramId;
use readers::Readers;

/// The order counts where a file could be of several hosts.
const FILES: &[(&str, &str)] = &[
    (
        "claude-code.yaml",
        include_str!("../../hosts/claude-code.yaml"),
    ),
    ("copilot.yaml", include_str!("../../hosts/copilot.yaml")),
    ("opencode.yaml", include_str!("../../hosts/opencode.yaml")),
    ("gemini.yaml", include_str!("../../hosts/gemini.yaml")),
    ("cursor.yaml", include_str!("../../hosts/cursor.yaml")),
    ("kiro.yaml", include_str!("../../hosts/kiro.yaml")),
    ("qwen.yaml", include_str!("../../hosts/qwen.yaml")),
    ("factory.yaml", include_str!("../../hosts/factory.yaml")),
    ("codex.yaml", include_str!("../../hosts/codex.yaml")),
    ("windsurf.yaml", include_str!("../../hosts/windsurf.yaml")),
    ("grok.yaml", include_str!("../../hosts/grok.yaml")),
    ("iflow.yaml", include_str!("../../hosts/iflow.yaml")),
];

const CONVENTIONS: &str = include_str!("../../hosts/conventions.yaml");

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

/// What a file is to its host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// An agent.
    Agent,
    /// The main file of a skill.
    Skill,
    /// A slash command.
    Command,
    /// A prompt file.
    Prompt,
    /// Instructions that apply to some files.
    Instructions,
    /// An output style.
    OutputStyle,
    /// A rule.
    Rule,
    /// What is always read: CLAUDE.md, AGENTS.md.
    Memory,
    /// None of these.
    Plain,
}

impl Role {
    /// What people call such a file: "agent".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Skill => "skill",
            Self::Command => "command",
            Self::Prompt => "prompt",
            Self::Instructions => "instructions file",
            Self::OutputStyle => "output style",
            Self::Rule => "rule",
            Self::Memory => "memory file",
            Self::Plain => "markdown file",
        }
    }
}

/// Where a file lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Place {
    /// In a folder of its host: `.claude/agents`.
    HostFolder,
    /// In an `agents` folder that no host owns.
    AgentsFolder,
    /// Anywhere else.
    Elsewhere,
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
                .filter_map(|(file, source)| read(file, source))
                .collect();
            Hosts::new(
                hosts,
                read("conventions.yaml", CONVENTIONS).unwrap_or_default(),
            )
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

/// The data is part of the program and a test reads all of it, so a fault is a fault of ours;
/// a release goes on without that file.
fn read<T: serde::de::DeserializeOwned>(file: &str, source: &str) -> Option<T> {
    match serde_yaml::from_str(source) {
        Ok(data) => Some(data),
        Err(error) => {
            debug_assert!(false, "{file}: {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            assert!(seen.insert(name), "{what} {name} twice");
        }
    }

    fn documented(names: &[Named]) {
        unique("name", names.iter().map(|it| it.name.as_str()));
        for it in names {
            assert!(it.doc.ends_with('.'), "{}: {:?}", it.name, it.doc);
        }
    }

    /// Every `source:` in a file, at any depth, with the ids in it.
    fn sources(value: &serde_yaml::Value, found: &mut Vec<String>) {
        match value {
            serde_yaml::Value::Mapping(mapping) => {
                for (key, value) in mapping {
                    match (key.as_str(), value) {
                        (Some("source"), serde_yaml::Value::Sequence(ids)) => {
                            assert!(!ids.is_empty());
                            found
                                .extend(ids.iter().filter_map(|id| id.as_str()).map(str::to_owned));
                        }
                        _ => sources(value, found),
                    }
                }
            }
            serde_yaml::Value::Sequence(items) => {
                items.iter().for_each(|item| sources(item, found))
            }
            _ => {}
        }
    }

    #[test]
    fn every_file_loads() {
        for (file, source) in FILES {
            serde_yaml::from_str::<Host>(source).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        serde_yaml::from_str::<data::Conventions>(CONVENTIONS).unwrap();
        assert_eq!(Hosts::builtin().hosts.len(), FILES.len());
        unique(
            "host",
            Hosts::builtin().iter().map(|(_, host)| host.id.as_str()),
        );
        for ((file, _), (_, host)) in FILES.iter().zip(Hosts::builtin().iter()) {
            assert_eq!(*file, format!("{}.yaml", host.id));
        }
    }

    #[test]
    fn every_source_is_dated_and_used_and_every_id_is_one() {
        for (file, source) in FILES {
            let host: Host = serde_yaml::from_str(source).unwrap();
            let mut used = Vec::new();
            sources(&serde_yaml::from_str(source).unwrap(), &mut used);
            let used: BTreeSet<_> = used.iter().map(String::as_str).collect();
            let known: BTreeSet<_> = host.sources.keys().map(String::as_str).collect();
            assert_eq!(used, known, "{file}");
            for source in host.sources.values() {
                let date = source.date.as_bytes();
                assert!(
                    date.len() == 10 && date[4] == b'-' && date[7] == b'-',
                    "{file}: {source:?}"
                );
                assert!(!source.what.is_empty());
            }
        }
    }

    #[test]
    fn names_are_unique_and_every_replacement_exists() {
        for (_, host) in Hosts::builtin().iter() {
            for data in host.kinds.values() {
                let is_tool = |name: &String| data.tools.iter().any(|tool| tool.name == *name);
                unique(
                    "tool",
                    data.tools
                        .iter()
                        .map(|tool| &tool.name)
                        .chain(data.renamed_tools.iter().map(|tool| &tool.name))
                        .chain(data.removed_tools.iter().map(|tool| &tool.name))
                        .map(String::as_str),
                );
                assert!(data.renamed_tools.iter().all(|tool| is_tool(&tool.now)));
                assert!(
                    data.removed_tools
                        .iter()
                        .flat_map(|tool| &tool.instead)
                        .all(is_tool)
                );
                assert!(
                    data.tools
                        .iter()
                        .flat_map(|tool| &tool.instead)
                        .all(is_tool)
                );

                let community = data.community_keys.iter().flat_map(|keys| &keys.names);
                unique(
                    "key",
                    data.keys
                        .iter()
                        .map(|key| &key.name)
                        .chain(data.misplaced_keys.iter().map(|key| &key.name))
                        .chain(community)
                        .map(String::as_str),
                );
                for key in &data.misplaced_keys {
                    let Some(instead) = &key.instead else {
                        continue;
                    };
                    let mut members = data.keys.as_slice();
                    for part in instead.split('.') {
                        let found = members.iter().find(|key| key.name == part);
                        members = &found.unwrap_or_else(|| panic!("no key {instead}")).members;
                    }
                }
                for key in data
                    .keys
                    .iter()
                    .flat_map(|key| key.members.iter().chain([key]))
                {
                    assert!(key.doc.ends_with('.'), "{}", key.name);
                    documented(&key.values);
                    assert_eq!(
                        key.kind == KeyType::Enum,
                        !key.values.is_empty(),
                        "{}",
                        key.name
                    );
                }
                documented(&data.agents);
                documented(data.model_aliases());
                unique("model", data.model_ids().iter().map(String::as_str));
                for tool in &data.tools {
                    assert!(tool.doc.ends_with('.'), "{}", tool.name);
                }
                if let Some(hooks) = &data.hooks {
                    unique(
                        "event",
                        hooks.events.iter().map(|event| event.name.as_str()),
                    );
                }
            }
        }
    }

    #[test]
    fn the_first_host_knows_all_of_its_agents() {
        let hosts = Hosts::builtin();
        let host = hosts.by_name("claude-code");
        let kind = FileKind {
            host,
            role: Role::Agent,
            place: Place::HostFolder,
        };
        let data = hosts.data(kind).unwrap();
        assert_eq!(hosts.title(kind), "Claude Code");
        assert_eq!(
            (
                data.keys().len(),
                data.tools().len(),
                data.hooks.as_ref().unwrap().events.len()
            ),
            (19, 57, 33)
        );
        assert_eq!(
            data.keys()
                .iter()
                .filter(|key| key.required)
                .map(|key| &key.name[..])
                .collect::<Vec<_>>(),
            ["name", "description"]
        );
        let skill = FileKind {
            role: Role::Skill,
            ..kind
        };
        assert!(hosts.data(skill).is_none(), "its rules come later");
        assert_eq!(hosts.title(FileKind::PLAIN), "the host");
    }

    #[test]
    fn host_folders_are_those_that_hold_a_workspace_together() {
        let folders: Vec<_> = Hosts::builtin().host_folders().collect();
        for folder in [".claude", ".github", ".opencode", ".gemini", ".cursor"] {
            assert!(folders.contains(&folder), "{folder}");
        }
    }
}
