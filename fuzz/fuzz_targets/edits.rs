//! A text that is edited as an editor does: see `agentls_analysis::promises::edits`.

#![no_main]

use agentls_analysis::promises::edits::{self, ENCODINGS, Notification};
use agentls_analysis::text::{Change, Position};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

/// What parts the text from what is typed into it, and that from what is typed next.
const SEPARATOR: char = '\u{1e}';

/// As bytes: for each place an odd one and its five, an even one, then the texts. So a corpus is
/// made of files with a zero before them.
#[derive(Arbitrary, Debug)]
struct Session<'a> {
    places: Vec<Place>,
    texts: &'a str,
}

/// Where something is typed, and what it replaces.
#[derive(Arbitrary, Debug)]
struct Place {
    flags: u8,
    line: u8,
    column: u8,
    lines: u8,
    columns: u8,
}

impl Place {
    /// Whether it belongs to the notification before.
    fn goes_on(&self) -> bool {
        self.flags & 0b100 != 0
    }

    fn change(&self, text: &str) -> Change {
        let at = |line: u8, column: u8| Position {
            line: line.into(),
            column: column.into(),
        };
        let from = at(self.line, self.column);
        let to = match self.flags & 0b1000 {
            0 => at(self.line, self.column.saturating_add(self.columns % 8)),
            _ => at(self.line.saturating_add(self.lines % 4), self.columns),
        };
        let replaces_all = self.flags & 0b1111_0000 == 0b1111_0000;
        Change {
            range: (!replaces_all).then_some((from, to)),
            text: text.to_owned(),
        }
    }
}

fuzz_target!(|session: Session<'_>| {
    let mut texts = session.texts.split(SEPARATOR);
    let text = texts.next().unwrap_or("");
    let mut notifications: Vec<Notification> = Vec::new();
    for place in &session.places {
        let change = place.change(texts.next().unwrap_or(""));
        match notifications.last_mut() {
            Some(last) if place.goes_on() => last.changes.push(change),
            _ => notifications.push(Notification {
                encoding: ENCODINGS[usize::from(place.flags) % ENCODINGS.len()],
                changes: vec![change],
            }),
        }
    }
    edits::hold(text, &notifications);
});
