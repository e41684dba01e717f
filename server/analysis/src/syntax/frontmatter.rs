//! The header of a file: found and split by a scanner that never fails, so that one bad
//! line never hides another; each entry's value is parsed alone.

use super::yaml::{Node, YamlError};
use crate::text::ByteRange;

/// The frontmatter of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What stands before the opening `---` although nothing may: a BOM, blank lines or text.
    pub leading: Option<ByteRange>,
    /// The opening `---`, without the line end.
    pub opening: ByteRange,
    /// The lines between the two `---`.
    pub content: ByteRange,
    /// The closing `---`, without the line end. `None` where the header is never closed; the
    /// entries are then those before the first line that is clearly not one.
    pub closing: Option<ByteRange>,
    /// Where the body starts, in bytes.
    pub end: u32,
    /// The keys at column 0 in the order of the text, duplicates included.
    pub entries: Vec<Entry>,
}

/// One `key: value` of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key as written, without quotes.
    pub key: Box<str>,
    /// The key's bytes.
    pub key_range: ByteRange,
    /// From the key to the start of the next entry or the end of the header: every line of
    /// the entry with its line end, trailing blank lines and comments left out.
    pub range: ByteRange,
    /// The source of the value: from the first to the last byte that is neither blank nor a
    /// trailing comment; empty, and just after the colon, where there is no value.
    pub value_range: ByteRange,
    /// The value, as far as it could be read.
    pub value: Node,
    /// Why the value is not YAML.
    pub error: Option<YamlError>,
}
