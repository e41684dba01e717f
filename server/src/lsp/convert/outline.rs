//! The shape of a document, as the protocol has it.

use tower_lsp::ls_types as lsp;

use super::range;
use crate::world::snapshot::DocumentSnapshot;
use agentls_analysis::features::document_symbol::{DocumentSymbol, SymbolKind};
use agentls_analysis::features::folding::{Fold, FoldingKind};
use agentls_analysis::features::semantic_tokens::{SemanticToken, TokenKind, TokenModifier};
use agentls_analysis::text::ByteRange;

/// What stands for each [`TokenKind`], in the order of the legend: types that every theme knows.
const TOKEN_TYPES: [(TokenKind, lsp::SemanticTokenType); 4] = [
    (TokenKind::Agent, lsp::SemanticTokenType::CLASS),
    (TokenKind::Tool, lsp::SemanticTokenType::FUNCTION),
    (TokenKind::Key, lsp::SemanticTokenType::PROPERTY),
    (TokenKind::Value, lsp::SemanticTokenType::ENUM_MEMBER),
];

/// What stands for each [`TokenModifier`], in the order of the legend.
const TOKEN_MODIFIERS: [(TokenModifier, lsp::SemanticTokenModifier); 3] = [
    (
        TokenModifier::Declaration,
        lsp::SemanticTokenModifier::DECLARATION,
    ),
    (
        TokenModifier::Deprecated,
        lsp::SemanticTokenModifier::DEPRECATED,
    ),
    (
        TokenModifier::Builtin,
        lsp::SemanticTokenModifier::DEFAULT_LIBRARY,
    ),
];

/// What the numbers in [`semantic_tokens`] mean.
pub(crate) fn legend() -> lsp::SemanticTokensLegend {
    lsp::SemanticTokensLegend {
        token_types: TOKEN_TYPES.into_iter().map(|(_, it)| it).collect(),
        token_modifiers: TOKEN_MODIFIERS.into_iter().map(|(_, it)| it).collect(),
    }
}

/// An outline: a tree where the client takes one, else a list.
pub(crate) fn document_symbols(
    document: &DocumentSnapshot,
    symbols: Vec<DocumentSymbol>,
) -> lsp::DocumentSymbolResponse {
    if document.view.client.symbol_trees {
        let symbols = symbols.into_iter();
        return lsp::DocumentSymbolResponse::Nested(
            symbols
                .map(|symbol| document_symbol(document, symbol))
                .collect(),
        );
    }
    let mut flat = Vec::new();
    let uri = document.view.open.get(&document.file.id);
    if let Some(uri) = uri.map(|open| &*open.uri) {
        flatten(document, uri, symbols, None, &mut flat);
    }
    lsp::DocumentSymbolResponse::Flat(flat)
}

#[expect(deprecated, reason = "a field of the type, and never set")]
fn document_symbol(document: &DocumentSnapshot, symbol: DocumentSymbol) -> lsp::DocumentSymbol {
    let to_range = |bytes| range(&document.text, bytes, document.view.encoding());
    let children: Vec<_> = symbol
        .children
        .into_iter()
        .map(|child| document_symbol(document, child))
        .collect();
    lsp::DocumentSymbol {
        name: symbol.name,
        detail: symbol.detail,
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: to_range(symbol.range),
        selection_range: to_range(symbol.selection_range),
        children: (!children.is_empty()).then_some(children),
    }
}

#[expect(deprecated, reason = "a field of the type, and never set")]
fn flatten(
    document: &DocumentSnapshot,
    uri: &lsp::Uri,
    symbols: Vec<DocumentSymbol>,
    around: Option<&str>,
    flat: &mut Vec<lsp::SymbolInformation>,
) {
    for symbol in symbols {
        let place = range(&document.text, symbol.range, document.view.encoding());
        flat.push(lsp::SymbolInformation {
            name: symbol.name.clone(),
            kind: symbol_kind(symbol.kind),
            tags: None,
            deprecated: None,
            location: lsp::Location::new(uri.clone(), place),
            container_name: around.map(str::to_owned),
        });
        flatten(document, uri, symbol.children, Some(&symbol.name), flat);
    }
}

fn symbol_kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Header => lsp::SymbolKind::OBJECT,
        SymbolKind::Key => lsp::SymbolKind::PROPERTY,
        SymbolKind::Heading => lsp::SymbolKind::STRING,
        SymbolKind::Table => lsp::SymbolKind::ARRAY,
        SymbolKind::Row | SymbolKind::Class => lsp::SymbolKind::CLASS,
        SymbolKind::Fence => lsp::SymbolKind::MODULE,
        SymbolKind::Function => lsp::SymbolKind::FUNCTION,
        SymbolKind::Method => lsp::SymbolKind::METHOD,
    }
}

/// What folds. Only lines are told: every client takes those, and they say all there is to say.
pub(crate) fn folding_ranges(
    document: &DocumentSnapshot,
    folds: &[Fold],
) -> Vec<lsp::FoldingRange> {
    let ranges = folds.iter().map(|fold| {
        let lines = range(&document.text, fold.range, document.view.encoding());
        lsp::FoldingRange {
            start_line: lines.start.line,
            end_line: lines.end.line,
            kind: match fold.kind {
                FoldingKind::Block => None,
                FoldingKind::Comment => Some(lsp::FoldingRangeKind::Comment),
            },
            ..Default::default()
        }
    });
    ranges.collect()
}

/// What a selection grows to; `ranges` is never empty and starts with the innermost.
pub(crate) fn selection_range(
    document: &DocumentSnapshot,
    ranges: &[ByteRange],
) -> lsp::SelectionRange {
    let to_range = |bytes| range(&document.text, bytes, document.view.encoding());
    let outermost = lsp::SelectionRange {
        range: to_range(ranges.last().copied().unwrap_or_default()),
        parent: None,
    };
    let inner = ranges.iter().rev().skip(1);
    inner.fold(outermost, |parent, bytes| lsp::SelectionRange {
        range: to_range(*bytes),
        parent: Some(Box::new(parent)),
    })
}

/// Tokens, each told by how far it is from the one before it.
pub(crate) fn semantic_tokens(
    document: &DocumentSnapshot,
    tokens: &[SemanticToken],
) -> lsp::SemanticTokensResult {
    let mut before = lsp::Position::default();
    let data = tokens.iter().map(|token| {
        let place = range(&document.text, token.range, document.view.encoding());
        let delta_line = place.start.line - before.line;
        let from = if delta_line == 0 { before.character } else { 0 };
        before = place.start;
        lsp::SemanticToken {
            delta_line,
            delta_start: place.start.character - from,
            length: place.end.character - place.start.character,
            token_type: number(&TOKEN_TYPES, token.kind).unwrap_or(0),
            token_modifiers_bitset: token
                .modifier
                .and_then(|modifier| number(&TOKEN_MODIFIERS, modifier))
                .map_or(0, |number| 1 << number),
        }
    });
    lsp::SemanticTokensResult::Tokens(lsp::SemanticTokens {
        result_id: None,
        data: data.collect(),
    })
}

fn number<K: PartialEq, V>(legend: &[(K, V)], key: K) -> Option<u32> {
    let at = legend.iter().position(|(it, _)| *it == key)?;
    u32::try_from(at).ok()
}
