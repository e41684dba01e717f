//! Go to definition: from a mention to the `name:` values that define it.

use crate::agent::SourceFile;
use crate::index::{FileId, Index, Workspace};
use crate::text::ByteRange;

/// A place in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavigationTarget {
    /// The file.
    pub file: FileId,
    /// What the cursor goes to, in bytes of that file, within its header: the value of
    /// `name`, or the start of a file that defines nothing.
    pub range: ByteRange,
    /// The header that holds it.
    pub full_range: ByteRange,
}

/// Where a mention leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definitions {
    /// The mention under the cursor, in bytes.
    pub origin: ByteRange,
    /// All places that it can mean, nearest first; never empty.
    pub targets: Vec<NavigationTarget>,
}

/// All definitions that the mention at `offset` (bytes) can mean. `None` where nothing is
/// named there or the name is unknown.
pub fn goto_definition(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
) -> Option<Definitions> {
    let index = &workspace.index;
    let (origin, found) = match file.facts.mention_at(offset) {
        Some(mention) => (
            mention.range,
            index.resolve(mention, &file.facts, &file.path),
        ),
        None => {
            let own = file
                .facts
                .definition
                .as_ref()
                .filter(|own| !own.name_range.is_empty() && own.name_range.touches(offset))?;
            (
                own.name_range,
                index.called(own.symbol, &own.name, &file.path),
            )
        }
    };
    let targets: Vec<_> = found
        .into_iter()
        .filter_map(|id| target(index, id))
        .collect();
    (!targets.is_empty()).then_some(Definitions { origin, targets })
}

pub(super) fn target(index: &Index, id: FileId) -> Option<NavigationTarget> {
    let facts = &index.file(id)?.facts;
    let range = facts
        .definition
        .as_ref()
        .map_or(ByteRange::default(), |definition| definition.name_range);
    let full_range = facts
        .header
        .as_ref()
        .map(|header| ByteRange::new(header.opening.start as usize, header.end as usize));
    let full_range = full_range
        .filter(|full| full.covers(range))
        .unwrap_or(range);
    Some(NavigationTarget {
        file: id,
        range,
        full_range,
    })
}
