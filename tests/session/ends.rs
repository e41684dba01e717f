//! How a session ends, by the client's will or without it.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::client::Setup;

const FOR_EVER: u64 = 3_600_000;

#[test]
fn shutdown_and_exit_end_well() {
    Setup::new().start().end();
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    let mut session = Setup::new().start();
    session.notify("exit", Value::Null);
    assert_eq!(session.wait_for_end().code(), Some(1));
}

#[test]
fn exit_before_anything_else_is_a_failure() {
    let mut session = Setup::new().start_silent();
    session.notify("exit", Value::Null);
    assert_eq!(session.wait_for_end().code(), Some(1));
}

#[test]
fn the_end_of_stdin_ends_the_server() {
    let mut session = Setup::new().start();
    session.hang_up();
    assert_eq!(session.wait_for_end().code(), Some(1));
}

#[test]
fn the_end_of_stdin_after_shutdown_is_a_good_end() {
    let mut session = Setup::new().start();
    session.request("shutdown", Value::Null);
    session.hang_up();
    assert_eq!(session.wait_for_end().code(), Some(0));
}

#[test]
fn the_end_of_stdin_ends_the_server_whatever_requests_are_under_way() {
    let mut session = Setup::new().test_hooks().start();
    session.ask("agentls/test/sleep", json!({ "milliseconds": FOR_EVER }));
    session.hang_up();
    session.wait_for_end();
}

#[test]
fn exit_ends_the_server_whatever_requests_are_under_way() {
    let mut session = Setup::new().test_hooks().start();
    session.ask("agentls/test/sleep", json!({ "milliseconds": FOR_EVER }));
    session.request("shutdown", Value::Null);
    session.notify("exit", Value::Null);
    assert_eq!(session.wait_for_end().code(), Some(0));
}

/// A process that stands for an editor.
struct Editor(Child);

impl Editor {
    fn start() -> Self {
        let editor = Command::new("sleep")
            .arg("3600")
            .stdin(Stdio::null())
            .spawn()
            .expect("there is a `sleep`");
        Self(editor)
    }

    fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it has ended");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_end_of_the_client_ends_the_server_although_its_pipe_stays_open() {
    let mut editor = Editor::start();
    let mut session = Setup::new().process_id(editor.0.id()).start();
    // It lives as long as its client does.
    session.request(
        "textDocument/hover",
        crate::client::at_position("file:///x.md", (0, 0)),
    );
    editor.kill();
    session.wait_for_end();
}
