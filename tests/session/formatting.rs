//! Tables that are aligned, and keys that are put in order.
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]

use serde_json::{Value, json};

use crate::buffer::{Change, Range};
use crate::client::{Session, Setup, range, to_json};
use crate::workspace::Disk;

const SOURCE: &str =
    "---\ndescription: 😀 b\nname: a\n---\n\n😀 | x\n--|--\n日本語 | `y`\n\nText.\n\n|a|\n|-|\n";

impl Session {
    /// Formats a document, or a part of it, as an editor does.
    fn format(&mut self, uri: &str, within: Option<Range>) {
        let mut params = json!({
            "textDocument": { "uri": uri },
            "options": { "tabSize": 4, "insertSpaces": true },
        });
        let method = match within {
            Some(within) => {
                params["range"] = to_json(within);
                "textDocument/rangeFormatting"
            }
            None => "textDocument/formatting",
        };
        let edits = self.request(method, params);
        self.take_edits(uri, &edits);
    }

    /// Applies edits to a document that is open, the last first.
    pub(crate) fn take_edits(&mut self, uri: &str, edits: &Value) {
        let mut edits: Vec<&Value> = edits.as_array().unwrap().iter().collect();
        edits.sort_by_key(|edit| range(&edit["range"]));
        for pair in edits.windows(2) {
            assert!(range(&pair[0]["range"]).1 <= range(&pair[1]["range"]).0);
        }
        let change = |edit: &&Value| {
            let range = range(&edit["range"]);
            // It must lie in the text.
            self.buffer(uri).slice(range);
            Change {
                range: Some(range),
                text: edit["newText"].as_str().unwrap().to_owned(),
            }
        };
        let changes: Vec<Change> = edits.iter().rev().map(change).collect();
        if !changes.is_empty() {
            self.change(uri, &changes);
        }
    }
}

fn open(setup: Setup, source: &str) -> (Session, String, Disk) {
    let disk = Disk::new();
    let path = disk.write(".claude/agents/a.md", source);
    let mut session = setup.folder(disk.root()).start();
    let uri = session.open_file(&path);
    (session, uri, disk)
}

#[test]
fn a_document_is_formatted_and_then_stays() {
    let (mut session, uri, _disk) = open(Setup::new(), SOURCE);
    session.format(&uri, None);
    let formatted = "---\ndescription: 😀 b\nname: a\n---\n\n| 😀     | x   |\n| ------ | --- |\n| 日本語 | `y` |\n\nText.\n\n| a   |\n| --- |\n";
    assert_eq!(session.buffer(&uri).text(), formatted);
    session.format(&uri, None);
    assert_eq!(session.buffer(&uri).text(), formatted);
    session.end();
}

#[test]
fn a_range_is_formatted_with_the_tables_that_it_touches() {
    let (mut session, uri, _disk) = open(Setup::new(), SOURCE);
    session.format(&uri, Some(((9, 0), (11, 2))));
    let formatted = SOURCE.replace("|a|\n|-|\n", "| a   |\n| --- |\n");
    assert_eq!(session.buffer(&uri).text(), formatted);
    session.end();
}

#[test]
fn keys_are_sorted_for_who_has_asked_for_it() {
    let options = json!({ "format": { "sortKeys": true } });
    let header = "---\ndescription: 😀 b\nname: a\n---\n";
    let sorted = "---\nname: a\ndescription: 😀 b\n---\n";
    let (mut session, uri, _disk) = open(Setup::new().options(options), header);
    session.format(&uri, None);
    assert_eq!(session.buffer(&uri).text(), sorted);
    // The settings can say otherwise later.
    session.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "agentls": { "format": { "sortKeys": false } } } }),
    );
    session.rewrite(&uri, header);
    session.format(&uri, None);
    assert_eq!(session.buffer(&uri).text(), header);
    session.end();
}

#[test]
fn a_document_that_is_no_agent_has_its_tables_aligned_too() {
    let disk = Disk::new();
    let path = disk.write("docs/notes.md", "|a|\r\n|-|\r\n");
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = session.open_file(&path);
    session.format(&uri, None);
    assert_eq!(session.buffer(&uri).text(), "| a   |\r\n| --- |\r\n");
    session.end();
}
