//! Header keys in the order in which their host lists them.

use crate::agent::SourceFile;
use crate::host::Hosts;
use crate::loading::Verdict;
use crate::syntax::frontmatter::{self, Header};
use crate::text::{ByteRange, TextEdit};

/// A key with the lines of its entry and what stands above them.
#[derive(Clone, Copy, PartialEq)]
struct Piece<'a> {
    /// The place of the key in the host's list.
    rank: usize,
    text: &'a str,
}

/// The edit that puts the keys in order. Keys that the host does not list come after the
/// others, as they stood; comments and blank lines stay above their key.
///
/// `None` where the order is right, where the host reads the header otherwise than it is
/// written, or where a value means something only in its place.
pub(super) fn sorted(file: &SourceFile, header: &Header) -> Option<TextEdit> {
    let host = Hosts::builtin().data(file.facts.kind)?;
    let source = &*file.source;
    if file.facts.loading.verdict != Verdict::Loads || file.facts.loading.cut.is_some() {
        return None;
    }
    let mut at = header.content.start as usize;
    let mut pieces = Vec::new();
    for entry in &header.entries {
        let mut keys = host.keys().iter();
        let rank = keys.position(|key| key.name == *entry.key);
        pieces.push(Piece {
            rank: rank.unwrap_or(usize::MAX),
            text: source.get(at..entry.range.end as usize)?,
        });
        at = entry.range.end as usize;
    }
    let is_whole = |piece: &Piece<'_>| piece.text.ends_with(['\n', '\r']);
    if pieces.is_sorted_by_key(|piece| piece.rank)
        || !pieces.iter().all(is_whole)
        || has_reference(header, source)
    {
        return None;
    }
    let mut ordered = pieces.clone();
    // Stable: of a key that stands twice the last one counts.
    ordered.sort_by_key(|piece| piece.rank);
    let edit = difference(header.content.start as usize, &pieces, &ordered);
    says_the_same(header, source, &edit).then_some(edit)
}

/// The edit from the first to the last piece that has another place.
fn difference(start: usize, before: &[Piece<'_>], after: &[Piece<'_>]) -> TextEdit {
    let is_same = |(one, other): &(&Piece<'_>, &Piece<'_>)| one == other;
    let head = before.iter().zip(after).take_while(is_same).count();
    let back = before.iter().rev().zip(after.iter().rev());
    let moved = head..before.len() - back.take_while(is_same).count();
    let text = |pieces: &[Piece<'_>]| -> String { pieces.iter().map(|piece| piece.text).collect() };
    let start = start + text(&before[..head]).len();
    TextEdit {
        range: ByteRange::new(start, start + text(&before[moved.clone()]).len()),
        new_text: text(&after[moved]),
    }
}

/// Whether an alias may need its anchor to stand before it.
fn has_reference(header: &Header, source: &str) -> bool {
    let text = header.content.of(source);
    text.contains('&') && text.contains('*')
}

/// Whether every key has the value that it had: blank lines that end a block of text mean
/// something else below another key.
fn says_the_same(header: &Header, source: &str, edit: &TextEdit) -> bool {
    let mut text = source.get(..header.end as usize).unwrap_or("").to_owned();
    text.replace_range(edit.range.range(), &edit.new_text);
    let Some(after) = frontmatter::scan(&text) else {
        return false;
    };
    let is_same = |key: &str| match (header.entry(key), after.entry(key)) {
        (Some(before), Some(after)) => {
            before.value.without_places() == after.value.without_places()
        }
        _ => false,
    };
    after.end == header.end
        && after.entries.len() == header.entries.len()
        && header.entries.iter().all(|entry| is_same(&entry.key))
}
