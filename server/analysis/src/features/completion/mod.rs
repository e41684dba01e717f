//! Completion: keys, values, tools and names of agents, in whole text and half-typed.

mod agents;
mod body;
mod keys;
mod tools;
mod values;

use crate::agent::{AGENT_KEYS, SourceFile};
use crate::host::{Hosts, Role};
use crate::index::Workspace;
use crate::syntax::frontmatter::Header;
use crate::text::{ByteRange, TextEdit};

/// What the client can take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether an item may be a snippet with tab stops.
    pub snippets: bool,
}

/// The answer to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The items, best first; at most [`crate::limits::MAX_COMPLETIONS`].
    pub items: Vec<Item>,
    /// Whether there are more, so that typing on should ask again.
    pub incomplete: bool,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown and filtered by.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// One line about it.
    pub detail: Option<String>,
    /// Markdown about it.
    pub documentation: Option<String>,
    /// Replaces exactly the token under the cursor.
    pub edit: TextEdit,
    /// Whether the new text of `edit` is a snippet.
    pub snippet: bool,
}

/// The kinds of [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A key of the header.
    Key,
    /// A value of a key.
    Value,
    /// A tool.
    Tool,
    /// An agent.
    Agent,
    /// A file.
    File,
    /// A whole header.
    Skeleton,
}

/// What can stand at `offset` (bytes), ranked.
pub fn completions(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
    options: &Options,
) -> Completions {
    if !file.source.is_char_boundary(offset) {
        return Completions::default();
    }
    let at = Cursor {
        workspace,
        file,
        offset,
        options: *options,
    };
    if file.source.trim().is_empty() {
        return at.skeleton();
    }
    if let Some(header) = file
        .facts
        .header
        .as_ref()
        .filter(|header| at.is_within(header))
    {
        return at.in_header(header);
    }
    if at.is_first_key() {
        return at.first_key();
    }
    at.in_body()
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    workspace: &'a Workspace,
    file: &'a SourceFile,
    offset: usize,
    options: Options,
}

impl<'a> Cursor<'a> {
    fn source(&self) -> &'a str {
        &self.file.source
    }

    /// Whether the cursor is below the opening `---` and above the closing one. A header
    /// that is still open ends where its keys end.
    fn is_within(&self, header: &Header) -> bool {
        header.content.touches(self.offset)
            && self.offset > header.opening.end as usize
            && header
                .closing
                .is_none_or(|closing| self.offset < closing.start as usize)
    }

    /// Whether the cursor stands in a word right below a first `---` that no key makes a
    /// header yet.
    fn is_first_key(&self) -> bool {
        let before = self.source().get(..self.offset).unwrap_or("");
        let mut lines = before.trim_start_matches('\u{feff}').lines();
        self.file.facts.header.is_none()
            && lines.next().is_some_and(|line| line.trim_end() == "---")
            && before.contains(['\n', '\r'])
            && lines.next().unwrap_or("").chars().all(is_key_char)
            && lines.next().is_none()
    }

    /// The line up to the cursor.
    fn line_before(&self) -> &'a str {
        let before = self.source().get(..self.offset).unwrap_or("");
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        &before[start..]
    }

    /// What follows the cursor on its line.
    fn line_after(&self) -> &'a str {
        let after = self.source().get(self.offset..).unwrap_or("");
        let end = after.find(['\n', '\r']).unwrap_or(after.len());
        &after[..end]
    }

    /// The characters around the cursor that satisfy `is_part`.
    fn token(&self, is_part: impl Fn(char) -> bool) -> ByteRange {
        let before = self.line_before();
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_part(*c))
            .last()
            .map_or(before.len(), |(at, _)| at);
        let after = self.line_after();
        let end = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        ByteRange::new(self.offset - (before.len() - start), self.offset + end)
    }

    /// The part of `token` that was typed: up to the cursor.
    fn typed(&self, token: ByteRange) -> &'a str {
        self.source()
            .get(token.start as usize..self.offset)
            .unwrap_or("")
    }

    fn in_header(&self, header: &Header) -> Completions {
        let before = self.line_before();
        let host = Hosts::builtin().data(self.file.facts.kind);
        if before.chars().all(is_key_char) && !before.starts_with('-') {
            return host.map_or_else(Completions::default, |host| {
                self.keys(host, &header.entries, self.token(is_key_char))
            });
        }
        let Some(entry) = header
            .entries
            .iter()
            .rev()
            .find(|entry| (entry.key_range.end as usize) < self.offset)
        else {
            return Completions::default();
        };
        match &*entry.key {
            "extends" => self.extends(entry),
            "agent" if matches!(self.file.facts.kind.role, Role::Skill | Role::Command) => {
                self.agent_list(entry)
            }
            key if AGENT_KEYS.contains(&key) => self.agent_list(entry),
            key => match host.and_then(|host| Some((host, host.key(key)?))) {
                Some((host, key)) => self.value(host, key, entry),
                None => Completions::default(),
            },
        }
    }
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Smaller is better: what belongs first, then what fits best, then the order of the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    later: bool,
    quality: u8,
    position: usize,
}

/// How well `candidate` fits what was typed, 0 best: a prefix, the start of a word, the same
/// letters in this order. `None` where it does not fit.
fn quality(typed: &str, candidate: &str) -> Option<u8> {
    let starts = |text: &str| {
        if typed.is_ascii() {
            let head = text.as_bytes().get(..typed.len());
            return head.is_some_and(|head| head.eq_ignore_ascii_case(typed.as_bytes()));
        }
        let mut text = text.chars().flat_map(char::to_lowercase);
        typed
            .chars()
            .flat_map(char::to_lowercase)
            .all(|c| text.next() == Some(c))
    };
    if starts(candidate) {
        return Some(0);
    }
    if candidate
        .match_indices(['-', '_', ' ', ':'])
        .any(|(at, mark)| starts(&candidate[at + mark.len()..]))
    {
        return Some(1);
    }
    let mut letters = candidate.chars().flat_map(char::to_lowercase);
    typed
        .chars()
        .flat_map(char::to_lowercase)
        .all(|c| letters.any(|letter| letter == c))
        .then_some(2)
}
