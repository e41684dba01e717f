//! Paths as people write them: how one leads to its file, and how it reads when a file has moved.

use std::borrow::Cow;

use crate::agent::{AT_PREFIX, Form, Mention, Name};
use crate::index::{FileId, Index, decoded, is_relative, last_stem, without_skill};
use crate::path::FilePath;
use crate::text::{ByteRange, TextEdit};

/// How a mention names its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// By the name of what the file defines.
    Name,
    /// By the file's stem, which is not that name.
    Stem,
    /// By a path.
    Path(Route),
}

/// How a path leads to its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Segment by segment, from the folder of the file that holds it.
    Folder(Extension),
    /// Segment by segment, from the top of the workspace.
    Top(Extension),
    /// By the last segment and some folders before it.
    Suffix,
}

/// Whether a path says its `.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    Written,
    Omitted,
}

impl Extension {
    fn suffix(self) -> &'static str {
        match self {
            Extension::Written => "",
            Extension::Omitted => ".md",
        }
    }

    /// A path as one writes it.
    fn of(self, path: &FilePath) -> Vec<&str> {
        let path = path.as_str();
        path.strip_suffix(self.suffix())
            .unwrap_or(path)
            .split('/')
            .collect()
    }
}

/// A file before and after a move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved<'a> {
    pub(super) from: &'a FilePath,
    pub(super) to: &'a FilePath,
}

/// How `mention`, in the file at `from`, names the `target` that it resolves to.
pub(super) fn naming(index: &Index, mention: &Mention, target: FileId, from: &FilePath) -> Naming {
    let is_extends = mention.form == Form::Extends;
    if is_path(mention) {
        if let Some(route) = route(index, &path_of(mention), target, from)
            && (!is_extends || is_relative(mention.name.as_str()))
        {
            return Naming::Path(route);
        }
        let is_name = is_extends
            && !is_relative(mention.name.as_str())
            && index.definitions(&mention.name, from).first() == Some(&target);
        return match is_name {
            true => Naming::Name,
            false => Naming::Path(Route::Suffix),
        };
    }
    let own = index.definition(target);
    match own.is_some_and(|own| is_called(mention, own.name.as_str())) {
        true => Naming::Name,
        false => Naming::Stem,
    }
}

/// Whether the last part of a mention is `name`.
fn is_called(mention: &Mention, name: &str) -> bool {
    let Some(before) = mention.name.as_str().strip_suffix(name) else {
        return false;
    };
    before.is_empty()
        || before.ends_with(':')
        || (mention.form == Form::At && before == AT_PREFIX)
        || (matches!(mention.form, Form::HeaderKey | Form::PeerKey) && before.ends_with('.'))
}

/// Whether a mention may write a path.
pub(super) fn is_path(mention: &Mention) -> bool {
    mention.form.is_path() || mention.form == Form::Extends
}

/// The path that a mention writes.
fn path_of(mention: &Mention) -> Cow<'_, str> {
    match mention.form {
        Form::Link | Form::Path => decoded(mention.name.as_str()),
        _ => Cow::Borrowed(mention.name.as_str()),
    }
}

fn route(index: &Index, written: &str, target: FileId, from: &FilePath) -> Option<Route> {
    let (folder, below) = match written.strip_prefix('/') {
        Some(below) => (None, below),
        None => (Some(from.folder()), written),
    };
    [Extension::Written, Extension::Omitted]
        .into_iter()
        .find_map(|extension| {
            let written = format!("{below}{}", extension.suffix());
            let leads = |folder: &str| {
                let path = FilePath::resolve(folder, &written);
                path.and_then(|path| index.id_of(&path)) == Some(target)
            };
            if folder.is_some_and(leads) {
                Some(Route::Folder(extension))
            } else {
                leads("").then_some(Route::Top(extension))
            }
        })
}

/// Where `name` stands at the end of `written`, in bytes of it.
pub(super) fn tail(written: &str, name: &Name) -> Option<ByteRange> {
    let end = written.trim_end().len();
    let before_last = name.as_str().chars().count().checked_sub(1)?;
    let (start, _) = written[..end].char_indices().rev().nth(before_last)?;
    (Name::new(&written[start..end]) == *name).then(|| ByteRange::new(start, end))
}

/// `name` with the hyphens of `written`, which word processors may have replaced: each in its
/// place, further ones like the last.
pub(super) fn hyphenated(name: &str, written: &str) -> String {
    let is_hyphen = |c: &char| matches!(c, '-' | '\u{2010}' | '\u{2011}');
    let mut hyphens = written.chars().filter(is_hyphen);
    let mut hyphen = '-';
    name.chars()
        .map(|c| {
            if c == '-' {
                hyphen = hyphens.next().unwrap_or(hyphen);
                hyphen
            } else {
                c
            }
        })
        .collect()
}

/// What turns the path that a mention writes in `source` into one that leads to where `target`
/// is, from where `holder` is. `None` where it does so already.
pub(super) fn follow(
    mention: &Mention,
    source: &str,
    route: Route,
    holder: Moved<'_>,
    target: Moved<'_>,
) -> Option<TextEdit> {
    let written = path_of(mention);
    let old: Vec<&str> = written.split('/').collect();
    let new = match route {
        Route::Folder(extension) => {
            let folders = (holder.from.folder(), holder.to.folder());
            along(&old, extension, folders, target)?
        }
        Route::Top(extension) => along(&old, extension, ("", ""), target)?,
        Route::Suffix => suffix(&old, target),
    };
    let before = source.get(..mention.range.start as usize).unwrap_or("");
    let escape = mention.form == Form::Link && !before.ends_with('<');
    let raw = mention.range.of(source);
    least(mention.range, raw, &old, &new, escape)
}

/// A path that is followed segment by segment from a folder, before and after the move.
fn along(
    old: &[&str],
    extension: Extension,
    (folder_before, folder): (&str, &str),
    target: Moved<'_>,
) -> Option<Vec<String>> {
    let is_from_top = old.first() == Some(&"");
    let below = old[usize::from(is_from_top)..].join("/");
    let led = FilePath::resolve(folder, &format!("{below}{}", extension.suffix()));
    if led.as_ref() == Some(target.to) {
        return None;
    }
    let (before, after) = (extension.of(target.from), extension.of(target.to));
    let is_plain = |segment: &&&str| !matches!(**segment, "" | "." | "..");
    let plain = old.iter().rev().take_while(is_plain).count();
    let kept = before.len() - plain.min(before.len());
    let mut new: Vec<&str> = Vec::new();
    if folder_before == folder && after.len() > kept && before[..kept] == after[..kept] {
        new.extend(&old[..old.len() - plain]);
        new.extend(&after[kept..]);
    } else {
        let from: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
        let shared = from
            .iter()
            .zip(&after[..after.len() - 1])
            .take_while(|(a, b)| a == b)
            .count();
        if is_from_top {
            new.push("");
        } else if old.first() == Some(&".") && shared == from.len() {
            new.push(".");
        }
        new.extend(from[shared..].iter().map(|_| ".."));
        new.extend(&after[shared..]);
    }
    Some(new.into_iter().map(str::to_owned).collect())
}

/// A path suffix: the last segment is the stem, and the folders before it stand in this order
/// among the file's.
fn suffix(old: &[&str], target: Moved<'_>) -> Vec<String> {
    let (last, head) = old.split_last().unwrap_or((&"", &[]));
    let is_folder = |segment: &&str| !matches!(*segment, "" | "." | "..");
    let wanted: Vec<&str> = head.iter().copied().filter(is_folder).collect();
    let before: Vec<&str> = target.from.folder().split('/').collect();
    let after: Vec<&str> = target.to.folder().split('/').collect();
    let folders = match places(&wanted, &after) {
        Some(_) => wanted.clone(),
        None => match places(&wanted, &before) {
            Some(places) if before.len() == after.len() => places
                .into_iter()
                .filter_map(|at| after.get(at).copied())
                .collect(),
            _ => after[after.len() - wanted.len().min(after.len())..].to_vec(),
        },
    };
    let stem = last_stem(last);
    let is_short = stem != target.from.stem();
    let new_stem = match is_short {
        true => without_skill(target.to.stem()),
        false => target.to.stem(),
    };
    let new_last = format!("{new_stem}{}", &last[stem.len()..]);
    let mut new: Vec<String> = Vec::new();
    if folders.len() == wanted.len() {
        let mut folders = folders.into_iter();
        for segment in head {
            let named = is_folder(segment).then(|| folders.next()).flatten();
            new.push(named.unwrap_or(segment).to_owned());
        }
    } else {
        new.extend(folders.into_iter().map(str::to_owned));
    }
    new.push(new_last);
    new
}

/// Where each of `wanted` stands among `folders`, in this order.
fn places(wanted: &[&str], folders: &[&str]) -> Option<Vec<usize>> {
    let mut folders = folders.iter().enumerate();
    wanted
        .iter()
        .map(|segment| Some(folders.find(|(_, folder)| *folder == segment)?.0))
        .collect()
}

/// The edit of the segments that differ, and of a file name only up to its extension.
fn least(
    range: ByteRange,
    raw: &str,
    old: &[&str],
    new: &[String],
    escape: bool,
) -> Option<TextEdit> {
    let spelled: Vec<&str> = raw.split('/').collect();
    if spelled.len() != old.len() {
        // Escaped by the rules of YAML.
        return Some(TextEdit {
            range,
            new_text: new.join("/"),
        });
    }
    let same = |(a, b): &(&&str, &String)| **a == b.as_str();
    let mut head = old.iter().zip(new).take_while(same).count();
    if head == old.len() && head == new.len() {
        return None;
    }
    let most = old.len().min(new.len()) - head;
    let reversed = old.iter().rev().zip(new.iter().rev());
    let mut rest = reversed.take(most).take_while(same).count();
    // Segments that only come or go take a neighbour along, and so their slash.
    if head + rest == old.len().min(new.len()) {
        match rest {
            0 => head -= 1,
            _ => rest -= 1,
        }
    }
    let before: usize = spelled[..head]
        .iter()
        .map(|segment| segment.len() + 1)
        .sum();
    let spelled = spelled[head..spelled.len() - rest].join("/");
    let (mut spelled, mut text) = (spelled.as_str(), new[head..new.len() - rest].join("/"));
    if !spelled.contains(['/', '%'])
        && !text.contains('/')
        && let (was, is) = (FilePath::new(spelled), FilePath::new(&text))
        && let extension = &spelled[was.stem().len()..]
        && *extension == text[is.stem().len()..]
        && was.stem() != is.stem()
    {
        spelled = &raw[before..before + was.stem().len()];
        text.truncate(is.stem().len());
    }
    let text = hyphenated(&text, spelled);
    Some(TextEdit {
        range: ByteRange::new(before, before + spelled.len()).shifted(range.start as usize),
        new_text: if escape { escaped(&text) } else { text },
    })
}

/// A path as the destination of a link without `<>`.
fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' | '%' | '(' | ')' | '<' | '>' | '#' | '?' => {
                escaped.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => escaped.push(c),
        }
    }
    escaped
}
