//! Names in the cells of tables: which columns hold agents, and what a cell names.

use super::mention::{self, AT_PREFIX, Mention};
use super::name;
use super::prose;
use super::section::Place;
use crate::syntax::table::{Cell, Table};
use crate::text::ByteRange;

/// A column that may hold names of agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentColumn {
    /// What its heading says.
    pub heading: ColumnHeading,
    /// Its cells below the heading, empty ones included.
    pub cells: Vec<Cell>,
}

/// What the heading of a column says about its cells (facts: references, tables).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnHeading {
    /// Work goes to whom the cells name: "Delegate To".
    Delegation,
    /// The cells name somebody: "Agent", "Owner".
    Agent,
    /// Nothing. Such a column holds agents when at least half of its cells, and two, are known names.
    Other,
}

const DELEGATION: &[&str] = &[
    "agent to call",
    "agent to delegate to",
    "agent to invoke",
    "agent to use",
    "call",
    "defer to",
    "delegate",
    "delegate to",
    "delegated to",
    "delegates to",
    "escalate to",
    "escalates to",
    "hand off",
    "hand off to",
    "handoff",
    "handoff agent",
    "handoff to",
    "hands off to",
    "invoke",
    "invoke agent",
    "route to",
    "routed to",
    "routes to",
    "sub agent",
    "sub agent type",
    "subagent",
    "subagent type",
    "subagents",
    "use agent",
];

const AGENT: &[&str] = &[
    "agent",
    "agent name",
    "agent type",
    "agents",
    "assigned agent",
    "existing agent",
    "lead agent",
    "owner",
    "owner agent",
    "owner sub agent",
    "owner subagent",
    "primary owner",
    "primary agent",
    "recommended agent",
    "recommended agents",
    "responsible agent",
    "specialist",
    "supporting agent",
    "supporting agents",
    "target",
    "target agent",
    "working with",
    "works with",
    "代理",
    "智能体",
    "에이전트",
    "エージェント",
];

impl ColumnHeading {
    /// Reads a heading, without its emoji, markup and case. `delegation` are headings that mean
    /// [`Self::Delegation`] to this workspace.
    pub(crate) fn of(heading: &str, delegation: &[Box<str>]) -> Self {
        let written = heading.trim().to_lowercase();
        if delegation.iter().any(|known| **known == *written) {
            return Self::Delegation;
        }
        let mut plain = String::new();
        for c in heading.chars() {
            if c.is_alphabetic() {
                plain.extend(c.to_lowercase());
            } else if (c.is_whitespace() || matches!(c, '-' | '_'))
                && !plain.ends_with(' ')
                && !plain.is_empty()
            {
                plain.push(' ');
            }
        }
        let plain = plain.trim_end();
        // "Supporting Agent(s)"
        let plain = plain
            .strip_suffix("agents")
            .map_or(plain.to_owned(), |head| format!("{head}agent"));
        let is_in = |set: &[&str]| {
            set.contains(&plain.as_str()) || set.contains(&format!("{plain}s").as_str())
        };
        if is_in(DELEGATION) {
            Self::Delegation
        } else if is_in(AGENT) {
            Self::Agent
        } else {
            Self::Other
        }
    }
}

/// The agent columns of a table and the names in all its cells.
pub(super) fn in_table(
    table: &Table,
    source: &str,
    delegation_headers: &[Box<str>],
    columns: &mut Vec<AgentColumn>,
    mentions: &mut Vec<Mention>,
) {
    let headings = &table.header.cells;
    let rows = table.rows.iter();
    let beyond = rows.flat_map(|row| row.cells.get(headings.len()..).unwrap_or_default());
    for cell in headings.iter().chain(beyond) {
        in_text(cell.content, source, mentions);
    }
    for (index, heading) in headings.iter().enumerate() {
        let Ok(column) = u16::try_from(columns.len()) else {
            return;
        };
        let heading = ColumnHeading::of(heading.content.of(source), delegation_headers);
        let cells: Vec<Cell> = table
            .rows
            .iter()
            .filter_map(|row| row.cells.get(index).copied())
            .collect();
        let before = mentions.len();
        for cell in &cells {
            in_cell(cell.content, source, column, heading, mentions);
            in_text(cell.content, source, mentions);
        }
        let holds_names = mentions[before..]
            .iter()
            .any(|mention| matches!(mention.form, mention::Form::Cell { .. }));
        if heading != ColumnHeading::Other || holds_names {
            columns.push(AgentColumn { heading, cells });
        }
    }
}

/// What a cell names as any text does.
fn in_text(content: ByteRange, source: &str, mentions: &mut Vec<Mention>) {
    mention::in_prose(source, content, Place::default(), mentions);
    mention::links_in_cell(source, content, mentions);
}

/// The names in one cell: `a`, `a, b`, `` `a` / **b** ``, `a (plugin)`, `a agent`, `[a](a.md)`.
fn in_cell(
    content: ByteRange,
    source: &str,
    column: u16,
    heading: ColumnHeading,
    mentions: &mut Vec<Mention>,
) {
    let text = content.of(source);
    if text.is_empty() || text.len() > 400 {
        return;
    }
    let parts: Vec<ByteRange> = parts(text)
        .into_iter()
        .map(|part| bare(text, part))
        .collect();
    // "x (skill)" names no agent.
    let other = text.split(|c: char| !name::is_name_char(c)).any(|word| {
        ["skill", "skills", "command", "plugin"]
            .iter()
            .any(|kind| word.eq_ignore_ascii_case(kind))
    });
    let whole = !other && parts.iter().all(|part| is_plausible(part.of(text)));
    for part in &parts {
        let named = part.of(text);
        // `@agent-x` is a form of its own, found below.
        if named.starts_with(AT_PREFIX) && text[..part.start as usize].ends_with('@') {
            continue;
        }
        let fits = match heading {
            ColumnHeading::Other => name::is_word(named) && is_plausible(named),
            _ => is_plausible(named),
        };
        if fits {
            let range = part.shifted(content.start as usize);
            mentions.push(mention::in_cell(range, named, column, whole));
        } else {
            for word in prose::kebab_names(text, *part) {
                let range = word.shifted(content.start as usize);
                mentions.push(mention::in_cell(range, word.of(text), column, false));
            }
        }
    }
}

/// Whether a part of a cell can be a name: up to four words of name characters.
pub(super) fn is_plausible(part: &str) -> bool {
    let mut words = 0;
    for word in part.split(' ').filter(|word| !word.is_empty()) {
        words += 1;
        if !word.split(':').all(name::is_word) {
            return false;
        }
    }
    (1..=4).contains(&words) && part.chars().any(char::is_alphabetic)
}

/// Splits a cell where it lists several names.
fn parts(text: &str) -> Vec<ByteRange> {
    const BETWEEN: &[&str] = &[
        ", ", ",", " / ", "/", " or ", " and ", " + ", "+", " → ", "→", " -> ", " & ", "&", ";",
        "<br>", "<br/>",
    ];
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut depth = 0usize;
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next().unwrap_or(' ');
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A slash inside a link's destination and a comma inside brackets separate nothing.
        let found = BETWEEN
            .iter()
            .filter(|between| depth == 0 && rest.starts_with(**between))
            .max_by_key(|b| b.len());
        if let Some(between) = found {
            parts.push(ByteRange::new(start, at));
            at += between.len();
            start = at;
        } else {
            at += c.len_utf8();
        }
    }
    parts.push(ByteRange::new(start, text.len()));
    parts.retain(|part| !part.of(text).trim().is_empty());
    parts
}

/// The name in a part of a cell: without markup, `@`, a suffix in brackets, "agent", a footnote.
fn bare(text: &str, part: ByteRange) -> ByteRange {
    let (mut start, mut end) = (part.start as usize, part.end as usize);
    loop {
        let inside = &text[start..end];
        let trimmed = inside.trim();
        let (from, to) = (
            start + (inside.len() - inside.trim_start().len()),
            start + inside.trim_end().len(),
        );
        let (mut new_start, mut new_end) = (from, from.max(to));
        if let Some(first) = trimmed
            .chars()
            .next()
            .filter(|c| matches!(c, '`' | '*' | '@' | '_' | '"' | '\'' | '[' | '~'))
        {
            new_start += first.len_utf8();
        } else if let Some(last) = trimmed.chars().next_back().filter(|c| {
            matches!(
                c,
                '`' | '*' | '_' | '"' | '\'' | ']' | '.' | ':' | '~' | '†' | '‡'
            )
        }) {
            new_end -= last.len_utf8();
        } else if let Some(open) = trimmed
            .strip_suffix(')')
            .and_then(|head| head.rfind(['(', ']']).filter(|at| *at > 0))
        {
            new_end = from + open;
        } else if let Some(open) = trimmed.rfind("[^").filter(|at| *at > 0) {
            new_end = from + open;
        } else if let Some(head) = trimmed
            .strip_suffix(" agent")
            .or_else(|| trimmed.strip_suffix(" subagent"))
        {
            new_end = from + head.len();
        }
        if (new_start, new_end) == (start, end) || new_start >= new_end {
            return ByteRange::new(new_start.min(new_end), new_end);
        }
        (start, end) = (new_start, new_end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Form, SourceFile};
    use crate::path::{FileId, FilePath};

    #[test]
    fn a_number_in_a_cell_names_nobody() {
        let source = "| Step | Delegate To |\n|---|---|\n| 1 | 2 |\n| 2a | data-scientist |\n";
        let file = SourceFile::parse(
            FileId(1),
            FilePath::new("x.md"),
            source,
            &Default::default(),
        );
        let names: Vec<&str> = file
            .facts
            .mentions
            .iter()
            .filter(|mention| matches!(mention.form, Form::Cell { .. }))
            .map(|mention| mention.name.as_str())
            .collect();
        assert_eq!(names, ["2a", "data-scientist"]);
    }
}
