//! Which value of a header key counts where headers inherit.

use crate::index::{FileId, Index};
use crate::syntax::frontmatter::Entry;
use crate::syntax::yaml::Value;

/// Whether a header takes this key from those that it extends: what an agent is called and what
/// it is for are its own.
pub(super) fn is_inheritable(key: &str) -> bool {
    !matches!(key, "name" | "description" | "extends")
}

/// Whether an entry says anything.
pub(super) fn is_set(entry: &Entry) -> bool {
    !matches!(entry.value.value, Value::Empty | Value::Alias)
}

/// The entry of `key` that a file would inherit, and the nearest ancestor that has it.
pub(super) fn inherited<'i>(
    index: &'i Index,
    id: FileId,
    key: &str,
) -> Option<(FileId, &'i Entry)> {
    if !is_inheritable(key) {
        return None;
    }
    let ancestors = index.ancestors(id);
    ancestors
        .into_iter()
        .find_map(|ancestor| Some((ancestor, own(index, ancestor, key)?)))
}

/// The entry of `key` in a file's own header.
pub(super) fn own<'i>(index: &'i Index, id: FileId, key: &str) -> Option<&'i Entry> {
    let entry = index.file(id)?.facts.entry(key)?;
    is_set(entry).then_some(entry)
}

/// The entry of `key` that counts for a file, and whose it is.
pub(super) fn resulting<'i>(
    index: &'i Index,
    id: FileId,
    key: &str,
) -> Option<(FileId, &'i Entry)> {
    match own(index, id, key) {
        Some(entry) => Some((id, entry)),
        None => inherited(index, id, key),
    }
}
