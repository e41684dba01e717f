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

    /// Whether nothing was written, or a null.
    pub fn is_null(&self) -> bool {
        self.resolve() == Some(Resolved::Null)
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
    if fraction.is_none() && exponent.is_none() {
        if let Ok(integer) = text.parse() {
            return Some(Resolved::Int(integer));
        }
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
        let written = self.source.get(range.start..range.end).unwrap_or("");
        // The span of a block scalar runs over the blank lines after it.
        let end = range.start + written.trim_end_matches(BLANK).len();
        let start = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.block_indicator(range.start),
            _ => range.start,
        };
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
                None => "a line whose indentation fits nothing above it",
            };
            (rest_of_line(source, offset), message.into())
        }
        Kind::InvalidIndentation
        | Kind::InvalidBlockScalarIndent
        | Kind::InvalidFlowScalarIndent => (
            rest_of_line(source, offset),
            "a line whose indentation fits nothing above it".into(),
        ),
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => {
            let start = line_start(source, offset);
            let end = if here.starts_with('\t') {
                offset + 1
            } else {
                offset
            };
            let tab = source[start..end]
                .rfind('\t')
                .map_or(offset, |tab| start + tab);
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
    (range, format!("a value that starts with `{sign}`").into())
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
