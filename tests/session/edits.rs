//! A document that has been edited is what it would be if it were opened with its text.

use serde_json::Value;

use crate::buffer::{Buffer, Change, Position};
use crate::client::{Session, Setup};
pub(crate) use crate::random::Random;
use crate::workspace::Disk;

/// Everything that `uri` shows in `edited`, its diagnostics and the answers at `positions`,
/// equals what a session shows that opens it with its text.
pub(crate) fn expect_as_opened_fresh(
    edited: &mut Session,
    fresh: &mut Session,
    uri: &str,
    positions: &[Position],
) {
    let text = edited.buffer(uri).text();
    fresh.open(uri, &text);
    let expected = fresh.diagnostics(uri);
    let found = edited.diagnostics(uri);
    assert_eq!(found, expected, "the findings in {text:?}");
    for at in positions {
        for feature in ["hover", "definition", "completion"] {
            let expected: Value = fresh.request_at(feature, uri, *at);
            let found = edited.request_at(feature, uri, *at);
            assert_eq!(found, expected, "{feature} at {at:?} in {text:?}");
        }
    }
    fresh.close(uri);
}

const START: &str = "---
name: service-builder
description: Builds services. 🚀
model: sonnet
tools: [Read, \"Grep\", 'Edit']
---

# Builder ü

Ask `docs-keeper` or **test-runner**, see [the tests](test-runner.md), @data-scientist.

| Delegate To | When 😀 |
|:---|---|
| data-scientist | numbers |
| docs-keeper, `test-runner` | words |
| nobody-here | 3 |

```python
def run(retries: int = 3) -> None:
    print(retries)
```

- a list
  > with a quote

Task(subagent_type=\"test-runner\", prompt=\"go\")
";

const TYPED: &[&str] = &[
    "a", "e", "r", "-", " ", "\n", "|", "`", "*", ":", "@", "[", "]", "(", ")", "#", ">", "\"",
    "'", "ü", "😀", "\r", "\r\n", "\t", "\u{2028}", "\0", "\u{feff}", "~", ",", "{", "<", "\\",
    "_",
];

const PASTED: &[&str] = &[
    "---\n",
    "---\r\n",
    "name: docs-writer\n",
    "description: |\n  several\n  lines\n",
    "tools: Read, Edit, Nothing\n",
    "model: [\n",
    "extends: docs-keeper\n",
    "```\n",
    "```python\n",
    "\n```python\nx = (1,\n```\n",
    "~~~~markdown\r\n",
    "\r\n| Delegate To |\r\n|---|\r\n| test-ruiner |\r\n",
    "\n| Agent | Owner |\n|---|---|\n| data-scientist | docs-keeper |\n| x | test-runner |\n",
    "\r| Delegate To |\r|---|\r| data-scientist / docs-writer |\r",
    "| docs-keeper | 😀 |\n",
    "> - > ",
    "    ",
    "- [x](docs-keeper.md) `data-scientist`\n",
    "Task(subagent_type='docs-keeper')",
    "@test-runner ",
    "<!-- a comment",
    "-->\n",
    "\n\n# Heading 🙂\n\n",
    "**docs-keeper** and `test-runner`",
    "e\u{301}🏳️‍🌈",
];

/// A position, now and then one that does not exist.
fn position(random: &mut Random, buffer: &Buffer) -> Position {
    let (line, column) = buffer.position(random.below(buffer.len() + 1));
    match random.below(40) {
        0 => (line, column + 5_000),
        1 => (line + 5_000, column),
        // Inside a character outside the basic plane, as often as there is one.
        2 => (line, column + 1),
        3 => (line, 0),
        _ => (line, column),
    }
}

fn change(random: &mut Random, buffer: &Buffer) -> Change {
    if random.one_in(150) {
        let text = START.replace('\n', random.pick(&["\n", "\r\n", "\r"]));
        return Change { range: None, text };
    }
    let from = position(random, buffer);
    let grows = buffer.len() < 6_000;
    let removed = match random.below(10) {
        0..=4 if grows => 0,
        5..=7 => 1 + random.below(3),
        8 => random.below(60),
        _ => random.below(if grows { 200 } else { 2_000 }),
    };
    let end = buffer.position((buffer.offset(from) + removed).min(buffer.len()));
    let text = match random.below(10) {
        0..=5 => random.pick(TYPED).to_owned(),
        6..=8 => random.pick(PASTED).to_owned(),
        _ if removed > 0 => String::new(),
        _ => (0..random.below(4)).map(|_| random.pick(PASTED)).collect(),
    };
    Change {
        range: Some((from, end.max(from))),
        text,
    }
}

#[test]
fn two_thousand_edits_leave_what_a_fresh_parse_gives() {
    let disk = Disk::with_agents(&["data-scientist", "docs-keeper", "test-runner"]);
    let path = disk.write(".claude/agents/service-builder.md", START);
    let mut edited = Setup::new().folder(disk.root()).start();
    let mut fresh = Setup::new().folder(disk.root()).start();
    let uri = edited.open_file(&path);
    let mut random = Random(20);
    let mut made = 0;
    let mut compared = 0;
    while made < 2_000 {
        // Each change of a notification is about the text after the one before.
        let mut buffer = edited.buffer(&uri).clone();
        let count = if random.one_in(5) {
            1 + random.below(6)
        } else {
            1
        };
        let changes: Vec<_> = (0..count)
            .map(|_| {
                let change = change(&mut random, &buffer);
                buffer.apply(&change);
                change
            })
            .collect();
        edited.change(&uri, &changes);
        made += count;
        // Sometimes the server is waited for, so that not all is applied in one go.
        if random.one_in(2) {
            edited.diagnostics(&uri);
        }
        if made / 50 > compared {
            compared = made / 50;
            let positions: Vec<_> = (0..12).map(|_| position(&mut random, &buffer)).collect();
            expect_as_opened_fresh(&mut edited, &mut fresh, &uri, &positions);
        }
    }
    fresh.end();
    edited.end();
}
