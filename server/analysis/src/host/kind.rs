//! What a kind of file may hold: lookups in its data. The lists are short and searched as they are.

use super::closest::{Reach, closest};
use super::data::{
    Key, KeyType, KindData, McpForm, MisplacedKey, Named, Pattern, RemovedTool, RenamedTool, Tool,
    ToolUse,
};

/// What an entry in a list of tools is.
#[derive(Clone, Copy, Debug)]
pub enum ToolStatus<'a> {
    /// A tool.
    Known(&'a Tool),
    /// An old name that still works.
    Renamed {
        /// The tool under its new name.
        tool: &'a Tool,
        /// The old name.
        old: &'a RenamedTool,
    },
    /// An old name that does nothing any more.
    Removed(&'a RemovedTool),
    /// Tools of an MCP server.
    Mcp(McpName<'a>),
    /// `*`: every tool.
    Everything,
    /// Nothing that the host knows.
    Unknown,
}

/// The name of a tool of an MCP server, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct McpName<'a> {
    /// The server; `*` for all.
    pub server: &'a str,
    /// The tool; `None` or `*` for all.
    pub tool: Option<&'a str>,
    /// Whether a plugin or an account brings the server, so that no file of the workspace names it.
    pub elsewhere: bool,
}

impl McpName<'_> {
    /// Whether it names all servers.
    pub fn is_every_server(self) -> bool {
        self.server == "*"
    }
}

/// Splits `Bash(git *)` into the tool and what stands in the brackets, which may be unclosed.
pub fn split_specifier(item: &str) -> (&str, Option<&str>) {
    match item.split_once('(') {
        None => (item.trim(), None),
        Some((tool, rest)) => {
            let rest = rest.trim_end();
            (
                tool.trim(),
                Some(rest.strip_suffix(')').unwrap_or(rest).trim()),
            )
        }
    }
}

impl KindData {
    /// The keys, in the order in which authors should meet them.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The key that was probably meant: one edit or one naming style away.
    pub fn closest_key(&self, name: &str) -> Option<&str> {
        closest(
            name,
            self.keys.iter().map(|key| key.name.as_str()),
            Reach::Near,
        )
    }

    /// Whether the host takes this word, as it is written, for a boolean.
    pub fn is_boolean(&self, word: &str) -> bool {
        matches!(word, "true" | "false") || self.boolean_words.iter().any(|known| known == word)
    }

    /// A key that is known to be written here and does not belong here.
    pub fn misplaced_key(&self, name: &str) -> Option<&MisplacedKey> {
        self.misplaced_keys.iter().find(|key| key.name == name)
    }

    /// Whether people write this key for other readers than the host.
    pub fn community_key(&self, name: &str) -> bool {
        self.community_keys
            .as_ref()
            .is_some_and(|keys| keys.names.iter().any(|key| key == name))
    }

    /// The tools, those that nobody names and those being given up included.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// The old names of tools that still work.
    pub fn renamed_tools(&self) -> &[RenamedTool] {
        &self.renamed_tools
    }

    /// The old names of tools that do nothing any more.
    pub fn removed_tools(&self) -> &[RemovedTool] {
        &self.removed_tools
    }

    /// What `item`, with or without a specifier, is.
    pub fn tool<'a>(&'a self, item: &'a str) -> ToolStatus<'a> {
        let (name, _) = split_specifier(item);
        if let Some(tool) = self.tool_called(name) {
            return ToolStatus::Known(tool);
        }
        let is_it = |old: &str| self.is_same_tool(old, name);
        if let Some(old) = self.renamed_tools.iter().find(|old| is_it(&old.name))
            && let Some(tool) = self.tools.iter().find(|tool| tool.name == old.now)
        {
            return ToolStatus::Renamed { tool, old };
        }
        if let Some(removed) = self.removed_tools.iter().find(|old| is_it(&old.name)) {
            return ToolStatus::Removed(removed);
        }
        if name == "*" {
            return ToolStatus::Everything;
        }
        match self.mcp_name(name) {
            Some(name) => ToolStatus::Mcp(name),
            None => ToolStatus::Unknown,
        }
    }

    /// The tool that is called so, by an alias or in its set (`set/tool`) too.
    fn tool_called(&self, name: &str) -> Option<&Tool> {
        let is_it = |known: &str| self.is_same_tool(known, name);
        let found = self
            .tools
            .iter()
            .find(|tool| is_it(&tool.name) || tool.aliases.iter().any(|alias| is_it(alias)));
        found.or_else(|| {
            let (set, member) = name.split_once('/')?;
            let set = self
                .tools
                .iter()
                .find(|tool| !tool.set.is_empty() && self.is_same_tool(&tool.name, set))?;
            let member = set
                .set
                .iter()
                .find(|tool| self.is_same_tool(tool, member))?;
            self.tools.iter().find(|tool| tool.name == *member)
        })
    }

    fn is_same_tool(&self, known: &str, written: &str) -> bool {
        known == written
            || self.tools_in_any_case && known.eq_ignore_ascii_case(written)
            || known.contains('*') && matches(known, written)
    }

    /// The tool that was probably meant: one edit or one naming style away, two edits in a
    /// name of six characters or more.
    pub fn closest_tool(&self, item: &str) -> Option<&str> {
        let (name, _) = split_specifier(item);
        let current = self
            .tools
            .iter()
            .filter(|tool| tool.status == ToolUse::Current);
        closest(name, current.map(|tool| tool.name.as_str()), Reach::Far)
    }

    /// How tools of MCP servers are named.
    pub fn mcp(&self) -> Option<&McpForm> {
        self.mcp.as_ref()
    }

    fn mcp_name<'a>(&self, name: &'a str) -> Option<McpName<'a>> {
        let form = self.mcp.as_ref()?;
        let rest = name.strip_prefix(&form.prefix)?;
        let (server, tool) = match rest.split_once(&form.separator) {
            Some((server, tool)) => (server, Some(tool)),
            None => (rest, None),
        };
        if form.needs_tool && server != "*" && tool.is_none_or(str::is_empty) {
            return None;
        }
        let elsewhere = form
            .elsewhere
            .iter()
            .any(|start| server.starts_with(start.as_str()));
        (!server.is_empty()).then_some(McpName {
            server,
            tool,
            elsewhere,
        })
    }

    /// The short names of models.
    pub fn model_aliases(&self) -> &[Named] {
        self.models.as_ref().map_or(&[], |models| &models.aliases)
    }

    /// The full ids of models that were seen.
    pub fn model_ids(&self) -> &[String] {
        self.models.as_ref().map_or(&[], |models| &models.ids.names)
    }

    /// Whether the host takes this model, or hands it on unread. So it is with any model where
    /// none is known.
    pub fn model_is_known(&self, model: &str) -> bool {
        let Some(models) = &self.models else {
            return true;
        };
        models.aliases.iter().any(|alias| alias.name == model)
            || models.ids.names.iter().any(|id| id == model)
            || models
                .patterns
                .globs
                .iter()
                .any(|glob| matches(glob, model))
    }

    /// The model that was probably meant.
    pub fn closest_model(&self, model: &str) -> Option<&str> {
        let aliases = self.model_aliases().iter().map(|alias| alias.name.as_str());
        closest(
            model,
            aliases.chain(self.model_ids().iter().map(String::as_str)),
            Reach::Far,
        )
    }

    /// The agents that the host brings.
    pub fn builtin_agents(&self) -> &[Named] {
        &self.agents
    }

    /// The agent of that name that the host brings.
    pub fn builtin_agent(&self, name: &str) -> Option<&Named> {
        self.agents.iter().find(|agent| agent.name == name)
    }
}

impl Key {
    /// Whether the value may be of this type.
    pub fn is_of(&self, kind: KeyType) -> bool {
        self.kind == kind || self.also.contains(&kind)
    }

    /// Whether the host asks for the key in a header, of which `is_there` tells the keys.
    pub fn is_required(&self, is_there: impl Fn(&str) -> bool) -> bool {
        self.required && !self.unless.iter().any(|key| is_there(key))
    }

    /// Whether the host takes this text, as far as values and their shape are known.
    pub fn takes(&self, text: &str) -> bool {
        let is_bound = !self.values.is_empty() || self.pattern.is_some();
        let is_value = self.values.iter().any(|value| value.name == text);
        let fits = |pattern: &Pattern| pattern.matches(text);
        let is_right =
            !is_bound || self.open || is_value || self.pattern.as_ref().is_some_and(fits);
        is_right
            && self
                .most_characters
                .is_none_or(|most| text.chars().count() <= most)
    }

    /// Whether the host takes this number, as far as its bounds are known.
    pub fn takes_number(&self, number: f64) -> bool {
        self.minimum.is_none_or(|least| number >= least as f64)
            && self.above.is_none_or(|bound| number > bound as f64)
    }

    /// The value that was probably meant.
    pub fn closest_value(&self, value: &str) -> Option<&str> {
        closest(
            value,
            self.values.iter().map(|value| value.name.as_str()),
            Reach::Far,
        )
    }
}

/// Matches a glob whose only sign is `*`, for any characters.
fn matches(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{FileKind, Hosts, Place, Role};

    fn claude() -> &'static KindData {
        let hosts = Hosts::builtin();
        let kind = FileKind {
            host: hosts.by_name("claude-code"),
            role: Role::Agent,
            place: Place::HostFolder,
        };
        hosts.data(kind).unwrap()
    }

    #[test]
    fn a_glob_matches_the_whole_name() {
        for (glob, text, expected) in [
            ("claude-*", "claude-x", true),
            ("claude-*", "aclaude-x", false),
            ("*/*", "a/b", true),
            ("*/*", "ab", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*b*c", "xbyc", true),
            ("*bc*bc", "abc", false),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }

    #[test]
    fn a_specifier_is_split_off_closed_or_not() {
        assert_eq!(split_specifier("Bash"), ("Bash", None));
        assert_eq!(split_specifier("Bash(git *)"), ("Bash", Some("git *")));
        assert_eq!(split_specifier("Bash (git"), ("Bash", Some("git")));
        assert_eq!(split_specifier("Bash("), ("Bash", Some("")));
        assert_eq!(split_specifier("Bash(f(x))"), ("Bash", Some("f(x)")));
    }

    #[test]
    fn every_form_of_a_tool_has_its_status() {
        let data = claude();
        let status = |item| match data.tool(item) {
            ToolStatus::Known(tool) => format!("known {}", tool.name),
            ToolStatus::Renamed { tool, old } => format!("{} is now {}", old.name, tool.name),
            ToolStatus::Removed(old) => format!("removed, now {}", old.instead.join(" or ")),
            ToolStatus::Mcp(McpName {
                server,
                tool,
                elsewhere,
            }) => {
                format!(
                    "mcp {server} {}{}",
                    tool.unwrap_or("-"),
                    if elsewhere { " elsewhere" } else { "" }
                )
            }
            ToolStatus::Everything => "everything".into(),
            ToolStatus::Unknown => "unknown".into(),
        };
        for (item, expected) in [
            ("Read", "known Read"),
            ("Bash(npm run *)", "known Bash"),
            ("read", "unknown"),
            ("Task", "Task is now Agent"),
            ("Task(scout)", "Task is now Agent"),
            ("MultiEdit", "removed, now Edit"),
            ("LS", "removed, now Glob or Bash"),
            ("mcp__github", "mcp github -"),
            ("mcp__github__*", "mcp github *"),
            ("mcp__github__get_issue", "mcp github get_issue"),
            ("mcp__plugin_a_b__run", "mcp plugin_a_b run elsewhere"),
            ("mcp__*", "mcp * -"),
            ("mcp__", "unknown"),
            ("*", "everything"),
            ("", "unknown"),
            ("(", "unknown"),
        ] {
            assert_eq!(status(item), expected, "{item}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_the_name_that_was_meant() {
        let data = claude();
        assert_eq!(data.closest_tool("read"), Some("Read"));
        assert_eq!(data.closest_tool("web_fetch"), Some("WebFetch"));
        assert_eq!(data.closest_tool("Wrtie"), Some("Write"));
        assert_eq!(data.closest_tool("WebSerch(x)"), Some("WebSearch"));
        assert_eq!(data.closest_tool("Search"), None);
        assert_eq!(data.closest_key("max_turns"), Some("maxTurns"));
        assert_eq!(data.closest_key("tool"), Some("tools"));
        assert_eq!(data.closest_key("colour"), Some("color"));
        assert_eq!(data.closest_key("banana"), None);
        assert_eq!(data.closest_model("Sonnet"), Some("sonnet"));
        assert_eq!(data.closest_model("haku"), Some("haiku"));
        assert_eq!(
            data.key("color").unwrap().closest_value("Blue"),
            Some("blue")
        );
    }

    #[test]
    fn a_model_is_known_by_alias_id_or_shape() {
        let data = claude();
        for model in [
            "inherit",
            "opus[1m]",
            "claude-sonnet-4-5-20250929",
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "arn:aws:bedrock:us-east-1:1:inference-profile/x",
            "anthropic/claude-opus-4",
        ] {
            assert!(data.model_is_known(model), "{model}");
        }
        for model in ["", "Sonnet", "gpt-4", "sonet"] {
            assert!(!data.model_is_known(model), "{model}");
        }
    }

    #[test]
    fn a_key_that_belongs_elsewhere_says_what_to_write() {
        let data = claude();
        let instead = |key| data.misplaced_key(key).map(|key| key.instead.as_deref());
        assert_eq!(instead("allowed-tools"), Some(Some("tools")));
        assert_eq!(instead("argument-hint"), Some(None));
        assert_eq!(instead("tools"), None);
        assert!(data.community_key("extends") && !data.community_key("tools"));
        assert!(data.builtin_agent("Explore").is_some());
    }
}
