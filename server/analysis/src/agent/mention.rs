//! Mentions: the places where a file names an agent or a file, each with its form.
//!
//! Which forms there are, how sure each is and what an unknown name in it means is
//! measured in the facts on references; [`Form`] is where a new one finds its place.

use std::cmp::Reverse;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cell;
use super::name::{self, Name};
use super::prose;
use super::section::Place;
use crate::host::{FileKind, Hosts, Key, KeyType, NamesOf, Role};
use crate::limits;
use crate::syntax::blocks::{Blocks, Fence, InlineBlock, Limit, Skipped};
use crate::syntax::document::Document;
use crate::syntax::frontmatter::{Entry, Header};
use crate::syntax::inline::{self, InlineKind};
use crate::syntax::list;
use crate::syntax::yaml::{self, Node};
use crate::text::ByteRange;

/// What Claude Code puts before a name that it completes after `@`: `@agent-python-pro`.
pub(crate) const AT_PREFIX: &str = "agent-";

/// A place that names an agent, a skill, a command or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The bytes of the name or path alone: no quotes, no markup, no `@` or `/` before it, no
    /// suffix. The scope of a plugin and the `agent-` of `@agent-x` belong to it.
    pub range: ByteRange,
    /// What is named, as written (for [`Form::Link`] and [`Form::Path`] a path).
    pub name: Name,
    /// How it is named.
    pub form: Form,
}

/// The forms of a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// A value of `extends`: a name, a path, or a path suffix.
    Extends,
    /// A value of another header key that names agents (`agents`, `delegates_to`, ...).
    HeaderKey,
    /// A value of a header key that names agents and gives them no work (`reports_to`, ...).
    PeerKey,
    /// The `agent` of a skill or command.
    AgentKey,
    /// A value of `skills`.
    SkillKey,
    /// The `agent` in a host's settings.
    Settings,
    /// The name in `Agent(x)` or `Task(x)` in a list of tools.
    ToolCall,
    /// The value after `subagent_type`.
    SubagentType,
    /// A name in a table cell.
    Cell {
        /// Index into [`super::Body::columns`].
        column: u16,
        /// Whether the cell holds nothing but names.
        whole: bool,
    },
    /// A bullet that begins with a verb of working together: `- Collaborate with x on`.
    Bullet,
    /// A verb that gives work away, in a sentence: `delegate to x`.
    Phrase,
    /// A name in back-ticks or bold in a bullet of a section about working together.
    Section,
    /// The head of a list item in a section that lists agents: `- **x**: what it does`.
    Item,
    /// `the x agent`, `x subagent`
    Word,
    /// `→ x`
    Arrow,
    /// `@x`, `@agent-x`, `@"x (agent)"`
    At,
    /// `` `x` ``
    Code,
    /// `**x**`
    Bold,
    /// A kebab name in a sentence, without any mark.
    Bare,
    /// Words in title case: `UX Architect`.
    Title,
    /// `/x`: a command, or a skill that is invoked like one.
    Command,
    /// The destination of a markdown link to a markdown file.
    Link,
    /// A path that ends in `.md`, in back-ticks or bare.
    Path,
}

/// How sure it is that a mention means an agent, from its form alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It does where the name is known, as any text that looks so; else nothing is said of it.
    Possible,
    /// It does, but for a slip of the reader: an unknown name is worth a word.
    Likely,
    /// It can mean nothing else: an unknown name is a fault.
    Certain,
}

impl Form {
    /// Whether it names a file by its path and not an agent by its name.
    pub fn is_path(self) -> bool {
        matches!(self, Form::Link | Form::Path)
    }

    /// Whether it gives work to whom it names, or says that somebody does.
    pub fn is_delegation(self) -> bool {
        !self.is_path()
            && !matches!(
                self,
                Form::Extends
                    | Form::PeerKey
                    | Form::SkillKey
                    | Form::Command
                    | Form::Code
                    | Form::Bold
                    | Form::Bare
                    | Form::Title
            )
    }

    /// How sure it is that an agent is meant.
    pub fn confidence(self) -> Confidence {
        match self {
            Form::Extends
            | Form::HeaderKey
            | Form::PeerKey
            | Form::AgentKey
            | Form::SkillKey
            | Form::Settings
            | Form::ToolCall
            | Form::SubagentType => Confidence::Certain,
            Form::Cell { .. } | Form::Bullet | Form::Phrase | Form::Section | Form::Item => {
                Confidence::Likely
            }
            Form::Word
            | Form::Arrow
            | Form::At
            | Form::Code
            | Form::Bold
            | Form::Bare
            | Form::Title
            | Form::Command
            | Form::Link
            | Form::Path => Confidence::Possible,
        }
    }

    /// What programs call it, in kebab case.
    pub fn label(self) -> &'static str {
        match self {
            Form::Extends => "extends",
            Form::HeaderKey => "header-key",
            Form::PeerKey => "peer-key",
            Form::AgentKey => "agent-key",
            Form::SkillKey => "skill-key",
            Form::Settings => "settings",
            Form::ToolCall => "tool-call",
            Form::SubagentType => "subagent-type",
            Form::Cell { .. } => "cell",
            Form::Bullet => "bullet",
            Form::Phrase => "phrase",
            Form::Section => "section",
            Form::Item => "item",
            Form::Word => "word",
            Form::Arrow => "arrow",
            Form::At => "at",
            Form::Code => "code",
            Form::Bold => "bold",
            Form::Bare => "bare",
            Form::Title => "title",
            Form::Command => "command",
            Form::Link => "link",
            Form::Path => "path",
        }
    }
}

/// Header keys whose values name agents. `extends` and `agent` have forms of their own.
pub(crate) const AGENT_KEYS: &[&str] = &[
    "agents",
    "handoff_agents",
    "delegates_to",
    "collaborates_with",
    "reports_to",
];

/// Those of [`AGENT_KEYS`] that say who works beside or above this agent.
const PEER_KEYS: &[&str] = &["collaborates_with", "reports_to"];

/// Header keys whose values look like names of agents or like sentences and are neither.
const NO_PROSE: &[&str] = &[
    "agent_type",
    "category",
    "color",
    "dependencies",
    "keywords",
    "model",
    "name",
    "tags",
];

/// Sorts mentions and drops each that overlaps an earlier or longer one, so that a place
/// has one meaning; of several with one range the surest stays. Equal names share their text.
pub(super) fn settle(mentions: &mut Vec<Mention>) {
    mentions.sort_by_key(|mention| {
        let Mention { range, form, .. } = mention;
        (
            range.start,
            Reverse(range.end),
            Reverse(form.confidence()),
            *form,
        )
    });
    let mut end = 0;
    mentions.retain(|mention| {
        let keep = mention.range.start >= end && !mention.range.is_empty();
        if keep {
            end = mention.range.end;
        }
        keep
    });
    let mut names = FxHashSet::<Name>::default();
    for mention in mentions {
        match names.get(&mention.name) {
            Some(name) => mention.name = name.clone(),
            None => _ = names.insert(mention.name.clone()),
        }
    }
}

/// Mentions in the values of header keys.
pub(super) fn in_header(
    header: &Header,
    kind: FileKind,
    source: &str,
    mentions: &mut Vec<Mention>,
) {
    let host = Hosts::builtin().data(kind);
    for entry in &header.entries {
        let known = host.and_then(|host| host.key(&entry.key));
        match (&*entry.key, known) {
            ("extends", _) => names(source, entry.value_range, Form::Extends, mentions),
            (_, Some(key)) if tells(key) => {
                let form = if key.is_of(KeyType::Names) {
                    Form::HeaderKey
                } else {
                    Form::AgentKey
                };
                in_value(key, form, source, entry.value_range, &entry.value, mentions);
            }
            (name, _) => in_community_key(name, kind, source, entry, mentions),
        }
    }
}

/// Whether the data of a host say what the value of a key names.
fn tells(key: &Key) -> bool {
    key.names.is_some()
        || key.names_in_keys.is_some()
        || key.is_of(KeyType::Tools)
        || key.items.iter().chain(&key.members).any(tells)
}

/// Mentions in the value of a key, as the data of a host say; names of agents have the form `agents`.
fn in_value(
    key: &Key,
    agents: Form,
    source: &str,
    range: ByteRange,
    value: &Node,
    mentions: &mut Vec<Mention>,
) {
    let form = |of| match of {
        NamesOf::Agents => agents,
        NamesOf::Skills => Form::SkillKey,
    };
    if let Some(of) = key.names {
        return names(source, range, form(of), mentions);
    }
    if let Some(of) = key.names_in_keys {
        for (name, _) in value.pairs() {
            let is_pattern = name.as_str().is_none_or(|name| name.contains(['*', '?']));
            if !is_pattern {
                names(source, name.range, form(of), mentions);
            }
        }
        return;
    }
    if key.is_of(KeyType::Tools) {
        return tool_calls(source, range, mentions);
    }
    if key.kind == KeyType::Text {
        return in_prose(source, range, Place::default(), mentions);
    }
    let of_items = value.items().iter().map(|item| (&key.items, item));
    for (keys, mapping) in of_items.chain([(&key.members, value)]) {
        for (name, value) in mapping.pairs() {
            let known = keys.iter().find(|key| Some(&*key.name) == name.as_str());
            if let Some(key) = known {
                in_value(key, Form::HeaderKey, source, value.range, value, mentions);
            }
        }
    }
}

/// Mentions in the value of a key of which the host knows nothing, by what people use it for.
fn in_community_key(
    key: &str,
    kind: FileKind,
    source: &str,
    entry: &Entry,
    mentions: &mut Vec<Mention>,
) {
    match key {
        "agent" if matches!(kind.role, Role::Skill | Role::Command | Role::Prompt) => {
            names(source, entry.value_range, Form::AgentKey, mentions);
        }
        "handoffs" => handoffs(source, &entry.value, mentions),
        "tools" | "disallowedTools" | "allowed-tools" | "disallowed-tools" => {
            tool_calls(source, entry.value_range, mentions);
        }
        "skills" => names(source, entry.value_range, Form::SkillKey, mentions),
        // Below it may be keys of its own: `agents: {primary: [x]}`.
        key if AGENT_KEYS.contains(&key) && entry.value.pairs().is_empty() => {
            let form = if PEER_KEYS.contains(&key) {
                Form::PeerKey
            } else {
                Form::HeaderKey
            };
            names(source, entry.value_range, form, mentions);
        }
        key if NO_PROSE.contains(&key) => {}
        _ => in_prose(source, entry.value_range, Place::default(), mentions),
    }
}

fn names(source: &str, range: ByteRange, form: Form, mentions: &mut Vec<Mention>) {
    for item in list::names(source, range)
        .into_iter()
        .flat_map(|list| list.items)
    {
        if !item.range.is_empty() && &*item.text != "*" {
            mentions.push(Mention {
                range: item.range,
                name: Name::new(&item.text),
                form,
            });
        }
    }
}

/// The `agent` of a host's settings. JSON is YAML, so one parser reads both.
pub(super) fn in_settings(source: &str, mentions: &mut Vec<Mention>) {
    let (node, _) = yaml::parse(source, 0);
    let agent = node.as_ref().and_then(|node| node.get("agent"));
    if let Some(agent) = agent.filter(|agent| agent.as_str().is_some()) {
        names(source, agent.range, Form::Settings, mentions);
    }
}

/// `handoffs: [{label: …, agent: x}]`
fn handoffs(source: &str, value: &Node, mentions: &mut Vec<Mention>) {
    for item in value.items() {
        if let Some(agent) = item.get("agent") {
            names(source, agent.range, Form::HeaderKey, mentions);
        }
        if let Some(prompt) = item.get("prompt") {
            in_prose(source, prompt.range, Place::default(), mentions);
        }
    }
}

/// The names in `Agent(a, b)`, `Task(a)` and `Skill(a)`.
fn tool_calls(source: &str, range: ByteRange, mentions: &mut Vec<Mention>) {
    for item in list::names(source, range)
        .into_iter()
        .flat_map(|list| list.items)
    {
        let text = item.range.of(source);
        let mut read = 0;
        // Where blanks part the tools, an item holds several.
        while let Some(open) = text[read..].find('(').map(|at| read + at) {
            let tool = text[read..open].trim_end();
            let tool = tool.rsplit(char::is_whitespace).next().unwrap_or(tool);
            let inside = &text[open + 1..];
            let inside = &inside[..inside.find(')').unwrap_or(inside.len())];
            read = open + 1 + inside.len();
            let form = match tool {
                "Agent" | "Task" => Form::ToolCall,
                "Skill" => Form::SkillKey,
                _ => continue,
            };
            names_in_brackets(
                source,
                item.range.start as usize + open + 1,
                inside,
                form,
                mentions,
            );
        }
    }
}

/// Names that commas part, without quotes; `*` and what follows a blank are none.
fn names_in_brackets(
    source: &str,
    mut at: usize,
    inside: &str,
    form: Form,
    mentions: &mut Vec<Mention>,
) {
    for part in inside.split(',') {
        let blanks = part.len() - part.trim_start().len();
        let mut name = part.trim().trim_matches(['"', '\'']);
        if form == Form::SkillKey {
            name = name.split([' ', '*']).next().unwrap_or(name);
        }
        let offset = part.find(name).unwrap_or(blanks);
        if !name.is_empty() && name != "*" {
            let range = ByteRange::new(at + offset, at + offset + name.len());
            debug_assert_eq!(range.of(source), name);
            mentions.push(Mention {
                range,
                name: Name::new(name),
                form,
            });
        }
        at += part.len() + 1;
    }
}

/// What stands before the name of an agent that is called.
pub(super) const CALL_KEY: &str = "subagent_type";

/// `subagent_type: x` and `subagent_type="x"` wherever they stand, code fences included.
pub(super) fn in_calls(source: &str, mentions: &mut Vec<Mention>) {
    for at in memmem::find_iter(source.as_bytes(), CALL_KEY) {
        let after = at + CALL_KEY.len();
        if let Some(range) = call_value(source, after) {
            mentions.push(Mention {
                range,
                name: Name::new(range.of(source)),
                form: Form::SubagentType,
            });
        }
    }
}

/// The value after `subagent_type`, whose last byte is before `after`; empty where it is still to be typed.
pub(crate) fn call_value(source: &str, after: usize) -> Option<ByteRange> {
    let bytes = source.as_bytes();
    let mut at = after;
    let skip = |at: &mut usize, set: &[u8]| {
        while bytes.get(*at).is_some_and(|byte| set.contains(byte)) {
            *at += 1;
        }
    };
    skip(&mut at, b"\"'`*\\ \t");
    if !matches!(bytes.get(at), Some(b':' | b'=')) {
        return None;
    }
    at += 1;
    skip(&mut at, b"*\\ \t");
    let quote = bytes
        .get(at)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    at += usize::from(quote.is_some());
    let rest = source.get(at..)?;
    let closing = |at: &usize| !matches!(rest.as_bytes()[*at], b'\n' | b'\r');
    let in_quotes = quote
        .and_then(|_| rest.find(['"', '\'', '`', '\\', '\n', '\r']))
        .filter(closing);
    let length = in_quotes
        .or_else(|| rest.find(|c: char| !name::is_name_char(c) && c != ':' && c != '.'))
        .unwrap_or(rest.len());
    let value = rest[..length].trim_end_matches(['.', ':', ' ']);
    Some(ByteRange::new(at, at + value.len()))
}

/// What runs of prose name, by their text and place, so that a key reads anew only the run that
/// it is in.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembered(FxHashMap<u64, Arc<[Mention]>>);

/// What reads prose, and remembers what it read where the text will be edited.
pub(super) struct Reader<'a> {
    before: Option<&'a Remembered>,
    /// Of this reading alone, so that what is gone from the text is forgotten.
    pub(super) now: Remembered,
}

impl<'a> Reader<'a> {
    /// Remembers, and knows what was remembered `before`.
    pub(super) fn after(before: &'a Remembered) -> Self {
        Self {
            before: Some(before),
            now: Remembered::default(),
        }
    }

    /// Remembers nothing.
    pub(super) fn once() -> Self {
        Self {
            before: None,
            now: Remembered::default(),
        }
    }

    fn prose(&mut self, source: &str, range: ByteRange, place: Place, mentions: &mut Vec<Mention>) {
        let Some(before) = self.before else {
            return prose_at(source, range, place, mentions);
        };
        // Not the hasher of the maps: two texts of one hash would have each other's names.
        let mut hasher = DefaultHasher::new();
        (place, range.of(source)).hash(&mut hasher);
        let key = hasher.finish();
        let base = range.start as usize;
        let found = before.0.get(&key).cloned().unwrap_or_else(|| {
            let mut found = Vec::new();
            prose_at(source, range, place, &mut found);
            for mention in &mut found {
                mention.range = ByteRange {
                    start: mention.range.start - range.start,
                    end: mention.range.end - range.start,
                };
            }
            found.into()
        });
        mentions.extend(found.iter().map(|mention| Mention {
            range: mention.range.shifted(base),
            ..mention.clone()
        }));
        self.now.0.insert(key, found);
    }
}

fn prose_at(source: &str, range: ByteRange, place: Place, mentions: &mut Vec<Mention>) {
    if place.in_fence {
        prose::scan(source, range, place, mentions);
    } else {
        in_prose(source, range, place, mentions);
    }
}

/// What one paragraph or heading names.
pub(super) fn in_block(
    block: &InlineBlock,
    place: Place,
    document: &mut Document,
    source: &str,
    reader: &mut Reader<'_>,
    mentions: &mut Vec<Mention>,
    skipped: &mut Vec<Skipped>,
) {
    reader.prose(source, block.range, place, mentions);
    // The inline grammar is the dear part: ask it only where its answer can hold a link.
    let text = block.range.of(source);
    let may_link = memmem::find(text.as_bytes(), b"](").is_some() && text.contains(".md");
    if !may_link || !inline::wanted(text) {
        return;
    }
    let parsed = document.inline_spans(block);
    if !parsed.complete {
        skipped.push(Skipped {
            range: block.range,
            limit: Limit::InlineTime,
        });
    }
    for span in parsed.spans.iter() {
        let InlineKind::Link { destination, .. } = span.kind else {
            continue;
        };
        mentions.extend(link(source, destination));
    }
}

/// The markdown file that the destination of a link leads to.
fn link(source: &str, destination: ByteRange) -> Option<Mention> {
    let target = destination.of(source);
    let path = target.split(['#', '?']).next().unwrap_or(target);
    let start = destination.start as usize;
    (path.ends_with(".md") && !path.contains("://")).then(|| Mention {
        range: ByteRange::new(start, start + path.len()),
        name: Name::new(path),
        form: Form::Link,
    })
}

/// The links in a cell, which the inline grammar does not read: `[x](x.md)`, code apart.
pub(super) fn links_in_cell(source: &str, content: ByteRange, mentions: &mut Vec<Mention>) {
    let text = content.of(source);
    let mut is_code = false;
    let mut read = 0;
    for at in memmem::find_iter(text.as_bytes(), "](") {
        let ticks = memchr::memchr_iter(b'`', &text.as_bytes()[read..at]).count();
        is_code ^= ticks % 2 == 1;
        read = at;
        let start = at + "](".len();
        let end = text[start..].find([')', ' ', '\t']);
        let Some(end) = end.map(|length| start + length) else {
            return;
        };
        if !is_code && text[end..].starts_with(')') {
            let destination = ByteRange::new(start, end).shifted(content.start as usize);
            mentions.extend(link(source, destination));
        }
    }
}

/// What a run of prose names, links apart.
pub(super) fn in_prose(source: &str, range: ByteRange, place: Place, mentions: &mut Vec<Mention>) {
    at_names(source, range, mentions);
    paths(source, range, mentions);
    commands(source, range, mentions);
    prose::scan(source, range, place, mentions);
}

/// What stands between the blocks that were read: the text in HTML, which the grammar leaves
/// alone, and indented code.
pub(super) fn between(
    blocks: &Blocks,
    body_start: usize,
    source: &str,
    reader: &mut Reader<'_>,
    mentions: &mut Vec<Mention>,
) {
    let inlines = blocks.inlines.iter().map(|block| block.range);
    let tables = blocks.tables.iter().map(|table| table.range);
    let fences = blocks.fences.iter().map(|fence| fence.range);
    let mut read: Vec<ByteRange> = inlines.chain(tables).chain(fences).collect();
    read.sort_unstable();
    let mut start = body_start;
    for range in read.into_iter().chain([ByteRange::empty(source.len())]) {
        let end = range.start as usize;
        if source.get(start..end).is_some_and(|text| text.len() > 4) {
            let range = ByteRange::new(start, end);
            reader.prose(source, range, Place::default(), mentions);
        }
        start = start.max(range.end as usize);
    }
}

/// Names in a fence that holds words and no program: a mark, the words around it or the start
/// of a line make a name.
pub(super) fn in_fence(
    fence: &Fence,
    source: &str,
    reader: &mut Reader<'_>,
    mentions: &mut Vec<Mention>,
) {
    const TEXTS: &[&str] = &["markdown", "md", "plaintext", "text", "txt", "yaml", "yml"];
    let is_text = fence
        .language
        .is_none_or(|language| TEXTS.contains(&language.of(source).to_ascii_lowercase().as_str()));
    if !is_text {
        return;
    }
    let place = Place {
        in_fence: true,
        ..Place::default()
    };
    let mut found = Vec::new();
    for range in &fence.content {
        at_names(source, *range, &mut found);
        commands(source, *range, &mut found);
        // A decorator, an import and a path in code look like these.
        mentions.extend(found.drain(..).filter(|mention| {
            let before = &source[range.start as usize..mention.range.start as usize];
            match mention.form {
                Form::At => name::is_kebab(mention.name.as_str()),
                _ => {
                    before == "/"
                        || ["\n/", "> /", "$ /"]
                            .iter()
                            .any(|start| before.ends_with(start))
                }
            }
        }));
        reader.prose(source, *range, place, mentions);
    }
}

/// `@x` at the start of a word, and `@"x (agent)"`.
pub(super) fn at_names(source: &str, range: ByteRange, mentions: &mut Vec<Mention>) {
    let text = range.of(source);
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let before = text[..at].chars().next_back();
        if before
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '_' | '-' | '\\'))
        {
            continue;
        }
        let rest = &text[at + 1..];
        let word = quoted_agent(rest).unwrap_or_else(|| at_word(rest));
        // In a code span a single word is a decorator.
        if word.is_empty() || before == Some('`') && !name::is_kebab(word.of(rest)) {
            continue;
        }
        let range = word.shifted(range.start as usize + at + 1);
        mentions.push(Mention {
            range,
            name: Name::new(range.of(source)),
            form: Form::At,
        });
    }
}

/// The name in `"x (agent)"`.
fn quoted_agent(rest: &str) -> Option<ByteRange> {
    const LONGEST: usize = 128;
    let inside = rest.strip_prefix('"')?;
    let length = inside.bytes().take(LONGEST).position(|byte| byte == b'"')?;
    let name = inside[..length].strip_suffix(" (agent)")?.trim_end();
    (!name.is_empty() && !name.contains(['\n', '\r'])).then(|| ByteRange::new(1, 1 + name.len()))
}

/// The name at the start of what follows an `@`; empty where none does.
fn at_word(rest: &str) -> ByteRange {
    let length = rest
        .char_indices()
        .find(|&(at, c)| !name::is_name_char(c) && c != ':' && !is_dot_in_number(rest, at))
        .map_or(rest.len(), |(at, _)| at);
    let word = rest[..length].trim_end_matches([':', '-', '_']);
    // `@scope/package` and `@file.md` are no names.
    let next = rest[word.len()..].chars().next();
    let goes_on = next == Some('/')
        || (next == Some('.') && rest[word.len() + 1..].starts_with(|c: char| c.is_alphanumeric()));
    let begins = word.starts_with(|c: char| c.is_alphabetic()) || name::is_kebab(word);
    if goes_on || !begins {
        ByteRange::empty(0)
    } else {
        ByteRange::new(0, word.len())
    }
}

/// `/x` and `/space:x` at the start of a word.
pub(super) fn commands(source: &str, range: ByteRange, mentions: &mut Vec<Mention>) {
    let text = range.of(source);
    for at in memchr::memchr_iter(b'/', text.as_bytes()) {
        let before = text[..at].chars().next_back();
        let starts = before.is_none_or(|c| {
            c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | '[' | '*' | '|' | '“' | '‘')
        });
        let rest = &text[at + 1..];
        if !starts || !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let length = rest
            .find(|c: char| !name::is_name_char(c) && c != ':')
            .unwrap_or(rest.len());
        let word = rest[..length].trim_end_matches([':', '_']);
        let mut next = rest[word.len()..].chars();
        // A path goes on: `/etc/hosts`, `/notes.md`, `/users/{id}`.
        let goes_on = match next.next() {
            Some('.') => next.next().is_some_and(char::is_alphanumeric),
            Some(c) => matches!(
                c,
                '/' | '\\' | '*' | '=' | '{' | '$' | '?' | '-' | '(' | '%'
            ),
            None => false,
        };
        if goes_on || !word.split(':').all(name::is_word) {
            continue;
        }
        let start = range.start as usize + at + 1;
        mentions.push(Mention {
            range: ByteRange::new(start, start + word.len()),
            name: Name::new(word),
            form: Form::Command,
        });
    }
}

/// Whether a dot between two digits stands at byte `at`, as in `powershell-5.1-expert`.
fn is_dot_in_number(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.get(at) == Some(&b'.') && at > 0 && is_digit(at - 1) && is_digit(at + 1)
}

/// Paths that end in `.md`, in back-ticks or bare. A link's destination overlaps and wins.
pub(super) fn paths(source: &str, range: ByteRange, mentions: &mut Vec<Mention>) {
    let text = range.of(source);
    for at in memmem::find_iter(text.as_bytes(), ".md") {
        let end = at + ".md".len();
        if text[end..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '-')) {
            continue;
        }
        let start = text[..at]
            .char_indices()
            .rev()
            .take(limits::MAX_PATH_CHARS)
            .take_while(|(_, c)| name::is_name_char(*c) || matches!(c, '/' | '.' | '~'))
            .last()
            .map_or(at, |(start, _)| start);
        let path = &text[start..end];
        // A URL, a glob, a template and a bare extension are no paths of this workspace.
        let before = text[..start].chars().next_back();
        if start == at
            || before.is_some_and(name::is_name_char)
            || before.is_some_and(|c| matches!(c, ':' | '*' | '}' | '>' | '$' | '{' | '\\'))
        {
            continue;
        }
        let start = range.start as usize + start;
        mentions.push(Mention {
            range: ByteRange::new(start, range.start as usize + end),
            name: Name::new(path),
            form: Form::Path,
        });
    }
}

/// A name in a cell, kept here so that every mention is made in one place.
pub(super) fn in_cell(range: ByteRange, written: &str, column: u16, whole: bool) -> Mention {
    debug_assert!(cell::is_plausible(written));
    Mention {
        range,
        name: Name::new(written),
        form: Form::Cell { column, whole },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_has_one_meaning_the_surest() {
        let mention = |start, end, form| Mention {
            range: ByteRange::new(start, end),
            name: Name::new("tax-expert"),
            form,
        };
        let mut mentions = vec![
            mention(4, 14, Form::Bare),
            mention(4, 14, Form::Word),
            mention(4, 14, Form::Phrase),
            mention(4, 14, Form::Bullet),
            mention(20, 30, Form::Code),
            mention(18, 33, Form::Path),
            mention(40, 40, Form::At),
        ];
        settle(&mut mentions);
        let kept: Vec<_> = mentions
            .iter()
            .map(|mention| (mention.range.start, mention.form))
            .collect();
        assert_eq!(kept, [(4, Form::Bullet), (18, Form::Path)]);
    }
}
