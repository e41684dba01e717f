//! Document links: the links and paths of a file that lead to a file of the workspace.

use super::written_path::{self, Naming};
use crate::agent::SourceFile;
use crate::index::{FileId, Workspace};
use crate::text::ByteRange;

/// A path that can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLink {
    /// The path, in bytes.
    pub range: ByteRange,
    /// The file that it leads to.
    pub target: FileId,
}

/// All links, paths and path forms of `extends` that lead to a file, in the order of the text.
pub fn document_links(workspace: &Workspace, file: &SourceFile) -> Vec<DocumentLink> {
    let index = &workspace.index;
    let mut resolver = index.resolver(&file.facts, &file.path);
    let mentions = file.facts.mentions.iter();
    mentions
        .filter(|mention| written_path::is_path(mention))
        .filter_map(|mention| {
            let target = *resolver.resolve(mention).first()?;
            let naming = written_path::naming(index, mention, target, &file.path);
            matches!(naming, Naming::Path(_)).then_some(DocumentLink {
                range: mention.range,
                target,
            })
        })
        .collect()
}
