//! The agent that a name means and that nobody is: where it would lie, and what it would say.

use memchr::{memchr2, memrchr2};

use super::NewFile;
use super::text::slug;
use crate::agent::{Form, Mention, SourceFile};
use crate::edit;
use crate::index::{Scope, Workspace};
use crate::path::FilePath;
use crate::syntax::table::{Row, container_prefix, container_prefix_of_delimiter};
use crate::text::ByteRange;

/// Words in the heading of the column that says when work goes to an agent.
const WHEN: [&str; 10] = [
    "when",
    "task",
    "trigger",
    "if",
    "for",
    "purpose",
    "condition",
    "situation",
    "scenario",
    "work",
];

/// How many lines above a row the head of its table is looked for.
const MAX_ROWS: usize = 2_000;

/// Where the agents lie that a file names and that are to be made.
#[derive(Debug)]
pub(crate) struct Home {
    /// The root of the agents, with the `/` at its end; empty at the top of the workspace.
    folder: String,
    /// What the names of their files end in: `.md`, `.agent.md`.
    ending: String,
}

impl Home {
    /// The root of the file where it is an agent, else that of the agent nearest to it. `None`
    /// where no agent of the workspace shows where they lie.
    pub(crate) fn of(workspace: &Workspace, file: &SourceFile) -> Option<Self> {
        let index = &workspace.index;
        let own = index.file(file.id).map(|own| own.scope);
        if own.is_some_and(|scope| scope != Scope::Workspace) {
            return None;
        }
        let nearest = || {
            let agents = index.agents().filter_map(|(id, _)| index.file(id));
            let own = agents.filter(|agent| agent.scope == Scope::Workspace);
            own.max_by_key(|agent| {
                let shared = shared_folders(&agent.path, &file.path);
                let depth = agent.path.segments().count();
                (shared, std::cmp::Reverse((depth, &agent.path)))
            })
            .map(|agent| &agent.path)
        };
        let is_agent = file.facts.kind.is_agent();
        let like = is_agent.then_some(&file.path).or_else(nearest)?;
        let root = index.root_of(like);
        // A plugin names single files where it has no folder of agents.
        let has_root = !root.is_empty() && index.plugin_of(like) != Some(root);
        let folder = if has_root { root } else { like.folder() };
        let ending = like.file_name().strip_prefix(like.stem())?;
        Some(Self {
            folder: match folder {
                "" => String::new(),
                folder => format!("{folder}/"),
            },
            ending: match ending {
                "" => ".md".to_owned(),
                ending => ending.to_owned(),
            },
        })
    }
}

/// How many folders two files lie in together.
fn shared_folders(one: &FilePath, other: &FilePath) -> usize {
    let folders = one.folder().split('/').zip(other.folder().split('/'));
    folders.take_while(|(one, other)| one == other).count()
}

/// The agent that a mention names. `None` where a file is there already, or where the name
/// would have to be decided on: it has a scope or blanks.
pub(crate) fn new_agent(
    workspace: &Workspace,
    file: &SourceFile,
    home: &Home,
    mention: &Mention,
) -> Option<NewFile> {
    let name = mention.name.as_str();
    if slug(name).as_deref() != Some(name) {
        return None;
    }
    let path = FilePath::new(&format!("{}{name}{}", home.folder, home.ending));
    if workspace.index.id_of(&path).is_some() {
        return None;
    }
    let title = name.replace(['-', '_'], " ");
    let description = when(file, mention).unwrap_or_else(|| format!("Does the work of {name}."));
    let lines = [
        "---",
        &format!("name: {}", edit::scalar(name, edit::Place::Block)),
        &format!(
            "description: {}",
            edit::scalar(&description, edit::Place::Block)
        ),
        "---",
        "",
        &format!("You are the {title}."),
        "",
    ];
    let text = lines.join(edit::first_line_end(&file.source));
    Some(NewFile { path, text })
}

/// What the row of a mention says about when to give work.
fn when(file: &SourceFile, mention: &Mention) -> Option<String> {
    if !matches!(mention.form, Form::Cell { .. }) {
        return None;
    }
    let source = &*file.source;
    let line = line_at(source, mention.range.start as usize);
    let headings = head(source, line)?;
    let headings: Vec<&str> = cells(source, headings)
        .into_iter()
        .map(|cell| cell.of(source))
        .collect();
    let cells = cells(source, line);
    let own = cells.iter().position(|cell| cell.covers(mention.range))?;
    let cell = cells.get(when_column(&headings, own)?)?;
    text_of(cell.of(source))
}

/// The column that says when work goes to an agent; `agents` is the one that names them.
pub(crate) fn when_column(headings: &[&str], agents: usize) -> Option<usize> {
    let says_when = |heading: &str| {
        let words = heading.split(|c: char| !c.is_alphabetic());
        let mut words = words.map(str::to_lowercase);
        words.any(|word| WHEN.contains(&word.as_str()))
    };
    let others = || (0..headings.len()).filter(|at| *at != agents);
    others()
        .find(|at| says_when(headings[*at]))
        .or_else(|| others().next())
}

/// What a cell says, on one line.
fn text_of(cell: &str) -> Option<String> {
    let text = cell
        .replace("\\|", "|")
        .replace("<br>", " ")
        .replace("<br/>", " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The line of a table's headings, above the line of one of its rows.
fn head(source: &str, row: ByteRange) -> Option<ByteRange> {
    let mut line = row;
    for _ in 0..MAX_ROWS {
        line = above(source, line)?;
        let text = line.of(source);
        if !text.contains('|') {
            return None;
        }
        if is_delimiter(&text[container_prefix_of_delimiter(text)..]) {
            return above(source, line);
        }
    }
    None
}

fn is_delimiter(row: &str) -> bool {
    let is_mark = |byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t');
    row.contains('-') && row.bytes().all(is_mark)
}

/// The texts of the cells of a row.
fn cells(source: &str, line: ByteRange) -> Vec<ByteRange> {
    let prefix = container_prefix(line.of(source));
    let range = ByteRange::new(line.start as usize + prefix, line.end as usize);
    let (row, _) = Row::new(source, range, None);
    row.cells.iter().map(|cell| cell.content).collect()
}

/// The line of a byte, without its end.
fn line_at(source: &str, offset: usize) -> ByteRange {
    let bytes = source.as_bytes();
    let start = memrchr2(b'\n', b'\r', &bytes[..offset]).map_or(0, |at| at + 1);
    let end = memchr2(b'\n', b'\r', &bytes[offset..]).map_or(bytes.len(), |at| offset + at);
    ByteRange::new(start, end)
}

/// The line above another, without its end.
fn above(source: &str, line: ByteRange) -> Option<ByteRange> {
    let before = source.get(..line.start as usize)?;
    let text = ["\r\n", "\n", "\r"]
        .iter()
        .find_map(|end| before.strip_suffix(end))?;
    let start = memrchr2(b'\n', b'\r', text.as_bytes()).map_or(0, |at| at + 1);
    Some(ByteRange::new(start, text.len()))
}
