//! How a session ends, by the client's will or without it.

use std::io::{BufRead, BufReader, Write};
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
fn the_end_of_stdin_in_the_middle_of_a_message_ends_the_server() {
    for begin in [
        "Content-Le",
        "Content-Length: 100\r\n\r\n",
        "Content-Length: 100\r\n\r\n{\"id\": 1, ",
    ] {
        let mut session = Setup::new().start();
        session.send_raw(begin.as_bytes());
        session.hang_up();
        assert_eq!(session.wait_for_end().code(), Some(1), "{begin:?}");
    }
}

/// A server whose stdout is nobody's but the test's.
struct Bare(Child);

impl Bare {
    fn start() -> Self {
        let server = Command::new(env!("CARGO_BIN_EXE_agentls"))
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        Self(server)
    }

    fn send(stdin: &mut impl Write, message: &Value) -> std::io::Result<usize> {
        let body = message.to_string();
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        Ok(body.len())
    }

    fn initialize() -> Value {
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "capabilities": {} } })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[test]
fn the_end_of_stdout_ends_the_server_although_stdin_stays_open() {
    let mut server = Bare::start();
    drop(server.0.stdout.take());
    let mut stdin = server.0.stdin.take().expect("a pipe");
    Bare::send(&mut stdin, &Bare::initialize()).expect("the server reads");
    let status = server.0.wait().expect("it ends");
    assert_eq!(status.code(), Some(1));
}

/// As many bytes as the server keeps for a client that does not read.
#[cfg(target_os = "linux")]
const UNSENT: usize = 16 * 1024 * 1024;

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_does_not_read_is_waited_for_and_costs_little_memory() {
    use std::io::Read;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const REQUESTS: usize = 600;
    let mut server = Bare::start();
    let mut stdin = server.0.stdin.take().expect("a pipe");
    let mut stdout = server.0.stdout.take().expect("a pipe");
    Bare::send(&mut stdin, &Bare::initialize()).expect("the server reads");
    let written = Arc::new(AtomicUsize::new(0));
    let counter = written.clone();
    let writer = std::thread::spawn(move || {
        // The answer to each says what the method was.
        let method = "x".repeat(100_000);
        for id in 1..=REQUESTS {
            let request = json!({ "jsonrpc": "2.0", "id": id, "method": method });
            let bytes = Bare::send(&mut stdin, &request).expect("the server reads");
            counter.fetch_add(bytes, Ordering::Relaxed);
        }
        let shutdown = json!({ "jsonrpc": "2.0", "id": -1, "method": "shutdown" });
        let exit = json!({ "jsonrpc": "2.0", "method": "exit" });
        Bare::send(&mut stdin, &shutdown).expect("the server reads");
        Bare::send(&mut stdin, &exit).expect("the server reads");
        stdin
    });
    while written.load(Ordering::Relaxed) < UNSENT {
        std::thread::yield_now();
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.0.id()));
    let status = status.expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: usize = peak
        .and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok())
        .expect("a number");
    assert!(peak < 120 * 1024, "{peak} kB");
    let mut answers = Vec::new();
    stdout.read_to_end(&mut answers).expect("stdout is read");
    let answers = String::from_utf8(answers).expect("JSON is text");
    assert_eq!(answers.matches("\"error\"").count(), REQUESTS);
    assert_eq!(server.0.wait().expect("it ends").code(), Some(0));
    drop(writer.join());
}

/// More than a pipe holds, of which the server writes a line each.
#[test]
fn a_client_that_does_not_read_the_log_is_served() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentls"));
    command.arg("server").env("AGENTLS_LOG", "trace");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = Bare(command.stderr(Stdio::piped()).spawn().expect("it starts"));
    let mut stdin = server.0.stdin.take().expect("a pipe");
    Bare::send(&mut stdin, &Bare::initialize()).expect("the server reads");
    let name = "x".repeat(1_000);
    for _ in 0..500 {
        let close = json!({
            "jsonrpc": "2.0",
            "method": "textDocument/didClose",
            "params": { "textDocument": { "uri": format!("file:///{name}") } },
        });
        Bare::send(&mut stdin, &close).expect("the server reads");
    }
    // Answered by the thread that has the most to say.
    let mut hover = crate::client::at_position("file:///x.md", (0, 0));
    hover = json!({ "jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": hover });
    Bare::send(&mut stdin, &hover).expect("the server reads");
    let mut answers = BufReader::new(server.0.stdout.take().expect("a pipe"));
    let mut seen = Vec::new();
    while !seen.ends_with(br#""id":7}"#) {
        let count = answers.read_until(b'}', &mut seen).expect("stdout is read");
        assert!(count > 0, "the server has ended");
    }
    let shutdown = json!({ "jsonrpc": "2.0", "id": 1, "method": "shutdown" });
    Bare::send(&mut stdin, &shutdown).expect("the server reads");
    let exit = json!({ "jsonrpc": "2.0", "method": "exit" });
    Bare::send(&mut stdin, &exit).expect("the server reads");
    assert_eq!(server.0.wait().expect("it ends").code(), Some(0));
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
