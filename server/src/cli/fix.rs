//! Mending: the fixes of findings, applied again and again until there are none left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use agentls_analysis::path::FilePath;
use agentls_analysis::rules::{self, Applicability, Finding, Fix};
use agentls_analysis::text::without_nul;

use super::workspace::{Checked, CheckedFile, Texts};
use crate::files;

/// Most times that a file is mended: one fix can make room for another, and two that undo
/// each other must end.
const MAX_ROUNDS: usize = 20;

/// A file whose text was mended.
#[derive(Debug)]
pub(super) struct Mended {
    /// Where it is, absolute.
    pub(super) path: PathBuf,
    /// Its text as it was found.
    pub(super) before: Arc<str>,
    /// Its text without what was mended.
    pub(super) after: Arc<str>,
    /// How many fixes that took.
    pub(super) fixes: usize,
}

/// The files of a workspace that were mended.
pub(super) type MendedFiles = BTreeMap<FilePath, Mended>;

/// The fix of a finding that is applied without a person who reads it.
pub(super) fn of(finding: &Finding, is_unsafe_wanted: bool) -> Option<&Fix> {
    let least = match is_unsafe_wanted {
        true => Applicability::Unsafe,
        false => Applicability::Safe,
    };
    finding.fix(least)
}

/// Mends the files of a workspace in `texts`, where `check` reads them. Returns what is left
/// in them, and which they are.
pub(super) fn mend(
    texts: &mut Texts,
    is_unsafe_wanted: bool,
    check: impl Fn(&Texts) -> Checked,
) -> (Checked, MendedFiles) {
    let mut mended = MendedFiles::new();
    let mut checked = check(texts);
    for _ in 0..MAX_ROUNDS {
        let mut has_changed = false;
        for file in &checked.files {
            let Some((before, after, fixes)) = once(file, texts, is_unsafe_wanted) else {
                continue;
            };
            has_changed = true;
            texts.insert(file.file.clone(), Ok(after.clone()));
            let mended = mended.entry(file.file.clone()).or_insert_with(|| Mended {
                path: file.path.clone(),
                before,
                after: after.clone(),
                fixes: 0,
            });
            mended.after = after;
            mended.fixes += fixes;
        }
        if !has_changed {
            break;
        }
        checked = check(texts);
    }
    mended.retain(|_, file| file.before != file.after);
    (checked, mended)
}

/// The text of a file before and after its fixes, and how many these are; `None` where there
/// is nothing to mend.
fn once(
    file: &CheckedFile,
    texts: &Texts,
    is_unsafe_wanted: bool,
) -> Option<(Arc<str>, Arc<str>, usize)> {
    let mut fixes = file
        .findings
        .iter()
        .filter_map(|finding| of(finding, is_unsafe_wanted))
        .peekable();
    fixes.peek()?;
    // The text that was checked has other characters in the place of NULs.
    let before = match texts.get(&file.file) {
        Some(text) => text.clone().ok()?,
        None => files::read(&file.path).ok()?.into(),
    };
    if without_nul(&before) != *file.source {
        return None;
    }
    let (after, count) = rules::apply(&before, fixes);
    (*after != *before).then(|| (before, after.into(), count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use agentls_analysis::config::Severity;
    use agentls_analysis::index::{FileId, Index};
    use agentls_analysis::rules::NewFile;
    use agentls_analysis::text::{ByteRange, TextEdit};

    fn fix(applicability: Applicability, range: std::ops::Range<usize>, text: &str) -> Fix {
        let edit = TextEdit {
            range: range.into(),
            new_text: text.to_owned(),
        };
        Fix::new(applicability, "", [edit])
    }

    fn finding(fixes: Vec<Fix>) -> Finding {
        Finding {
            range: ByteRange::default(),
            rule: "unknown-tool",
            severity: Severity::Warning,
            message: String::new(),
            related: Vec::new(),
            tag: None,
            fixes,
        }
    }

    /// Mends `text`, in which `rule` finds things.
    fn mended(text: &str, rule: impl Fn(&str) -> Vec<Finding>) -> (String, usize) {
        let path = FilePath::new("a.md");
        let mut texts = Texts::from([(path.clone(), Ok(text.into()))]);
        let (_, files) = mend(&mut texts, false, |texts| {
            let source: Arc<str> = without_nul(&texts[&path].clone().unwrap()).into();
            Checked {
                root: PathBuf::new(),
                files: vec![CheckedFile {
                    path: PathBuf::from("a.md"),
                    file: path.clone(),
                    id: FileId(0),
                    findings: rule(&source),
                    source,
                    dialect: None,
                    known: Vec::new(),
                    skipped: Vec::new(),
                    is_readable: true,
                }],
                configs: Vec::new(),
                left_out: Vec::new(),
                index: Index::default(),
            }
        });
        let fixes = files.values().map(|file| file.fixes).sum();
        (texts[&path].clone().unwrap().to_string(), fixes)
    }

    #[test]
    fn the_first_fix_counts_that_needs_no_reader_and_makes_no_file() {
        let mut making = fix(Applicability::Safe, 0..0, "a");
        making.create = Some(NewFile {
            path: FilePath::new("b.md"),
            text: String::new(),
        });
        let of = |is_unsafe_wanted| {
            let fixes = vec![
                making.clone(),
                fix(Applicability::Manual, 0..0, "b"),
                fix(Applicability::Unsafe, 0..0, "c"),
                fix(Applicability::Safe, 0..0, "d"),
            ];
            let finding = finding(fixes);
            super::of(&finding, is_unsafe_wanted).map(|fix| fix.edits[0].new_text.clone())
        };
        assert_eq!(of(false).as_deref(), Some("d"));
        assert_eq!(of(true).as_deref(), Some("c"));
    }

    #[test]
    fn a_fix_that_makes_room_for_another_is_followed_by_it() {
        let first_a = |text: &str| {
            let fix = text
                .find('a')
                .map(|at| fix(Applicability::Safe, at..at + 1, "b"));
            fix.map(|fix| finding(vec![fix])).into_iter().collect()
        };
        assert_eq!(mended("caca\0", first_a), ("cbcb\0".to_owned(), 2));
    }

    #[test]
    fn fixes_that_undo_each_other_end() {
        let flip = |text: &str| {
            let other = if text == "a" { "b" } else { "a" };
            vec![finding(vec![fix(Applicability::Safe, 0..1, other)])]
        };
        assert_eq!(mended("a", flip), ("a".to_owned(), 0));
    }

    #[test]
    fn what_a_reader_must_decide_is_left() {
        let rule = |_: &str| vec![finding(vec![fix(Applicability::Unsafe, 0..1, "b")])];
        assert_eq!(mended("a", rule), ("a".to_owned(), 0));
    }
}
