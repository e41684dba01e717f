//! What the hierarchies have in common: what they show of a file, and which one the cursor is on.

use super::definition::{NavigationTarget, target};
use super::references::{Target, is_on_first_line, target_at};
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
    match target_at(workspace, file, offset) {
        Some(Target::File(id)) => Some(id),
        Some(Target::Undefined(_)) => None,
        None => {
            let is_own = file.facts.definition.is_none() && is_on_first_line(file, offset);
            is_own.then_some(file.id)
        }
    }
}
