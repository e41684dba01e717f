//! Requests for tests only, there when `AGENTLS_TEST_HOOKS=1`: they let a test see from outside
//! that a panic is answered as an error and that slow requests hold nothing up.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tower_lsp::LspServiceBuilder;
use tower_lsp::jsonrpc::Result;

use super::backend::Backend;
use agentls_analysis::text::Text;

/// How often a sleeping request looks whether anybody still waits for it.
const TICK: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Sleep {
    milliseconds: u64,
}

static ARE_ON: LazyLock<bool> =
    LazyLock::new(|| std::env::var_os("AGENTLS_TEST_HOOKS").is_some_and(|value| value == "1"));

/// Panics where a test has written `agentls/test/panic/PLACE` into the text.
pub(crate) fn trip(place: &str, text: &(impl AsText + ?Sized)) {
    if *ARE_ON
        && text
            .as_text()
            .contains(&format!("agentls/test/panic/{place}"))
    {
        panic!("a panic that a test asked for");
    }
}

/// A text, however it is kept.
pub(crate) trait AsText {
    /// As one string.
    fn as_text(&self) -> Cow<'_, str>;
}

impl AsText for Text {
    fn as_text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_source())
    }
}

impl AsText for str {
    fn as_text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

pub(super) fn add(service: LspServiceBuilder<Backend>) -> LspServiceBuilder<Backend> {
    if !*ARE_ON {
        return service;
    }
    service
        .custom_method("agentls/test/panic", panic)
        .custom_method("agentls/test/sleep", sleep)
}

/// `agentls/test/panic`: a feature that panics.
async fn panic(backend: &Backend) -> Result<()> {
    backend
        .ask_nothing(|_| panic!("a panic that a test asked for"))
        .await
}

/// `agentls/test/sleep` with `{"milliseconds": n}`: a feature that takes its time.
async fn sleep(backend: &Backend, params: Sleep) -> Result<()> {
    backend
        .ask_nothing(move |is_cancelled| {
            let end = Instant::now() + Duration::from_millis(params.milliseconds);
            while Instant::now() < end && !is_cancelled() {
                std::thread::sleep(TICK);
            }
        })
        .await
}
