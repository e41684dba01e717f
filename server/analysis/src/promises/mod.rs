//! What holds for every text. Each promise is a function that panics where it is broken: the
//! ordinary tests ask it about texts that proptest makes, the targets in `fuzz/` about texts
//! that a fuzzer finds, and what was found stands as a test beside the promise.

pub mod configuration;
pub mod edits;
pub mod facts;
pub mod header;
#[cfg(test)]
pub(crate) mod texts;

use crate::text::{ByteRange, TextEdit};

/// `range` begins and ends on characters of `source`.
#[track_caller]
fn lies_on_characters(range: ByteRange, source: &str) {
    assert!(
        source.get(range.range()).is_some(),
        "{range:?} in {source:?}"
    );
}

/// `edits` can be applied to `source`: they lie on characters, in order, and never overlap.
#[track_caller]
fn can_be_applied(edits: &[TextEdit], source: &str) {
    for edit in edits {
        lies_on_characters(edit.range, source);
    }
    for pair in edits.windows(2) {
        assert!(
            pair[0].range.end <= pair[1].range.start,
            "{edits:?} in {source:?}"
        );
    }
}
