//! A header of any text: see `agentls_analysis::promises::header`.

#![no_main]

use agentls_analysis::promises::header;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| header::hold(source));
