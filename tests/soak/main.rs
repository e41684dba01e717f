//! Hours of work in one session: a person opens, types, completes, renames, saves and switches
//! branches, and the server at last knows what one knows that starts then.
//!
//! `AGENTLS_SOAK_SECONDS` says how long (120), `AGENTLS_SOAK_SEED` which person, `AGENTLS_BIN`
//! which server if not the one that was built with the test.

#[expect(
    dead_code,
    reason = "the person does not need all that a client can do"
)]
#[path = "../session/buffer.rs"]
mod buffer;
#[expect(
    dead_code,
    reason = "the person does not need all that a client can do"
)]
#[path = "../session/client.rs"]
mod client;
mod disk;
mod known;
mod person;
#[path = "../session/random.rs"]
mod random;
mod team;

use std::time::{Duration, Instant};

use crate::person::Person;

/// How long the person works unless it is said.
const SECONDS: u64 = 120;

/// After how many things done everything is compared.
const STEPS_BETWEEN_COMPARISONS: usize = 600;

/// The longest that one thing counts for: a machine that was stopped in the middle of it has
/// not worked.
const LONGEST_STEP: Duration = Duration::from_secs(5);

/// How much more memory the server may hold at the end than at half time. The workspace is as
/// large then as it was, give or take what the person happens to have written.
const GROWTH: f64 = 1.25;

fn said(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
#[ignore = "takes as long as it is told to"]
fn after_hours_of_work_the_server_knows_what_one_knows_that_starts_now() {
    let length = Duration::from_secs(said("AGENTLS_SOAK_SECONDS").unwrap_or(SECONDS));
    let seed = said("AGENTLS_SOAK_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("AGENTLS_SOAK_SEED={seed} for {} s", length.as_secs());
    let mut person = Person::start(seed);
    person.compare();
    let mut worked = Duration::ZERO;
    let mut at_half_time = None;
    while worked < length {
        for _ in 0..STEPS_BETWEEN_COMPARISONS {
            let begin = Instant::now();
            person.step();
            worked += begin.elapsed().min(LONGEST_STEP);
            if worked >= length {
                break;
            }
        }
        let answers = person.compare();
        let megabytes = person.server_megabytes();
        println!(
            "{:5} s, step {}: {answers} answers equal, {} files, {} open, {} MB; {}",
            worked.as_secs(),
            person.steps(),
            person.files(),
            person.open_documents(),
            megabytes.map_or("?".to_owned(), |it| it.to_string()),
            person.done(),
        );
        if at_half_time.is_none() && worked * 2 >= length {
            at_half_time = megabytes;
        }
        if worked >= length
            && let (Some(before), Some(after)) = (at_half_time, megabytes)
        {
            assert!(
                after <= before * GROWTH,
                "the server holds {after} MB, and {before} MB at half time (seed {seed})"
            );
        }
    }
    person.end();
}
