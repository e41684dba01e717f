//! What `agentls check` has found, in the order and with the places in which it is printed.

use std::path::{MAIN_SEPARATOR, Path};

use agentls_analysis::config::Severity;
use agentls_analysis::rules::{Finding, Related};
use agentls_analysis::text::{ByteRange, PositionEncoding, Text};

use super::fix;
use super::workspace::{Checked, CheckedFile};

/// Everything that was found, in the order in which it is printed.
pub(super) struct Report<'a> {
    /// The files, in the order of their names.
    pub(super) files: Vec<ReportedFile<'a>>,
    /// How much there is of what.
    pub(super) summary: Summary,
    /// Whether findings are told from those of a baseline.
    pub(super) has_baseline: bool,
    /// Whether everything that was asked for could be looked at.
    pub(super) is_complete: bool,
    current: &'a Path,
}

/// A file of a report.
pub(super) struct ReportedFile<'a> {
    /// What it is called: relative to the current folder, absolute outside it, with `/`.
    pub(super) name: String,
    /// The same wherever the command is run.
    pub(super) lasting_name: String,
    /// The file.
    pub(super) checked: &'a CheckedFile,
    /// Whether it is a configuration.
    pub(super) is_config: bool,
    workspace: &'a Checked,
}

/// A place that belongs to a finding, with the text that it is in.
pub(super) struct RelatedPlace<'a> {
    /// What the file is called.
    pub(super) name: String,
    /// Its text, as far as it is known; ranges are right in it.
    pub(super) source: &'a str,
    /// Whether it is the file of the finding itself.
    pub(super) is_same_file: bool,
    /// The place and what is there.
    pub(super) related: &'a Related,
}

/// How much of what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Files that were looked at.
    pub(super) files: usize,
    /// Findings of each severity, in the order of [`Severity::ALL`].
    pub(super) findings: [usize; Severity::ALL.len()],
    /// Files of which something, or all, was not looked at.
    pub(super) skipped: usize,
    /// Findings that `--fix` mends.
    pub(super) fixable: usize,
    /// Findings that only `--unsafe-fixes` mends.
    pub(super) unsafely_fixable: usize,
    /// Findings that were mended.
    pub(super) fixed: usize,
    /// Findings that the baseline has, which count nowhere else.
    pub(super) known: usize,
}

impl Summary {
    /// How many findings there are.
    pub(super) fn total(&self) -> usize {
        self.findings.iter().sum()
    }

    fn add(&mut self, finding: &Finding) {
        let severity = Severity::ALL
            .iter()
            .position(|severity| *severity == finding.severity);
        if let Some(count) = severity.and_then(|at| self.findings.get_mut(at)) {
            *count += 1;
        }
        if fix::of(finding, false).is_some() {
            self.fixable += 1;
        } else if fix::of(finding, true).is_some() {
            self.unsafely_fixable += 1;
        }
    }
}

impl<'a> Report<'a> {
    /// The report on some workspaces, in which `fixed` findings were mended.
    pub(super) fn new(workspaces: &'a [Checked], fixed: usize, current: &'a Path) -> Self {
        let mut summary = Summary {
            fixed,
            ..Summary::default()
        };
        let mut files = Vec::new();
        for workspace in workspaces {
            summary.files += workspace.files.len();
            let ordinary = workspace.files.iter().map(|file| (file, false));
            let configs = workspace.configs.iter().map(|file| (file, true));
            for (checked, is_config) in ordinary.chain(configs) {
                summary.skipped += usize::from(!checked.is_readable || !checked.skipped.is_empty());
                summary.known += checked.known.len();
                for finding in &checked.findings {
                    summary.add(finding);
                }
                files.push(ReportedFile {
                    name: name(&checked.path, current),
                    lasting_name: lasting_name(&checked.path, current),
                    checked,
                    is_config,
                    workspace,
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            files,
            summary,
            has_baseline: false,
            is_complete: true,
            current,
        }
    }

    /// The findings that count.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.files.iter().flat_map(|file| &file.checked.findings)
    }

    /// The places that belong to a finding in `file`.
    pub(super) fn related(
        &self,
        file: &ReportedFile<'a>,
        finding: &'a Finding,
    ) -> Vec<RelatedPlace<'a>> {
        let place = |related: &'a Related| {
            if related.file == file.checked.id {
                let name = file.name.clone();
                return Some(RelatedPlace {
                    name,
                    source: &file.checked.source,
                    is_same_file: true,
                    related,
                });
            }
            let other = file.workspace.index.file(related.file)?;
            let name = name(&file.workspace.root.join(other.path.as_str()), self.current);
            Some(RelatedPlace {
                name,
                source: &other.facts.header_text,
                is_same_file: false,
                related,
            })
        };
        finding.related.iter().filter_map(place).collect()
    }
}

impl RelatedPlace<'_> {
    /// The place, where `text` is that of the finding's file.
    pub(super) fn place(&self, text: &Text, encoding: PositionEncoding) -> Place {
        match self.is_same_file {
            true => Place::new(text, self.related.range, encoding),
            false => Place::new(&Text::new(self.source), self.related.range, encoding),
        }
    }
}

/// What a file is called whatever the current folder is, and on whatever machine: relative to the
/// top of its repository. Where there is no repository, relative to the current folder.
pub(super) fn lasting_name(path: &Path, current: &Path) -> String {
    let holds_git = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
    name(
        path,
        path.ancestors().skip(1).find(holds_git).unwrap_or(current),
    )
}

/// What a file is called in the output.
pub(super) fn name(path: &Path, current: &Path) -> String {
    let name = path.strip_prefix(current).unwrap_or(path).to_string_lossy();
    if MAIN_SEPARATOR == '/' {
        name.into_owned()
    } else {
        name.replace(MAIN_SEPARATOR, "/")
    }
}

/// A place as people and programs count: lines and columns from one on, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl Place {
    /// The place of a range of `text`, clamped to it; columns count what `encoding` says.
    pub(super) fn new(text: &Text, range: ByteRange, encoding: PositionEncoding) -> Self {
        let start = text.position(range.start as usize, encoding);
        let end = text.position(range.end as usize, encoding);
        Self {
            line: start.line + 1,
            column: start.column + 1,
            end_line: end.line + 1,
            end_column: end.column + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_from_one_and_ends_after_the_last() {
        let place = |line, column, end_line, end_column| Place {
            line,
            column,
            end_line,
            end_column,
        };
        let text = Text::new("a\r\n\u{1f600}bc\rd");
        let of = |start, end, encoding| Place::new(&text, ByteRange::new(start, end), encoding);
        assert_eq!(of(7, 8, PositionEncoding::Utf32), place(2, 2, 2, 3));
        assert_eq!(of(7, 8, PositionEncoding::Utf16), place(2, 3, 2, 4));
        assert_eq!(of(3, 11, PositionEncoding::Utf32), place(2, 1, 3, 2));
        assert_eq!(of(99, 99, PositionEncoding::Utf32), place(3, 2, 3, 2));
    }

    #[test]
    fn a_name_is_relative_below_the_current_folder_and_absolute_elsewhere() {
        assert_eq!(name(Path::new("/a/b/c.md"), Path::new("/a")), "b/c.md");
        assert_eq!(name(Path::new("/a/b.md"), Path::new("/a/c")), "/a/b.md");
    }
}
