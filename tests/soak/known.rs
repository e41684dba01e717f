//! What a server says of everything, to be compared with what another one says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::buffer::Position;
use crate::client::{Session, at_position, to_json, uri};

/// Most characters of one answer that a report shows.
const SHOWN: usize = 1_500;

/// Most answers that a report shows.
const SHOWN_ANSWERS: usize = 6;

/// Every so many code units of a document its selection ranges are asked for.
const SELECTION_STEP: usize = 97;

/// Answers by what was asked.
#[derive(PartialEq)]
pub(crate) struct Known(BTreeMap<String, Value>);

impl Known {
    /// Asks for everything: about the workspace, about the names at `names` in the document
    /// `probe`, about each of the open documents.
    pub(crate) fn of(
        session: &mut Session,
        probe: &str,
        names: &[Position],
        open: &BTreeSet<PathBuf>,
    ) -> Self {
        let mut answers = BTreeMap::new();
        for query in ["", "api", "reviewer", "pt 1"] {
            let found = session.request("workspace/symbol", json!({ "query": query }));
            answers.insert(format!("workspace/symbol {query:?}"), found);
        }
        let agents = session.request("agentls/agents", json!({}));
        answers.insert("agentls/agents".to_owned(), by_item(agents));
        // The form that nothing is laid out for: where it is the same, so is the layout.
        let graph = json!({ "format": "dot", "uri": probe, "skills": true });
        let graph = session.request("agentls/graph", graph);
        answers.insert("agentls/graph".to_owned(), lines(&graph["text"]));
        for at in names {
            let mut params = at_position(probe, *at);
            params["context"] = json!({ "includeDeclaration": true });
            let found = session.request("textDocument/references", params);
            answers.insert(format!("references {at:?}"), by_item(found));
            for feature in ["definition", "hover"] {
                let found = session.request_at(feature, probe, *at);
                answers.insert(format!("{feature} {at:?}"), found);
            }
        }
        for path in open {
            let uri = uri(path);
            let of = json!({ "textDocument": { "uri": uri } });
            for feature in [
                "documentSymbol",
                "foldingRange",
                "semanticTokens/full",
                "documentLink",
            ] {
                let found = session.request(&format!("textDocument/{feature}"), of.clone());
                answers.insert(format!("{feature} {uri}"), found);
            }
            let buffer = session.buffer(&uri);
            let (start, end) = ((0, 0), buffer.end());
            let positions: Vec<Value> = (0..=buffer.len())
                .step_by(SELECTION_STEP)
                .map(|at| {
                    let (line, character) = buffer.position(at);
                    json!({ "line": line, "character": character })
                })
                .collect();
            let mut params = of.clone();
            params["positions"] = positions.into();
            let found = session.request("textDocument/selectionRange", params);
            answers.insert(format!("selectionRange {uri}"), found);
            let mut params = of.clone();
            params["range"] = to_json((start, end));
            let found = session.request("textDocument/inlayHint", params);
            answers.insert(format!("inlayHint {uri}"), found);
            let found = session.request("textDocument/codeLens", of.clone());
            answers.insert(format!("codeLens {uri}"), found);
            let mut params = of;
            params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
            let found = session.request("textDocument/formatting", params);
            answers.insert(format!("formatting {uri}"), found);
            // Waits for those of the last version.
            session.diagnostics(&uri);
        }
        for (uri, findings) in session.shown_findings() {
            answers.insert(format!("findings {uri}"), by_item(findings.clone().into()));
        }
        Self(answers)
    }

    /// How many answers there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Where the answers differ, the first few, shortened; empty where they are the same.
    pub(crate) fn difference(&self, expected: &Self) -> String {
        let keys: BTreeSet<&String> = self.0.keys().chain(expected.0.keys()).collect();
        let differs = |key: &&&String| self.0.get(**key) != expected.0.get(**key);
        let different: Vec<_> = keys.iter().filter(differs).collect();
        let mut report = String::new();
        for key in different.iter().take(SHOWN_ANSWERS) {
            let (found, expected) = (self.0.get(**key), expected.0.get(**key));
            let (found, expected) = without_common(found, expected);
            _ = writeln!(report, "{key}\n  running: {found}\n  fresh:   {expected}");
        }
        if different.len() > SHOWN_ANSWERS {
            _ = writeln!(report, "and {} more", different.len() - SHOWN_ANSWERS);
        }
        report
    }
}

/// A list whose order says nothing.
fn by_item(mut answer: Value) -> Value {
    if let Some(items) = answer.as_array_mut() {
        items.sort_by_cached_key(Value::to_string);
    }
    answer
}

/// A text as the list of its lines, of which a report shows those that differ.
fn lines(text: &Value) -> Value {
    let lines: Vec<&str> = text.as_str().unwrap_or("").lines().collect();
    json!(lines)
}

/// Two answers as text; of two lists only what the other does not have.
fn without_common(found: Option<&Value>, expected: Option<&Value>) -> (String, String) {
    let only = |of: Option<&Value>, other: Option<&Value>| {
        let text = match (of, other.and_then(Value::as_array)) {
            (Some(Value::Array(items)), Some(others)) => {
                let own: Vec<_> = items.iter().filter(|it| !others.contains(it)).collect();
                format!("{} of {} items: {}", own.len(), items.len(), json!(own))
            }
            (Some(of), _) => of.to_string(),
            (None, _) => "nothing".to_owned(),
        };
        text.chars().take(SHOWN).collect()
    };
    (only(found, expected), only(expected, found))
}
