//! One workspace: its names, which of its files are open, and what is known of the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::scan::{Known, News, Parsed, Scan, Scanned, Stamp, Wanted};
use super::snapshot::{OpenText, View};
use super::unopened::Checking;
use crate::configs::{ConfigFile, OpenConfigs};
use crate::files::{self, FoundKind, Unreadable};
use crate::lsp::capabilities::Client;
use crate::paths::is_within;
use agentls_analysis::agent::{AgentFile, settings_facts};
use agentls_analysis::config::{Config, Configs, Reading};
use agentls_analysis::index::{Changed, Depth, FileId, Scope, Workspace};
use agentls_analysis::path::FilePath;

/// The identity of a workspace. Never used twice, so that what comes back for one that is
/// gone reaches nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct SpaceId(pub(super) u32);

/// Counts the readings of files that have changed.
pub(super) type Turn = u64;

/// What comes of files that were read.
pub(super) struct Taken {
    /// What changed in the index.
    pub(super) changed: Changed,
    /// Those that are to be read once more.
    pub(super) again: Vec<Wanted>,
    /// Whether only a walk can tell what is true of one.
    pub(super) is_walk_due: bool,
}

/// How far the walk of a workspace is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Walking {
    Idle,
    Running,
    /// Something has changed since the running walk began: another one follows.
    Again,
}

pub(super) struct Space {
    /// `None` for a buffer of a scheme that has no files: it is alone.
    pub(super) root: Option<Arc<PathBuf>>,
    /// Whether the client has opened it as a folder; else it lives as long as a document in it.
    pub(super) is_folder: bool,
    /// Names as far as they are known.
    pub(super) workspace: Workspace,
    /// Whether all names are known.
    pub(super) is_ready: bool,
    /// Whether that will never be, because the walk was given up.
    pub(super) has_failed: bool,
    open: Arc<FxHashMap<FileId, OpenText>>,
    /// The files that the last walk found.
    known: Known,
    walking: Walking,
    /// Settings found by the last walk, so that what has gone can be told.
    settings: FxHashSet<(FilePath, bool)>,
    /// Settings that count as they stand in an open document.
    open_settings: FxHashSet<FilePath>,
    /// The configurations in force, as the last walk has read them.
    config_files: Vec<ConfigFile>,
    /// Those of them that are open documents.
    open_configs: OpenConfigs,
    /// What the editor says, and what it said when the last walk began.
    pub(super) editor: Arc<Config>,
    walked_for: Arc<Config>,
    /// The checks of files that nobody has open.
    pub(super) checking: Checking,
    /// Files that the last walk could not read, and why.
    unreadable: Arc<BTreeMap<FilePath, Unreadable>>,
    next: u32,
    /// Closed files that are being read again, and the last turn in which one is.
    turns: FxHashMap<FileId, Turn>,
    next_turn: Turn,
    /// Tells the reader of bodies to stop.
    stop: Arc<AtomicBool>,
    is_reading_bodies: bool,
}

impl Drop for Space {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Space {
    pub(super) fn new(root: Option<PathBuf>, is_folder: bool, editor: Arc<Config>) -> Self {
        Self {
            is_ready: root.is_none(),
            has_failed: false,
            root: root.map(Arc::new),
            is_folder,
            workspace: Workspace {
                configs: Arc::new(Configs::new([], editor.clone())),
                ..Workspace::default()
            },
            open: Arc::default(),
            known: Known::default(),
            walking: Walking::Idle,
            settings: FxHashSet::default(),
            open_settings: FxHashSet::default(),
            config_files: Vec::new(),
            open_configs: OpenConfigs::new(),
            walked_for: editor.clone(),
            editor,
            checking: Checking::default(),
            unreadable: Arc::default(),
            next: 0,
            turns: FxHashMap::default(),
            next_turn: 0,
            stop: Arc::default(),
            is_reading_bodies: false,
        }
    }

    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_ref().map(|root| root.as_path())
    }

    pub(super) fn view(&self, client: &Arc<Client>) -> View {
        View {
            client: client.clone(),
            root: self.root.clone(),
            is_folder: self.is_folder,
            open: self.open.clone(),
            texts: Arc::default(),
        }
    }

    /// The files that the last walk found, and what they were.
    pub(super) fn known(&self) -> Known {
        self.known.clone()
    }

    pub(super) fn is_open(&self, id: FileId) -> bool {
        self.open.contains_key(&id)
    }

    /// The identity and the path of the file at `path`, new if it is not known. A file
    /// reached through a link is the one that the walk has found where the link leads.
    pub(super) fn file_at(&mut self, path: &Path) -> (FileId, FilePath) {
        let file = files::file_path(self.root().unwrap_or(Path::new("")), path);
        if let Some(id) = self.workspace.index.id_of(&file) {
            return (id, file);
        }
        if let Some(root) = self.root()
            && let (Ok(root), Ok(path)) = (std::fs::canonicalize(root), std::fs::canonicalize(path))
        {
            let real = files::file_path(&root, &path);
            if let Some(id) = self.workspace.index.id_of(&real) {
                return (id, real);
            }
        }
        (self.new_id(), file)
    }

    /// How the file at `path` is to be read.
    pub(super) fn reading(&self, path: &FilePath) -> Reading {
        self.workspace.configs.reading(path)
    }

    /// What is wanted of the file at `path` when its body is.
    fn wanted(&self, id: FileId, file: &FilePath, path: PathBuf) -> Wanted {
        Wanted {
            id,
            root: self.root.clone().unwrap_or_default(),
            file: file.clone(),
            path,
            reading: self.reading(file),
        }
    }

    /// The files that cannot be read, and why.
    pub(super) fn unreadable(&self) -> Arc<BTreeMap<FilePath, Unreadable>> {
        self.unreadable.clone()
    }

    /// The configurations in force.
    pub(super) fn config_files(&self) -> &[ConfigFile] {
        &self.config_files
    }

    pub(super) fn new_id(&mut self) -> FileId {
        self.next += 1;
        FileId(self.next)
    }

    /// Takes the facts of an open document, which count in place of the disk's.
    pub(super) fn set_open(
        &mut self,
        id: FileId,
        path: &FilePath,
        facts: Arc<AgentFile>,
        text: OpenText,
    ) -> Changed {
        Arc::make_mut(&mut self.open).insert(id, text);
        let scope = self
            .workspace
            .index
            .file(id)
            .map_or_else(|| self.scope_of(path), |file| file.scope);
        self.workspace
            .index
            .insert(id, path.clone(), facts, Depth::Body, scope)
    }

    fn scope_of(&self, file: &FilePath) -> Scope {
        let path = self.root().map(|root| root.join(file.as_str()));
        match (path, files::user_agents_folder()) {
            (Some(path), Some(folder)) if is_within(&path, &folder) => Scope::User,
            _ => Scope::Workspace,
        }
    }

    /// Gives a document back to the disk. Says what to read there; where the walk has not
    /// found the file, it is forgotten, and there is nothing to read.
    pub(super) fn close(&mut self, id: FileId) -> (Changed, Option<Wanted>) {
        Arc::make_mut(&mut self.open).remove(&id);
        let Some(file) = self.workspace.index.file(id).map(|file| file.path.clone()) else {
            return (Changed::default(), None);
        };
        match &self.root {
            Some(root) if self.known.contains_key(&file) => {
                let path = root.join(file.as_str());
                (Changed::default(), Some(self.wanted(id, &file, path)))
            }
            _ => (self.workspace.index.remove(id), None),
        }
    }

    /// The walk that is to be made now; `None` while one is under way, or where there are no files.
    pub(super) fn begin_walk(&mut self) -> Option<Scan> {
        let root = self.root.clone()?;
        if self.walking != Walking::Idle {
            self.walking = Walking::Again;
            return None;
        }
        self.walking = Walking::Running;
        Some(Scan {
            root,
            editor: self.editor.clone(),
            open_configs: self.open_configs.clone(),
            configs: self.workspace.configs.clone(),
            known: self.known.clone(),
        })
    }

    /// Ends a walk. Whether another one is due.
    pub(super) fn end_walk(&mut self) -> bool {
        let again = self.walking == Walking::Again;
        self.walking = Walking::Idle;
        again
    }

    /// Takes what a walk has found.
    pub(super) fn take(&mut self, scanned: Scanned) -> Changed {
        let mut changed = Changed::default();
        let is_config_new = self.config_files != scanned.config_files
            || !Arc::ptr_eq(&self.walked_for, &scanned.editor);
        self.walked_for = scanned.editor;
        self.config_files = scanned.config_files;
        self.workspace.configs = scanned.configs;
        let mut known =
            FxHashMap::with_capacity_and_hasher(scanned.files.len(), Default::default());
        let mut unreadable = BTreeMap::new();
        let begun_with = scanned.known;
        let is_news = |known: &Known, path: &FilePath| known.get(path) != begun_with.get(path);
        for file in scanned.files {
            if is_news(&self.known, &file.path) {
                // It was read again or forgotten after the walk began, which may have seen it
                // before.
                self.walking = Walking::Again;
                if let Some(reason) = self.unreadable.get(&file.path) {
                    unreadable.insert(file.path.clone(), reason.clone());
                }
                continue;
            }
            let reason = match &file.news {
                Some(News::Unreadable(reason)) => Some(reason),
                Some(News::Header(_)) => None,
                None => self.unreadable.get(&file.path),
            };
            let id = self.workspace.index.id_of(&file.path);
            if file.news.is_none() && id.is_none() && reason.is_none() {
                // It could not be read when it was read again. The next walk looks at it anew,
                // as it is not known.
                self.walking = Walking::Again;
                continue;
            }
            known.insert(file.path.clone(), file.stamp);
            if let Some(reason) = reason {
                unreadable.insert(file.path.clone(), reason.clone());
            }
            if id.is_some_and(|id| self.is_open(id)) {
                continue;
            }
            match (file.news, id) {
                (Some(News::Header(facts)), id) => {
                    let id = id.unwrap_or_else(|| self.new_id());
                    let index = &mut self.workspace.index;
                    changed =
                        changed.or(index.insert(id, file.path, facts, Depth::Header, file.scope));
                }
                (Some(News::Unreadable(_)), Some(id)) => {
                    changed = changed.or(self.workspace.index.remove(id))
                }
                _ => {}
            }
        }
        for (path, stamp) in self.known.iter() {
            if is_news(&self.known, path) {
                self.walking = Walking::Again;
                known.insert(path.clone(), *stamp);
            }
        }
        self.unreadable = Arc::new(unreadable);
        let is_gone = |(id, path): &(FileId, FilePath)| {
            !known.contains_key(path) && !self.is_open(*id) && !files::is_host_settings(path)
        };
        let gone: Vec<_> = self
            .workspace
            .index
            .files()
            .map(|(id, file)| (id, file.path.clone()))
            .filter(is_gone)
            .collect();
        for (id, _) in gone {
            changed = changed.or(self.workspace.index.remove(id));
        }
        self.known = Arc::new(known);
        changed = changed.or(self.take_settings(scanned.settings));
        Changed {
            names: changed.names || is_config_new,
            ..changed
        }
    }

    fn take_settings(&mut self, settings: Vec<(FilePath, FoundKind, String)>) -> Changed {
        let mut changed = Changed::default();
        let mut gone = std::mem::take(&mut self.settings);
        for (path, kind, source) in settings {
            let is_plugin = kind == FoundKind::Plugin;
            if !self.open_settings.contains(&path) {
                changed = changed.or(self.set_settings(&path, kind, &source));
            }
            let key = (path, is_plugin);
            gone.remove(&key);
            self.settings.insert(key);
        }
        for (path, is_plugin) in gone {
            if self.open_settings.contains(&path) {
                continue;
            }
            let index = &mut self.workspace.index;
            changed = changed.or(if is_plugin {
                index.set_plugin(plugin_folder(&path), None)
            } else {
                index.set_mcp(&path, "")
            });
            if let Some(id) = index.id_of(&path) {
                changed = changed.or(index.remove(id));
            }
        }
        changed
    }

    /// Takes one file of settings from an open document, which counts in place of the disk's.
    pub(super) fn open_settings(
        &mut self,
        path: &FilePath,
        kind: FoundKind,
        source: &str,
    ) -> Changed {
        self.open_settings.insert(path.clone());
        self.set_settings(path, kind, source)
    }

    /// Remembers how the client knows settings that are open, so that places in them are found.
    pub(super) fn show_settings(&mut self, path: &FilePath, text: OpenText) {
        if let Some(id) = self.workspace.index.id_of(path) {
            Arc::make_mut(&mut self.open).insert(id, text);
        }
    }

    /// Gives settings back to the disk. What they said holds until the walk that must follow.
    pub(super) fn close_settings(&mut self, path: &FilePath, kind: FoundKind) {
        match kind {
            FoundKind::Config => _ = self.open_configs.remove(path),
            FoundKind::Mcp | FoundKind::Plugin => {
                if let Some(id) = self.workspace.index.id_of(path) {
                    Arc::make_mut(&mut self.open).remove(&id);
                }
                self.open_settings.remove(path);
                // The walk may not find them.
                let is_plugin = kind == FoundKind::Plugin;
                self.settings.insert((path.clone(), is_plugin));
            }
            FoundKind::Markdown => {}
        }
    }

    fn set_settings(&mut self, path: &FilePath, kind: FoundKind, source: &str) -> Changed {
        match kind {
            FoundKind::Mcp => {
                let servers = self.workspace.index.set_mcp(path, source);
                servers.or(self.set_host_settings(path, source))
            }
            FoundKind::Plugin => self
                .workspace
                .index
                .set_plugin(plugin_folder(path), Some(source)),
            FoundKind::Markdown | FoundKind::Config => Changed::default(),
        }
    }

    /// Takes the agent that a host's settings name.
    fn set_host_settings(&mut self, path: &FilePath, source: &str) -> Changed {
        let facts = settings_facts(source);
        let id = self.workspace.index.id_of(path);
        // Most settings name none: they stay out, unless they did before.
        if !files::is_host_settings(path) || (id.is_none() && facts.mentions.is_empty()) {
            return Changed::default();
        }
        let id = id.unwrap_or_else(|| self.new_id());
        let scope = Scope::Workspace;
        self.workspace
            .index
            .insert(id, path.clone(), Arc::new(facts), Depth::Body, scope)
    }

    /// Takes a configuration from an open document, for the walk that must follow.
    pub(super) fn open_config(&mut self, path: &FilePath, source: Arc<str>) {
        self.open_configs.insert(path.clone(), source);
    }

    /// Begins to read files again; what a turn before this one has seen of them counts no more.
    pub(super) fn begin_reading(&mut self, wanted: &[Wanted]) -> Turn {
        self.next_turn += 1;
        for wanted in wanted {
            self.turns.insert(wanted.id, self.next_turn);
        }
        self.next_turn
    }

    /// The files that are being read again.
    pub(super) fn being_read(&self) -> impl Iterator<Item = FileId> {
        self.turns.keys().copied()
    }

    /// Takes what was read in `turn`, as [`Space::take_bodies`] takes bodies, as the newest there is.
    pub(super) fn take_read_again(&mut self, turn: Turn, mut parsed: Vec<Parsed>) -> Taken {
        parsed.retain(|parsed| self.turns.get(&parsed.id) == Some(&turn));
        for parsed in &parsed {
            self.turns.remove(&parsed.id);
        }
        self.take_parsed(parsed, true)
    }

    /// Takes bodies of files whose headers are known, but of those that were opened since. Says
    /// which are to be read again: they have changed, or the configuration has them read otherwise.
    pub(super) fn take_bodies(&mut self, parsed: Vec<Parsed>) -> Taken {
        self.take_parsed(parsed, false)
    }

    fn take_parsed(&mut self, parsed: Vec<Parsed>, is_fresh: bool) -> Taken {
        let mut changed = Changed::default();
        let mut again = Vec::new();
        let mut is_walk_due = false;
        for Parsed {
            id,
            path,
            stamp,
            facts,
        } in parsed
        {
            let Some(before) = self
                .workspace
                .index
                .file(id)
                .filter(|file| file.path == path)
            else {
                continue;
            };
            if self.is_open(id) {
                continue;
            }
            if !is_fresh && stamp.as_ref() != self.known.get(&path) {
                // Another text than the one whose header is known, which one is the newer or not.
                let root = self.root.clone().unwrap_or_default();
                again.push(self.wanted(id, &path, root.join(path.as_str())));
                continue;
            }
            let reading = self.reading(&path);
            let is_otherwise = facts.as_ref().is_some_and(|facts| facts.reading != reading);
            if is_otherwise && !files::is_host_settings(&path) {
                let root = self.root.clone().unwrap_or_default();
                again.push(self.wanted(id, &path, root.join(path.as_str())));
                continue;
            }
            let scope = before.scope;
            match (stamp, facts) {
                (None, _) => {
                    changed = changed.or(self.workspace.index.remove(id));
                    Arc::make_mut(&mut self.known).remove(&path);
                }
                (Some(stamp), Some(facts)) => {
                    changed = changed.or(self.workspace.index.insert(
                        id,
                        path.clone(),
                        facts,
                        Depth::Body,
                        scope,
                    ));
                    self.remember(path, stamp);
                }
                // Its header may still tell its name, and the user is to know why it is not
                // read: a walk finds out both.
                (Some(_), None) if is_fresh => {
                    Arc::make_mut(&mut self.known).remove(&path);
                    is_walk_due = true;
                }
                // The header could be read and the body cannot: the name stays, and the file
                // counts as read, so that it is not tried again and again.
                (Some(_), None) => {
                    let facts = before.facts.clone();
                    changed = changed.or(self.workspace.index.insert(
                        id,
                        path,
                        facts,
                        Depth::Body,
                        scope,
                    ));
                }
            }
        }
        // What is being read again already is not begun anew, or it might never come to an end.
        again.retain(|wanted: &Wanted| !self.turns.contains_key(&wanted.id));
        Taken {
            changed,
            again,
            is_walk_due,
        }
    }

    fn remember(&mut self, path: FilePath, stamp: Stamp) {
        if self.known.get(&path) != Some(&stamp) {
            Arc::make_mut(&mut self.known).insert(path, stamp);
        }
    }

    /// Forgets the file at `path`, or all files below it, but for open ones.
    pub(super) fn forget(&mut self, path: &Path) -> Changed {
        let file = files::file_path(self.root().unwrap_or(Path::new("")), path);
        let below = format!("{file}/");
        let gone: Vec<_> = match self.workspace.index.id_of(&file) {
            Some(id) => vec![(id, file)],
            None => self
                .workspace
                .index
                .files()
                .filter(|(_, other)| other.path.as_str().starts_with(&below))
                .map(|(id, other)| (id, other.path.clone()))
                .collect(),
        };
        let mut changed = Changed::default();
        for (id, path) in gone {
            if !self.is_open(id) {
                changed = changed.or(self.workspace.index.remove(id));
            }
            if self.known.contains_key(&path) {
                Arc::make_mut(&mut self.known).remove(&path);
            }
        }
        changed
    }

    /// The closed file at `path` that the last walk has found.
    pub(super) fn known_file(&self, path: &Path) -> Option<Wanted> {
        let root = self.root()?;
        let file = files::file_path(root, path);
        let id = self.workspace.index.id_of(&file)?;
        (self.known.contains_key(&file) && !self.is_open(id))
            .then(|| self.wanted(id, &file, root.join(file.as_str())))
    }

    /// The files whose bodies are still to be read, and what stops the reading; nothing while
    /// they are being read.
    pub(super) fn begin_bodies(&mut self) -> Option<(Vec<Wanted>, Arc<AtomicBool>)> {
        let root = self.root.clone()?;
        if self.is_reading_bodies || !self.is_ready {
            return None;
        }
        let wanted: Vec<_> = self
            .workspace
            .index
            .files()
            .filter(|(id, file)| file.depth == Depth::Header && !self.is_open(*id))
            .map(|(id, file)| self.wanted(id, &file.path, root.join(file.path.as_str())))
            .collect();
        self.is_reading_bodies = !wanted.is_empty();
        self.is_reading_bodies.then(|| (wanted, self.stop.clone()))
    }

    pub(super) fn is_reading_bodies(&self) -> bool {
        self.is_reading_bodies
    }

    pub(super) fn end_bodies(&mut self) {
        self.is_reading_bodies = false;
    }
}

/// The folder of a plugin, from the path of its `.claude-plugin/plugin.json`.
fn plugin_folder(manifest: &FilePath) -> &str {
    let folder = manifest.folder();
    folder.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests;
