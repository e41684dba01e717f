//! YAML values with exact byte ranges, from the events of granit-parser.
//!
//! Scalars are typed by the YAML 1.2 core schema, as hosts do: `yes`, `no`, `on` and `off`
//! are strings.

use crate::text::ByteRange;

/// A value and where it stands (quotes included).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its bytes in the file.
    pub range: ByteRange,
    /// What it is.
    pub value: Value,
}

/// What a YAML node can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing was written.
    Empty,
    /// A scalar of any style.
    Scalar(Scalar),
    /// `- a` lines or `[a, b]`.
    Sequence { flow: bool, items: Vec<Node> },
    /// `key: value` lines or `{a: b}`.
    Mapping {
        flow: bool,
        pairs: Vec<(Node, Node)>,
    },
    /// `*name`.
    Alias,
}

/// A scalar's decoded text and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text after unquoting and folding.
    pub text: Box<str>,
    /// How it was written.
    pub style: ScalarStyle,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'...'`
    SingleQuoted,
    /// `"..."`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// What a scalar means under the YAML 1.2 core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resolved {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A decimal, octal (`0o`) or hexadecimal (`0x`) integer.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Everything else, and everything quoted.
    Str,
}

/// Where and why a text is not YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// The place at fault, in bytes of the file; never empty unless at the end of the text.
    pub range: ByteRange,
    /// What is wrong there, as a noun phrase that can stand in brackets: "unclosed quote".
    pub message: Box<str>,
}
