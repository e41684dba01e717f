//! Real files, where `AGENTLS_CORPUS` says where some are.

use std::path::PathBuf;
use std::sync::LazyLock;

use agentls_analysis::agent::SourceFile;
use agentls_analysis::config::Reading;
use agentls_analysis::index::FileId;
use agentls_analysis::path::FilePath;
use divan::Bencher;
use divan::counter::BytesCount;

/// Most files that are taken.
const FILES: usize = 500;

/// Paths in the corpus, and texts.
static TEXTS: LazyLock<Vec<(FilePath, String)>> = LazyLock::new(|| {
    let mut pending: Vec<PathBuf> = std::env::var_os("AGENTLS_CORPUS")
        .into_iter()
        .map(Into::into)
        .collect();
    let mut found = Vec::new();
    while let Some(folder) = pending.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found.truncate(FILES);
    let text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).ok()?;
        Some((FilePath::new(path.to_str()?), text))
    };
    found.into_iter().filter_map(text).collect()
});

/// As files are read that nobody has open.
#[divan::bench(sample_count = 10)]
fn parse(bencher: Bencher) {
    let texts = &*TEXTS;
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for (path, text) in texts {
            divan::black_box(SourceFile::parse(
                FileId(0),
                path.clone(),
                text,
                &Reading::default(),
            ));
        }
    });
}
