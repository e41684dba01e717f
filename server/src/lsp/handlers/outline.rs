//! The shape of a document: symbols, folding, selection, colours.

use tower_lsp::ls_types::{
    DocumentSymbolParams, DocumentSymbolResponse, FoldingRange, FoldingRangeParams, SelectionRange,
    SelectionRangeParams, SemanticTokensParams, SemanticTokensResult,
};

use crate::lsp::convert;
use crate::world::snapshot::Snapshot;
use agentls_analysis::features;

pub(in crate::lsp) fn document_symbol(
    snapshot: &Snapshot,
    _: &DocumentSymbolParams,
) -> Option<DocumentSymbolResponse> {
    let document = &snapshot.document;
    let symbols = features::document_symbol::document_symbols(&document.file);
    Some(convert::outline::document_symbols(document, symbols))
}

pub(in crate::lsp) fn folding_range(
    snapshot: &Snapshot,
    _: &FoldingRangeParams,
) -> Option<Vec<FoldingRange>> {
    let document = &snapshot.document;
    let limit = document.view.client.folding_limit;
    let folds = features::folding::folds(&document.file, limit);
    Some(convert::outline::folding_ranges(document, &folds))
}

pub(in crate::lsp) fn selection_range(
    snapshot: &Snapshot,
    params: &SelectionRangeParams,
) -> Option<Vec<SelectionRange>> {
    let document = &snapshot.document;
    let positions = params.positions.iter();
    let ranges = positions.map(|position| {
        let offset = convert::offset(document, *position);
        let ranges = features::selection_range::selection_ranges(&document.file, offset);
        convert::outline::selection_range(document, &ranges)
    });
    Some(ranges.collect())
}

pub(in crate::lsp) fn semantic_tokens_full(
    snapshot: &Snapshot,
    _: &SemanticTokensParams,
) -> Option<SemanticTokensResult> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let tokens = features::semantic_tokens::semantic_tokens(workspace, &document.file);
    Some(convert::outline::semantic_tokens(document, &tokens))
}
