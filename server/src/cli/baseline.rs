//! Findings that were there before: an earlier report, which is subtracted.

use std::path::Path;

use agentls_analysis::rules::Finding;
use agentls_analysis::text::{PositionEncoding, Text};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::report::Place;

/// The findings of an earlier report, by the lasting names of their files.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    by_name: FxHashMap<String, Vec<Known>>,
}

/// What of a JSON report counts here.
#[derive(Deserialize)]
struct Report {
    findings: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    path_in_repository: String,
    #[serde(flatten)]
    known: Known,
}

#[derive(Debug, Deserialize)]
struct Known {
    rule: String,
    message: String,
    /// From one on.
    line: u32,
}

impl Baseline {
    /// Reads a report that `--format json` has printed.
    ///
    /// # Errors
    /// In words, when there is none.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let bytes = std::fs::read(path)
            .map_err(|error| format!("the baseline `{shown}` cannot be read: {error}"))?;
        let report: Report = serde_json::from_slice(&bytes).map_err(|error| {
            format!("the baseline `{shown}` is no report of `--format json`: {error}")
        })?;
        let mut by_name: FxHashMap<String, Vec<Known>> = FxHashMap::default();
        for entry in report.findings {
            by_name
                .entry(entry.path_in_repository)
                .or_default()
                .push(entry.known);
        }
        Ok(Self { by_name })
    }

    /// Takes the findings that the baseline has out of those of the file with this lasting name.
    /// Rule and message make a finding; lines move, and only tell which of several equal
    /// ones is the new one.
    pub(super) fn take_known(
        &self,
        name: &str,
        source: &str,
        findings: &mut Vec<Finding>,
    ) -> Vec<Finding> {
        let Some(known) = self.by_name.get(name) else {
            return Vec::new();
        };
        let text = Text::new(source);
        let line =
            |finding: &Finding| Place::new(&text, finding.range, PositionEncoding::Utf32).line;
        let mut is_left: Vec<bool> = vec![true; known.len()];
        let mut is_known = vec![false; findings.len()];
        for by_line in [true, false] {
            for (finding, is_known) in findings.iter().zip(&mut is_known) {
                let is_same = |(at, known): &(usize, &Known)| {
                    is_left[*at]
                        && known.rule == finding.rule
                        && says_the_same(&known.message, &finding.message)
                        && (!by_line || known.line == line(finding))
                };
                if *is_known {
                    continue;
                }
                if let Some((at, _)) = known.iter().enumerate().find(is_same) {
                    is_left[at] = false;
                    *is_known = true;
                }
            }
        }
        let mut known = is_known.into_iter();
        findings
            .extract_if(.., |_| known.next() == Some(true))
            .collect()
    }
}

/// Whether two messages say the same. Paths in them are relative to the workspace, which is larger
/// or smaller by what was asked for: one may go on to the front of the other.
fn says_the_same(a: &str, b: &str) -> bool {
    let goes_on = |long: &str, short: &str| {
        let front = long.strip_suffix(short).filter(|_| !short.is_empty());
        front.is_some_and(|front| front.ends_with('/'))
    };
    let is_same = |(a, b): (&str, &str)| {
        let path = |word| str::trim_start_matches(word, ['`', '(']);
        a == b || goes_on(path(a), path(b)) || goes_on(path(b), path(a))
    };
    let (a, b) = (a.split(' '), b.split(' '));
    a.clone().count() == b.clone().count() && a.zip(b).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agentls_analysis::config::Severity;
    use agentls_analysis::text::ByteRange;

    fn finding(start: usize, message: &str) -> Finding {
        Finding {
            range: ByteRange::empty(start),
            rule: "unknown-agent",
            severity: Severity::Warning,
            message: message.to_owned(),
            related: Vec::new(),
            tag: None,
            fixes: Vec::new(),
        }
    }

    fn known(line: u32, message: &str) -> Known {
        Known {
            rule: "unknown-agent".to_owned(),
            message: message.to_owned(),
            line,
        }
    }

    /// The first bytes of the findings that are new, in a text of lines of one letter.
    fn new(baseline: Vec<Known>, findings: &[(usize, &str)]) -> Vec<u32> {
        let baseline = Baseline {
            by_name: FxHashMap::from_iter([("a.md".to_owned(), baseline)]),
        };
        let mut findings: Vec<_> = findings
            .iter()
            .map(|(start, message)| finding(*start, message))
            .collect();
        baseline.take_known("a.md", "a\nb\nc\nd\n", &mut findings);
        findings.iter().map(|finding| finding.range.start).collect()
    }

    #[test]
    fn a_finding_that_moved_is_known() {
        assert_eq!(new(vec![known(1, "x")], &[(4, "x")]), [0_u32; 0]);
        assert_eq!(new(vec![known(1, "x")], &[(0, "y")]), [0]);
    }

    #[test]
    fn of_equal_findings_as_many_are_known_as_there_were_and_those_that_stayed_first() {
        assert_eq!(new(vec![known(2, "x")], &[(0, "x"), (2, "x")]), [0]);
        assert_eq!(
            new(
                vec![known(9, "x"), known(3, "x")],
                &[(0, "x"), (2, "x"), (4, "x")]
            ),
            [2]
        );
    }

    #[test]
    fn a_path_of_a_message_may_begin_in_another_folder() {
        let is_known = |before, now| new(vec![known(1, before)], &[(0, now)]).is_empty();
        assert!(is_known("api/agents/b.md has it", "agents/b.md has it"));
        assert!(is_known("see `agents/b.md`", "see `api/agents/b.md`"));
        assert!(!is_known("see `xagents/b.md`", "see `agents/b.md`"));
        assert!(!is_known("see `a/b.md` too", "see `b.md`"));
        assert!(!is_known("no tool `A`", "no tool `B`"));
        assert!(!is_known("a/ b", "a/c b"));
    }
}
