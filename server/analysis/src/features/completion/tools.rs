//! Tools, and what stands in the brackets after one.

use super::{Completions, Cursor, ItemKind};
use crate::features::hover::availability;
use crate::host::{Availability, Key, KindData, ToolUse};
use crate::syntax::frontmatter::Entry;

impl Cursor<'_> {
    pub(super) fn tools(&self, host: &KindData, key: &Key, entry: &Entry) -> Completions {
        // The bracket decides before the list does: one that is still open ends no item.
        if let Some(open) = self.line_before().rfind('(')
            && !self.line_before()[open..].contains(')')
        {
            return self.specifier(open);
        }
        let Some(slot) = self.slot(entry) else {
            return Completions::default();
        };
        let denies = &*key.name != "tools";
        let mut words: Vec<(String, Option<String>)> = host
            .tools()
            .iter()
            .filter(|tool| {
                tool.status == ToolUse::Current && (denies || tool.subagents != Availability::Never)
            })
            .map(|tool| {
                (
                    tool.name.to_string(),
                    Some(format!("{}\n\n{}", tool.doc, availability(tool))),
                )
            })
            .collect();
        for server in self.workspace.index.mcp_servers().unwrap_or_default() {
            words.push((
                format!("mcp__{server}"),
                Some(format!("Every tool of the MCP server `{server}`.")),
            ));
            words.push((
                format!("mcp__{server}__*"),
                Some(format!("Every tool of the MCP server `{server}`.")),
            ));
        }
        words.extend(
            self.workspace
                .settings(&self.file.path)
                .known_tools()
                .iter()
                .map(|tool| (tool.to_string(), None)),
        );
        words.retain(|(word, _)| !slot.taken.iter().any(|taken| taken == word));
        let mut found = self.words(words, slot.range, ItemKind::Tool);
        for item in &mut found.items {
            let quoted = slot.quoted(item.edit.new_text.trim_start());
            item.edit.new_text = quoted;
        }
        found
    }

    /// What stands in brackets after a tool: agents after `Agent`. `open` is the byte of the
    /// bracket on its line.
    pub(super) fn specifier(&self, open: usize) -> Completions {
        let (before, inside) = self.line_before().split_at(open);
        let tool = before
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        if !matches!(tool, Some("Agent" | "Task")) {
            return Completions::default();
        }
        let after = self.line_after();
        let rest = &after[..after.find([')', ']']).unwrap_or(after.len())];
        // The first and the last hold the name under the cursor.
        let taken: Vec<String> = inside[1..]
            .rsplit(',')
            .skip(1)
            .chain(rest.split(',').skip(1))
            .map(|name| name.trim().to_owned())
            .collect();
        self.names_at(&taken, |item| item)
    }
}
