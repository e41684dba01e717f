//! `agentls check`: what is wrong with the files under some paths.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::{MAIN_SEPARATOR, Path};
use std::process::ExitCode;

use agentls_analysis::config::Severity;
use agentls_analysis::rules::{Finding, Related};
use agentls_analysis::text::{ByteRange, PositionEncoding, Text};
use rustc_hash::FxHashSet;

use super::workspace::{self, Checked, CheckedFile};
use super::{CheckArguments, FAILURE, Format, json, text};

pub(super) fn run(arguments: &CheckArguments) -> ExitCode {
    let current = match std::env::current_dir() {
        Ok(current) => current,
        Err(error) => {
            complain(format_args!("the current folder cannot be read: {error}"));
            return ExitCode::from(FAILURE);
        }
    };
    let (requests, missing) = workspace::requests(&arguments.paths, &current);
    for (path, error) in &missing {
        match error.kind() {
            ErrorKind::NotFound => complain(format_args!("`{}` does not exist", path.display())),
            _ => complain(format_args!("`{}` cannot be read: {error}", path.display())),
        }
    }

    let mut workspaces: Vec<Checked> = Vec::new();
    let mut claimed = FxHashSet::default();
    for request in &requests {
        let checked = request.check(arguments.user_agents, |path| claimed.contains(path));
        claimed.extend(checked.files.iter().map(|file| file.path.clone()));
        workspaces.push(checked);
    }

    let report = Report::new(&workspaces, &current);
    let printed = match arguments.format {
        Format::Text => text::print(&report),
        Format::Json => json::print(&report),
    };
    let is_broken = |error: &io::Error| error.kind() != ErrorKind::BrokenPipe;
    if let Some(error) = printed.err().filter(is_broken) {
        complain(format_args!("the findings cannot be printed: {error}"));
        return ExitCode::from(FAILURE);
    }
    if !missing.is_empty()
        || workspaces
            .iter()
            .any(|workspace| !workspace.configs.is_empty())
    {
        return ExitCode::from(FAILURE);
    }
    let fails = report
        .findings()
        .any(|finding| arguments.fail_on.fails(finding.severity));
    ExitCode::from(u8::from(fails))
}

/// Says on standard error why the job could not be done. When even that fails, the exit code
/// is all that is left to say it.
pub(super) fn complain(message: impl Display) {
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Everything that was found, in the order in which it is printed.
pub(super) struct Report<'a> {
    /// The files, in the order of their names.
    pub(super) files: Vec<ReportedFile<'a>>,
    /// How much there is of what.
    pub(super) summary: Summary,
    current: &'a Path,
}

/// A file of a report.
pub(super) struct ReportedFile<'a> {
    /// What it is called: relative to the current folder, absolute outside it, with `/`.
    pub(super) name: String,
    /// The file.
    pub(super) checked: &'a CheckedFile,
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
}

impl<'a> Report<'a> {
    fn new(workspaces: &'a [Checked], current: &'a Path) -> Self {
        let mut summary = Summary::default();
        let mut files = Vec::new();
        for workspace in workspaces {
            summary.files += workspace.files.len();
            for checked in workspace.files.iter().chain(&workspace.configs) {
                summary.skipped += usize::from(!checked.is_readable || !checked.skipped.is_empty());
                for finding in &checked.findings {
                    let severity = Severity::ALL
                        .iter()
                        .position(|severity| *severity == finding.severity);
                    if let Some(count) = severity.and_then(|at| summary.findings.get_mut(at)) {
                        *count += 1;
                    }
                }
                files.push(ReportedFile {
                    name: name(&checked.path, current),
                    checked,
                    workspace,
                });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            files,
            summary,
            current,
        }
    }

    fn findings(&self) -> impl Iterator<Item = &'a Finding> {
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

/// What a file is called in the output.
pub(super) fn name(path: &Path, current: &Path) -> String {
    let name = path.strip_prefix(current).unwrap_or(path).to_string_lossy();
    if MAIN_SEPARATOR == '/' {
        name.into_owned()
    } else {
        name.replace(MAIN_SEPARATOR, "/")
    }
}

/// A place as people and programs count: lines and columns from one on, columns in Unicode
/// scalar values, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl Place {
    /// The place of a range of `text`, clamped to it.
    pub(super) fn new(text: &Text, range: ByteRange) -> Self {
        let start = text.position(range.start as usize, PositionEncoding::Utf32);
        let end = text.position(range.end as usize, PositionEncoding::Utf32);
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
    fn a_place_counts_characters_from_one_and_ends_after_the_last() {
        let place = |line, column, end_line, end_column| Place {
            line,
            column,
            end_line,
            end_column,
        };
        let text = Text::new("a\r\n\u{1f600}bc\rd");
        assert_eq!(Place::new(&text, ByteRange::new(7, 8)), place(2, 2, 2, 3));
        assert_eq!(Place::new(&text, ByteRange::new(3, 11)), place(2, 1, 3, 2));
        assert_eq!(Place::new(&text, ByteRange::empty(99)), place(3, 2, 3, 2));
    }

    #[test]
    fn a_name_is_relative_below_the_current_folder_and_absolute_elsewhere() {
        assert_eq!(name(Path::new("/a/b/c.md"), Path::new("/a")), "b/c.md");
        assert_eq!(name(Path::new("/a/b.md"), Path::new("/a/c")), "/a/b.md");
    }
}
