//! How a header that is not YAML becomes YAML: one line of text goes into quotes, several
//! become a block. What comes out is parsed before it is offered.

use crate::edit::{first_line_end, quoted};
use crate::host::{KeyType, KindData, Parsing};
use crate::limits::MAX_GROUPED_BYTES;
use crate::loading::Verdict;
use crate::rules::{Applicability, Fix};
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::yaml;
use crate::text::{ByteRange, TextEdit};

/// What stands before the words of somebody in an example, as a key would.
const SPEAKERS: [&str; 7] = [
    "assistant",
    "context",
    "example",
    "examples",
    "human",
    "system",
    "user",
];

/// How deep a block of text is indented below its key.
const INDENT: usize = 2;

/// The ways to mend a header of which a strict parse finds a fault, the best first.
///
/// `is_same` says that quotes change nothing: they are what the host adds, or would add if the
/// line ends let it.
pub(super) fn fixes(
    source: &str,
    header: &Header,
    data: &KindData,
    parsing: Parsing,
    is_same: bool,
) -> Vec<Fix> {
    let Some(groups) = groups(source, header, data) else {
        return Vec::new();
    };
    let faults: Vec<Group<'_>> = groups
        .into_iter()
        .filter(|group| yaml::parse(group.range.of(source), 0).1.is_some())
        .collect();
    let names: Vec<String> = faults
        .iter()
        .map(|it| format!("`{}`", it.entry.key))
        .collect();
    let names = names.join(", ");
    let mut fixes = Vec::new();
    let mends: Option<Vec<Mend>> = faults
        .iter()
        .map(|group| group.mend(source, data))
        .collect();
    if let Some(mends) = mends.filter(|mends| !mends.is_empty()) {
        let has_blocks = mends.iter().any(|mend| mend.is_block);
        let title = match has_blocks {
            true => format!("Write {names} as a `|` block"),
            false => format!("Mend the value of {names}"),
        };
        let is_quoting = mends.iter().all(|mend| mend.is_quoting);
        let title = if is_quoting {
            format!("Put the value of {names} in quotes")
        } else {
            title
        };
        let applicability = if is_same && is_quoting {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        };
        let edits: Vec<TextEdit> = mends.into_iter().flat_map(|mend| mend.edits).collect();
        fixes.push(Fix {
            is_preferred: true,
            ..Fix::new(applicability, title, edits)
        });
        // What fits into quotes fits into a block too.
        if is_quoting {
            let blocks: Option<Vec<Mend>> =
                faults.iter().map(|group| group.block(source)).collect();
            let blocks = blocks.into_iter().flatten();
            let edits: Vec<TextEdit> = blocks.flat_map(|mend| mend.edits).collect();
            let title = format!("Write {names} as a `|` block");
            fixes.push(Fix::new(applicability, title, edits));
        }
    }
    fixes.retain(|fix| super::verdict_after(source, fix, parsing) == Verdict::Loads);
    fixes
}

/// The lines of one key, up to the next line that is a key for certain.
struct Group<'a> {
    entry: &'a Entry,
    range: ByteRange,
}

/// The edits that mend one group.
struct Mend {
    edits: Vec<TextEdit>,
    /// Whether they put one line of text into quotes, and nothing else.
    is_quoting: bool,
    is_block: bool,
}

/// The entries of a header. A line that only looks like a key, below a value that is not YAML,
/// belongs to that value. `None` where that takes too long to find out.
fn groups<'a>(source: &str, header: &'a Header, data: &KindData) -> Option<Vec<Group<'a>>> {
    let mut parsed = 0;
    let mut groups: Vec<Group<'a>> = Vec::new();
    for entry in &header.entries {
        let start = entry.range.start as usize;
        if let Some(last) = groups.last_mut() {
            last.range = ByteRange::new(last.range.start as usize, start);
            if !is_key(&entry.key, data) {
                parsed += last.range.len();
                if parsed > MAX_GROUPED_BYTES {
                    return None;
                }
                if yaml::parse(last.range.of(source), 0).1.is_some() {
                    continue;
                }
            }
        }
        groups.push(Group {
            entry,
            range: entry.range,
        });
    }
    if let Some(last) = groups.last_mut() {
        last.range = ByteRange::new(last.range.start as usize, header.content.end as usize);
    }
    Some(groups)
}

/// Whether a line that looks like `key: value` is one, and nothing that somebody says.
fn is_key(key: &str, data: &KindData) -> bool {
    let is_known =
        data.key(key).is_some() || data.community_key(key) || data.misplaced_key(key).is_some();
    is_known
        || !(key.starts_with(char::is_uppercase) || SPEAKERS.contains(&&*key.to_ascii_lowercase()))
}

/// A line, without its line end.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn indent(self) -> usize {
        self.text.len() - self.text.trim_start_matches([' ', '\t']).len()
    }
}

impl Group<'_> {
    /// Its lines that are not blank, the first with the key.
    fn lines<'s>(&self, source: &'s str) -> Vec<Line<'s>> {
        let mut start = self.range.start as usize;
        let mut lines = Vec::new();
        for line in self.range.of(source).split_inclusive(['\n', '\r']) {
            let text = line.trim_end_matches(['\n', '\r']);
            if !text.trim().is_empty() {
                lines.push(Line { start, text });
            }
            start += line.len();
        }
        lines
    }

    /// The value on the line of the key.
    fn first_value(&self, first: Line<'_>) -> Option<ByteRange> {
        let after_key = (self.entry.key_range.end as usize).checked_sub(first.start)?;
        let colon = after_key + first.text.get(after_key..)?.find(':')? + 1;
        Some(value_after(first, colon))
    }

    fn mend(&self, source: &str, data: &KindData) -> Option<Mend> {
        let lines = self.lines(source);
        let (first, rest) = lines.split_first()?;
        let value = self.first_value(*first)?;
        if rest.is_empty() {
            let is_text = is_text(&self.entry.key, data);
            let (new_text, is_quoting) = mended(value.of(source), is_text)?;
            return Some(Mend {
                edits: vec![TextEdit {
                    range: value,
                    new_text,
                }],
                is_quoting,
                is_block: false,
            });
        }
        let is_nested = value.is_empty() && rest.iter().all(|line| line.indent() > 0);
        if is_nested {
            return nested(source, rest);
        }
        self.block(source)
    }

    /// The value as a block of text.
    fn block(&self, source: &str) -> Option<Mend> {
        let lines = self.lines(source);
        let (first, rest) = lines.split_first()?;
        let value = self.first_value(*first)?;
        let text = value.of(source);
        let mut edits = Vec::new();
        let is_block = text.starts_with(['|', '>']) && !text[1..].contains(char::is_alphabetic);
        let mut last_quote = None;
        let inner = rest
            .iter()
            .map(|line| line.indent())
            .filter(|indent| *indent > 0);
        let inner = inner.min().unwrap_or(INDENT);
        if !is_block {
            let mut text = text;
            let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
            let last = lines.last().map(|line| line.text.trim_end());
            if let Some(quote) = quote {
                let is_closed =
                    text.len() + rest.len() > 1 && last.is_some_and(|last| last.ends_with(quote));
                let doubled = [quote, quote].iter().collect::<String>();
                let is_escaped = lines.iter().any(|line| match quote {
                    '"' => line.text.contains('\\'),
                    _ => line
                        .text
                        .trim_end()
                        .trim_end_matches(quote)
                        .contains(&doubled),
                });
                // Without its quotes the text would not be the one that was meant.
                if !is_closed || is_escaped {
                    return None;
                }
                text = &text[1..];
                match rest.last() {
                    None => text = text.strip_suffix(quote).unwrap_or(text),
                    Some(last) => {
                        let end = last.start + last.text.trim_end().len();
                        last_quote = Some(ByteRange::new(end - 1, end));
                    }
                }
            }
            let end = first_line_end(source);
            let below = if text.is_empty() {
                String::new()
            } else {
                format!("{end}{}{text}", " ".repeat(INDENT))
            };
            let blank = if value.is_empty() { " " } else { "" };
            edits.push(TextEdit {
                range: value,
                new_text: format!("{blank}|-{below}"),
            });
        }
        let least = rest.iter().map(|line| line.indent()).min().unwrap_or(0);
        for line in rest {
            let pad = match is_block {
                true if line.indent() == 0 => inner,
                true => 0,
                false => INDENT.saturating_sub(least),
            };
            let has_tabs = line.text[..line.indent()].contains('\t');
            if pad > 0 || has_tabs {
                let blanks = line.text[..line.indent()].replace('\t', "  ");
                edits.push(TextEdit {
                    range: ByteRange::new(line.start, line.start + line.indent()),
                    new_text: " ".repeat(pad) + &blanks,
                });
            }
        }
        edits.extend(last_quote.map(|range| TextEdit {
            range,
            new_text: String::new(),
        }));
        Some(Mend {
            edits,
            is_quoting: false,
            is_block: true,
        })
    }
}

/// Lines below a key: those that are at fault by themselves get quotes, tabs become blanks.
fn nested(source: &str, lines: &[Line<'_>]) -> Option<Mend> {
    let mut edits = Vec::new();
    for line in lines {
        let indent = line.indent();
        if line.text[..indent].contains('\t') {
            edits.push(TextEdit {
                range: ByteRange::new(line.start, line.start + indent),
                new_text: line.text[..indent].replace('\t', "  "),
            });
        }
        let text = &line.text[indent..];
        if yaml::parse(text, 0).1.is_none() {
            continue;
        }
        let item = text
            .strip_prefix("- ")
            .map_or(0, |rest| text.len() - rest.trim_start().len());
        let colon = text[item..].find(": ").map_or(item, |at| item + at + 1);
        let value = value_after(*line, indent + colon);
        let (new_text, _) = mended(value.of(source), true)?;
        edits.push(TextEdit {
            range: value,
            new_text,
        });
    }
    Some(Mend {
        is_quoting: !edits.is_empty() && edits.iter().all(|edit| !edit.new_text.trim().is_empty()),
        edits,
        is_block: false,
    })
}

/// What stands on a line after a place in it, without the blanks around.
fn value_after(line: Line<'_>, at: usize) -> ByteRange {
    let rest = &line.text[at..];
    let start = line.start + at + rest.len() - rest.trim_start().len();
    ByteRange::new(
        start.min(line.start + line.text.len()),
        start + rest.trim().len(),
    )
}

/// Whether the value of a key is text for all that is known.
fn is_text(key: &str, data: &KindData) -> bool {
    let kind = data.key(key).map(|key| key.kind);
    kind.is_none_or(|kind| matches!(kind, KeyType::Text | KeyType::Name))
}

/// The bracket that a list or mapping of one line lacks, where nothing else is wrong with it.
fn closing(value: &str) -> Option<char> {
    let closing = match value.as_bytes().first()? {
        b'[' => ']',
        b'{' => '}',
        _ => return None,
    };
    let closed = format!("{value}{closing}");
    yaml::parse(&closed, 0).1.is_none().then_some(closing)
}

/// The bracket that the value of a key lacks, where that is no text.
pub(super) fn missing_bracket(key: &str, value: &str, data: &KindData) -> Option<char> {
    closing(value).filter(|_| !is_text(key, data))
}

/// A value of one line that is not YAML as it should have been written, and whether that only
/// puts it into quotes. A list or mapping stays one.
fn mended(value: &str, is_text: bool) -> Option<(String, bool)> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inner = &value[1..];
        let inner = match inner.strip_suffix(quote) {
            Some(inner) => inner,
            // What is in quotes is only a part of the text.
            None if inner.contains(quote) => return Some((quoted(value), false)),
            None => inner,
        };
        return (!inner.contains('\\') && !inner.is_empty()).then(|| (quoted(inner), false));
    }
    if !is_text && value.starts_with(['[', '{']) {
        return closing(value).map(|closing| (format!("{value}{closing}"), false));
    }
    (!value.is_empty()).then(|| (quoted(value), true))
}
