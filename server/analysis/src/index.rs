//! The names of a workspace: who defines what, who mentions whom. Updated by difference.
//!
//! All maps are persistent, so a clone is cheap and a clone is a snapshot.

use std::cmp::Reverse;
use std::ops::Bound;
use std::sync::Arc;

use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdMap, OrdSet};
use rustc_hash::FxBuildHasher;

use crate::agent::{AgentFile, ColumnHeading, Definition, Form, Mention, Name, name};
use crate::config::Config;
use crate::host::{Hosts, Role};
use crate::limits;
use crate::path::FilePath;
use crate::syntax::yaml::{self, Value};
use crate::text::ByteRange;

/// Sorted, without duplicates. Shared, because a persistent map copies its nodes.
type Ids = Arc<[FileId]>;
type Map<K, V> = GenericHashMap<K, V, FxBuildHasher, DefaultSharedPtr>;

/// What Claude Code puts before a name that it completes after `@`: `@agent-python-pro`.
pub(crate) const AT_PREFIX: &str = "agent-";

/// The identity of a file for as long as its workspace lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

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
#[derive(Clone, Debug)]
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
}

impl Changed {
    /// Either.
    pub fn or(self, other: Changed) -> Changed {
        Changed {
            names: self.names || other.names,
        }
    }
}

/// A workspace at one moment: a snapshot, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Its names.
    pub index: Index,
    /// Its `.agentls.yaml`.
    pub config: Arc<Config>,
}

/// The names of one workspace.
#[derive(Clone, Debug, Default)]
pub struct Index {
    files: OrdMap<FileId, Arc<IndexedFile>>,
    paths: Map<FilePath, FileId>,
    /// Agents by their name.
    names: OrdMap<Name, Ids>,
    /// All files by their stem: the targets of path suffixes, and agents whose name differs.
    stems: Map<Name, Ids>,
    /// Files by the names that they mention, without scope.
    mentions: Map<Name, Ids>,
    /// Files that extend something.
    extending: OrdSet<FileId>,
    /// Servers by the file that configures them.
    mcp: Map<FilePath, Arc<[Name]>>,
    /// Plugin names by their folder.
    plugins: Map<FilePath, Name>,
}

impl Index {
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
        let changed = Changed {
            names: before
                .as_deref()
                .is_none_or(|before| differs(before, &file)),
        };
        self.difference(id, before.as_deref(), Some(&file));
        self.files.insert(id, file);
        changed
    }

    /// Forgets a file.
    pub fn remove(&mut self, id: FileId) -> Changed {
        let Some(before) = self.files.remove(&id) else {
            return Changed::default();
        };
        self.difference(id, Some(&before), None);
        Changed { names: true }
    }

    /// Moves the maps from what `before` gave to what `after` gives, touching only what differs.
    fn difference(
        &mut self,
        id: FileId,
        before: Option<&IndexedFile>,
        after: Option<&IndexedFile>,
    ) {
        let path = |file: Option<&IndexedFile>| file.map(|file| file.path.clone());
        if path(before) != path(after) {
            if let Some(path) = path(before) {
                self.paths.remove(&path);
                update(&mut self.stems, Name::new(path.stem()), |ids| {
                    without(ids, id)
                });
            }
            if let Some(path) = path(after) {
                update(&mut self.stems, Name::new(path.stem()), |ids| with(ids, id));
                self.paths.insert(path, id);
            }
        }
        let name = |file: Option<&IndexedFile>| Some(file?.facts.definition.as_ref()?.name.clone());
        if name(before) != name(after) {
            if let Some(name) = name(before) {
                let ids = without(self.names.get(&name), id);
                if ids.is_empty() {
                    self.names.remove(&name)
                } else {
                    self.names.insert(name, ids)
                };
            }
            if let Some(name) = name(after) {
                let ids = with(self.names.get(&name), id);
                self.names.insert(name, ids);
            }
        }
        let mentioned = |file: Option<&IndexedFile>| {
            let mut names: Vec<Name> = file
                .into_iter()
                .flat_map(|file| &file.facts.mentions)
                .filter(|mention| !mention.form.is_path())
                .map(|mention| {
                    mention
                        .name
                        .without_scope()
                        .unwrap_or_else(|| mention.name.clone())
                })
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let (old, new) = (mentioned(before), mentioned(after));
        for name in old.iter().filter(|name| new.binary_search(name).is_err()) {
            update(&mut self.mentions, name.clone(), |ids| without(ids, id));
        }
        for name in new.iter().filter(|name| old.binary_search(name).is_err()) {
            update(&mut self.mentions, name.clone(), |ids| with(ids, id));
        }
        let extends = |file: Option<&IndexedFile>| {
            file.is_some_and(|file| extends(&file.facts).next().is_some())
        };
        match (extends(before), extends(after)) {
            (true, false) => _ = self.extending.remove(&id),
            (false, true) => _ = self.extending.insert(id),
            _ => {}
        }
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
        self.names
            .values()
            .flat_map(|ids| ids.iter())
            .filter_map(|id| Some((*id, self.definition(*id)?)))
    }

    /// The agent that a file defines.
    pub fn definition(&self, id: FileId) -> Option<&Definition> {
        self.file(id)?.facts.definition.as_ref()
    }

    /// The files that mention `name` (without its scope) or a path, as far as they were read.
    pub fn mentioning(&self, name: &Name) -> impl Iterator<Item = FileId> + '_ {
        self.mentions
            .get(name)
            .into_iter()
            .flat_map(|ids| ids.iter().copied())
    }

    /// Takes the MCP servers that a configuration file names. An empty `source` forgets it.
    pub fn set_mcp(&mut self, path: &FilePath, source: &str) -> Changed {
        let servers: Arc<[Name]> = mcp_servers(source).into();
        let before = if servers.is_empty() {
            self.mcp.remove(path)
        } else {
            self.mcp.insert(path.clone(), servers.clone())
        };
        Changed {
            names: before.as_deref().unwrap_or(&[]) != &*servers,
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

    /// Takes `folder` (workspace-relative, without a final `/`) as the root of a plugin whose
    /// manifest reads `source`; `None` forgets it.
    pub fn set_plugin(&mut self, folder: &str, source: Option<&str>) -> Changed {
        let key = FilePath::new(folder);
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
        Changed {
            names: before != name,
        }
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

    /// The folder within which names must differ: the nearest agents folder of a host, else
    /// the plugin's or topmost `agents` folder, else the workspace (empty).
    pub fn root_of<'p>(&self, path: &'p FilePath) -> &'p str {
        let whole = path.as_str();
        let folder = path.folder();
        let mut end = 0;
        let mut previous = "";
        let mut host_root = None;
        let mut topmost = None;
        for segment in folder.split('/') {
            end += segment.len();
            if segment == "agents" || segment == "agent" {
                if Hosts::builtin().is_host_folder(previous) {
                    host_root = Some(end);
                }
                topmost = topmost.or(Some(end));
            }
            previous = segment;
            end += 1;
        }
        if let Some(end) = host_root {
            return &whole[..end];
        }
        if let Some(plugin) = self.plugin_of(path) {
            let length = plugin.len();
            let agents = whole
                .get(length..)
                .is_some_and(|rest| rest.trim_start_matches('/').starts_with("agents/"));
            let end = if agents {
                length + whole[length..].find("agents").unwrap_or(0) + "agents".len()
            } else {
                length
            };
            return &whole[..end];
        }
        topmost.map_or("", |end| &whole[..end])
    }

    /// All definitions of `name` as seen from the file at `from`, nearest first: the same
    /// root, the same plugin, the workspace, the user's own.
    pub fn definitions(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let found = self
            .names
            .get(name)
            .or_else(|| self.names.get(&name.without_scope()?));
        self.nearest_first(found.into_iter().flat_map(|ids| ids.iter().copied()), from)
    }

    /// Agents whose file has the stem `name` but that are called otherwise, nearest first.
    pub fn misnamed(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let found = self
            .stems
            .get(name)
            .or_else(|| self.stems.get(&name.without_scope()?));
        let agents = found
            .into_iter()
            .flat_map(|ids| ids.iter().copied())
            .filter(|id| self.definition(*id).is_some());
        self.nearest_first(agents, from)
    }

    /// Names of agents that stand nearest to `name` in the order of names: at most `count`
    /// before it and as many after it.
    pub fn neighbours(&self, name: &str, count: usize) -> Vec<&Name> {
        let before = self
            .names
            .range::<_, str>((Bound::Unbounded, Bound::Excluded(name)))
            .rev()
            .take(count);
        let after = self
            .names
            .range::<_, str>((Bound::Included(name), Bound::Unbounded))
            .take(count);
        before.chain(after).map(|(name, _)| name).collect()
    }

    /// The names of agents from `start` on, in order.
    pub fn names_from(&self, start: &str) -> impl Iterator<Item = &Name> {
        let from = self
            .names
            .range::<_, str>((Bound::Included(start), Bound::Unbounded));
        from.map(|(name, _)| name)
    }

    fn nearest_first(&self, ids: impl Iterator<Item = FileId>, from: &FilePath) -> Vec<FileId> {
        let root = self.root_of(from);
        let plugin = self.plugin_of(from);
        let mut found: Vec<_> = ids
            .filter_map(|id| {
                let file = self.file(id)?;
                let tier = match file.scope {
                    Scope::User => 3,
                    _ if self.root_of(&file.path) == root => 0,
                    _ if plugin.is_some() && self.plugin_of(&file.path) == plugin => 1,
                    _ => 2,
                };
                let shared = file
                    .path
                    .segments()
                    .zip(from.segments())
                    .take_while(|(a, b)| a == b)
                    .count();
                Some((tier, Reverse(shared), file.path.clone(), id))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(.., id)| id).collect()
    }

    /// The files that a value of `extends` in the file at `from` means, nearest first: a
    /// relative path, else an exact agent name, else a path suffix.
    pub fn extends_targets(&self, value: &Name, from: &FilePath) -> Vec<FileId> {
        let written = value.as_str();
        let relative =
            written.starts_with("./") || written.starts_with("../") || written.ends_with(".md");
        if relative {
            let found = self.at_path(written, from);
            if !found.is_empty() {
                return found;
            }
        }
        let named = self.definitions(value, from);
        if !named.is_empty() && !relative {
            return named;
        }
        self.by_suffix(written, from)
    }

    /// The files that a link or path in the file at `from` means: relative to the file, then
    /// to the workspace, then (for [`Form::Path`]) by path suffix.
    pub fn path_targets(&self, mention: &Mention, from: &FilePath) -> Vec<FileId> {
        let found = self.at_path(mention.name.as_str(), from);
        if found.is_empty() && mention.form == Form::Path && mention.name.as_str().contains('/') {
            return self.by_suffix(mention.name.as_str(), from);
        }
        found
    }

    fn at_path(&self, written: &str, from: &FilePath) -> Vec<FileId> {
        let folders = [from.folder(), ""];
        let exact = folders
            .iter()
            .filter_map(|folder| FilePath::resolve(folder, written));
        let with_extension = folders
            .iter()
            .filter_map(|folder| FilePath::resolve(folder, &format!("{written}.md")));
        exact
            .chain(with_extension)
            .find_map(|path| self.id_of(&path))
            .into_iter()
            .collect()
    }

    /// Files whose stem is the last segment of `written` (`-SKILL` dropped on both sides) and among whose
    /// ancestors the earlier segments stand in this order.
    fn by_suffix(&self, written: &str, from: &FilePath) -> Vec<FileId> {
        let path = FilePath::new(written.trim_start_matches("./"));
        let stem = if written.ends_with(".md") {
            path.stem()
        } else {
            path.file_name()
        };
        let stem = stem.strip_suffix(".agent").unwrap_or(stem);
        let stem = stem.strip_suffix("-SKILL").unwrap_or(stem);
        let mut wanted: Vec<&str> = path.segments().filter(|segment| *segment != "..").collect();
        wanted.pop();
        let as_skill = format!("{stem}-SKILL");
        let stems = [stem, &as_skill];
        let found = stems
            .iter()
            .filter_map(|stem| self.stems.get(*stem))
            .flat_map(|ids| ids.iter().copied())
            .filter(|id| {
                let Some(file) = self.file(*id) else {
                    return false;
                };
                let mut folders = file.path.folder().split('/');
                file.path != *from
                    && wanted
                        .iter()
                        .all(|segment| folders.any(|folder| folder == *segment))
            });
        self.nearest_first(found, from)
    }

    /// The files that extend something.
    pub fn extending(&self) -> impl Iterator<Item = FileId> + '_ {
        self.extending.iter().copied()
    }

    /// Whether at least half of the cells of a column, and two, name known agents.
    pub fn is_agent_column(&self, facts: &AgentFile, column: u16, from: &FilePath) -> bool {
        let Some(column_facts) = facts
            .body
            .as_ref()
            .and_then(|body| body.columns.get(usize::from(column)))
        else {
            return false;
        };
        let cells = || {
            let cells = column_facts.cells.iter().map(|cell| cell.content);
            cells.filter(|content| !content.is_empty())
        };
        let filled = cells().count();
        let known = cells()
            .filter(|content| {
                let first = facts
                    .mentions
                    .partition_point(|mention| mention.range.start < content.start);
                facts.mentions[first..]
                    .iter()
                    .take_while(|mention| content.covers(mention.range))
                    .any(|mention| {
                        matches!(mention.form, Form::Cell { .. })
                            && !self.definitions(&mention.name, from).is_empty()
                    })
            })
            .count();
        known >= 2 && known * 2 >= filled
    }

    /// The files that a mention means, nearest first. Empty where nothing of that name is
    /// known, or where the form is too weak for a name that may be a plain word.
    pub fn resolve(&self, mention: &Mention, facts: &AgentFile, from: &FilePath) -> Vec<FileId> {
        match mention.form {
            Form::Extends => self.extends_targets(&mention.name, from),
            Form::Link | Form::Path => self.path_targets(mention, from),
            Form::Cell { column, .. } => {
                let heading = facts
                    .body
                    .as_ref()
                    .and_then(|body| body.columns.get(usize::from(column)));
                let strong = heading.is_some_and(|column| column.heading != ColumnHeading::Other);
                if strong
                    || name::is_kebab(mention.name.as_str())
                    || self.is_agent_column(facts, column, from)
                {
                    self.named(&mention.name, from)
                } else {
                    Vec::new()
                }
            }
            Form::HeaderKey => {
                let named = self.named(&mention.name, from);
                if named.is_empty() {
                    self.commands(&mention.name, from)
                } else {
                    named
                }
            }
            Form::AgentKey | Form::ToolCall | Form::SubagentType => self.named(&mention.name, from),
            Form::At => {
                let named = self.definitions(&mention.name, from);
                match mention.name.as_str().strip_prefix(AT_PREFIX) {
                    Some(bare) if named.is_empty() => self.definitions(&Name::new(bare), from),
                    _ => named,
                }
            }
            Form::Code | Form::Bold => self.definitions(&mention.name, from),
        }
    }

    fn named(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let exact = self.definitions(name, from);
        if exact.is_empty() {
            self.misnamed(name, from)
        } else {
            exact
        }
    }

    /// The commands of that name, for the handoffs that name one; `space.name` is the command
    /// `name` too.
    pub fn commands(&self, name: &Name, from: &FilePath) -> Vec<FileId> {
        let last = name.as_str().rsplit('.').next().unwrap_or_default();
        let found = self.stems.get(name).or_else(|| self.stems.get(last));
        let commands = found
            .into_iter()
            .flat_map(|ids| ids.iter().copied())
            .filter(|id| {
                self.file(*id).is_some_and(|file| {
                    matches!(file.facts.kind.role, Role::Command | Role::Prompt)
                })
            });
        self.nearest_first(commands, from)
    }

    /// The files whose headers a file inherits, nearest ancestor first, each once and never
    /// the file itself. Where an `extends` names several, the later ones win, so they come first.
    pub fn ancestors(&self, id: FileId) -> Vec<FileId> {
        let mut found = Vec::new();
        self.climb(id, id, &mut found);
        found
    }

    /// Every call but the first has found one ancestor more, so the limit bounds the recursion.
    fn climb(&self, from: FileId, start: FileId, found: &mut Vec<FileId>) {
        let Some(file) = self.file(from) else {
            return;
        };
        let above: Vec<&Mention> = extends(&file.facts).collect();
        for mention in above.into_iter().rev() {
            let target = self
                .extends_targets(&mention.name, &file.path)
                .first()
                .copied();
            if let Some(target) = target
                && target != start
                && found.len() < limits::MAX_EXTENDS_DEPTH
                && !found.contains(&target)
            {
                found.push(target);
                self.climb(target, start, found);
            }
        }
    }
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

fn differs(before: &IndexedFile, after: &IndexedFile) -> bool {
    let identity = |file: &IndexedFile| {
        file.facts
            .definition
            .as_ref()
            .map(|d| (d.name.clone(), d.name_range))
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

fn update(map: &mut Map<Name, Ids>, name: Name, change: impl Fn(Option<&Ids>) -> Ids) {
    let ids = change(map.get(&name));
    if ids.is_empty() {
        map.remove(&name)
    } else {
        map.insert(name, ids)
    };
}

fn with(ids: Option<&Ids>, id: FileId) -> Ids {
    let mut ids = ids.map_or_else(Vec::new, |ids| ids.to_vec());
    if let Err(at) = ids.binary_search(&id) {
        ids.insert(at, id);
    }
    ids.into()
}

fn without(ids: Option<&Ids>, id: FileId) -> Ids {
    ids.into_iter()
        .flat_map(|ids| ids.iter().copied())
        .filter(|other| *other != id)
        .collect()
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
