//! Bytes of any kind at the front door of the server, which come in pieces of any size.

#![no_main]

use arbitrary::Arbitrary;
use front_door::{FrontDoor, Incoming};
use libfuzzer_sys::fuzz_target;

// Pure, and the server is a program: it has no library to take this from.
#[allow(dead_code, unused_imports)]
#[path = "../../server/src/lsp/front_door/mod.rs"]
mod front_door;

/// Longest message that is taken, in bytes: short, so that some are too long.
const MAX_MESSAGE_BYTES: usize = 1_000;

/// As bytes: for each piece an odd one and its length, an even one, then what is sent.
#[derive(Arbitrary, Debug)]
struct Stream<'a> {
    lengths: Vec<u8>,
    bytes: &'a [u8],
}

/// What comes in where `bytes` come in pieces of these lengths, in turn, and what is left at the end.
fn incoming(bytes: &[u8], lengths: &[u8]) -> (Vec<Incoming>, Option<String>) {
    let mut door = FrontDoor::new(MAX_MESSAGE_BYTES);
    let mut found = Vec::new();
    let mut rest = bytes;
    let mut lengths = lengths.iter().cycle();
    while !rest.is_empty() {
        let length = lengths.next().map_or(rest.len(), |length| usize::from(*length).max(1));
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        door.feed(piece);
        found.extend(std::iter::from_fn(|| door.next_incoming()));
        rest = behind;
    }
    (found, door.end())
}

fuzz_target!(|stream: Stream<'_>| {
    let whole = incoming(stream.bytes, &[]);
    assert_eq!(incoming(stream.bytes, &stream.lengths), whole);
    assert_eq!(incoming(stream.bytes, &[1]), whole);
});
