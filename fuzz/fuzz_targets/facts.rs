//! A file of any text at any path: see `agentls_analysis::promises::facts`.

#![no_main]

use agentls_analysis::promises::facts::{self, PATHS};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

/// As bytes: one for the path, then the text, so that a corpus is made of files.
#[derive(Arbitrary, Debug)]
struct File<'a> {
    path: u8,
    source: &'a str,
}

fuzz_target!(|file: File<'_>| facts::hold(
    PATHS[usize::from(file.path) % PATHS.len()],
    file.source
));
