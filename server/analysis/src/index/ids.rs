//! Sets of files, most of which hold one or two.

use std::sync::Arc;

use imbl::OrdSet;

use super::FileId;

/// From how many on a set is kept as a tree: below, one block of memory is smaller and as
/// fast; a name that thousands of files mention would be copied for each of them.
const MANY: usize = 64;

/// A set of files. Persistent: a clone shares everything. Two equal sets have one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    /// Sorted.
    Few(Arc<[FileId]>),
    Many(OrdSet<FileId>),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Few(Arc::default())
    }
}

impl Ids {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Few(ids) if ids.is_empty())
    }

    /// In the order of the identities.
    pub(super) fn iter(&self) -> impl Iterator<Item = FileId> + '_ {
        let (few, many) = match self {
            Self::Few(ids) => (Some(ids), None),
            Self::Many(ids) => (None, Some(ids)),
        };
        let few = few.into_iter().flat_map(|ids| ids.iter());
        few.chain(many.into_iter().flatten()).copied()
    }

    pub(super) fn with(&self, id: FileId) -> Self {
        match self {
            Self::Few(ids) => match ids.binary_search(&id) {
                Ok(_) => self.clone(),
                Err(_) if ids.len() + 1 >= MANY => {
                    Self::Many(ids.iter().copied().chain([id]).collect())
                }
                Err(at) => {
                    let mut ids = ids.to_vec();
                    ids.insert(at, id);
                    Self::Few(ids.into())
                }
            },
            Self::Many(ids) => Self::Many(ids.update(id)),
        }
    }

    pub(super) fn without(&self, id: FileId) -> Self {
        match self {
            Self::Few(ids) => Self::Few(ids.iter().copied().filter(|other| *other != id).collect()),
            Self::Many(ids) => {
                let ids = ids.without(&id);
                if ids.len() < MANY {
                    Self::Few(ids.into_iter().collect())
                } else {
                    Self::Many(ids)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_set_holds_what_was_put_in_and_not_taken_out(
            steps in prop::collection::vec((any::<bool>(), 0u32..90), 0..400),
        ) {
            let (mut ids, mut plain) = (Ids::default(), BTreeSet::new());
            for (puts, id) in steps {
                if puts {
                    ids = ids.with(FileId(id));
                    plain.insert(FileId(id));
                } else {
                    ids = ids.without(FileId(id));
                    plain.remove(&FileId(id));
                }
                let anew = plain.iter().fold(Ids::default(), |ids, id| ids.with(*id));
                prop_assert_eq!(&ids, &anew);
                prop_assert!(ids.iter().eq(plain.iter().copied()));
                prop_assert_eq!(ids.is_empty(), plain.is_empty());
            }
        }
    }
}
