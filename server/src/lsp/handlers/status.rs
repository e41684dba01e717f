//! `agentls/status`: who reads a file, as what, and whether it is loaded. For the status line.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::TextDocumentIdentifier;

use crate::world::snapshot::Snapshot;
use agentls_analysis::features;
use agentls_analysis::loading::Verdict;

/// The document that is asked about.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct StatusParams {
    pub(in crate::lsp) text_document: TextDocumentIdentifier,
}

/// The answer; null for a document that is not open, or no markdown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::lsp) struct Status {
    /// The host that reads the file; null for plain markdown.
    host: Option<Host>,
    /// What the file is to it: "agent".
    kind: &'static str,
    /// Whether the configuration says that it is this host's.
    is_forced: bool,
    /// What the host makes of the header: `loads`, `requoted`, `dropped`, `none`, `unclosed`
    /// or `late`.
    verdict: &'static str,
    findings: Findings,
}

#[derive(Debug, Serialize)]
struct Host {
    id: &'static str,
    title: &'static str,
}

#[derive(Debug, Serialize)]
struct Findings {
    error: usize,
    warning: usize,
    information: usize,
    hint: usize,
}

pub(in crate::lsp) fn status(snapshot: &Snapshot, _: &StatusParams) -> Option<Status> {
    let status = features::status::status(&snapshot.workspace, &snapshot.document.file);
    let [error, warning, information, hint] = status.findings;
    Some(Status {
        host: status.host.map(|(id, title)| Host { id, title }),
        kind: status.role.noun(),
        is_forced: status.is_forced,
        verdict: match status.verdict {
            Verdict::Loads => "loads",
            Verdict::Requoted => "requoted",
            Verdict::Dropped => "dropped",
            Verdict::None => "none",
            Verdict::Unclosed => "unclosed",
            Verdict::Late => "late",
        },
        findings: Findings {
            error,
            warning,
            information,
            hint,
        },
    })
}
