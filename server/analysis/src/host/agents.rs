//! What hosts together know about agents: the folders, the built-in ones, what names one.

use super::{FileKind, Hosts, Key, KindData, Named, Place, ToolStatus};

impl Hosts {
    /// Whether a folder of this name belongs to a host.
    pub fn is_host_folder(&self, name: &str) -> bool {
        self.host_folders().any(|folder| folder == name)
    }

    /// Where the user's own agents lie, relative to the home folder, with `/` between segments.
    pub fn user_agents(&self) -> Option<&str> {
        self.iter()
            .find_map(|(_, host)| host.user_agents.as_deref())
    }

    /// The agents that hosts bring.
    pub fn builtin_agents(&self) -> impl Iterator<Item = &Named> {
        self.iter()
            .flat_map(|(_, host)| host.kinds.values())
            .flat_map(KindData::builtin_agents)
    }

    /// The agent of that name that some host brings, in any case of its letters: whether hosts
    /// mind the case is not documented.
    pub fn builtin_agent(&self, name: &str) -> Option<&Named> {
        self.builtin_agents()
            .find(|agent| agent.name.eq_ignore_ascii_case(name))
    }

    /// The agent of that name that the host of such files brings, in any case of its letters.
    pub fn builtin_agent_of(&self, kind: FileKind, name: &str) -> Option<&Named> {
        let kinds = self.host(kind.host?)?.kinds.values();
        kinds
            .flat_map(KindData::builtin_agents)
            .find(|agent| agent.name.eq_ignore_ascii_case(name))
    }

    /// Whether an agent of this kind is known by its `name` alone.
    pub fn goes_by_name(&self, kind: FileKind) -> bool {
        self.data(kind)
            .and_then(|data| data.key("name"))
            .is_some_and(|key| key.required)
    }

    /// Whether an agent of this kind that has no `name` is known by its file's stem: where the
    /// host asks for no name, and in the `agents` folder of a plugin.
    pub fn stem_is_identity(&self, kind: FileKind) -> bool {
        !self.goes_by_name(kind) || kind.place == Place::AgentsFolder
    }
}

impl KindData {
    /// Why the host refuses a name, as the end of "its name ...".
    pub fn name_fault(&self, name: &str) -> Option<String> {
        let most = self.limits.as_ref()?.name_characters?;
        if name.starts_with('-') {
            Some("starts with `-`".to_owned())
        } else if name.contains(':') {
            Some("holds a `:`, which is the mark of plugins".to_owned())
        } else if name.chars().count() > most {
            Some(format!("has more than {most} characters"))
        } else {
            None
        }
    }

    /// The name that the host has for a tool today.
    pub fn current_tool_name<'a>(&'a self, name: &'a str) -> &'a str {
        match self.tool(name) {
            ToolStatus::Known(tool) | ToolStatus::Renamed { tool, .. } => &tool.name,
            _ => name,
        }
    }
}

impl Key {
    /// The values as they are written.
    pub fn value_names(&self) -> Vec<&str> {
        self.values
            .iter()
            .map(|value| value.name.as_str())
            .collect()
    }
}
