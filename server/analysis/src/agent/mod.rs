//! The facts of one file: what it defines and what it mentions, as flat lists with ranges.
//!
//! Extracted once for each state of a file. Rules and features read these lists and the
//! index; none of them looks at a tree.

mod cell;
mod mention;
mod moved;
pub mod name;
mod prose;
mod section;
mod suppression;

use std::sync::Arc;

pub use cell::{AgentColumn, ColumnHeading};
pub(crate) use mention::{AGENT_KEYS, AT_PREFIX, call_value};
pub use mention::{Confidence, Form, Mention};
use mention::{Reader, Remembered};
pub use name::Name;
pub use suppression::{SuppressedRule, Suppression};

use crate::config::Reading;
use crate::host::{FileKind, Hosts, Role};
use crate::loading::{Loading, Verdict, loading};
use crate::path::{FileId, FilePath};
use crate::syntax::blocks::{Fence, Skipped};
use crate::syntax::document::Document;
use crate::syntax::frontmatter::{self, Entry, Header};
use crate::syntax::list::{self, NameList};
use crate::syntax::outline::Outline;
use crate::syntax::python::{PythonCache, PythonError};
use crate::text::{ByteRange, Splice};

/// The stem of the main file of a skill, whose folder bears its name.
pub(crate) const SKILL: &str = "SKILL";

/// What one file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFile {
    /// Which host reads it, as what.
    pub kind: FileKind,
    /// What the configuration says about how it is read.
    pub reading: Reading,
    /// Its frontmatter.
    pub header: Option<Header>,
    /// The text up to the end of the header, so that its ranges mean something without the
    /// rest of the file. Starts at byte 0; empty where there is no header.
    pub header_text: Arc<str>,
    /// Whether the host loads the header.
    pub loading: Loading,
    /// The agent, skill or command that the file defines.
    pub definition: Option<Definition>,
    /// Where it names agents, skills, commands and files, in the order of the text; ranges never overlap.
    /// Of a file that was read only as far as its header, the mentions in the header.
    pub mentions: Vec<Mention>,
    /// What its body holds. `None` where only the header was read.
    pub body: Option<Body>,
}

/// What a name can stand for. Each kind has names of its own: an agent and a skill may share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// An agent: it is given work.
    Agent,
    /// A skill: it is preloaded, or invoked.
    Skill,
    /// A slash command or prompt: a person types it.
    Command,
}

impl Symbol {
    /// All kinds.
    pub const ALL: [Symbol; 3] = [Symbol::Agent, Symbol::Skill, Symbol::Command];

    /// What people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Symbol::Agent => "agent",
            Symbol::Skill => "skill",
            Symbol::Command => "command",
        }
    }

    fn defined_by(kind: FileKind) -> Option<Self> {
        match kind.role {
            Role::Agent => Some(Symbol::Agent),
            Role::Skill => Some(Symbol::Skill),
            Role::Command | Role::Prompt => Some(Symbol::Command),
            _ => None,
        }
    }
}

/// An agent, skill or command as its file defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What it is.
    pub symbol: Symbol,
    /// The identity: the `name` of the header, or the file's stem (of a skill, its folder's
    /// name) where the host goes by that.
    pub name: Name,
    /// The value of `name`, without quotes; empty at the start of the file where the stem is the identity.
    pub name_range: ByteRange,
    /// The `description`, as written in the header, unquoted and unfolded.
    pub description: Option<Box<str>>,
}

/// What the body of a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Whether it holds nothing but blanks and comments.
    pub is_blank: bool,
    /// Its code fences.
    pub fences: Vec<Fence>,
    /// The table columns that may hold names of agents.
    pub columns: Vec<AgentColumn>,
    /// What was not looked at, because a limit was passed.
    pub skipped: Vec<Skipped>,
    /// What its comments say not to report.
    pub suppressions: Vec<Suppression>,
}

/// One file ready for rules and features. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its identity in the index.
    pub id: FileId,
    /// Where it is.
    pub path: FilePath,
    /// The whole text.
    pub source: Arc<str>,
    /// What it says.
    pub facts: Arc<AgentFile>,
    /// For each fence of the body that is Python: what is wrong in it. Empty where nobody asked.
    pub python: Arc<[PythonError]>,
    /// The shape of its body. `None` where the text was parsed to be checked only.
    pub outline: Option<Arc<Outline>>,
    /// The edit that made it of the file before, where that moved what is known and changed
    /// nothing else: see [`SourceFile::edited`].
    pub moved: Option<Splice>,
    prose: Arc<Remembered>,
}

impl SourceFile {
    /// Reads a document: its facts, and the errors of its Python.
    pub fn new(id: FileId, path: FilePath, document: &mut Document, reading: &Reading) -> Self {
        let header = header_facts(&path, document.source(), reading);
        let nothing = Remembered::default();
        Self::with_header(id, path, header, document, Reader::after(&nothing))
    }

    /// Reads the document of this file after an edit. Most keys are letters where nothing is
    /// named, and then nothing is read; most edits are below the header, and then what it says
    /// is not read again; of the prose, only what is new.
    pub fn edited(&self, document: &mut Document) -> Self {
        if Arc::ptr_eq(document.source(), &self.source) {
            let body_start = self.facts.header.as_ref().map_or(0, |it| it.end as usize);
            let outline = self.outline.as_ref().map(|outline| {
                Arc::new(Outline {
                    blocks: document.blocks(body_start),
                    python: outline.python.clone(),
                })
            });
            return Self {
                moved: Some(Splice::default()),
                outline,
                ..self.clone()
            };
        }
        if let Some(file) = self.moved(document) {
            return file;
        }
        let header = self.facts.header_of(document.source());
        let header = header
            .unwrap_or_else(|| header_facts(&self.path, document.source(), &self.facts.reading));
        let reader = Reader::after(&self.prose);
        Self::with_header(self.id, self.path.clone(), header, document, reader)
    }

    /// Lets go of the blocks of a body, where nobody else holds them: the document moves them in
    /// place then when it is parsed after an edit, instead of a copy. All else is as it was, and
    /// [`SourceFile::edited`] must follow.
    pub fn release_blocks(&mut self) {
        if let Some(outline) = self.outline.as_mut().and_then(Arc::get_mut) {
            outline.blocks = Arc::default();
        }
    }

    fn with_header(
        id: FileId,
        path: FilePath,
        header: AgentFile,
        document: &mut Document,
        mut reader: Reader<'_>,
    ) -> Self {
        let (facts, mut outline) = with_body(header, document, &mut reader);
        let mut python = Vec::new();
        let fences = facts.body.iter().flat_map(|body| &body.fences);
        for (number, fence) in fences.enumerate() {
            if is_python(fence, document.source()) {
                let code = document.python(fence);
                python.extend(code.errors.iter().cloned());
                if !code.definitions.is_empty() {
                    outline.python.push((number, code.definitions));
                }
            }
        }
        Self {
            id,
            path,
            source: document.source().clone(),
            facts: Arc::new(facts),
            python: python.into(),
            outline: Some(Arc::new(outline)),
            moved: None,
            prose: Arc::new(reader.now),
        }
    }

    /// A file whose facts, with its body's, are known from the very same text.
    pub fn with_facts(id: FileId, path: FilePath, source: Arc<str>, facts: Arc<AgentFile>) -> Self {
        let mut pythons = PythonCache::default();
        let fences = facts.body.iter().flat_map(|body| &body.fences);
        let python = fences
            .filter(|fence| is_python(fence, &source))
            .flat_map(|fence| pythons.code(&source, fence).errors.to_vec())
            .collect();
        Self {
            python,
            ..Self::without_python(id, path, source, facts)
        }
    }

    /// The same where nobody asks about its Python.
    pub fn without_python(
        id: FileId,
        path: FilePath,
        source: Arc<str>,
        facts: Arc<AgentFile>,
    ) -> Self {
        Self {
            id,
            path,
            source,
            facts,
            python: Arc::default(),
            outline: None,
            moved: None,
            prose: Arc::default(),
        }
    }

    /// Parses a text that nobody edits or looks at.
    pub fn parse(id: FileId, path: FilePath, source: &str, reading: &Reading) -> Self {
        let mut document = Document::unedited(source);
        let header = header_facts(&path, document.source(), reading);
        Self {
            outline: None,
            ..Self::with_header(id, path, header, &mut document, Reader::once())
        }
    }
}

fn is_python(fence: &Fence, source: &str) -> bool {
    fence.closing.is_some()
        && fence.language.is_some_and(|language| {
            matches!(
                language.of(source).to_ascii_lowercase().as_str(),
                "python" | "py" | "python3"
            )
        })
}

impl AgentFile {
    /// The last entry of `key`: of duplicates, hosts take the last.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.header.as_ref()?.entry(key)
    }

    /// The text of a scalar value, unquoted.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.entry(key)?.value.as_str()
    }

    /// The value of `key` as a list of names.
    pub fn list(&self, key: &str) -> Option<NameList> {
        let entry = self.entry(key)?;
        list::names(&self.header_text, entry.value_range)
    }

    /// The header, where a text `source` has the very same one: a closed header ends with its
    /// closing line, whatever follows.
    fn same_header(&self, source: &str) -> Option<&Header> {
        let header = self.header.as_ref()?;
        let is_closed = header.closing.is_some()
            && header.leading.is_none()
            && self.header_text.ends_with(['\n', '\r']);
        if !is_closed || !source.starts_with(&*self.header_text) {
            return None;
        }
        // `\r` and a `\n` that was typed behind it are one line end.
        let is_longer =
            self.header_text.ends_with('\r') && source[self.header_text.len()..].starts_with('\n');
        (!is_longer).then_some(header)
    }

    /// The facts of the header alone, where `source` has the very same one.
    fn header_of(&self, source: &str) -> Option<AgentFile> {
        let header = self.same_header(source)?;
        let in_header = |mention: &&Mention| mention.range.end <= header.end;
        Some(AgentFile {
            kind: self.kind,
            reading: self.reading.clone(),
            header: self.header.clone(),
            header_text: self.header_text.clone(),
            loading: self.loading.clone(),
            definition: self.definition.clone(),
            mentions: self.mentions.iter().filter(in_header).cloned().collect(),
            body: None,
        })
    }

    /// The agent that the file defines.
    pub fn agent(&self) -> Option<&Definition> {
        self.definition
            .as_ref()
            .filter(|definition| definition.symbol == Symbol::Agent)
    }

    /// The mention that the cursor at `offset` (bytes) touches.
    pub fn mention_at(&self, offset: usize) -> Option<&Mention> {
        let after = self
            .mentions
            .partition_point(|mention| mention.range.start as usize <= offset);
        self.mentions[..after]
            .last()
            .filter(|mention| mention.range.touches(offset))
    }

    /// The entry whose lines hold `offset` (bytes).
    pub fn entry_at(&self, offset: usize) -> Option<&Entry> {
        self.header
            .as_ref()?
            .entries
            .iter()
            .rev()
            .find(|entry| entry.range.touches(offset))
    }

    /// Whether `offset` (bytes) lies between the two `---` of the header.
    pub fn in_header(&self, offset: usize) -> bool {
        self.header
            .as_ref()
            .is_some_and(|header| header.content.touches(offset))
    }
}

/// The facts of a host's settings in JSON: the agent that they start.
pub fn settings_facts(source: &str) -> AgentFile {
    let mut mentions = Vec::new();
    mention::in_settings(source, &mut mentions);
    AgentFile {
        kind: FileKind::PLAIN,
        reading: Reading::default(),
        header: None,
        header_text: Arc::from(""),
        loading: Loading::without_header(Verdict::None),
        definition: None,
        mentions,
        body: None,
    }
}

/// The facts that the first bytes of a file give: its definition and the mentions of its
/// header. `prefix` holds at least the whole header.
pub fn header_facts(path: &FilePath, prefix: &str, reading: &Reading) -> AgentFile {
    let header = frontmatter::scan(prefix);
    let kind = Hosts::builtin().classify(path, header.as_ref(), reading.host);
    let header_text: Arc<str> = match &header {
        Some(header) => Arc::from(prefix.get(..header.end as usize).unwrap_or(prefix)),
        None => Arc::from(""),
    };
    let definition = define(kind, path, header.as_ref(), &header_text);
    let mut mentions = Vec::new();
    if let Some(header) = &header {
        mention::in_header(header, kind, &header_text, &mut mentions);
    }
    mention::settle(&mut mentions);
    AgentFile {
        kind,
        reading: reading.clone(),
        loading: loading(prefix, header.as_ref(), path, kind),
        header,
        header_text,
        definition,
        mentions,
        body: None,
    }
}

/// All facts of a document.
pub fn facts(path: &FilePath, document: &mut Document, reading: &Reading) -> AgentFile {
    let header = header_facts(path, document.source(), reading);
    with_body(header, document, &mut Reader::once()).0
}

/// The facts of a document whose header is read already, and the shape of its body.
fn with_body(
    mut facts: AgentFile,
    document: &mut Document,
    reader: &mut Reader<'_>,
) -> (AgentFile, Outline) {
    let source = document.source().clone();
    let body_start = facts
        .header
        .as_ref()
        .map_or(0, |header| header.end as usize);
    let blocks = document.blocks(body_start);
    let mut skipped = blocks.skipped.clone();
    let mut columns = Vec::new();
    mention::in_calls(&source, &mut facts.mentions);
    for table in &blocks.tables {
        let headers = &facts.reading.delegation_headers;
        cell::in_table(table, &source, headers, &mut columns, &mut facts.mentions);
    }
    let mut above = section::Above::default();
    for block in &blocks.inlines {
        let place = above.place(block, &source);
        let mentions = &mut facts.mentions;
        mention::in_block(
            block,
            place,
            document,
            &source,
            reader,
            mentions,
            &mut skipped,
        );
    }
    for fence in &blocks.fences {
        mention::in_fence(fence, &source, reader, &mut facts.mentions);
    }
    mention::between(&blocks, body_start, &source, reader, &mut facts.mentions);
    mention::settle(&mut facts.mentions);
    facts.body = Some(Body {
        is_blank: source.get(body_start..).is_none_or(is_blank),
        fences: blocks.fences.clone(),
        columns,
        skipped,
        suppressions: suppression::find(facts.header.as_ref(), &blocks.fences, &source),
    });
    let outline = Outline {
        blocks,
        python: Vec::new(),
    };
    (facts, outline)
}

/// Whether a body says nothing: blanks and HTML comments only.
fn is_blank(mut body: &str) -> bool {
    loop {
        body = body.trim_start();
        let Some(comment) = body.strip_prefix("<!--") else {
            return body.is_empty();
        };
        let Some((_, rest)) = comment.split_once("-->") else {
            return true;
        };
        body = rest;
    }
}

fn define(
    kind: FileKind,
    path: &FilePath,
    header: Option<&Header>,
    header_text: &str,
) -> Option<Definition> {
    let symbol = Symbol::defined_by(kind)?;
    // An agent without a header is none; a command needs none.
    if symbol == Symbol::Agent && header.is_none() {
        return None;
    }
    let value = |key| header.and_then(|header| header.entry(key)?.value.as_str());
    let description = value("description").map(Into::into);
    let is_named = symbol != Symbol::Command || kind.role == Role::Prompt;
    let written = value("name").filter(|name| is_named && !name.trim().is_empty());
    let entry = header.and_then(|header| header.entry("name"));
    if let (Some(written), Some(entry)) = (written, entry) {
        let list = list::names(header_text, entry.value_range);
        let range = match list.as_ref().map(|list| list.items.as_slice()) {
            Some([item]) => item.range,
            _ => entry.value_range,
        };
        return Some(Definition {
            symbol,
            name: Name::new(written),
            name_range: range,
            description,
        });
    }
    let identity = match symbol {
        Symbol::Agent if !Hosts::builtin().stem_is_identity(kind) => return None,
        Symbol::Skill => path.folder_name().filter(|_| path.stem() == SKILL)?,
        Symbol::Agent | Symbol::Command => path.stem(),
    };
    Some(Definition {
        symbol,
        name: Name::new(identity),
        name_range: ByteRange::default(),
        description,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::floor;
    use crate::text::{Change, PositionEncoding};
    use proptest::prelude::*;

    /// Runs of prose that repeat, in places that make other forms of the same words.
    fn prose() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "Delegate to a-writer.\n\n",
            "- Work with `b-tester` on x\n",
            "- **a-writer**: words\n",
            "## Collaboration\n\n",
            "## Agents\n",
            "Working with others:\n\n",
            "Use the planner agent.\n\n",
            "See [it](b-tester.md) or p:b-tester.\n\n",
            "| Agent |\n|---|\n| a-writer, planner |\n\n",
            "```\n- a-writer: x\n```\n",
            "<example>\nAsk @a-writer\n</example>\n\n",
            "ü😀 ",
            "> quoted a-writer\n",
        ]);
        prop::collection::vec(parts, 0..14).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn a_file_that_is_typed_in_has_the_mentions_of_one_read_anew(
            body in prose(), edits in prop::collection::vec((0usize..500, 0usize..4, "([a-z]{0,3}|-|\n| |\\||#|`)"), 1..10),
        ) {
            let path = FilePath::new(".claude/agents/a.md");
            let mut document = Document::new(&format!("---\nname: a\n---\n{body}"));
            let mut file = SourceFile::new(FileId(0), path.clone(), &mut document, &Reading::default());
            for (at, remove, insert) in edits {
                let source = file.source.clone();
                let at = floor(&source, at % (source.len() + 1));
                let end = floor(&source, (at + remove).min(source.len())).max(at);
                let position = |offset| document.text().position(offset, PositionEncoding::Utf8);
                let range = Some((position(at), position(end)));
                document.apply(&[Change { range, text: insert }], PositionEncoding::Utf8);
                file = file.edited(&mut document);
                let anew = SourceFile::parse(FileId(0), path.clone(), &file.source, &Reading::default());
                prop_assert_eq!(&file.facts, &anew.facts, "{:?}", file.source);
            }
        }

        #[test]
        fn an_edited_file_has_the_facts_of_one_read_anew(
            head in "(---[ ]?(\n|\r|\r\n))(name: a-b\n|tools: Agent\\(c-d\\)\n|x\n|--- \r){0,3}(---)?[\n\r]{0,2}",
            body in "[a-c`@|\\- \n]{0,20}",
            edits in prop::collection::vec((0usize..60, 0usize..3, "[-a\n\r:|`]{0,3}"), 1..8),
        ) {
            let path = FilePath::new(".claude/agents/a.md");
            let mut document = Document::new(&format!("{head}{body}"));
            let mut file = SourceFile::new(FileId(0), path.clone(), &mut document, &Reading::default());
            for (at, remove, insert) in edits {
                let at = at.min(file.source.len());
                let position = |offset| document.text().position(offset, PositionEncoding::Utf8);
                let range = Some((position(at), position((at + remove).min(file.source.len()))));
                document.apply(&[Change { range, text: insert }], PositionEncoding::Utf8);
                file = file.edited(&mut document);
                let anew = SourceFile::parse(FileId(0), path.clone(), &file.source, &Reading::default());
                prop_assert_eq!(&file.facts, &anew.facts, "{:?}", file.source);
            }
        }
    }
}
