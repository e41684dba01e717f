//! The rules on an agent of 20 KB in a team of 1,000: all of them, and each family on a text that
//! is made of what it looks at. A rule that is switched off is looked for all the same and only
//! not reported, so by configuration they cannot be told apart.

use std::sync::Arc;

use agentls_analysis::config::{Config, Configs};
use agentls_analysis::index::Workspace;
use agentls_analysis::rules;
use agentls_analysis::syntax::document::Document;
use divan::Bencher;

use crate::team::{self, TEAM};

/// After each key.
#[divan::bench]
fn all() -> usize {
    rules::diagnose(&TEAM.workspace, &TEAM.edited).len()
}

#[divan::bench]
fn all_in_1_mb(bencher: Bencher) {
    let mut document = Document::new(&team::agent(team::EDITED, team::HUGE));
    let file = team::source_file(team::EDITED, &mut document);
    bencher.bench(|| rules::diagnose(&TEAM.workspace, &file));
}

/// With the ways to mend what is found.
#[divan::bench]
fn all_with_fixes() -> usize {
    rules::check(&TEAM.workspace, &TEAM.edited).len()
}

/// The same with every rule switched off.
#[divan::bench]
fn none(bencher: Bencher) {
    let mut config = Config::default();
    for rule in rules::RULES {
        config.rules.insert(rule.name.into(), None);
    }
    let workspace = Workspace {
        index: TEAM.workspace.index.clone(),
        configs: Arc::new(Configs::new([], Arc::new(config))),
    };
    bencher.bench(|| rules::diagnose(&workspace, &TEAM.edited));
}

/// A body of 20 KB that is made of one thing: of what one family of rules looks at.
#[derive(Clone, Copy)]
struct MadeOf(&'static str, &'static str);

impl std::fmt::Display for MadeOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

const BODIES: [MadeOf; 10] = [
    MadeOf("words", "Plain words of a paragraph that goes on.\n\n"),
    MadeOf("known names", "Ask @api-api-0 or `builder-api-1`.\n\n"),
    MadeOf(
        "unknown names",
        "Ask @no-such-agent or `builder-apj-1`.\n\n",
    ),
    MadeOf(
        "tables",
        "| Delegate To |\n|---|\n| api-api-0 |\n| builder-api-1 |\n\n",
    ),
    MadeOf(
        "broken tables",
        "| Delegate To |\n|---|\n| api-apj-0 |\n| no-such-agent |\n\n",
    ),
    MadeOf("links", "See [it](../team-0/api-api-0.md).\n\n"),
    MadeOf("broken links", "See [it](../team-0/api-apj-0.md).\n\n"),
    MadeOf("fences", "```text\nsome text\n```\n\n~~~\nmore\n~~~\n\n"),
    MadeOf("broken Python", "```python\ndef run(:\n    pass\n```\n\n"),
    MadeOf(
        "examples",
        "<example>\nwords\n<commentary>more</commentary>\n</example>\n\n",
    ),
];

/// Rules on bodies: names and links, fences, examples.
#[divan::bench(args = BODIES)]
fn body_of(bencher: Bencher, MadeOf(_, piece): MadeOf) {
    let header = "---\nname: made-of-one-thing\ndescription: Is checked.\n---\n\n";
    let text = header.to_owned() + &piece.repeat(team::LARGE / piece.len());
    checked(bencher, &text);
}

const HEADERS: [MadeOf; 6] = [
    MadeOf("right", "model: sonnet\ntools: [Read, Grep]\n"),
    MadeOf(
        "keys",
        "colour: red\nallowedTools: Read\nmax_turns: 3\nname: again\n",
    ),
    MadeOf("values", "model: sonet\ncolor: 3\npermissionMode: never\n"),
    MadeOf(
        "tools",
        "tools: [Raed, MultiEdit, Task, LS, Bash, mcp__none__it]\ndisallowedTools: Bash(x)\n",
    ),
    MadeOf("extends", "extends: api-api-0\n"),
    MadeOf("re-quoted", "when: some words: and others\n"),
];

/// Rules on headers: what loads, keys and values, tools, `extends`.
#[divan::bench(args = HEADERS)]
fn header_of(bencher: Bencher, MadeOf(_, lines): MadeOf) {
    let text =
        format!("---\nname: made-of-one-thing\ndescription: Is checked.\n{lines}---\n\nWords.\n");
    checked(bencher, &text);
}

fn checked(bencher: Bencher, text: &str) {
    let file = team::source_file(team::EDITED, &mut Document::new(text));
    let mut workspace = TEAM.workspace.clone();
    team::insert(&mut workspace, &file);
    bencher.bench(|| rules::diagnose(&workspace, &file));
}

/// All agents of the team.
#[divan::bench(sample_count = 20)]
fn all_on_1_000_files() -> usize {
    let files = TEAM.files.iter();
    files
        .map(|file| rules::check(&TEAM.workspace, file).len())
        .sum()
}

#[divan::bench]
fn budgets() -> usize {
    rules::check_budgets(&TEAM.workspace).len()
}
