//! What a request sees: one moment of the world, which nothing changes any more.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tower_lsp::ls_types::{ProgressToken, Uri};

use super::progress::{self, Progress};
use super::scan::{Known, Stamp, Workers};
use crate::files;
use crate::lsp::capabilities::Client;
use crate::lsp::convert;
use crate::lsp::crash::Doing;
use agentls_analysis::agent::{self, AgentFile, Name, SourceFile};
use agentls_analysis::config::Configs;
use agentls_analysis::features::references::Search;
use agentls_analysis::index::{Depth, FileId, IndexedFile, Scope, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::syntax::document::Document;
use agentls_analysis::text::{PositionEncoding, Text};

/// A document and its workspace at one moment. Cheap to make: everything in it is shared.
pub(crate) struct Snapshot {
    /// The names of the workspace.
    pub(crate) workspace: Workspace,
    /// The document.
    pub(crate) document: DocumentSnapshot,
    bodies: Bodies,
}

/// A workspace at one moment.
pub(crate) struct WorkspaceSnapshot {
    /// Its names.
    pub(crate) workspace: Workspace,
    /// Where it is.
    pub(crate) view: View,
    bodies: Bodies,
}

/// What finds the bodies of files that nobody has open in this workspace.
#[derive(Clone)]
pub(super) struct Bodies {
    pub(super) workers: Arc<Workers>,
    pub(super) progress: Progress,
    /// Files of this workspace that are open as those of another, which lies in it or around it.
    pub(super) elsewhere: Arc<FxHashMap<FilePath, OpenText>>,
    /// Files that are being read again: what is known of them holds no more.
    pub(super) pending: Arc<FxHashSet<FileId>>,
    /// What the files were when they were read, where nobody tells when they change.
    pub(super) unwatched: Option<Known>,
    /// Whether nobody waits for the answer any more.
    pub(super) is_cancelled: Arc<AtomicBool>,
}

/// A document at one moment.
#[derive(Clone)]
pub(crate) struct DocumentSnapshot {
    /// What analysis makes of it.
    pub(crate) file: SourceFile,
    /// Its text, to convert positions.
    pub(crate) text: Text,
    /// Where its workspace and the other open documents are.
    pub(crate) view: View,
}

/// How files and bytes are shown to the client.
#[derive(Clone)]
pub(crate) struct View {
    /// What the client can do.
    pub(crate) client: Arc<Client>,
    /// The top of the workspace.
    pub(crate) root: Option<Arc<PathBuf>>,
    /// Whether the client has opened it as a folder; else it is there for a document in it.
    pub(crate) is_folder: bool,
    /// The open documents of the workspace.
    pub(crate) open: Arc<FxHashMap<FileId, OpenText>>,
    /// The texts of closed files that were read for this snapshot.
    pub(super) texts: Arc<FxHashMap<FileId, Text>>,
}

/// An open document as the client knows it.
#[derive(Clone)]
pub(crate) struct OpenText {
    /// As the client spells it.
    pub(crate) uri: Arc<Uri>,
    /// The version of its text, as the client counts.
    pub(crate) version: i32,
    /// Its text.
    pub(crate) text: Text,
}

impl View {
    /// What the client counts columns in.
    pub(crate) fn encoding(&self) -> PositionEncoding {
        self.client.encoding
    }

    /// The URI of a file, and a text in which its ranges mean something: the whole one of an
    /// open document, or of a file that was read for this snapshot; of any other its header.
    /// `None` for what has left the index.
    pub(crate) fn locate(&self, workspace: &Workspace, id: FileId) -> Option<(Arc<Uri>, Text)> {
        if let Some(open) = self.open.get(&id) {
            return Some((open.uri.clone(), open.text.clone()));
        }
        let file = workspace.index.file(id)?;
        let path = self.root.as_ref()?.join(file.path.as_str());
        let text = self.texts.get(&id).cloned();
        Some((
            Arc::new(convert::uri_of(&path)?),
            text.unwrap_or_else(|| Text::new(&file.facts.header_text)),
        ))
    }

    /// The file of a URI.
    pub(crate) fn file_of(&self, workspace: &Workspace, uri: &Uri) -> Option<FileId> {
        let open = self.open.iter().find(|(_, open)| *open.uri == *uri);
        if let Some((id, _)) = open {
            return Some(*id);
        }
        let path = convert::path_of(uri)?;
        let file = files::file_path(self.root.as_deref()?, &path);
        workspace.index.id_of(&file)
    }
}

impl Snapshot {
    pub(super) fn new(workspace: Workspace, document: DocumentSnapshot, bodies: Bodies) -> Self {
        Self {
            workspace,
            document,
            bodies,
        }
    }

    /// The same for a request that is cancelled once the flag is set: it reads no more files.
    pub(crate) fn until(mut self, is_cancelled: Arc<AtomicBool>) -> Self {
        self.bodies.is_cancelled = is_cancelled;
        self
    }

    /// Which document this is, to tell of a crash. Its text is a person's: it is in the log only
    /// where `AGENTLS_LOG` asks for everything.
    pub(crate) fn described(&self) -> String {
        let DocumentSnapshot { file, text, view } = &self.document;
        let version = view.open.get(&file.id).map_or(0, |open| open.version);
        tracing::trace!(text = text.to_source(), "what was panicked about");
        let (path, bytes) = (file.path.as_str(), text.len());
        format!("answering about version {version} of {path}, {bytes} bytes")
    }

    /// The same with the buffers of other workspaces.
    pub(super) fn with_buffers(mut self) -> Self {
        self.bodies
            .overlay(&mut self.workspace, &mut self.document.view);
        self
    }

    /// The same with every file in whole that can mention one of `names`, however little of the
    /// workspace was read before. `token` is the client's name for the progress of the request.
    pub(crate) fn with_bodies(&self, names: &[Name], token: Option<&ProgressToken>) -> Self {
        let (mut workspace, mut document) = (self.workspace.clone(), self.document.clone());
        self.bodies.complete(
            Sought::Places(names),
            token,
            &mut workspace,
            &mut document.view,
        );
        Self::new(workspace, document, self.bodies.clone())
    }

    /// The same with every mention of one of `names` known. Places in closed files that were
    /// read before cannot be told; where all were, this costs next to nothing.
    pub(crate) fn with_mentions(&self, names: &[Name]) -> Self {
        let (mut workspace, mut document) = (self.workspace.clone(), self.document.clone());
        self.bodies.complete(
            Sought::Mentions(names),
            None,
            &mut workspace,
            &mut document.view,
        );
        Self::new(workspace, document, self.bodies.clone())
    }
}

impl WorkspaceSnapshot {
    pub(super) fn new(workspace: Workspace, view: View, bodies: Bodies) -> Self {
        Self {
            workspace,
            view,
            bodies,
        }
    }

    /// The same for a request that is cancelled once the flag is set: it reads no more files.
    pub(crate) fn until(mut self, is_cancelled: Arc<AtomicBool>) -> Self {
        self.bodies.is_cancelled = is_cancelled;
        self
    }

    /// As [`Snapshot::with_buffers`].
    pub(super) fn with_buffers(mut self) -> Self {
        self.bodies.overlay(&mut self.workspace, &mut self.view);
        self
    }

    /// As [`Snapshot::with_bodies`].
    pub(crate) fn with_bodies(&self, names: &[Name], token: Option<&ProgressToken>) -> Self {
        let (mut workspace, mut view) = (self.workspace.clone(), self.view.clone());
        self.bodies
            .complete(Sought::Places(names), token, &mut workspace, &mut view);
        Self::new(workspace, view, self.bodies.clone())
    }

    /// The same with every file in whole, and with its text.
    pub(crate) fn with_every_body(&self, token: Option<&ProgressToken>) -> Self {
        let (mut workspace, mut view) = (self.workspace.clone(), self.view.clone());
        self.bodies
            .complete(Sought::Everything, token, &mut workspace, &mut view);
        Self::new(workspace, view, self.bodies.clone())
    }

    /// The text of every file that is known in whole.
    pub(crate) fn texts(&self) -> FxHashMap<FileId, Arc<str>> {
        let files = self.workspace.index.files().par_bridge();
        files
            .filter_map(|(id, _)| {
                let open = self.view.open.get(&id).map(|open| &open.text);
                let text = open.or_else(|| self.view.texts.get(&id))?;
                Some((id, Arc::from(text.to_source())))
            })
            .collect()
    }

    /// The same with one file in whole.
    pub(crate) fn with_file(&self, id: FileId) -> Self {
        let (mut workspace, mut view) = (self.workspace.clone(), self.view.clone());
        self.bodies.read(id, &mut workspace, &mut view);
        Self::new(workspace, view, self.bodies.clone())
    }
}

/// The workspaces that the client has opened as folders; where it has opened none, those of its
/// documents.
pub(crate) fn folders(snapshots: &[WorkspaceSnapshot]) -> Vec<&WorkspaceSnapshot> {
    let has_folders = snapshots.iter().any(|it| it.view.is_folder);
    let is_kept = |it: &&WorkspaceSnapshot| it.view.is_folder || !has_folders;
    snapshots.iter().filter(is_kept).collect()
}

/// What closed files are read for.
#[derive(Clone, Copy)]
enum Sought<'a> {
    /// Whether they mention one of these names.
    Mentions(&'a [Name]),
    /// Where they do, which needs their texts.
    Places(&'a [Name]),
    /// All that they say, and where.
    Everything,
}

/// A closed file, to be looked at.
struct Candidate {
    id: FileId,
    file: FilePath,
    scope: Scope,
    reason: Reason,
}

/// Why a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// What is known of it is to be had with its text, or holds no more.
    Known,
    /// Only its header is known.
    Unread,
    /// It may have changed, and nobody would have told.
    Unwatched,
}

/// What a look at a file has brought.
enum Looked {
    Text(Text, Arc<AgentFile>),
    Gone,
}

impl Bodies {
    /// Puts the buffers of other workspaces in the place of what the disk says.
    fn overlay(&self, workspace: &mut Workspace, view: &mut View) {
        for (file, open) in &*self.elsewhere {
            let index = &mut workspace.index;
            let Some((id, scope)) = index
                .id_of(file)
                .and_then(|id| Some((id, index.file(id)?.scope)))
            else {
                continue;
            };
            // Not remembered: what is typed would fill the memory, version by version.
            let reading = workspace.configs.reading(file);
            let source = open.text.to_source();
            let facts = agent::facts(file, &mut Document::new(&source), &reading);
            _ = index.insert(id, file.clone(), Arc::new(facts), Depth::Body, scope);
            Arc::make_mut(&mut view.open).insert(id, open.clone());
        }
    }

    /// Reads one file that nobody has open.
    fn read(&self, id: FileId, workspace: &mut Workspace, view: &mut View) {
        let (Some(root), Some(before)) = (view.root.clone(), workspace.index.file(id)) else {
            return;
        };
        if view.open.contains_key(&id) {
            return;
        }
        let candidate = Candidate {
            id,
            file: before.path.clone(),
            scope: before.scope,
            reason: Reason::Known,
        };
        let looked = self.look(&root, &candidate, &workspace.configs, |_| true);
        take(&candidate, looked, workspace, view);
    }

    /// Reads what can hold what is sought: the files of which only the header is known, those
    /// that may have changed, and where places are wanted those that the index has. The latter
    /// are read again because places in them can be told only with their text, and it must be the
    /// text that the facts are of.
    fn complete(
        &self,
        sought: Sought<'_>,
        token: Option<&ProgressToken>,
        workspace: &mut Workspace,
        view: &mut View,
    ) {
        let Some(root) = view.root.clone() else {
            return;
        };
        let (names, with_texts, is_everything) = match sought {
            Sought::Mentions(names) => (names, false, false),
            Sought::Places(names) => (names, true, false),
            Sought::Everything => (&[][..], true, true),
        };
        let known: FxHashSet<FileId> = names
            .iter()
            .filter(|_| with_texts)
            .flat_map(|name| workspace.index.mentioning(name))
            .collect();
        let reason = |id: FileId, file: &IndexedFile| {
            if known.contains(&id) || self.pending.contains(&id) {
                Some(Reason::Known)
            } else if file.depth == Depth::Header {
                Some(Reason::Unread)
            } else if is_everything {
                Some(Reason::Known)
            } else {
                (with_texts && self.unwatched.is_some()).then_some(Reason::Unwatched)
            }
        };
        let wanted = |(id, file): (FileId, &IndexedFile)| {
            let reason = reason(id, file).filter(|_| !view.open.contains_key(&id))?;
            Some(Candidate {
                id,
                file: file.path.clone(),
                scope: file.scope,
                reason,
            })
        };
        let candidates: Vec<Candidate> = workspace.index.files().filter_map(wanted).collect();
        let is_unread = |file: &&Candidate| file.reason == Reason::Unread;
        let mut progress = self.progress.clone();
        progress.of_request(token);
        // A count beside the text is nothing that anybody waits for.
        let is_long = with_texts && candidates.iter().filter(is_unread).count() > progress::QUIET;
        let shown = is_long.then(|| progress.show("search")).flatten();
        let done = AtomicUsize::new(0);
        let search = Search::new(names);
        let looked: Vec<_> = candidates
            .par_iter()
            .map(|candidate| {
                if self.is_cancelled.load(Ordering::Relaxed) {
                    return None;
                }
                let configs = &workspace.configs;
                let can_mention = |source: &str| is_everything || search.matches(source);
                let looked = self.look(&root, candidate, configs, can_mention);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(shown) = &shown {
                    // A percentage, as there are fewer than 2^32 files.
                    _ = shown.send((done * 100 / candidates.len()) as u32);
                }
                looked
            })
            .collect();
        for (candidate, looked) in candidates.iter().zip(looked) {
            take(candidate, looked, workspace, view);
        }
    }

    /// Looks at one file. `None` where what is known of it holds.
    fn look(
        &self,
        root: &Path,
        candidate: &Candidate,
        configs: &Configs,
        can_mention: impl Fn(&str) -> bool,
    ) -> Option<Looked> {
        let Candidate { file, reason, .. } = candidate;
        let path = root.join(file.as_str());
        let is_same = || {
            let known = self.unwatched.as_ref().and_then(|known| known.get(file));
            known == fs::metadata(&path).ok().map(|it| Stamp::of(&it)).as_ref()
        };
        if *reason == Reason::Unwatched && is_same() {
            return None;
        }
        let Ok(source) = files::read_within(root, &path) else {
            return (*reason != Reason::Unread).then_some(Looked::Gone);
        };
        if *reason == Reason::Unread && !can_mention(&source) {
            return None;
        }
        // One file that is not understood takes no other along.
        let facts = catch_unwind(AssertUnwindSafe(|| {
            let _doing = Doing(|| format!("reading {}", path.display()));
            self.workers.facts(file, &source, &configs.reading(file))
        }))
        .ok()?;
        Some(Looked::Text(Text::new(&source), facts))
    }
}

fn take(candidate: &Candidate, looked: Option<Looked>, workspace: &mut Workspace, view: &mut View) {
    let Candidate {
        id, file, scope, ..
    } = candidate;
    let index = &mut workspace.index;
    let facts = match looked {
        None => return,
        Some(Looked::Gone) => {
            _ = index.remove(*id);
            return;
        }
        Some(Looked::Text(text, facts)) => {
            Arc::make_mut(&mut view.texts).insert(*id, text);
            facts
        }
    };
    _ = index.insert(*id, file.clone(), facts, Depth::Body, *scope);
}
