//! One function per request: convert, ask, convert.

pub(super) mod actions;
pub(super) mod agents;
pub(super) mod beside;
pub(super) mod graph;
pub(super) mod hierarchy;
pub(super) mod outline;
pub(super) mod rename;
pub(super) mod status;

use tower_lsp::ls_types::{
    CompletionItem, CompletionParams, DocumentHighlight, DocumentHighlightParams,
    GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams, Location, ReferenceParams,
};

use super::convert;
use super::written::Written;
use crate::world::snapshot::Snapshot;
use agentls_analysis::features;
use agentls_analysis::index::FileId;

pub(super) fn completion(snapshot: &Snapshot, params: &CompletionParams) -> Option<Written> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let place = &params.text_document_position;
    let offset = convert::offset(document, place.position);
    let options = features::completion::Options {
        snippets: document.view.client.snippets,
        asks_later: document.view.client.resolves_items,
    };
    let completions =
        features::completion::completions(workspace, &document.file, offset, &options);
    let uri = &place.text_document.uri;
    Written::of(&convert::completions(document, uri, completions))
}

pub(super) fn completion_resolve(
    snapshot: &Snapshot,
    (item, file): &(CompletionItem, FileId),
) -> Option<CompletionItem> {
    let index = &snapshot.workspace.index;
    // The document may be in another workspace by now, with other files.
    let name = index.definition(*file)?.name.as_str();
    let is_it = item.label.strip_suffix(name);
    is_it.filter(|scope| scope.is_empty() || scope.ends_with(':'))?;
    let told = features::completion::told(index, *file)?;
    Some(convert::told(&snapshot.document, item.clone(), told))
}

pub(super) fn hover(snapshot: &Snapshot, params: &HoverParams) -> Option<Hover> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let hover = features::hover::hover(workspace, &document.file, offset)?;
    Some(convert::hover(document, hover))
}

pub(super) fn goto_definition(
    snapshot: &Snapshot,
    params: &GotoDefinitionParams,
) -> Option<GotoDefinitionResponse> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let definitions = features::definition::goto_definition(workspace, &document.file, offset)?;
    let links = document.view.client.definition_links;
    convert::definitions(workspace, document, definitions, links)
}

pub(super) fn references(snapshot: &Snapshot, params: &ReferenceParams) -> Option<Vec<Location>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position.position);
    let target = features::references::target_at(workspace, &document.file, offset)?;
    let names = features::references::names(workspace, &target);
    let token = params.work_done_progress_params.work_done_token.as_ref();
    let Snapshot {
        workspace,
        document,
        ..
    } = &snapshot.with_bodies(&names, token);
    let with_definition = params.context.include_declaration;
    let found = features::references::references(workspace, &target, with_definition);
    Some(convert::references(workspace, &document.view, &found))
}

pub(super) fn document_highlight(
    snapshot: &Snapshot,
    params: &DocumentHighlightParams,
) -> Option<Vec<DocumentHighlight>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let offset = convert::offset(document, params.text_document_position_params.position);
    let found = features::references::highlight(workspace, &document.file, offset);
    (!found.is_empty()).then(|| convert::highlights(document, &found))
}
