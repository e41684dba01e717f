//! Findings as GitHub Actions reads them: commands that annotate the lines of a change.

use std::io::{self, Write};

use agentls_analysis::config::Severity;
use agentls_analysis::text::{PositionEncoding, Text};

use super::report::{Place, Report};
use super::{text, visible};

/// Prints a report, and in the end the same line of words as for people.
pub(super) fn print(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let text = Text::new(&file.checked.source);
        for finding in &file.checked.findings {
            let level = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Information | Severity::Hint => "notice",
            };
            write!(out, "::{level} file={}", property(&file.name))?;
            if file.checked.is_readable {
                let place = Place::new(&text, finding.range, PositionEncoding::Utf32);
                write!(out, ",line={},endLine={}", place.line, place.end_line)?;
                // GitHub takes columns within one line only.
                if place.line == place.end_line {
                    write!(out, ",col={},endColumn={}", place.column, place.end_column)?;
                }
            }
            let title = property(finding.rule);
            writeln!(out, ",title={title}::{}", data(&finding.message))?;
        }
    }
    writeln!(out, "{}", text::summary(&report.summary))
}

/// A message as one line, which a log can show.
fn data(text: &str) -> String {
    let line = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    visible(&line).into_owned()
}

/// A property: what would end it is escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_line_or_a_property_is_escaped() {
        assert_eq!(data("50 %: a,\r\nb"), "50 %25: a,%0D%0Ab");
        assert_eq!(property("c:/a,b%.md"), "c%3A/a%2Cb%25.md");
        assert_eq!(property("\u{1b}[2J.md"), r"\u{1b}[2J.md");
    }
}
