//! The single writer. One thread owns all documents and workspaces and handles events in
//! order; everybody else sees snapshots.

mod scan;
pub(crate) mod snapshot;
mod space;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::ls_types::{
    Diagnostic, DidChangeWatchedFilesRegistrationOptions, ProgressToken, Registration, Uri,
};

use crate::files::{self, FoundKind};
use crate::lsp::capabilities::{self, Client};
use crate::lsp::{convert, hooks};
use agentls_analysis::agent::SourceFile;
use agentls_analysis::config;
use agentls_analysis::index::{Changed, FileId};
use agentls_analysis::limits::MAX_FILE_BYTES;
use agentls_analysis::path::FilePath;
use agentls_analysis::rules;
use agentls_analysis::syntax::document::Document;
use agentls_analysis::text::{Change, Text};
use scan::{Parsed, Scanned, Wanted, Workers};
use snapshot::{DocumentSnapshot, OpenText, Snapshot};
use space::{Space, SpaceId, Waiting};

/// Bodies that are read without a word; more show progress.
const QUIET_BODIES: usize = 500;

/// A request on a snapshot; on none where its document is not open. It answers by itself.
pub(crate) type Job = Box<dyn FnOnce(Option<Snapshot>) + Send>;

/// A request.
pub(crate) struct Ask {
    /// The document it is about; `None` for requests about nothing.
    pub(crate) uri: Option<Uri>,
    /// What answers it.
    pub(crate) job: Job,
}

/// A document that was opened.
pub(crate) struct Open {
    /// As the client spells it.
    pub(crate) uri: Uri,
    /// The client's version.
    pub(crate) version: i32,
    /// The whole text.
    pub(crate) text: String,
}

/// What happened to a file or folder on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FileChange {
    /// It is new or changed.
    Touched,
    /// It is no longer there.
    Gone,
}

/// Diagnostics on their way to the client.
pub(crate) struct Publication {
    /// The document.
    pub(crate) uri: Arc<Uri>,
    /// All that is wrong with it.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The version that they are about; `None` when it is closed.
    pub(crate) version: Option<i32>,
}

/// Whatever changes the world or asks it.
pub(crate) enum Event {
    /// `initialize`.
    Start {
        /// What the client can do.
        client: Client,
        /// The folders it has opened.
        folders: Vec<PathBuf>,
    },
    /// `initialized`: from now on the client takes requests.
    Initialized,
    /// A document was opened.
    Open(Open),
    /// A document was edited.
    Change {
        /// Which.
        uri: Uri,
        /// The version after the changes.
        version: i32,
        /// In order.
        changes: Vec<Change>,
    },
    /// A document was saved.
    Save(Uri),
    /// A document was closed.
    Close(Uri),
    /// Workspace folders came and went.
    Folders {
        /// New ones.
        added: Vec<PathBuf>,
        /// Old ones.
        removed: Vec<PathBuf>,
    },
    /// Files changed on disk.
    Files(Vec<(PathBuf, FileChange)>),
    /// A request.
    Ask(Ask),
    /// Whether the client watches files for us.
    Watched(bool),
    /// From a thread of ours.
    Work(Work),
}

/// What comes back from other threads.
pub(crate) struct Work(Done);

enum Done {
    Scanned(SpaceId, Scanned),
    Bodies(SpaceId, Vec<Parsed>),
    BodiesEnd(SpaceId),
    /// Files read again: with the turn of each, as later readings may come back earlier.
    Reread(SpaceId, Vec<(u64, Parsed)>),
}

/// What a document is to us.
enum Role {
    /// Markdown: everything a feature works on.
    Agent(Box<Agent>),
    /// `.agentls.yaml`, or settings of a host: it counts as it stands in the editor.
    Settings(FoundKind, Text),
    /// Markdown that is not parsed as it stands: it is too large.
    Unparsed(Text),
}

struct Agent {
    document: Document,
    file: SourceFile,
}

/// An open document.
struct OpenDocument {
    uri: Arc<Uri>,
    version: i32,
    space: SpaceId,
    id: FileId,
    path: FilePath,
    role: Role,
    /// Changes not applied yet: as many as come in a row are applied as one.
    pending: Vec<Change>,
    /// Whether index and facts are those of the text.
    is_settled: bool,
    /// Whether its problems are shown: not those of the other side of a difference view.
    is_checked: bool,
    /// What the client shows.
    published: Vec<Diagnostic>,
}

/// All documents and workspaces.
pub(crate) struct World {
    queue: Receiver<Event>,
    events: Sender<Event>,
    publications: UnboundedSender<Publication>,
    connection: tower_lsp::Client,
    runtime: Handle,
    workers: Arc<Workers>,
    pool: Option<Arc<rayon::ThreadPool>>,

    client: Arc<Client>,
    is_watching: bool,
    spaces: FxHashMap<SpaceId, Space>,
    next_space: u32,
    documents: FxHashMap<Uri, OpenDocument>,
    /// Edited documents: checked as soon as the queue is empty.
    edited: VecDeque<Arc<Uri>>,
    /// Documents that an edit elsewhere can touch: checked after, one at a time.
    affected: VecDeque<Arc<Uri>>,
    /// The turn of the last reading of each file.
    turns: FxHashMap<(SpaceId, FileId), u64>,
    next_turn: u64,
}

impl World {
    /// A world without documents that takes its events from `queue`; `events` leads there.
    pub(crate) fn new(
        queue: Receiver<Event>,
        events: Sender<Event>,
        publications: UnboundedSender<Publication>,
        connection: tower_lsp::Client,
        runtime: Handle,
    ) -> Self {
        Self {
            queue,
            events,
            publications,
            connection,
            runtime,
            workers: Arc::default(),
            pool: None,
            client: Arc::default(),
            is_watching: false,
            spaces: FxHashMap::default(),
            next_space: 0,
            documents: FxHashMap::default(),
            edited: VecDeque::new(),
            affected: VecDeque::new(),
            turns: FxHashMap::default(),
            next_turn: 0,
        }
    }

    /// Handles events until nobody can send any.
    pub(crate) fn run(mut self) {
        loop {
            let event = if self.edited.is_empty() && self.affected.is_empty() {
                match self.queue.recv() {
                    Ok(event) => Some(event),
                    Err(_) => return,
                }
            } else {
                match self.queue.try_recv() {
                    Ok(event) => Some(event),
                    Err(TryRecvError::Empty) => None,
                    Err(TryRecvError::Disconnected) => return,
                }
            };
            let workers = self.workers.clone();
            let step = || {
                let is_work = matches!(event, Some(Event::Work(_)));
                let _busy = (!is_work).then(|| workers.busy());
                match event {
                    Some(event) => self.handle(event),
                    None => self.check_next(),
                }
            };
            // Each step leaves maps that hold together, or takes what it works on out first,
            // so what a panic leaves behind is at worst stale.
            if catch_unwind(AssertUnwindSafe(step)).is_err() {
                tracing::error!("a step was given up");
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Start { client, folders } => {
                self.client = Arc::new(client);
                self.change_folders(folders, &[]);
            }
            Event::Initialized => self.watch_files(),
            Event::Open(open) => self.open(open),
            Event::Change {
                uri,
                version,
                changes,
            } => self.change(&uri, version, changes),
            Event::Save(uri) => self.saved(&uri),
            Event::Close(uri) => self.close(&uri),
            Event::Folders { added, removed } => self.change_folders(added, &removed),
            Event::Files(changes) => self.change_files(changes),
            Event::Ask(ask) => self.ask(ask),
            Event::Watched(is_watching) => self.is_watching = is_watching,
            Event::Work(Work(done)) => self.take(done),
        }
    }

    // Documents.

    fn open(&mut self, open: Open) {
        let Open { uri, version, text } = open;
        if self.documents.contains_key(&uri) {
            tracing::warn!(uri = uri.as_str(), "opened twice: the second text counts");
            self.close(&uri);
        }
        let uri = Arc::new(uri);
        let path = convert::path_of(&uri);
        let (space, is_checked) = self.place(&uri, path.as_deref());
        let Some(owner) = self.spaces.get_mut(&space) else {
            return;
        };
        let (id, file) = match &path {
            Some(path) => owner.file_at(path),
            None => (
                owner.new_id(),
                FilePath::new(uri.path().as_str().trim_start_matches('/')),
            ),
        };
        let role = match path.as_deref().and_then(FoundKind::of) {
            Some(kind @ (FoundKind::Config | FoundKind::Mcp | FoundKind::Plugin)) => {
                Role::Settings(kind, Text::new(&text))
            }
            Some(FoundKind::Markdown) | None => role_of(id, file.clone(), Text::new(&text)),
        };
        self.documents.insert(
            (*uri).clone(),
            OpenDocument {
                uri: uri.clone(),
                version,
                space,
                id,
                path: file,
                role,
                pending: Vec::new(),
                is_settled: false,
                is_checked,
                published: Vec::new(),
            },
        );
        // The disk is read again only after the buffer's names are in the index.
        self.settle(&uri);
        if !self.is_watching {
            self.walk(space);
        }
        queue(&mut self.edited, &uri);
    }

    /// The workspace of a document, and whether its problems are shown.
    fn place(&mut self, uri: &Uri, path: Option<&Path>) -> (SpaceId, bool) {
        let Some(path) = path else {
            // A document that was never saved belongs where it will most likely be saved.
            let is_untitled = uri.scheme().as_str() == "untitled";
            let first = self
                .spaces
                .iter()
                .filter(|(_, space)| space.is_folder)
                .map(|(id, _)| *id)
                .min();
            return match first.filter(|_| is_untitled) {
                Some(first) => (first, true),
                None => (self.add_space(Space::new(None, false)), is_untitled),
            };
        };
        let root = |space: &Space| space.root().map(Path::to_path_buf);
        let folder = self
            .spaces
            .iter()
            .filter(|(_, space)| space.is_folder)
            .filter_map(|(id, space)| Some((root(space)?, *id)))
            .filter(|(root, _)| path.starts_with(root) && !files::is_too_wide(root))
            .max_by_key(|(root, _)| root.components().count());
        if let Some((_, id)) = folder {
            return (id, true);
        }
        let nearest = files::workspace_root(path);
        let existing = self
            .spaces
            .iter()
            .find(|(_, space)| space.root() == Some(&nearest))
            .map(|(id, _)| *id);
        let id = existing.unwrap_or_else(|| self.add_space(Space::new(Some(nearest), false)));
        (id, true)
    }

    fn change(&mut self, uri: &Uri, version: i32, changes: Vec<Change>) {
        let Some(document) = self.documents.get_mut(uri) else {
            tracing::warn!(uri = uri.as_str(), "changed but not open: ignored");
            return;
        };
        document.version = version;
        document.pending.extend(changes);
        document.is_settled = false;
        queue(&mut self.edited, &document.uri);
    }

    fn saved(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get(uri) else {
            return;
        };
        let space = document.space;
        if !self.is_watching {
            self.walk(space);
        }
    }

    fn close(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri) else {
            tracing::warn!(uri = uri.as_str(), "closed but not open: ignored");
            return;
        };
        self.edited.retain(|other| **other != *uri);
        self.affected.retain(|other| **other != *uri);
        if !document.published.is_empty() {
            self.publish(Publication {
                uri: document.uri.clone(),
                diagnostics: Vec::new(),
                version: None,
            });
        }
        self.release(&document);
    }

    /// Takes a document out of its workspace, which the disk then says the truth about.
    fn release(&mut self, document: &OpenDocument) {
        let Some(space) = self.spaces.get_mut(&document.space) else {
            return;
        };
        let (changed, wanted) = match document.role {
            Role::Settings(FoundKind::Config, _) => {
                space.set_config(None);
                (Changed { names: true }, None)
            }
            Role::Settings(kind, _) => (space.set_settings(&document.path, kind, ""), None),
            Role::Agent(_) | Role::Unparsed(_) => space.close(document.id),
        };
        if let Role::Settings(..) = document.role {
            self.walk(document.space);
        }
        if let Some(wanted) = wanted {
            self.read_again(document.space, vec![wanted]);
        }
        self.after(document.space, changed, None);
        self.drop_if_unused(document.space);
    }

    fn drop_if_unused(&mut self, id: SpaceId) {
        let is_used = self.documents.values().any(|document| document.space == id);
        if !is_used && self.spaces.get(&id).is_some_and(|space| !space.is_folder) {
            self.remove_space(id);
        }
    }

    /// Applies pending changes and brings facts and index up to the text.
    fn settle(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        if document.is_settled {
            return;
        }
        document.is_settled = true;
        let changes = std::mem::take(&mut document.pending);
        let encoding = self.client.encoding;
        let Some(space) = self.spaces.get_mut(&document.space) else {
            return;
        };
        let mut is_config = false;
        let changed = match &mut document.role {
            Role::Agent(agent) => {
                // Shares everything with the document's: it is there for the case of a panic.
                let before = agent.document.text().clone();
                let parsed = catch_unwind(AssertUnwindSafe(|| {
                    if changes.is_empty() && agent.file.id == document.id {
                        return Some(agent.file.clone());
                    }
                    agent.document.apply(&changes, encoding);
                    hooks::trip("parse", agent.document.text());
                    let is_small = agent.document.text().len() <= MAX_FILE_BYTES;
                    is_small.then(|| {
                        SourceFile::new(document.id, document.path.clone(), &mut agent.document)
                    })
                }));
                match parsed {
                    Ok(Some(file)) => {
                        agent.file = file;
                        let text = agent.document.text().clone();
                        space.set_open(
                            &agent.file,
                            OpenText {
                                uri: document.uri.clone(),
                                text,
                            },
                        )
                    }
                    Ok(None) => {
                        document.role = Role::Unparsed(agent.document.text().clone());
                        space.close(document.id).0
                    }
                    Err(_) => {
                        tracing::error!(
                            uri = uri.as_str(),
                            "not understood until it is edited again"
                        );
                        document.role = Role::Unparsed(applied(before, &changes, encoding));
                        space.close(document.id).0
                    }
                }
            }
            Role::Unparsed(text) => {
                let text = applied(text.clone(), &changes, encoding);
                document.role = role_of(document.id, document.path.clone(), text);
                match &document.role {
                    Role::Agent(agent) => {
                        let text = agent.document.text().clone();
                        space.set_open(
                            &agent.file,
                            OpenText {
                                uri: document.uri.clone(),
                                text,
                            },
                        )
                    }
                    _ => Changed::default(),
                }
            }
            Role::Settings(kind, text) => {
                for change in &changes {
                    text.apply(change, encoding);
                }
                let source = text.to_source();
                if *kind == FoundKind::Config {
                    is_config = true;
                    // Only the one at the top of the workspace is in force.
                    if document.path.as_str() == files::CONFIG_NAME {
                        let (config, _) = config::parse(&source, &rules::rule_names());
                        space.set_config(Some((source.into(), config)));
                    }
                    Changed { names: true }
                } else {
                    space.set_settings(&document.path, *kind, &source)
                }
            }
        };
        let (id, uri) = (document.space, document.uri.clone());
        if is_config {
            self.walk(id);
        }
        self.after(id, changed, Some(&uri));
    }

    /// Has every open document checked again that a change in its workspace can touch.
    fn after(&mut self, space: SpaceId, changed: Changed, except: Option<&Uri>) {
        if !changed.names {
            return;
        }
        for document in self.documents.values() {
            if document.space == space && except != Some(&document.uri) {
                queue(&mut self.affected, &document.uri);
            }
        }
    }

    // Diagnostics.

    /// Checks the next document: an edited one, else one that an edit elsewhere can touch.
    fn check_next(&mut self) {
        let (uri, is_edited) = match self.edited.pop_front() {
            Some(uri) => (uri, true),
            None => match self.affected.pop_front() {
                Some(uri) => (uri, false),
                None => return,
            },
        };
        if is_edited {
            self.affected.retain(|other| *other != uri);
        }
        self.settle(&uri);
        let Some(document) = self
            .documents
            .get(&*uri)
            .filter(|document| document.is_checked)
        else {
            return;
        };
        let Some(space) = self.spaces.get(&document.space) else {
            return;
        };
        let view = space.view(&self.client);
        let diagnostics = match &document.role {
            // Nothing is said before all names are known: every document is queued then.
            Role::Agent(_) if !space.is_ready => return,
            Role::Agent(agent) => {
                hooks::trip("check", agent.document.text());
                let findings = rules::check(&space.workspace, &agent.file);
                convert::diagnostics(&space.workspace, agent.document.text(), &view, findings)
            }
            Role::Settings(FoundKind::Config, text) => {
                let findings = rules::check_config(&text.to_source());
                convert::diagnostics(&space.workspace, text, &view, findings)
            }
            Role::Settings(..) | Role::Unparsed(_) => Vec::new(),
        };
        if !is_edited && document.published == diagnostics {
            return;
        }
        let version = Some(document.version);
        if let Some(document) = self.documents.get_mut(&*uri) {
            document.published.clone_from(&diagnostics);
        }
        self.publish(Publication {
            uri,
            diagnostics,
            version,
        });
    }

    fn publish(&self, publication: Publication) {
        // Fails only when the session is over.
        _ = self.publications.send(publication);
    }

    // Requests.

    fn ask(&mut self, ask: Ask) {
        let Ask { uri, job } = ask;
        if let Some(uri) = &uri {
            self.settle(uri);
        }
        let document = uri.as_ref().and_then(|uri| self.documents.get(uri));
        let (Some(document), Some(uri)) = (document, &uri) else {
            if let Some(uri) = &uri {
                tracing::warn!(uri = uri.as_str(), "asked about but not open");
            }
            return self.run_job(None, job);
        };
        let (Role::Agent(agent), Some(space)) =
            (&document.role, self.spaces.get_mut(&document.space))
        else {
            tracing::debug!(uri = uri.as_str(), "nothing to be asked about");
            return self.run_job(None, job);
        };
        let document = DocumentSnapshot {
            file: agent.file.clone(),
            text: agent.document.text().clone(),
            view: space.view(&self.client),
        };
        if space.is_ready {
            let workspace = space.workspace.clone();
            self.run_job(
                Some(Snapshot {
                    workspace,
                    document,
                }),
                job,
            );
        } else {
            space.waiting.push(Waiting { document, job });
        }
    }

    fn run_job(&self, snapshot: Option<Snapshot>, job: Job) {
        let busy = self.workers.busy();
        self.runtime.spawn_blocking(move || {
            let _busy = busy;
            job(snapshot);
        });
    }

    // Workspaces.

    fn add_space(&mut self, space: Space) -> SpaceId {
        self.next_space += 1;
        let id = SpaceId(self.next_space);
        self.spaces.insert(id, space);
        self.walk(id);
        id
    }

    fn remove_space(&mut self, id: SpaceId) {
        self.turns.retain(|(space, _), _| *space != id);
        let Some(mut space) = self.spaces.remove(&id) else {
            return;
        };
        // Their workspace will never be complete any more.
        for Waiting { document, job } in std::mem::take(&mut space.waiting) {
            self.run_job(
                Some(Snapshot {
                    workspace: space.workspace.clone(),
                    document,
                }),
                job,
            );
        }
    }

    fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        for folder in added {
            match self
                .spaces
                .values_mut()
                .find(|space| space.root() == Some(&folder))
            {
                Some(space) => space.is_folder = true,
                None => _ = self.add_space(Space::new(Some(folder), true)),
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
        let unused: Vec<_> = self.spaces.keys().copied().collect();
        for id in unused {
            self.drop_if_unused(id);
        }
    }

    /// Moves documents whose workspace is another one now that folders have come or gone.
    fn place_again(&mut self) {
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
    fn walk(&mut self, id: SpaceId) {
        let Some(scan) = self.spaces.get_mut(&id).and_then(Space::begin_walk) else {
            return;
        };
        let events = self.events.clone();
        rayon::spawn(move || {
            let scanned = scan::scan(&scan);
            _ = events.send(Event::Work(Work(Done::Scanned(id, scanned))));
        });
    }

    fn change_files(&mut self, changes: Vec<(PathBuf, FileChange)>) {
        let mut again: FxHashMap<SpaceId, Vec<Wanted>> = FxHashMap::default();
        let mut walks = Vec::new();
        let mut touched = Changed::default();
        for (path, change) in changes {
            let spaces: Vec<_> = self
                .spaces
                .iter()
                .filter(|(_, space)| space.root().is_some_and(|root| path.starts_with(root)))
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
    fn read_again(&mut self, id: SpaceId, wanted: Vec<Wanted>) {
        self.next_turn += 1;
        let turn = self.next_turn;
        for wanted in &wanted {
            self.turns.insert((id, wanted.id), turn);
        }
        let (events, workers) = (self.events.clone(), self.workers.clone());
        rayon::spawn(move || {
            use rayon::prelude::*;
            let parsed = wanted
                .par_iter()
                .map(|wanted| (turn, workers.read(wanted)))
                .collect();
            _ = events.send(Event::Work(Work(Done::Reread(id, parsed))));
        });
    }

    fn take(&mut self, done: Done) {
        match done {
            Done::Scanned(id, scanned) => self.take_scan(id, scanned),
            Done::Bodies(id, parsed) => self.take_parsed(id, parsed, false),
            Done::BodiesEnd(id) => {
                self.workers.forget_unused();
                if let Some(space) = self.spaces.get_mut(&id) {
                    space.end_bodies();
                }
            }
            Done::Reread(id, parsed) => {
                let latest = |(turn, parsed): (u64, Parsed)| {
                    (self.turns.get(&(id, parsed.id)) == Some(&turn)).then_some(parsed)
                };
                let parsed: Vec<_> = parsed.into_iter().filter_map(latest).collect();
                for parsed in &parsed {
                    self.turns.remove(&(id, parsed.id));
                }
                self.take_parsed(id, parsed, true);
            }
        }
    }

    fn take_parsed(&mut self, id: SpaceId, parsed: Vec<Parsed>, is_fresh: bool) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let changed = space.take_parsed(parsed, is_fresh);
        self.after(id, changed, None);
    }

    fn take_scan(&mut self, id: SpaceId, scanned: Scanned) {
        let Some(space) = self.spaces.get_mut(&id) else {
            return;
        };
        let changed = space.take(scanned);
        let is_first = !std::mem::replace(&mut space.is_ready, true);
        let again = space.end_walk();
        let waiting = std::mem::take(&mut space.waiting);
        let workspace = space.workspace.clone();
        for Waiting { document, job } in waiting {
            self.run_job(
                Some(Snapshot {
                    workspace: workspace.clone(),
                    document,
                }),
                job,
            );
        }
        if is_first {
            for document in self
                .documents
                .values()
                .filter(|document| document.space == id)
            {
                queue(&mut self.edited, &document.uri);
            }
        } else {
            self.after(id, Changed { names: changed }, None);
        }
        if again {
            self.walk(id);
        }
        self.read_bodies(id);
    }

    /// Reads the bodies that are not read yet, in the background.
    fn read_bodies(&mut self, id: SpaceId) {
        let Some((wanted, stop)) = self.spaces.get_mut(&id).and_then(Space::begin_bodies) else {
            return;
        };
        let Some(pool) = self.background_pool() else {
            return;
        };
        let (events, workers) = (self.events.clone(), self.workers.clone());
        let progress =
            (self.client.progress && wanted.len() > QUIET_BODIES).then(|| self.show_progress(id));
        pool.clone().spawn(move || {
            let done = std::sync::atomic::AtomicUsize::new(0);
            workers.bodies(&pool, &wanted, &stop, |parsed| {
                let count = parsed.len();
                let done = done.fetch_add(count, std::sync::atomic::Ordering::Relaxed) + count;
                if let Some(progress) = &progress {
                    // A percentage, as there are fewer than 2^32 files.
                    _ = progress.send((done * 100 / wanted.len()) as u32);
                }
                _ = events.send(Event::Work(Work(Done::Bodies(id, parsed))));
            });
            _ = events.send(Event::Work(Work(Done::BodiesEnd(id))));
        });
    }

    /// The threads for what nobody waits for: all cores but one.
    fn background_pool(&mut self) -> Option<Arc<rayon::ThreadPool>> {
        if self.pool.is_none() {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            match rayon::ThreadPoolBuilder::new()
                .num_threads((cores - 1).max(1))
                .build()
            {
                Ok(pool) => self.pool = Some(Arc::new(pool)),
                Err(error) => tracing::error!(%error, "bodies of closed files are not read"),
            }
        }
        self.pool.clone()
    }

    // The client.

    fn watch_files(&self) {
        if !self.client.watches_files {
            return;
        }
        let options = DidChangeWatchedFilesRegistrationOptions {
            watchers: capabilities::watchers(),
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

    /// Shows the percentages that are sent until the sender is dropped.
    fn show_progress(&self, id: SpaceId) -> UnboundedSender<u32> {
        let (sender, mut percentages): (_, UnboundedReceiver<u32>) = unbounded_channel();
        let client = self.connection.clone();
        self.runtime.spawn(async move {
            let token = ProgressToken::String(format!("agentls/bodies/{}", id.0));
            if client
                .create_work_done_progress(token.clone())
                .await
                .is_err()
            {
                return;
            }
            let progress = client
                .progress(token, "Reading agents")
                .with_percentage(0)
                .begin()
                .await;
            let mut shown = 0;
            while let Some(percentage) = percentages.recv().await {
                if percentage > shown {
                    shown = percentage;
                    progress.report(percentage).await;
                }
            }
            progress.finish().await;
        });
        sender
    }
}

/// A document of markdown.
fn role_of(id: FileId, path: FilePath, text: Text) -> Role {
    if text.len() > MAX_FILE_BYTES {
        return Role::Unparsed(text);
    }
    let parse = || {
        let mut document = Document::new(&text.to_source());
        let file = SourceFile::new(id, path, &mut document);
        Role::Agent(Box::new(Agent { document, file }))
    };
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        tracing::error!("not understood until it is edited again");
        Role::Unparsed(text)
    })
}

fn applied(
    mut text: Text,
    changes: &[Change],
    encoding: agentls_analysis::text::PositionEncoding,
) -> Text {
    for change in changes {
        text.apply(change, encoding);
    }
    text
}

/// Adds what is not in it yet.
fn queue(queue: &mut VecDeque<Arc<Uri>>, uri: &Arc<Uri>) {
    if !queue.contains(uri) {
        queue.push_back(uri.clone());
    }
}
