//! Whether a host loads a header: yes, only after re-quoting it, or not at all.

use crate::host::{FileKind, Hosts, Parsing, ProgramId};
use crate::path::FilePath;
use crate::syntax::frontmatter::Header;
use crate::syntax::yaml::{self, Resolved, YamlError};
use crate::text::ByteRange;

/// What the programs that read a file make of its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    /// What the program that matters most makes of it.
    pub verdict: Verdict,
    /// The first fault that a strict parse of the header finds, if it finds one. For
    /// [`Verdict::Dropped`] the first fault that the program's second attempt does not mend.
    pub error: Option<YamlError>,
    /// For [`Verdict::Requoted`]: the keys whose value the program writes anew, in order.
    pub requoted: Vec<RequotedKey>,
    /// The `---` at which the program ends the header although it is no closing line: in a value,
    /// a comment, or at the start of a line of more dashes.
    pub cut: Option<ByteRange>,
    /// Whose verdict this is; `None` where nothing is known about who reads the file.
    pub by: Option<ProgramId>,
    /// The verdicts of the other programs that read the file. Empty where all load it.
    pub others: Vec<(ProgramId, Verdict)>,
}

/// One line that a program writes anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequotedKey {
    /// The key's bytes.
    pub key: ByteRange,
    /// The value on that line.
    pub value: ByteRange,
    /// Whether that changes what the value is: `[a, b]` was a list and becomes a string.
    pub changes_type: bool,
}

/// The outcomes of loading a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It parses as it stands.
    Loads,
    /// It parses only after the program has written some values anew.
    Requoted,
    /// It does not parse even so: the program drops the file without a word.
    Dropped,
    /// There is none.
    None,
    /// It is opened and never closed.
    Unclosed,
    /// There is one, but something stands before it, so the program sees none.
    Late,
}

/// The key by which a file says which program it is meant for.
pub(crate) const TARGET: &str = "target";

/// What the programs that read the file at `path` make of the header of `source`.
pub fn loading(source: &str, header: Option<&Header>, path: &FilePath, kind: FileKind) -> Loading {
    let hosts = Hosts::builtin();
    let target = header.and_then(|header| header.entry(TARGET)?.value.as_str());
    let readers = kind.host.map(|_| hosts.readers(path, kind, target));
    let readers = readers.unwrap_or_default();
    let parsing = |id: ProgramId| {
        hosts
            .program(id)
            .map_or_else(Parsing::default, |it| it.header)
    };
    let Some((first, rest)) = readers.split_first() else {
        return loading_by(Parsing::default(), source, header);
    };
    let mut loading = loading_by(parsing(*first), source, header);
    loading.by = Some(*first);
    // Where it is YAML as it stands, all parsers agree.
    if loading.error.is_some() || loading.cut.is_some() {
        let verdict = |id: &ProgramId| (*id, loading_by(parsing(*id), source, header).verdict);
        loading.others = rest.iter().map(verdict).collect();
    }
    loading
}

/// What a program that parses headers like this makes of the one of `source`.
///
/// The parser is no program's own. Against the npm package `yaml` 2.9 it is known to be
/// more lenient in two places: a tab before the first key of a header, and items of a
/// bracketed list at column 0. Both load here.
pub fn loading_by(parsing: Parsing, source: &str, header: Option<&Header>) -> Loading {
    let Some(header) = header else {
        return Loading::without_header(Verdict::None);
    };
    if header.leading.is_some() {
        return Loading::without_header(Verdict::Late);
    }
    if parsing == Parsing::Requotes {
        return requoting(source, header);
    }
    if header.closing.is_none() {
        return Loading::without_header(Verdict::Unclosed);
    }
    let start = header.content.start as usize;
    let content = header.content.of(source);
    let Some(fault) = yaml::parse(content, start).1 else {
        return Loading::with(Verdict::Loads, None);
    };
    let retry = match parsing {
        Parsing::Requotes | Parsing::Lenient => Retry::of(content, start, Rewrite::Quotes),
        Parsing::BlockScalars => Retry::of(content, start, Rewrite::Block),
        Parsing::Strict | Parsing::Unverified => {
            return Loading::with(Verdict::Dropped, Some(fault));
        }
    };
    match yaml::parse(&retry.text, 0).1 {
        // What quotes can mend is a line that a lenient parser reads to its end.
        None if parsing == Parsing::Lenient => Loading::with(Verdict::Loads, Some(fault)),
        None => Loading {
            requoted: retry.keys,
            ..Loading::with(Verdict::Requoted, Some(fault))
        },
        Some(left) => {
            let error = retry.in_source(&left).unwrap_or(fault);
            Loading::with(Verdict::Dropped, Some(error))
        }
    }
}

/// Models how Claude Code (2.1.90 on) loads a header (facts: how it loads a file).
fn requoting(source: &str, header: &Header) -> Loading {
    let Some(start) = captured_from(source, header.opening) else {
        return Loading::without_header(Verdict::None);
    };
    // The host ends the header at the first `---`, wherever it stands.
    let Some(end) = source[start..].find("---").map(|length| start + length) else {
        return Loading::without_header(Verdict::Unclosed);
    };
    let meant = header.closing.map(|closing| closing.start as usize);
    let cut = (meant != Some(end)).then(|| ByteRange::new(end, end + 3));
    let captured = &source[start..end];

    let (_, fault) = yaml::parse(captured, start);
    let Some(fault) = fault else {
        return Loading {
            cut,
            ..Loading::with(Verdict::Loads, None)
        };
    };
    let retry = Retry::of(captured, start, Rewrite::Quotes);
    match yaml::parse(&retry.text, 0).1 {
        None => Loading {
            requoted: retry.keys,
            cut,
            ..Loading::with(Verdict::Requoted, Some(fault))
        },
        // What the host took for a header is a piece of the body: the cause is the missing end.
        Some(_) if meant.is_none() => Loading::without_header(Verdict::Unclosed),
        Some(left) => {
            let error = retry.in_source(&left).unwrap_or(fault);
            Loading {
                cut,
                ..Loading::with(Verdict::Dropped, Some(error))
            }
        }
    }
}

impl Loading {
    /// The loading of a file that has no header to speak of.
    pub(crate) fn without_header(verdict: Verdict) -> Self {
        Self::with(verdict, None)
    }

    fn with(verdict: Verdict, error: Option<YamlError>) -> Self {
        Self {
            verdict,
            error,
            requoted: Vec::new(),
            cut: None,
            by: None,
            others: Vec::new(),
        }
    }
}

/// Where the host starts to read: after the last `\n` of the white space behind the opening
/// `---`. `None` where no `\n` is there: lone `\r` does not open a header for it.
fn captured_from(source: &str, opening: ByteRange) -> Option<usize> {
    let after = opening.start as usize + 3;
    let rest = &source[after..];
    let blank = rest.len() - rest.trim_start_matches(is_js_space).len();
    rest[..blank].rfind('\n').map(|end| after + end + 1)
}

/// What `\s` matches in JavaScript: Unicode's white space and the byte order mark, without U+0085.
fn is_js_space(character: char) -> bool {
    (character.is_whitespace() && character != '\u{85}') || character == '\u{feff}'
}

/// How a line is written anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rewrite {
    /// Its value in quotes.
    Quotes,
    /// Its value as a block of text.
    Block,
}

/// The header as a program tries it a second time.
struct Retry {
    text: String,
    keys: Vec<RequotedKey>,
    /// For each line, where it starts here and, unless it was changed, in the source.
    lines: Vec<(usize, Option<usize>)>,
}

impl Retry {
    fn of(captured: &str, base: usize, rewrite: Rewrite) -> Self {
        let mut retry = Self {
            text: String::with_capacity(captured.len() + 16),
            keys: Vec::new(),
            lines: Vec::new(),
        };
        let mut start = base;
        for (index, line) in captured.split('\n').enumerate() {
            if index > 0 {
                retry.text.push('\n');
            }
            let here = retry.text.len();
            let found = match rewrite {
                Rewrite::Quotes => Assignment::of(line).filter(|found| found.needs_quotes(line)),
                Rewrite::Block => Assignment::of(line.trim_end_matches('\r'))
                    .filter(|found| found.needs_block(line)),
            };
            match found {
                Some(found) => {
                    retry.lines.push((here, None));
                    retry
                        .keys
                        .push(found.requoted(line.trim_end_matches('\r'), start));
                    found.rewrite_into(line, rewrite, &mut retry.text);
                }
                None => {
                    retry.lines.push((here, Some(start)));
                    retry.text.push_str(line);
                }
            }
            start += line.len() + 1;
        }
        retry
    }

    /// The fault in bytes of the source, where it lies on a line that was not changed.
    fn in_source(&self, fault: &YamlError) -> Option<YamlError> {
        let at = fault.range.start as usize;
        let index = self
            .lines
            .partition_point(|(here, _)| *here <= at)
            .checked_sub(1)?;
        let (here, start) = self.lines[index];
        let next = self
            .lines
            .get(index + 1)
            .map_or(self.text.len(), |(next, _)| *next);
        let start = start? + (at - here);
        let length = fault.range.len().min(next.saturating_sub(at));
        Some(YamlError {
            range: ByteRange::new(start, start + length),
            message: fault.message.clone(),
        })
    }
}

/// A line that matches `^([a-zA-Z_-]+):\s+(.+)$`; offsets in bytes of the line.
struct Assignment {
    key_end: usize,
    value: usize,
}

impl Assignment {
    fn of(line: &str) -> Option<Self> {
        let key_end = line
            .bytes()
            .position(|b| !(b.is_ascii_alphabetic() || matches!(b, b'_' | b'-')))?;
        let rest = line[key_end..].strip_prefix(':').filter(|_| key_end > 0)?;
        let written = rest.trim_start_matches(is_js_space);
        // `.` stops at these; so a line that ends in `\r\n` never matches.
        let whole = !written.is_empty() && !written.contains(['\r', '\u{2028}', '\u{2029}']);
        (whole && written.len() < rest.len()).then(|| Self {
            key_end,
            value: line.len() - written.len(),
        })
    }

    fn needs_quotes(&self, line: &str) -> bool {
        let value = &line[self.value..];
        let quoted = ['"', '\'']
            .iter()
            .any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
        !quoted && (value.contains(SPECIAL) || value.contains(": "))
    }

    /// A colon anywhere, in a value that is neither quoted nor a block.
    fn needs_block(&self, line: &str) -> bool {
        let value = &line[self.value..];
        value.contains(':') && !value.starts_with(['"', '\'', '|', '>', '#'])
    }

    fn requoted(&self, line: &str, start: usize) -> RequotedKey {
        RequotedKey {
            key: ByteRange::new(start, start + self.key_end),
            value: ByteRange::new(start + self.value, start + line.len()),
            changes_type: changes_type(line),
        }
    }

    fn rewrite_into(&self, line: &str, rewrite: Rewrite, text: &mut String) {
        text.push_str(&line[..self.key_end]);
        if rewrite == Rewrite::Block {
            text.push_str(": |-\n  ");
            text.push_str(&line[self.value..]);
            return;
        }
        text.push_str(": \"");
        for character in line[self.value..].chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
}

/// What makes the host quote a value, beside `: `.
const SPECIAL: [char; 13] = [
    '{', '}', '[', ']', '*', '&', '#', '!', '|', '>', '%', '@', '`',
];

/// Whether the value of `line` is YAML for something else than a string.
fn changes_type(line: &str) -> bool {
    match yaml::parse(line, 0) {
        (Some(node), None) => match node.pairs() {
            [(_, value)] => value.resolve() != Some(Resolved::Str),
            _ => false,
        },
        // Not YAML by itself: it was never anything else.
        _ => false,
    }
}

#[cfg(test)]
mod tests;
