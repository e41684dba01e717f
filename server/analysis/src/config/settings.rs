//! Several configurations over one file: for each key the nearest that sets it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use smallvec::SmallVec;

use super::{Config, HostGlobs, Severity};
use crate::host::HostId;
use crate::path::FilePath;

/// All configurations of a workspace, and what the editor says.
#[derive(Clone, Debug, Default)]
pub struct Configs {
    /// By the folder that each lies in; that of the top is empty.
    by_folder: BTreeMap<FilePath, Arc<Config>>,
    /// What the editor says: it counts where no file does.
    editor: Arc<Config>,
}

/// What holds for one file. Every question is answered by the nearest configuration that
/// says something about it.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    nearest_first: SmallVec<[&'a Config; 2]>,
}

/// What of the configuration changes how a file is read, and so its facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The host that reads it, whatever its path says.
    pub host: Option<HostId>,
    /// Headings of table columns, in lower case, that mean "delegate to" beside the known ones.
    pub delegation_headers: Arc<[Box<str>]>,
}

impl Configs {
    /// The configurations of some folders, relative to the workspace, over what the editor says.
    pub fn new(
        by_folder: impl IntoIterator<Item = (FilePath, Arc<Config>)>,
        editor: Arc<Config>,
    ) -> Self {
        Self {
            by_folder: by_folder.into_iter().collect(),
            editor,
        }
    }

    /// What holds for the file at `path`.
    pub fn of(&self, path: &FilePath) -> Settings<'_> {
        let nearest_first = self
            .above(path)
            .map(|(_, config)| config)
            .chain([&*self.editor])
            .collect();
        Settings { nearest_first }
    }

    /// The configurations above a file, the nearest first, each with its folder.
    fn above<'a, 'p>(
        &'a self,
        path: &'p FilePath,
    ) -> impl Iterator<Item = (&'p str, &'a Config)> + use<'a, 'p> {
        let mut folder = (!self.by_folder.is_empty()).then(|| path.folder());
        let folders = std::iter::from_fn(move || {
            let here = folder?;
            folder =
                (!here.is_empty()).then(|| here.rsplit_once('/').map_or("", |(above, _)| above));
            Some(here)
        });
        folders.filter_map(|folder| {
            let config = self.by_folder.get(folder)?;
            Some((folder, &**config))
        })
    }

    /// Whether a file or folder is left out: the nearest configuration with a pattern for it
    /// says so.
    pub fn excludes(&self, path: &FilePath) -> bool {
        let nearest = self
            .above(path)
            .find_map(|(folder, config)| config.exclude.decides(below(path, folder)));
        nearest
            .or_else(|| self.editor.exclude.decides(path.as_str()))
            .unwrap_or(false)
    }

    /// Whether the agents in the user's home count, where somebody says so.
    pub fn user_agents(&self) -> Option<bool> {
        let top = self.by_folder.get("");
        top.and_then(|top| top.user_agents)
            .or(self.editor.user_agents)
    }

    /// How the file at `path` is to be read.
    pub fn reading(&self, path: &FilePath) -> Reading {
        let host = self
            .above(path)
            .find_map(|(folder, config)| config.hosts.of(below(path, folder)))
            .or_else(|| self.editor.hosts.of(path.as_str()));
        let delegation_headers = self
            .of(path)
            .nearest_first
            .iter()
            .find_map(|config| config.delegation_headers.clone());
        Reading {
            host,
            delegation_headers: delegation_headers.unwrap_or_default(),
        }
    }

    /// Whether every file is read the same under both.
    pub fn reads_as(&self, other: &Self) -> bool {
        self.readings().eq(other.readings())
    }

    /// What decides how files are read, of each folder that says something about it.
    fn readings(&self) -> impl Iterator<Item = (&str, &HostGlobs, Option<&[Box<str>]>)> {
        self.by_folder
            .iter()
            .map(|(folder, config)| (folder.as_str(), config))
            .chain([("/", &self.editor)])
            .map(|(folder, config)| (folder, &config.hosts, config.delegation_headers.as_deref()))
            .filter(|(_, hosts, headers)| !hosts.is_empty() || headers.is_some())
    }
}

/// The path below `folder`, which holds it.
fn below<'a>(path: &'a FilePath, folder: &str) -> &'a str {
    let rest = path.as_str().get(folder.len()..).unwrap_or("");
    rest.strip_prefix('/')
        .filter(|_| !folder.is_empty())
        .unwrap_or(rest)
}

impl<'a> Settings<'a> {
    /// What is set for a rule: a severity, off (`Some(None)`), or nothing.
    pub fn severity(&self, rule: &str) -> Option<Option<Severity>> {
        let mut set = self
            .nearest_first
            .iter()
            .filter_map(|config| config.severity(rule));
        set.next()
    }

    /// Agents that exist although nothing here defines them.
    pub fn known_agents(&self) -> &'a BTreeSet<Box<str>> {
        self.nearest(|config| config.known.agents.as_ref())
    }

    /// Tools that exist elsewhere, without a specifier.
    pub fn known_tools(&self) -> &'a BTreeSet<Box<str>> {
        self.nearest(|config| config.known.tools.as_ref())
    }

    /// Models that exist elsewhere.
    pub fn known_models(&self) -> &'a BTreeSet<Box<str>> {
        self.nearest(|config| config.known.models.as_ref())
    }

    /// Keys of headers that are meant.
    pub fn known_keys(&self) -> &'a BTreeSet<Box<str>> {
        self.nearest(|config| config.known.keys.as_ref())
    }

    fn nearest(
        &self,
        list: impl Fn(&'a Config) -> Option<&'a BTreeSet<Box<str>>>,
    ) -> &'a BTreeSet<Box<str>> {
        static NOTHING: LazyLock<BTreeSet<Box<str>>> = LazyLock::new(BTreeSet::new);
        let mut set = self.nearest_first.iter().filter_map(|config| list(config));
        set.next().unwrap_or(&NOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Hosts;

    fn configs(files: &[(&str, &str)], editor: &str) -> Configs {
        let read = |source: &str| {
            let (config, problems) = super::super::parse(source, &["unknown-tool", "unknown-key"]);
            assert_eq!(problems, [], "{source}");
            Arc::new(config)
        };
        let by_folder = files
            .iter()
            .map(|(folder, source)| (FilePath::new(folder), read(source)));
        Configs::new(by_folder, read(editor))
    }

    #[test]
    fn the_nearest_configuration_counts_key_by_key() {
        let configs = configs(
            &[
                (
                    "",
                    "rules: {unknown-tool: off, unknown-key: error}\nknown: {tools: [A]}",
                ),
                (
                    "team/api",
                    "rules: {unknown-tool: hint}\nknown: {agents: [b]}",
                ),
            ],
            "rules: {unknown-tool: error}\nknown: {models: [m], tools: [B]}",
        );
        let near = configs.of(&FilePath::new("team/api/agents/x.md"));
        assert_eq!(near.severity("unknown-tool"), Some(Some(Severity::Hint)));
        assert_eq!(near.severity("unknown-key"), Some(Some(Severity::Error)));
        assert!(near.known_agents().contains("b"));
        assert!(near.known_tools().contains("A") && !near.known_tools().contains("B"));
        assert!(near.known_models().contains("m"));
        let far = configs.of(&FilePath::new("team/x.md"));
        assert_eq!(far.severity("unknown-tool"), Some(None));
        assert!(far.known_agents().is_empty());
    }

    #[test]
    fn a_pattern_is_relative_to_its_folder_and_the_nearest_that_matches_decides() {
        let configs = configs(
            &[
                ("", "exclude: [drafts/]"),
                ("a", "exclude: ['!/drafts/x.md', /b/y.md]"),
            ],
            "exclude: [z.md]",
        );
        let excludes = |path| configs.excludes(&FilePath::new(path));
        assert!(excludes("drafts/x.md") && excludes("a/drafts/y.md") && excludes("a/b/y.md"));
        assert!(!excludes("a/drafts/x.md") && !excludes("b/y.md"));
        assert!(excludes("q/z.md"));
    }

    #[test]
    fn a_host_and_headings_are_read_with_the_file() {
        let configs = configs(
            &[
                (
                    "",
                    "hosts: {'prompts/**': gemini}\ndelegation-headers: [Who Does It]",
                ),
                ("prompts/a", "hosts: {x.md: cursor}"),
            ],
            "",
        );
        let host = |path| configs.reading(&FilePath::new(path)).host;
        let named = |name| Hosts::builtin().by_name(name);
        assert_eq!(host("prompts/a/x.md"), named("cursor"));
        assert_eq!(host("prompts/a/y.md"), named("gemini"));
        assert_eq!(host("y.md"), None);
        let headers = configs.reading(&FilePath::new("y.md")).delegation_headers;
        assert_eq!(&*headers, [Box::from("who does it")]);
        assert!(configs.reads_as(&configs.clone()) && !configs.reads_as(&Configs::default()));
    }
}
