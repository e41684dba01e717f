//! The single writer. One thread owns all documents and workspaces and handles events in
//! order; everybody else sees snapshots.

mod documents;
mod scan;
pub(crate) mod snapshot;
mod space;
mod workspaces;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};

use agentls_analysis::index::FileId;
use agentls_analysis::limits::MAX_FILE_BYTES;
use agentls_analysis::rules;
use agentls_analysis::text::Change;
use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::ls_types::{Diagnostic, Uri};

use crate::files::{FoundKind, Unreadable};
use crate::lsp::capabilities::Client;
use crate::lsp::{convert, hooks};
use documents::{OpenDocument, Role};
use scan::{Parsed, Scanned, Workers};
use snapshot::{DocumentSnapshot, Snapshot};
use space::{Space, SpaceId, Waiting};

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
                // Until the client refuses.
                self.is_watching = client.watches_files;
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
            Role::Unparsed(text) if text.len() > MAX_FILE_BYTES => {
                let reason = Unreadable::TooLarge {
                    bytes: text.len() as u64,
                };
                let finding = rules::unreadable(&reason.to_string(), &space.workspace.config);
                let findings = finding.into_iter().collect();
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
}

/// Adds what is not in it yet.
fn queue(queue: &mut VecDeque<Arc<Uri>>, uri: &Arc<Uri>) {
    if !queue.contains(uri) {
        queue.push_back(uri.clone());
    }
}
