//! Open documents: their life, and bringing facts and index up to their text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use agentls_analysis::agent::SourceFile;
use agentls_analysis::config::Reading;
use agentls_analysis::index::{Changed, FileId, State};
use agentls_analysis::limits::{MAX_FILE_BYTES, MAX_LINES};
use agentls_analysis::path::FilePath;
use agentls_analysis::rules::{self, Finding};
use agentls_analysis::syntax::document::Document;
use agentls_analysis::text::{Change, PositionEncoding, Text};
use tower_lsp::ls_types::{Diagnostic, MessageType, Uri};

use super::snapshot::OpenText;
use super::space::{Space, SpaceId};
use super::{FileChange, Open, Publication, World, queue};
use crate::files::{self, FoundKind, Unreadable};
use crate::lsp::{convert, hooks};
use crate::paths::is_within;

/// What a document is to us.
pub(super) enum Role {
    /// Markdown: everything a feature works on.
    Agent(Box<Agent>),
    /// `.agentls.yaml`, or settings of a host: it counts as it stands in the editor.
    Settings(FoundKind, Text),
    /// Markdown that is not parsed as it stands: it is too large.
    Unparsed(Text),
}

impl Role {
    fn text(&self) -> &Text {
        match self {
            Self::Agent(agent) => agent.document.text(),
            Self::Settings(_, text) | Self::Unparsed(text) => text,
        }
    }

    /// Applies changes to the text, and to nothing that is known of it.
    fn edit(&mut self, changes: &[Change], encoding: PositionEncoding) {
        match self {
            Self::Agent(agent) => agent.document.edit(changes, encoding),
            Self::Settings(_, text) | Self::Unparsed(text) => {
                for change in changes {
                    text.apply(change, encoding);
                }
            }
        }
    }
}

pub(super) struct Agent {
    pub(super) document: Document,
    pub(super) file: SourceFile,
}

impl Agent {
    /// Puts the file into the index as it stands in the editor.
    fn enter(&self, space: &mut Space, uri: &Arc<Uri>, version: i32) -> Changed {
        let SourceFile {
            id, path, facts, ..
        } = &self.file;
        let open = OpenText {
            uri: uri.clone(),
            version,
            text: self.document.text().clone(),
        };
        space.set_open(*id, path, facts.clone(), open)
    }
}

/// An open document.
pub(super) struct OpenDocument {
    pub(super) uri: Arc<Uri>,
    pub(super) version: i32,
    pub(super) space: SpaceId,
    pub(super) id: FileId,
    pub(super) path: FilePath,
    pub(super) role: Role,
    /// Whether index and facts are those of the text: changes that come in a row are parsed as one.
    pub(super) is_settled: bool,
    /// Whether its problems are shown: not those of the other side of a difference view.
    pub(super) is_checked: bool,
    /// What was found when it was checked last, moved along with what was typed since.
    pub(super) checked: Option<Checked>,
    /// What the client shows.
    pub(super) published: Vec<Diagnostic>,
}

/// The findings of a document.
pub(super) struct Checked {
    /// What they were found in: as long as the workspace is in it, they hold.
    pub(super) state: State,
    pub(super) findings: Vec<Finding>,
}

/// How long before its document is opened a change can have come. Helix sends the two from
/// different places when it makes a file, within microseconds; what VS Code sends of an editor
/// that was closed without saving is older when anybody opens the file again.
const EARLY: Duration = Duration::from_millis(200);

/// Most documents that are remembered as lost. A change of those beyond is as one of a document
/// that was never opened.
const MAX_LOST: usize = 10_000;

/// How much text may have its block tree kept, in bytes: a tree takes some fifty times its text.
/// Those of the documents that were opened or edited last are kept, and at least one; in another
/// the first edit parses the whole text.
const MAX_TREES_BYTES: usize = 256 * 1024;

/// A change to a document that is not open.
pub(super) struct Early {
    uri: Uri,
    version: i32,
    changes: Vec<Change>,
    at: Instant,
}

impl World {
    pub(super) fn open(&mut self, open: Open) {
        let early = self.early.take();
        let Open { uri, version, text } = open;
        self.lost.remove(&uri);
        let early = early.filter(|early| {
            early.uri == uri
                && version.checked_add(1) == Some(early.version)
                && early.at.elapsed() < EARLY
        });
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
        let elsewhere = path
            .as_deref()
            .and_then(|path| self.unopened.open(path, &uri));
        let role = match path.as_deref().and_then(FoundKind::of) {
            Some(kind @ (FoundKind::Config | FoundKind::Mcp | FoundKind::Plugin)) => {
                Role::Settings(kind, Text::new(&text))
            }
            Some(FoundKind::Markdown) | None => {
                let reading = owner.reading(&file);
                role_of(id, file.clone(), Text::new(&text), &reading)
            }
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
                is_settled: false,
                is_checked,
                checked: None,
                published: Vec::new(),
            },
        );
        if let Some(publication) = elsewhere {
            self.publish(publication);
        }
        if let Some(early) = early {
            self.change(&uri, early.version, early.changes);
        }
        // The disk is read again only after the buffer's names are in the index.
        self.settle(&uri);
        if !self.is_watching {
            self.walk(space);
        }
        queue(&mut self.edited, &uri);
    }

    /// The workspace of a document, and whether its problems are shown.
    pub(super) fn place(&mut self, uri: &Uri, path: Option<&Path>) -> (SpaceId, bool) {
        let Some(path) = path else {
            // A document that was never saved belongs where it will most likely be saved.
            let is_untitled = uri.scheme().as_str() == "untitled";
            let first = self
                .spaces
                .iter()
                .filter(|(_, space)| space.is_folder)
                .map(|(id, _)| *id)
                .min();
            return match (is_untitled, first, files::home()) {
                (true, Some(first), _) => (first, true),
                // Of the home folder the user's own agents are known and nothing else.
                (true, None, Some(home)) => (self.space_at(home), true),
                _ => (
                    self.add_space(Space::new(None, false, self.editor.clone())),
                    is_untitled,
                ),
            };
        };
        let root = |space: &Space| space.root().map(Path::to_path_buf);
        let folder = self
            .spaces
            .iter()
            .filter(|(_, space)| space.is_folder)
            .filter_map(|(id, space)| Some((root(space)?, *id)))
            .filter(|(root, _)| is_within(path, root) && !files::is_too_wide(root))
            .max_by_key(|(root, _)| root.components().count());
        if let Some((_, id)) = folder {
            return (id, true);
        }
        // What lies around a file makes a workspace only where the file can be part of one.
        match FoundKind::of(path) {
            Some(_) => (self.space_at(files::workspace_root(path)), true),
            None => (
                self.add_space(Space::new(None, false, self.editor.clone())),
                true,
            ),
        }
    }

    /// The workspace that starts at `root`.
    fn space_at(&mut self, root: PathBuf) -> SpaceId {
        let existing = self
            .spaces
            .iter()
            .find(|(_, space)| space.root() == Some(&root))
            .map(|(id, _)| *id);
        existing
            .unwrap_or_else(|| self.add_space(Space::new(Some(root), false, self.editor.clone())))
    }

    pub(super) fn change(&mut self, uri: &Uri, version: i32, changes: Vec<Change>) {
        let Some(document) = self.documents.get_mut(uri) else {
            if self.lost.contains(uri) {
                return self.find(uri, version, changes);
            }
            tracing::debug!(uri = uri.as_str(), "changed but not open");
            self.early = Some(Early {
                uri: uri.clone(),
                version,
                changes,
                at: Instant::now(),
            });
            return;
        };
        document.version = version;
        document.is_settled = false;
        queue(&mut self.edited, &document.uri);
        document.role.edit(&changes, self.client.encoding);
        self.burst.edit(Instant::now());
    }

    /// Goes on as if documents were not open, of which some change could not be read: the text
    /// that we have is not the one that the client shows. `None`: all that are open.
    pub(super) fn lose(&mut self, uris: Option<Vec<Uri>>) {
        let uris = uris.unwrap_or_else(|| self.documents.keys().cloned().collect());
        for uri in uris {
            if self.documents.contains_key(&uri) {
                self.close(&uri);
            }
            if self.lost.len() >= MAX_LOST || !self.lost.insert(uri.clone()) {
                continue;
            }
            tracing::warn!(uri = uri.as_str(), "a change could not be read");
            let message = format!(
                "agentls could not read a change to {}, and says nothing about it until it is \
                 closed and opened again.",
                uri.as_str()
            );
            let connection = self.connection.clone();
            self.runtime.spawn(async move {
                let kind = MessageType::WARNING;
                connection.show_message(kind, message).await;
            });
        }
    }

    /// Takes up a lost document again, if a change brings the whole text.
    fn find(&mut self, uri: &Uri, version: i32, mut changes: Vec<Change>) {
        let Some(whole) = changes.iter().rposition(|change| change.range.is_none()) else {
            return;
        };
        let after = changes.split_off(whole + 1);
        let text = changes.pop().map(|change| change.text).unwrap_or_default();
        let uri = uri.clone();
        self.open(Open {
            uri: uri.clone(),
            version,
            text,
        });
        if !after.is_empty() {
            self.change(&uri, version, after);
        }
    }

    pub(super) fn saved(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get(uri) else {
            return;
        };
        let space = document.space;
        if !self.is_watching {
            self.walk(space);
        }
        // Every workspace knows the user's own agents, and few clients watch the home folder.
        if let Some(path) = convert::path_of(uri).filter(|path| files::is_user_agent(path)) {
            self.change_files(vec![(path, FileChange::Touched)]);
        }
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri) else {
            tracing::warn!(uri = uri.as_str(), "closed but not open: ignored");
            return;
        };
        self.edited.retain(|other| **other != *uri);
        self.affected.retain(|other| **other != *uri);
        self.trees.retain(|other| **other != *uri);
        let keeps = self.checks_workspace && document.is_checked;
        let is_folder = self
            .spaces
            .get(&document.space)
            .is_some_and(|it| it.is_folder);
        let path = convert::path_of(uri).filter(|_| keeps && is_folder);
        if let Some(path) = path {
            self.unopened.close(path, &document);
        } else if !document.published.is_empty() {
            self.publish(Publication {
                uri: document.uri.clone(),
                diagnostics: Vec::new(),
                version: None,
            });
        }
        self.release(&document);
    }

    /// Takes a document out of its workspace, which the disk then says the truth about.
    pub(super) fn release(&mut self, document: &OpenDocument) {
        let Some(space) = self.spaces.get_mut(&document.space) else {
            return;
        };
        space.checking.outdate();
        let (changed, wanted) = match document.role {
            Role::Settings(kind, _) => {
                space.close_settings(&document.path, kind);
                self.walk(document.space);
                (Changed::default(), None)
            }
            Role::Agent(_) | Role::Unparsed(_) => space.close(document.id),
        };
        if let Some(wanted) = wanted {
            self.read_again(document.space, vec![wanted]);
        }
        self.after(document.space, changed, None);
        self.drop_if_unused(document.space);
    }

    pub(super) fn drop_if_unused(&mut self, id: SpaceId) {
        let is_used = self.documents.values().any(|document| document.space == id);
        if !is_used && self.spaces.get(&id).is_some_and(|space| !space.is_folder) {
            self.remove_space(id);
        }
    }

    /// Brings facts and index up to the text. Where that panics, the text is still what the client
    /// has, and nothing more is known of it until the next edit.
    pub(super) fn settle(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        if document.is_settled {
            return;
        }
        document.is_settled = true;
        // The text shares everything with the document's.
        let (uri, text) = (document.uri.clone(), document.role.text().clone());
        if catch_unwind(AssertUnwindSafe(|| self.read_anew(&uri))).is_err() {
            self.give_up_document(&uri, text);
        }
        self.keep_tree(&uri);
    }

    /// Has the block tree of a document kept, and those of others that were wanted long ago not.
    /// While one and the same is edited, nothing is counted.
    fn keep_tree(&mut self, uri: &Arc<Uri>) {
        if self.trees.back() == Some(uri) {
            return;
        }
        self.trees.retain(|other| other != uri);
        self.trees.push_back(uri.clone());
        let bytes = |uri: &Arc<Uri>| match self.documents.get(&**uri).map(|it| &it.role) {
            Some(Role::Agent(agent)) => agent.document.text().len(),
            _ => 0,
        };
        let mut sum: usize = self.trees.iter().map(bytes).sum();
        let mut forgotten = 0;
        while sum > MAX_TREES_BYTES && forgotten + 1 < self.trees.len() {
            sum -= bytes(&self.trees[forgotten]);
            forgotten += 1;
        }
        for uri in self.trees.drain(..forgotten) {
            if let Some(document) = self.documents.get_mut(&*uri)
                && let Role::Agent(agent) = &mut document.role
            {
                agent.document.forget_tree();
            }
        }
    }

    fn read_anew(&mut self, uri: &Uri) {
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        let Some(space) = self.spaces.get_mut(&document.space) else {
            return;
        };
        let mut is_config = false;
        let mut from_disk = None;
        let changed = match &mut document.role {
            Role::Agent(agent) => {
                let reading = space.reading(&document.path);
                let parsed = catch_unwind(AssertUnwindSafe(|| {
                    let is_same_file = agent.file.id == document.id
                        && agent.file.path == document.path
                        && agent.file.facts.reading == reading;
                    agent.file.release_blocks();
                    agent.document.parse_edited();
                    hooks::trip("parse", agent.document.text());
                    let is_small = too_large(agent.document.text()).is_none();
                    is_small.then(|| {
                        // A file that was renamed or moved is another one.
                        if is_same_file {
                            return agent.file.edited(&mut agent.document);
                        }
                        let (id, path) = (document.id, document.path.clone());
                        SourceFile::new(id, path, &mut agent.document, &reading)
                    })
                }));
                let is_same = |checked: &Checked| checked.state.is_that_of(&space.workspace);
                let checked = document.checked.take().filter(is_same);
                match parsed {
                    Ok(Some(file)) => {
                        agent.file = file;
                        hooks::trip("enter", agent.document.text());
                        let changed = agent.enter(space, &document.uri, document.version);
                        if let (Some(mut checked), Some(edit)) = (checked, agent.file.moved) {
                            rules::move_along(&mut checked.findings, document.id, edit);
                            checked.state = space.workspace.state();
                            document.checked = Some(checked);
                        }
                        changed
                    }
                    not_parsed => {
                        if not_parsed.is_err() {
                            tracing::error!(
                                uri = uri.as_str(),
                                "not understood until it is edited again"
                            );
                        }
                        document.role = Role::Unparsed(agent.document.text().clone());
                        let changed;
                        (changed, from_disk) = space.close(document.id);
                        changed
                    }
                }
            }
            Role::Unparsed(text) => {
                let reading = space.reading(&document.path);
                let path = document.path.clone();
                // It was not among the files, and a walk may have found it meanwhile.
                document.id = space.workspace.index.id_of(&path).unwrap_or(document.id);
                document.role = role_of(document.id, path, text.clone(), &reading);
                match &document.role {
                    Role::Agent(agent) => agent.enter(space, &document.uri, document.version),
                    _ => Changed::default(),
                }
            }
            Role::Settings(kind, text) => {
                let source = text.to_source();
                if *kind == FoundKind::Config {
                    is_config = true;
                    // The walk that follows tells what it changes.
                    space.open_config(&document.path, source.into());
                    Changed::default()
                } else {
                    let changed = space.open_settings(&document.path, *kind, &source);
                    let open = OpenText {
                        uri: document.uri.clone(),
                        version: document.version,
                        text: text.clone(),
                    };
                    space.show_settings(&document.path, open);
                    changed
                }
            }
        };
        let (id, uri) = (document.space, document.uri.clone());
        if is_config {
            self.walk(id);
        }
        if let Some(wanted) = from_disk {
            self.read_again(id, vec![wanted]);
        }
        self.after(id, changed, Some(&uri));
    }

    /// Has every open document checked again that a change in its workspace can touch.
    pub(super) fn after(&mut self, space: SpaceId, changed: Changed, except: Option<&Uri>) {
        let is_reading = |space: &Space| space.is_reading_bodies();
        // Each body that is read brings mentions; what they change is shown once, at the end.
        self.is_stale |= (changed.names || changed.references)
            && !self.spaces.get(&space).is_some_and(is_reading);
        if !changed.names {
            return;
        }
        if let Some(space) = self.spaces.get_mut(&space) {
            space.checking.outdate();
        }
        for document in self.documents.values() {
            if document.space == space && except != Some(&document.uri) {
                queue(&mut self.affected, &document.uri);
            }
        }
    }
}

/// Why a text is more than is parsed, if it is.
pub(super) fn too_large(text: &Text) -> Option<Unreadable> {
    if text.len() > MAX_FILE_BYTES {
        let bytes = text.len() as u64;
        return Some(Unreadable::TooLarge { bytes });
    }
    (text.line_count() > MAX_LINES).then_some(Unreadable::TooManyLines)
}

/// A document of markdown.
fn role_of(id: FileId, path: FilePath, text: Text, reading: &Reading) -> Role {
    if too_large(&text).is_some() {
        return Role::Unparsed(text);
    }
    let parse = || {
        let mut document = Document::new(&text.to_source());
        let file = SourceFile::new(id, path, &mut document, reading);
        Role::Agent(Box::new(Agent { document, file }))
    };
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        tracing::error!("not understood until it is edited again");
        Role::Unparsed(text)
    })
}
