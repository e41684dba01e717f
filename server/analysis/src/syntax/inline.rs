//! The inline markup of a block: always parsed fresh (the incremental inline parse drifts),
//! only where a fact needs it, and under a budget (the grammar is quadratic in unclosed
//! delimiters).

use crate::text::ByteRange;

/// A piece of inline markup that a fact can come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineSpan {
    /// With its delimiters, in bytes of the file.
    pub range: ByteRange,
    /// What it is.
    pub kind: InlineKind,
}

/// The kinds of [`InlineSpan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineKind {
    /// `` `x` ``; the content without the delimiters and one blank on each side.
    Code { content: ByteRange },
    /// `**x**` or `__x__`; the content without the delimiters.
    Strong { content: ByteRange },
    /// `[text](destination)`; the destination without `<>` and title. Images are left out.
    Link {
        text: ByteRange,
        destination: ByteRange,
    },
}
