//! Formatting: tables aligned as they are shown, and header keys in the host's order.
//!
//! Only blanks and whole lines move. What a cell or a value says is never written anew.

mod keys;
mod tables;
#[cfg(test)]
mod tests;

use crate::agent::SourceFile;
use crate::limits::MAX_ALIGNED_BYTES;
use crate::text::{ByteRange, TextEdit};

/// What is formatted beside tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether the keys of the header are put in the host's order.
    pub sort_keys: bool,
}

/// The edits that format a file, in the order of the text; they never overlap. `within` (bytes)
/// leaves out tables and headers that it does not touch. A file that nobody has open is left
/// as it is.
pub fn format(file: &SourceFile, within: Option<ByteRange>, options: &Options) -> Vec<TextEdit> {
    let is_wanted = |range: ByteRange| {
        within.is_none_or(|within| within.start <= range.end && range.start <= within.end)
    };
    let mut edits = Vec::new();
    if options.sort_keys
        && let Some(header) = &file.facts.header
        && is_wanted(header.content)
    {
        edits.extend(keys::sorted(file, header));
    }
    let tables = file
        .outline
        .iter()
        .flat_map(|outline| &outline.blocks.tables);
    let mut room = MAX_ALIGNED_BYTES;
    for table in tables.filter(|table| is_wanted(table.range)) {
        tables::align(table, &file.source, &mut room, &mut edits);
    }
    edits
}
