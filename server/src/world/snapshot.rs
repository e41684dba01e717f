//! What a request sees: one moment of the world, which nothing changes any more.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tower_lsp::ls_types::Uri;

use crate::lsp::capabilities::Client;
use crate::lsp::convert;
use agentls_analysis::agent::SourceFile;
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::text::{PositionEncoding, Text};

/// A document and its workspace at one moment. Cheap to make: everything in it is shared.
pub(crate) struct Snapshot {
    /// The names of the workspace.
    pub(crate) workspace: Workspace,
    /// The document.
    pub(crate) document: DocumentSnapshot,
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
    /// The open documents of the workspace.
    pub(crate) open: Arc<FxHashMap<FileId, OpenText>>,
}

/// An open document as the client knows it.
#[derive(Clone)]
pub(crate) struct OpenText {
    /// As the client spells it.
    pub(crate) uri: Arc<Uri>,
    /// Its text.
    pub(crate) text: Text,
}

impl View {
    /// What the client counts columns in.
    pub(crate) fn encoding(&self) -> PositionEncoding {
        self.client.encoding
    }

    /// The URI of a file, and a text in which its ranges mean something: the whole one of an
    /// open document, the header of any other. `None` for what has left the index.
    pub(crate) fn locate(&self, workspace: &Workspace, id: FileId) -> Option<(Arc<Uri>, Text)> {
        if let Some(open) = self.open.get(&id) {
            return Some((open.uri.clone(), open.text.clone()));
        }
        let file = workspace.index.file(id)?;
        let path = self.root.as_ref()?.join(file.path.as_str());
        Some((
            Arc::new(convert::uri_of(&path)?),
            Text::new(&file.facts.header_text),
        ))
    }
}
