//! Completion: keys, values, tools and names of agents, in whole text and half-typed.

mod agents;
mod body;
mod hooks;
mod keys;
mod place;
pub(super) mod skeleton;
mod tools;
mod values;

use keys::Offer;
use place::{Place, Step};
use values::Room;

use crate::agent::{AGENT_KEYS, SourceFile};
use crate::host::{Hosts, Key, KeyType, KindData, Role};
use crate::index::{FileId, Index, Workspace};
use crate::limits::MAX_COMPLETIONS;
use crate::syntax::frontmatter::{Entry, Header};
use crate::text::{ByteRange, TextEdit};

/// What the client can take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether an item may be a snippet with tab stops.
    pub snippets: bool,
    /// Whether it asks with [`told`] for what is said of an agent, a skill or a command when it
    /// shows one: to look up a hundred of them takes longer than to find their names.
    pub asks_later: bool,
}

/// The answer to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The items, best first; at most [`MAX_COMPLETIONS`].
    pub items: Vec<Item>,
    /// Whether there are more, so that typing on should ask again.
    pub incomplete: bool,
}

impl Completions {
    /// Appends what is not there yet, as far as there is room.
    fn add(&mut self, other: Completions) {
        self.incomplete |= other.incomplete;
        for item in other.items {
            if self.items.iter().any(|known| known.label == item.label) {
                continue;
            }
            if self.items.len() == MAX_COMPLETIONS {
                self.incomplete = true;
                break;
            }
            self.items.push(item);
        }
    }
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
    /// The file that [`told`] says more of, where detail and documentation are left out.
    pub later: Option<FileId>,
}

/// What is said of an item beside its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// One line about it.
    pub detail: String,
    /// Markdown about it.
    pub documentation: String,
}

/// What is said of the agent, skill or command that a file defines; `None` where it defines
/// none any more.
pub fn told(index: &Index, id: FileId) -> Option<Told> {
    agents::told(index, id)
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
    /// A skill.
    Skill,
    /// A command.
    Command,
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
            let others = header.entries.iter();
            let others = others.filter(|entry| !entry.key_range.touches(self.offset));
            let present: Vec<&str> = others.map(|entry| &*entry.key).collect();
            return host.map_or_else(Completions::default, |host| self.top_keys(host, &present));
        }
        let entry = header.entries.iter().rev();
        let entry = entry
            .clone()
            .find(|entry| (entry.key_range.end as usize) < self.offset);
        let known = entry.and_then(|entry| Some((host?, host?.key(&entry.key)?)));
        let room = entry.and_then(|entry| Room::of(entry, self.source()));
        let (Some(entry), Some(room)) = (entry, room) else {
            return Completions::default();
        };
        match (&*entry.key, known) {
            ("extends", _) => self.extends(room),
            (_, Some((host, key))) => self
                .below(host, key, entry)
                .unwrap_or_else(|| self.value(host, key, room)),
            ("handoffs", None) => self.handoffs(entry),
            ("agent", None) if matches!(self.file.facts.kind.role, Role::Skill | Role::Command) => {
                self.agent_list(room)
            }
            (key, None) if AGENT_KEYS.contains(&key) => self.agent_list(room),
            _ => Completions::default(),
        }
    }

    /// What can stand below a key, where the cursor is in a mapping or in a list of them.
    /// `None` in the value of the key itself.
    fn below(&self, host: &KindData, key: &Key, entry: &Entry) -> Option<Completions> {
        let place = self.place(entry)?;
        if key.kind == KeyType::Mapping
            && let Some(hooks) = host.hooks.as_ref().filter(|_| key.name == "hooks")
        {
            return Some(self.hooks(host, hooks, &place));
        }
        let level = Level::at(key, &place.path);
        if let Some(present) = &place.keys {
            let keys = match level {
                Some(Level::Value(key)) if key.is_of(KeyType::ToolSwitches) => {
                    let tools = self.tool_words(host, key.effect);
                    return Some(self.plain_keys(tools, present));
                }
                Some(Level::Value(key)) if key.names_in_keys.is_some() => {
                    return Some(self.names_as_keys(key, present));
                }
                Some(Level::Value(key)) => key.members.as_slice(),
                Some(Level::Items(key)) => key.items.as_slice(),
                _ => &[],
            };
            if !keys.is_empty() {
                let column = self.line_before().len() - self.typed(self.token(is_key_char)).len();
                return Some(self.keys(&Offer {
                    keys,
                    present,
                    indent: &" ".repeat(column),
                    in_flow: place.in_flow,
                }));
            }
        }
        let is_own_value = match place.path[..] {
            [] => true,
            [Step::Item] => key.items.is_empty(),
            _ => false,
        };
        if is_own_value {
            return None;
        }
        let room = place.value.map(|range| Room::within(range, self.source()));
        Some(match (level, room) {
            (Some(Level::Value(key) | Level::Items(key)), Some(room)) => {
                self.value(host, key, room)
            }
            (Some(Level::Switch), Some(room)) => self.switch(room),
            _ => Completions::default(),
        })
    }

    /// Who work is handed to, in a key that the host does not know.
    fn handoffs(&self, entry: &Entry) -> Completions {
        let place = self.place(entry);
        let value = place.filter(|place| place.path == [Step::Item, Step::Key("agent")]);
        match value.and_then(|place| place.value) {
            Some(range) => self.agent_list(Room::within(range, self.source())),
            None => Completions::default(),
        }
    }

    fn place(&self, entry: &Entry) -> Option<Place<'a>> {
        let start = entry.key_range.start as usize;
        let end = entry.range.end as usize;
        place::place(&self.file.source, start, end, self.offset)
    }
}

/// What the data say of a place below a key.
#[derive(Clone, Copy)]
enum Level<'h> {
    /// The value of this key.
    Value(&'h Key),
    /// An item in the list that is the value of this key.
    Items(&'h Key),
    /// Whether a tool is on.
    Switch,
}

impl<'h> Level<'h> {
    fn at(key: &'h Key, path: &[Step<'_>]) -> Option<Self> {
        let mut level = Level::Value(key);
        for step in path {
            level = match (level, step) {
                (Level::Value(key), Step::Item) => Level::Items(key),
                (Level::Value(key), Step::Key(_)) if key.is_of(KeyType::ToolSwitches) => {
                    Level::Switch
                }
                (Level::Value(key), Step::Key(name)) => {
                    match key.members.iter().find(|member| member.name == *name) {
                        Some(member) => Level::Value(member),
                        // A pattern, whose value is one of those of its key.
                        None if !key.values.is_empty() => Level::Value(key),
                        None => return None,
                    }
                }
                (Level::Items(key), Step::Key(name)) => {
                    Level::Value(key.items.iter().find(|item| item.name == *name)?)
                }
                (Level::Items(_) | Level::Switch, _) => return None,
            };
        }
        Some(level)
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
