//! The names of a workspace: who defines what, who mentions whom. Updated by difference.
//!
//! All maps are persistent, so a clone is cheap and a clone is a snapshot.

mod ids;
mod resolve;

use std::ops::Bound;
use std::sync::Arc;

use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdMap, OrdSet};
use rustc_hash::FxBuildHasher;

use crate::agent::{AgentFile, Definition, Form, Mention, Name, Symbol};
use crate::config::{Configs, Settings};
use crate::host::Hosts;
use crate::path::FilePath;
use crate::syntax::yaml::{self, Value};
use crate::text::ByteRange;

pub use crate::path::FileId;
use ids::Ids;
pub use resolve::Resolver;
pub(crate) use resolve::{decoded, is_relative, last_stem, without_skill};

type Map<K, V> = GenericHashMap<K, V, FxBuildHasher, DefaultSharedPtr>;

/// How much of a file was read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Depth {
    /// Its header: enough for its name.
    Header,
    /// All of it.
    Body,
}

/// Whose file it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// A file of the workspace.
    Workspace,
    /// One of the user's own agents, outside every workspace.
    User,
}

/// A file as the index knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexedFile {
    /// Where it is.
    pub path: FilePath,
    /// What it says.
    pub facts: Arc<AgentFile>,
    /// How much of it was read.
    pub depth: Depth,
    /// Whose it is.
    pub scope: Scope,
}

/// What an update can mean for other files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct Changed {
    /// A name, a path, an `extends` or the place of one is not what it was, so that findings
    /// in other files may differ.
    pub names: bool,
    /// Something that is defined here has gained or lost a mention, or has another model or other
    /// tools, so that what other files show about it may differ.
    pub references: bool,
}

impl Changed {
    /// Either.
    pub fn or(self, other: Changed) -> Changed {
        Changed {
            names: self.names || other.names,
            references: self.references || other.references,
        }
    }
}

/// A workspace at one moment: a snapshot, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Its names.
    pub index: Index,
    /// Its configurations.
    pub configs: Arc<Configs>,
}

impl Workspace {
    /// Which state this is.
    pub fn state(&self) -> State {
        State(self.index.state.clone(), self.configs.clone())
    }

    /// What holds for the file at `path`.
    pub fn settings(&self, path: &FilePath) -> Settings<'_> {
        self.configs.of(path)
    }
}

/// Which state of a workspace something was found in. It keeps no file of that state alive: those
/// of a large one take long to drop.
#[derive(Clone, Debug)]
pub struct State(Arc<()>, Arc<Configs>);

impl State {
    /// Whether a workspace is in this very state, told without comparing what is in it.
    pub fn is_that_of(&self, workspace: &Workspace) -> bool {
        Arc::ptr_eq(&self.0, &workspace.index.state) && Arc::ptr_eq(&self.1, &workspace.configs)
    }
}

/// The names of one workspace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// A new one with each change; equal to every other, as indexes are that hold the same.
    state: Arc<()>,
    files: OrdMap<FileId, Arc<IndexedFile>>,
    paths: Map<FilePath, FileId>,
    /// Agents, skills and commands by their name, in the order of [`Symbol::ALL`].
    names: [OrdMap<Name, Ids>; Symbol::ALL.len()],
    /// Agents by the ends of their names: `api-pro` of `fast-api-pro`.
    tails: Map<Name, Ids>,
    /// All files by their stem: the targets of path suffixes, and agents whose name differs.
    stems: Map<Name, Ids>,
    /// Files by what they mention: see [`resolve::keys`].
    mentions: Map<Name, Ids>,
    /// Files that extend something.
    extending: OrdSet<FileId>,
    /// Servers by the file that configures them, or the folder of the plugin that brings them.
    mcp: Map<FilePath, Arc<[Name]>>,
    /// Plugin names by their folder.
    plugins: Map<FilePath, Name>,
}

impl Index {
    /// From now on it is another state.
    fn change(&mut self) {
        self.state = Arc::default();
    }

    /// Takes the facts of a file in place of what was known of it.
    pub fn insert(
        &mut self,
        id: FileId,
        path: FilePath,
        facts: Arc<AgentFile>,
        depth: Depth,
        scope: Scope,
    ) -> Changed {
        let file = Arc::new(IndexedFile {
            path,
            facts,
            depth,
            scope,
        });
        let before = self.files.get(&id).cloned();
        if let Some(before) = &before
            && before.path == file.path
            && before.facts == file.facts
            && before.depth == file.depth
            && before.scope == file.scope
        {
            return Changed::default();
        }
        let names = before
            .as_deref()
            .is_none_or(|before| differs(before, &file));
        let is_shown_elsewhere = before
            .as_deref()
            .is_some_and(|before| inherited(&before.facts) != inherited(&file.facts));
        let references = self.difference(id, before.as_deref(), Some(&file));
        self.files.insert(id, file);
        self.change();
        Changed {
            names,
            references: references || is_shown_elsewhere,
        }
    }

    /// Forgets a file.
    pub fn remove(&mut self, id: FileId) -> Changed {
        let Some(before) = self.files.remove(&id) else {
            return Changed::default();
        };
        self.change();
        let references = self.difference(id, Some(&before), None);
        Changed {
            names: true,
            references,
        }
    }

    /// Moves the maps from what `before` gave to what `after` gives, touching only what differs.
    /// Whether something defined has gained or lost a mention.
    fn difference(
        &mut self,
        id: FileId,
        before: Option<&IndexedFile>,
        after: Option<&IndexedFile>,
    ) -> bool {
        let path = |file: Option<&IndexedFile>| file.map(|file| file.path.clone());
        if path(before) != path(after) {
            if let Some(path) = path(before) {
                without(&mut self.stems, Name::new(path.stem()), id);
                self.paths.remove(&path);
            }
            if let Some(path) = path(after) {
                with(&mut self.stems, Name::new(path.stem()), id);
                self.paths.insert(path, id);
            }
        }
        let identity = |file: Option<&IndexedFile>| {
            let definition = file?.facts.definition.as_ref()?;
            Some((definition.symbol, definition.name.clone()))
        };
        if identity(before) != identity(after) {
            if let Some((symbol, name)) = identity(before) {
                for tail in tails(symbol, &name) {
                    without(&mut self.tails, tail, id);
                }
                let names = &mut self.names[symbol as usize];
                let ids = names.get(&name).map(|ids| ids.without(id));
                match ids.filter(|ids| !ids.is_empty()) {
                    Some(ids) => names.insert(name, ids),
                    None => names.remove(&name),
                };
            }
            if let Some((symbol, name)) = identity(after) {
                for tail in tails(symbol, &name) {
                    with(&mut self.tails, tail, id);
                }
                let names = &mut self.names[symbol as usize];
                let ids = names.get(&name).cloned().unwrap_or_default().with(id);
                names.insert(name, ids);
            }
        }
        let extends = |file: Option<&IndexedFile>| {
            file.is_some_and(|file| extends(&file.facts).next().is_some())
        };
        match (extends(before), extends(after)) {
            (true, false) => _ = self.extending.remove(&id),
            (false, true) => _ = self.extending.insert(id),
            _ => {}
        }
        let (old, new) = (mentions(before), mentions(after));
        let is_same =
            |(old, new): (&Mention, &Mention)| old.name == new.name && old.form == new.form;
        if old.len() == new.len() && old.iter().zip(new).all(is_same) {
            return false;
        }
        let mentioned = |mentions: &[Mention]| {
            let mut names: Vec<Name> = mentions.iter().flat_map(resolve::keys).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let (old, new) = (mentioned(old), mentioned(new));
        let mut references = false;
        for name in old.iter().filter(|name| new.binary_search(name).is_err()) {
            references |= self.is_defined(name);
            without(&mut self.mentions, name.clone(), id);
        }
        for name in new.iter().filter(|name| old.binary_search(name).is_err()) {
            references |= self.is_defined(name);
            with(&mut self.mentions, name.clone(), id);
        }
        references
    }

    /// Whether something is called so, or is defined in a file of this stem.
    fn is_defined(&self, name: &Name) -> bool {
        self.names.iter().any(|names| names.contains_key(name)) || self.stems.contains_key(name)
    }

    /// What is known of a file.
    pub fn file(&self, id: FileId) -> Option<&IndexedFile> {
        self.files.get(&id).map(|file| &**file)
    }

    /// The file at a path.
    pub fn id_of(&self, path: &FilePath) -> Option<FileId> {
        self.paths.get(path).copied()
    }

    /// All files in the order of their identities.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &IndexedFile)> {
        self.files.iter().map(|(id, file)| (*id, &**file))
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it holds no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// All agents, in the order of their names.
    pub fn agents(&self) -> impl Iterator<Item = (FileId, &Definition)> {
        self.symbols(Symbol::Agent)
    }

    /// Everything of one kind that is defined, in the order of the names.
    pub fn symbols(&self, symbol: Symbol) -> impl Iterator<Item = (FileId, &Definition)> {
        self.names[symbol as usize]
            .values()
            .flat_map(Ids::iter)
            .filter_map(|id| Some((id, self.definition(id)?)))
    }

    /// What a file defines.
    pub fn definition(&self, id: FileId) -> Option<&Definition> {
        self.file(id)?.facts.definition.as_ref()
    }

    /// The agent that a file defines.
    pub fn agent(&self, id: FileId) -> Option<&Definition> {
        self.file(id)?.facts.agent()
    }

    /// The files that may mention what is called `name` or lies in a file of that stem, as far as they were read.
    pub fn mentioning(&self, name: &Name) -> impl Iterator<Item = FileId> + '_ {
        self.mentions.get(name).into_iter().flat_map(Ids::iter)
    }

    /// Takes the MCP servers that a configuration file names. An empty `source` forgets it.
    pub fn set_mcp(&mut self, path: &FilePath, source: &str) -> Changed {
        let servers: Arc<[Name]> = mcp_servers(source).into();
        let before = if servers.is_empty() {
            self.mcp.remove(path)
        } else {
            self.mcp.insert(path.clone(), servers.clone())
        };
        let names = before.as_deref().unwrap_or(&[]) != &*servers;
        if names {
            self.change();
        }
        Changed {
            names,
            references: false,
        }
    }

    /// The MCP servers that the workspace configures, sorted; `None` where no file configures any.
    pub fn mcp_servers(&self) -> Option<Vec<Name>> {
        if self.mcp.is_empty() {
            return None;
        }
        let mut servers: Vec<Name> = self
            .mcp
            .values()
            .flat_map(|servers| servers.iter().cloned())
            .collect();
        servers.sort_unstable();
        servers.dedup();
        Some(servers)
    }

    /// The files that configure MCP servers, with the servers; the folder of a plugin stands for
    /// its manifest.
    pub fn mcp_configurations(&self) -> impl Iterator<Item = (&FilePath, &[Name])> {
        self.mcp.iter().map(|(path, servers)| (path, &**servers))
    }

    /// The plugin that brings the servers of a file of [`Index::mcp_configurations`]: its manifest,
    /// or one of `files` in its folder.
    pub fn plugin_configured_by(&self, path: &FilePath, files: &[String]) -> Option<&Name> {
        let is_named = files.iter().any(|file| file == path.file_name());
        self.plugins.get(path).or_else(|| {
            let plugin = self.plugins.get(&FilePath::new(path.folder()));
            plugin.filter(|_| is_named)
        })
    }

    /// Takes `folder` (workspace-relative, without a final `/`) as the root of a plugin whose
    /// manifest reads `source`, its MCP servers included; `None` forgets it.
    pub fn set_plugin(&mut self, folder: &str, source: Option<&str>) -> Changed {
        let key = FilePath::new(folder);
        let servers = self.set_mcp(&key, source.unwrap_or(""));
        let name = source.map(|source| {
            let (node, _) = yaml::parse(source, 0);
            let name = node
                .as_ref()
                .and_then(|node| node.get("name")?.as_str().map(Name::new));
            name.unwrap_or_else(|| Name::new(key.file_name()))
        });
        let before = match &name {
            Some(name) => self.plugins.insert(key, name.clone()),
            None => self.plugins.remove(&key),
        };
        let names = before != name;
        if names {
            self.change();
        }
        servers.or(Changed {
            names,
            references: false,
        })
    }

    /// The plugins of the workspace: their folders and names.
    pub fn plugins(&self) -> impl Iterator<Item = (&FilePath, &Name)> {
        self.plugins.iter()
    }

    /// The folder of the plugin that a file belongs to.
    pub fn plugin_of<'p>(&self, path: &'p FilePath) -> Option<&'p str> {
        let mut folder = path.folder();
        loop {
            if self.plugins.contains_key(&FilePath::new(folder)) {
                return path.as_str().get(..folder.len());
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    /// Whether a file is an agent of a plugin.
    pub fn is_in_plugin(&self, path: &FilePath) -> bool {
        self.plugin_of(path).is_some() && !is_in_host_folder(path)
    }

    /// Names of agents that stand nearest to `name` in the order of names: at most `count`
    /// before it and as many after it.
    pub fn neighbours(&self, name: &str, count: usize) -> Vec<&Name> {
        let before = self.names[Symbol::Agent as usize]
            .range::<_, str>((Bound::Unbounded, Bound::Excluded(name)))
            .rev()
            .take(count)
            .map(|(name, _)| name);
        before.chain(self.names_from(name).take(count)).collect()
    }

    /// Whether the name of some agent begins or ends with the segments of `name` and goes on.
    pub fn is_part_of_agent(&self, name: &str) -> bool {
        let head = format!("{name}-");
        let begins = |longer: &Name| longer.as_str().starts_with(&head);
        self.tails.contains_key(name) || self.names_from(&head).next().is_some_and(begins)
    }

    /// The names of agents from `start` on, in order.
    pub fn names_from(&self, start: &str) -> impl Iterator<Item = &Name> {
        let from = self.names[Symbol::Agent as usize]
            .range::<_, str>((Bound::Included(start), Bound::Unbounded));
        from.map(|(name, _)| name)
    }

    /// The files of that stem.
    pub fn with_stem(&self, stem: &Name) -> impl Iterator<Item = FileId> + '_ {
        self.stems.get(stem).into_iter().flat_map(Ids::iter)
    }

    /// The files that extend something.
    pub fn extending(&self) -> impl Iterator<Item = FileId> + '_ {
        self.extending.iter().copied()
    }
}

fn mentions(file: Option<&IndexedFile>) -> &[Mention] {
    file.map_or(&[], |file| &file.facts.mentions)
}

/// The mentions of `extends` in a file.
pub fn extends(facts: &AgentFile) -> impl Iterator<Item = &Mention> {
    facts
        .mentions
        .iter()
        .filter(|mention| mention.form == Form::Extends)
}

fn is_in_host_folder(path: &FilePath) -> bool {
    path.folder()
        .split('/')
        .any(|segment| Hosts::builtin().is_host_folder(segment))
}

/// What other files show of a header: those that extend it, and those that delegate to it.
fn inherited(facts: &AgentFile) -> [Option<&str>; 2] {
    ["model", "tools"].map(|key| Some(facts.entry(key)?.value_range.of(&facts.header_text)))
}

fn differs(before: &IndexedFile, after: &IndexedFile) -> bool {
    let identity = |file: &IndexedFile| {
        file.facts
            .definition
            .as_ref()
            .map(|d| (d.symbol, d.name.clone(), d.name_range))
    };
    let above = |file: &IndexedFile| -> Vec<(ByteRange, Name)> {
        extends(&file.facts)
            .map(|mention| (mention.range, mention.name.clone()))
            .collect()
    };
    before.path != after.path
        || before.scope != after.scope
        || before.facts.kind != after.facts.kind
        || identity(before) != identity(after)
        || above(before) != above(after)
}

/// What the name of an agent ends with, after each of its hyphens.
fn tails(symbol: Symbol, name: &Name) -> Vec<Name> {
    let name = name.as_str();
    let starts = name.match_indices('-').map(|(at, _)| &name[at + 1..]);
    starts
        .filter(|tail| symbol == Symbol::Agent && !tail.is_empty())
        .map(Name::new)
        .collect()
}

fn with(map: &mut Map<Name, Ids>, name: Name, id: FileId) {
    let ids = map.get(&name).cloned().unwrap_or_default().with(id);
    map.insert(name, ids);
}

fn without(map: &mut Map<Name, Ids>, name: Name, id: FileId) {
    let ids = map.get(&name).map(|ids| ids.without(id));
    match ids.filter(|ids| !ids.is_empty()) {
        Some(ids) => map.insert(name, ids),
        None => map.remove(&name),
    };
}

/// The keys of `mcpServers` (or `servers`) in a JSON configuration file. JSON is YAML, so
/// one parser reads both.
fn mcp_servers(source: &str) -> Vec<Name> {
    let (node, _) = yaml::parse(source, 0);
    let Some(node) = node else {
        return Vec::new();
    };
    let Some(servers) = node.get("mcpServers").or_else(|| node.get("servers")) else {
        return Vec::new();
    };
    match &servers.value {
        Value::Mapping { pairs, .. } => pairs
            .iter()
            .filter_map(|(key, _)| key.as_str().map(Name::new))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{SourceFile, header_facts};
    use proptest::prelude::*;

    /// What can happen to one of a few files.
    #[derive(Clone, Debug)]
    enum Step {
        /// It is read, as the disk or a buffer has it, as far as the depth says.
        Read(u32, usize, String, Depth),
        Remove(u32),
        Mcp(usize, &'static str),
        Plugin(usize, Option<&'static str>),
    }

    const PATHS: [&str; 6] = [
        ".claude/agents/a-b.md",
        ".claude/agents/c-d.md",
        "plugins/p/agents/a-b.md",
        "plugins/p/skills/c-d/SKILL.md",
        ".claude/commands/a-b.md",
        "docs/x-y.md",
    ];

    fn text() -> impl Strategy<Value = String> {
        let name = "(a-b|c-d|e-f|agent-a-b)";
        let header = format!("(---\nname: {name}\ndescription: x\n(extends: {name}\n)?---\n)?");
        let body = format!(
            "(Ask @{name}\\. |`{name}` |p:{name} |see \\.\\./{name}\\.md |\n\n\\| Agent \\|\n\\|---\\|\n\\| {name} \\|\n\n){{0,5}}"
        );
        prop::string::string_regex(&(header + &body)).expect("a pattern")
    }

    fn step() -> impl Strategy<Value = Step> {
        let depth = prop_oneof![Just(Depth::Header), Just(Depth::Body)];
        prop_oneof![
            8 => (0u32..8, 0..PATHS.len(), text(), depth)
                .prop_map(|(id, path, text, depth)| Step::Read(id, path, text, depth)),
            3 => (0u32..8).prop_map(Step::Remove),
            1 => (0usize..2, prop_oneof![Just(""), Just("{\"mcpServers\": {\"s\": {}}}")])
                .prop_map(|(at, text)| Step::Mcp(at, text)),
            1 => (0usize..2, prop_oneof![Just(None), Just(Some("{\"name\": \"p\"}"))])
                .prop_map(|(at, text)| Step::Plugin(at, text)),
        ]
    }

    fn apply(index: &mut Index, step: &Step) {
        match step {
            Step::Read(id, path, text, depth) => {
                let (id, path) = (FileId(*id), FilePath::new(PATHS[*path]));
                // A path has one file, and a file that moves leaves its old path.
                if index.id_of(&path).is_some_and(|other| other != id) {
                    return;
                }
                let facts = match depth {
                    Depth::Header => Arc::new(header_facts(&path, text, &Default::default())),
                    Depth::Body => {
                        SourceFile::parse(id, path.clone(), text, &Default::default()).facts
                    }
                };
                _ = index.insert(id, path, facts, *depth, Scope::Workspace);
            }
            Step::Remove(id) => _ = index.remove(FileId(*id)),
            Step::Mcp(at, text) => {
                _ = index.set_mcp(&FilePath::new(["a.json", "b.json"][*at]), text);
            }
            Step::Plugin(at, text) => _ = index.set_plugin(["plugins/p", "docs"][*at], *text),
        }
    }

    /// The same files and settings, put into an index that knows nothing yet.
    fn from_scratch(index: &Index) -> Index {
        let mut anew = Index::default();
        for (id, file) in index.files() {
            let IndexedFile {
                path,
                facts,
                depth,
                scope,
            } = file.clone();
            _ = anew.insert(id, path, facts, depth, scope);
        }
        anew.mcp = index.mcp.clone();
        anew.plugins = index.plugins.clone();
        anew
    }

    #[test]
    fn a_change_is_told_to_those_who_show_what_changed() {
        let mut index = Index::default();
        let mut read = |at: u32, text: &str| {
            let (id, path) = (FileId(at), FilePath::new(PATHS[at as usize]));
            let facts = SourceFile::parse(id, path.clone(), text, &Default::default()).facts;
            let changed = index.insert(id, path, facts, Depth::Body, Scope::Workspace);
            (changed.names, changed.references)
        };
        assert_eq!(
            read(0, "---\nname: a-b\ndescription: x\n---\n"),
            (true, false)
        );
        let with_model = "---\nname: a-b\ndescription: x\nmodel: opus\n---\n";
        // The name is where it was, and the model is shown beside cells that name it.
        assert_eq!(read(0, with_model), (false, true));
        assert_eq!(read(0, &format!("{with_model}Body.\n")), (false, false));
        assert_eq!(read(5, "Plain.\n"), (true, false));
        assert_eq!(read(5, "Ask @a-b.\n"), (false, true));
        assert_eq!(read(5, "Ask @nobody.\n"), (false, true));
        assert_eq!(read(5, "Ask @somebody.\n"), (false, false));
    }

    proptest! {
        #[test]
        fn an_index_updated_by_difference_is_the_one_built_from_scratch(
            steps in prop::collection::vec(step(), 1..40),
        ) {
            let mut index = Index::default();
            for step in &steps {
                let before = index.clone();
                apply(&mut index, step);
                prop_assert_eq!(&index, &from_scratch(&index));
                prop_assert_eq!(&before, &from_scratch(&before), "a snapshot has changed");
            }
        }
    }
}
