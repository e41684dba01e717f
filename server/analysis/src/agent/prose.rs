//! Names in prose: what the marks and words around a name make of it.
//!
//! One pass over the text, without the inline grammar: the bytes on both sides of a name say
//! which form it has. Everything that is looked back or ahead for is bounded.

use std::borrow::Cow;

use super::mention::{Form, Mention};
use super::name::{self, Name};
use super::section::{Place, Section};
use crate::limits::MAX_PATH_CHARS;
use crate::text::ByteRange;

/// How far before a name, in bytes, the words are read that give it its form.
pub(super) const REACH: usize = 160;

/// How many words may stand between a verb and its "to" or "with".
const GAP: usize = 8;

/// Longest name that is looked for in prose, in bytes. Hosts refuse names far shorter.
const MAX_NAME_BYTES: usize = 128;

/// Most words of a name in title case.
const MAX_TITLE_WORDS: usize = 6;

/// Adds what a run of prose names. `@x`, `/x` and paths are found elsewhere.
pub(super) fn scan(source: &str, range: ByteRange, place: Place, mentions: &mut Vec<Mention>) {
    let text = range.of(source);
    let mut scan = Scan {
        text,
        base: range.start as usize,
        place,
        previous: None,
        mentions,
    };
    let mut at = 0;
    while let Some(word) = next_word(text, at) {
        at = scan.word(word).max(word.end as usize);
    }
}

/// What has the shape of a name of two segments or more in a part of a text.
pub(super) fn kebab_names(text: &str, range: ByteRange) -> Vec<ByteRange> {
    let mut names = Vec::new();
    let mut at = range.start as usize;
    while let Some(word) = next_word(text, at).filter(|word| word.end <= range.end) {
        at = word.end as usize;
        if is_name(word.of(text)) && is_free(text, word) {
            names.push(word);
        }
    }
    names
}

struct Scan<'a> {
    text: &'a str,
    base: usize,
    place: Place,
    /// Where the last name ended, marks included, and its form: "a, b and c" are named alike.
    previous: Option<(usize, Form)>,
    mentions: &'a mut Vec<Mention>,
}

impl Scan<'_> {
    /// Takes the word, or the words that begin with it. Where to go on.
    fn word(&mut self, word: ByteRange) -> usize {
        let written = word.of(self.text);
        let end = word.end as usize;
        if is_name(written) {
            if self.text[..word.start as usize].ends_with('@') {
                return end;
            }
            let marked = Marked::around(self.text, word);
            if (marked.mark != Mark::None || is_free(self.text, word))
                && let Some(form) = self.form(&marked)
            {
                self.previous = Some((marked.end, form));
                self.push(word, form);
            }
            return end;
        }
        if let Some(title) = self.title(word) {
            return title.end as usize;
        }
        self.single(word);
        end
    }

    fn push(&mut self, range: ByteRange, form: Form) {
        self.mentions.push(Mention {
            range: range.shifted(self.base),
            name: Name::new(range.of(self.text)),
            form,
        });
    }

    /// The form of a name of two segments or more: the strongest first.
    fn form(&self, marked: &Marked) -> Option<Form> {
        let before = tail(&self.text[..marked.start], REACH);
        let is_whole = before.len() == marked.start;
        let after = &self.text[marked.end..];
        let clause = clause(before);
        let has_start = is_whole || clause.len() < before.len();
        let together = self.place.is_item || self.place.section == Some(Section::Collaboration);
        let chained = self.previous.and_then(|(end, form)| {
            let between = self.text.get(end..marked.start)?;
            is_chain(between).then_some(form)
        });
        let with_others = if together && has_start && is_bullet(clause) {
            Some(Form::Bullet)
        } else if is_phrase(clause) {
            Some(Form::Phrase)
        } else {
            chained.filter(|form| matches!(form, Form::Bullet | Form::Phrase))
        };
        if with_others.is_some() {
            return with_others;
        }
        if self.place.is_item && self.place.section.is_some() {
            if self.place.section == Some(Section::Collaboration) && marked.is_set_off() {
                return Some(Form::Section);
            }
            let is_item = is_head(before) && is_head_end(marked, after);
            if is_whole && is_item || chained == Some(Form::Item) {
                return Some(Form::Item);
            }
        }
        if is_called_agent(after) {
            return Some(Form::Word);
        }
        if ends_with_arrow(before) || chained == Some(Form::Arrow) {
            return Some(Form::Arrow);
        }
        match marked.mark {
            Mark::Code => Some(Form::Code),
            Mark::Bold => Some(Form::Bold),
            _ if self.place.in_fence => in_fence(before, is_whole, marked, after),
            Mark::Other | Mark::None => Some(Form::Bare),
        }
    }

    /// A single word is a name only before "agent".
    fn single(&mut self, word: ByteRange) {
        let written = word.of(self.text);
        // The cheapest question first: it is asked for every word.
        if !may_be_called_agent(&self.text.as_bytes()[word.end as usize..])
            || written.len() < 3
            || !name::is_word(written)
            || self.text[..word.start as usize].ends_with(['@', '/', '.'])
        {
            return;
        }
        let marked = Marked::around(self.text, word);
        let is_plain = written.bytes().all(|byte| byte.is_ascii_lowercase());
        if (is_plain || marked.is_set_off())
            && (marked.mark != Mark::None || is_free(self.text, word))
            && called_agent(&self.text[marked.end..])
                .is_some_and(|is_many| !is_many || marked.mark != Mark::None)
        {
            self.push(word, Form::Word);
        }
    }

    /// The name in title case that begins with `word`, or with the one after it.
    fn title(&mut self, word: ByteRange) -> Option<ByteRange> {
        if self.place.in_fence || !is_capitalised(word.of(self.text)) {
            return None;
        }
        let mut words = vec![word];
        while let Some(last) = words.last().filter(|_| words.len() <= MAX_TITLE_WORDS) {
            let Some(next) = next_word(self.text, last.end as usize) else {
                break;
            };
            let between = ByteRange::new(last.end as usize, next.start as usize);
            if between.of(self.text) != " " || !is_capitalised(next.of(self.text)) {
                break;
            }
            words.push(next);
        }
        // "Use UX Architect": the verb begins the sentence and not the name.
        if words.len() > 2 && begins_sentence(word.of(self.text)) {
            words.remove(0);
        }
        words.truncate(MAX_TITLE_WORDS);
        let [first, .., last] = words[..] else {
            return None;
        };
        let range = ByteRange::new(first.start as usize, last.end as usize);
        let marked = Marked::around(self.text, range);
        if marked.mark == Mark::None && !is_free(self.text, range) {
            return None;
        }
        let after = &self.text[marked.end..];
        let is_label = marked.colon || after.starts_with([':', '：']);
        let is_set_off = marked.is_set_off() && (!is_label || self.place.section.is_some());
        let form = if is_called_agent(after) {
            Form::Word
        } else if is_set_off || has_role(range.of(self.text)) {
            Form::Title
        } else {
            return None;
        };
        self.push(range, form);
        Some(range)
    }
}

/// Whether the last word of a name in title case says what somebody does.
fn has_role(title: &str) -> bool {
    let last = title.rsplit(' ').next().unwrap_or(title);
    name::has_role_noun(&format!("x-{}", last.to_lowercase()))
}

/// The form of a name without a mark in a fence: the head of an entry, or `agents/x`.
fn in_fence(before: &str, is_whole: bool, marked: &Marked, after: &str) -> Option<Form> {
    let line = before.rsplit('\n').next().unwrap_or(before);
    if !is_whole && line.len() == before.len() {
        return None;
    }
    let is_entry = !line.trim().is_empty() && is_head(line) && is_head_end(marked, after);
    if is_entry {
        Some(Form::Item)
    } else {
        line.ends_with("agents/").then_some(Form::Bare)
    }
}

/// Whether a word of prose can be a name by its shape: `a-b`, `plugin:a-b`, `plugin:folder:a-b`.
fn is_name(written: &str) -> bool {
    // Asked for every word, and most have no hyphen.
    if !written.bytes().any(|byte| byte == b'-' || !byte.is_ascii()) {
        return false;
    }
    let last = written.rsplit(':').next().unwrap_or(written);
    (3..=MAX_NAME_BYTES).contains(&written.len())
        && name::is_kebab(last)
        && written.split(':').all(name::is_word)
        && !matches!(written, "sub-agent" | "sub-agents")
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(|c: char| c.is_uppercase()) && name::is_word(word) && !word.contains('_')
}

/// Words that a sentence about agents begins with, before a name in title case.
fn begins_sentence(word: &str) -> bool {
    const FIRST: &[&str] = &[
        "A", "An", "And", "Ask", "Assign", "By", "Call", "For", "From", "Have", "If", "Invoke",
        "Launch", "Let", "Our", "Run", "Spawn", "The", "To", "Use", "When", "With", "Your",
    ];
    FIRST.contains(&word) || is_consulting(&word.to_lowercase())
}

/// Whether `c` can stand inside a name in prose. Scripts without blanks between words go up
/// to a name from both sides, so their letters end it.
fn is_part(c: char) -> bool {
    c < '\u{2e80}' && name::is_name_char(c)
}

/// The next run of name characters from byte `at` on, without `_` around it; scopes and dots
/// between digits belong to it.
fn next_word(text: &str, at: usize) -> Option<ByteRange> {
    let bytes = text.as_bytes();
    let mut start = at;
    loop {
        let byte = *bytes.get(start)?;
        if byte.is_ascii() {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                break;
            }
            start += 1;
        } else {
            let c = text[start..].chars().next()?;
            if is_part(c) {
                break;
            }
            start += c.len_utf8();
        }
    }
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            end += 1;
        } else if byte.is_ascii() {
            let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
            let goes_on = match byte {
                b'.' => end > start && is_digit(end - 1) && is_digit(end + 1),
                b':' => end > start && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric),
                _ => false,
            };
            if !goes_on {
                break;
            }
            end += 1;
        } else {
            let c = text[end..].chars().next()?;
            if !is_part(c) {
                break;
            }
            end += c.len_utf8();
        }
    }
    let whole = &text[start..end];
    // `\n` of a quoted header value, before a name.
    if start > 0 && bytes[start - 1] == b'\\' && whole.starts_with(['n', 't', 'r']) {
        start += 1;
    }
    let kept = text[start..end].trim_end_matches('_').len();
    let end = if kept == 0 { end } else { start + kept };
    Some(ByteRange::new(start, end))
}

/// Whether nothing that belongs to it goes up to an unmarked name: it is no part of a path, a
/// URL, a variable or a longer word.
fn is_free(text: &str, word: ByteRange) -> bool {
    let (before, after) = (&text[..word.start as usize], &text[word.end as usize..]);
    if before.ends_with('/') || after.starts_with('/') {
        return is_in_slashes(text, word);
    }
    is_opened(before) && is_closed(after)
}

fn is_opened(before: &str) -> bool {
    let Some(last) = before.chars().next_back() else {
        return true;
    };
    match last {
        '(' => !before.ends_with("]("),
        '"' | '\'' | '“' | '‘' | ',' | ';' | '—' | '–' | '[' | '*' | '>' | '|' | '→' | '!'
        | '?' | '`' | '~' | '_' | '•' | '·' | '+' | '&' => true,
        'n' | 't' | 'r' => before[..before.len() - 1].ends_with('\\'),
        _ => last.is_whitespace() || last >= '\u{2e80}',
    }
}

fn is_closed(after: &str) -> bool {
    let mut rest = after.chars();
    match rest.next() {
        None => true,
        Some('.') => !rest.next().is_some_and(char::is_alphanumeric),
        Some(':') => !after.starts_with("://"),
        Some('<') => rest.next() == Some('/'),
        Some('\\') => matches!(rest.next(), Some('n' | '"' | '\\')),
        Some(c) => {
            c.is_whitespace()
                || c >= '\u{2e80}'
                || matches!(
                    c,
                    '(' | ')'
                        | ']'
                        | '"'
                        | '\''
                        | '’'
                        | '”'
                        | ','
                        | ';'
                        | '!'
                        | '?'
                        | '*'
                        | '—'
                        | '–'
                        | '|'
                        | '`'
                        | '~'
                        | '_'
                        | '→'
                        | '…'
                        | '+'
                        | '&'
                )
        }
    }
}

/// Whether a name beside a slash is one of several (`api-designer/api-tester`) or the last part
/// of `agents/x`; else it is a part of a path.
fn is_in_slashes(text: &str, word: ByteRange) -> bool {
    let is_joined = |c: char| is_part(c) || c == '/';
    let before = tail(&text[..word.start as usize], REACH);
    let head = before.len() - before.trim_end_matches(is_joined).len();
    let start = word.start as usize - head;
    let rest = &text[word.end as usize..];
    let goes_on = rest
        .char_indices()
        .take(REACH)
        .take_while(|(_, c)| is_joined(*c))
        .last();
    let end = word.end as usize + goes_on.map_or(0, |(at, c)| at + c.len_utf8());
    let joined = &text[start..end];
    if !is_opened(&text[..start]) || !is_closed(&text[end..]) {
        return false;
    }
    // The nouns of the others are asked and not its own, so that it can be called anything.
    let written = word.of(text);
    let mut others = joined.split('/').filter(|part| *part != written).peekable();
    let is_list = others.peek().is_some()
        && others.all(|part| name::is_kebab(part) && name::has_role_noun(part));
    let is_last = end == word.end as usize;
    (is_last && (joined.starts_with("agents/") && joined.matches('/').count() == 1)) || is_list
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Code,
    Bold,
    /// Quotes, a link, italics.
    Other,
}

/// A name with the markup that holds it and nothing else.
struct Marked {
    start: usize,
    end: usize,
    /// The mark that says most.
    mark: Mark,
    /// Whether a colon stands inside the marks: `**x:** what it does`.
    colon: bool,
}

impl Marked {
    /// Whether it is set off from the sentence as a name is.
    fn is_set_off(&self) -> bool {
        matches!(self.mark, Mark::Code | Mark::Bold)
    }

    fn around(text: &str, name: ByteRange) -> Self {
        const PAIRS: &[(&str, &str, Mark)] = &[
            ("`", "`", Mark::Code),
            ("**", "**", Mark::Bold),
            ("__", "__", Mark::Bold),
            ("\"", "\"", Mark::Other),
            ("'", "'", Mark::Other),
            ("“", "”", Mark::Other),
            ("‘", "’", Mark::Other),
            ("*", "*", Mark::Other),
            ("_", "_", Mark::Other),
        ];
        let mut marked = Self {
            start: name.start as usize,
            end: name.end as usize,
            mark: Mark::None,
            colon: false,
        };
        // Every turn takes a pair, so it ends with the text; a name has few around it.
        for _ in 0..6 {
            let (before, after) = (&text[..marked.start], &text[marked.end..]);
            let after_colon = after.strip_prefix(':').filter(|_| !marked.colon);
            let pair = PAIRS.iter().find(|(open, close, _)| {
                before.ends_with(open)
                    && (after.starts_with(close)
                        || after_colon.is_some_and(|rest| rest.starts_with(close)))
            });
            if let Some((open, close, mark)) = pair {
                let has_colon = !after.starts_with(close);
                marked.start -= open.len();
                marked.end += close.len() + usize::from(has_colon);
                marked.colon |= has_colon;
                if matches!(marked.mark, Mark::None | Mark::Other) {
                    marked.mark = *mark;
                }
            } else if before.ends_with('[')
                && let Some(target) = after.strip_prefix("](")
                && let Some(length) = target
                    .bytes()
                    .take(MAX_PATH_CHARS)
                    .position(|byte| byte == b')')
            {
                marked.start -= 1;
                marked.end += "](".len() + length + 1;
                if marked.mark == Mark::None {
                    marked.mark = Mark::Other;
                }
            } else {
                break;
            }
        }
        marked
    }
}

/// The last `bytes` of a text, or a few less.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// What stands before a name in its clause.
fn clause(before: &str) -> &str {
    let mut start = 0;
    let bytes = before.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let is_end = match byte {
            b'\n' | b'\r' | b';' => true,
            b'.' | b'!' | b'?' => bytes
                .get(at + 1)
                .is_none_or(|next| next.is_ascii_whitespace()),
            b'-' => bytes[..at].ends_with(b" ") && bytes.get(at + 1) == Some(&b' '),
            _ => false,
        };
        if is_end {
            start = at + 1;
        }
    }
    &before[start..]
}

/// The words of a text in lower case.
fn words(text: &str) -> impl DoubleEndedIterator<Item = Cow<'_, str>> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .map(|word| word.trim_matches(['-', '\'']))
        .filter(|word| !word.is_empty())
        .map(|word| {
            if word.chars().any(char::is_uppercase) {
                Cow::Owned(word.to_lowercase())
            } else {
                Cow::Borrowed(word)
            }
        })
}

/// Verbs of working together that a bullet begins with, in lower case.
const BULLET_VERBS: &[&str] = &[
    "align",
    "assist",
    "collaborate",
    "consult",
    "coordinate",
    "cooperate",
    "defer",
    "delegate",
    "engage",
    "escalate",
    "guide",
    "handoff",
    "help",
    "integrate",
    "interface",
    "involve",
    "liaise",
    "pair",
    "partner",
    "route",
    "support",
    "sync",
    "team",
    "work",
];

/// Whether a bullet begins with a verb of working together and goes on with the name:
/// `Collaborate with`, `Work closely with`, `Support`.
fn is_bullet(clause: &str) -> bool {
    // "**Schemas**: work with"
    let clause = clause.rsplit(": ").next().unwrap_or(clause);
    let mut words = words(clause).filter(|word| &**word != "x" && !is_number(word));
    let Some(verb) = words.next() else {
        return false;
    };
    let mut verb = &*verb;
    // "Works with", "Collaborates with"
    if let Some(stem) = verb.strip_suffix('s')
        && BULLET_VERBS.contains(&stem)
    {
        verb = stem;
    }
    let is_hand_off = verb == "hand" || verb == "hands";
    (BULLET_VERBS.contains(&verb) || is_hand_off)
        && words.all(|word| {
            matches!(
                &*word,
                "with"
                    | "to"
                    | "from"
                    | "by"
                    | "the"
                    | "a"
                    | "an"
                    | "our"
                    | "closely"
                    | "directly"
                    | "off"
                    | "over"
                    | "up"
                    | "and"
            )
        })
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a sentence comes to a name with a verb that gives work away: `delegate x to`,
/// `coordinate with`, `consult`.
fn is_phrase(clause: &str) -> bool {
    let mut words = words(clause)
        .rev()
        .skip_while(|word| is_article(word))
        .peekable();
    let Some(last) = words.next() else {
        return false;
    };
    if is_consulting(&last) {
        return true;
    }
    let is_to = match &*last {
        "to" => true,
        "with" => false,
        _ => return false,
    };
    let mut later = Cow::Borrowed("");
    for word in words.take(GAP) {
        // Another "to" or "with" has taken the verb.
        if matches!(&*word, "to" | "with") {
            return false;
        }
        let is_hand = matches!(&*word, "hand" | "hands" | "handing" | "handed")
            && matches!(&*later, "off" | "over");
        if is_to && (gives(&word) || is_hand) || !is_to && (joins(&word) || is_consulting(&word)) {
            return true;
        }
        later = word;
    }
    false
}

fn is_article(word: &str) -> bool {
    matches!(
        word,
        "the" | "a" | "an" | "our" | "your" | "specialized" | "appropriate"
    )
}

fn gives(word: &str) -> bool {
    ["delegat", "escalat", "handoff", "hand-off"]
        .iter()
        .any(|stem| word.starts_with(stem))
        || matches!(
            word,
            "defer"
                | "defers"
                | "deferred"
                | "deferring"
                | "route"
                | "routes"
                | "routed"
                | "routing"
        )
}

fn joins(word: &str) -> bool {
    word.starts_with("coordinat")
        || word.starts_with("collaborat")
        || matches!(word, "partner" | "partners" | "partnered" | "partnering")
}

fn is_consulting(word: &str) -> bool {
    matches!(
        word,
        "consult" | "consults" | "consulting" | "engage" | "engages" | "engaging"
    )
}

/// Whether what stands between two names only lists them.
fn is_chain(between: &str) -> bool {
    if between.len() > REACH {
        return false;
    }
    let mut rest = between.trim();
    if rest.starts_with('(') {
        let Some((_, after)) = rest.split_once(')') else {
            return false;
        };
        rest = after;
    }
    !rest.is_empty()
        && !rest.contains('\n')
        && rest
            .split([' ', ','])
            .filter(|word| !word.is_empty())
            .all(|word| {
                matches!(
                    word,
                    "and"
                        | "or"
                        | "and/or"
                        | "/"
                        | "+"
                        | "&"
                        | "then"
                        | "the"
                        | "→"
                        | "->"
                        | "agent"
                )
            })
}

/// Whether before the head of a list item there is nothing but marks.
fn is_head(before: &str) -> bool {
    before.chars().all(|c| !c.is_alphabetic() || c == 'x') && before.matches('x').count() <= 1
}

/// Whether the head of a list item ends after a name.
fn is_head_end(marked: &Marked, after: &str) -> bool {
    let rest = after.trim_start_matches(' ');
    marked.colon
        || rest.is_empty()
        || rest.starts_with([
            ':', '：', '-', '–', '—', '(', ',', '→', '\n', '\r', '|', '/', '+',
        ])
        || is_called_agent(after)
}

/// Whether a name is followed by "agent", "subagents" and the like.
fn is_called_agent(after: &str) -> bool {
    called_agent(after).is_some()
}

/// Whether the "agent" or "subagent" that follows a name speaks of many; `None` where neither
/// does.
fn called_agent(after: &str) -> Option<bool> {
    let rest = after_gap(after)?.trim_start_matches(['*', '`']);
    let behind = ["agent", "subagent", "sub-agent"].iter().find_map(|word| {
        let (head, behind) = rest.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some(behind)
    })?;
    let one = behind.strip_prefix(['s', 'S']);
    (!one.unwrap_or(behind).starts_with(is_part)).then_some(one.is_some())
}

/// What follows blanks with at most one line end among them; `None` where there are none.
fn after_gap(text: &str) -> Option<&str> {
    let line = text.trim_start_matches([' ', '\t']);
    let next = line.strip_prefix("\r\n");
    let next = next.or_else(|| line.strip_prefix(['\n', '\r']));
    let rest = next.map_or(line, |next| next.trim_start_matches([' ', '\t']));
    (rest.len() < text.len()).then_some(rest)
}

/// Whether "agent" can stand behind the marks that follow a word: cheap, and rarely so.
fn may_be_called_agent(after: &[u8]) -> bool {
    let word = after
        .iter()
        .take(REACH)
        .position(|byte| byte.is_ascii_alphabetic());
    word.is_some_and(|at| at > 0 && matches!(after[at] | 0x20, b'a' | b's'))
}

fn ends_with_arrow(before: &str) -> bool {
    let before = before.trim_end();
    ["→", "->", "=>", "⇒", "➜", "➔", "⟶", "►", "▶"]
        .iter()
        .any(|arrow| before.ends_with(arrow))
}

#[cfg(test)]
mod tests {
    use super::super::SourceFile;
    use super::Form;
    use crate::fixture::Fixture;
    use crate::path::{FileId, FilePath};
    use crate::text::ByteRange;

    /// Every mention of the fixture is drawn with its form, and nothing else is.
    #[track_caller]
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let mut found: Vec<(usize, ByteRange, String)> = Vec::new();
        for (at, file) in fixture.files.iter().enumerate() {
            for mention in &file.facts.mentions {
                found.push((at, mention.range, mention.form.label().to_owned()));
            }
        }
        let mut expected = fixture.annotations;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bullet_that_begins_with_a_verb_of_working_together_names_with_whom() {
        check(
            "
- Collaborate with shop-lead on the plan
                   ^^^^^^^^^ bullet
- Work closely with **stock-keeper** and `price-setter`.
                      ^^^^^^^^^^^^ bullet
                                          ^^^^^^^^^^^^ bullet
* Support tax-expert, till-builder or floor-manager
          ^^^^^^^^^^ bullet
                      ^^^^^^^^^^^^ bullet
                                      ^^^^^^^^^^^^^ bullet
1. Supports [shop-lead](https://example.org) in all
             ^^^^^^^^^ bullet
- [ ] Hand off to shop-lead
                  ^^^^^^^^^ bullet
- **Money**: Coordinate with tax-expert
                             ^^^^^^^^^^ bullet
- Sort the shelves with shop-lead
                        ^^^^^^^^^ bare
- Work on multi-tenant things
          ^^^^^^^^^^^^ bare
",
        );
    }

    #[test]
    fn a_sentence_that_gives_work_away_names_to_whom() {
        check(
            "
Delegate the taxes to tax-expert. Consult shop-lead first, and escalate to the `floor-manager`.
                      ^^^^^^^^^^ phrase
                                          ^^^^^^^^^ phrase
                                                                                ^^^^^^^^^^^^^ phrase
Hand off runbooks and till rolls to till-builder / price-setter.
                                    ^^^^^^^^^^^^ phrase
                                                   ^^^^^^^^^^^^ phrase
Collaborating with shop-lead, route money to: tax-expert
                   ^^^^^^^^^ phrase
                                              ^^^^^^^^^^ phrase
Escalate to the owner when it relates to tax-expert; go to stock-keeper.
                                         ^^^^^^^^^^ bare
                                                           ^^^^^^^^^^^^ bare
",
        );
    }

    #[test]
    fn in_a_section_about_working_together_a_marked_name_in_a_bullet_is_one() {
        check(
            "
## Integration with other agents
- For prices, ask `price-setter` and **tax-expert**
                   ^^^^^^^^^^^^ section
                                       ^^^^^^^^^^ section
- For prices, ask till-builder
                  ^^^^^^^^^^^^ bare

### Tools
- `left-pad`
   ^^^^^^^^ code

This agent works effectively with:

- `tax-expert`
   ^^^^^^^^^^ section

Nothing more.

- `tax-expert`
   ^^^^^^^^^^ code
",
        );
    }

    #[test]
    fn the_head_of_an_item_in_a_list_of_agents_is_one() {
        check(
            "
## Available agents
- **tax-expert**: knows taxes and left-pad
    ^^^^^^^^^^ item
                                  ^^^^^^^^ bare
- **till-builder:** builds tills
    ^^^^^^^^^^^^ item
- price-setter (later)
  ^^^^^^^^^^^^ item
- stock-keeper keeps stock
  ^^^^^^^^^^^^ bare
- A `shop-lead`
     ^^^^^^^^^ code
",
        );
    }

    #[test]
    fn a_word_before_agent_is_a_name_and_in_a_description_too() {
        check(
            "
---
name: shop-lead
description: Use the tax-expert agent, or the planner subagent. As shop-lead. \\nprice-setter waits
                     ^^^^^^^^^^ word
                                              ^^^^^^^ word
                                                                   ^^^^^^^^^ bare
                                                                                ^^^^^^^^^^^^ bare
category: left-pad and right-pad
---
The `planner` agent and the **till-builder** sub-agents, the Night Watch agent.
     ^^^^^^^ word
                              ^^^^^^^^^^^^ word
                                                             ^^^^^^^^^^^ word
A planner, the `planner`, agentic-thing.
                          ^^^^^^^^^^^^^ bare
",
        );
    }

    #[test]
    fn arrows_and_at_signs_point_to_names() {
        check(
            r#"
Let @3d-artist draw, @2024-01-01 and @3d wait.
     ^^^^^^^^^ at

money => tax-expert, tills -> `till-builder`, @planner, @agent-shop-lead and `@price-setter`
         ^^^^^^^^^^ arrow
                               ^^^^^^^^^^^^ arrow
                                               ^^^^^^^ at
                                                         ^^^^^^^^^^^^^^^ at
                                                                               ^^^^^^^^^^^^ at
@"Night Watch (agent)", @"tax-expert (agent)", `@dataclass`, me@tax-expert.org, @scope/left-pad
  ^^^^^^^^^^^ at
                          ^^^^^^^^^^ at
"#,
        );
    }

    #[test]
    fn a_bare_name_stands_alone() {
        check(
            "
(shop-lead / tax-expert), \"till-builder\", price-setter's *tax-expert* (see stock-keeper).
 ^^^^^^^^^ bare
             ^^^^^^^^^^ bare
                           ^^^^^^^^^^^^ bare
                                          ^^^^^^^^^^^^ bare
                                                          ^^^^^^^^^^ bare
                                                                           ^^^^^^^^^^^^ bare
https://tax-expert.org/till-builder src/tax-expert/x.rs tax-expert.py --tax-expert $tax-expert
shop-lead/left-pad/x left-pad/right-pad left-pad/shop-lead
                                        ^^^^^^^^ bare
<tax-expert> {tax-expert} tax-expert=1 my_tax-expert tax-expert- tax-expert/a Tax-Expert
agents/tax-expert says, as shop-lead/price-manager do.
       ^^^^^^^^^^ bare
                           ^^^^^^^^^ bare
                                     ^^^^^^^^^^^^^ bare
",
        );
    }

    #[test]
    fn words_in_title_case_are_a_name_where_they_are_set_off_or_end_in_a_role() {
        check(
            "
Use UX Architect, **Night Watch** and Full Stack Developer. Not Night Watch, nor ux architect.
    ^^^^^^^^^^^^ title
                    ^^^^^^^^^^^ title
                                      ^^^^^^^^^^^^^^^^^^^^ title
- **Night Work**: not a name

Team Lead
^^^^^^^^^ title
",
        );
    }

    #[test]
    fn a_command_is_no_path() {
        check(
            "
Run `/check-stock` or (/shop:count), then /review 12.
      ^^^^^^^^^^^ command
                        ^^^^^^^^^^ command
                                           ^^^^^^ command
/etc/hosts and/or /notes.py /users/{id} //x /*y */ `/a/b`
",
        );
    }

    #[test]
    fn a_plugin_may_stand_before_the_name() {
        check(
            "
Delegate to shop:tax-expert, `shop:money:tax-expert`, the shop:planner agent.
            ^^^^^^^^^^^^^^^ phrase
                              ^^^^^^^^^^^^^^^^^^^^^ phrase
",
        );
    }

    #[test]
    fn hyphens_that_do_not_break_and_dots_in_numbers_belong_to_a_name() {
        check(
            "
- Work with api‑pro and powershell-5.1-expert.
            ^^^^^^^^^ bullet
                          ^^^^^^^^^^^^^^^^^^^^^ bullet
使用tax-expert代理。
      ^^^^^^^^^^ bare
",
        );
    }

    #[test]
    fn plain_words_that_are_names_somewhere_name_nobody_in_prose() {
        check("Make a list, `search` it, plan and **review**.\n- Work with review\n");
    }

    #[test]
    fn a_fence_names_whom_its_words_name_and_nobody_else() {
        check(
            "
```yaml
- Hand off the keys to shop-lead
                       ^^^^^^^^^ phrase
- run: left-pad @media the tax-expert agent
                           ^^^^^^^^^^ word
- ask `stock-keeper` and **floor-manager**
       ^^^^^^^^^^^^ code
                           ^^^^^^^^^^^^^ bold
- till-builder: builds tills, as agents/price-setter says
  ^^^^^^^^^^^^ item
                                        ^^^^^^^^^^^^ bare
| [tax-expert](https://rust-lang.org) | taxes |
   ^^^^^^^^^^ item
left-pad: right-pad
```
```
/count-stock now
 ^^^^^^^^^^^ command
cat /left-pad
```
```python
# Delegate to shop-lead
Task(subagent_type=\"shop-lead\")
                    ^^^^^^^^^ subagent-type
```
",
        );
    }

    #[test]
    fn text_in_html_is_read() {
        check(
            "
<example>
I'll use the tax-expert agent.
             ^^^^^^^^^^ word
</example>
",
        );
    }

    #[test]
    fn a_list_in_one_paragraph_is_read_like_one_of_bullets() {
        check(
            "
## Collaboration
Work with shop-lead on plans. Support tax-expert.
          ^^^^^^^^^ bullet
                                      ^^^^^^^^^^ bullet
",
        );
    }

    #[test]
    fn a_cell_names_all_that_it_lists_whatever_the_marks() {
        check(
            "
| Delegate To | When |
|---|---|
| `a-b`, **c-d** / [e-f](e-f.md) or @g-h + i-j -> k-l | when left-pad/x is |
   ^^^ cell
           ^^^ cell
                    ^^^ cell
                         ^^^^^^ link
                                     ^^^ cell
                                           ^^^ cell
                                                  ^^^ cell
| a-b (science-suite) | c-d[^1] agent |
  ^^^ cell
       ^^^^^^^^^^^^^ bare
                        ^^^ cell
| Night Watch agent | |
  ^^^^^^^^^^^ cell
",
        );
    }

    #[test]
    fn every_cell_of_a_table_is_read_for_links_and_names() {
        check(
            "
| Step | left-pad or [plan](plan.md) |
         ^^^^^^^^ bare
                            ^^^^^^^ link
|---|---|
| [a](../a%20b.md#top) [b](https://c.org/d.md) | [c](x y.md) `[d](e.md)` | the tax-expert agent | [f](g.md) |
      ^^^^^^^^^^^ link
                                                       ^^^^ path
                                                                  ^^^^ path
                                                                               ^^^^^^^^^^ word
                                                                                                      ^^^^ link
",
        );
    }

    #[test]
    fn agent_may_stand_on_the_next_line() {
        for line_end in ["\n", "\r\n", "\r", " \r\n  "] {
            let source =
                format!("Ask the planner{line_end}agent, the tax-expert{line_end}**agent**.");
            let file = SourceFile::parse(
                FileId(1),
                FilePath::new("x.md"),
                &source,
                &Default::default(),
            );
            let mentions = file.facts.mentions.iter();
            let found: Vec<_> = mentions.map(|it| (it.name.as_str(), it.form)).collect();
            assert_eq!(
                found,
                [("planner", Form::Word), ("tax-expert", Form::Word)],
                "{line_end:?}"
            );
        }
    }

    #[test]
    fn every_header_key_that_names_somebody_is_read() {
        check(
            "
//- /.claude/commands/team.md
---
agents:
  primary: [shop-lead]
            ^^^^^^^^^ bare
---
//- /.claude/commands/ship.md
---
agent: shop-lead
       ^^^^^^^^^ agent-key
agents: [tax-expert, till-builder]
         ^^^^^^^^^^ header-key
                     ^^^^^^^^^^^^ header-key
delegates_to: shop-lead
              ^^^^^^^^^ header-key
reports_to: shop-lead
            ^^^^^^^^^ peer-key
collaborates_with: [tax-expert]
                    ^^^^^^^^^^ peer-key
skills: count-stock
        ^^^^^^^^^^^ skill-key
command: /count-stock
          ^^^^^^^^^^^ command
handoffs:
  - agent: price-setter
           ^^^^^^^^^^^^ header-key
    prompt: Now let tax-expert count.
                    ^^^^^^^^^^ bare
dependencies: left-pad
tags: [left-pad, right-pad]
personas: [tax-expert, planner]
           ^^^^^^^^^^ bare
agent_type: tax-expert
---
",
        );
    }
}
