//! Requests that take long, are cancelled, or panic.

use serde_json::json;

use crate::client::{CANCELLED, INTERNAL_ERROR, Setup, at_position};
use crate::workspace::{Disk, lead};

/// Longer than any test waits.
const FOR_EVER: u64 = 3_600_000;

#[test]
fn many_slow_requests_stop_neither_a_change_nor_a_cancel() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).test_hooks().start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"])));
    session.expect(&uri, &[]);

    let sleeping: Vec<_> = (0..40)
        .map(|_| session.ask("agentls/test/sleep", json!({ "milliseconds": FOR_EVER })))
        .collect();

    let runner = session.buffer(&uri).find("test-runner");
    session.replace(&uri, runner, "test-ruiner");
    session.expect(&uri, &["7:2-7:13 warning unknown-agent test-ruiner"]);
    assert_eq!(
        session.try_request("agentls/test/sleep", json!({ "milliseconds": 1 })),
        Ok(json!(null))
    );

    session.cancel(sleeping[20]);
    assert_eq!(session.answer(sleeping[20]), Err(CANCELLED));
    session.replace(&uri, runner, "test-runner");
    session.expect(&uri, &[]);
    assert!(session.hover(&uri, runner.0).is_some());

    for (at, id) in sleeping.into_iter().enumerate() {
        if at != 20 {
            session.cancel(id);
            assert_eq!(session.answer(id), Err(CANCELLED));
        }
    }
    session.end();
}

#[test]
fn the_cancel_of_an_answered_or_unknown_request_changes_nothing() {
    let mut session = Setup::new().test_hooks().start();
    let id = session.ask("agentls/test/sleep", json!({ "milliseconds": 0 }));
    assert_eq!(session.answer(id), Ok(json!(null)));
    session.cancel(id);
    session.cancel(4711);
    assert_eq!(
        session.try_request("agentls/test/sleep", json!({ "milliseconds": 0 })),
        Ok(json!(null))
    );
    session.end();
}

#[test]
fn a_panic_in_a_feature_is_answered_as_an_error_and_nothing_is_lost() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).test_hooks().start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-runner"])));
    for _ in 0..5 {
        let runner = session.buffer(&uri).find("test-runner");
        let panics = session.ask("agentls/test/panic", json!(null));
        session.replace(&uri, runner, "test-ruiner");
        assert_eq!(session.answer(panics), Err(INTERNAL_ERROR));
        session.expect(&uri, &["7:2-7:13 warning unknown-agent test-ruiner"]);
        session.replace(&uri, runner, "test-runner");
        session.expect(&uri, &[]);
        assert_eq!(
            session.hover(&uri, runner.0),
            Some(("**test-runner** · agent".into(), "test-runner".into()))
        );
    }
    session.end();
}

/// A panic where no request waits for an answer: in the writer's own work.
#[test]
fn a_panic_over_a_document_is_over_once_its_text_is_another() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).test_hooks().start();
    let uri =
        session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-ruiner"])));
    let unknown = "7:2-7:13 warning unknown-agent test-ruiner";
    session.expect(&uri, &[unknown]);
    let other = session.open_file(&disk.path(".claude/agents/test-runner.md"));
    session.expect(&other, &[]);

    for place in ["parse", "enter", "check"] {
        let end = session.buffer(&uri).end();
        session.replace(&uri, (end, end), &format!("agentls/test/panic/{place}"));
        // All other documents are served as before.
        assert!(session.hover(&other, (1, 7)).is_some());
        session.replace(&other, ((4, 0), (4, 0)), "x");
        session.expect(&other, &[]);

        let added = session
            .buffer(&uri)
            .find(&format!("agentls/test/panic/{place}"));
        session.replace(&uri, added, "");
        session.expect(&uri, &[unknown]);
        let cell = session.buffer(&uri).find("test-ruiner").0;
        assert_eq!(session.completion_labels(&uri, cell)[0], "test-runner");
    }
    session.end();
}

#[test]
fn a_panic_is_told_in_the_log_with_all_that_leads_to_it() {
    let disk = Disk::with_agents(&["test-runner"]);
    let mut session = Setup::new().folder(disk.root()).test_hooks().start();
    let text = lead(&["test-runner"]);
    let path = disk.write(".claude/agents/team-lead.md", &text);
    let uri = session.open_file(&path);
    session.expect(&uri, &[]);
    let end = session.buffer(&uri).end();
    session.replace(&uri, (end, end), "agentls/test/panic/ask");
    let refused = session.try_request("textDocument/hover", at_position(&uri, (1, 7)));
    assert_eq!(refused, Err(INTERNAL_ERROR));
    let sentence = session.last_error().to_owned();
    assert!(
        sentence.contains("a panic that a test asked for"),
        "{sentence}"
    );
    let added = session.buffer(&uri).find("agentls/test/panic/ask");
    session.replace(&uri, added, "");
    let hover = session.hover(&uri, (1, 7));
    assert_eq!(hover.map(|(_, about)| about), Some("team-lead".into()));
    session.ask_until("what is needed to find out why", |session| {
        session.request_at("hover", &uri, (1, 7));
        let log = session.log();
        // Where, what, about which document, and the request.
        log.contains("hooks.rs:")
            && log.contains("a panic that a test asked for")
            && log.contains("version 2 of .claude/agents/team-lead.md")
            && log.contains("textDocument/hover")
            && log.contains(r#""character":7"#)
    });
    session.end();
}

#[test]
fn a_file_on_disk_that_is_not_understood_takes_no_other_along() {
    for place in ["header", "body"] {
        let disk = Disk::with_agents(&["test-runner"]);
        let text = format!("---\nname: odd\ndescription: agentls/test/panic/{place}\n---\n");
        disk.write(".claude/agents/odd.md", &text);
        let mut session = Setup::new().folder(disk.root()).test_hooks().start();
        let uri =
            session.open_file(&disk.write(".claude/agents/team-lead.md", &lead(&["test-ruiner"])));
        session.expect_unknown(&uri, &["test-ruiner"]);
        let runner = session.buffer(&uri).find("test-ruiner");
        session.replace(&uri, runner, "test-runner");
        session.expect(&uri, &[]);
        assert_eq!(session.references(&uri, (1, 7)).len(), 1, "{place}");
        session.end();
    }
}

#[test]
fn what_is_said_of_an_item_comes_when_it_is_shown_to_a_client_that_asks() {
    let disk = Disk::new();
    disk.write(
        ".claude/agents/writer.md",
        "---\nname: writer\ndescription: Writes it down.\nmodel: opus\n---\nYou write.\n",
    );
    let path = disk.write("CLAUDE.md", "Ask @wri\n");
    let item = "/textDocument/completion/completionItem";
    let capable = json!({ "resolveSupport": { "properties": ["documentation", "detail"] } });
    for (setup, asks_later) in [
        (Setup::new(), false),
        (Setup::new().capability(item, capable), true),
    ] {
        let mut session = setup.folder(disk.root()).start();
        let uri = session.open_file(&path);
        let found = session.completion(&uri, (0, 8)).remove(0);
        assert_eq!(found["label"], "writer");
        let told = match asks_later {
            false => found,
            true => {
                assert!(found["detail"].is_null() && found["documentation"].is_null());
                session.request("completionItem/resolve", found)
            }
        };
        assert_eq!(told["detail"], "agent · opus");
        let about = told["documentation"]["value"].as_str();
        assert!(about.is_some_and(|about| about.starts_with("Writes it down.")));
        session.end();
    }
}
