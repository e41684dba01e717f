//! The file renames that a rename of ours asks for. The client may ask what follows from them
//! as if the user had renamed the file, and Helix does so before it tells us of the edits that
//! came along: an answer would make the same edits a second time, on top of the first.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tower_lsp::ls_types::{
    DocumentChangeOperation, DocumentChanges, RenameFilesParams, ResourceOp, WorkspaceEdit,
};

use super::convert;

/// How long after our answer a client asks about it. What comes later is the user's: a rename
/// may have been looked at and not done.
const FRESH: Duration = Duration::from_secs(5);

/// The moves of the last answer that nobody has asked about yet.
#[derive(Default)]
pub(super) struct OwnMoves(Mutex<Option<Answered>>);

struct Answered {
    at: Instant,
    /// From where, to where.
    moves: Vec<(PathBuf, PathBuf)>,
}

impl OwnMoves {
    /// Remembers the moves of an edit that is about to be sent.
    pub(super) fn remember(&self, edit: &WorkspaceEdit, at: Instant) {
        let Some(DocumentChanges::Operations(operations)) = &edit.document_changes else {
            return;
        };
        let moves = operations.iter().filter_map(|operation| match operation {
            DocumentChangeOperation::Op(ResourceOp::Rename(rename)) => Some((
                convert::path_of(&rename.old_uri)?,
                convert::path_of(&rename.new_uri)?,
            )),
            _ => None,
        });
        let moves = moves.collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Answered { at, moves });
    }

    /// Whether each of these moves is one of ours, which it then is no longer.
    pub(super) fn take(&self, params: &RenameFilesParams, now: Instant) -> bool {
        let mut answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Answered { at, moves }) = answered.as_mut() else {
            return false;
        };
        if now.duration_since(*at) > FRESH {
            return false;
        }
        let path = |uri: &str| convert::path_of(&uri.parse().ok()?);
        let files = params.files.iter();
        let asked: Option<Vec<_>> = files
            .map(|file| Some((path(&file.old_uri)?, path(&file.new_uri)?)))
            .collect();
        let Some(asked) = asked.filter(|asked| asked.iter().all(|it| moves.contains(it))) else {
            return false;
        };
        moves.retain(|known| !asked.contains(known));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edit(moves: &[(&str, &str)]) -> WorkspaceEdit {
        let operations: Vec<_> = moves
            .iter()
            .map(|(old, new)| json!({ "kind": "rename", "oldUri": old, "newUri": new }))
            .collect();
        serde_json::from_value(json!({ "documentChanges": operations })).unwrap()
    }

    fn asked(moves: &[(&str, &str)]) -> RenameFilesParams {
        let files: Vec<_> = moves
            .iter()
            .map(|(old, new)| json!({ "oldUri": old, "newUri": new }))
            .collect();
        serde_json::from_value(json!({ "files": files })).unwrap()
    }

    const A: (&str, &str) = ("file:///w/a.md", "file:///w/x.md");
    const B: (&str, &str) = ("file:///w/b.md", "file:///w/y.md");

    #[test]
    fn a_move_of_ours_is_known_once() {
        let (own, now) = (OwnMoves::default(), Instant::now());
        assert!(!own.take(&asked(&[A]), now));
        own.remember(&edit(&[A, B]), now);
        assert!(!own.take(&asked(&[(A.0, B.1)]), now), "elsewhere");
        assert!(own.take(&asked(&[B]), now));
        assert!(!own.take(&asked(&[A, B]), now), "one of them is the user's");
        assert!(own.take(&asked(&[A]), now));
        assert!(!own.take(&asked(&[A]), now));
    }

    #[test]
    fn what_is_asked_later_is_the_users() {
        let (own, now) = (OwnMoves::default(), Instant::now());
        own.remember(&edit(&[A]), now);
        assert!(!own.take(&asked(&[A]), now + FRESH + Duration::from_secs(1)));
    }
}
