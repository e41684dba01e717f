//! Ways to mend a finding, and how several are applied at once.

use std::collections::BTreeMap;

use super::Finding;
use crate::edit;
use crate::path::FilePath;
use crate::text::{ByteRange, TextEdit};

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command: "Rename to `maxTurns`".
    pub title: String,
    /// Edits of the file of the finding, in the order of the text; they never overlap.
    pub edits: Vec<TextEdit>,
    /// A file that is made.
    pub create: Option<NewFile>,
    /// Who may apply it.
    pub applicability: Applicability,
    /// Whether it is the one right answer.
    pub is_preferred: bool,
}

/// A file that a fix makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where; nothing is there yet.
    pub path: FilePath,
    /// What it holds.
    pub text: String,
}

/// Who may apply a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// A person who has read it: there are several answers, or it makes a file.
    Manual,
    /// `--unsafe-fixes`: it is most likely meant, and it changes what the file does.
    Unsafe,
    /// `--fix` and fix-all: the file does what its author meant, and loads as it did or better.
    Safe,
}

impl Fix {
    /// The fix that makes `edits`, which is the one right answer.
    pub fn safe(title: impl Into<String>, edits: impl Into<Vec<TextEdit>>) -> Self {
        Self {
            is_preferred: true,
            ..Self::new(Applicability::Safe, title, edits)
        }
    }

    /// The fix that makes `edits`.
    pub fn new(
        applicability: Applicability,
        title: impl Into<String>,
        edits: impl Into<Vec<TextEdit>>,
    ) -> Self {
        Self {
            title: title.into(),
            edits: edits.into(),
            create: None,
            applicability,
            is_preferred: false,
        }
    }
}

impl Finding {
    /// The fix that is applied without a person who chooses or reads it, where `least` is
    /// enough. Never one that makes a file.
    pub fn fix(&self, least: Applicability) -> Option<&Fix> {
        let is_applied = |fix: &&Fix| {
            fix.applicability >= least && fix.create.is_none() && !fix.edits.is_empty()
        };
        self.fixes.iter().find(is_applied)
    }
}

/// The text with as many of `fixes` as do not touch one another, in their order. Of two that
/// do, the first counts. Returns also how many were applied.
pub fn apply<'f>(source: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> (String, usize) {
    // No two of these touch, so an edit can touch only the nearest on each side.
    let mut taken: BTreeMap<ByteRange, &TextEdit> = BTreeMap::new();
    let mut applied = 0;
    for fix in fixes {
        let is_free = |edit: &TextEdit| {
            let before = taken.range(..=edit.range).next_back();
            let after = taken.range(edit.range..).next();
            before
                .into_iter()
                .chain(after)
                .all(|(_, other)| !touches(edit, other) || *other == edit)
        };
        if fix.edits.is_empty() || !fix.edits.iter().all(is_free) {
            continue;
        }
        taken.extend(fix.edits.iter().map(|edit| (edit.range, edit)));
        applied += 1;
    }
    (edit::apply(source, taken.into_values()), applied)
}

/// Whether two edits change the same bytes, or insert at the same place.
fn touches(a: &TextEdit, b: &TextEdit) -> bool {
    if a.range.is_empty() || b.range.is_empty() {
        return a.range.start <= b.range.end && b.range.start <= a.range.end;
    }
    a.range.start < b.range.end && b.range.start < a.range.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |(start, end, text): &(usize, usize, &str)| TextEdit {
            range: ByteRange::new(*start, *end),
            new_text: (*text).to_owned(),
        };
        Fix::safe("", edits.iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn of_two_fixes_that_touch_the_first_counts() {
        let fixes = [
            fix(&[(4, 5, "E")]),
            fix(&[(0, 1, "A"), (4, 6, "x")]),
            fix(&[(1, 2, "")]),
            fix(&[(5, 5, "!")]),
            fix(&[(6, 6, "?")]),
            fix(&[(6, 6, "?")]),
        ];
        assert_eq!(apply("abcdef", &fixes), ("acdEf?".to_owned(), 4));
    }

    #[test]
    fn a_fix_counts_that_edits_and_that_nobody_has_to_read() {
        let making = Fix {
            create: Some(NewFile {
                path: FilePath::new("a.md"),
                text: String::new(),
            }),
            ..fix(&[(0, 1, "made")])
        };
        let by = |applicability, text| Fix {
            applicability,
            ..fix(&[(0, 1, text)])
        };
        let finding = Finding {
            range: ByteRange::default(),
            rule: "unknown-tool",
            severity: crate::config::Severity::Hint,
            message: String::new(),
            related: Vec::new(),
            tag: None,
            fixes: vec![
                making,
                fix(&[]),
                by(Applicability::Manual, "read"),
                by(Applicability::Unsafe, "likely"),
                by(Applicability::Safe, "same"),
            ],
        };
        let text = |least| finding.fix(least).map(|fix| fix.edits[0].new_text.as_str());
        assert_eq!(text(Applicability::Safe), Some("same"));
        assert_eq!(text(Applicability::Unsafe), Some("likely"));
    }
}
