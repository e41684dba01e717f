//! Everything of a kind that can be mended, at once.

use similar::{Algorithm, DiffOp, TextDiff};

use crate::agent::SourceFile;
use crate::index::{Depth, Workspace};
use crate::rules::{self, Applicability, Finding, Fix};
use crate::text::{ByteRange, TextEdit};

/// What is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What has a safe fix.
    Safe,
    /// What the rule of this name has found and a person need not choose.
    Rule(&'static str),
}

/// Most times that the file is read anew. A fix can bring to light what hid behind its finding.
const MAX_ROUNDS: usize = 16;

/// The fix of a finding that counts in `extent`.
pub(super) fn of(finding: &Finding, extent: Extent) -> Option<&Fix> {
    match extent {
        Extent::Safe => finding.fix(Applicability::Safe),
        Extent::Rule(rule) if finding.rule == rule => finding.fix(Applicability::Unsafe),
        Extent::Rule(_) => None,
    }
}

/// The edits that mend a file as far as `extent` goes, in the order of the text. Empty where
/// there is nothing to mend.
pub fn fix_all(workspace: &Workspace, file: &SourceFile, extent: Extent) -> Vec<TextEdit> {
    let mut workspace = workspace.clone();
    let mut current = file.clone();
    for _ in 0..MAX_ROUNDS {
        let findings = rules::check(&workspace, &current);
        let fixes = findings.iter().filter_map(|finding| of(finding, extent));
        let (text, applied) = rules::apply(&current.source, fixes);
        if applied == 0 || text == *current.source {
            break;
        }
        let reading = &current.facts.reading;
        current = SourceFile::parse(file.id, file.path.clone(), &text, reading);
        if let Some(scope) = workspace.index.file(file.id).map(|file| file.scope) {
            let facts = current.facts.clone();
            _ = workspace
                .index
                .insert(file.id, file.path.clone(), facts, Depth::Body, scope);
        }
    }
    difference(&file.source, &current.source)
}

/// The edits that make `new` of `old`, line by line.
fn difference(old: &str, new: &str) -> Vec<TextEdit> {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .diff_lines(old, new);
    let old_starts = starts((0..diff.old_len()).filter_map(|at| diff.old_slice(at)));
    let new_starts = starts((0..diff.new_len()).filter_map(|at| diff.new_slice(at)));
    let edit = |op: &DiffOp| {
        let (before, after) = (op.old_range(), op.new_range());
        TextEdit {
            range: ByteRange::new(old_starts[before.start], old_starts[before.end]),
            new_text: new[new_starts[after.start]..new_starts[after.end]].to_owned(),
        }
    };
    let changes = diff.ops().iter();
    changes
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(edit)
        .collect()
}

/// Where each line starts, and where the last one ends.
fn starts<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let ends = lines.scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}
