//! Findings for programs: one JSON object, whose shape is part of the interface.

use std::io::{self, Write};

use agentls_analysis::config::Severity;
use agentls_analysis::rules::{Applicability, Fix};
use agentls_analysis::text::{ByteRange, PositionEncoding, Text};
use serde::{Serialize, Serializer};

use super::report::{self, Place, Report};
use super::workspace::ToldBy;

#[derive(Serialize)]
struct Output<'a> {
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<File<'a>>>,
    summary: Summary,
}

/// Who reads a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    path: &'a str,
    /// `null` for plain markdown.
    host: Option<&'a str>,
    kind: &'a str,
    told_by: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    path: &'a str,
    /// Relative to the top of the repository: by this, baselines know a file.
    path_in_repository: &'a str,
    #[serde(flatten)]
    place: Place,
    severity: &'static str,
    rule: &'static str,
    message: &'a str,
    related: Vec<Related<'a>>,
    fixes: Vec<FixOutput<'a>>,
}

#[derive(Serialize)]
struct FixOutput<'a> {
    title: &'a str,
    /// Who may apply it: `safe`, `unsafe` or `manual`.
    applicability: &'static str,
    preferred: bool,
    edits: Vec<Edit<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create: Option<Create<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

/// A file that a fix makes.
#[derive(Serialize)]
struct Create<'a> {
    /// Relative to the workspace.
    path: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    path: String,
    #[serde(flatten)]
    place: Place,
    message: &'a str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    error: usize,
    warning: usize,
    information: usize,
    hint: usize,
    skipped: usize,
    /// Findings that `--fix` mends.
    fixable: usize,
    /// Findings that were mended.
    fixed: usize,
    /// Findings that were left out, because the baseline has them.
    known: usize,
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields {
            line: u32,
            column: u32,
            end_line: u32,
            end_column: u32,
        }
        let Place {
            line,
            column,
            end_line,
            end_column,
        } = *self;
        Fields {
            line,
            column,
            end_line,
            end_column,
        }
        .serialize(serializer)
    }
}

impl From<report::Summary> for Summary {
    fn from(summary: report::Summary) -> Self {
        let [error, warning, information, hint] = summary.findings;
        Self {
            files: summary.files,
            error,
            warning,
            information,
            hint,
            skipped: summary.skipped,
            fixable: summary.fixable,
            fixed: summary.fixed,
            known: summary.known,
        }
    }
}

/// Prints a report. With `is_verbose`, it says who reads each file.
pub(super) fn print(report: &Report<'_>, is_verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut findings = Vec::new();
    for file in report
        .files
        .iter()
        .filter(|file| !file.checked.findings.is_empty())
    {
        let text = Text::new(&file.checked.source);
        for finding in &file.checked.findings {
            let related = report
                .related(file, finding)
                .into_iter()
                .map(|place| Related {
                    place: place.place(&text, PositionEncoding::Utf32),
                    path: place.name,
                    message: &place.related.message,
                });
            findings.push(Finding {
                path: &file.name,
                path_in_repository: &file.lasting_name,
                place: place(&text, finding.range),
                severity: finding.severity.name(),
                rule: finding.rule,
                message: &finding.message,
                related: related.collect(),
                fixes: finding.fixes.iter().map(|it| fix(it, &text)).collect(),
            });
        }
    }
    let output = Output {
        findings,
        files: is_verbose.then(|| files(report)),
        summary: report.summary.into(),
    };
    serde_json::to_writer_pretty(&mut *out, &output)?;
    writeln!(out)
}

fn place(text: &Text, range: ByteRange) -> Place {
    Place::new(text, range, PositionEncoding::Utf32)
}

fn fix<'a>(fix: &'a Fix, text: &Text) -> FixOutput<'a> {
    let edits = fix.edits.iter().map(|edit| Edit {
        place: place(text, edit.range),
        text: &edit.new_text,
    });
    FixOutput {
        title: &fix.title,
        applicability: match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Manual => "manual",
        },
        preferred: fix.is_preferred,
        edits: edits.collect(),
        create: fix.create.as_ref().map(|file| Create {
            path: file.path.as_str(),
            text: &file.text,
        }),
    }
}

fn files<'a>(report: &'a Report<'_>) -> Vec<File<'a>> {
    let file = |file: &'a report::ReportedFile<'_>| {
        let dialect = file.checked.dialect.as_ref()?;
        Some(File {
            path: &file.name,
            host: dialect.host,
            kind: dialect.noun,
            told_by: match dialect.told_by {
                ToldBy::Configuration => "configuration",
                ToldBy::Path => "path",
                ToldBy::AgentsFolder => "agents-folder",
                ToldBy::Header => "header",
            },
        })
    };
    report.files.iter().filter_map(file).collect()
}

// The order of the counts in a summary.
const _: () = assert!(matches!(
    Severity::ALL,
    [
        Severity::Error,
        Severity::Warning,
        Severity::Information,
        Severity::Hint
    ]
));
