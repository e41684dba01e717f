//! What mends, rewrites and explains: code actions, formatting, the pages of rules.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    CodeAction, CodeActionParams, CodeActionResponse, DocumentFormattingParams,
    DocumentRangeFormattingParams, ExecuteCommandParams, TextEdit,
};

use crate::lsp::convert;
use crate::lsp::options::Options;
use crate::world::snapshot::Snapshot;
use agentls_analysis::features::code_actions::{self, Extent};
use agentls_analysis::features::formatting;
use agentls_analysis::rules;

pub(in crate::lsp) fn code_action(
    snapshot: &Snapshot,
    (params, options): &(CodeActionParams, Arc<Options>),
) -> Option<CodeActionResponse> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let (context, commands) = (&params.context, &options.commands);
    let range = convert::beside::bytes(document, params.range);
    let wanted = convert::actions::wanted(context);
    let found = code_actions::code_actions(workspace, &document.file, range, &wanted);
    let fix_all = |extent| code_actions::fix_all(workspace, &document.file, extent);
    Some(convert::actions::actions(
        workspace, document, context, commands, found, fix_all,
    ))
}

pub(in crate::lsp) fn code_action_resolve(
    snapshot: &Snapshot,
    (action, extent): &(CodeAction, Extent),
) -> Option<CodeAction> {
    let Snapshot {
        workspace,
        document,
        ..
    } = snapshot;
    let edits = code_actions::fix_all(workspace, &document.file, *extent);
    Some(convert::actions::resolved(document, action.clone(), edits))
}

pub(in crate::lsp) fn formatting(
    snapshot: &Snapshot,
    (_, options): &(DocumentFormattingParams, Arc<Options>),
) -> Option<Vec<TextEdit>> {
    let document = &snapshot.document;
    let edits = formatting::format(&document.file, None, &options.formatting);
    Some(convert::actions::text_edits(document, edits))
}

pub(in crate::lsp) fn range_formatting(
    snapshot: &Snapshot,
    (params, options): &(DocumentRangeFormattingParams, Arc<Options>),
) -> Option<Vec<TextEdit>> {
    let document = &snapshot.document;
    let range = convert::beside::bytes(document, params.range);
    let edits = formatting::format(&document.file, Some(range), &options.formatting);
    Some(convert::actions::text_edits(document, edits))
}

/// The rule that is asked about.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::lsp) struct ExplainParams {
    rule: String,
}

/// The answer to `agentls/explain`; null where no rule has that name.
#[derive(Debug, Serialize)]
pub(in crate::lsp) struct Explanation {
    name: &'static str,
    /// As in `.agentls.yaml`; `off` where the rule is off unless it is switched on.
    severity: &'static str,
    /// What the rule finds, why that matters, an example and what to do.
    pub(in crate::lsp) markdown: &'static str,
}

pub(in crate::lsp) fn explain(params: &ExplainParams) -> Option<Explanation> {
    let rule = rules::rule_called(&params.rule)?;
    Some(Explanation {
        name: rule.name,
        severity: match rule.is_on {
            true => rule.severity.name(),
            false => "off",
        },
        markdown: rule.page,
    })
}

/// What the command of the server explains: `agentls.explain` with the name of a rule.
pub(in crate::lsp) fn explained(params: &ExecuteCommandParams) -> Option<Explanation> {
    let rule = params.arguments.first()?.as_str()?.to_owned();
    let is_ours = params.command == convert::actions::EXPLAIN;
    explain(&ExplainParams { rule }).filter(|_| is_ours)
}
