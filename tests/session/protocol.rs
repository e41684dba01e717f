//! What clients send that the protocol forbids, and how columns are counted.

use serde_json::{Value, json};

use crate::client::{INVALID_REQUEST, METHOD_NOT_FOUND, NOT_INITIALIZED, Setup, at_position, uri};
use crate::workspace::{Disk, agent, lead};

#[test]
fn a_column_counts_what_was_negotiated() {
    let disk = Disk::with_agents(&["test-runner"]);
    let text =
        lead(&["test-runner"]).replace("| test-runner | work |", "| ü😀 | test-ruiner       |");
    let text = text.replace("| Delegate To | When |", "| When | Delegate To |");
    let path = disk.write(".claude/agents/team-lead.md", &text);
    for (offered, chosen, (from, to)) in [
        (json!(null), "utf-16", (8, 19)),
        (json!([]), "utf-16", (8, 19)),
        (json!(["utf-16"]), "utf-16", (8, 19)),
        (json!(["utf-8", "utf-16", "utf-32"]), "utf-8", (11, 22)),
        (json!(["utf-32", "utf-8", "utf-16"]), "utf-8", (11, 22)),
        (json!(["utf-32"]), "utf-32", (7, 18)),
    ] {
        let mut session = Setup::new()
            .folder(disk.root())
            .capability("/general/positionEncodings", offered.clone())
            .start_silent();
        let answer = session.initialize();
        assert_eq!(
            answer["capabilities"]["positionEncoding"], chosen,
            "{offered}"
        );
        // The client's own buffer counts UTF-16, so messages are made by hand here.
        let uri = crate::client::uri(&path);
        session.open(&uri, &text);
        let position = |column: u32| json!({ "line": 7, "character": column });
        let range = json!({ "start": position(from), "end": position(to) });
        let found = session.diagnostics(&uri);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["range"], range, "{offered}");

        let mended = text.replace("test-ruiner", "test-runner");
        let change = json!({ "range": range, "text": "test-runner" });
        session.change_as_negotiated(&uri, change, &mended);
        assert_eq!(session.diagnostics(&uri), Vec::<Value>::new());
        for (column, is_on_it) in [(from - 2, false), (from, true), (to, true), (to + 1, false)] {
            let hover = session.request("textDocument/hover", at_position(&uri, (7, column)));
            assert_eq!(!hover.is_null(), is_on_it, "{offered}, column {column}");
            if is_on_it {
                assert_eq!(hover["range"], range);
            }
        }
    }
}

#[test]
fn every_kind_of_line_end_ends_a_line() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let path = disk.path(".claude/agents/team-lead.md");
    let uri = crate::client::uri(&path);
    let lines = [
        "---",
        "name: team-lead",
        "description: Hands out work.",
        "---",
        "A line\u{2028}that goes on\u{85}and on.",
        "",
        "| Delegate To | When |",
        "|---|---|",
        "| test-ruiner | work |",
        "",
    ];
    for end in ["\n", "\r\n", "\r"] {
        session.open(&uri, &lines.join(end));
        session.expect(&uri, &["8:2-8:13 warning unknown-agent test-ruiner"]);
        session.replace(&uri, ((8, 7), (8, 13)), "runner");
        session.expect(&uri, &[]);
        assert_eq!(session.definition(&uri, (8, 4)).len(), 1, "{end:?}");
        session.close(&uri);
    }
    session.end();
}

#[test]
fn a_request_before_initialize_is_refused_and_the_session_can_begin_after() {
    let mut session = Setup::new().start_silent();
    let params = at_position("file:///x.md", (0, 0));
    assert_eq!(
        session.try_request("textDocument/hover", params),
        Err(NOT_INITIALIZED)
    );
    session.notify(
        "textDocument/didOpen",
        json!({ "textDocument": {
        "uri": "file:///x.md", "languageId": "markdown", "version": 1, "text": "too early",
    } }),
    );
    session.initialize();
    session.open("file:///nowhere/.claude/agents/x.md", &agent("x"));
    session.expect("file:///nowhere/.claude/agents/x.md", &[]);
    session.end();
}

#[test]
fn a_method_that_is_not_offered_is_refused_and_a_notification_ignored() {
    let mut session = Setup::new().start();
    assert_eq!(
        session.try_request("textDocument/unheardOf", json!({})),
        Err(METHOD_NOT_FOUND)
    );
    // Without its environment variable the server has no such thing.
    assert_eq!(
        session.try_request("agentls/test/panic", Value::Null),
        Err(METHOD_NOT_FOUND)
    );
    session.notify("$/unheardOf", json!({}));
    session.notify("textDocument/unheardOf", json!({ "x": [1] }));
    session.notify("$/setTrace", json!({ "value": "verbose" }));
    session.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": {} }),
    );
    session.end();
}

#[test]
fn parameters_of_the_wrong_shape_are_an_error_of_their_own_request() {
    let mut session = Setup::new().start();
    let refused = session.try_request("textDocument/hover", json!({ "textDocument": 7 }));
    assert_eq!(refused, Err(-32602));
    session.notify("textDocument/didOpen", json!({ "nothing": "of use" }));
    session.notify("textDocument/didChange", json!(["nothing of use"]));
    session.end();
}

#[test]
fn a_change_that_overtakes_the_opening_of_its_file_counts() {
    let disk = Disk::with_agents(&[]);
    let file = uri(&disk.path(".claude/agents/new.md"));
    let mut session = Setup::new().folder(disk.root()).start();
    let text = "---\nname: new\ndescription: New.\ntools: Raed\n---\n\nText.\n";
    let start = json!({ "line": 0, "character": 0 });
    session.notify(
        "textDocument/didChange",
        json!({
            "textDocument": { "uri": file, "version": 1 },
            "contentChanges": [{ "range": { "start": start, "end": start }, "text": text }],
        }),
    );
    session.notify(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": file, "languageId": "markdown", "version": 0, "text": "" } }),
    );
    let hover = json!({
        "textDocument": { "uri": file },
        "position": { "line": 1, "character": 8 },
    });
    let hover = session.request("textDocument/hover", hover);
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .contains("New."),
        "{hover}"
    );
    session.end();
}

#[test]
fn what_is_said_of_a_file_that_is_not_open_is_ignored() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let stranger = uri(&disk.path(".claude/agents/test-runner.md"));
    session.notify(
        "textDocument/didChange",
        json!({
            "textDocument": { "uri": stranger, "version": 9 },
            "contentChanges": [{ "text": agent("somebody-else") }],
        }),
    );
    session.notify(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": stranger } }),
    );
    session.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": stranger } }),
    );
    for feature in ["hover", "definition", "completion"] {
        assert_eq!(session.request_at(feature, &stranger, (1, 7)), Value::Null);
    }
    // The name on disk still counts.
    let uri = session.open_file(&disk.write(
        ".claude/agents/team-lead.md",
        &lead(&["test-runner", "somebody-else"]),
    ));
    session.expect(&uri, &["8:2-8:15 warning unknown-agent somebody-else"]);
    session.end();
}

#[test]
fn the_second_text_of_a_file_that_is_opened_twice_counts() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-ruiner"])));
    session.expect_unknown(&uri, &["test-ruiner"]);
    session.open(&uri, &lead(&["test-runner"]));
    session.expect(&uri, &[]);
    session.open(&uri, &lead(&["test-ruiner"]));
    session.expect_unknown(&uri, &["test-ruiner"]);
    session.end();
}

#[test]
fn a_position_far_outside_is_the_nearest_one() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-ruiner"])));
    session.expect_unknown(&uri, &["test-ruiner"]);
    let far = u32::MAX >> 1;
    for feature in ["hover", "definition", "completion"] {
        for position in [(far, 0), (far, far), (0, far), (7, far)] {
            session.request_at(feature, &uri, position);
        }
    }
    let row = session.buffer(&uri).find("| test-ruiner | work |\n").0;
    session.replace(&uri, (row, (row.0, far)), "| test-runner | work |");
    session.expect(&uri, &[]);
    session.replace(&uri, ((far, far), (far, far)), "| test-ruiner | work |");
    session.expect_unknown(&uri, &["test-ruiner"]);
    session.replace(&uri, ((0, 0), (far, 3)), &lead(&[]));
    session.expect(&uri, &[]);
    session.end();
}

#[test]
fn a_head_line_that_means_nothing_does_no_harm() {
    let mut session = Setup::new().start();
    session.send_raw(b"X-Unheard-Of: 1\r\n");
    let id = session.ask("textDocument/hover", at_position("file:///x.md", (0, 0)));
    assert_eq!(session.answer(id), Ok(Value::Null));
    session.end();
}

/// Editors in JavaScript may hold half a character, and write it as an escape of its own.
#[test]
fn half_a_character_in_a_text_counts_as_one() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri = uri(&disk.path(".claude/agents/team-lead.md"));
    let text = lead(&["test-ruiner"]);
    session.open(&uri, &text);
    session.expect_unknown(&uri, &["test-ruiner"]);
    let row = session.buffer(&uri).find("| test-ruiner").0;
    let at = crate::client::to_json((row, row));
    let body = json!({
        "jsonrpc": "2.0",
        "method": "textDocument/didChange",
        "params": {
            "textDocument": { "uri": uri, "version": 2 },
            "contentChanges": [
                { "range": at, "text": "| HALF, nobody-here | \u{1f600} |\n" },
            ],
        },
    });
    let body = body.to_string().replace("HALF", "\\ud83d");
    // What the client holds has one code unit there too.
    let new = text.replace(
        "| test-ruiner",
        "| \u{fffd}, nobody-here | \u{1f600} |\n| test-ruiner",
    );
    session.sent(&uri, &new);
    session.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    session.expect(&uri, &["8:2-8:13 warning unknown-agent test-ruiner"]);
    assert_eq!(session.completion_labels(&uri, (8, 6))[0], "test-runner");
    session.end();
}

#[test]
fn a_message_of_a_megabyte_is_one_message() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let mut text = lead(&["test-ruiner"]);
    text.push_str(&format!(
        "\n{}\n",
        "A line of prose, as any other.\n".repeat(35_000)
    ));
    let uri = uri(&disk.path(".claude/agents/team-lead.md"));
    session.open(&uri, &text);
    session.expect_unknown(&uri, &["test-ruiner"]);
    session.end();
}

#[test]
fn a_document_of_which_a_change_was_lost_is_not_guessed_at() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-ruiner"])));
    session.expect_unknown(&uri, &["test-ruiner"]);
    let change = |changes: Value| {
        json!({
            "jsonrpc": "2.0",
            "method": "textDocument/didChange",
            "params": { "textDocument": { "uri": uri, "version": 2 }, "contentChanges": changes },
        })
        .to_string()
    };
    let line = json!([{ "range": { "start": { "line": -1, "character": 0 } }, "text": "x" }]);
    let whole = json!([{ "text": "x".repeat(65 * 1024 * 1024) }]);
    for (turn, (body, cut)) in [
        (change(line), 0),
        (change(json!("nothing of use")), 0),
        (change(whole), 0),
        (change(json!([])), 1),
        (change(json!([])), 40),
    ]
    .into_iter()
    .enumerate()
    {
        let length = body.len() - cut;
        session.send_raw(format!("Content-Length: {length}\r\n\r\n{body}").as_bytes());
        let row = session.buffer(&uri).find("test-ruiner").0;
        assert_eq!(session.request_at("hover", &uri, row), Value::Null);
        session.ask_until("a word about it", |session| {
            session.request_at("hover", "file:///x.md", (0, 0));
            session.shown().len() == turn + 1
        });
        assert!(session.shown()[turn].contains("team-lead.md"));
        // What follows is about a text that we do not have.
        session.replace(&uri, ((0, 0), (0, 0)), "x");
        assert_eq!(session.request_at("hover", &uri, row), Value::Null);
        if turn % 2 == 0 {
            session.rewrite(&uri, &lead(&["test-ruiner"]));
        } else {
            session.close(&uri);
            session.open(&uri, &lead(&["test-ruiner"]));
        }
        session.expect_unknown(&uri, &["test-ruiner"]);
    }
    session.end();
}

#[test]
fn a_body_of_a_hundred_megabytes_is_refused_and_its_memory_not_taken() {
    let mut session = Setup::new().start();
    let text = "x".repeat(100 * 1024 * 1024);
    let id = session.ask_raw(|id| {
        let body = format!(
            r#"{{"jsonrpc": "2.0", "id": {id}, "method": "textDocument/hover", "params": "{text}"}}"#
        );
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    });
    assert_eq!(session.answer(id), Err(INVALID_REQUEST));
    if let Some(peak) = session.peak_memory() {
        assert!(peak < 100 * 1024 * 1024, "{peak}");
    }
    session.end();
}

#[test]
fn after_shutdown_every_request_is_refused_and_the_server_waits_for_exit() {
    let mut session = Setup::new().start();
    session.request("shutdown", json!({}));
    for method in [
        "textDocument/hover",
        "shutdown",
        "initialize",
        "exit",
        "$/x",
        "x",
    ] {
        let refused = session.try_request(method, json!({}));
        assert_eq!(refused, Err(INVALID_REQUEST), "{method}");
    }
    session.notify("exit", Value::Null);
    assert_eq!(session.wait_for_end().code(), Some(0));
}

#[test]
fn a_file_that_cannot_be_told_takes_no_other_along() {
    let disk = Disk::new();
    let lead = disk.write(".claude/agents/team-lead.md", &lead(&["late-comer"]));
    let mut session = Setup::new().folder(disk.root()).start();
    let uri_of_lead = session.open_file(&lead);
    let missing = ["7:2-7:12 warning unknown-agent late-comer"];
    session.expect(&uri_of_lead, &missing);

    let path = disk.write(".claude/agents/late-comer.md", &agent("late-comer"));
    let change = |kind: u8| {
        json!({ "changes": [
            { "uri": "not a URI", "type": kind },
            { "uri": uri(&path), "type": kind },
            { "uri": 7 },
        ] })
    };
    session.notify("workspace/didChangeWatchedFiles", change(1));
    session.expect(&uri_of_lead, &[]);
    std::fs::remove_file(&path).expect("the file");
    session.notify("workspace/didChangeWatchedFiles", change(3));
    session.expect(&uri_of_lead, &missing);
    session.end();
}
