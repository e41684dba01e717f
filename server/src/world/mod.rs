//! The single writer. One task owns all documents and workspaces and handles events in
//! order; everybody else sees snapshots.

mod burst;
mod documents;
mod given_up;
mod progress;
mod scan;
pub(crate) mod snapshot;
mod space;
mod unopened;
mod workspaces;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use agentls_analysis::config::Config;
use agentls_analysis::rules;
use agentls_analysis::text::Change;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;
use tower_lsp::ls_types::{Diagnostic, Uri};

use crate::files::{self, FoundKind};
use crate::lsp::capabilities::Client;
use crate::lsp::{convert, hooks};
use crate::paths::is_within;
use burst::Burst;
use documents::{Checked, OpenDocument, Role};
use scan::{Parsed, Scanned, Workers};
use snapshot::{Bodies, DocumentSnapshot, OpenText, Snapshot, WorkspaceSnapshot};
use space::{Space, SpaceId, Turn};

/// A request. It answers by itself.
pub(crate) enum Ask {
    /// About an open document. The job gets no snapshot where there is none.
    Document(Uri, JobOn<Option<Snapshot>>),
    /// About a file, open or not, or about all workspaces. The job gets one snapshot for each
    /// workspace that the file is in, the closest first.
    Workspaces(Option<Uri>, JobOn<Vec<WorkspaceSnapshot>>),
    /// About nothing.
    Nothing(Job),
}

/// What answers a request, once it gets what it is about.
pub(crate) type JobOn<S> = Box<dyn FnOnce(S) + Send>;

/// What is left of a request when its snapshot is taken.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

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

/// What of the user's choice in the editor changes findings.
pub(crate) struct Configuration {
    /// What counts where no configuration file says anything.
    pub(crate) editor: Arc<Config>,
    /// Whether files that nobody has open are checked too.
    pub(crate) checks_workspace: bool,
}

/// Whatever changes the world or asks it.
pub(crate) enum Event {
    /// `initialize`.
    Start {
        /// What the client can do.
        client: Client,
        /// The folders it has opened.
        folders: Vec<PathBuf>,
        /// What its user has chosen.
        configuration: Configuration,
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
    /// What the client did to some documents could not be read; `None`: to any of them.
    Lost(Option<Vec<Uri>>),
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
    /// What the client shows beside the text may be out of date.
    Stale,
    /// The client has answered to a refresh.
    Refreshed,
    /// The editor's settings, or some of them, are new.
    Configure(Configuration),
    /// Whether the client watches files for us.
    Watched(bool),
    /// From a thread of ours.
    Work(Work),
}

/// What comes back from other threads.
pub(crate) struct Work(Done);

enum Done {
    /// `None` where the walk was given up.
    Scanned(SpaceId, Option<Scanned>),
    Bodies(SpaceId, Vec<Parsed>),
    BodiesEnd(SpaceId),
    /// Files read again, and in which turn: a later reading may come back earlier.
    Reread(SpaceId, Turn, Vec<Parsed>),
    Unopened(SpaceId, unopened::Found),
}

/// All documents and workspaces.
pub(crate) struct World {
    queue: UnboundedReceiver<Event>,
    events: UnboundedSender<Event>,
    publications: UnboundedSender<Publication>,
    connection: tower_lsp::Client,
    runtime: Handle,
    workers: Arc<Workers>,
    pool: Option<Arc<rayon::ThreadPool>>,

    client: Arc<Client>,
    is_watching: bool,
    /// What the editor's settings say, for all workspaces.
    editor: Arc<Config>,
    checks_workspace: bool,
    unopened: unopened::Unopened,
    spaces: FxHashMap<SpaceId, Space>,
    next_space: u32,
    documents: FxHashMap<Uri, OpenDocument>,
    /// The last change to a document that was not open, until another one is opened.
    early: Option<documents::Early>,
    /// Documents whose text is not known, although the client has them open.
    lost: FxHashSet<Uri>,
    burst: Burst,
    /// Edited documents: checked as soon as the queue is empty and no burst goes on.
    edited: VecDeque<Arc<Uri>>,
    /// Documents that an edit elsewhere can touch: checked after, one at a time.
    affected: VecDeque<Arc<Uri>>,
    /// Documents whose block tree is kept, the one that was opened or edited last at the end.
    trees: VecDeque<Arc<Uri>>,
    /// Requests that wait until all names of some workspaces are known.
    waiting: Vec<(Vec<SpaceId>, Waiting)>,
    /// Whether lenses, hints and colours that the client shows may be out of date.
    is_stale: bool,
    /// Whether the client is being asked to show it anew.
    is_refreshing: bool,
}

impl World {
    /// A world without documents that takes its events from `queue`; `events` leads there.
    pub(crate) fn new(
        queue: UnboundedReceiver<Event>,
        events: UnboundedSender<Event>,
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
            editor: Arc::default(),
            checks_workspace: false,
            unopened: unopened::Unopened::default(),
            spaces: FxHashMap::default(),
            next_space: 0,
            documents: FxHashMap::default(),
            early: None,
            lost: FxHashSet::default(),
            burst: Burst::default(),
            edited: VecDeque::new(),
            affected: VecDeque::new(),
            trees: VecDeque::new(),
            waiting: Vec::new(),
            is_stale: false,
            is_refreshing: false,
        }
    }

    /// Handles events until nobody can send any. No step waits for anything, so each is whole
    /// when others that share the thread come to their turn.
    pub(crate) async fn run(mut self) {
        loop {
            let is_at_rest = self.edited.is_empty() && self.affected.is_empty();
            let wait = if is_at_rest {
                self.refresh();
                self.check_unopened();
                self.until_check()
            } else {
                self.burst.rest(Instant::now())
            };
            let is_overdue = !self.edited.is_empty() && self.burst.is_overdue(Instant::now());
            let event = if is_overdue {
                // Before anything else that has come in.
                None
            } else if is_at_rest || wait.is_some() {
                let next = match wait {
                    Some(wait) => match timeout(wait, self.queue.recv()).await {
                        Ok(next) => next,
                        Err(_) => continue,
                    },
                    None => self.queue.recv().await,
                };
                match next {
                    Some(event) => Some(event),
                    None => return,
                }
            } else {
                // What has come in meanwhile is read, and goes first.
                tokio::task::yield_now().await;
                match self.queue.try_recv() {
                    Ok(event) => Some(event),
                    Err(TryRecvError::Empty) => None,
                    Err(TryRecvError::Disconnected) => return,
                }
            };
            let workers = self.workers.clone();
            let about = self.about(event.as_ref());
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
                self.give_up(about);
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Start {
                client,
                folders,
                configuration,
            } => {
                // Until the client refuses.
                self.is_watching = client.watches_files;
                self.client = Arc::new(client);
                self.configure(configuration);
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
            Event::Close(uri) => {
                self.lost.remove(&uri);
                self.close(&uri);
            }
            Event::Lost(uris) => self.lose(uris),
            Event::Folders { added, removed } => self.change_folders(added, &removed),
            Event::Files(changes) => self.change_files(changes),
            Event::Ask(ask) => self.ask(ask),
            Event::Stale => self.is_stale = true,
            Event::Refreshed => self.is_refreshing = false,
            Event::Configure(configuration) => self.configure(configuration),
            Event::Watched(is_watching) => self.is_watching = is_watching,
            Event::Work(Work(done)) => self.take(done),
        }
    }

    /// Takes what the editor says now.
    fn configure(&mut self, configuration: Configuration) {
        self.editor = configuration.editor;
        self.checks_workspace = configuration.checks_workspace;
        let ids: Vec<SpaceId> = self.spaces.keys().copied().collect();
        for id in ids {
            if let Some(space) = self.spaces.get_mut(&id) {
                space.editor = self.editor.clone();
            }
            self.walk(id);
        }
    }

    // Diagnostics.

    /// Checks the next document: an edited one, else one that an edit elsewhere can touch.
    fn check_next(&mut self) {
        let (uri, is_edited) = match self.edited.pop_front() {
            Some(uri) => {
                if self.edited.is_empty() {
                    self.burst.end();
                }
                (uri, true)
            }
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
            .get_mut(&*uri)
            .filter(|document| document.is_checked)
        else {
            return;
        };
        let Some(space) = self.spaces.get(&document.space) else {
            return;
        };
        let view = space.view(&self.client);
        let diagnostics = match &document.role {
            // The user has left it out: nothing is said of it.
            _ if space.workspace.configs.excludes(&document.path) => Vec::new(),
            // Nothing is said before all names are known: every document is queued then.
            Role::Agent(_) if !space.is_ready => return,
            Role::Agent(agent) => {
                hooks::trip("check", agent.document.text());
                let is_same = |checked: &Checked| checked.state.is_that_of(&space.workspace);
                let checked = document.checked.take().filter(is_same);
                let checked = checked.unwrap_or_else(|| Checked {
                    state: space.workspace.state(),
                    findings: rules::diagnose(&space.workspace, &agent.file),
                });
                let mut findings = checked.findings.clone();
                document.checked = Some(checked);
                findings.extend(space.checking.of_root(&agent.file));
                convert::diagnostics(&space.workspace, agent.document.text(), &view, findings)
            }
            Role::Settings(FoundKind::Config, text) => {
                let findings = rules::check_config(&text.to_source(), document.path.is_top());
                convert::diagnostics(&space.workspace, text, &view, findings)
            }
            Role::Unparsed(text) => {
                let settings = space.workspace.settings(&document.path);
                // What is not parsed for another reason is a fault of ours, which the log tells.
                let finding = documents::too_large(text)
                    .and_then(|reason| rules::unreadable(&reason.to_string(), &settings));
                let findings = finding.into_iter().collect();
                convert::diagnostics(&space.workspace, text, &view, findings)
            }
            Role::Settings(..) => Vec::new(),
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

    /// Has the client ask again for what it shows beside the text, where that may be out of date.
    fn refresh(&mut self) {
        // While the client has not answered to the last time, it is not asked again.
        if !self.is_stale || self.is_refreshing {
            return;
        }
        (self.is_stale, self.is_refreshing) = (false, true);
        let (client, connection) = (self.client.clone(), self.connection.clone());
        let events = self.events.clone();
        self.runtime.spawn(async move {
            // A client that refuses shows what it has.
            if client.refreshes_lenses {
                _ = connection.code_lens_refresh().await;
            }
            if client.refreshes_hints {
                _ = connection.inlay_hint_refresh().await;
            }
            if client.refreshes_tokens {
                _ = connection.semantic_tokens_refresh().await;
            }
            _ = events.send(Event::Refreshed);
        });
    }

    // Requests.

    fn ask(&mut self, ask: Ask) {
        // What was typed before the question counts in the answer, in whichever document.
        let edited: Vec<_> = self.edited.iter().cloned().collect();
        for uri in edited {
            self.settle(&uri);
        }
        match ask {
            Ask::Document(uri, job) => match self.document_at(&uri) {
                Some((space, document)) => {
                    self.wait(vec![space], Waiting::Document(space, document, job));
                }
                None => self.run_job(Box::new(|| job(None))),
            },
            Ask::Workspaces(about, job) => {
                let spaces = self.spaces_of(about.as_ref());
                self.wait(spaces, Waiting::Workspaces(job));
            }
            Ask::Nothing(job) => self.run_job(job),
        }
    }

    /// An open document as it stands now, and its workspace.
    fn document_at(&self, uri: &Uri) -> Option<(SpaceId, DocumentSnapshot)> {
        let Some(document) = self.documents.get(uri) else {
            tracing::warn!(uri = uri.as_str(), "asked about but not open");
            return None;
        };
        let Role::Agent(agent) = &document.role else {
            tracing::debug!(uri = uri.as_str(), "nothing to be asked about");
            return None;
        };
        let space = self.spaces.get(&document.space)?;
        Some((
            document.space,
            DocumentSnapshot {
                file: agent.file.clone(),
                text: agent.document.text().clone(),
                view: space.view(&self.client),
            },
        ))
    }

    /// The workspaces that a file or folder is in, the closest first; of nothing, all.
    fn spaces_of(&self, about: Option<&Uri>) -> Vec<SpaceId> {
        let Some(uri) = about else {
            // The other side of a difference view is a workspace of its own that has no files.
            let has_files = |(_, space): &(&SpaceId, &Space)| space.root().is_some();
            let mut all: Vec<_> = self.spaces.iter().filter(has_files).collect();
            all.sort_unstable_by_key(|(id, _)| **id);
            return all.into_iter().map(|(id, _)| *id).collect();
        };
        if let Some(document) = self.documents.get(uri) {
            return vec![document.space];
        }
        let Some(path) = convert::path_of(uri) else {
            return Vec::new();
        };
        // The user's own agents are in every workspace.
        let is_everywhere = files::is_user_agent(&path);
        let depth = |space: &Space| {
            let root = space.root()?;
            let is_in = is_everywhere || is_within(&path, root);
            is_in.then(|| root.components().count())
        };
        let mut found: Vec<_> = self
            .spaces
            .iter()
            .filter_map(|(id, space)| Some((std::cmp::Reverse(depth(space)?), *id)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    fn wait(&mut self, spaces: Vec<SpaceId>, waiting: Waiting) {
        self.waiting.push((spaces, waiting));
        self.run_waiting();
    }

    /// Runs what waits no longer: requests on workspaces whose names are all known, or which are gone.
    fn run_waiting(&mut self) {
        let has_failed = |id: &SpaceId| self.spaces.get(id).is_some_and(|it| it.has_failed);
        // Dropped, each is answered with an error.
        self.waiting
            .retain(|(spaces, _)| !spaces.iter().any(has_failed));
        let is_ready = |id: &SpaceId| self.spaces.get(id).is_none_or(|space| space.is_ready);
        let ready: Vec<_> = self
            .waiting
            .extract_if(.., |(spaces, _)| spaces.iter().all(is_ready))
            .collect();
        for (spaces, waiting) in ready {
            match waiting {
                Waiting::Document(id, document, job) => {
                    let workspace = self.spaces.get(&id).map(|space| space.workspace.clone());
                    let bodies = self.bodies(id);
                    let workspace = workspace.unwrap_or_default();
                    let snapshot = Snapshot::new(workspace, document, bodies);
                    self.run_job(Box::new(|| job(Some(snapshot.with_buffers()))));
                }
                Waiting::Workspaces(job) => {
                    let snapshot = |id: &SpaceId| {
                        let space = self.spaces.get(id)?;
                        let (workspace, view) = (space.workspace.clone(), space.view(&self.client));
                        Some(WorkspaceSnapshot::new(workspace, view, self.bodies(*id)))
                    };
                    let snapshots: Vec<_> = spaces.iter().filter_map(snapshot).collect();
                    self.run_job(Box::new(|| {
                        let snapshots = snapshots.into_iter();
                        job(snapshots.map(WorkspaceSnapshot::with_buffers).collect());
                    }));
                }
            }
        }
    }

    fn bodies(&self, id: SpaceId) -> Bodies {
        let space = self.spaces.get(&id);
        let root = space.and_then(Space::root);
        let known = space.filter(|_| !self.is_watching).map(Space::known);
        // One workspace alone shares its files with nobody.
        let others = self
            .documents
            .values()
            .filter(|document| self.spaces.len() > 1 && document.space != id);
        let elsewhere = others.filter_map(|document| {
            let (root, path) = (root?, convert::path_of(&document.uri)?);
            let Role::Agent(agent) = &document.role else {
                return None;
            };
            let is_here = is_within(&path, root) || files::is_user_agent(&path);
            let open = OpenText {
                uri: document.uri.clone(),
                version: document.version,
                text: agent.document.text().clone(),
            };
            is_here.then(|| (files::file_path(root, &path), open))
        });
        let pending = space.map(|space| space.being_read().collect());
        Bodies {
            workers: self.workers.clone(),
            progress: self.progress(),
            elsewhere: Arc::new(elsewhere.collect()),
            pending: Arc::new(pending.unwrap_or_default()),
            unwatched: known,
            is_cancelled: Arc::default(),
        }
    }

    fn run_job(&self, job: Job) {
        let busy = self.workers.busy();
        self.runtime.spawn_blocking(move || {
            let _busy = busy;
            job();
        });
    }
}

/// A request that waits for names.
enum Waiting {
    Document(SpaceId, DocumentSnapshot, JobOn<Option<Snapshot>>),
    Workspaces(JobOn<Vec<WorkspaceSnapshot>>),
}

/// Adds what is not in it yet.
fn queue(queue: &mut VecDeque<Arc<Uri>>, uri: &Arc<Uri>) {
    if !queue.contains(uri) {
        queue.push_back(uri.clone());
    }
}
