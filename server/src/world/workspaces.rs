//! Workspaces: which there are, and what comes back about them from the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agentls_analysis::index::Changed;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::{DidChangeWatchedFilesRegistrationOptions, Registration};

use super::documents::Role;
use super::progress::{self, Progress};
use super::scan::{self, Scanned, Wanted};
use super::space::{Space, SpaceId, Taken};
use super::{Done, Event, FileChange, Work, World, queue};
use crate::files::{self, FoundKind};
use crate::lsp::{capabilities, convert};
use crate::paths::is_within;

impl World {
    pub(super) fn add_space(&mut self, space: Space) -> SpaceId {
        self.next_space += 1;
        let id = SpaceId(self.next_space);
        self.spaces.insert(id, space);
        self.walk(id);
        id
    }

    pub(super) fn remove_space(&mut self, id: SpaceId) {
        // Its names will never be complete any more: what waits for them gets those there are.
        if let Some(space) = self.spaces.get_mut(&id) {
            space.is_ready = true;
        }
        self.run_waiting();
        self.spaces.remove(&id);
        for publication in self.unopened.clear(id) {
            self.publish(publication);
        }
    }

    pub(super) fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        for folder in added {
            match self
                .spaces
                .values_mut()
                .find(|space| space.root() == Some(&folder))
            {
                Some(space) => space.is_folder = true,
                None => _ = self.add_space(Space::new(Some(folder), true, self.editor.clone())),
            }
        }
        for folder in removed {
            for space in self
                .spaces
                .values_mut()
                .filter(|space| space.root() == Some(folder))
            {
                space.is_folder = false;
            }
        }
        self.place_again();
        // Which workspace shows a file may be another one now.
        for space in self.spaces.values_mut() {
            space.checking.outdate();
        }
        let unused: Vec<_> = self.spaces.keys().copied().collect();
        for id in unused {
            self.drop_if_unused(id);
        }
    }

    /// Moves documents whose workspace is another one now that folders have come or gone.
    pub(super) fn place_again(&mut self) {
        let open: Vec<_> = self
            .documents
            .values()
            .map(|document| document.uri.clone())
            .collect();
        for uri in open {
            let path = convert::path_of(&uri);
            if path.is_none() && uri.scheme().as_str() != "untitled" {
                continue;
            }
            let (space, _) = self.place(&uri, path.as_deref());
            let Some(mut document) = self.documents.remove(&*uri) else {
                continue;
            };
            if document.space != space {
                self.release(&document);
                document.space = space;
                if let Some(owner) = self.spaces.get_mut(&space) {
                    (document.id, document.path) = match &path {
                        Some(path) => owner.file_at(path),
                        None => (owner.new_id(), document.path),
                    };
                }
                document.is_settled = false;
                queue(&mut self.edited, &uri);
            }
            self.documents.insert((*uri).clone(), document);
        }
    }

    /// Walks a workspace on another thread; if a walk is under way, once more after it.
    pub(super) fn walk(&mut self, id: SpaceId) {
        let Some(scan) = self.spaces.get_mut(&id).and_then(Space::begin_walk) else {
            return;
        };
        let events = self.events.clone();
        rayon::spawn(move || {
            // Out of this closure a panic would end the process.
            let scanned = catch_unwind(AssertUnwindSafe(|| scan::scan(&scan))).ok();
            _ = events.send(Event::Work(Work(Done::Scanned(id, scanned))));
        });
    }

    pub(super) fn change_files(&mut self, changes: Vec<(PathBuf, FileChange)>) {
        let mut again: FxHashMap<SpaceId, Vec<Wanted>> = FxHashMap::default();
        let mut walks = Vec::new();
        let mut touched = Changed::default();
        for (path, change) in changes {
            let is_everywhere = files::is_user_agent(&path);
            let is_within = |space: &Space| space.root().is_some_and(|root| is_within(&path, root));
            let spaces: Vec<_> = self
                .spaces
                .iter()
                .filter(|(_, space)| is_everywhere || is_within(space))
                .map(|(id, _)| *id)
                .collect();
            for id in spaces {
                let Some(space) = self.spaces.get_mut(&id) else {
                    continue;
                };
                match change {
                    FileChange::Gone => {
                        let changed = space.forget(&path);
                        // It may be a folder, a link, settings or an ignore file.
                        if changed.names || FoundKind::of(&path) != Some(FoundKind::Markdown) {
                            walks.push(id);
                        }
                        touched = changed;
                    }
                    FileChange::Touched => match space.known_file(&path) {
                        Some(wanted) => again.entry(id).or_default().push(wanted),
                        // Whether a new file is ours, only a walk can tell.
                        None => walks.push(id),
                    },
                }
                self.after(id, std::mem::take(&mut touched), None);
            }
        }
        walks.sort_unstable();
        walks.dedup();
        for id in walks {
            self.walk(id);
        }
        for (id, wanted) in again {
            self.read_again(id, wanted);
        }
    }

    /// Reads files in whole on another thread.
    pub(super) fn read_again(&mut self, id: SpaceId, wanted: Vec<Wanted>) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let turn = space.begin_reading(&wanted);
        let (events, workers) = (self.events.clone(), self.workers.clone());
        rayon::spawn(move || {
            let parsed = wanted
                .par_iter()
                .map(|wanted| workers.read(wanted))
                .collect();
            _ = events.send(Event::Work(Work(Done::Reread(id, turn, parsed))));
        });
    }

    pub(super) fn take(&mut self, done: Done) {
        match done {
            Done::Scanned(id, Some(scanned)) => self.take_scan(id, scanned),
            Done::Scanned(id, None) => self.give_up_walk(id),
            Done::Bodies(id, parsed) => {
                if let Some(space) = self.spaces.get_mut(&id) {
                    let taken = space.take_bodies(parsed);
                    self.after_reading(id, taken);
                }
            }
            Done::BodiesEnd(id) => {
                self.workers.forget_unused();
                if let Some(space) = self.spaces.get_mut(&id) {
                    space.end_bodies();
                    space.checking.outdate();
                }
                self.is_stale = true;
                // Those that a walk has found meanwhile.
                self.read_bodies(id);
            }
            Done::Reread(id, turn, parsed) => {
                if let Some(space) = self.spaces.get_mut(&id) {
                    let taken = space.take_read_again(turn, parsed);
                    space.checking.outdate();
                    self.after_reading(id, taken);
                }
            }
            Done::Unopened(id, found) => self.take_unopened(id, found),
        }
    }

    fn after_reading(&mut self, id: SpaceId, taken: Taken) {
        if !taken.again.is_empty() {
            self.read_again(id, taken.again);
        }
        if taken.is_walk_due {
            self.walk(id);
        }
        self.after(id, taken.changed, None);
    }

    pub(super) fn take_scan(&mut self, id: SpaceId, scanned: Scanned) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let begin = std::time::Instant::now();
        let changed = space.take(scanned);
        tracing::debug!(elapsed = ?begin.elapsed(), "names are known");
        space.has_failed = false;
        let is_first = !std::mem::replace(&mut space.is_ready, true);
        let again = space.end_walk();
        space.checking.outdate();
        self.read_as_configured(id);
        self.run_waiting();
        if is_first {
            for document in self
                .documents
                .values()
                .filter(|document| document.space == id)
            {
                queue(&mut self.edited, &document.uri);
            }
        } else {
            self.after(id, changed, None);
        }
        if again {
            self.walk(id);
        }
        self.read_bodies(id);
    }

    /// Has open documents read anew that the configuration now says to read otherwise.
    fn read_as_configured(&mut self, id: SpaceId) {
        let Some(space) = self.spaces.get(&id) else {
            return;
        };
        for document in self.documents.values_mut() {
            let is_other = match &document.role {
                Role::Agent(agent) => agent.file.facts.reading != space.reading(&document.path),
                Role::Settings(..) | Role::Unparsed(_) => false,
            };
            if document.space == id && is_other {
                document.is_settled = false;
                queue(&mut self.edited, &document.uri);
            }
        }
    }

    /// Reads the bodies that are not read yet, in the background.
    pub(super) fn read_bodies(&mut self, id: SpaceId) {
        let Some((wanted, stop)) = self.spaces.get_mut(&id).and_then(Space::begin_bodies) else {
            return;
        };
        let Some(pool) = self.background_pool() else {
            return;
        };
        let (events, workers) = (self.events.clone(), self.workers.clone());
        let progress = (wanted.len() > progress::QUIET)
            .then(|| self.progress().show("bodies"))
            .flatten();
        pool.clone().spawn(move || {
            let done = AtomicUsize::new(0);
            workers.bodies(&pool, &wanted, &stop, |parsed| {
                let count = parsed.len();
                let done = done.fetch_add(count, Ordering::Relaxed) + count;
                if let Some(progress) = &progress {
                    // A percentage, as there are fewer than 2^32 files.
                    _ = progress.send((done * 100 / wanted.len()) as u32);
                }
                _ = events.send(Event::Work(Work(Done::Bodies(id, parsed))));
            });
            _ = events.send(Event::Work(Work(Done::BodiesEnd(id))));
        });
    }

    /// The threads for what nobody waits for: all cores but one, and those only where nothing else
    /// wants them.
    pub(super) fn background_pool(&mut self) -> Option<Arc<rayon::ThreadPool>> {
        if self.pool.is_none() {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            match rayon::ThreadPoolBuilder::new()
                .num_threads((cores - 1).max(1))
                .start_handler(|_| scan::stand_back())
                // Else a panic in it would end the process.
                .panic_handler(|_| tracing::error!("background work was given up"))
                .build()
            {
                Ok(pool) => self.pool = Some(Arc::new(pool)),
                Err(error) => tracing::error!(%error, "bodies of closed files are not read"),
            }
        }
        self.pool.clone()
    }

    pub(super) fn progress(&self) -> Progress {
        let (connection, runtime) = (self.connection.clone(), self.runtime.clone());
        Progress::new(connection, runtime, self.client.progress)
    }

    pub(super) fn watch_files(&self) {
        if !self.client.watches_files {
            return;
        }
        // Some clients cannot watch a folder that is not there.
        let user_agents = files::user_agents_folder()
            .filter(|folder| self.client.relative_patterns && folder.is_dir())
            .and_then(|folder| convert::uri_of(&folder));
        let options = DidChangeWatchedFilesRegistrationOptions {
            watchers: capabilities::watchers(user_agents),
        };
        let registration = Registration {
            id: "agentls/watch".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let (client, events) = (self.connection.clone(), self.events.clone());
        self.runtime.spawn(async move {
            let answer = client.register_capability(vec![registration]).await;
            if let Err(error) = &answer {
                tracing::info!(%error, "the client does not watch files");
            }
            _ = events.send(Event::Watched(answer.is_ok()));
        });
    }
}
