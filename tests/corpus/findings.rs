//! What `agentls check` finds, counted by rule and repository, and exactly so on the seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::{beside, corpus, documented, name, repositories};

#[derive(Deserialize)]
struct Report {
    findings: Vec<Finding>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Finding {
    path: String,
    line: u32,
    column: u32,
    severity: String,
    rule: String,
}

#[derive(Deserialize)]
struct Summary {
    files: usize,
    skipped: usize,
}

/// Checks a folder as its own workspace.
fn check(folder: &Path) -> Report {
    let output = Command::new(env!("CARGO_BIN_EXE_agentls"))
        .args(["check", "--format", "json", "--fail-on", "never"])
        .current_dir(folder)
        .env("HOME", folder.join("no-home"))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", folder.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The report on each repository, made once for all tests.
fn reports() -> Option<&'static [(String, Report)]> {
    static REPORTS: OnceLock<Vec<(String, Report)>> = OnceLock::new();
    let corpus = corpus()?;
    Some(REPORTS.get_or_init(|| {
        let report = |folder: &PathBuf| (name(folder).to_owned(), check(folder));
        repositories(&corpus).iter().map(report).collect()
    }))
}

#[test]
fn few_agents_have_an_unknown_tool() {
    let Some(reports) = reports() else { return };
    let files: BTreeSet<_> = reports
        .iter()
        .flat_map(|(name, report)| report.findings.iter().map(move |finding| (name, finding)))
        .filter(|(_, finding)| finding.rule == "unknown-tool")
        .map(|(name, finding)| (name, &finding.path))
        .collect();
    assert!(files.len() <= 25, "{files:#?}");
}

#[test]
fn no_file_is_skipped() {
    let Some(reports) = reports() else { return };
    for (name, report) in reports {
        assert_eq!(report.summary.skipped, 0, "{name}");
    }
}

#[test]
fn the_documented_table_is_up_to_date() {
    let Some(reports) = reports() else { return };
    documented("table", &table(reports));
}

/// The repositories, numbered, and how many findings of each rule each has.
fn table(reports: &[(String, Report)]) -> String {
    let mut counts: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, (_, report)) in reports.iter().enumerate() {
        for finding in &report.findings {
            let row = counts
                .entry((&finding.rule, &finding.severity))
                .or_default();
            row.resize(reports.len(), 0);
            row[at] += 1;
        }
    }
    let mut table = "| | repository | files | findings |\n|--:|---|--:|--:|\n".to_owned();
    for (number, (name, report)) in (1..).zip(reports) {
        let name = name.replacen("__", "/", 1);
        let (files, findings) = (report.summary.files, report.findings.len());
        writeln!(table, "| {number} | {name} | {files} | {findings} |").unwrap();
    }
    table += "\n| rule | severity | all |";
    for number in 1..=reports.len() {
        write!(table, " {number} |").unwrap();
    }
    table += "\n|---|---|--:|";
    table += &"--:|".repeat(reports.len());
    for ((rule, severity), row) in counts {
        write!(
            table,
            "\n| {rule} | {severity} | {} |",
            row.iter().sum::<usize>()
        )
        .unwrap();
        for count in row {
            match count {
                0 => table += " |",
                count => write!(table, " {count} |").unwrap(),
            }
        }
    }
    table + "\n"
}

#[test]
fn the_seeds_have_exactly_these_faults() {
    let Some(corpus) = corpus() else { return };
    let Some(seeds) = beside(&corpus, "seeds") else {
        return;
    };
    let mut found = String::new();
    for finding in check(&seeds).findings {
        let Finding {
            path,
            line,
            column,
            severity,
            rule,
        } = finding;
        writeln!(found, "{path}:{line}:{column} {severity} {rule}").unwrap();
    }
    let expected = "\
000-python-pro.md:2:7 warning duplicate-name
000-python-pro.md:63:3 warning unknown-agent
000-python-pro.md:64:3 warning unknown-agent
000-python-pro.md:65:3 warning unknown-agent
002-python-expert.md:4:21 warning removed-tool
002-python-expert.md:4:38 hint renamed-tool
002-python-expert.md:62:42 information unknown-agent
002-python-expert.md:63:38 information unknown-agent
002-python-expert.md:63:62 information unknown-agent
002-python-expert.md:64:17 information unknown-agent
002-python-expert.md:65:11 information unknown-agent
003-python-pro.md:2:7 warning duplicate-name
003-python-pro.md:6:21 warning removed-tool
003-python-pro.md:558:1 warning nested-fence
004-python-specialist.md:3:10 error broken-extends
";
    assert_eq!(found, expected);
}
