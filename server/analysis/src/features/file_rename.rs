//! File rename: what follows when the editor renames or moves files and folders.

use rustc_hash::FxHashMap;

use super::rename::{borne, fault};
use super::renaming::{Move, Rename, Renaming, Sources, moved};
use crate::agent::Name;
use crate::index::{FileId, Index, Scope, Workspace};
use crate::path::FilePath;

/// The files that move, which must be read in whole: their links are relative to where they are.
pub fn moving(workspace: &Workspace, moves: &[Move]) -> Vec<FileId> {
    let mut moving: Vec<FileId> = moved(&workspace.index, moves).into_keys().collect();
    moving.sort_unstable();
    moving
}

/// What files must hold to take part in these moves: one of these, as text.
pub fn names(workspace: &Workspace, moves: &[Move]) -> Vec<Name> {
    let index = &workspace.index;
    let moved = moved(index, moves);
    let mut names: Vec<Name> = names_with_places(index, &moved).into_values().collect();
    names.extend(moved.into_keys().flat_map(|id| index.names_of(id)));
    names.sort_unstable();
    names.dedup();
    names
}

/// The edits that keep every link and path to what moves, and in what moves, leading where it
/// led. What is called like its file is renamed with it, unless the new name is none or is
/// taken. Every file that holds one of [`names`], and those [`moving`], were read in whole.
/// `None` where all is as it should be.
pub fn file_rename(workspace: &Workspace, sources: &Sources<'_>, moves: &[Move]) -> Option<Rename> {
    let index = &workspace.index;
    let moved = moved(index, moves);
    let mut names = names_with_places(index, &moved);
    loop {
        let renaming = Renaming::new(index, moved.clone(), names);
        let edited = renaming.edited(sources);
        let taken = renaming.taken(&edited);
        if !taken.is_empty() {
            names = renaming.names().clone();
            names.retain(|id, _| !taken.contains_key(id));
            continue;
        }
        let files = renaming.edits(edited);
        return (!files.is_empty()).then_some(Rename {
            files,
            moves: Vec::new(),
        });
    }
}

/// The names of what is called like its file or folder and gets another.
fn names_with_places(
    index: &Index,
    moved: &FxHashMap<FileId, FilePath>,
) -> FxHashMap<FileId, Name> {
    let name = |(id, to): (&FileId, &FilePath)| {
        let file = index
            .file(*id)
            .filter(|file| file.scope == Scope::Workspace)?;
        let own = file.facts.definition.as_ref()?;
        if borne(&file.path, own.symbol)? != own.name {
            return None;
        }
        let name = borne(to, own.symbol).filter(|name| *name != own.name)?;
        fault(file, own, &name).is_none().then_some((*id, name))
    };
    moved.iter().filter_map(name).collect()
}
