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

/// The fix of a finding that is applied without a person who reads it. Never one that makes
/// a file.
pub(super) fn of(finding: &Finding, is_unsafe_wanted: bool) -> Option<&Fix> {
    let least = match is_unsafe_wanted {
        true => Applicability::Unsafe,
        false => Applicability::Safe,
    };
    let mut fixes = finding.fixes.iter();
    fixes.find(|fix| fix.applicability >= least && fix.create.is_none() && !fix.edits.is_empty())
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
