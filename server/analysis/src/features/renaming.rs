//! What follows from new names and new places: the edits of every file that knew the old ones.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::written_path::{self, Moved, Naming};
use crate::agent::{self, AgentFile, Form, Mention, Name, name};
use crate::index::{FileId, Index, IndexedFile, Resolver};
use crate::path::FilePath;
use crate::syntax::document::Document;
use crate::text::{ByteRange, TextEdit};

/// The whole text of a file: the one that the facts in the index are of. `None` for what is
/// not there any more.
pub type Sources<'a> = dyn Fn(FileId) -> Option<Arc<str>> + 'a;

/// What changes where something gets a new name or a new place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rename {
    /// The edits, in the order of paths. All are of the text at the old path.
    pub files: Vec<FileEdits>,
    /// The files and folders that move once the texts are edited.
    pub moves: Vec<Move>,
}

/// The edits of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdits {
    /// The file.
    pub file: FileId,
    /// Its edits in the order of the text; they never overlap.
    pub edits: Vec<RenameEdit>,
}

/// One edit of a name or path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameEdit {
    /// What it does.
    pub edit: TextEdit,
    /// Whether the mention is one no more with the new name: it would read as a plain word.
    pub is_lost: bool,
}

/// What a rename costs, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// How many mentions are lost.
    pub label: String,
    /// Why, and how not to lose them.
    pub description: &'static str,
}

/// A file, or a folder with all that it holds, that gets a new path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it is.
    pub from: FilePath,
    /// Where it goes.
    pub to: FilePath,
}

impl Rename {
    /// What to tell the user before it is done. `None` where every mention stays one.
    pub fn loss(&self) -> Option<Loss> {
        let edits = self.files.iter().flat_map(|file| &file.edits);
        let label = match edits.filter(|edit| edit.is_lost).count() {
            0 => return None,
            1 => "1 mention will no longer be recognised".to_owned(),
            lost => format!("{lost} mentions will no longer be recognised"),
        };
        Some(Loss {
            label,
            description: "The new name reads as a plain word here. Two words in small letters joined by a hyphen are recognised everywhere.",
        })
    }
}

/// The files of the workspace that some moves take along, each with its new path.
pub(super) fn moved(index: &Index, moves: &[Move]) -> FxHashMap<FileId, FilePath> {
    let mut found = FxHashMap::default();
    for Move { from, to } in moves {
        if let Some(id) = index.id_of(from) {
            found.insert(id, to.clone());
            continue;
        }
        let folder = format!("{from}/");
        for (id, file) in index.files() {
            if let Some(below) = file.path.as_str().strip_prefix(&folder) {
                found.insert(id, FilePath::new(&format!("{to}/{below}")));
            }
        }
    }
    found.retain(|id, to| index.file(*id).is_some_and(|file| file.path != *to));
    found
}

/// New names and new places, and the workspace as it is with them.
pub(super) struct Renaming<'a> {
    before: &'a Index,
    /// With the new names and paths. Mentions are those of before.
    after: Index,
    moves: FxHashMap<FileId, FilePath>,
    names: FxHashMap<FileId, Name>,
}

/// An edit of a mention.
struct Change<'a> {
    mention: &'a Mention,
    /// What the mention means.
    target: FileId,
    naming: Naming,
    edit: TextEdit,
}

/// A file that is edited.
pub(super) struct Edited<'a> {
    id: FileId,
    file: &'a IndexedFile,
    source: Arc<str>,
    /// The edit of its own name.
    own: Option<TextEdit>,
    changes: Vec<Change<'a>>,
}

impl<'a> Renaming<'a> {
    /// Of the `names`, those are dropped that would not be the names in the end.
    pub(super) fn new(
        before: &'a Index,
        moves: FxHashMap<FileId, FilePath>,
        mut names: FxHashMap<FileId, Name>,
    ) -> Self {
        let changed: FxHashSet<FileId> = moves.keys().chain(names.keys()).copied().collect();
        let mut after = before.clone();
        // First all go, as one may take the place of another.
        for id in &changed {
            _ = after.remove(*id);
        }
        for id in changed {
            let Some(file) = before.file(id) else {
                continue;
            };
            let path = moves.get(&id).unwrap_or(&file.path);
            let mut facts = facts_after(file, path, names.get(&id));
            let symbol = |facts: &AgentFile| facts.definition.as_ref().map(|own| own.symbol);
            let name = facts.definition.as_ref().map(|own| &own.name);
            if names.contains_key(&id)
                && (name != names.get(&id) || symbol(&facts) != symbol(&file.facts))
            {
                names.remove(&id);
                facts = facts_after(file, path, None);
            }
            _ = after.insert(id, path.clone(), Arc::new(facts), file.depth, file.scope);
        }
        Self {
            before,
            after,
            moves,
            names,
        }
    }

    /// The names that something gets.
    pub(super) fn names(&self) -> &FxHashMap<FileId, Name> {
        &self.names
    }

    /// Where a file is in the end.
    fn path(&self, id: FileId, file: &'a IndexedFile) -> Moved<'_> {
        Moved {
            from: &file.path,
            to: self.moves.get(&id).unwrap_or(&file.path),
        }
    }

    /// The files to edit, in the order of their paths.
    pub(super) fn edited(&self, sources: &Sources<'_>) -> Vec<Edited<'a>> {
        let changed = self.moves.keys().chain(self.names.keys());
        let mut called: Vec<Name> = changed.flat_map(|id| self.before.names_of(*id)).collect();
        called.sort_unstable();
        called.dedup();
        let mut files: Vec<FileId> = called
            .iter()
            .flat_map(|name| self.before.mentioning(name))
            .chain(self.moves.keys().chain(self.names.keys()).copied())
            .collect();
        files.sort_unstable();
        files.dedup();
        let mut files: Vec<(FileId, &IndexedFile)> = files
            .into_iter()
            .filter_map(|id| Some((id, self.before.file(id)?)))
            .collect();
        files.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        files
            .into_iter()
            .filter_map(|(id, file)| self.edited_file(id, file, &called, sources))
            .collect()
    }

    fn edited_file(
        &self,
        id: FileId,
        file: &'a IndexedFile,
        called: &[Name],
        sources: &Sources<'_>,
    ) -> Option<Edited<'a>> {
        let mut targets = Vec::new();
        let mut resolver = self.before.resolver(&file.facts, &file.path);
        for mention in &file.facts.mentions {
            // A file that moves takes all its paths along.
            let may_change = mention.is_called(called)
                || (self.moves.contains_key(&id) && written_path::is_path(mention));
            if !may_change {
                continue;
            }
            let found = resolver.resolve(mention);
            if let Some(target) = found.first()
                && [id, *target]
                    .iter()
                    .any(|id| self.moves.contains_key(id) || self.names.contains_key(id))
            {
                targets.push((mention, *target));
            }
        }
        let own = file.facts.definition.as_ref();
        let own = own
            .zip(self.names.get(&id))
            .filter(|(own, _)| !own.name_range.is_empty());
        if targets.is_empty() && own.is_none() {
            return None;
        }
        let source = sources(id)?;
        let own = own.and_then(|(own, new)| called_anew(own.name_range, &source, &own.name, new));
        let change = |(mention, target)| self.change(id, file, mention, target, &source);
        let changes: Vec<_> = targets.into_iter().filter_map(change).collect();
        (own.is_some() || !changes.is_empty()).then_some(Edited {
            id,
            file,
            source,
            own,
            changes,
        })
    }

    /// The edit of one mention, if it is to change.
    fn change(
        &self,
        id: FileId,
        file: &'a IndexedFile,
        mention: &'a Mention,
        target: FileId,
        source: &str,
    ) -> Option<Change<'a>> {
        let naming = written_path::naming(self.before, mention, target, &file.path);
        let to = self.path(target, self.before.file(target)?);
        let edit = match naming {
            Naming::Name => {
                let (old, new) = (self.before.definition(target)?, self.names.get(&target)?);
                called_anew(mention.range, source, &old.name, new)?
            }
            Naming::Stem => {
                let (old, new) = (Name::new(to.from.stem()), Name::new(to.to.stem()));
                called_anew(mention.range, source, &old, &new)?
            }
            Naming::Path(route) => {
                written_path::follow(mention, source, route, self.path(id, file), to)?
            }
        };
        Some(Change {
            mention,
            target,
            naming,
            edit,
        })
    }

    /// The names that are taken: what would get one, and what is called so where it would be
    /// meant as well, or instead.
    pub(super) fn taken(&self, edited: &[Edited<'_>]) -> FxHashMap<FileId, FileId> {
        let mut taken = FxHashMap::default();
        for (id, name) in &self.names {
            let other = self
                .shares_root(*id, name)
                .or_else(|| self.is_captured(*id, name));
            taken.extend(other.map(|other| (*id, other)));
        }
        for Edited {
            id,
            file,
            changes,
            source,
            ..
        } in edited
        {
            let path = self.path(*id, file).to;
            let mut resolver = self.after.resolver(&file.facts, path);
            for change in changes {
                if self.names.contains_key(&change.target)
                    && !taken.contains_key(&change.target)
                    && let Some(other) = self.goes_elsewhere(change, &mut resolver, path, source)
                {
                    taken.insert(change.target, other);
                }
            }
        }
        taken
    }

    /// What is called so in the root of `id` already.
    fn shares_root(&self, id: FileId, name: &Name) -> Option<FileId> {
        let own = self.after.file(id)?;
        let symbol = own.facts.definition.as_ref()?.symbol;
        let root = self.after.root_of(&own.path);
        self.after
            .called(symbol, name, &own.path)
            .into_iter()
            .find(|other| {
                let file = self.after.file(*other).filter(|_| *other != id);
                file.is_some_and(|file| {
                    file.scope == own.scope && self.after.root_of(&file.path) == root
                })
            })
    }

    /// What a mention of `name` means that would mean `id` then.
    fn is_captured(&self, id: FileId, name: &Name) -> Option<FileId> {
        for (from, file) in self
            .before
            .mentioning(name)
            .filter_map(|id| Some((id, self.before.file(id)?)))
        {
            let called = std::slice::from_ref(name);
            let path = self.path(from, file).to;
            let mut before_it = self.before.resolver(&file.facts, &file.path);
            let mut after_it = self.after.resolver(&file.facts, path);
            for mention in file.facts.mentions.iter().filter(|m| m.is_called(called)) {
                let before = before_it.resolve(mention);
                let after = after_it.resolve(mention);
                // What gets a name itself is not meant by its old one any more.
                let stays = |meant: &FileId| !self.names.contains_key(meant);
                let meant = before.first().copied().filter(stays);
                if meant.is_some() && after.first() == Some(&id) {
                    return meant;
                }
            }
        }
        None
    }

    /// What a changed mention would mean other than its target, or as well.
    fn goes_elsewhere(
        &self,
        change: &Change<'_>,
        resolver: &mut Resolver<'_>,
        path: &FilePath,
        source: &str,
    ) -> Option<FileId> {
        let Mention { range, form, .. } = *change.mention;
        let mut written = range.of(source).to_owned();
        let start = change.edit.range.start.checked_sub(range.start)? as usize;
        written.replace_range(
            start..start + change.edit.range.len(),
            &change.edit.new_text,
        );
        let mention = Mention {
            range,
            name: Name::new(&written),
            form,
        };
        let found = resolver.resolve(&mention);
        let is_other = |id: &FileId| *id != change.target;
        let first = found.first()?;
        if is_other(first) {
            return Some(*first);
        }
        // A plugin's name before it tells two apart.
        if mention.name.scope().is_some() || change.naming != Naming::Name {
            return None;
        }
        let distance = |id: FileId| Some(self.after.distance(self.after.file(id)?, path));
        let own = distance(change.target);
        let as_near = |id: &FileId| is_other(id) && distance(*id) == own;
        found.into_iter().find(as_near)
    }

    /// All edits.
    pub(super) fn edits(&self, edited: Vec<Edited<'_>>) -> Vec<FileEdits> {
        let may_lose = !self
            .names
            .values()
            .all(|name| name::is_name_everywhere(name.as_str()));
        edited
            .into_iter()
            .map(|edited| {
                let lost = match may_lose {
                    true => self.lost(&edited),
                    false => Vec::new(),
                };
                let own = edited.own.into_iter();
                let changes = edited.changes.into_iter().map(|change| change.edit);
                let mut edits: Vec<RenameEdit> = own
                    .chain(changes)
                    .map(|edit| RenameEdit {
                        is_lost: lost.contains(&edit.range),
                        edit,
                    })
                    .collect();
                edits.sort_by_key(|edit| edit.edit.range);
                FileEdits {
                    file: edited.id,
                    edits,
                }
            })
            .collect()
    }

    /// The edits whose mentions are none any more when the file is read anew.
    fn lost(&self, edited: &Edited<'_>) -> Vec<ByteRange> {
        let Edited { id, file, .. } = *edited;
        let is_settings = |change: &Change<'_>| change.mention.form == Form::Settings;
        if edited.changes.iter().any(is_settings) {
            return Vec::new();
        }
        let mut all: Vec<(&TextEdit, Option<FileId>)> = edited
            .changes
            .iter()
            .map(|change| (&change.edit, Some(change.target)))
            .chain(edited.own.iter().map(|edit| (edit, None)))
            .collect();
        all.sort_by_key(|(edit, _)| edit.range);
        let mut text = String::with_capacity(edited.source.len());
        let mut places = Vec::new();
        let mut at = 0;
        for (edit, target) in all {
            text.push_str(
                edited
                    .source
                    .get(at..edit.range.start as usize)
                    .unwrap_or(""),
            );
            places.push((edit.range, text.len(), target));
            text.push_str(&edit.new_text);
            at = edit.range.end as usize;
        }
        text.push_str(edited.source.get(at..).unwrap_or(""));
        let path = self.path(id, file).to;
        let facts = agent::facts(path, &mut Document::new(&text), &file.facts.reading);
        let mut resolver = self.after.resolver(&facts, path);
        places
            .into_iter()
            .filter(|(_, start, target)| {
                let Some(target) = target else {
                    return false;
                };
                let mention = facts.mention_at(*start);
                let found = mention.map(|mention| resolver.resolve(mention));
                found.is_none_or(|found| found.first() != Some(target))
            })
            .map(|(range, ..)| range)
            .collect()
    }
}

/// The facts of a file at another path, with another name where there is one. Mentions stay.
fn facts_after(file: &IndexedFile, path: &FilePath, name: Option<&Name>) -> AgentFile {
    let mut text = file.facts.header_text.to_string();
    if let Some((own, new)) = file.facts.definition.as_ref().zip(name)
        && let Some(edit) = called_anew(own.name_range, &text, &own.name, new)
    {
        text.replace_range(edit.range.range(), &edit.new_text);
    }
    let header = agent::header_facts(path, &text, &file.facts.reading);
    AgentFile {
        kind: header.kind,
        definition: header.definition,
        ..(*file.facts).clone()
    }
}

/// The edit that puts `new` in the place of `old` at the end of a name, `range` in `source`.
/// `None` where nothing is written or nothing changes.
fn called_anew(range: ByteRange, source: &str, old: &Name, new: &Name) -> Option<TextEdit> {
    let raw = range.of(source);
    if raw.is_empty() || old == new {
        return None;
    }
    // Where it is not found, it is escaped by the rules of YAML.
    let place = written_path::tail(raw, old).unwrap_or(ByteRange::new(0, raw.len()));
    Some(TextEdit {
        new_text: written_path::hyphenated(new.as_str(), place.of(raw)),
        range: place.shifted(range.start as usize),
    })
}
