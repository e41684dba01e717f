//! Whether a host loads a header: yes, only after re-quoting it, or not at all.

use crate::syntax::yaml::YamlError;
use crate::text::ByteRange;

/// What the host makes of the header of a file (facts: how Claude Code loads a file, 2.1.90 on).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    /// The outcome.
    pub verdict: Verdict,
    /// The first fault that a strict parse of the header finds, if it finds one.
    pub error: Option<YamlError>,
    /// For [`Verdict::Requoted`]: the keys whose value the host puts in quotes, in order.
    pub requoted: Vec<RequotedKey>,
    /// The `---` inside a value at which the host ends the header too early.
    pub cut: Option<ByteRange>,
}

/// One line that the host re-quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequotedKey {
    /// The key's bytes.
    pub key: ByteRange,
    /// The value on that line.
    pub value: ByteRange,
    /// Whether the quoting changes what the value is: `[a, b]` was a list and becomes a string.
    pub changes_type: bool,
}

/// The outcomes of loading a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It parses as it stands.
    Loads,
    /// It parses only after the host has put some values in quotes.
    Requoted,
    /// It does not parse even so: the host drops the file without a word.
    Dropped,
    /// There is none.
    None,
    /// It is opened and never closed.
    Unclosed,
    /// There is one, but something stands before it, so the host sees none.
    Late,
}
