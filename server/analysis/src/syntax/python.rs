//! Syntax errors of the Python in fences, asked for by a rule and remembered by content.

use crate::text::ByteRange;

/// Where a fence is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    /// The exact place, in bytes of the file.
    pub range: ByteRange,
    /// What the parser missed there (`")"`), where it can tell.
    pub missing: Option<&'static str>,
}
