//! Findings in files that nobody has open: those of configurations always, those of all other
//! files where the user wants them. They are looked for in the background, when nothing else
//! is to be done.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tower_lsp::ls_types::{Diagnostic, Uri};

use super::documents::OpenDocument;
use super::scan::Workers;
use super::snapshot::View;
use super::space::{Space, SpaceId};
use super::{Done, Event, Publication, Work, World, queue};
use crate::configs::ConfigFile;
use crate::files::{self, Unreadable};
use crate::lsp::{convert, hooks};
use crate::paths::is_within;
use agentls_analysis::agent::SourceFile;
use agentls_analysis::index::{FileId, IndexedFile, Scope, Workspace};
use agentls_analysis::limits::MAX_UNOPENED_FINDINGS;
use agentls_analysis::path::FilePath;
use agentls_analysis::rules::{self, Finding};
use agentls_analysis::text::Text;

/// How long names must have been left alone before all files are looked at again.
const QUIET: Duration = Duration::from_millis(200);

/// What is shown of files that nobody has open, by where they are. A file can lie in two
/// workspaces, and only the one that shows it takes away what is shown.
#[derive(Default)]
pub(super) struct Unopened {
    shown: FxHashMap<PathBuf, Shown>,
}

/// What the client shows of one file.
struct Shown {
    owner: SpaceId,
    uri: Arc<Uri>,
    diagnostics: Vec<Diagnostic>,
}

/// The checks of one workspace's files that nobody has open.
#[derive(Default)]
pub(super) struct Checking {
    /// Since when what is shown may be out of date.
    outdated: Option<Instant>,
    /// The number of the last check, and what stops it.
    last: u64,
    stop: Arc<AtomicBool>,
    /// What the last check has found about roots, each in the file that says it.
    of_roots: Vec<(FileId, Finding)>,
}

/// What a check has found.
pub(super) struct Found {
    number: u64,
    files: Vec<FoundIn>,
    of_roots: Vec<(FileId, Finding)>,
}

struct FoundIn {
    path: PathBuf,
    uri: Arc<Uri>,
    diagnostics: Vec<Diagnostic>,
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Checking {
    /// Has all files looked at again; a check under way is given up.
    pub(super) fn outdate(&mut self) {
        self.outdated = Some(Instant::now());
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Begins a check. Its number, and what will stop it.
    fn begin(&mut self) -> (u64, Arc<AtomicBool>) {
        self.outdated = None;
        self.last += 1;
        self.stop = Arc::default();
        (self.last, self.stop.clone())
    }

    /// What is known about the root of a file, as it stands in the file.
    pub(super) fn of_root(&self, file: &SourceFile) -> Option<Finding> {
        let (_, finding) = self.of_roots.iter().find(|(id, _)| *id == file.id)?;
        let range = file.facts.entry("description")?.value_range;
        Some(Finding {
            range,
            ..finding.clone()
        })
    }
}

impl Unopened {
    /// Leaves a file to the document that was opened. What is shown under another spelling of
    /// its address is to be taken away.
    pub(super) fn open(&mut self, path: &Path, uri: &Uri) -> Option<Publication> {
        let shown = self.shown.remove(path)?;
        (*shown.uri != *uri).then(|| shown.cleared())
    }

    /// Keeps showing what an open document has shown until the disk is looked at.
    pub(super) fn close(&mut self, path: PathBuf, document: &OpenDocument) {
        let shown = Shown {
            owner: document.space,
            uri: document.uri.clone(),
            diagnostics: document.published.clone(),
        };
        self.shown.insert(path, shown);
    }

    /// What takes away everything that a workspace shows.
    pub(super) fn clear(&mut self, owner: SpaceId) -> Vec<Publication> {
        let shown = self.shown.extract_if(|_, shown| shown.owner == owner);
        shown.map(|(_, shown)| shown.cleared()).collect()
    }

    /// Whether a workspace shows anything.
    fn shows(&self, owner: SpaceId) -> bool {
        self.shown.values().any(|shown| shown.owner == owner)
    }

    /// Takes what a check of a workspace has found. What the client must be told.
    fn take(
        &mut self,
        owner: SpaceId,
        files: Vec<FoundIn>,
        open: &FxHashSet<PathBuf>,
    ) -> Vec<Publication> {
        let own = self.shown.extract_if(|_, shown| shown.owner == owner);
        let mut before: FxHashMap<PathBuf, Shown> = own.collect();
        let mut news = Vec::new();
        for found in files {
            let FoundIn {
                path,
                uri,
                diagnostics,
            } = found;
            let shown = before.remove(&path);
            if open.contains(&path) {
                continue;
            }
            if shown.is_none_or(|shown| shown.diagnostics != diagnostics) {
                news.push(Publication {
                    uri: uri.clone(),
                    diagnostics: diagnostics.clone(),
                    version: None,
                });
            }
            let shown = Shown {
                owner,
                uri,
                diagnostics,
            };
            self.shown.insert(path, shown);
        }
        let gone = before.into_iter().filter(|(path, _)| !open.contains(path));
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
    /// Files that cannot be read, and why.
    unreadable: Arc<BTreeMap<FilePath, Unreadable>>,
    /// Whether files are looked at that are no configurations.
    is_whole: bool,
    /// Folders in it that are workspaces of their own.
    inner: Vec<PathBuf>,
}

impl World {
    /// How long until the next check may begin; `None` where none is due.
    pub(super) fn until_check(&self) -> Option<Duration> {
        let due = self.spaces.values().filter(|space| is_due(space));
        let outdated = due.filter_map(|space| space.checking.outdated).min()?;
        Some(QUIET.saturating_sub(outdated.elapsed()))
    }

    /// Begins a check of each workspace whose files that nobody has open may have other findings
    /// than are shown, once its names have been at rest.
    pub(super) fn check_unopened(&mut self) {
        let is_at_rest = |space: &Space| {
            let outdated = space.checking.outdated;
            outdated.is_some_and(|since| since.elapsed() >= QUIET)
        };
        let due = self.spaces.iter();
        let due = due.filter(|(_, space)| is_due(space) && is_at_rest(space));
        let due: Vec<SpaceId> = due.map(|(id, _)| *id).collect();
        for id in due {
            let inner = self.inner_roots(id);
            let shows = self.unopened.shows(id);
            let Some(space) = self.spaces.get_mut(&id) else {
                continue;
            };
            let (number, stop) = space.checking.begin();
            let is_whole = self.checks_workspace && space.is_folder;
            let is_nothing = space.config_files().is_empty() && !shows;
            let Some(root) = space.root.clone().filter(|_| is_whole || !is_nothing) else {
                continue;
            };
            let check = Check {
                number,
                stop,
                root,
                workspace: space.workspace.clone(),
                view: space.view(&self.client),
                config_files: space.config_files().to_vec(),
                unreadable: space.unreadable(),
                is_whole,
                inner,
            };
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
        let Some(own) = self.spaces.get(&id).and_then(Space::root) else {
            return Vec::new();
        };
        let others = self.spaces.iter().filter(|(other, _)| **other != id);
        others
            .filter(|(_, space)| space.is_folder)
            .filter_map(|(_, space)| space.root())
            .filter(|other| is_within(other, own))
            .map(Path::to_path_buf)
            .collect()
    }

    pub(super) fn take_unopened(&mut self, id: SpaceId, found: Found) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let checking = &mut space.checking;
        // What it was found in is no more: the next check tells.
        if found.number != checking.last || checking.outdated.is_some() {
            return;
        }
        let before = std::mem::replace(&mut checking.of_roots, found.of_roots);
        let changed: FxHashSet<FileId> = before
            .iter()
            .chain(&checking.of_roots)
            .map(|(id, _)| *id)
            .collect();
        for document in self.documents.values() {
            if document.space == id && changed.contains(&document.id) {
                queue(&mut self.affected, &document.uri);
            }
        }
        let open = self.documents.keys().filter_map(convert::path_of).collect();
        for publication in self.unopened.take(id, found.files, &open) {
            self.publish(publication);
        }
    }
}

/// Whether a check of its files is wanted and can begin.
fn is_due(space: &Space) -> bool {
    space.checking.outdated.is_some() && space.is_ready && !space.is_reading_bodies()
}

impl Check {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// `None` where it was stopped.
    fn run(&self, workers: &Workers) -> Option<Found> {
        let configs = self.config_files.iter();
        let mut files: Vec<FoundIn> = configs.filter_map(|it| self.config(it)).collect();
        let mut of_roots = Vec::new();
        if self.is_whole {
            of_roots = rules::check_budgets(&self.workspace);
            let index = &self.workspace.index;
            let indexed: Vec<(FileId, &IndexedFile)> = index.files().collect();
            let checked: Vec<FoundIn> = indexed
                .par_iter()
                .filter_map(|(id, file)| {
                    workers.give_way();
                    let of_root = of_roots.iter().filter(|(over, _)| over == id);
                    let of_root = of_root.map(|(_, finding)| finding.clone());
                    (!self.is_stopped()).then(|| self.file(workers, *id, file, of_root))?
                })
                .collect();
            files.extend(checked);
            let unreadable = self.unreadable.iter();
            files.extend(unreadable.filter_map(|(file, reason)| self.unread(file, reason)));
        }
        if self.is_stopped() {
            return None;
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut count = 0;
        let all = files.len();
        files.retain(|found| {
            count += found.diagnostics.len();
            count <= MAX_UNOPENED_FINDINGS
        });
        if files.len() < all {
            tracing::warn!(
                files = all - files.len(),
                "have findings that are not shown: `agentls check` shows all"
            );
        }
        Some(Found {
            number: self.number,
            files,
            of_roots,
        })
    }

    /// What is shown of a file, where there is anything.
    fn shown(&self, path: PathBuf, text: &Text, findings: Vec<Finding>) -> Option<FoundIn> {
        let is_inner = self.inner.iter().any(|inner| is_within(&path, inner));
        if findings.is_empty() || is_inner {
            return None;
        }
        Some(FoundIn {
            uri: Arc::new(convert::uri_of(&path)?),
            diagnostics: convert::diagnostics(&self.workspace, text, &self.view, findings),
            path,
        })
    }

    fn config(&self, config: &ConfigFile) -> Option<FoundIn> {
        match &config.source {
            Ok(source) => {
                let findings = rules::check_config(source, config.file.is_top());
                self.shown(config.path.clone(), &Text::new(source), findings)
            }
            Err(reason) => self.unread(&config.file, reason),
        }
    }

    fn unread(&self, file: &FilePath, reason: &Unreadable) -> Option<FoundIn> {
        let settings = self.workspace.settings(file);
        let finding = rules::unreadable(&reason.to_string(), &settings);
        let path = self.root.join(file.as_str());
        self.shown(path, &Text::new(""), finding.into_iter().collect())
    }

    fn file(
        &self,
        workers: &Workers,
        id: FileId,
        file: &IndexedFile,
        of_root: impl Iterator<Item = Finding>,
    ) -> Option<FoundIn> {
        let is_ours = file.scope == Scope::Workspace
            && !self.view.open.contains_key(&id)
            && !files::is_host_settings(&file.path);
        if !is_ours {
            return None;
        }
        let path = self.root.join(file.path.as_str());
        let source = match files::read_within(&self.root, &path) {
            Ok(source) => source,
            Err(Unreadable::Missing) => return None,
            Err(reason) => return self.unread(&file.path, &reason),
        };
        let checked = catch_unwind(AssertUnwindSafe(|| {
            let facts = workers.facts(&file.path, &source, &file.facts.reading);
            let file = SourceFile::with_facts(id, file.path.clone(), source.into(), facts);
            hooks::trip("check", &Text::new(&file.source));
            let findings = rules::diagnose(&self.workspace, &file);
            (Text::new(&file.source), findings)
        }));
        match checked {
            Ok((text, mut findings)) => {
                findings.extend(of_root);
                self.shown(path, &text, findings)
            }
            Err(_) => self.unread(&file.path, &Unreadable::Failed),
        }
    }
}
