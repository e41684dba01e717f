//! Renames: what the user is told, and the edits.

use std::collections::HashMap;
use std::sync::Arc;

use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::ls_types as lsp;

use super::{path_of, range, uri_of};
use crate::files;
use crate::paths::is_within;
use crate::world::snapshot::{DocumentSnapshot, View};
use agentls_analysis::features::document_link::DocumentLink;
use agentls_analysis::features::rename::{
    FileEdits, Move, PrepareRename, Rename, RenameEdit, RenameError,
};
use agentls_analysis::index::{FileId, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::text::Text;

/// `RequestFailed` of the protocol: the request was understood, and here is why it is not done.
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

/// The only annotation of an edit: mentions that are lost.
const LOSS: &str = "loss";

// From the protocol.

/// The moves within the workspace: of what comes from elsewhere nothing is known, and to what
/// goes elsewhere no path leads.
pub(crate) fn moves(view: &View, params: &lsp::RenameFilesParams) -> Vec<Move> {
    let Some(root) = view.root.as_deref() else {
        return Vec::new();
    };
    let path = |uri: &str| {
        let path = path_of(&uri.parse().ok()?)?;
        is_within(&path, root).then(|| files::file_path(root, &path))
    };
    let within = |file: &lsp::FileRename| {
        Some(Move {
            from: path(&file.old_uri)?,
            to: path(&file.new_uri)?,
        })
    };
    params.files.iter().filter_map(within).collect()
}

/// The texts of the files that were read in whole.
pub(crate) fn sources<'a>(
    workspace: &'a Workspace,
    view: &'a View,
) -> impl Fn(FileId) -> Option<Arc<str>> + 'a {
    |id| {
        let (_, text) = view.locate(workspace, id)?;
        Some(text.to_source().into())
    }
}

// To the protocol.

/// Why nothing is renamed.
pub(crate) fn refusal(error: RenameError) -> Error {
    Error {
        code: REQUEST_FAILED,
        message: error.to_string().into(),
        data: None,
    }
}

/// What can be renamed.
pub(crate) fn prepared(
    document: &DocumentSnapshot,
    prepared: PrepareRename,
) -> lsp::PrepareRenameResponse {
    lsp::PrepareRenameResponse::RangeWithPlaceholder {
        range: range(&document.text, prepared.range, document.view.encoding()),
        placeholder: prepared.placeholder.to_string(),
    }
}

/// The edits, in the form that the client takes. `None` where nothing changes.
pub(crate) fn edit(
    workspace: &Workspace,
    view: &View,
    rename: Rename,
) -> Option<lsp::WorkspaceEdit> {
    if rename == Rename::default() {
        return None;
    }
    if !view.client.document_changes {
        return Some(plain_edit(workspace, view, rename));
    }
    let loss = rename.loss().filter(|_| view.client.change_annotations);
    let annotation = loss.map(|loss| lsp::ChangeAnnotation {
        label: loss.label,
        needs_confirmation: Some(true),
        description: Some(loss.description.to_owned()),
    });
    let edits = rename.files.into_iter().filter_map(|file| {
        let (uri, text) = view.locate(workspace, file.file)?;
        let version = view.open.get(&file.file).map(|open| open.version);
        let edit = |edit: RenameEdit| match annotation.is_some() && edit.is_lost {
            true => lsp::OneOf::Right(lsp::AnnotatedTextEdit {
                text_edit: text_edit(view, &text, edit),
                annotation_id: LOSS.to_owned(),
            }),
            false => lsp::OneOf::Left(text_edit(view, &text, edit)),
        };
        let edits = file.edits.into_iter().map(edit).collect();
        let uri = (*uri).clone();
        Some(lsp::DocumentChangeOperation::Edit(lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version },
            edits,
        }))
    });
    // The edits address the old paths, so they come first.
    let moves = rename.moves.iter();
    let moves = moves.filter_map(|moves| file_rename(workspace, view, moves));
    let operations: Vec<_> = edits.chain(moves).collect();
    Some(lsp::WorkspaceEdit {
        changes: None,
        document_changes: Some(lsp::DocumentChanges::Operations(operations)),
        change_annotations: annotation
            .map(|annotation| HashMap::from([(LOSS.to_owned(), annotation)])),
    })
}

/// The edits for a client that takes nothing but edits.
fn plain_edit(workspace: &Workspace, view: &View, rename: Rename) -> lsp::WorkspaceEdit {
    let edits = |file: FileEdits| {
        let (uri, text) = view.locate(workspace, file.file)?;
        let edits = file.edits.into_iter();
        let edits = edits.map(|edit| text_edit(view, &text, edit)).collect();
        Some(((*uri).clone(), edits))
    };
    lsp::WorkspaceEdit::new(rename.files.into_iter().filter_map(edits).collect())
}

fn text_edit(view: &View, text: &Text, edit: RenameEdit) -> lsp::TextEdit {
    let range = range(text, edit.edit.range, view.encoding());
    lsp::TextEdit::new(range, edit.edit.new_text)
}

fn file_rename(
    workspace: &Workspace,
    view: &View,
    moves: &Move,
) -> Option<lsp::DocumentChangeOperation> {
    let uri = |path: &FilePath| uri_of(&view.root.as_ref()?.join(path.as_str()));
    // An open document is called as the client spells it.
    let open = workspace
        .index
        .id_of(&moves.from)
        .and_then(|id| view.open.get(&id));
    let old_uri = match open {
        // What was never saved has no file to rename.
        Some(open) if path_of(&open.uri).is_none() => return None,
        Some(open) => (*open.uri).clone(),
        None => uri(&moves.from)?,
    };
    let rename = lsp::RenameFile {
        old_uri,
        new_uri: uri(&moves.to)?,
        options: None,
        annotation_id: None,
    };
    Some(lsp::DocumentChangeOperation::Op(lsp::ResourceOp::Rename(
        rename,
    )))
}

/// The edits of two workspaces. One may lie within the other: each document is edited once.
pub(crate) fn joined(mut one: lsp::WorkspaceEdit, other: lsp::WorkspaceEdit) -> lsp::WorkspaceEdit {
    if let (
        Some(lsp::DocumentChanges::Operations(all)),
        Some(lsp::DocumentChanges::Operations(mut more)),
    ) = (&mut one.document_changes, other.document_changes)
    {
        more.retain(|operation| {
            let is_same = |known: &lsp::DocumentChangeOperation| match (known, operation) {
                (
                    lsp::DocumentChangeOperation::Edit(known),
                    lsp::DocumentChangeOperation::Edit(edit),
                ) => known.text_document.uri == edit.text_document.uri,
                _ => false,
            };
            !all.iter().any(is_same)
        });
        all.append(&mut more);
    }
    if let Some(annotations) = other.change_annotations {
        one.change_annotations
            .get_or_insert_default()
            .extend(annotations);
    }
    if let (Some(all), Some(more)) = (&mut one.changes, other.changes) {
        for (uri, edits) in more {
            all.entry(uri).or_insert(edits);
        }
    }
    one
}

/// The paths that lead somewhere.
pub(crate) fn document_links(
    workspace: &Workspace,
    document: &DocumentSnapshot,
    links: &[DocumentLink],
) -> Vec<lsp::DocumentLink> {
    let link = |link: &DocumentLink| {
        let (uri, _) = document.view.locate(workspace, link.target)?;
        Some(lsp::DocumentLink {
            range: range(&document.text, link.range, document.view.encoding()),
            target: Some((*uri).clone()),
            tooltip: None,
            data: None,
        })
    };
    links.iter().filter_map(link).collect()
}
