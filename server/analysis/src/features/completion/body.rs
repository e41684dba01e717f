//! Names in tables, calls and sentences.

use super::{Completions, Cursor, ItemKind};
use crate::agent::{Form, name};
use crate::features::hover::is_tool_char;
use crate::host::{Hosts, ToolEffect};
use crate::text::ByteRange;

impl Cursor<'_> {
    pub(super) fn in_body(&self) -> Completions {
        let facts = &self.file.facts;
        let Some(body) = &facts.body else {
            return Completions::default();
        };
        let mut resolver = self.workspace.index.resolver(facts, &self.file.path);
        for (index, column) in body.columns.iter().enumerate() {
            let Some(cell) = column
                .cells
                .iter()
                .find(|cell| cell.span.touches(self.offset))
            else {
                continue;
            };
            let named = u16::try_from(index).is_ok_and(|index| resolver.holds_agents(index));
            if named {
                let taken: Vec<String> = facts
                    .mentions
                    .iter()
                    .filter(|mention| matches!(mention.form, Form::Cell { .. }))
                    .filter(|mention| {
                        cell.span.covers(mention.range) && !mention.range.touches(self.offset)
                    })
                    .map(|mention| mention.name.to_string())
                    .collect();
                let bare_before = self.source()[..self.offset].ends_with('|');
                let bare_after = self.source()[self.offset..].starts_with('|');
                return self.names_at(&taken, |text| {
                    format!(
                        "{}{text}{}",
                        if bare_before { " " } else { "" },
                        if bare_after { " " } else { "" }
                    )
                });
            }
        }
        let before = self.line_before();
        let word = before.len()
            - before
                .trim_end_matches(|c| name::is_name_char(c) || c == ':')
                .len();
        let lead = &before[..before.len() - word];
        let after_at = lead
            .strip_suffix('@')
            .is_some_and(|lead| !lead.ends_with(|c: char| c.is_alphanumeric()));
        if after_at || self.is_call_value() {
            return self.names_at(&[], |text| text);
        }
        if is_slash(lead) {
            return self.commands(self.name_token());
        }
        self.marked_tools()
    }

    /// Tools behind the mark by which the text below a header names them: `#tool:read`.
    fn marked_tools(&self) -> Completions {
        let host = Hosts::builtin().data(self.file.facts.kind);
        let token = self.token(is_tool_char);
        let before = self.source().get(..token.start as usize).unwrap_or("");
        if let Some(host) = host
            && let Some(mark) = &host.tool_mark
            && before.ends_with(mark.as_str())
        {
            let mut tools = self.tool_words(host, ToolEffect::Grants);
            tools.extend(self.members(host, token));
            return self.words(tools, token, ItemKind::Tool);
        }
        Completions::default()
    }

    /// Whether the cursor stands in the value after a `subagent_type` of this line.
    pub(super) fn is_call_value(&self) -> bool {
        let Some(at) = self.line_before().rfind("subagent_type") else {
            return false;
        };
        let after = self.offset - self.line_before().len() + at + "subagent_type".len();
        crate::agent::call_value(self.source(), after)
            .is_some_and(|range| range.touches(self.offset))
    }

    /// The name under the cursor: the whole of a name with spaces where its place says how far
    /// it goes, else one word, dots between digits included.
    pub(super) fn name_token(&self) -> ByteRange {
        let is_part = |c: char| name::is_name_char(c) || c == ':';
        let token = self.token(|c| is_part(c) || c == '.');
        let text = token.of(self.source());
        let at = self.offset - token.start as usize;
        let is_inside = |dot: &usize| text[..*dot].ends_with(|c: char| c.is_ascii_digit());
        let dots = || text.match_indices('.').map(|(dot, _)| dot);
        let start = dots()
            .rfind(|dot| *dot < at && !is_inside(dot))
            .map_or(0, |dot| dot + 1);
        let end = dots()
            .find(|dot| {
                *dot >= at
                    && !(is_inside(dot)
                        && text[dot + 1..].starts_with(|c: char| c.is_ascii_digit()))
            })
            .unwrap_or(text.len());
        let word = ByteRange::new(start, end).shifted(token.start as usize);
        let mention = self.file.facts.mention_at(self.offset);
        match mention {
            Some(mention)
                if matches!(mention.form, Form::Cell { .. } | Form::ToolCall)
                    && mention.range.covers(word) =>
            {
                mention.range
            }
            _ => word,
        }
    }
}

/// Whether a text ends with the slash of a command: one that starts a word.
fn is_slash(text: &str) -> bool {
    text.strip_suffix('/').is_some_and(|before| {
        before.is_empty()
            || before.ends_with(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '('))
    })
}
