//! Whether a host loads a header: yes, only after re-quoting it, or not at all.

use crate::syntax::frontmatter::{self, Header};
use crate::syntax::yaml::{self, Resolved, YamlError};
use crate::text::ByteRange;

/// What the host makes of the header of a file (facts: how Claude Code loads a file, 2.1.90 on).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    /// The outcome.
    pub verdict: Verdict,
    /// The first fault that a strict parse of the header finds, if it finds one. For
    /// [`Verdict::Dropped`] the first fault that the host's quoting does not mend.
    pub error: Option<YamlError>,
    /// For [`Verdict::Requoted`]: the keys whose value the host puts in quotes, in order.
    pub requoted: Vec<RequotedKey>,
    /// The `---` at which the host ends the header although it is no closing line: in a value,
    /// a comment, or at the start of a line of more dashes.
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

/// Models how Claude Code (2.1.90 on) loads the header of `source`.
///
/// The parser is not the host's own. Against the npm package `yaml` 2.9 it is known to be
/// more lenient in two places: a tab before the first key of a header, and items of a
/// bracketed list at column 0. Both load here.
pub fn loading(source: &str) -> Loading {
    match frontmatter::scan(source) {
        Some(header) => loading_of(source, &header),
        None => Loading::without_header(Verdict::None),
    }
}

/// [`loading`] for a header that is already scanned from `source`.
pub fn loading_of(source: &str, header: &Header) -> Loading {
    if header.leading.is_some() {
        return Loading::without_header(Verdict::Late);
    }
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
            verdict: Verdict::Loads,
            error: None,
            requoted: Vec::new(),
            cut,
        };
    };
    let retry = Retry::of(captured, start);
    match yaml::parse(&retry.text, 0).1 {
        None => Loading {
            verdict: Verdict::Requoted,
            error: Some(fault),
            requoted: retry.keys,
            cut,
        },
        // What the host took for a header is a piece of the body: the cause is the missing end.
        Some(_) if meant.is_none() => Loading::without_header(Verdict::Unclosed),
        Some(left) => {
            let error = retry.in_source(&left).unwrap_or(fault);
            Loading {
                verdict: Verdict::Dropped,
                error: Some(error),
                requoted: Vec::new(),
                cut,
            }
        }
    }
}

impl Loading {
    fn without_header(verdict: Verdict) -> Self {
        Self {
            verdict,
            error: None,
            requoted: Vec::new(),
            cut: None,
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

/// The header as the host tries it a second time.
struct Retry {
    text: String,
    keys: Vec<RequotedKey>,
    /// For each line, where it starts here and, unless it was changed, in the source.
    lines: Vec<(usize, Option<usize>)>,
}

impl Retry {
    fn of(captured: &str, base: usize) -> Self {
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
            match Assignment::of(line).filter(|found| found.needs_quotes(line)) {
                Some(found) => {
                    retry.lines.push((here, None));
                    retry.keys.push(found.requoted(line, start));
                    found.quote_into(line, &mut retry.text);
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

    fn requoted(&self, line: &str, start: usize) -> RequotedKey {
        RequotedKey {
            key: ByteRange::new(start, start + self.key_end),
            value: ByteRange::new(start + self.value, start + line.len()),
            changes_type: changes_type(line),
        }
    }

    fn quote_into(&self, line: &str, text: &mut String) {
        text.push_str(&line[..self.key_end]);
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(source: &str, verdict: Verdict) -> Loading {
        let loading = loading(source);
        assert_eq!(loading.verdict, verdict, "{source:?}: {loading:?}");
        loading
    }

    const PLAIN: &str = "---\nname: a\ndescription: Does a.\n---\nBody.\n";
    const COLON: &str = "---\nname: a\ndescription: Use when: b\n---\nBody.\n";

    #[test]
    fn line_ends_and_a_byte_order_mark_decide_with_the_colon() {
        for (source, lf, crlf) in [
            (PLAIN, Verdict::Loads, Verdict::Loads),
            (COLON, Verdict::Requoted, Verdict::Dropped),
        ] {
            check(source, lf);
            check(&source.replace('\n', "\r\n"), crlf);
            check(&format!("\u{feff}{source}"), Verdict::Late);
            check(
                &format!("\u{feff}{}", source.replace('\n', "\r\n")),
                Verdict::Late,
            );
            check(&format!("\n{source}"), Verdict::Late);
            check(
                &format!("\r\n{}", source.replace('\n', "\r\n")),
                Verdict::Late,
            );
        }
    }

    #[test]
    fn text_alone_has_no_header() {
        check("", Verdict::None);
        check("# Title\n\nname: a\n", Verdict::None);
        check("---\n\nProse.\n\nMore.\n", Verdict::None);
        check("    ---\n    name: a\n    ---\n", Verdict::None);
    }

    #[test]
    fn a_header_can_end_with_the_file_or_never() {
        check("---\nname: a\n---", Verdict::Loads);
        check("---  \nname: a\n---\t", Verdict::Loads);
        check("---\n---\n", Verdict::Loads);
        check("---\nname: a\n", Verdict::Unclosed);
        check(
            "---\nname: a\n\n# Body\n\n| a |\n|---|\n",
            Verdict::Unclosed,
        );
    }

    #[test]
    fn three_dashes_end_the_header_wherever_they_stand() {
        let source = "---\nname: a\ndescription: a --- b\n---\n";
        let loading = check(source, Verdict::Loads);
        assert_eq!(loading.cut, Some(ByteRange::new(27, 30)));

        let source = "---\nname: a\ndescription: \"a --- b\"\n---\n";
        let loading = check(source, Verdict::Dropped);
        assert_eq!(loading.cut.map(|cut| cut.of(source)), Some("---"));

        let source = "---\nname: a\n-----\nBody.\n";
        assert_eq!(
            check(source, Verdict::Loads).cut,
            Some(ByteRange::new(12, 15))
        );
        assert_eq!(check(PLAIN, Verdict::Loads).cut, None);
    }

    #[test]
    fn lone_carriage_returns_open_no_header() {
        check("---\rname: a\r---\r", Verdict::None);
        check("---\nname: a\rdescription: b\n---\n", Verdict::Loads);
    }

    #[test]
    fn version_1_2_words_and_repeated_keys_are_no_faults() {
        check("---\nname: yes\nname: no\n<<: *a\n---\n", Verdict::Dropped);
        check("---\nname: yes\nname: no\n---\n", Verdict::Loads);
    }

    #[test]
    fn the_retry_quotes_every_line_with_a_special_character() {
        let source = "---\nname: a\ndescription: Use: b\ntools: [Read, Write]\nmodel: \"x: y\"\nmaxTurns: 3 # c\n---\n";
        let loading = check(source, Verdict::Requoted);
        let lines: Vec<_> = loading
            .requoted
            .iter()
            .map(|line| {
                (
                    line.key.of(source),
                    line.value.of(source),
                    line.changes_type,
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("description", "Use: b", false),
                ("tools", "[Read, Write]", true),
                ("maxTurns", "3 # c", true),
            ]
        );
        let fault = loading.error.unwrap();
        assert_eq!(fault.range.of(source), ":");
        assert_eq!(&*fault.message, "an unquoted `: `");
    }

    #[test]
    fn the_retry_mends_what_quotes_can_mend() {
        check("---\nargument-hint: [a] [b]\n---\n", Verdict::Requoted);
        check(
            "---\ndescription: say \"a\": b \\ c\n---\n",
            Verdict::Requoted,
        );
        check("---\ndescription: @a `b` %c\n---\n", Verdict::Requoted);
        check("---\ndescription: *all\n---\n", Verdict::Requoted);
    }

    #[test]
    fn the_retry_leaves_other_lines_alone() {
        // Indented, a digit in the key, no blank, all in quotes, an odd line end.
        check("---\nmetadata:\n  note: a: b\n---\n", Verdict::Dropped);
        check("---\nkey2: a: b\n---\n", Verdict::Dropped);
        check("---\nname: a\ndescription: 'it's'\n---\n", Verdict::Dropped);
        check("---\ndescription: a: b\u{2028}c\n---\n", Verdict::Dropped);
        check(
            "---\ndescription: a: b\n  and more\n---\n",
            Verdict::Dropped,
        );
    }

    #[test]
    fn a_dropped_header_is_at_fault_where_quotes_do_not_help() {
        let source = "---\nname: a\ndescription: Use: b\n<example>\nuser: c\n---\n";
        let fault = check(source, Verdict::Dropped).error.unwrap();
        assert_eq!(fault.range.of(source), "<example>");
    }

    #[test]
    fn a_bracket_may_close_at_the_start_of_a_line() {
        check("---\ntools: [\n  Read,\n]\n---\n", Verdict::Loads);
    }

    proptest! {
        #[test]
        fn ranges_lie_on_characters(body in "([a-c]: |---|\r\n|[ \n\r:#,'\"|>\\[\\]é😀\u{2028}\u{feff}\u{1}-]|x){0,40}") {
            for source in [format!("---\n{body}"), format!("---\r\n{body}\n---\n"), format!("---\n{body}\n---\n"), body] {
                let loading = loading(&source);
                let requoted = loading.requoted.iter().flat_map(|line| [line.key, line.value]);
                for range in requoted.chain(loading.cut).chain(loading.error.map(|fault| fault.range)) {
                    prop_assert!(source.get(range.range()).is_some(), "{:?} in {:?}", range, source);
                }
            }
        }
    }
}
