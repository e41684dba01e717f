//! Keys of a header and what they take.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::Named;

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
    /// What a number has to be greater than.
    pub above: Option<i64>,
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
    /// Whether what stands in brackets behind a tool that is denied narrows nothing.
    #[serde(default)]
    pub ignores_specifiers: bool,
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
    pub(crate) fn compile(&self) -> Result<Regex, regex::Error> {
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
    /// A whole number within [`Key::minimum`] and [`Key::above`].
    Integer,
    /// Any number within [`Key::minimum`] and [`Key::above`].
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
