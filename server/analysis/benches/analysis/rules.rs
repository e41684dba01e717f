//! The rules on an agent of 20 KB in a team of 1,000: all of them, none, and each alone. What one
//! costs is what it takes longer than none.

use std::sync::Arc;

use agentls_analysis::config::{Config, Configs};
use agentls_analysis::index::Workspace;
use agentls_analysis::rules;
use agentls_analysis::syntax::document::Document;
use divan::Bencher;

use crate::team::{self, TEAM};

/// The team where no rule is on but `one`.
fn with_only(one: Option<&str>) -> Workspace {
    let mut config = Config::default();
    for rule in rules::RULES {
        let severity = (Some(rule.name) == one).then_some(rule.severity);
        config.rules.insert(rule.name.into(), severity);
    }
    Workspace {
        index: TEAM.workspace.index.clone(),
        configs: Arc::new(Configs::new([], Arc::new(config))),
    }
}

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

#[divan::bench]
fn none(bencher: Bencher) {
    let workspace = with_only(None);
    bencher.bench(|| rules::diagnose(&workspace, &TEAM.edited));
}

#[divan::bench(args = rules::rule_names())]
fn one(bencher: Bencher, rule: &str) {
    let workspace = with_only(Some(rule));
    bencher.bench(|| rules::diagnose(&workspace, &TEAM.edited));
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
