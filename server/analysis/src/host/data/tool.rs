//! Tools and how lists of them are written.

use serde::Deserialize;

use super::NamesOf;

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
    /// What the names in brackets after it are names of.
    pub names: Option<NamesOf>,
    /// Where what stands in brackets after it narrows it, in a list that grants tools.
    #[serde(default)]
    pub specifier: SpecifierUse,
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

/// Where a specifier narrows a tool that an agent is granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpecifierUse {
    /// Wherever the agent runs.
    #[default]
    Always,
    /// Only where the agent leads a session, not where it is a subagent.
    Leading,
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
    /// What a server that a plugin brings is called there: `plugin_{plugin}_{server}`.
    pub of_plugin: Option<String>,
    /// Files of a project or plugin that configure servers, relative to its folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Starts of servers that no file of a workspace configures; an empty one: any may be so.
    #[serde(default)]
    pub elsewhere: Vec<String>,
    /// Ids of sources.
    pub source: Vec<String>,
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
