//! Findings for services that collect them: SARIF 2.1.0.

use std::io::{self, Write};

use agentls_analysis::config::Severity;
use agentls_analysis::rules::{Finding, Fix, RULES, Rule};
use agentls_analysis::text::{ByteRange, PositionEncoding, Text};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::explain;
use super::report::{Place, Report, ReportedFile};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative paths are relative to: the folder where agentls was called. Where that is, is
/// the reader's business, so that a report is the same on every machine.
const BASE: &str = "%SRCROOT%";

/// What is written as it is in the path of a URI.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Prints a report.
pub(super) fn print(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut results = Vec::new();
    for file in &report.files {
        let checked = file.checked;
        let text = Text::new(&checked.source);
        let mut add = |findings: &[Finding], state| {
            let result = |finding| result(report, file, &text, finding, state);
            results.extend(findings.iter().map(result));
        };
        add(&checked.findings, report.has_baseline.then_some("new"));
        add(&checked.known, Some("unchanged"));
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "agentls",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(|it| rule(it)).collect::<Vec<_>>(),
            }},
            "invocations": [{"executionSuccessful": report.is_complete}],
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(rule: &Rule) -> Value {
    let mut descriptor = json!({
        "id": rule.name,
        "defaultConfiguration": {"enabled": rule.is_on, "level": level(rule.severity)},
    });
    if !rule.page.is_empty() {
        descriptor["shortDescription"] = json!({"text": explain::first_sentence(rule.page)});
        descriptor["help"] = json!({"text": rule.page, "markdown": rule.page});
    }
    descriptor
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "note",
    }
}

fn result<'a>(
    report: &Report<'a>,
    file: &ReportedFile<'a>,
    text: &Text,
    finding: &'a Finding,
    baseline_state: Option<&str>,
) -> Value {
    let place = |range| Place::new(text, range, PositionEncoding::Utf16);
    let range = file.checked.is_readable.then(|| place(finding.range));
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.name == finding.rule),
        "level": level(finding.severity),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location(&file.name, range)}],
    });
    let related = report.related(file, finding);
    if !related.is_empty() {
        let related = related.iter().enumerate().map(|(id, place)| {
            let region = place.place(text, PositionEncoding::Utf16);
            json!({
                "id": id,
                "physicalLocation": location(&place.name, Some(region)),
                "message": {"text": place.related.message},
            })
        });
        result["relatedLocations"] = related.collect();
    }
    // A file that a fix makes cannot be said.
    let fixes = finding
        .fixes
        .iter()
        .filter(|fix| fix.create.is_none() && !fix.edits.is_empty());
    let fixes: Vec<Value> = fixes.map(|it| fix(it, &file.name, &place)).collect();
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    if let Some(state) = baseline_state {
        result["baselineState"] = state.into();
    }
    result
}

fn fix(fix: &Fix, name: &str, place: &impl Fn(ByteRange) -> Place) -> Value {
    let replacements = fix.edits.iter().map(|edit| {
        json!({
            "deletedRegion": region(place(edit.range)),
            "insertedContent": {"text": edit.new_text},
        })
    });
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": artifact(name),
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

/// A place in a file, or all of the file.
fn location(name: &str, place: Option<Place>) -> Value {
    let mut location = Map::from_iter([("artifactLocation".to_owned(), artifact(name))]);
    location.extend(place.map(|place| ("region".to_owned(), region(place))));
    location.into()
}

fn region(place: Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A file by what it is called: relative to where agentls was called, or absolute.
fn artifact(name: &str) -> Value {
    let path = utf8_percent_encode(name, IN_PATH).to_string();
    let is_drive = name.get(1..3) == Some(":/");
    match name.starts_with('/') {
        true => json!({"uri": format!("file://{path}")}),
        false if is_drive => json!({"uri": format!("file:///{path}")}),
        false => json!({"uri": path, "uriBaseId": BASE}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_uri_and_relative_where_its_name_is() {
        assert_eq!(
            artifact("a b/ü.md"),
            json!({"uri": "a%20b/%C3%BC.md", "uriBaseId": "%SRCROOT%"})
        );
        assert_eq!(artifact("/a/#1.md"), json!({"uri": "file:///a/%231.md"}));
        assert_eq!(artifact("C:/a.md"), json!({"uri": "file:///C%3A/a.md"}));
    }
}
