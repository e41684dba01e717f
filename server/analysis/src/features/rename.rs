//! Rename: an agent, skill or command gets another name wherever it is named.

use std::fmt;

use rustc_hash::FxHashMap;

use super::references::{self, Occurrence, Target, occurrence};
use super::renaming::{Renaming, moved};
use super::written_path::{self, Naming};
use crate::agent::{Definition, Mention, Name, SKILL, SourceFile, Symbol, name};
use crate::host::Hosts;
use crate::index::{FileId, Index, IndexedFile, Scope, Workspace};
use crate::path::FilePath;
use crate::syntax::yaml::{self, Resolved};
use crate::text::ByteRange;

pub use super::renaming::{FileEdits, Loss, Move, Rename, RenameEdit, Sources};

/// What can be renamed at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepareRename {
    /// The bare name, in bytes: no scope of a plugin, no `agent-` after `@`, no folders.
    pub range: ByteRange,
    /// The name as it is now.
    pub placeholder: Name,
    /// What has it.
    pub target: Target,
}

/// Why nothing is renamed: a sentence or two for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameError(String);

impl fmt::Display for RenameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the client can do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Files and folders may be renamed along.
    pub can_rename_files: bool,
}

/// What stands at `offset` (bytes) and can be renamed there.
///
/// # Errors
/// Where nothing is named, or nothing that the workspace defines.
pub fn prepare_rename(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
) -> Result<PrepareRename, RenameError> {
    let index = &workspace.index;
    let Some(Occurrence { range, target }) = occurrence(workspace, file, offset) else {
        return Err(RenameError(
            "Nothing is named here. Put the cursor on the name of an agent, skill or command."
                .to_owned(),
        ));
    };
    let (id, indexed, own) = renamable(index, &target)?;
    let raw = range.of(&file.source);
    let place = match file.facts.mention_at(offset) {
        None => Some(written_path::tail(raw, &own.name).unwrap_or(ByteRange::new(0, raw.len()))),
        Some(mention) => bare(index, mention, raw, id, own, &file.path),
    };
    let Some(place) = place else {
        return Err(RenameError(format!(
            "This names the file {}, which defines `{}`. Rename where that name stands, or rename the file.",
            indexed.path, own.name
        )));
    };
    Ok(PrepareRename {
        range: place.shifted(range.start as usize),
        placeholder: own.name.clone(),
        target,
    })
}

/// Where the name of what a mention means stands in it, in bytes of `raw`. `None` where it does
/// not, because a path or another name leads there.
fn bare(
    index: &Index,
    mention: &Mention,
    raw: &str,
    target: FileId,
    own: &Definition,
    from: &FilePath,
) -> Option<ByteRange> {
    match written_path::naming(index, mention, target, from) {
        Naming::Name => written_path::tail(raw, &own.name),
        Naming::Stem => None,
        Naming::Path(_) => {
            let mut end = raw.len();
            let mut segments = raw.rsplit('/');
            let last = segments.next()?;
            let mut segment = FilePath::new(last).stem().to_owned();
            if segment == SKILL {
                end = end.checked_sub(last.len() + 1)?;
                segment = segments.next()?.to_owned();
                return (Name::new(&segment) == own.name)
                    .then(|| ByteRange::new(end - segment.len(), end));
            }
            let start = end - last.len();
            (Name::new(&segment) == own.name).then(|| ByteRange::new(start, start + segment.len()))
        }
    }
}

/// What `target` is, where it has a name of its own that can be changed.
fn renamable<'a>(
    index: &'a Index,
    target: &Target,
) -> Result<(FileId, &'a IndexedFile, &'a Definition), RenameError> {
    let id = match target {
        Target::File(id) => *id,
        Target::Undefined(name) if Hosts::builtin().builtin_agent(name.as_str()).is_some() => {
            return Err(RenameError(format!(
                "`{name}` is an agent that the host brings: it cannot be renamed."
            )));
        }
        Target::Undefined(name) => {
            return Err(RenameError(format!(
                "No file defines `{name}`. Create the agent first, or correct the name here."
            )));
        }
    };
    let Some(file) = index.file(id) else {
        return Err(RenameError("The file is gone. Try again.".to_owned()));
    };
    let Some(own) = &file.facts.definition else {
        return Err(RenameError(format!(
            "{} defines no agent, skill or command. Rename the file itself.",
            file.path
        )));
    };
    // Whoever else names it is in workspaces that are not open.
    if file.scope == Scope::User {
        return Err(RenameError(format!(
            "`{}` is one of your own {}s, which projects that are not open may name too. Change its `name` in {} by hand.",
            own.name,
            own.symbol.noun(),
            file.path
        )));
    }
    Ok((id, file, own))
}

/// What files must hold to take part in the rename of `target` to `new_name`: one of these, as text.
pub fn names(workspace: &Workspace, target: &Target, new_name: &str) -> Vec<Name> {
    let index = &workspace.index;
    let mut names = references::names(workspace, target);
    names.push(Name::new(new_name));
    if let Ok((id, file, own)) = renamable(index, target)
        && let Some(along) = along(&file.path, own, new_name)
    {
        let moved = moved(index, &[along]).into_keys();
        names.extend(
            moved
                .filter(|moved| *moved != id)
                .flat_map(|id| index.names_of(id)),
        );
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Renames `target` to `new_name`: its `name`, every mention for which it is the nearest of that
/// name, each in its own form, and its file, or folder, where that is called like it. Every file
/// that holds one of [`names`] was read in whole.
///
/// # Errors
/// Where the name is none, is taken, or the client cannot do what has to be done.
pub fn rename(
    workspace: &Workspace,
    sources: &Sources<'_>,
    target: &Target,
    new_name: &str,
    options: Options,
) -> Result<Rename, RenameError> {
    let index = &workspace.index;
    let (id, file, own) = renamable(index, target)?;
    let new = Name::new(new_name);
    if new == own.name {
        return Ok(Rename::default());
    }
    if let Some(fault) = fault(file, own, &new) {
        return Err(RenameError(format!("{fault} Choose another name.")));
    }
    let moves: Vec<Move> = along(&file.path, own, new.as_str())
        .filter(|_| options.can_rename_files)
        .into_iter()
        .collect();
    if moves.is_empty() && own.name_range.is_empty() {
        return Err(RenameError(format!(
            "This {} is called like its file, which this editor does not rename for a language server. Rename {} yourself.",
            own.symbol.noun(),
            file.path
        )));
    }
    if let Some(Move { to, .. }) = moves.iter().find(|moves| exists(index, &moves.to)) {
        return Err(RenameError(format!(
            "{to} exists already. Choose another name, or move that file away."
        )));
    }
    let moved = moved(index, &moves);
    let renaming = Renaming::new(index, moved, FxHashMap::from_iter([(id, new.clone())]));
    if renaming.names().is_empty() {
        return Err(RenameError(format!(
            "As `{new}` this would be no {} any more. Choose another name.",
            own.symbol.noun()
        )));
    }
    let edited = renaming.edited(sources);
    if let Some(other) = renaming.taken(&edited).get(&id) {
        let by = index
            .file(*other)
            .map_or("another file", |file| file.path.as_str());
        return Err(RenameError(format!(
            "`{new}` is taken: {by} is called so, and some mentions would mean both or the wrong one. Choose another name."
        )));
    }
    Ok(Rename {
        files: renaming.edits(edited),
        moves,
    })
}

/// What the file, or of a skill its folder, at `path` calls what it defines.
pub(super) fn borne(path: &FilePath, symbol: Symbol) -> Option<Name> {
    let name = match bears_in_folder(path, symbol) {
        true => path.folder_name(),
        false => Some(path.stem()),
    };
    name.map(Name::new)
}

/// The move of the file, or of a skill its folder, that is called like what it defines.
fn along(path: &FilePath, own: &Definition, new: &str) -> Option<Move> {
    if borne(path, own.symbol)? != own.name {
        return None;
    }
    let (whole, extension) = match bears_in_folder(path, own.symbol) {
        true => (path.folder(), ""),
        false => {
            let extension = &path.file_name()[path.stem().len()..];
            (path.as_str(), extension)
        }
    };
    let above = whole
        .rsplit_once('/')
        .map_or(0, |(above, _)| above.len() + 1);
    Some(Move {
        from: FilePath::new(whole),
        to: FilePath::new(&format!("{}{new}{extension}", &whole[..above])),
    })
}

fn bears_in_folder(path: &FilePath, symbol: Symbol) -> bool {
    symbol == Symbol::Skill && path.stem() == SKILL
}

fn exists(index: &Index, path: &FilePath) -> bool {
    let folder = format!("{path}/");
    index.id_of(path).is_some()
        || index
            .files()
            .any(|(_, file)| file.path.as_str().starts_with(&folder))
}

/// Whether something can be called so: by words that are joined by dots, as commands are. Agents
/// are also called by a title (`Backend Architect`), and so is what has such a name.
fn is_name(own: &Definition, written: &str) -> bool {
    let is_title = own.symbol == Symbol::Agent && written.starts_with(char::is_uppercase);
    let fits = |word: &str| match is_title {
        true => {
            let is_titles = |c: char| name::is_name_char(c) || matches!(c, '.' | '&' | '+' | '#');
            !word.starts_with(['-', '_', '#'])
                && !word.ends_with(['-', '_'])
                && word.chars().all(is_titles)
        }
        false => word.split('.').all(name::is_word),
    };
    match is_title || own.name.as_str().contains(' ') {
        true => written
            .split(' ')
            .all(|word| !word.is_empty() && fits(word)),
        false => fits(written),
    }
}

/// Why something cannot be called `new`, in a sentence.
pub(super) fn fault(file: &IndexedFile, own: &Definition, new: &Name) -> Option<String> {
    let written = new.as_str();
    let hosts = Hosts::builtin();
    if written.is_empty() {
        return Some("A name cannot be empty.".to_owned());
    }
    let of_host = hosts
        .data(file.facts.kind)
        .and_then(|data| data.name_fault(written));
    if let Some(fault) = of_host {
        let host = hosts.title(file.facts.kind);
        return Some(format!("{host} refuses `{written}`: it {fault}."));
    }
    if !is_name(own, written) || !written.chars().any(char::is_alphabetic) {
        return Some(format!(
            "`{written}` is no name: it takes letters and digits, joined by `-`, `_` or `.`."
        ));
    }
    let (node, _) = yaml::parse(written, 0);
    let is_text = node.is_some_and(|node| {
        node.resolve() == Some(Resolved::Str) && node.as_str() == Some(written)
    });
    if !is_text {
        return Some(format!(
            "`{written}` is no name: YAML takes it for a value of another kind."
        ));
    }
    let kind = file.facts.kind;
    if own.symbol == Symbol::Agent && hosts.builtin_agent_of(kind, written).is_some() {
        return Some(format!(
            "`{written}` is taken: it is an agent that {} brings.",
            hosts.title(kind)
        ));
    }
    None
}
