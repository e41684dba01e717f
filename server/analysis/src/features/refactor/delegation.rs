//! Delegation tables: an agent for the name in a row, a row for an agent.

use unicode_width::UnicodeWidthStr;

use super::rewrite;
use crate::agent::{AgentFile, ColumnHeading, Form, Mention, Name, SourceFile, name};
use crate::features::code_actions::{Change, CodeAction, Effect, Kind};
use crate::features::hover::shortened;
use crate::host::Hosts;
use crate::index::{FileId, Workspace};
use crate::rules::new_agent::{self, Home, when_column};
use crate::syntax::table::{Cell, Row, Table};
use crate::text::{ByteRange, TextEdit};

/// Most agents for which a row is offered: of more, a person chooses better by typing.
const MAX_ROWS: usize = 8;

/// Longest text that a new row says of its agent, in characters.
const MAX_WHEN: usize = 80;

/// A table whose rows give work to agents.
struct Delegation<'a> {
    table: &'a Table,
    /// The column that names them.
    agents: usize,
    /// The column that says when.
    when: Option<usize>,
}

impl<'a> Delegation<'a> {
    fn of(table: &'a Table, file: &SourceFile) -> Option<Self> {
        let delegation = &file.facts.reading.delegation_headers;
        let headings: Vec<&str> = table
            .header
            .cells
            .iter()
            .map(|cell| cell.content.of(&file.source))
            .collect();
        let kinds: Vec<ColumnHeading> = headings
            .iter()
            .map(|heading| ColumnHeading::of(heading, delegation))
            .collect();
        let of_kind = |wanted| kinds.iter().position(|kind| *kind == wanted);
        let agents =
            of_kind(ColumnHeading::Delegation).or_else(|| of_kind(ColumnHeading::Agent))?;
        let when = when_column(&headings, agents);
        Some(Self {
            table,
            agents,
            when,
        })
    }

    /// The table at a place.
    fn at(file: &'a SourceFile, offset: usize) -> Option<Self> {
        tables(file)
            .find(|table| table.range.touches(offset))
            .and_then(|table| Self::of(table, file))
    }
}

fn tables(file: &SourceFile) -> impl Iterator<Item = &Table> {
    file.outline
        .iter()
        .flat_map(|outline| &outline.blocks.tables)
}

/// Makes the agent that a row names and that nobody is.
pub(super) fn new_agent(
    workspace: &Workspace,
    file: &SourceFile,
    offset: usize,
) -> Option<CodeAction> {
    let delegation = Delegation::at(file, offset)?;
    let rows = &delegation.table.rows;
    let row = rows.iter().find(|row| row.range.touches(offset))?;
    let cell = row.cells.get(delegation.agents)?;
    let mention = missing(workspace, file, cell, offset)?;
    let home = Home::of(workspace, file)?;
    let made = new_agent::new_agent(workspace, file, &home, mention)?;
    Some(CodeAction {
        kind: Kind::Extract,
        title: format!("Create the agent `{}`", mention.name),
        effect: Effect::Change(Change {
            edits: Vec::new(),
            create: Some(made),
        }),
        is_preferred: false,
        about: Vec::new(),
    })
}

/// The name in a cell that names nobody; where the cell has several, that at `offset`.
fn missing<'a>(
    workspace: &Workspace,
    file: &'a SourceFile,
    cell: &Cell,
    offset: usize,
) -> Option<&'a Mention> {
    let settings = workspace.settings(&file.path);
    let mut resolver = workspace.index.resolver(&file.facts, &file.path);
    let mut missing = file.facts.mentions.iter().filter(|mention| {
        let written = mention.name.as_str();
        matches!(mention.form, Form::Cell { whole: true, .. })
            && cell.span.covers(mention.range)
            && name::is_kebab(written)
            && !name::is_placeholder(written)
            && !settings.known_agents().contains(written)
            && Hosts::builtin().builtin_agent(written).is_none()
            && resolver.resolve(mention).is_empty()
    });
    let first = missing.next()?;
    match missing.next() {
        None => Some(first),
        Some(second) => [first, second]
            .into_iter()
            .chain(missing)
            .find(|mention| mention.range.touches(offset)),
    }
}

/// A row for each agent that the table lacks and that is meant: the one at the cursor, where
/// that is not in the table; in the table those that the file names elsewhere, and those that
/// lie beside it.
pub(super) fn rows(workspace: &Workspace, file: &SourceFile, offset: usize) -> Vec<CodeAction> {
    let (delegation, candidates) = match Delegation::at(file, offset) {
        Some(delegation) => {
            let candidates = candidates(workspace, file, &delegation);
            (delegation, candidates)
        }
        None => {
            let mut all = tables(file).filter_map(|table| Delegation::of(table, file));
            let at_cursor = file
                .facts
                .mention_at(offset)
                .and_then(|mention| agent(workspace, file, mention));
            match (all.next(), all.next(), at_cursor) {
                (Some(only), None, Some(id)) => (only, vec![id]),
                _ => return Vec::new(),
            }
        }
    };
    let listed = named_in(workspace, file, delegation.table.range);
    candidates
        .into_iter()
        .filter(|id| *id != file.id && !listed.contains(id))
        .take(MAX_ROWS)
        .filter_map(|id| row(workspace, file, &delegation, id))
        .collect()
}

fn candidates(
    workspace: &Workspace,
    file: &SourceFile,
    delegation: &Delegation<'_>,
) -> Vec<FileId> {
    let index = &workspace.index;
    let listed = named_in(workspace, file, delegation.table.range);
    let whole = ByteRange::new(0, file.source.len());
    let mut candidates = named_in(workspace, file, whole);
    let folder = file.path.folder();
    let beside = |id: &FileId| index.file(*id).is_some_and(|it| it.path.folder() == folder);
    let neighbours = index.agents().map(|(id, _)| id).filter(beside);
    let neighbours: Vec<FileId> = neighbours.filter(|id| !candidates.contains(id)).collect();
    let lacking = neighbours
        .iter()
        .filter(|id| !listed.contains(id) && **id != file.id);
    // Some of many would be arbitrary.
    if lacking.count() <= MAX_ROWS {
        candidates.extend(neighbours);
    }
    candidates
}

/// The agents that a part of the file names, in the order of the text.
fn named_in(workspace: &Workspace, file: &SourceFile, range: ByteRange) -> Vec<FileId> {
    let mut named = Vec::new();
    for mention in file
        .facts
        .mentions
        .iter()
        .filter(|it| range.covers(it.range))
    {
        if let Some(id) = agent(workspace, file, mention)
            && !named.contains(&id)
        {
            named.push(id);
        }
    }
    named
}

fn agent(workspace: &Workspace, file: &SourceFile, mention: &Mention) -> Option<FileId> {
    let index = &workspace.index;
    let found = index.resolve(mention, &file.facts, &file.path);
    found.into_iter().find(|id| index.agent(*id).is_some())
}

/// The action that adds a row for an agent below the last one.
fn row(
    workspace: &Workspace,
    file: &SourceFile,
    delegation: &Delegation<'_>,
    id: FileId,
) -> Option<CodeAction> {
    let source = &*file.source;
    let definition = workspace.index.agent(id)?;
    let table = delegation.table;
    let last = table.rows.last();
    let end = match last {
        Some(row) => row.range.end as usize,
        // The row of dashes.
        None => table.range.end as usize,
    };
    let name = marked(
        &definition.name,
        last,
        delegation.agents,
        &file.facts,
        source,
    );
    let when = definition
        .description
        .as_deref()
        .map(sentence)
        .unwrap_or_default();
    let mut text = String::from("|");
    for (column, heading) in table.header.cells.iter().enumerate() {
        let said = if column == delegation.agents {
            name.as_str()
        } else if Some(column) == delegation.when {
            when.as_str()
        } else {
            ""
        };
        let width = last
            .unwrap_or(&table.header)
            .cells
            .get(column)
            .unwrap_or(heading);
        // Without the blank on each side.
        let width = width.span.of(source).width().saturating_sub(2);
        let room = width.saturating_sub(said.width());
        text.push(' ');
        text.push_str(said);
        text.extend(std::iter::repeat_n(' ', room + 1));
        text.push('|');
    }
    let start = table.header.range.end as usize;
    let line_end = match source.get(start..)?.as_bytes() {
        [b'\r', b'\n', ..] => "\r\n",
        [b'\r', ..] => "\r",
        _ => "\n",
    };
    let above = last.map_or(end, |row| row.range.start as usize);
    let new_text = format!("{line_end}{}{text}", margin(source, above));
    let edit = TextEdit {
        range: ByteRange::empty(end),
        new_text,
    };
    Some(rewrite(
        format!("Add a row for `{}`", definition.name),
        vec![edit],
    ))
}

/// What stands before the row on the line of `offset`: blanks and the marks of quotes.
fn margin(source: &str, offset: usize) -> &str {
    let before = source.get(..offset).unwrap_or("");
    let line = before.rsplit(['\n', '\r']).next().unwrap_or("");
    let text = line.trim_start_matches([' ', '\t', '>']);
    &line[..line.len() - text.len()]
}

/// The name with the marks that the name in the last row has.
fn marked(
    name: &Name,
    row: Option<&Row>,
    column: usize,
    facts: &AgentFile,
    source: &str,
) -> String {
    let marks = row.and_then(|row| {
        let cell = row.cells.get(column)?.content;
        let mut mentions = facts.mentions.iter().filter(|it| cell.covers(it.range));
        let mention = mentions.next().filter(|_| mentions.next().is_none())?;
        let before = source.get(cell.start as usize..mention.range.start as usize)?;
        let after = source.get(mention.range.end as usize..cell.end as usize)?;
        let is_mark = |c: char| matches!(c, '`' | '*' | '_' | '@' | '"' | '\'');
        (before.chars().all(is_mark) && after.chars().all(is_mark)).then_some((before, after))
    });
    let (before, after) = marks.unwrap_or_default();
    format!("{before}{name}{after}")
}

/// The first sentence of a description, as a cell can hold it.
fn sentence(description: &str) -> String {
    let words: Vec<&str> = description.split_whitespace().collect();
    let text = words.join(" ");
    let end = text.find(". ").unwrap_or(text.len());
    let first = text[..end].trim_end_matches('.').replace("\\n", " ");
    shortened(&first, MAX_WHEN).replace('|', "\\|")
}
