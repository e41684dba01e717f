//! The programs that read agent files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Role;

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
    /// Keys that it takes as a list only, where others take a text with commas. It counts where
    /// `target` names this program.
    #[serde(default)]
    pub list_keys: Vec<String>,
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
