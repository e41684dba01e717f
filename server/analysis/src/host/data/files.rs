//! Which files are what.

use std::collections::BTreeMap;

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

/// Conventions that no host owns. Names are in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Conventions {
    /// Stems that are never an agent.
    pub(crate) documentation: Vec<String>,
    /// Stems that are an agent only with a full header.
    pub(crate) ambiguous: Vec<String>,
    /// Ends of such stems.
    pub(crate) ambiguous_endings: Vec<String>,
    /// Folders whose files are an agent only with a full header.
    pub(crate) support_folders: Vec<String>,
}

impl Mark {
    /// The place of a file that was told by this mark.
    pub(crate) fn place(self, in_agents_folder: bool) -> Place {
        match self {
            Self::HostFolder => Place::HostFolder,
            _ if in_agents_folder => Place::AgentsFolder,
            _ => Place::Elsewhere,
        }
    }
}
