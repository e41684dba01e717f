//! The editor's side of a document: its text in UTF-16, kept apart from the server's.

/// A zero-based line and a zero-based column in UTF-16 code units.
pub(crate) type Position = (u32, u32);

/// From, to.
pub(crate) type Range = (Position, Position);

/// One change of a document; without a range it replaces everything.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) range: Option<Range>,
    pub(crate) text: String,
}

/// What an editor holds. Deliberately naive: it counts from the start each time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    units: Vec<u16>,
}

impl Buffer {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            units: text.encode_utf16().collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf16(&self.units).expect("no change splits a surrogate pair")
    }

    /// In code units.
    pub(crate) fn len(&self) -> usize {
        self.units.len()
    }

    /// Where each line starts, and where its text ends.
    fn lines(&self) -> Vec<(usize, usize)> {
        let mut lines = Vec::new();
        let (mut start, mut at) = (0, 0);
        while at < self.units.len() {
            let end = at;
            at += match (self.units[at], self.units.get(at + 1)) {
                (0x0d, Some(0x0a)) => 2,
                (0x0a | 0x0d, _) => 1,
                _ => {
                    at += 1;
                    continue;
                }
            };
            lines.push((start, end));
            start = at;
        }
        lines.push((start, self.units.len()));
        lines
    }

    /// The code unit at a position: past the end of a line its end, past the last line the end
    /// of the text, inside a surrogate pair its start.
    pub(crate) fn offset(&self, (line, column): Position) -> usize {
        let Some(&(start, end)) = self.lines().get(line as usize) else {
            return self.units.len();
        };
        let at = end.min(start + column as usize);
        let splits = at > start && at < end && (0xdc00..0xe000).contains(&self.units[at]);
        at - usize::from(splits)
    }

    /// The position of a code unit. One between `\r` and `\n` is no position: the end of the
    /// line is.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|(start, _)| *start <= offset) - 1;
        let (start, end) = lines[line];
        (line as u32, (offset.min(end) - start) as u32)
    }

    pub(crate) fn end(&self) -> Position {
        self.position(self.units.len())
    }

    pub(crate) fn apply(&mut self, change: &Change) {
        let range = match change.range {
            Some((from, to)) => self.offset(from)..self.offset(to),
            None => 0..self.units.len(),
        };
        self.units.splice(range, change.text.encode_utf16());
    }

    /// The text of a range, which must lie in the buffer.
    pub(crate) fn slice(&self, (from, to): Range) -> String {
        let lines = self.lines();
        for (line, column) in [from, to] {
            let (start, end) = lines[line as usize];
            assert!(
                start + column as usize <= end,
                "{line}:{column} is past the end of its line"
            );
        }
        String::from_utf16(&self.units[self.offset(from)..self.offset(to)])
            .expect("no range splits a surrogate pair")
    }

    /// The range of the only occurrence of `needle`.
    pub(crate) fn find(&self, needle: &str) -> Range {
        let text = self.text();
        let mut found = text.match_indices(needle);
        let (at, _) = found
            .next()
            .unwrap_or_else(|| panic!("{needle:?} is not in {text:?}"));
        assert!(found.next().is_none(), "{needle:?} is there twice: {text}");
        let start = text[..at].encode_utf16().count();
        let length = needle.encode_utf16().count();
        (self.position(start), self.position(start + length))
    }
}
