//! What the hierarchies have in common: what they show of a file, and which one the cursor is on.

use super::definition::{NavigationTarget, target};
use super::references::{Occurrence, Target, occurrence};
use crate::agent::{SourceFile, Symbol};
use crate::index::{FileId, Index, Workspace};

/// A file as a hierarchy shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HierarchyItem {
    /// Where it is, and the name in it.
    pub target: NavigationTarget,
    /// What it defines is called so; a file that defines nothing goes by its own name.
    pub name: String,
    /// What it defines.
    pub symbol: Option<Symbol>,
    /// Its path, which tells namesakes apart.
    pub detail: String,
}

/// What a hierarchy shows of a file. `None` for one that has left the index.
pub(super) fn item(index: &Index, id: FileId) -> Option<HierarchyItem> {
    let file = index.file(id)?;
    let definition = file.facts.definition.as_ref();
    Some(HierarchyItem {
        target: target(index, id)?,
        name: match definition {
            Some(definition) => definition.name.to_string(),
            None => file.path.file_name().to_owned(),
        },
        symbol: definition.map(|definition| definition.symbol),
        detail: file.path.to_string(),
    })
}

/// The file that `offset` (bytes) is about: the nearest of those that a mention means, or this
/// one at its own name. Where no name is written, the first line stands for it.
pub(super) fn subject(workspace: &Workspace, file: &SourceFile, offset: usize) -> Option<FileId> {
    match occurrence(workspace, file, offset) {
        Some(Occurrence {
            target: Target::File(id),
            ..
        }) => return Some(id),
        Some(_) => return None,
        None => {}
    }
    let definition = file.facts.definition.as_ref();
    let is_named = definition.is_some_and(|definition| !definition.name_range.is_empty());
    let first_line = file.source.find(['\n', '\r']).unwrap_or(file.source.len());
    (!is_named && offset <= first_line).then_some(file.id)
}
