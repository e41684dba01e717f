//! Texts for the tests of promises, made of pieces that mean something to each other.

use proptest::prelude::*;
use proptest::sample::select;

use crate::text::{Change, Position};

/// Pieces that meet in every way that matters: containers, tables whole and half-typed,
/// fences, line ends of each kind, characters of one to four bytes.
fn fragment() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "word ",
        "ü",
        "😀",
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "|",
        "|",
        "| ",
        "||",
        "\\|",
        "\\",
        "| a | b |\n",
        "|---|---|\n",
        "| a | b |\n|---|---|\n",
        "|a|b|\r\n|-|-|\r\n",
        "| pyt",
        "||z|",
        "- ",
        "> ",
        "1. ",
        "* ",
        "+ ",
        "# ",
        "## b ##",
        "===\n",
        "---\n",
        "---",
        "```\n",
        "```python\n",
        "~~~\n",
        "`",
        "`x`",
        "``",
        "**",
        "**bold**",
        "__",
        "_",
        "[t](u)",
        "![i](u)",
        "[a]",
        "<b>\n",
        "<!-- c -->\n",
        "[a]: b\n",
        "[a]:\n",
        "b \"c\" ",
        "b (c)",
        "word. ",
        "a.",
        "]]>",
        "?>",
        "<script>\n",
        "</script>",
        "<!--\n",
        "-->",
        "+++\n",
        "[a]:\n",
        "b \"c\" ",
        "b (c)",
        "word. ",
        "a.",
        "]]>",
        "?>",
        "<script>\n",
        "</script>",
        "<!--\n",
        "-->",
        "+++\n",
        "x = (1\n",
        "\0",
        "\u{2028}",
        "\u{feff}",
    ])
}

/// A body of so many pieces at most.
pub(crate) fn markdown(fragments: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..fragments).prop_map(|parts| parts.concat())
}

/// What an editor says in one notification, at places that mostly are there.
pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let position = (0u32..14, 0u32..14).prop_map(|(line, column)| Position { line, column });
    let range = prop::option::weighted(0.97, (position.clone(), position));
    let change = (range, markdown(5)).prop_map(|(range, text)| Change { range, text });
    prop::collection::vec(change, 1..4)
}

/// The lines of a header: sound ones, broken ones, and what cuts a header short.
pub(crate) fn header_lines() -> impl Strategy<Value = Vec<&'static str>> {
    let line = select(vec![
        "name: a-b",
        "description: c",
        "description: Use when: d. ",
        "description: 'it''s' so",
        "description: \"x: y\" z: w",
        "description: a --- b",
        "description: >",
        "  folded 😀 text",
        "",
        "# x",
        "  # y",
        "# agentls-disable-line unknown-tool",
        "tools: Raed, Bash(git log:*), Agent(c-pro, lost-one)",
        "tools: [Read, 'Edit', \"Task(a, b)\"] # c",
        "tools: [Read, Grep",
        "tools: &t Read",
        "disallowedTools: *t",
        "disallowedTools:",
        "- Read",
        "  - Edit # c",
        "  - a: b: c",
        "model: opus",
        "color: yes",
        "max_turns: 3",
        "mode: agent",
        "extends: b-lead",
        "extends: ./b-lead.md",
        "skills: d-skill, none",
        "hooks: {PreToolUse: [{matcher: x, hooks: []}]}",
        "hooks:",
        "  PreToolUse:",
        "? name",
        ": x",
        "\"name\": 'ü'",
        "args: [a] [b]",
        "user: hm",
        "\tx: y",
        "<example>",
        "-----",
        "---",
        "name: a\r",
    ]);
    prop::collection::vec(line, 0..8)
}

/// Sentences and rows that name somebody.
pub(crate) fn mentions() -> impl Strategy<Value = String> {
    let part = select(vec![
        "Delegate to c-pro.\n\n",
        "Ask @c-pro, @agent-lost-one or @\"b-lead (agent)\".\n",
        "- Collaborate with `b-lead` on x\n",
        "- **c-pro**: words\n",
        "## Agents\n",
        "See [it](b-lead.md#x) or p:c\u{2011}pro.\n\n",
        "[up](../agents/c-pro.md) `.claude/agents/b-lead.md`\n",
        "| What | Delegate To |\n|---|---|\n| ü | c-pro, `a` |\n| | lost-one |\n",
        "|Agent|x|\n|-|-|\n|b-lead||\n",
        "```\nTask(subagent_type=\"c-pro\")\n```\n",
        "```python\ndef f(x):\n  return (1\n```\n",
        "<example>\nThe c-pro agent.\n",
        "<!-- agentls-disable-next-line unknown-agent -->\n",
        "<!-- agentls-disable broken-link, no-rule -->\n",
        "Run /e-run → a\n",
        "> 😀 ",
    ]);
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}
