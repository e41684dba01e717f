//! Progress as the client shows it, from threads that wait for nobody.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::ls_types::ProgressToken;

/// Files that are read without a word; more show progress.
pub(super) const QUIET: usize = 500;

/// How often progress of ours was shown: no token is used twice.
static SHOWN: AtomicUsize = AtomicUsize::new(0);

/// Where progress goes.
#[derive(Clone)]
pub(crate) struct Progress {
    connection: Client,
    runtime: Handle,
    /// Whether the client takes progress that it has not asked for.
    takes_ours: bool,
    /// What the client has called the progress of its request.
    token: Option<ProgressToken>,
}

impl Progress {
    pub(super) fn new(connection: Client, runtime: Handle, takes_ours: bool) -> Self {
        Self {
            connection,
            runtime,
            takes_ours,
            token: None,
        }
    }

    /// Shown as that of the request that `token` belongs to.
    pub(crate) fn of_request(&mut self, token: Option<&ProgressToken>) {
        self.token = token.cloned();
    }

    /// Shows the percentages that are sent, until the sender is dropped. `name` says
    /// what it is of. `None` where the client shows none.
    pub(super) fn show(&self, name: &str) -> Option<UnboundedSender<u32>> {
        if self.token.is_none() && !self.takes_ours {
            return None;
        }
        let client = self.connection.clone();
        let (sender, percentages) = unbounded_channel();
        let number = SHOWN.fetch_add(1, Ordering::Relaxed);
        let ours = ProgressToken::String(format!("agentls/{name}/{number}"));
        let is_ours = self.token.is_none();
        let token = self.token.clone().unwrap_or(ours);
        self.runtime.spawn(async move {
            let is_created = !is_ours
                || client
                    .create_work_done_progress(token.clone())
                    .await
                    .is_ok();
            if is_created {
                report(&client, token, percentages).await;
            }
        });
        Some(sender)
    }
}

async fn report(client: &Client, token: ProgressToken, mut percentages: UnboundedReceiver<u32>) {
    let progress = client
        .progress(token, "Reading agents")
        .with_percentage(0)
        .begin()
        .await;
    let mut shown = 0;
    while let Some(percentage) = percentages.recv().await {
        if percentage > shown {
            shown = percentage;
            progress.report(percentage).await;
        }
    }
    progress.finish().await;
}
