//! Text to trees to facts: at once, and after each key.

use agentls_analysis::agent;
use agentls_analysis::config::Reading;
use agentls_analysis::syntax::document::Document;
use agentls_analysis::syntax::frontmatter;
use agentls_analysis::text::{Change, Position, PositionEncoding};
use divan::{Bencher, black_box};

use crate::team;

const SIZES: [usize; 2] = [team::LARGE, team::HUGE];

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher, bytes: usize) {
    let text = team::agent(team::EDITED, bytes);
    bencher.bench(|| Document::new(black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn parse_and_facts(bencher: Bencher, bytes: usize) {
    let text = team::agent(team::EDITED, bytes);
    bencher.bench(|| team::source_file(team::EDITED, &mut Document::new(black_box(&text))));
}

/// Facts of a document that is parsed.
#[divan::bench(args = SIZES)]
fn facts(bencher: Bencher, bytes: usize) {
    let text = team::agent(team::EDITED, bytes);
    let path = team::path(team::EDITED);
    bencher
        .with_inputs(|| Document::new(&text))
        .bench_refs(|document| agent::facts(&path, document, &Reading::default()));
}

#[divan::bench]
fn header_scan(bencher: Bencher) {
    let text = team::agent(team::EDITED, team::LARGE);
    bencher.bench(|| frontmatter::scan(black_box(&text)));
}

#[divan::bench]
fn header_facts(bencher: Bencher) {
    let text = team::agent(team::EDITED, team::LARGE);
    let path = team::path(team::EDITED);
    bencher.bench(|| agent::header_facts(&path, black_box(&text), &Reading::default()));
}

/// What is typed: behind what, and which text.
#[derive(Clone, Copy)]
enum Key {
    InAWord,
    BehindAMark,
    InTheHeader,
    InAFence,
    InACell,
    NewLine,
    FenceOpened,
    Pasted,
}

impl Key {
    const ALL: [Self; 8] = [
        Self::InAWord,
        Self::BehindAMark,
        Self::InTheHeader,
        Self::InAFence,
        Self::InACell,
        Self::NewLine,
        Self::FenceOpened,
        Self::Pasted,
    ];

    fn behind(self) -> &'static str {
        match self {
            Self::InAWord => "Plain wo",
            Self::BehindAMark => "> ",
            Self::InTheHeader => "description: Does",
            Self::InAFence => "def run",
            Self::InACell => "| always",
            Self::NewLine => "goes on for",
            Self::FenceOpened | Self::Pasted => "nested\n\n",
        }
    }

    fn text(self) -> String {
        match self {
            Self::NewLine => "\n".to_owned(),
            Self::FenceOpened => "```\n".to_owned(),
            Self::Pasted => team::agent(3, 4_000),
            _ => "x".to_owned(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InAWord => "in a word",
            Self::BehindAMark => "behind a mark",
            Self::InTheHeader => "in the header",
            Self::InAFence => "in a fence",
            Self::InACell => "in a cell",
            Self::NewLine => "a new line",
            Self::FenceOpened => "an open fence",
            Self::Pasted => "4 KB pasted",
        })
    }
}

/// An edit, and the one that takes it back.
fn there_and_back(document: &Document, key: Key) -> [Change; 2] {
    let at = team::position_behind(document, key.behind());
    let text = key.text();
    let rows = text.matches('\n').count() as u32;
    let last = text
        .rsplit('\n')
        .next()
        .unwrap_or("")
        .encode_utf16()
        .count() as u32;
    let end = Position {
        line: at.line + rows,
        column: if rows == 0 { at.column + last } else { last },
    };
    let change = |range, text| Change {
        range: Some(range),
        text,
    };
    [change((at, at), text), change((at, end), String::new())]
}

/// The tree after a key and after it is taken back: two edits.
#[divan::bench(args = Key::ALL, consts = SIZES)]
fn reparse<const BYTES: usize>(bencher: Bencher, key: Key) {
    let mut document = Document::new(&team::agent(team::EDITED, BYTES));
    let body = frontmatter::scan(document.source()).map_or(0, |header| header.end as usize);
    let changes = there_and_back(&document, key);
    bencher.bench_local(|| {
        for change in &changes {
            document.apply(std::slice::from_ref(change), PositionEncoding::Utf16);
            black_box(document.blocks(body));
        }
    });
}

/// The same, with the facts that follow.
#[divan::bench(args = Key::ALL, consts = SIZES)]
fn reparse_and_facts<const BYTES: usize>(bencher: Bencher, key: Key) {
    let mut document = Document::new(&team::agent(team::EDITED, BYTES));
    let mut file = team::source_file(team::EDITED, &mut document);
    let changes = there_and_back(&document, key);
    bencher.bench_local(|| {
        for change in &changes {
            document.apply(std::slice::from_ref(change), PositionEncoding::Utf16);
            file = file.edited(&mut document);
        }
    });
}
