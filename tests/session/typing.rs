//! A person types, accepts what is proposed, and looks at what is said about it.

use serde_json::Value;

use crate::buffer::Position;
use crate::client::{Session, Setup, range, uri};
use crate::edits::expect_as_opened_fresh;
use crate::workspace::{Disk, NAME};

/// An agent as people write them, where a table of delegation is still to come.
const BUILDER: &str = r#"---
name: service-builder
description: Builds and ships small services. Use for new endpoints, queues and jobs. 🚀
---

# Service Builder

You build services that **one person** can run. Prefer the plain way: a `Makefile`, one
process, one log. Never "just in case".

## How you work

1. Read the request and say back what you understood.
2. Write the smallest thing that answers it.
3. Measure before you tune.

> Naïve is fine – as long as it is *measured*. 🙂

## Delegation

## Patterns

```python
from dataclasses import dataclass


@dataclass
class Job:
    name: str
    retries: int = 3

    def run(self) -> None:
        for attempt in range(self.retries):
            print(f"{self.name}: {attempt}")
```

- [ ] Are there tests?
- [ ] Does `make` build it?
"#;

/// The person at the keyboard.
struct Typist<'a> {
    session: &'a mut Session,
    uri: String,
    cursor: Position,
}

impl Typist<'_> {
    /// Types character by character; each one is checked before the next.
    fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.insert(&c.to_string());
        }
    }

    fn insert(&mut self, text: &str) {
        let before = self.session.buffer(&self.uri).offset(self.cursor);
        let at = (self.cursor, self.cursor);
        self.session.replace(&self.uri, at, text);
        let length = text.encode_utf16().count();
        self.cursor = self.session.buffer(&self.uri).position(before + length);
        self.session.diagnostics(&self.uri);
    }

    fn deletes_back(&mut self, characters: u32) {
        for _ in 0..characters {
            let before = (self.cursor.0, self.cursor.1 - 1);
            self.session.replace(&self.uri, (before, self.cursor), "");
            self.cursor = before;
            self.session.diagnostics(&self.uri);
        }
    }

    /// Asks for proposals, takes the one of this label, and lets its edit be made as an editor
    /// does. What was proposed.
    fn accepts(&mut self, label: &str) -> Vec<String> {
        let items = self.session.completion(&self.uri, self.cursor);
        let labels: Vec<String> = items
            .iter()
            .map(|item| item["label"].as_str().expect("a label").to_owned())
            .collect();
        let Some(item) = items.iter().find(|item| item["label"] == label) else {
            panic!(
                "{label} is not proposed at {:?}, but {labels:?}",
                self.cursor
            );
        };
        let (from, to) = range(&item["textEdit"]["range"]);
        // What the protocol asks of an edit: one line, and the cursor in it.
        assert_eq!((from.0, to.0), (self.cursor.0, self.cursor.0));
        assert!(from <= self.cursor && self.cursor <= to);
        let new_text = item["textEdit"]["newText"].as_str().expect("an edit");
        let (text, stop) = match item["insertTextFormat"].as_u64() {
            Some(2) => without_stops(new_text),
            _ => (new_text.to_owned(), new_text.len()),
        };
        let before = self.session.buffer(&self.uri).offset(from);
        self.session.replace(&self.uri, (from, to), &text);
        let length = text[..stop].encode_utf16().count();
        self.cursor = self.session.buffer(&self.uri).position(before + length);
        self.session.diagnostics(&self.uri);
        labels
    }

    fn expect(&mut self, findings: &[&str]) {
        assert_eq!(self.session.findings(&self.uri), findings);
    }

    fn line(&self) -> String {
        let text = self.session.buffer(&self.uri).text();
        text.lines()
            .nth(self.cursor.0 as usize)
            .expect("the line is there")
            .to_owned()
    }

    /// The first line of the hover just before the cursor, and what it is about.
    fn hover(&mut self) -> Option<(String, String)> {
        let before = (self.cursor.0, self.cursor.1 - 1);
        self.session.hover(&self.uri, before)
    }

    /// Hover and definition just before the cursor are of this agent.
    fn expect_agent(&mut self, disk: &Disk, name: &str) {
        let expected = (format!("**{name}** · agent"), name.to_owned());
        assert_eq!(self.hover(), Some(expected));
        let before = (self.cursor.0, self.cursor.1 - 1);
        let path = disk.path(&format!(".claude/agents/{name}.md"));
        let end = (NAME.0, NAME.1 + name.len() as u32);
        assert_eq!(
            self.session.definition(&self.uri, before),
            [(uri(&path), (NAME, end))]
        );
    }
}

/// A snippet as text, and the byte where the cursor comes to stand: `$0`, `${1:x}`, `${1|a,b|}`.
fn without_stops(snippet: &str) -> (String, usize) {
    let mut text = String::new();
    let mut stop = None;
    let mut rest = snippet;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(body) = rest.strip_prefix('{') {
            let end = body.find('}').expect("a stop ends");
            let (_, default) = body[..end].split_at(1);
            let default = default.trim_matches(['|', ':']);
            text.push_str(default.split(',').next().expect("a choice"));
            rest = &body[end + 1..];
        } else {
            rest = &rest[1..];
        }
        stop.get_or_insert(text.len());
    }
    text.push_str(rest);
    let end = text.len();
    (text, stop.unwrap_or(end))
}

#[test]
fn a_delegation_table_grows_key_by_key_and_is_right_at_every_stage() {
    let disk = Disk::with_agents(&["data-scientist", "docs-keeper", "test-runner"]);
    let path = disk.write(".claude/agents/service-builder.md", BUILDER);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = session.open_file(&path);
    session.expect(&uri, &[]);
    let cursor = session.buffer(&uri).find("🚀").1;
    let mut typist = Typist {
        session: &mut session,
        uri: uri.clone(),
        cursor,
    };

    // A key of the header. Half of it is no key of the host.
    typist.types("\nmode");
    assert_eq!(typist.line(), "mode");
    typist.accepts("model");
    assert_eq!(typist.line(), "model: ");
    assert_eq!(typist.session.hover(&uri, (3, 2)).unwrap().1, "model");
    assert_eq!(typist.session.definition(&uri, (3, 2)), []);

    // A value.
    typist.types("so");
    typist.expect(&["3:7-3:9 warning invalid-value so"]);
    typist.accepts("sonnet");
    assert_eq!(typist.line(), "model: sonnet");
    assert_eq!(
        typist.hover(),
        Some(("**sonnet** · model".into(), "sonnet".into()))
    );
    typist.expect(&[]);

    // Tools. One that is there already is not proposed again.
    typist.types("\ntools: Read, Gre");
    typist.expect(&["4:13-4:16 warning unknown-tool Gre"]);
    typist.accepts("Grep");
    assert_eq!(typist.line(), "tools: Read, Grep");
    assert_eq!(
        typist.hover(),
        Some(("**Grep** · tool".into(), "Grep".into()))
    );
    typist.types(", ");
    let proposed = typist.session.completion_labels(&uri, typist.cursor);
    assert!(proposed.iter().all(|tool| tool != "Read" && tool != "Grep"));
    typist.types("Edti");
    typist.expect(&["4:19-4:23 warning unknown-tool Edti"]);
    typist.deletes_back(2);
    typist.accepts("Edit");
    typist.expect(&[]);

    // The table, below its heading: first an empty cell.
    typist.cursor = typist.session.buffer(&uri).find("## Delegation\n").1;
    typist.types("\n| Delegate To | When |\n|---|---|\n| ");
    typist.expect(&[]);
    let proposed = typist.accepts("data-scientist");
    assert_eq!(
        proposed[..3],
        ["data-scientist", "docs-keeper", "test-runner"]
    );
    assert!(proposed.iter().all(|name| name != "service-builder"));
    assert_eq!(typist.line(), "| data-scientist");
    typist.expect(&[]);
    typist.expect_agent(&disk, "data-scientist");

    // A name that is half typed, and wrong while it is.
    typist.types(" | Numbers 📈, models |\n| docs-kee");
    typist.expect(&["25:2-25:10 warning unknown-agent docs-kee"]);
    assert_eq!(typist.hover(), None);
    typist.accepts("docs-keeper");
    assert_eq!(typist.line(), "| docs-keeper");
    typist.expect(&[]);
    typist.expect_agent(&disk, "docs-keeper");

    // A second name in the cell.
    typist.types(", te");
    let proposed = typist.accepts("test-runner");
    assert!(proposed.iter().all(|name| name != "docs-keeper"));
    assert_eq!(typist.line(), "| docs-keeper, test-runner");
    typist.expect(&[]);
    typist.expect_agent(&disk, "test-runner");

    // In back-ticks.
    typist.types(" | Words |\n| `dat");
    typist.accepts("data-scientist");
    typist.types("`");
    assert_eq!(typist.line(), "| `data-scientist`");
    typist.expect(&[]);
    typist.cursor.1 -= 1;
    typist.expect_agent(&disk, "data-scientist");
    typist.cursor.1 += 1;

    // A slip of the fingers, and its cure.
    typist.types(" | 🙂 Again |\n| test-ruiner");
    typist.expect(&["27:2-27:13 warning unknown-agent test-ruiner"]);
    let diagnostic = &typist.session.diagnostics(&uri)[0];
    let message = diagnostic["message"].as_str().unwrap();
    assert!(message.contains("`test-runner`"), "{message}");
    assert_eq!(typist.session.definition(&uri, (27, 4)), []);
    typist.deletes_back(4);
    typist.accepts("test-runner");
    typist.expect(&[]);
    typist.expect_agent(&disk, "test-runner");
    typist.types(" | x |\n");

    // What was typed is what a reader of the whole file would see.
    let text = typist.session.buffer(&uri).text();
    let table = "\
## Delegation

| Delegate To | When |
|---|---|
| data-scientist | Numbers 📈, models |
| docs-keeper, test-runner | Words |
| `data-scientist` | 🙂 Again |
| test-runner | x |
";
    assert!(text.contains(table), "{text}");
    let mut fresh = Setup::new().folder(disk.root()).start();
    let everywhere: Vec<Position> = positions(&text);
    expect_as_opened_fresh(&mut session, &mut fresh, &uri, &everywhere);
    fresh.end();
    session.end();
}

/// The start, the middle and the end of each line of a text.
fn positions(text: &str) -> Vec<Position> {
    let line = |(line, text): (usize, &str)| {
        let end = text.encode_utf16().count() as u32;
        [0, end / 2, end].map(|column| (line as u32, column))
    };
    text.lines().enumerate().flat_map(line).collect()
}

#[test]
fn a_new_agent_starts_from_the_skeleton() {
    let disk = Disk::with_agents(&["docs-keeper"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = uri(&disk.path(".claude/agents/data-scientist.md"));
    session.open(&uri, "");
    let items = session.completion(&uri, (0, 0));
    assert_eq!(items.len(), 1);
    let text = items[0]["textEdit"]["newText"].as_str().unwrap().to_owned();
    let (text, _) = without_stops(&text);
    session.rewrite(&uri, &text);
    session.expect(&uri, &[]);
    let hover = session.hover(&uri, (1, 8));
    assert_eq!(
        hover,
        Some(("**data-scientist** · agent".into(), "data-scientist".into()))
    );
    session.end();
}

#[test]
fn a_client_that_takes_no_snippets_gets_none() {
    let disk = Disk::new();
    let no = Value::Bool(false);
    let mut session = Setup::new()
        .folder(disk.root())
        .capability("/textDocument/completion/completionItem/snippetSupport", no)
        .start();
    let uri = uri(&disk.path(".claude/agents/x.md"));
    session.open(&uri, "---\n\n---\n");
    for item in session.completion(&uri, (1, 0)) {
        assert!(
            item["insertTextFormat"].as_u64().is_none_or(|it| it == 1),
            "{item}"
        );
        assert!(
            !item["textEdit"]["newText"].as_str().unwrap().contains('$'),
            "{item}"
        );
    }
    session.end();
}
