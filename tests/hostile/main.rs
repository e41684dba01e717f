//! Workspaces and texts that were made to break what reads them, end to end: the real program,
//! under a ceiling of memory and with an end to every wait.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test it is the assertion")]
#![allow(clippy::print_stderr, reason = "who skips says so")]

mod commands;
mod reach;
mod reports;
mod session;
mod workspaces;
mod writing;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// When a program is said to hang. Only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(300);

/// Most addresses that the program may ask the system for, in KiB: more than any of these texts
/// needs with what threads reserve, less than one that is read or unfolded without a bound takes.
const CEILING: u64 = 8 * 1024 * 1024;

/// What a program has said, and how it ended.
struct Ended {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: String,
}

impl Ended {
    fn code(&self) -> Option<i32> {
        self.status.code()
    }

    fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }
}

/// `agentls` in `folder`, with a home of its own and, where the system has one, a ceiling of memory.
fn agentls(folder: &Path, home: &Path, arguments: &[&str]) -> Command {
    let limited = format!("ulimit -c 0; ulimit -v {CEILING} 2>/dev/null; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &limited, env!("CARGO_BIN_EXE_agentls")])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", home)
        .env_remove("AGENTLS_LOG")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// Runs a program to its end. `input` is what stands on its standard input.
fn run(command: &mut Command, input: Vec<u8>) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that reads nothing has closed its end.
    let writer = std::thread::spawn(move || _ = stdin.write_all(&input));
    let stdout = reader(child.stdout.take().unwrap());
    let stderr = reader(child.stderr.take().unwrap());
    let status = wait(&mut child);
    writer.join().unwrap();
    Ended {
        status,
        stdout: stdout.join().unwrap(),
        stderr: String::from_utf8_lossy(&stderr.join().unwrap()).into_owned(),
    }
}

fn reader(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("{child:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a terminal would obey a character, or show the writing around it in another order.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
