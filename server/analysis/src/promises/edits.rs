//! A text that is edited is read as one that is opened as it is then.

use crate::agent::SourceFile;
use crate::config::Reading;
use crate::index::FileId;
use crate::path::FilePath;
use crate::syntax::document::Document;
use crate::text::{Change, Position, PositionEncoding, Text, without_nul};

/// The encodings that a client can ask for.
pub const ENCODINGS: [PositionEncoding; 3] = [
    PositionEncoding::Utf8,
    PositionEncoding::Utf16,
    PositionEncoding::Utf32,
];

/// What an editor says in one notification.
#[derive(Clone, Debug)]
pub struct Notification {
    /// What the columns of the changes count.
    pub encoding: PositionEncoding,
    /// In order; each is of the text after the one before it.
    pub changes: Vec<Change>,
}

/// After each notification the document has the text that a plain string has, the tree of a
/// fresh parse and the facts, Python and outline of a file that is read anew; in the end every
/// position leads back to its offset.
pub fn hold(text: &str, notifications: &[Notification]) {
    let path = FilePath::new(".claude/agents/a.md");
    let read = |document: &mut Document| {
        SourceFile::new(FileId(0), path.clone(), document, &Reading::default())
    };
    let mut expected = without_nul(text).into_owned();
    let mut document = Document::new(text);
    let mut file = read(&mut document);
    for (number, notification) in notifications.iter().enumerate() {
        if number % 3 == 2 {
            document.forget_tree();
        }
        let before = expected.clone();
        for change in &notification.changes {
            apply(&mut expected, change, notification.encoding);
        }
        document.edit(&notification.changes, notification.encoding);
        file.release_blocks();
        document.parse_edited();
        assert_eq!(
            &**document.source(),
            expected,
            "{notification:?} of {before:?}"
        );
        assert_eq!(document.text().to_source(), expected);

        file = file.edited(&mut document);
        let mut fresh = Document::new(&expected);
        let anew = read(&mut fresh);
        let edited = || format!("{before:?} -> {expected:?}");
        assert_eq!(
            document.tree_as_lines(),
            fresh.tree_as_lines(),
            "{}",
            edited()
        );
        assert_eq!(file.facts, anew.facts, "{}", edited());
        assert_eq!(file.python, anew.python, "{}", edited());
        let shape = |file: &SourceFile| {
            let outline = file.outline.as_deref();
            outline.map(|outline| (outline.blocks.clone(), outline.python.clone()))
        };
        assert_eq!(shape(&file), shape(&anew), "{}", edited());
    }
    positions_lead_back(&expected);
}

/// Every offset of `source` has a position that leads back to it, in each encoding.
pub fn positions_lead_back(source: &str) {
    let text = Text::new(source);
    let source = without_nul(source);
    for encoding in ENCODINGS {
        for (at, c) in source.char_indices().chain([(source.len(), '\0')]) {
            // Between `\r` and `\n` there is no position of its own: it is the line's end.
            let is_in_line_end = c == '\n' && source[..at].ends_with('\r');
            let position = text.position(at, encoding);
            let back = text.offset(position, encoding);
            assert_eq!(back, at - usize::from(is_in_line_end), "{source:?}");
            assert_eq!(back, offset(&source, position, encoding), "{source:?}");
        }
    }
}

/// The change made to a plain string.
fn apply(text: &mut String, change: &Change, encoding: PositionEncoding) {
    let new = without_nul(&change.text);
    match change.range {
        None => *text = new.into_owned(),
        Some((from, to)) => {
            let (from, to) = (offset(text, from, encoding), offset(text, to, encoding));
            text.replace_range(from.min(to)..from.max(to), &new);
        }
    }
}

/// The byte at `position`, counted character by character.
fn offset(text: &str, position: Position, encoding: PositionEncoding) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        let Some(end) = text[start..].find(['\n', '\r']) else {
            return text.len();
        };
        start += end;
        start += if text[start..].starts_with("\r\n") {
            2
        } else {
            1
        };
    }
    let rest = &text[start..];
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    let mut column = 0;
    for (at, c) in line.char_indices() {
        column += match encoding {
            PositionEncoding::Utf8 => c.len_utf8(),
            PositionEncoding::Utf16 => c.len_utf16(),
            PositionEncoding::Utf32 => 1,
        };
        if column > position.column as usize {
            return start + at;
        }
    }
    start + line.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::promises::texts::{changes, header_lines, markdown, mentions};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn an_edited_file_is_read_as_one_that_is_opened(
            header in header_lines(),
            (body, names) in (markdown(20), mentions()),
            notifications in prop::collection::vec((select(&ENCODINGS[..]), changes()), 1..6),
        ) {
            let notifications: Vec<_> = notifications
                .into_iter()
                .map(|(encoding, changes)| Notification { encoding, changes })
                .collect();
            hold(&format!("---\n{}\n---\n{names}{body}", header.join("\n")), &notifications);
        }
    }
}
