//! The team: who delegates to whom, what extends what, and what everybody is called.

use tower_lsp::ls_types::request::{
    GotoDeclarationParams, GotoDeclarationResponse, GotoImplementationParams,
    GotoImplementationResponse,
};
use tower_lsp::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams,
    TypeHierarchyItem, TypeHierarchyPrepareParams, TypeHierarchySubtypesParams,
    TypeHierarchySupertypesParams, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

use crate::lsp::convert;
use crate::world::snapshot::{Snapshot, WorkspaceSnapshot};
use agentls_analysis::features::references::{Target, names};
use agentls_analysis::features::{
    call_hierarchy, declaration, implementation, type_hierarchy, workspace_symbols,
};

pub(in crate::lsp) fn prepare_call_hierarchy(
    snapshot: &Snapshot,
    params: &CallHierarchyPrepareParams,
) -> Option<Vec<CallHierarchyItem>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let item = call_hierarchy::prepare(workspace, &document.file, offset)?;
    let item = convert::hierarchy::call_item(workspace, &document.view, item)?;
    Some(vec![item])
}

pub(in crate::lsp) fn incoming_calls(
    snapshots: &[WorkspaceSnapshot],
    params: &CallHierarchyIncomingCallsParams,
) -> Option<Vec<CallHierarchyIncomingCall>> {
    let (snapshot, id) = convert::hierarchy::file_of(snapshots, &params.item.uri)?;
    let names = names(&snapshot.workspace, &Target::File(id));
    let token = params.work_done_progress_params.work_done_token.as_ref();
    let snapshot = snapshot.with_bodies(&names, token);
    let calls = call_hierarchy::incoming(&snapshot.workspace, id);
    Some(convert::hierarchy::incoming_calls(&snapshot, calls))
}

pub(in crate::lsp) fn outgoing_calls(
    snapshots: &[WorkspaceSnapshot],
    params: &CallHierarchyOutgoingCallsParams,
) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let (snapshot, id) = convert::hierarchy::file_of(snapshots, &params.item.uri)?;
    let snapshot = snapshot.with_file(id);
    let calls = call_hierarchy::outgoing(&snapshot.workspace, id);
    convert::hierarchy::outgoing_calls(&snapshot, id, calls)
}

pub(in crate::lsp) fn prepare_type_hierarchy(
    snapshot: &Snapshot,
    params: &TypeHierarchyPrepareParams,
) -> Option<Vec<TypeHierarchyItem>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let item = type_hierarchy::prepare(workspace, &document.file, offset)?;
    let item = convert::hierarchy::type_item(workspace, &document.view, item)?;
    Some(vec![item])
}

pub(in crate::lsp) fn supertypes(
    snapshots: &[WorkspaceSnapshot],
    params: &TypeHierarchySupertypesParams,
) -> Option<Vec<TypeHierarchyItem>> {
    let (snapshot, id) = convert::hierarchy::file_of(snapshots, &params.item.uri)?;
    let items = type_hierarchy::supertypes(&snapshot.workspace, id);
    Some(convert::hierarchy::type_items(snapshot, items))
}

pub(in crate::lsp) fn subtypes(
    snapshots: &[WorkspaceSnapshot],
    params: &TypeHierarchySubtypesParams,
) -> Option<Vec<TypeHierarchyItem>> {
    let (snapshot, id) = convert::hierarchy::file_of(snapshots, &params.item.uri)?;
    let items = type_hierarchy::subtypes(&snapshot.workspace, id);
    Some(convert::hierarchy::type_items(snapshot, items))
}

pub(in crate::lsp) fn goto_implementation(
    snapshot: &Snapshot,
    params: &GotoImplementationParams,
) -> Option<GotoImplementationResponse> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let found = implementation::goto_implementation(workspace, &document.file, offset);
    let found = convert::hierarchy::locations(workspace, &document.view, &found);
    (!found.is_empty()).then_some(GotoImplementationResponse::Array(found))
}

pub(in crate::lsp) fn goto_declaration(
    snapshot: &Snapshot,
    params: &GotoDeclarationParams,
) -> Option<GotoDeclarationResponse> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let found = declaration::goto_declaration(workspace, &document.file, offset)?;
    let links = document.view.client.declaration_links;
    convert::definitions(workspace, document, found, links)
}

pub(in crate::lsp) fn workspace_symbol(
    snapshots: &[WorkspaceSnapshot],
    params: &WorkspaceSymbolParams,
) -> Option<WorkspaceSymbolResponse> {
    let workspaces: Vec<_> = snapshots.iter().map(|it| it.workspace.clone()).collect();
    let found = workspace_symbols::workspace_symbols(&workspaces, &params.query);
    let found = convert::hierarchy::workspace_symbols(snapshots, found);
    Some(WorkspaceSymbolResponse::Nested(found))
}
