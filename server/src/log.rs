//! The log on stderr. Not every client reads it, so whoever logs never waits for it: a thread
//! writes, and lines for which there is no room are dropped.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

/// Most lines that wait for the client to read them. Those beyond are dropped.
const MAX_LINES: usize = 1_000;

/// How long the end of the process waits for the last lines to be read.
const GRACE: Duration = Duration::from_millis(200);

/// What `AGENTLS_LOG` asks for, as `debug` or `agentls=trace`; warnings else. Never stdout,
/// which belongs to the protocol.
fn filter() -> EnvFilter {
    EnvFilter::try_from_env("AGENTLS_LOG").unwrap_or_else(|_| EnvFilter::new("warn"))
}

/// Logs to stderr for a person, who waits for it.
pub(crate) fn to_stderr() {
    tracing_subscriber::fmt()
        .with_env_filter(filter())
        .with_writer(io::stderr)
        // An editor shows what comes as it comes.
        .with_ansi(io::stderr().is_terminal())
        .init();
}

enum Entry {
    Line(Vec<u8>),
    End(Sender<()>),
}

/// The log of a server.
pub(crate) struct Log(SyncSender<Entry>);

impl Log {
    /// Logs to stderr without ever waiting for it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start() -> io::Result<Self> {
        let (sender, entries) = sync_channel(MAX_LINES);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write(&entries))?;
        let lines = sender.clone();
        tracing_subscriber::fmt()
            .with_env_filter(filter())
            .with_writer(move || Line(lines.clone()))
            .with_ansi(io::stderr().is_terminal())
            .init();
        Ok(Self(sender))
    }

    /// Waits a moment until what was logged is written.
    pub(crate) fn end(self) {
        let (sender, ended) = channel();
        if self.0.try_send(Entry::End(sender)).is_ok() {
            _ = ended.recv_timeout(GRACE);
        }
    }
}

/// A line on its way. It is written at once, in whole.
struct Line(SyncSender<Entry>);

impl io::Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        _ = self.0.try_send(Entry::Line(line.to_vec()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(entries: &Receiver<Entry>) {
    for entry in entries {
        match entry {
            // Where nobody reads it any more, nobody misses it.
            Entry::Line(line) => _ = io::stderr().write_all(&line),
            Entry::End(sender) => _ = sender.send(()),
        }
    }
}
