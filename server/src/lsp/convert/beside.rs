//! What is shown beside the text: code lenses and inlay hints.

use serde_json::json;
use tower_lsp::ls_types as lsp;

use super::{from_position, markup, range};
use crate::lsp::options::Commands;
use crate::world::snapshot::DocumentSnapshot;
use agentls_analysis::features::code_lens::{Lens, LensKind};
use agentls_analysis::features::inlay_hints::InlayHint;
use agentls_analysis::text::ByteRange;

// From the protocol.

/// The bytes of a range.
pub(crate) fn bytes(document: &DocumentSnapshot, range: lsp::Range) -> ByteRange {
    let offset = |position| {
        let position = from_position(position);
        document.text.offset(position, document.view.encoding())
    };
    let start = offset(range.start);
    ByteRange::new(start, offset(range.end).max(start))
}

// To the protocol.

/// Counts above a name. A click calls the client's own command with the place of the name; where
/// the client has named none, there is nothing to click, which clients know by an empty command.
pub(crate) fn code_lenses(
    document: &DocumentSnapshot,
    uri: &lsp::Uri,
    commands: &Commands,
    lenses: &[Lens],
) -> Vec<lsp::CodeLens> {
    let lens = |lens: &Lens| {
        let range = range(&document.text, lens.range, document.view.encoding());
        let command = match lens.kind {
            LensKind::References => &commands.show_references,
            LensKind::ExtendedBy => &commands.show_implementations,
            LensKind::DelegatedTo => &commands.show_callers,
        };
        lsp::CodeLens {
            range,
            command: Some(lsp::Command {
                title: lens.title(),
                command: command.clone().unwrap_or_default(),
                arguments: command
                    .is_some()
                    .then(|| vec![json!(uri), json!(range.start)]),
            }),
            data: None,
        }
    };
    lenses.iter().map(lens).collect()
}

/// Text that is shown and not written.
pub(crate) fn inlay_hints(
    document: &DocumentSnapshot,
    hints: Vec<InlayHint>,
) -> Vec<lsp::InlayHint> {
    let hint = |hint: InlayHint| {
        let place = ByteRange::empty(hint.offset);
        let markdown = document.view.client.markdown;
        lsp::InlayHint {
            position: range(&document.text, place, document.view.encoding()).start,
            label: lsp::InlayHintLabel::String(hint.label),
            kind: None,
            text_edits: None,
            tooltip: Some(markup(markdown, hint.tooltip).into()),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }
    };
    hints.into_iter().map(hint).collect()
}
