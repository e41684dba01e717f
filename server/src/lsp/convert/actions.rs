//! Code actions and formatting.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_lsp::ls_types as lsp;

use super::{diagnostic, range, uri_of};
use crate::lsp::options::Commands;
use crate::world::snapshot::{DocumentSnapshot, View};
use agentls_analysis::features::code_actions::{
    Change, CodeAction, CodeActions, Effect, Extent, Kind,
};
use agentls_analysis::index::Workspace;
use agentls_analysis::rules::{self, NewFile};
use agentls_analysis::text::{Text, TextEdit};

/// The command that shows the page of a rule where the client has none of its own.
pub(crate) const EXPLAIN: &str = "agentls.explain";

/// What an action that is to be resolved carries: the edit is found when it is chosen.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Deferred {
    uri: lsp::Uri,
    /// The rule whose findings are mended; all that is safe where there is none.
    rule: Option<String>,
}

// From the protocol.

/// The kinds of actions that the client wants. A kind stands for those below it: `source` for
/// `source.fixAll`.
pub(crate) fn wanted(context: &lsp::CodeActionContext) -> Vec<Kind> {
    let is_wanted = |kind: &Kind| {
        let kind = kind_id(*kind);
        let is_below = |wanted: &lsp::CodeActionKind| {
            let rest = kind.as_str().strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty()
            })
        };
        context
            .only
            .as_ref()
            .is_none_or(|only| only.iter().any(is_below))
    };
    Kind::ALL.into_iter().filter(is_wanted).collect()
}

/// The document and the extent of an action whose edit is not known yet.
pub(crate) fn deferred(action: &lsp::CodeAction) -> Option<(lsp::Uri, Extent)> {
    let data = action.data.clone().filter(|_| action.edit.is_none())?;
    let deferred: Deferred = serde_json::from_value(data).ok()?;
    let extent = match deferred.rule {
        Some(rule) => Extent::Rule(rules::rule_called(&rule)?.name),
        None => Extent::Safe,
    };
    Some((deferred.uri, extent))
}

// To the protocol.

/// What clients call a kind.
pub(crate) fn kind_id(kind: Kind) -> lsp::CodeActionKind {
    match kind {
        Kind::QuickFix => lsp::CodeActionKind::QUICKFIX,
        Kind::Extract => lsp::CodeActionKind::REFACTOR_EXTRACT,
        Kind::Rewrite => lsp::CodeActionKind::REFACTOR_REWRITE,
        Kind::FixAll => lsp::CodeActionKind::new("source.fixAll.agentls"),
    }
}

/// The actions in the form that the client takes. `fix_all` gives the edits of those that mend
/// more than one finding.
pub(crate) fn actions(
    workspace: &Workspace,
    document: &DocumentSnapshot,
    context: &lsp::CodeActionContext,
    commands: &Commands,
    found: CodeActions,
    fix_all: impl Fn(Extent) -> Vec<TextEdit>,
) -> Vec<lsp::CodeActionOrCommand> {
    let diagnostics: Vec<lsp::Diagnostic> = found
        .findings
        .into_iter()
        .map(|finding| diagnostic(workspace, &document.text, &document.view, finding))
        .map(|diagnostic| as_sent(context, diagnostic))
        .collect();
    let client = &document.view.client;
    let convert = |action: CodeAction| {
        if !client.action_literals {
            // All that such a client takes are commands.
            let Effect::Explain(rule) = action.effect else {
                return None;
            };
            return Some(explain(action.title, rule, commands).into());
        }
        let about = action.about.iter();
        let about: Vec<_> = about
            .filter_map(|at| diagnostics.get(*at).cloned())
            .collect();
        let mut converted = lsp::CodeAction {
            kind: Some(kind_id(action.kind)),
            diagnostics: (!about.is_empty()).then_some(about),
            is_preferred: (client.preferred_actions && action.is_preferred).then_some(true),
            ..Default::default()
        };
        match action.effect {
            Effect::Change(change) => converted.edit = Some(edit(document, change)?),
            Effect::FixAll(extent) if client.resolves_edits => {
                converted.data = Some(data(document, extent)?);
            }
            Effect::FixAll(extent) => {
                converted.edit = Some(edit(document, edits_only(fix_all(extent)))?);
            }
            Effect::Explain(rule) => {
                converted.command = Some(explain(action.title.clone(), rule, commands));
            }
        }
        converted.title = action.title;
        Some(converted.into())
    };
    found.actions.into_iter().filter_map(convert).collect()
}

/// The diagnostic as the client sent it, which may know more of it.
fn as_sent(context: &lsp::CodeActionContext, diagnostic: lsp::Diagnostic) -> lsp::Diagnostic {
    let is_same = |sent: &&lsp::Diagnostic| {
        sent.range == diagnostic.range
            && sent.code == diagnostic.code
            && sent.message == diagnostic.message
    };
    let sent = context.diagnostics.iter().find(is_same).cloned();
    sent.unwrap_or(diagnostic)
}

fn explain(title: String, rule: &str, commands: &Commands) -> lsp::Command {
    let command = commands.explain_rule.as_deref().unwrap_or(EXPLAIN);
    lsp::Command::new(title, command.to_owned(), Some(vec![json!(rule)]))
}

fn data(document: &DocumentSnapshot, extent: Extent) -> Option<serde_json::Value> {
    let open = document.view.open.get(&document.file.id)?;
    let deferred = Deferred {
        uri: (*open.uri).clone(),
        rule: match extent {
            Extent::Rule(rule) => Some(rule.to_owned()),
            Extent::Safe => None,
        },
    };
    serde_json::to_value(deferred).ok()
}

/// The same action with the edits that it makes.
pub(crate) fn resolved(
    document: &DocumentSnapshot,
    mut action: lsp::CodeAction,
    edits: Vec<TextEdit>,
) -> lsp::CodeAction {
    action.edit = edit(document, edits_only(edits));
    action
}

fn edits_only(edits: Vec<TextEdit>) -> Change {
    Change {
        edits,
        create: None,
    }
}

/// A change in the form that the client takes. `None` where it changes nothing, or makes a file
/// and the client takes no such edit.
fn edit(document: &DocumentSnapshot, change: Change) -> Option<lsp::WorkspaceEdit> {
    let view = &document.view;
    let open = view.open.get(&document.file.id)?;
    let edits = text_edits(document, change.edits);
    if !view.client.document_changes {
        let is_plain = change.create.is_none() && !edits.is_empty();
        let changes = HashMap::from([((*open.uri).clone(), edits)]);
        return is_plain.then(|| lsp::WorkspaceEdit::new(changes));
    }
    let mut operations = match change.create {
        Some(file) => new_file(view, file)?,
        None => Vec::new(),
    };
    if !edits.is_empty() {
        let uri = (*open.uri).clone();
        operations.push(document_edit(uri, Some(open.version), edits));
    }
    (!operations.is_empty()).then(|| lsp::WorkspaceEdit {
        document_changes: Some(lsp::DocumentChanges::Operations(operations)),
        ..Default::default()
    })
}

fn new_file(view: &View, file: NewFile) -> Option<Vec<lsp::DocumentChangeOperation>> {
    if !view.client.creates_files {
        return None;
    }
    let uri = uri_of(&view.root.as_ref()?.join(file.path.as_str()))?;
    let create = lsp::CreateFile {
        uri: uri.clone(),
        options: None,
        annotation_id: None,
    };
    let start = lsp::Range::default();
    Some(vec![
        lsp::DocumentChangeOperation::Op(lsp::ResourceOp::Create(create)),
        document_edit(uri, None, vec![lsp::TextEdit::new(start, file.text)]),
    ])
}

fn document_edit(
    uri: lsp::Uri,
    version: Option<i32>,
    edits: Vec<lsp::TextEdit>,
) -> lsp::DocumentChangeOperation {
    lsp::DocumentChangeOperation::Edit(lsp::TextDocumentEdit {
        text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
    })
}

/// Edits of the document.
pub(crate) fn text_edits(document: &DocumentSnapshot, edits: Vec<TextEdit>) -> Vec<lsp::TextEdit> {
    let text: &Text = &document.text;
    let edit = |edit: TextEdit| {
        let range = range(text, edit.range, document.view.encoding());
        lsp::TextEdit::new(range, edit.new_text)
    };
    edits.into_iter().map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(only: &[&'static str]) -> Vec<Kind> {
        wanted(&lsp::CodeActionContext {
            only: Some(only.iter().map(|kind| (*kind).into()).collect()),
            ..Default::default()
        })
    }

    #[test]
    fn a_kind_stands_for_those_below_it() {
        assert_eq!(of(&["quickfix"]), [Kind::QuickFix]);
        assert_eq!(of(&["refactor"]), [Kind::Extract, Kind::Rewrite]);
        assert_eq!(of(&["refactor.rewrite"]), [Kind::Rewrite]);
        for all in ["source", "source.fixAll", "source.fixAll.agentls"] {
            assert_eq!(of(&[all]), [Kind::FixAll]);
        }
        for other in [
            "source.fixAll.other",
            "source.organizeImports",
            "quick",
            "refactor.re",
        ] {
            assert_eq!(of(&[other]), [], "{other}");
        }
        assert_eq!(of(&[""]), Kind::ALL);
        assert_eq!(wanted(&lsp::CodeActionContext::default()), Kind::ALL);
        assert_eq!(of(&[]), []);
    }
}
