//! The schema of `hosts/*.yaml`. What each entry says comes from its sources; the words are ours.
//!
//! The build script reads the files with this very source, so it stands on its own.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

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
    /// Where a user's own agents lie, relative to the home folder, with `/` between segments.
    #[serde(default)]
    pub user_agents: Vec<String>,
    /// The file that makes the folder above it a plugin, relative to that folder.
    pub plugin_manifest: Option<String>,
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

/// Where facts come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What was read.
    pub what: String,
    /// The day of the version that was read, `YYYY-MM-DD`.
    pub date: String,
}

/// Files of one role, by path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// What they are.
    pub role: Role,
    /// What about the path tells.
    pub place: Mark,
    /// Globs over the path relative to the workspace; `*` does not cross `/`.
    pub globs: Vec<String>,
    /// Globs of files that are left out.
    #[serde(default)]
    pub except: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// A program that reads agent files, and what it makes of their headers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Program {
    /// Its name in data and tests: `copilot-cli`.
    pub id: String,
    /// Its name in messages: "Copilot CLI".
    pub title: String,
    /// How it parses a header.
    pub header: Parsing,
    /// Whether it is known to see no header below a byte order mark, a blank line or text.
    #[serde(default)]
    pub header_first: bool,
    /// What it does with a file whose header does not parse; nothing is known where a role
    /// is missing.
    #[serde(default)]
    pub unparsed: BTreeMap<Role, Unparsed>,
    /// Globs of the files that it reads, of its own host and of others; all of its host's
    /// files where there are none.
    #[serde(default)]
    pub globs: Vec<String>,
    /// It leaves out the files whose `target` is another than this.
    pub target: Option<String>,
    /// Keys that say what the agent does, so that its body may be empty.
    #[serde(default)]
    pub prompt_keys: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// How a program parses a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parsing {
    /// As YAML, and when that fails once more with the values in quotes that may be at fault.
    /// The header ends at the first `---`, wherever it stands.
    Requotes,
    /// As YAML, and when that fails once more with `key: a: b` turned into a block of text.
    BlockScalars,
    /// As YAML.
    Strict,
    /// By a parser that goes on after a fault.
    Lenient,
    /// Nothing is known; a parse as YAML is the best guess.
    #[default]
    Unverified,
}

/// What a program does with a file whose header does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unparsed {
    /// It drops the file.
    Dropped,
    /// It reads the body as if there were no header.
    WithoutHeader,
}

/// What about a path tells its role, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The file name, wherever it lies: `CLAUDE.md`.
    Named,
    /// A folder of the host.
    HostFolder,
    /// The end of the file name: `.agent.md`.
    Marked,
    /// An `agents` folder that no host owns.
    AgentsFolder,
    /// Another folder that no host owns: `commands`.
    Elsewhere,
}

/// Marks in an agent's text that tell its host. Two tools, one value or one folder suffice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialect {
    /// Names of ordinary folders: `gemini`.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Tools that only this host has under that name.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Globs over tool names: `*/*`.
    #[serde(default)]
    pub tool_globs: Vec<String>,
    /// Values of keys: `mode: subagent`.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<String>>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// What is known about one kind of file of one host.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KindData {
    /// What the host does with keys that it does not know.
    pub unknown_keys: UnknownKeys,
    /// Ids of sources of that.
    pub source: Vec<String>,
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

/// What a host does with a tool that it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownTools {
    /// It leaves the entry out.
    #[default]
    Ignored,
    /// It refuses the file.
    Refused,
    /// Extensions bring tools that no list holds, so an unknown name can be right.
    Open,
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

/// A key of a header.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Key {
    /// As it is written.
    pub name: String,
    /// What its value is.
    #[serde(rename = "type")]
    pub kind: KeyType,
    /// Other types that the host takes as well.
    #[serde(default)]
    pub also: Vec<KeyType>,
    /// Whether the host skips a file without it.
    #[serde(default)]
    pub required: bool,
    /// Other keys beside which a required key may be missing.
    #[serde(default)]
    pub unless: Vec<String>,
    /// All values, where there is an end of them.
    #[serde(default)]
    pub values: Vec<Named>,
    /// Whether the host takes other values than `values` too.
    #[serde(default)]
    pub open: bool,
    /// What a text must look like that is none of `values`.
    pub pattern: Option<Pattern>,
    /// Most characters of a text.
    pub most_characters: Option<usize>,
    /// The least number.
    pub minimum: Option<i64>,
    /// What holds without the key, as a phrase.
    pub default: Option<String>,
    /// What it does, in one sentence.
    pub doc: String,
    /// What the host does when the key is missing or wrong.
    pub invalid: Option<String>,
    /// The first version of the host that has it.
    pub since: Option<String>,
    /// Whether agents of plugins may have it.
    #[serde(default)]
    pub plugin: PluginSupport,
    /// What to use in its place, where the host has given it up.
    pub deprecated: Option<String>,
    /// The keys of a mapping, where they are known.
    #[serde(default)]
    pub members: Vec<Key>,
    /// Whether the mapping may have other keys than `members` too.
    #[serde(default)]
    pub open_members: bool,
    /// The keys of each mapping in a list of mappings, where they are known.
    #[serde(default)]
    pub items: Vec<Key>,
    /// What the names in the value are names of.
    pub names: Option<NamesOf>,
    /// What the keys of a mapping that are no `members` are names of, or patterns over.
    pub names_in_keys: Option<NamesOf>,
    /// What a list of tools is for.
    #[serde(default)]
    pub effect: ToolEffect,
    /// Whether blanks part the names in a text as commas do.
    #[serde(default)]
    pub blanks_separate: bool,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// What names in a value are names of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamesOf {
    /// Agents.
    Agents,
    /// Skills.
    Skills,
}

/// What a list of tools is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolEffect {
    /// No other tools can be used.
    #[default]
    Grants,
    /// These tools cannot be used.
    Denies,
    /// These tools are used without a question; specifiers narrow them.
    Approves,
}

/// What a text must look like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// A regular expression that matches the whole text.
    pub regex: String,
    /// The same in words, as the end of "`name` takes ...".
    pub words: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The expression, held to the whole text.
    pub(super) fn compile(&self) -> Result<Regex, regex::Error> {
        Regex::new(&format!("^(?:{})$", self.regex))
    }

    /// Whether `text` looks like that.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| self.compile().ok())
            .as_ref()
            .is_none_or(|regex| regex.is_match(text))
    }
}

/// The type of a key's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyType {
    /// Any text.
    Text,
    /// The identity of the file.
    Name,
    /// A model.
    Model,
    /// One of [`Key::values`].
    Enum,
    /// `true` or `false`.
    Boolean,
    /// A whole number of at least [`Key::minimum`].
    Integer,
    /// Any number of at least [`Key::minimum`].
    Number,
    /// Tools, as a comma string or a list.
    Tools,
    /// Tools as a mapping, each with `true` or `false`.
    ToolSwitches,
    /// Names of skills or agents, as a list.
    Names,
    /// MCP servers: a list of names and of mappings, or one mapping.
    Servers,
    /// Keys and values.
    Mapping,
    /// Any list.
    List,
    /// Anything.
    Any,
}

/// Whether the agents of plugins may have a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PluginSupport {
    /// Yes.
    Supported,
    /// No: it is ignored without a word.
    Ignored,
    /// Neither is documented.
    #[default]
    Unlisted,
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

/// A key that people write in this kind of file and that is not one of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MisplacedKey {
    /// As it is written.
    pub name: String,
    /// The key that does here what was meant; a path where it is a member (`a.b`).
    pub instead: Option<String>,
    /// Where the key belongs, in one sentence.
    pub doc: String,
    /// Ids of sources.
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

/// A tool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// As it is written; `*` for any characters.
    pub name: String,
    /// What it does, in one sentence.
    pub doc: String,
    /// More that an author should know.
    pub note: Option<String>,
    /// Whether subagents get it.
    #[serde(default)]
    pub subagents: Availability,
    /// Whether subagents in the background get it.
    #[serde(default)]
    pub background: Availability,
    /// Whether it is still in use.
    #[serde(default)]
    pub status: ToolUse,
    /// For a deprecated tool: what to use in its place.
    #[serde(default)]
    pub instead: Vec<String>,
    /// For a set of tools: the tools. Each is called `set/tool` too.
    #[serde(default)]
    pub set: Vec<String>,
    /// Other names that mean the same, in other programs mostly.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The first version of the host that has it.
    pub since: Option<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// Whether a tool can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// Yes.
    #[default]
    Always,
    /// Not by an agent in the background.
    Foreground,
    /// By members of a team only.
    Teammates,
    /// Only with `permissionMode: plan`.
    Plan,
    /// No.
    Never,
    /// Nothing is documented.
    Unverified,
}

/// Whether a tool is still in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolUse {
    /// Yes.
    #[default]
    Current,
    /// It works and is being given up.
    Deprecated,
    /// Nothing that authors would name.
    Internal,
}

/// An old name that still works.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenamedTool {
    /// The old name.
    pub name: String,
    /// The name of the tool today.
    pub now: String,
    /// The first version that has the new name.
    pub since: Option<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// An old name that does nothing any more.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovedTool {
    /// The old name.
    pub name: String,
    /// Tools that do what it did, best first.
    pub instead: Vec<String>,
    /// How, where that is not plain.
    pub note: Option<String>,
    /// Ids of sources.
    pub source: Vec<String>,
}

/// How the tools of MCP servers are named.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct McpForm {
    /// What stands before the server, if anything.
    #[serde(default)]
    pub prefix: String,
    /// What stands between server and tool.
    pub separator: String,
    /// Whether a server without a tool names nothing.
    #[serde(default)]
    pub needs_tool: bool,
    /// Files of a project that configure servers, relative to its folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Starts of servers that no file of a workspace configures; an empty one: any may be so.
    #[serde(default)]
    pub elsewhere: Vec<String>,
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

/// A form of an entry in a list of tools.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolForm {
    /// An example of it.
    pub form: String,
    /// What it means.
    pub doc: String,
    /// Ids of sources.
    pub source: Vec<String>,
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

/// Conventions that no host owns. Names are in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Conventions {
    /// Stems that are never an agent.
    pub(super) documentation: Vec<String>,
    /// Stems that are an agent only with a full header.
    pub(super) ambiguous: Vec<String>,
    /// Ends of such stems.
    pub(super) ambiguous_endings: Vec<String>,
    /// Folders whose files are an agent only with a full header.
    pub(super) support_folders: Vec<String>,
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

impl Mark {
    /// The place of a file that was told by this mark.
    pub(super) fn place(self, in_agents_folder: bool) -> Place {
        match self {
            Self::HostFolder => Place::HostFolder,
            _ if in_agents_folder => Place::AgentsFolder,
            _ => Place::Elsewhere,
        }
    }
}
