//! Lists of names as people write them in headers: a comma string, `[a, b]`, `- a` lines,
//! each whole or half-typed. Works on the source, so every item has its place.

use crate::text::ByteRange;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// `a, b` as one scalar, plain or quoted.
    Comma,
    /// `[a, b]`
    Flow,
    /// `- a` lines.
    Block,
}

/// How one item is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Quote {
    /// Not at all.
    #[default]
    None,
    /// `'a'`
    Single,
    /// `"a"`
    Double,
}

/// A list of names in the value of a header entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameList {
    /// How it is written. A single plain name is a comma list of one item.
    pub style: ListStyle,
    /// The items in order; an empty one (`[a, , b]`, `- `) has an empty range where its text would stand.
    pub items: Vec<Item>,
}

/// One item of a [`NameList`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The text without quotes, blanks around it dropped.
    pub text: Box<str>,
    /// The bytes of that text, quotes excluded.
    pub range: ByteRange,
    /// How this item is quoted (in a comma list: how the whole string is).
    pub quote: Quote,
}
