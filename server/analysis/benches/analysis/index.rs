//! The index of 1,000 agents: built, and kept up with one of them.

use agentls_analysis::index::{Index, Workspace};
use agentls_analysis::syntax::document::Document;
use divan::Bencher;

use crate::team::{self, TEAM};

#[divan::bench]
fn build(bencher: Bencher) {
    let team = &*TEAM;
    bencher.bench(|| {
        let mut workspace = Workspace::default();
        for file in &team.files {
            team::insert(&mut workspace, file);
        }
        workspace
    });
}

/// What a file says that it said before: nothing is to be done.
#[divan::bench]
fn update_with_the_same(bencher: Bencher) {
    let mut workspace = TEAM.workspace.clone();
    bencher.bench_local(|| team::insert(&mut workspace, &TEAM.edited));
}

fn alternate(bencher: Bencher, change: impl Fn(&str) -> String) {
    let source = change(&TEAM.edited.source);
    let other = team::source_file(team::EDITED, &mut Document::new(&source));
    let mut workspace = TEAM.workspace.clone();
    bencher.bench_local(|| {
        team::insert(&mut workspace, &other);
        team::insert(&mut workspace, &TEAM.edited);
    });
}

/// One more mention, and one less: two updates.
#[divan::bench]
fn update_a_mention(bencher: Bencher) {
    alternate(bencher, |source| format!("{source}Ask @api-api-0 too.\n"));
}

/// Another name, and back: two updates.
#[divan::bench]
fn update_the_name(bencher: Bencher) {
    alternate(bencher, |source| source.replacen("name: ", "name: new-", 1));
}

/// A file goes, and comes again.
#[divan::bench]
fn remove_and_insert(bencher: Bencher) {
    let mut workspace = TEAM.workspace.clone();
    bencher.bench_local(|| {
        _ = workspace.index.remove(TEAM.edited.id);
        team::insert(&mut workspace, &TEAM.edited);
    });
}

#[divan::bench]
fn snapshot() -> Index {
    TEAM.workspace.index.clone()
}
