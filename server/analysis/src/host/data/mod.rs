//! The schema of `hosts/*.yaml`. What each entry says comes from its sources; the words are ours.
//!
//! The build script reads the files with this very source, so it stands on its own.

mod files;
mod key;
mod reader;
mod tool;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(crate) use files::Conventions;
pub use files::{Dialect, Files, Mark, Place, Role};
pub use key::{Key, KeyType, MisplacedKey, NamesOf, Pattern, PluginSupport, ToolEffect};
pub use reader::{Parsing, Program, Unparsed};
pub use tool::{
    Availability, McpForm, RemovedTool, RenamedTool, SpecifierUse, Tool, ToolForm, ToolUse,
    UnknownTools,
};

/// Everything that is known about one host.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Host {
    /// Its name in configuration: `claude-code`.
    pub id: String,
    /// Its name in messages: "Claude Code".
    pub title: String,
    /// The folders of a project that belong to it: `.claude`.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Where a user's own agents lie, relative to the home folder, with `/` between segments. Only
    /// the host says so whose names of agents are checked: to it, those of others are no agents.
    pub user_agents: Option<String>,
    /// Where a new agent is put in a project that has none yet.
    pub new_agents: Option<NewAgents>,
    /// What the facts below were taken from, by id.
    pub sources: BTreeMap<String, Source>,
    /// Which files it reads. Among entries of the same place the first that matches counts.
    pub files: Vec<Files>,
    /// The programs that read such files, the one that matters most first.
    #[serde(default)]
    pub readers: Vec<Program>,
    /// A file at no known path is an agent of this host when its header has all of these keys.
    #[serde(default)]
    pub header_of_agent: Vec<String>,
    /// How an agent in a folder that no host owns is told to be written for this one.
    pub dialect: Option<Dialect>,
    /// What is known about each kind of file; a kind that is missing is recognised and no more.
    #[serde(default)]
    pub kinds: BTreeMap<Role, KindData>,
}

/// Where new agents are put.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAgents {
    /// Relative to the project, with `/` between segments: `.claude/agents`.
    pub folder: String,
    /// What the names of their files end in: `.md`.
    pub ending: String,
}

/// Where facts come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What was read.
    pub what: String,
    /// The day of the version that was read, `YYYY-MM-DD`.
    pub date: String,
}

/// What is known about one kind of file of one host.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KindData {
    /// What the host does with keys that it does not know.
    pub unknown_keys: UnknownKeys,
    /// What the host does with a key that stands twice.
    #[serde(default)]
    pub duplicate_keys: DuplicateKeys,
    /// Ids of sources of that.
    pub source: Vec<String>,
    /// Whether the header may be a list instead, of several that have a header each.
    #[serde(default)]
    pub header_lists: bool,
    /// Whether it runs as a subagent, so that it counts which tools subagents get.
    #[serde(default)]
    pub subagent: bool,
    /// Words that the host takes for a boolean beside `true` and `false`.
    #[serde(default)]
    pub boolean_words: Vec<String>,
    /// The kind of file whose keys it has too, with those that are misplaced there.
    pub(super) keys_of: Option<KeysOf>,
    /// The kind of file whose tools, models and hooks count here too.
    pub(super) vocabulary_of: Option<Role>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
    #[serde(default)]
    pub(super) misplaced_keys: Vec<MisplacedKey>,
    pub(super) community_keys: Option<Names>,
    /// Whether it is not started where its list of tools holds none that it can get.
    #[serde(default)]
    pub needs_a_tool: bool,
    /// What the host does with tools that it does not know.
    #[serde(default)]
    pub unknown_tools: UnknownTools,
    /// Whether tools may be written in upper or lower case.
    #[serde(default)]
    pub(super) tools_in_any_case: bool,
    #[serde(default)]
    pub(super) tools: Vec<Tool>,
    #[serde(default)]
    pub(super) renamed_tools: Vec<RenamedTool>,
    #[serde(default)]
    pub(super) removed_tools: Vec<RemovedTool>,
    /// What stands before a tool in the text below the header: `#tool:`.
    pub tool_mark: Option<String>,
    /// The keys that a new header has, where none is required.
    #[serde(default)]
    pub skeleton: Vec<String>,
    pub(super) mcp: Option<McpForm>,
    pub(super) models: Option<Models>,
    #[serde(default)]
    pub(super) agents: Vec<Named>,
    /// The events and handlers of hooks.
    pub hooks: Option<Hooks>,
    /// What may stand in a list of tools beside bare names.
    #[serde(default)]
    pub tool_forms: Vec<ToolForm>,
    /// Numbers that the host holds files to.
    pub limits: Option<Limits>,
}

/// What a host does with a key that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownKeys {
    /// Nothing, and it says nothing.
    Ignored,
    /// It refuses the file.
    Refused,
    /// It hands them to the model's provider.
    PassedOn,
    /// What it does is not documented, and other keys than the known ones can be right.
    Undocumented,
}

/// What a host does with a key that stands twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateKeys {
    /// The last one counts.
    LastCounts,
    /// It refuses the file.
    Refused,
    /// It is not known.
    #[default]
    Undocumented,
}

/// Keys that a kind of file has in common with another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysOf {
    /// The other kind.
    pub role: Role,
    /// Keys of the other kind that are none of this one.
    #[serde(default)]
    pub except: Vec<String>,
}

/// A name with what it means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// As it is written.
    pub name: String,
    /// What it means, in one sentence.
    pub doc: String,
    /// Ids of sources; those of the entry around it where there are none.
    #[serde(default)]
    pub source: Vec<String>,
}

/// Names without more about each.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The names.
    pub names: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// The models that a host takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// Short names.
    #[serde(default)]
    pub aliases: Vec<Named>,
    /// Full ids that were seen.
    #[serde(default)]
    pub ids: Names,
    /// Shapes of ids that are handed on unread.
    #[serde(default)]
    pub patterns: Patterns,
}

/// Shapes of names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patterns {
    /// Globs over the whole name; `*` crosses everything.
    pub globs: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// Hooks.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hooks {
    /// When they run.
    pub events: Vec<HookEvent>,
    /// What they do.
    pub handlers: Vec<HookHandler>,
    /// The fields that every handler has.
    pub handler_fields: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// When a hook runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookEvent {
    /// As it is written.
    pub name: String,
    /// When that is.
    pub doc: String,
    /// Whether a matcher has an effect.
    pub matcher: bool,
}

/// What a hook does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookHandler {
    /// The value of its `type`.
    pub name: String,
    /// What that is.
    pub doc: String,
    /// Its fields beside those that every handler has.
    pub fields: Vec<String>,
}

/// Numbers that a host holds files to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Longest name, in characters.
    pub name_characters: Option<usize>,
    /// Longest prompt, in characters.
    pub prompt_characters: Option<usize>,
    /// Longest file, in characters.
    pub file_characters: Option<usize>,
    /// What the description of one file may take where all are listed, in characters.
    pub listing_characters: Option<usize>,
    /// Lines of a file that authors are advised not to pass.
    pub advised_lines: Option<usize>,
    /// What the names and descriptions of all agents may take together, in tokens.
    pub descriptions_tokens: Option<usize>,
    /// Lines of an agent's memory that are read.
    pub memory_lines: Option<usize>,
    /// Kilobytes of an agent's memory that are read.
    pub memory_kilobytes: Option<usize>,
    /// How deep agents may start agents.
    pub nesting_depth: Option<usize>,
    /// How many agents may run at once.
    pub concurrent_agents: Option<usize>,
    /// Ids of sources.
    pub source: Vec<String>,
}

impl Host {
    /// Gives each kind of file what it has in common with another.
    pub(super) fn share(&mut self) {
        let roles: Vec<Role> = self.kinds.keys().copied().collect();
        for role in roles {
            let Some(mut data) = self.kinds.remove(&role) else {
                continue;
            };
            if let Some(of) = &data.keys_of
                && let Some(other) = self.kinds.get(&of.role)
            {
                let own: Vec<String> = data.names_of_keys().map(str::to_owned).collect();
                let is_new = |name: &String| !own.contains(name) && !of.except.contains(name);
                let keys = other.keys.iter().filter(|key| is_new(&key.name));
                data.keys.extend(keys.cloned());
                let misplaced = other.misplaced_keys.iter();
                let misplaced = misplaced.filter(|key| is_new(&key.name));
                data.misplaced_keys.extend(misplaced.cloned());
                if data.community_keys.is_none() {
                    data.community_keys.clone_from(&other.community_keys);
                }
            }
            if let Some(other) = data.vocabulary_of.and_then(|of| self.kinds.get(&of)) {
                data.unknown_tools = other.unknown_tools;
                data.tools_in_any_case = other.tools_in_any_case;
                data.tools.clone_from(&other.tools);
                data.renamed_tools.clone_from(&other.renamed_tools);
                data.removed_tools.clone_from(&other.removed_tools);
                data.tool_forms.extend(other.tool_forms.iter().cloned());
                data.mcp.clone_from(&other.mcp);
                data.models.clone_from(&other.models);
                data.hooks.clone_from(&other.hooks);
            }
            self.kinds.insert(role, data);
        }
    }
}

impl KindData {
    /// The keys that something is said about.
    pub(super) fn names_of_keys(&self) -> impl Iterator<Item = &str> {
        let misplaced = self.misplaced_keys.iter().map(|key| &key.name);
        let community = self.community_keys.iter().flat_map(|keys| &keys.names);
        let keys = self.keys.iter().map(|key| &key.name);
        keys.chain(misplaced).chain(community).map(String::as_str)
    }
}
