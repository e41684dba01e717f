//! What is shown beside the text: code lenses and inlay hints.

use std::sync::Arc;

use tower_lsp::ls_types::{CodeLens, CodeLensParams, InlayHint, InlayHintParams};

use crate::lsp::convert;
use crate::lsp::options::Options;
use crate::world::snapshot::Snapshot;
use agentls_analysis::features;
use agentls_analysis::features::references::{Target, names};

pub(in crate::lsp) fn code_lens(
    snapshot: &Snapshot,
    (params, options): &(CodeLensParams, Arc<Options>),
) -> Option<Vec<CodeLens>> {
    let document = &snapshot.document;
    let names = names(&snapshot.workspace, &Target::File(document.file.id));
    let workspace = &snapshot.with_mentions(&names).workspace;
    let lenses = features::code_lens::code_lenses(workspace, &document.file, &options.code_lens);
    let (uri, commands) = (&params.text_document.uri, &options.commands);
    Some(convert::beside::code_lenses(
        document, uri, commands, &lenses,
    ))
}

pub(in crate::lsp) fn inlay_hint(
    snapshot: &Snapshot,
    (params, options): &(InlayHintParams, Arc<Options>),
) -> Option<Vec<InlayHint>> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let range = convert::beside::bytes(document, params.range);
    let options = &options.inlay_hints;
    let hints = features::inlay_hints::inlay_hints(workspace, &document.file, range, options);
    Some(convert::beside::inlay_hints(document, hints))
}
