//! Semantic tokens: agents, tools, keys and values, for an editor to colour.

use crate::agent::{AgentFile, Form, Mention, SourceFile};
use crate::config::Settings;
use crate::host::{FileKind, Hosts, Key, KeyType, KindData, Role, ToolStatus, split_specifier};
use crate::index::{Index, Resolver, Workspace};
use crate::limits::MAX_OUTLINE_ITEMS;
use crate::syntax::frontmatter::Entry;
use crate::syntax::list;
use crate::syntax::yaml::Resolved;
use crate::text::ByteRange;

/// A piece of text that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemanticToken {
    /// Its bytes: a part of one line.
    pub range: ByteRange,
    /// What it is.
    pub kind: TokenKind,
    /// More about it.
    pub modifier: Option<TokenModifier>,
}

/// The kinds of [`SemanticToken`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The name of an agent.
    Agent,
    /// The name of a tool.
    Tool,
    /// A key of the header.
    Key,
    /// One of the values that a key can have.
    Value,
}

/// What more can be said of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenModifier {
    /// The name that the file defines.
    Declaration,
    /// An old name of a tool, or a key that the host has given up.
    Deprecated,
    /// An agent that the host brings.
    Builtin,
}

/// The tokens of a file in the order of the text; they never overlap.
pub fn semantic_tokens(workspace: &Workspace, file: &SourceFile) -> Vec<SemanticToken> {
    let mut found = Vec::new();
    in_header(&workspace.settings(&file.path), &file.facts, &mut found);
    let mut agents = Agents {
        index: &workspace.index,
        resolver: workspace.index.resolver(&file.facts, &file.path),
    };
    let mentions = file.facts.mentions.iter();
    found.extend(mentions.filter_map(|mention| agents.token(mention)));
    let mut tokens: Vec<SemanticToken> = found
        .iter()
        .flat_map(|token| on_lines(token, &file.source))
        .collect();
    tokens.sort_by_key(|token| token.range.start);
    let mut end = 0;
    tokens.retain(|token| {
        let is_free = token.range.start >= end;
        end = end.max(token.range.end);
        is_free
    });
    tokens.truncate(MAX_OUTLINE_ITEMS);
    tokens
}

/// The parts of a token, one for each line that it stands on: not every editor can show more.
fn on_lines<'a>(
    token: &'a SemanticToken,
    source: &'a str,
) -> impl Iterator<Item = SemanticToken> + 'a {
    let mut end = token.range.start as usize;
    let lines = token.range.of(source).split_inclusive(['\n', '\r']);
    lines.filter_map(move |line| {
        let start = end;
        end += line.len();
        let range = ByteRange::new(start, end).trimmed(source);
        (!range.is_empty()).then_some(SemanticToken { range, ..*token })
    })
}

/// The agents that a file mentions.
struct Agents<'a> {
    index: &'a Index,
    resolver: Resolver<'a>,
}

impl Agents<'_> {
    fn token(&mut self, mention: &Mention) -> Option<SemanticToken> {
        let targets = self.resolver.resolve(mention);
        // A word in back-ticks or a cell is too little to be taken for one that a host brings.
        let is_sure = matches!(
            mention.form,
            Form::HeaderKey
                | Form::PeerKey
                | Form::AgentKey
                | Form::ToolCall
                | Form::SubagentType
                | Form::At
        );
        let hosts = Hosts::builtin();
        let modifier = if targets.iter().any(|id| self.index.agent(*id).is_some()) {
            None
        } else if targets.is_empty()
            && is_sure
            && hosts.builtin_agent(mention.name.as_str()).is_some()
        {
            Some(TokenModifier::Builtin)
        } else {
            return None;
        };
        Some(SemanticToken {
            range: mention.range,
            kind: TokenKind::Agent,
            modifier,
        })
    }
}

fn in_header(settings: &Settings<'_>, facts: &AgentFile, found: &mut Vec<SemanticToken>) {
    let Some(header) = &facts.header else {
        return;
    };
    let own_name = facts.agent().map(|own| own.name_range);
    found.extend(own_name.map(|range| SemanticToken {
        range,
        kind: TokenKind::Agent,
        modifier: Some(TokenModifier::Declaration),
    }));
    for entry in &header.entries {
        let key = known_key(facts.kind, &entry.key);
        let is_deprecated = key.is_some_and(|(_, key)| key.deprecated.is_some());
        found.push(SemanticToken {
            range: entry.key_range,
            kind: TokenKind::Key,
            modifier: is_deprecated.then_some(TokenModifier::Deprecated),
        });
        if let Some((host, key)) = key {
            if key.is_of(KeyType::Tools) || key.is_of(KeyType::ToolSwitches) {
                tools(settings, host, key, entry, facts, found);
            }
            if is_known_value(host, key, entry) {
                found.push(SemanticToken {
                    range: entry.unquoted_range(),
                    kind: TokenKind::Value,
                    modifier: None,
                });
            }
        }
    }
}

/// What is known of a key in files of this kind, and of what they may hold.
fn known_key(kind: FileKind, name: &str) -> Option<(&'static KindData, &'static Key)> {
    let hosts = Hosts::builtin();
    if let Some(host) = hosts.data(kind) {
        return Some((host, host.key(name)?));
    }
    // Of a kind that is recognised and no more: the tools and models are those of the host.
    let role = Role::Agent;
    let agents = hosts.data(FileKind { role, ..kind })?;
    let name = match name {
        "allowed-tools" => "tools",
        "disallowed-tools" => "disallowedTools",
        "tools" | "disallowedTools" | "model" => name,
        _ => return None,
    };
    Some((agents, agents.key(name)?))
}

/// The tools of a list, or of a mapping that turns each on or off.
fn tools(
    settings: &Settings<'_>,
    host: &KindData,
    key: &Key,
    entry: &Entry,
    facts: &AgentFile,
    found: &mut Vec<SemanticToken>,
) {
    let keys = entry
        .value
        .pairs()
        .iter()
        .map(|(key, _)| key.unquoted_range());
    let mut written: Vec<ByteRange> = keys.collect();
    if written.is_empty() {
        let list = list::names(&facts.header_text, entry.value_range);
        let items = list.into_iter().flat_map(|list| list.items);
        let source = &facts.header_text;
        written.extend(items.flat_map(|item| match key.blanks_separate {
            true => list::words(source, item.range),
            false => vec![item.range],
        }));
    }
    let known = settings.known_tools();
    for range in written {
        let item = range.of(&facts.header_text);
        let (name, _) = split_specifier(item);
        let modifier = match host.tool(item) {
            ToolStatus::Renamed { .. } | ToolStatus::Removed(_) => Some(TokenModifier::Deprecated),
            ToolStatus::Unknown if !known.contains(item) && !known.contains(name) => continue,
            _ => None,
        };
        let start = range.start as usize;
        found.push(SemanticToken {
            range: ByteRange::new(start, start + name.len()),
            kind: TokenKind::Tool,
            modifier,
        });
    }
}

fn is_known_value(host: &KindData, key: &Key, entry: &Entry) -> bool {
    let Some(written) = entry.value.as_str() else {
        return false;
    };
    key.values.iter().any(|value| value.name == written)
        || key.is_of(KeyType::Model) && host.model_is_known(written)
        || key.is_of(KeyType::Boolean) && matches!(entry.value.resolve(), Some(Resolved::Bool(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// Checks the tokens of the first file: the carets say all of them, in any order.
    fn check(fixture: &str) {
        let fixture = Fixture::parse(fixture);
        let tokens = semantic_tokens(&fixture.workspace, &fixture.files[0]);
        for pair in tokens.windows(2) {
            assert!(pair[0].range.end <= pair[1].range.start, "{pair:?}");
        }
        let mut found: Vec<(ByteRange, String)> = tokens
            .into_iter()
            .map(|token| (token.range, drawn(&token)))
            .collect();
        let annotations = fixture.annotations.into_iter();
        let mut expected: Vec<_> = annotations
            .filter(|(file, ..)| *file == 0)
            .map(|(_, range, said)| (range, said))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    fn drawn(token: &SemanticToken) -> String {
        let modifier = token.modifier;
        let modifier = modifier.map_or(String::new(), |modifier| format!(" {modifier:?}"));
        format!("{:?}{modifier}", token.kind).to_lowercase()
    }

    #[test]
    fn tools_that_blanks_part_are_told_apart() {
        check(
            r#"
//- /.claude/commands/c.md
---
allowed-tools: Read Bash(git *) Task
^^^^^^^^^^^^^ key
               ^^^^ tool
                    ^^^^ tool
                                ^^^^ tool deprecated
---
"#,
        );
    }

    #[test]
    fn a_header_has_keys_tools_values_and_the_name() {
        check(
            r#"
---
name: "team-lead"
^^^^ key
       ^^^^^^^^^ agent declaration
description: Uses opus and Read.
^^^^^^^^^^^ key
tools: Read, Bash(git *), Reed, mcp__x__y, Agent(jax-pro, lost-one), Task
^^^^^ key
       ^^^^ tool
             ^^^^ tool
                                ^^^^^^^^^ tool
                                           ^^^^^ tool
                                                 ^^^^^^^ agent
                                                                     ^^^^ tool deprecated
model: 'opus'
^^^^^ key
        ^^^^ value
color: greenish
^^^^^ key
permissionMode: plan
^^^^^^^^^^^^^^ key
                ^^^^ value
my-own: plan
^^^^^^ key
---
//- /.claude/agents/jax-pro.md
---
name: jax-pro
---
"#,
        );
    }

    #[test]
    fn a_body_has_the_agents_that_are_known() {
        check(
            r#"
| Delegate To | When |
|---|---|
| **jax-pro** | ü `jax-pro` |
    ^^^^^^^ agent
                    ^^^^^^^ agent
| lost-one | `Explore` |
Ask @jax-pro, `lost-one`, or [him](jax-pro.md), not [us](README.md).
     ^^^^^^^ agent
                                   ^^^^^^^^^^ agent
Task(subagent_type="Explore")
                    ^^^^^^^ agent builtin
//- /.claude/agents/jax-pro.md
---
name: jax-pro
---
//- /.claude/agents/README.md
Text.
"#,
        );
    }

    #[test]
    fn a_column_of_known_names_holds_agents_and_one_of_words_does_not() {
        check(
            r#"
| Who | What |
|---|---|
| lead | code |
  ^^^^ agent
| **lead** | lead |
    ^^^^ agent
| test | text |
//- /.claude/agents/lead.md
---
name: lead
---
"#,
        );
    }

    #[test]
    fn the_name_of_a_skill_is_no_agent() {
        check(
            r#"
//- /.claude/skills/pdf/SKILL.md
---
name: pdf
^^^^ key
---
Ask @pdf.
"#,
        );
    }

    #[test]
    fn a_command_has_the_tools_and_models_of_its_host() {
        check(
            r#"
//- /.claude/commands/ship.md
---
allowed-tools: Bash(git *), Nothing
^^^^^^^^^^^^^ key
               ^^^^ tool
model: opus
^^^^^ key
       ^^^^ value
color: red
^^^^^ key
---
"#,
        );
    }

    #[test]
    fn tools_in_lines_are_tools_and_those_in_prose_are_not() {
        check(
            r#"
---
tools:
^^^^^ key
  - Read
    ^^^^ tool
  - "Grep"
     ^^^^ tool
tools: Write
^^^^^ key
       ^^^^^ tool
---
Read and Write.
"#,
        );
    }
}
