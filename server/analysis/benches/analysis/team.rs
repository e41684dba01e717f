//! Texts and workspaces of any size, the same in every run.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use agentls_analysis::agent::SourceFile;
use agentls_analysis::config::Reading;
use agentls_analysis::index::{Depth, FileId, Scope, Workspace};
use agentls_analysis::path::FilePath;
use agentls_analysis::syntax::document::Document;
use agentls_analysis::text::{Position, PositionEncoding};

/// Bytes of a large agent, as people write them.
pub(crate) const LARGE: usize = 20_000;

/// Bytes of one that nobody writes.
pub(crate) const HUGE: usize = 1_000_000;

/// Bytes of the others in a team.
const SMALL: usize = 2_500;

/// Agents in a team.
pub(crate) const AGENTS: usize = 1_000;

/// The agent that is edited and asked about. Nobody else has its number.
pub(crate) const EDITED: usize = AGENTS;

fn name(number: usize) -> String {
    const PARTS: [&str; 8] = [
        "api", "builder", "docs", "graph", "keeper", "python", "review", "table",
    ];
    let (first, second) = (PARTS[number % 8], PARTS[number / 8 % 8]);
    format!("{first}-{second}-{number}")
}

/// The path of an agent.
pub(crate) fn path(number: usize) -> FilePath {
    FilePath::new(&format!(
        ".claude/agents/team-{}/{}.md",
        number % 20,
        name(number)
    ))
}

/// An agent of at least so many bytes who names others: in tables, sentences, calls and links,
/// some of them wrongly.
pub(crate) fn agent(number: usize, bytes: usize) -> String {
    let other = |step: usize| name((number * 7 + step * 13) % AGENTS);
    let mut text = format!(
        "---\nname: {}\ndescription: Does part {number} of the work, and hands on the rest.\ntools: [Read, Grep, Edit, Bash]\nmodel: sonnet\n",
        name(number)
    );
    if number % 10 == 1 {
        _ = writeln!(text, "extends: {}", name(number - 1));
    }
    text += "---\n\n";
    let mut step = 0;
    while text.len() < bytes {
        step += 1;
        let (one, two, three) = (other(step), other(step + 1), other(step + 2));
        let folder = (number * 7 + (step + 2) * 13) % AGENTS % 20;
        _ = write!(
            text,
            "## Part {step}\n\n\
             Plain words of a paragraph that goes on for a while, as prose does, with a word-like-this\n\
             and a second line behind it. Ask @{one} or the `{two}` agent, größer als 日本語 🚀.\n\n\
             | Delegate To | When | Why |\n|---|:--|--:|\n| {one} | `code` | {step} |\n| **{two}**, {three} | always | 2 |\n| no-such-agent-{step} | never | 3 |\n\n\
             - first item with a [link](../team-{folder}/{three}.md)\n- Delegate to {two} when it is about that.\n  - nested\n\n\
             ```python\ndef run(retries: int = 3) -> str:\n    return Task(subagent_type=\"{one}\")\n```\n\n\
             > A quote of *some* words, <b>marked</b> and __marked__.\n\n"
        );
    }
    text
}

/// Reads an agent.
pub(crate) fn source_file(number: usize, document: &mut Document) -> SourceFile {
    SourceFile::new(
        FileId(number as u32),
        path(number),
        document,
        &Reading::default(),
    )
}

/// Puts a file into the index.
pub(crate) fn insert(workspace: &mut Workspace, file: &SourceFile) {
    let (path, facts) = (file.path.clone(), file.facts.clone());
    _ = workspace
        .index
        .insert(file.id, path, facts, Depth::Body, Scope::Workspace);
}

/// A team, and the large agent in it that is edited and asked about.
pub(crate) struct Team {
    pub(crate) workspace: Workspace,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) edited: SourceFile,
}

impl Team {
    /// The text of any of its files.
    pub(crate) fn source(&self, id: FileId) -> Option<Arc<str>> {
        let file = self.files.get(id.0 as usize).unwrap_or(&self.edited);
        Some(file.source.clone())
    }

    /// The byte in the edited agent right behind the first `needle`.
    pub(crate) fn behind(&self, needle: &str) -> usize {
        let at = self.edited.source.find(needle);
        at.map_or(0, |at| at + needle.len())
    }
}

/// The team that all share.
pub(crate) static TEAM: LazyLock<Team> = LazyLock::new(|| {
    let files: Vec<SourceFile> = (0..AGENTS)
        .map(|number| source_file(number, &mut Document::new(&agent(number, SMALL))))
        .collect();
    let edited = source_file(EDITED, &mut Document::new(&agent(EDITED, LARGE)));
    let mut workspace = Workspace::default();
    for file in files.iter().chain([&edited]) {
        insert(&mut workspace, file);
    }
    Team {
        workspace,
        files,
        edited,
    }
});

/// The position right behind the first `needle` in the second half of a document, or in its
/// header where it is there alone.
pub(crate) fn position_behind(document: &Document, needle: &str) -> Position {
    let source = document.source();
    let half = (source.len() / 2..).find(|at| source.is_char_boundary(*at));
    let found = half
        .and_then(|half| Some(half + source.get(half..)?.find(needle)?))
        .or_else(|| source.find(needle));
    let offset = found.map_or(0, |at| at + needle.len());
    document.text().position(offset, PositionEncoding::Utf16)
}
