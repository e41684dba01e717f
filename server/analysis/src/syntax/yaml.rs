//! YAML values with exact byte ranges, from the events of granit-parser.
//!
//! Scalars are typed by the YAML 1.2 core schema, as hosts do: `yes`, `no`, `on` and `off`
//! are strings.

use granit_parser::{ErrorKind, Event, Options, Parser, ScanError, Span, StructureStyle};

use crate::limits::MAX_YAML_DEPTH;
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
    Sequence {
        /// Whether it is written in brackets.
        flow: bool,
        /// The items in order.
        items: Vec<Node>,
    },
    /// `key: value` lines or `{a: b}`.
    Mapping {
        /// Whether it is written in braces.
        flow: bool,
        /// Keys and values in order, repeated keys included.
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

impl Node {
    /// The decoded text, where this is a scalar.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Its bytes in the file without the quotes around them.
    pub fn unquoted_range(&self) -> ByteRange {
        match self.as_scalar().map(|scalar| scalar.style) {
            Some(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) if self.range.len() > 1 => {
                ByteRange::new(self.range.start as usize + 1, self.range.end as usize - 1)
            }
            _ => self.range,
        }
    }

    /// The scalar, where this is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items of a sequence; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Sequence { items, .. } => items,
            _ => &[],
        }
    }

    /// The same value wherever it stands: every range is empty.
    pub fn without_places(&self) -> Node {
        let value = match &self.value {
            Value::Sequence { flow, items } => Value::Sequence {
                flow: *flow,
                items: items.iter().map(Node::without_places).collect(),
            },
            Value::Mapping { flow, pairs } => Value::Mapping {
                flow: *flow,
                pairs: pairs
                    .iter()
                    .map(|(key, value)| (key.without_places(), value.without_places()))
                    .collect(),
            },
            value => value.clone(),
        };
        Node {
            range: ByteRange::default(),
            value,
        }
    }

    /// The pairs of a mapping in the order of the text, duplicates included; none for anything else.
    pub fn pairs(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Mapping { pairs, .. } => pairs,
            _ => &[],
        }
    }

    /// The value of `key` in a mapping; the last one of several, as hosts take it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs()
            .iter()
            .rev()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
    }

    /// What this is under the core schema; nothing written is null. `None` for collections and aliases.
    pub fn resolve(&self) -> Option<Resolved> {
        match &self.value {
            Value::Empty => Some(Resolved::Null),
            Value::Scalar(scalar) => Some(scalar.resolve()),
            _ => None,
        }
    }
}

impl Scalar {
    /// What the text means under the YAML 1.2 core schema (spec 1.2.2, section 10.3.2).
    pub fn resolve(&self) -> Resolved {
        if self.style != ScalarStyle::Plain {
            return Resolved::Str;
        }
        match &*self.text {
            "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
            "true" | "True" | "TRUE" => Resolved::Bool(true),
            "false" | "False" | "FALSE" => Resolved::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            text => number(text).unwrap_or(Resolved::Str),
        }
    }
}

fn number(text: &str) -> Option<Resolved> {
    let radix = |digits: &str, radix| {
        (!digits.is_empty() && digits.chars().all(|c| c.is_digit(radix))).then(|| {
            i64::from_str_radix(digits, radix).map_or_else(
                // Too large for an integer: hosts read it as a float too.
                |_| {
                    let value = digits.chars().filter_map(|c| c.to_digit(radix));
                    Resolved::Float(value.fold(0.0, |sum, d| sum * f64::from(radix) + f64::from(d)))
                },
                Resolved::Int,
            )
        })
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let infinity = if text.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
        return Some(Resolved::Float(infinity));
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || !digits(exponent) {
            return None;
        }
    }
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(whole) || !digits(fraction.unwrap_or("")) {
        return None;
    }
    if whole.is_empty() && fraction.unwrap_or("").is_empty() {
        return None;
    }
    if fraction.is_none()
        && exponent.is_none()
        && let Ok(integer) = text.parse()
    {
        return Some(Resolved::Int(integer));
    }
    text.parse().ok().map(Resolved::Float)
}

/// Parses `source`, a slice of a file that starts at byte `base` of it, as one YAML document.
///
/// Never fails as a whole: beside an error stands what was read before it. Repeated keys
/// are kept as pairs and are no error; aliases are never expanded.
pub fn parse(source: &str, base: usize) -> (Option<Node>, Option<YamlError>) {
    parse_with(source, base, Aliases::Known)
}

/// Which aliases a text may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aliases {
    /// Those whose anchor stands before them in this text.
    Known,
    /// Any: the anchor can stand outside of this text.
    Any,
}

pub(crate) fn parse_with(
    source: &str,
    base: usize,
    aliases: Aliases,
) -> (Option<Node>, Option<YamlError>) {
    let mut builder = Builder {
        source,
        base,
        open: Vec::new(),
        root: None,
        read: 0,
    };
    let mut documents = 0;
    for next in Parser::new_from_str_with_options(source, options(aliases)) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let (range, message) = fault(source, builder.read, &error);
                let error = YamlError {
                    range: range.shifted(base),
                    message,
                };
                return (builder.finish(), Some(error));
            }
        };
        let range = builder.locate(span);
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                let error = refused(source, base, range.start, "a second YAML document");
                return (builder.finish(), Some(error));
            }
        }
        if !builder.event(event, range) {
            let error = refused(source, base, range.start, TOO_DEEP);
            return (builder.finish(), Some(error));
        }
    }
    (builder.finish(), None)
}

const TOO_DEEP: &str = "nesting that is too deep";

fn options(aliases: Aliases) -> Options {
    granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: aliases == Aliases::Any,
        flow_nesting_limit: MAX_YAML_DEPTH,
        block_nesting_limit: MAX_YAML_DEPTH,
    }
}

/// Bytes of the source that is parsed, not of the file.
#[derive(Clone, Copy)]
struct Local {
    start: usize,
    end: usize,
}

/// A collection whose end has not been read yet.
struct Open {
    start: usize,
    flow: bool,
    nodes: Vec<Node>,
    mapping: bool,
}

struct Builder<'a> {
    source: &'a str,
    base: usize,
    /// Never longer than [`MAX_YAML_DEPTH`], so that no later walk over the tree is deeper.
    open: Vec<Open>,
    root: Option<Node>,
    /// The end of the last scalar, alias or flow mark read, in bytes of `source`.
    read: usize,
}

impl Builder<'_> {
    fn locate(&self, span: Span) -> Local {
        let range = span.byte_range().unwrap_or_default();
        let start = floor(self.source, range.start);
        Local {
            start,
            end: floor(self.source, range.end).max(start),
        }
    }

    /// Takes one event; `false` where it would nest too deep.
    fn event(&mut self, event: Event<'_>, range: Local) -> bool {
        match event {
            // Empty, and placed where the parser is, not where the document starts.
            Event::StreamStart
            | Event::DocumentStart(..)
            | Event::StreamEnd
            | Event::DocumentEnd => {}
            Event::Scalar(text, style, ..) => self.scalar(&text, style, range),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.node(range.start, range.end, Value::Alias)
            }
            Event::SequenceStart(style, ..) => return self.enter(range, style, false),
            Event::MappingStart(style, ..) => return self.enter(range, style, true),
            Event::SequenceEnd | Event::MappingEnd => self.leave(Some(range.end)),
            _ => {}
        }
        true
    }

    fn enter(&mut self, range: Local, style: StructureStyle, mapping: bool) -> bool {
        if self.open.len() >= MAX_YAML_DEPTH {
            return false;
        }
        let flow = style == StructureStyle::Flow;
        if flow {
            self.read = self.read.max(range.end);
        }
        self.open.push(Open {
            start: range.start,
            flow,
            nodes: Vec::new(),
            mapping,
        });
        true
    }

    fn scalar(&mut self, text: &str, style: granit_parser::ScalarStyle, range: Local) {
        let style = match style {
            granit_parser::ScalarStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            granit_parser::ScalarStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            granit_parser::ScalarStyle::Literal => ScalarStyle::Literal,
            granit_parser::ScalarStyle::Folded => ScalarStyle::Folded,
            _ => ScalarStyle::Plain,
        };
        let start = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_indicator(range.start),
            _ => range.start,
        };
        let written = self.source.get(start..range.end).unwrap_or("");
        // The span of a block scalar runs over the blank lines after it.
        let end = start + written.trim_end_matches(BLANK).len();
        let value = if style == ScalarStyle::Plain && end == range.start {
            Value::Empty
        } else {
            Value::Scalar(Scalar {
                text: text.into(),
                style,
            })
        };
        self.node(start, end.max(start), value);
    }

    /// Where the `|` or `>` of the block scalar stands whose content starts at `content`:
    /// the parser's span leaves it out.
    fn block_indicator(&self, content: usize) -> usize {
        let before = self.source.get(self.read..content).unwrap_or("");
        let mut previous = ' ';
        for (offset, character) in before.char_indices() {
            if matches!(character, '|' | '>') && BLANK.contains(&previous) {
                return self.read + offset;
            }
            previous = character;
        }
        content
    }

    /// Where the `-` of the first item stands: the span of a sequence at its key's
    /// indentation starts after it.
    fn first_dash(&self, start: usize) -> usize {
        if self
            .source
            .get(start..)
            .is_some_and(|rest| rest.starts_with('-'))
        {
            return start;
        }
        let before = self
            .source
            .get(..start)
            .unwrap_or("")
            .trim_end_matches(BLANK);
        if before.ends_with('-') {
            before.len() - 1
        } else {
            start
        }
    }

    fn node(&mut self, start: usize, end: usize, value: Value) {
        self.read = self.read.max(end);
        let range = ByteRange::new(self.base + start, self.base + end);
        let node = Node { range, value };
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            // A second root would be a second document, which is refused before.
            None => self.root = Some(node),
        }
    }

    /// Closes the innermost collection; without `end` the source broke off in it.
    fn leave(&mut self, end: Option<usize>) {
        let Some(open) = self.open.pop() else { return };
        let children = open
            .nodes
            .last()
            .map(|node| node.range.end as usize - self.base);
        // A block collection has no closing mark: its end event stands at the next token.
        let end = match end {
            Some(end) if open.flow => end,
            _ => children.unwrap_or(open.start),
        };
        let start = match open.nodes.first() {
            Some(first) if open.mapping && !open.flow => first.range.start as usize - self.base,
            _ if !open.mapping && !open.flow => self.first_dash(open.start),
            _ => open.start,
        };
        let value = if open.mapping {
            let mut pairs = Vec::with_capacity(open.nodes.len().div_ceil(2));
            let mut nodes = open.nodes.into_iter();
            while let Some(key) = nodes.next() {
                let value = nodes.next().unwrap_or_else(|| Node {
                    range: ByteRange::empty(key.range.end as usize),
                    value: Value::Empty,
                });
                pairs.push((key, value));
            }
            Value::Mapping {
                flow: open.flow,
                pairs,
            }
        } else {
            Value::Sequence {
                flow: open.flow,
                items: open.nodes,
            }
        };
        self.node(start, end.max(start), value);
    }

    fn finish(mut self) -> Option<Node> {
        while !self.open.is_empty() {
            self.leave(None);
        }
        self.root
    }
}

/// What YAML takes for blanks and line ends.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The last character boundary at or before `offset`.
pub(crate) fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn refused(source: &str, base: usize, offset: usize, message: &str) -> YamlError {
    YamlError {
        range: character(source, offset).shifted(base),
        message: message.into(),
    }
}

/// The character at `offset`; empty at the end of the source only.
fn character(source: &str, offset: usize) -> ByteRange {
    let start = floor(source, offset);
    let length = source
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    ByteRange::new(start, start + length)
}

/// From `offset` to the next blank, at least one character.
fn token(source: &str, offset: usize) -> ByteRange {
    let start = floor(source, offset);
    let rest = source.get(start..).unwrap_or("");
    match rest.find(BLANK).unwrap_or(rest.len()) {
        0 => character(source, start),
        length => ByteRange::new(start, start + length),
    }
}

/// From `offset` to the end of its line without blanks there, at least one character.
fn rest_of_line(source: &str, offset: usize) -> ByteRange {
    let start = floor(source, offset);
    let rest = source.get(start..).unwrap_or("");
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    match line.trim_end_matches(BLANK).len() {
        0 => character(source, start),
        length => ByteRange::new(start, start + length),
    }
}

/// The start of the line that `offset` lies in.
fn line_start(source: &str, offset: usize) -> usize {
    let before = &source[..floor(source, offset)];
    before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

const INDENTATION: &str = "a line whose indentation fits nothing above it";
const NO_KEY: &str = "a line that is neither `key: value` nor indented";

/// The place and the name of a fault. `read` is where the last node before it ends.
fn fault(source: &str, read: usize, error: &ScanError) -> (ByteRange, Box<str>) {
    use ErrorKind as Kind;

    let offset = floor(source, error.marker().byte_offset().unwrap_or(source.len()));
    let here = source.get(offset..).unwrap_or("");
    match error.kind() {
        Kind::UnclosedQuotedScalar
        | Kind::InvalidQuotedScalarIndent
        | Kind::DocumentIndicatorInQuotedScalar
        | Kind::TabInIndentation => {
            let quote = opening_quote(source, read, offset).unwrap_or(offset);
            (rest_of_line(source, quote), "unclosed quote".into())
        }
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            rest_of_line(source, offset),
            "text after a closing quote".into(),
        ),
        Kind::UnknownQuotedScalarEscape
        | Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => escape(source, offset),
        Kind::UnclosedFlowCollection { open } | Kind::MismatchedFlowCollectionEnd { open, .. } => (
            character(source, offset),
            format!("unclosed `{open}`").into(),
        ),
        Kind::UnexpectedEofFlowSequence => (character(source, offset), "unclosed `[`".into()),
        Kind::UnexpectedEofFlowMapping | Kind::UnexpectedEofImplicitFlowMapping => {
            (character(source, offset), "unclosed `{`".into())
        }
        Kind::ExpectedFlowSequenceSeparator | Kind::ExpectedFlowMappingSeparator => (
            token(source, offset),
            "a missing `,` or closing bracket".into(),
        ),
        Kind::MappingValueNotAllowed
        | Kind::InvalidColonPlacement
        | Kind::InvalidMappingValueWhitespace => colon(source, offset),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            rest_of_line(source, line_start(source, offset)),
            NO_KEY.into(),
        ),
        Kind::ExpectedBlockMappingKey
        | Kind::ExpectedBlockSequenceEntry
        | Kind::ExpectedDocumentStart => {
            let start = line_start(source, offset);
            let before = source[start..offset].trim_end_matches(BLANK);
            let message = match before.chars().next_back() {
                Some(']' | '}') => "text after a closing bracket",
                Some(_) => "text that nothing separates from what is before it",
                None if start == offset => NO_KEY,
                None => INDENTATION,
            };
            (rest_of_line(source, offset), message.into())
        }
        Kind::InvalidIndentation
        | Kind::InvalidBlockScalarIndent
        | Kind::InvalidFlowScalarIndent => (rest_of_line(source, offset), INDENTATION.into()),
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => {
            // It is reported at the tab, behind the blanks it is among, or at the start of
            // the plain text that it is below.
            let start = line_start(source, offset);
            let end = if here.starts_with('\t') {
                offset + 1
            } else {
                offset
            };
            let tab = match source[start..end].rfind('\t') {
                Some(tab) => start + tab,
                None => here.find("\n\t").map_or(offset, |ahead| offset + ahead + 1),
            };
            (
                character(source, tab),
                "a tab where only spaces may stand".into(),
            )
        }
        Kind::InvalidBlockScalarHeader | Kind::ZeroBlockScalarIndent => {
            let sign = here.chars().next().unwrap_or('|');
            (
                rest_of_line(source, offset),
                format!("text after `{sign}` on the same line").into(),
            )
        }
        Kind::BlockSequenceEntryNotAllowed
        | Kind::BlockEntryInFlowCollection
        | Kind::InvalidBlockEntryWhitespace => (
            character(source, offset),
            "a `-` where no list item can start".into(),
        ),
        Kind::UnknownAnchor | Kind::MissingAnchorOrAliasName => {
            starts_with(source, token(source, offset))
        }
        Kind::CommentNotSeparated => (
            token(source, offset),
            "a `#` without a blank before it".into(),
        ),
        Kind::RecursionLimitExceeded => (character(source, offset), TOO_DEEP.into()),
        Kind::BomInsideDocument => (character(source, offset), "a byte order mark".into()),
        Kind::UnexpectedCharacter { character: found } if found.is_control() => {
            let place = here.find(*found).map_or(offset, |ahead| offset + ahead);
            (character(source, place), "a control character".into())
        }
        _ => {
            let place = token(source, offset);
            if place.of(source).starts_with(INDICATORS) {
                starts_with(source, character(source, offset))
            } else {
                (place, "text that is not YAML".into())
            }
        }
    }
}

/// Characters that mean something at the start of a value.
const INDICATORS: [char; 14] = [
    '@', '`', '%', '*', '&', '!', ',', ']', '}', '?', '-', '|', '>', ':',
];

fn starts_with(source: &str, range: ByteRange) -> (ByteRange, Box<str>) {
    let sign = range.of(source).chars().next().unwrap_or(' ');
    let sign = if sign == '`' {
        "`` ` ``".to_owned()
    } else {
        format!("`{sign}`")
    };
    (range, format!("a value that starts with {sign}").into())
}

/// The quote that opens the scalar in which the parser broke off between `read` and `end`.
fn opening_quote(source: &str, read: usize, end: usize) -> Option<usize> {
    // The parser reports an unclosed quote at the quote or at what it met instead of its end.
    let region = source.get(read..character(source, end).end as usize)?;
    let mut previous = ' ';
    for (offset, character) in region.char_indices() {
        if matches!(character, '"' | '\'')
            && (previous.is_whitespace() || "[{,:".contains(previous))
        {
            return Some(read + offset);
        }
        previous = character;
    }
    None
}

/// The first escape at or after `offset` that the parser can have stumbled over.
fn escape(source: &str, offset: usize) -> (ByteRange, Box<str>) {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\r\n";
    let mut rest = source[offset..].char_indices();
    while let Some((at, character)) = rest.next() {
        if character != '\\' {
            continue;
        }
        let Some((_, letter)) = rest.next() else {
            break;
        };
        if !KNOWN.contains(letter) || "xuU".contains(letter) {
            let start = offset + at;
            let message = format!("the unknown escape `\\{letter}` in double quotes");
            return (
                ByteRange::new(start, start + 1 + letter.len_utf8()),
                message.into(),
            );
        }
    }
    (
        character(source, offset),
        "an unknown escape in double quotes".into(),
    )
}

/// The fault of a `:` that the parser cannot place.
fn colon(source: &str, offset: usize) -> (ByteRange, Box<str>) {
    let start = line_start(source, offset);
    let key = &source[start..offset];
    let at_column_0 = !key.is_empty() && !key.contains([' ', '\t', ':']);
    let above = source[..start].trim_end_matches(BLANK);
    if at_column_0 && !above.is_empty() {
        // `a:b` above `c: d` reads as one key of two lines: the upper line is at fault.
        let line = line_start(source, above.len());
        return (ByteRange::new(line, above.len()), NO_KEY.into());
    }
    (character(source, offset), "an unquoted `: `".into())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::promises::header::value_is_sound;

    fn draw(node: &Node, source: &str, depth: usize, out: &mut String) {
        let kind = match &node.value {
            Value::Empty => "empty".to_owned(),
            Value::Alias => "alias".to_owned(),
            Value::Scalar(scalar) => format!("{:?} {:?}", scalar.style, scalar.text),
            Value::Sequence { flow, .. } => format!("sequence, flow: {flow}"),
            Value::Mapping { flow, .. } => format!("mapping, flow: {flow}"),
        };
        out.push_str(&format!(
            "{:depth$}{:?} {kind}\n",
            "",
            node.range.of(source)
        ));
        for item in node.items() {
            draw(item, source, depth + 2, out);
        }
        for (key, value) in node.pairs() {
            draw(key, source, depth + 2, out);
            draw(value, source, depth + 4, out);
        }
    }

    fn check(source: &str, expect: Expect) {
        let (node, error) = parse(source, 0);
        let mut out = String::new();
        if let Some(node) = node {
            draw(&node, source, 0, &mut out);
        }
        if let Some(error) = error {
            out.push_str(&format!(
                "fault at {:?}: {}\n",
                error.range.of(source),
                error.message
            ));
        }
        expect.assert_eq(&out);
    }

    #[track_caller]
    fn check_fault(source: &str, place: &str, message: &str) {
        let fault = parse(source, 0).1.unwrap();
        assert_eq!(
            (fault.range.of(source), &*fault.message),
            (place, message),
            "{source:?}"
        );
    }

    #[test]
    fn ranges_cover_quotes_marks_and_many_byte_characters() {
        check(
            "é: \"ü\" # c\nl:\n- a\n- 'b' # c\nm:\n  x: 1\n\nn: [a, {b: c},]\n",
            expect![[r#"
                "é: \"ü\" # c\nl:\n- a\n- 'b' # c\nm:\n  x: 1\n\nn: [a, {b: c},]" mapping, flow: false
                  "é" Plain "é"
                    "\"ü\"" DoubleQuoted "ü"
                  "l" Plain "l"
                    "- a\n- 'b'" sequence, flow: false
                      "a" Plain "a"
                      "'b'" SingleQuoted "b"
                  "m" Plain "m"
                    "x: 1" mapping, flow: false
                      "x" Plain "x"
                        "1" Plain "1"
                  "n" Plain "n"
                    "[a, {b: c},]" sequence, flow: true
                      "a" Plain "a"
                      "{b: c}" mapping, flow: true
                        "b" Plain "b"
                          "c" Plain "c"
            "#]],
        );
    }

    #[test]
    fn block_scalars_start_at_their_indicator_and_end_at_their_text() {
        check(
            "a: >- # | no\n  one\n  # two\n\n\nb: |\n  three\nc: |\n",
            expect![[r#"
                "a: >- # | no\n  one\n  # two\n\n\nb: |\n  three\nc: |" mapping, flow: false
                  "a" Plain "a"
                    ">- # | no\n  one\n  # two" Folded "one # two"
                  "b" Plain "b"
                    "|\n  three" Literal "three\n"
                  "c" Plain "c"
                    "|" Literal ""
            "#]],
        );
    }

    #[test]
    fn repeated_keys_and_missing_values_are_kept() {
        check(
            "a: 1\na:\na: ~\n",
            expect![[r#"
            "a: 1\na:\na: ~" mapping, flow: false
              "a" Plain "a"
                "1" Plain "1"
              "a" Plain "a"
                "" empty
              "a" Plain "a"
                "~" Plain "~"
        "#]],
        );
        let (node, _) = parse("a: 1\na: 2\n", 0);
        assert_eq!(node.unwrap().get("a").and_then(Node::as_str), Some("2"));
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        check(
            "a: 1\nb: [x, y\n",
            expect![[r#"
            "a: 1\nb: [x" mapping, flow: false
              "a" Plain "a"
                "1" Plain "1"
              "b" Plain "b"
                "[x" sequence, flow: true
                  "x" Plain "x"
            fault at "[": unclosed `[`
        "#]],
        );
    }

    #[test]
    fn an_alias_is_not_expanded() {
        check(
            "a: &x [1, 2]\nb: [*x, *x]\n",
            expect![[r#"
            "a: &x [1, 2]\nb: [*x, *x]" mapping, flow: false
              "a" Plain "a"
                "[1, 2]" sequence, flow: true
                  "1" Plain "1"
                  "2" Plain "2"
              "b" Plain "b"
                "[*x, *x]" sequence, flow: true
                  "*x" alias
                  "*x" alias
        "#]],
        );
        check(
            "b: *x\n",
            expect![[r#"
            "b" mapping, flow: false
              "b" Plain "b"
                "" empty
            fault at "*x": a value that starts with `*`
        "#]],
        );
        let allowed = parse_with("b: *x\n", 0, Aliases::Any);
        assert_eq!(allowed.1, None);
    }

    #[test]
    fn faults_stand_at_their_cause() {
        check_fault("d: Use when: x\ne: 1\n", ":", "an unquoted `: `");
        check_fault("d: one\n two\n  foo: bar\n", ":", "an unquoted `: `");
        check_fault("a: x\nb:c\nd: e\n", "b:c", NO_KEY);
        check_fault("d: x\n<example>\nfoo: bar\n", "<example>", NO_KEY);
        check_fault("t: [Read, \nm: x\n", "[", "unclosed `[`");
        check_fault("t: {a: 1\n", "{", "unclosed `{`");
        check_fault("t: [a}\n", "[", "unclosed `[`");
        check_fault("d: ]\n", "]", "a value that starts with `]`");
        check_fault("d: \"abc\nx: y\n", "\"abc", "unclosed quote");
        check_fault("d: 'abc", "'abc", "unclosed quote");
        check_fault("d: 'it's'\n", "s'", "text after a closing quote");
        check_fault("d: \"a\" b\n", "b", "text after a closing quote");
        check_fault(
            "d: \"a\\\\ \\qb\"\n",
            "\\q",
            "the unknown escape `\\q` in double quotes",
        );
        check_fault("d: @x y\n", "@", "a value that starts with `@`");
        check_fault("d: `x` y\n", "`", "a value that starts with `` ` ``");
        check_fault("d: %x\n", "%", "a value that starts with `%`");
        check_fault("d: *x y\n", "*x", "a value that starts with `*`");
        check_fault("d: , x\n", ",", "a value that starts with `,`");
        check_fault("d: - a\n", "-", "a `-` where no list item can start");
        check_fault("d: [a] [b]\n", "[b]", "text after a closing bracket");
        check_fault(
            "n: a\nb:c\n\tx\n",
            "\t",
            "a tab where only spaces may stand",
        );
        check_fault("d:\n\tx: y\n", "\t", "a tab where only spaces may stand");
        check_fault("d: |x\n", "|x", "text after `|` on the same line");
        check_fault("d:\n    a: 1\n  b: 2\n", "b: 2", INDENTATION);
        check_fault("a: b\u{1}", "\u{1}", "a control character");
        check_fault("a: b\n...\nc: d\n", "c", "a second YAML document");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("a: {}", "[".repeat(100_000));
        let (node, fault) = parse(&deep, 0);
        assert!(node.is_some());
        assert_eq!(&*fault.unwrap().message, TOO_DEEP);
        let deep: String = (0..500).map(|depth| format!("{:depth$}a:\n", "")).collect();
        assert_eq!(&*parse(&deep, 0).1.unwrap().message, TOO_DEEP);
        let mixed = format!("a: {}x{}", "[{b: ".repeat(40), "}]".repeat(40));
        assert_eq!(&*parse(&mixed, 0).1.unwrap().message, TOO_DEEP);
    }

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        use Resolved::{Bool, Float, Int, Null, Str};
        let table = [
            ("", Null),
            ("~", Null),
            ("null", Null),
            ("NULL", Null),
            ("nul", Str),
            ("true", Bool(true)),
            ("False", Bool(false)),
            ("yes", Str),
            ("no", Str),
            ("on", Str),
            ("off", Str),
            ("y", Str),
            ("0", Int(0)),
            ("-12", Int(-12)),
            ("+3", Int(3)),
            ("010", Int(10)),
            ("0o17", Int(15)),
            ("0x1F", Int(31)),
            ("0b11", Str),
            ("0x", Str),
            ("1_000", Str),
            ("-", Str),
            ("+", Str),
            (".", Str),
            ("-0x1", Str),
            ("1.5", Float(1.5)),
            ("1.", Float(1.0)),
            (".5", Float(0.5)),
            ("1e3", Float(1000.0)),
            ("1e", Str),
            ("e3", Str),
            ("-.inf", Float(f64::NEG_INFINITY)),
            (".Inf", Float(f64::INFINITY)),
            ("inf", Str),
            ("nan", Str),
            ("99999999999999999999", Float(1e20)),
            ("1.2.3", Str),
            ("2024-01-01", Str),
            ("12:30", Str),
        ];
        for (text, expected) in table {
            let scalar = |style| Scalar {
                text: text.into(),
                style,
            };
            assert_eq!(scalar(ScalarStyle::Plain).resolve(), expected, "{text:?}");
            assert_eq!(scalar(ScalarStyle::DoubleQuoted).resolve(), Str, "{text:?}");
        }
        let nan = Scalar {
            text: ".nan".into(),
            style: ScalarStyle::Plain,
        };
        assert!(matches!(nan.resolve(), Float(value) if value.is_nan()));
    }

    proptest! {
        #[test]
        fn ranges_nest_and_lie_on_characters(source in "([a-c]: |- |[ \n\t\r:#,'\"|>&*!?{}\\[\\]é😀\u{1}\\\\-]|ab|\n){0,40}") {
            value_is_sound(&source);
        }
    }
}
