//! A configuration of any text: see `agentls_analysis::promises::configuration`.

#![no_main]

use agentls_analysis::promises::configuration;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| configuration::hold(source));
