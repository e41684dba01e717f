//! Refactorings: the same said in another way, a row for an agent, an agent for a row.

mod delegation;
mod header;
#[cfg(test)]
mod tests;

use super::code_actions::{Change, CodeAction, Effect, Kind};
use crate::agent::SourceFile;
use crate::index::Workspace;
use crate::text::{ByteRange, TextEdit};

/// What can be rewritten, or made into another file, where `range` (bytes) begins.
pub(super) fn refactorings(
    workspace: &Workspace,
    file: &SourceFile,
    range: ByteRange,
) -> Vec<CodeAction> {
    let offset = range.start as usize;
    let mut found = header::refactorings(file, offset);
    found.extend(delegation::new_agent(workspace, file, offset));
    found.extend(delegation::rows(workspace, file, offset));
    found
}

fn rewrite(title: String, edits: Vec<TextEdit>) -> CodeAction {
    CodeAction {
        kind: Kind::Rewrite,
        title,
        effect: Effect::Change(Change {
            edits,
            create: None,
        }),
        is_preferred: false,
        about: Vec::new(),
    }
}
