//! Real files: 20 public repositories of agents, skills and commands, each its own workspace.
//!
//! They are found at `AGENTLS_CORPUS` or at `../shared/corpus` beside this repository; where
//! there are none, every test says so and passes.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]
#![allow(
    clippy::print_stderr,
    reason = "what a test says, its reader wants to see"
)]

mod features;
mod findings;
mod fixes;
mod formatting;
mod graph;
mod mentions;
mod outline;
mod team;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use agentls_analysis::text::ByteRange;

/// The folder whose folders are the repositories.
fn corpus() -> Option<PathBuf> {
    let folder = match std::env::var_os("AGENTLS_CORPUS") {
        Some(named) => PathBuf::from(named),
        None => project().join("../shared/corpus"),
    };
    if folder.is_dir() {
        return Some(fs::canonicalize(folder).unwrap());
    }
    eprintln!("skipped: there is no corpus at {}", folder.display());
    None
}

/// What lies beside the corpus: the five seeds, the facts.
fn beside(corpus: &Path, name: &str) -> Option<PathBuf> {
    let path = corpus.parent()?.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}", path.display());
    None
}

/// The folder of this repository.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The repositories in the order of their names.
fn repositories(corpus: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// Compares a table with the one between the marks of that name in `docs/corpus.md`; with
/// `UPDATE_DOCS` it is written there.
fn documented(name: &str, table: &str) {
    /// The tables are in one page, and the tests run side by side.
    static PAGE: Mutex<()> = Mutex::new(());
    let _held = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    eprintln!("{table}");
    let begin = format!("<!-- {name}: begin -->\n");
    let end = format!("<!-- {name}: end -->");
    let path = project().join("docs/corpus.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(&begin).unwrap();
    let (documented, after) = rest.split_once(&end).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(
            documented, table,
            "docs/corpus.md is out of date: run with UPDATE_DOCS=1"
        );
    }
}

fn name(folder: &Path) -> &str {
    folder.file_name().unwrap().to_str().unwrap()
}

/// Whether a range is one of `text`: in order, inside it, between whole characters.
fn is_valid(range: ByteRange, text: &str) -> bool {
    range.start <= range.end && text.get(range.start as usize..range.end as usize).is_some()
}
