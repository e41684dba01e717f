//! How often each rule finds something.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use agentls_analysis::config::Severity;
use anstyle::{AnsiColor, Effects, Style};

use super::report::Report;
use super::{Output, fix, text};

/// What one rule has found at one severity.
#[derive(Default)]
struct Row<'a> {
    findings: usize,
    files: BTreeSet<&'a str>,
    fixable: usize,
}

/// Prints a line for each rule that finds something, the gravest and most frequent first.
pub(super) fn print(report: &Report<'_>, output: &mut Output) -> io::Result<()> {
    let mut rows: BTreeMap<(Severity, &str), Row<'_>> = BTreeMap::new();
    for file in &report.files {
        for finding in &file.checked.findings {
            let row = rows.entry((finding.severity, finding.rule)).or_default();
            row.findings += 1;
            row.files.insert(&file.name);
            row.fixable += usize::from(fix::of(finding, false).is_some());
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|((a, _), x), ((b, _), y)| (b, y.findings).cmp(&(a, x.findings)));
    let width =
        |of: &dyn Fn(&((Severity, &str), Row<'_>)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let counts = width(&|(_, row)| row.findings.to_string().len());
    let names = width(&|((_, rule), _)| rule.len());
    let severities = width(&|((severity, _), _)| severity.name().len());
    let dim = output.style(Style::new().dimmed());
    for ((severity, rule), row) in &rows {
        let style = output.style(style(*severity));
        let files = text::counted(row.files.len(), "file");
        let fixable = match row.fixable {
            0 => String::new(),
            fixable => format!(", {fixable} fixable"),
        };
        writeln!(
            output.out,
            "{:>counts$}  {style}{:<severities$}{style:#}  {rule:<names$}  {dim}in {files}{fixable}{dim:#}",
            row.findings,
            severity.name(),
        )?;
    }
    if !rows.is_empty() {
        writeln!(output.out)?;
    }
    writeln!(output.out, "{}", text::summary(&report.summary))
}

/// How a severity is coloured.
pub(super) fn style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Information => AnsiColor::BrightGreen,
        Severity::Hint => AnsiColor::BrightCyan,
    };
    colour.on_default() | Effects::BOLD
}
