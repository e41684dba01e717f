//! Findings in files that nobody has open: those of configurations always, those of all other
//! files where the user wants them. They are looked for in the background, when nothing else
//! is to be done.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::{Diagnostic, Uri};

use super::scan::Workers;
use super::snapshot::View;
use super::space::SpaceId;
use super::{Done, Event, Publication, Work, World};
use crate::configs::ConfigFile;
use crate::files;
use crate::lsp::convert;
use agentls_analysis::agent::SourceFile;
use agentls_analysis::index::{FileId, IndexedFile, Scope, Workspace};
use agentls_analysis::limits::MAX_UNOPENED_FINDINGS;
use agentls_analysis::path::FilePath;
use agentls_analysis::rules;
use agentls_analysis::text::Text;

/// How long names must have been left alone before all files are looked at again.
const QUIET: Duration = Duration::from_millis(200);

/// How often a check that waits looks whether it is still wanted.
const TICK: Duration = Duration::from_millis(10);

/// What is shown of one workspace's files that nobody has open.
#[derive(Default)]
pub(super) struct Unopened {
    published: FxHashMap<FilePath, Shown>,
    /// Whether they may be out of date.
    is_stale: bool,
    /// The number of the last check, and what stops it.
    last: u64,
    stop: Arc<AtomicBool>,
}

impl Drop for Unopened {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What the client shows of one file.
struct Shown {
    uri: Arc<Uri>,
    diagnostics: Vec<Diagnostic>,
}

/// What a check has found.
pub(super) struct Found {
    number: u64,
    files: Vec<(FilePath, Arc<Uri>, Vec<Diagnostic>)>,
}

impl Unopened {
    /// Has all files looked at again; a check under way is given up.
    pub(super) fn outdate(&mut self) {
        self.is_stale = true;
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Leaves a file to the document that was opened. What is shown under another spelling of
    /// its address is to be taken away.
    pub(super) fn open(&mut self, path: &FilePath, uri: &Uri) -> Option<Publication> {
        let shown = self.published.remove(path)?;
        (*shown.uri != *uri).then(|| shown.cleared())
    }

    /// Keeps showing what an open document has shown until the disk is looked at.
    pub(super) fn close(&mut self, path: &FilePath, uri: &Arc<Uri>, shown: Vec<Diagnostic>) {
        let shown = Shown {
            uri: uri.clone(),
            diagnostics: shown,
        };
        self.published.insert(path.clone(), shown);
    }

    /// What takes away everything that is shown.
    pub(super) fn clear(&mut self) -> Vec<Publication> {
        let shown = self.published.drain();
        shown.map(|(_, shown)| shown.cleared()).collect()
    }

    /// Begins a check. Its number, and what will stop it.
    fn begin(&mut self) -> (u64, Arc<AtomicBool>) {
        self.is_stale = false;
        self.last += 1;
        self.stop = Arc::default();
        (self.last, self.stop.clone())
    }

    /// Takes what a check has found, unless another one has begun. What the client must be told.
    fn take(&mut self, found: Found, is_open: impl Fn(&FilePath) -> bool) -> Vec<Publication> {
        if found.number != self.last {
            return Vec::new();
        }
        let mut before = std::mem::take(&mut self.published);
        let mut news = Vec::new();
        for (path, uri, diagnostics) in found.files {
            let shown = before.remove(&path);
            if is_open(&path) {
                continue;
            }
            if shown.is_none_or(|shown| shown.diagnostics != diagnostics) {
                news.push(Publication {
                    uri: uri.clone(),
                    diagnostics: diagnostics.clone(),
                    version: None,
                });
            }
            self.published.insert(path, Shown { uri, diagnostics });
        }
        let gone = before.into_iter().filter(|(path, _)| !is_open(path));
        news.extend(gone.map(|(_, shown)| shown.cleared()));
        news
    }
}

impl Shown {
    fn cleared(self) -> Publication {
        Publication {
            uri: self.uri,
            diagnostics: Vec::new(),
            version: None,
        }
    }
}

/// All that a check needs of its workspace.
struct Check {
    number: u64,
    stop: Arc<AtomicBool>,
    root: Arc<PathBuf>,
    workspace: Workspace,
    view: View,
    config_files: Vec<ConfigFile>,
    /// Whether files are looked at that are no configurations.
    is_whole: bool,
    /// Folders in it that are workspaces of their own.
    inner: Vec<PathBuf>,
}

impl World {
    /// Begins a check of each workspace whose files that nobody has open may have other findings
    /// than are shown.
    pub(super) fn check_unopened(&mut self) {
        let ids: Vec<SpaceId> = self.spaces.keys().copied().collect();
        for id in ids {
            let inner = self.inner_roots(id);
            let Some(space) = self.spaces.get_mut(&id) else {
                continue;
            };
            let Some(root) = space.root.clone() else {
                continue;
            };
            let is_settled = space.is_ready && !space.is_reading_bodies();
            if !space.unopened.is_stale || !is_settled {
                continue;
            }
            let is_whole = self.checks_workspace && space.is_folder;
            let (number, stop) = space.unopened.begin();
            let check = Check {
                number,
                stop,
                root,
                workspace: space.workspace.clone(),
                view: space.view(&self.client),
                config_files: space.config_files().to_vec(),
                is_whole,
                inner,
            };
            let is_nothing = check.config_files.is_empty() && space.unopened.published.is_empty();
            if is_nothing && !is_whole {
                continue;
            }
            let Some(pool) = self.background_pool() else {
                return;
            };
            let (events, workers) = (self.events.clone(), self.workers.clone());
            pool.spawn(move || {
                if let Some(found) = check.run(&workers) {
                    _ = events.send(Event::Work(Work(Done::Unopened(id, found))));
                }
            });
        }
    }

    fn inner_roots(&self, id: SpaceId) -> Vec<PathBuf> {
        let root = |id: SpaceId| self.spaces.get(&id)?.root();
        let others = self.spaces.iter().filter(|(other, _)| **other != id);
        let Some(own) = root(id) else {
            return Vec::new();
        };
        others
            .filter(|(_, space)| space.is_folder)
            .filter_map(|(_, space)| space.root())
            .filter(|other| other.starts_with(own))
            .map(|other| other.to_path_buf())
            .collect()
    }

    pub(super) fn take_unopened(&mut self, id: SpaceId, found: Found) {
        let open: Vec<FilePath> = self
            .documents
            .values()
            .filter(|document| document.space == id)
            .map(|document| document.path.clone())
            .collect();
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let news = space.unopened.take(found, |path| open.contains(path));
        for publication in news {
            self.publish(publication);
        }
    }
}

impl Check {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// `None` where it was stopped.
    fn run(&self, workers: &Workers) -> Option<Found> {
        let mut waited = Duration::ZERO;
        while waited < QUIET {
            std::thread::sleep(TICK);
            waited += TICK;
            if self.is_stopped() {
                return None;
            }
        }
        let mut found: Vec<_> = self
            .config_files
            .iter()
            .filter_map(|it| self.config(it))
            .collect();
        if self.is_whole {
            let index = &self.workspace.index;
            let files: Vec<(FileId, &IndexedFile)> = index.files().collect();
            let checked: Vec<_> = files
                .par_iter()
                .filter_map(|(id, file)| {
                    workers.give_way();
                    (!self.is_stopped()).then(|| self.file(workers, *id, file))?
                })
                .collect();
            found.extend(checked);
        }
        if self.is_stopped() {
            return None;
        }
        found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        let mut count = 0;
        let all = found.len();
        found.retain(|(_, _, diagnostics)| {
            count += diagnostics.len();
            count <= MAX_UNOPENED_FINDINGS
        });
        if found.len() < all {
            tracing::warn!(
                files = all - found.len(),
                "have findings that are not shown: `agentls check` shows all"
            );
        }
        Some(Found {
            number: self.number,
            files: found,
        })
    }

    fn config(&self, config: &ConfigFile) -> Option<(FilePath, Arc<Uri>, Vec<Diagnostic>)> {
        let source = config.source.as_ref().ok()?;
        let findings = rules::check_config(source, config.file.is_top());
        let text = Text::new(source);
        let diagnostics = convert::diagnostics(&self.workspace, &text, &self.view, findings);
        let uri = Arc::new(convert::uri_of(&config.path)?);
        (!diagnostics.is_empty()).then(|| (config.file.clone(), uri, diagnostics))
    }

    fn file(
        &self,
        workers: &Workers,
        id: FileId,
        file: &IndexedFile,
    ) -> Option<(FilePath, Arc<Uri>, Vec<Diagnostic>)> {
        let path = self.root.join(file.path.as_str());
        let is_ours = file.scope == Scope::Workspace
            && !self.view.open.contains_key(&id)
            && !files::is_host_settings(&file.path)
            && !self.inner.iter().any(|inner| path.starts_with(inner));
        if !is_ours {
            return None;
        }
        let findings = match files::read(&path) {
            Ok(source) => {
                let facts = workers.facts(&file.path, &source, &file.facts.reading);
                let file = SourceFile::with_facts(id, file.path.clone(), source.into(), facts);
                let findings = rules::check(&self.workspace, &file);
                (Text::new(&file.source), findings)
            }
            Err(files::Unreadable::Missing) => return None,
            Err(reason) => {
                let settings = self.workspace.settings(&file.path);
                let finding = rules::unreadable(&reason.to_string(), &settings);
                (Text::new(""), finding.into_iter().collect())
            }
        };
        let (text, findings) = findings;
        let diagnostics = convert::diagnostics(&self.workspace, &text, &self.view, findings);
        let uri = Arc::new(convert::uri_of(&path)?);
        (!diagnostics.is_empty()).then(|| (file.path.clone(), uri, diagnostics))
    }
}
