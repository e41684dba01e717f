//! Findings for programs: one JSON object, whose shape is part of the interface.

use std::io::{self, BufWriter, Write};

use agentls_analysis::config::Severity;
use agentls_analysis::text::Text;
use serde::{Serialize, Serializer};

use super::check::{self, Place, Report};

#[derive(Serialize)]
struct Output<'a> {
    findings: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    severity: &'static str,
    rule: &'static str,
    message: &'a str,
    related: Vec<Related<'a>>,
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

impl From<check::Summary> for Summary {
    fn from(summary: check::Summary) -> Self {
        let [error, warning, information, hint] = summary.findings;
        Self {
            files: summary.files,
            error,
            warning,
            information,
            hint,
            skipped: summary.skipped,
        }
    }
}

/// Prints a report.
pub(super) fn print(report: &Report<'_>) -> io::Result<()> {
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
                    place: match place.is_same_file {
                        true => Place::new(&text, place.related.range),
                        false => Place::new(&Text::new(place.source), place.related.range),
                    },
                    path: place.name,
                    message: &place.related.message,
                });
            findings.push(Finding {
                path: &file.name,
                place: Place::new(&text, finding.range),
                severity: finding.severity.name(),
                rule: finding.rule,
                message: &finding.message,
                related: related.collect(),
            });
        }
    }
    let output = Output {
        findings,
        summary: report.summary.into(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, &output)?;
    writeln!(out)?;
    out.flush()
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
