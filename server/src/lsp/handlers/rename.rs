//! Names and paths that change together, and the paths that can be followed.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DocumentLink, DocumentLinkParams, PrepareRenameResponse, RenameFilesParams, RenameParams,
    TextDocumentPositionParams, WorkspaceEdit,
};

use crate::lsp::convert;
use crate::world::snapshot::{Snapshot, WorkspaceSnapshot};
use agentls_analysis::features::{document_link, file_rename, rename};

pub(in crate::lsp) fn prepare_rename(
    snapshot: &Snapshot,
    params: &TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.position);
    let prepared = rename::prepare_rename(workspace, &document.file, offset)
        .map_err(convert::rename::refusal)?;
    Ok(Some(convert::rename::prepared(document, prepared)))
}

pub(in crate::lsp) fn rename(
    snapshot: &Snapshot,
    params: &RenameParams,
) -> Result<Option<WorkspaceEdit>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position.position);
    let target = rename::prepare_rename(workspace, &document.file, offset)
        .map_err(convert::rename::refusal)?
        .target;
    let names = rename::names(workspace, &target, &params.new_name);
    let token = params.work_done_progress_params.work_done_token.as_ref();
    let Snapshot {
        workspace,
        document,
        ..
    } = &snapshot.with_bodies(&names, token);
    let view = &document.view;
    let options = rename::Options {
        can_rename_files: view.client.renames_files,
    };
    let sources = convert::rename::sources(workspace, view);
    let renamed = rename::rename(workspace, &sources, &target, &params.new_name, options)
        .map_err(convert::rename::refusal)?;
    Ok(convert::rename::edit(workspace, view, renamed))
}

pub(in crate::lsp) fn will_rename_files(
    snapshots: &[WorkspaceSnapshot],
    params: &RenameFilesParams,
) -> Option<WorkspaceEdit> {
    let edit = |snapshot: &WorkspaceSnapshot| {
        let moves = convert::rename::moves(&snapshot.view, params);
        let names = file_rename::names(&snapshot.workspace, &moves);
        if names.is_empty() {
            return None;
        }
        let moving = file_rename::moving(&snapshot.workspace, &moves);
        let snapshot = moving
            .into_iter()
            .fold(snapshot.with_bodies(&names, None), |snapshot, id| {
                snapshot.with_file(id)
            });
        let WorkspaceSnapshot {
            workspace, view, ..
        } = &snapshot;
        let sources = convert::rename::sources(workspace, view);
        let renamed = file_rename::file_rename(workspace, &sources, &moves)?;
        convert::rename::edit(workspace, view, renamed)
    };
    snapshots
        .iter()
        .filter_map(edit)
        .reduce(convert::rename::joined)
}

pub(in crate::lsp) fn document_link(
    snapshot: &Snapshot,
    _: &DocumentLinkParams,
) -> Option<Vec<DocumentLink>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let links = document_link::document_links(workspace, &document.file);
    Some(convert::rename::document_links(workspace, document, &links))
}
