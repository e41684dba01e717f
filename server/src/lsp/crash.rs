//! What is kept of a panic: where it was, what it said, and what was being done.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::PanicHookInfo;

use tower_lsp::jsonrpc::{Error, ErrorCode};

/// How much of a request is written to the log, in bytes.
const MAX_LOGGED_BYTES: usize = 4 * 1024;

thread_local! {
    /// The last panic of this thread that nobody has told of.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Has every panic written to the log as it happens.
pub(crate) fn log_panics() {
    std::panic::set_hook(Box::new(|info| {
        let message = message(info);
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("a worker");
        tracing::error!(thread, place, "panicked: {message}");
        // Only where `RUST_BACKTRACE` asks for it.
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tracing::error!("{backtrace}");
        }
        let told = format!("{message} ({place})");
        // Not there when a thread panics while it ends.
        _ = LAST.try_with(|last| last.replace(Some(told)));
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    info.payload_as_str()
        .map_or("no message", shortened)
        .to_owned()
}

/// The answer to a request in which something panicked.
pub(crate) fn error() -> Error {
    let last = LAST.try_with(RefCell::take).ok().flatten();
    let what = last.map(|last| format!(": {last}")).unwrap_or_default();
    Error {
        code: ErrorCode::InternalError,
        message: format!("agentls has failed here{what}. Please report it; its log has more.")
            .into(),
        data: None,
    }
}

/// The start of a text, as long as the log may have it.
pub(crate) fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_LOGGED_BYTES)]
}

/// Says what was being done, if it ends in a panic.
pub(crate) struct Doing<F: Fn() -> String>(pub(crate) F);

impl<F: Fn() -> String> Drop for Doing<F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let what = (self.0)();
            tracing::error!("panicked while {}", shortened(&what));
        }
    }
}
