//! agentls: the language server for agent markdown files.

mod cli;
mod configs;
mod files;
mod graph;
mod lsp;
mod paths;
mod world;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use cli::Command;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let command = cli::command();
    log_to_stderr();
    match command {
        // `--stdio` is taken and changes nothing: there is no other way to speak.
        Command::Server(_) => lsp::serve().unwrap_or_else(|error| {
            tracing::error!(%error, "the server cannot run");
            ExitCode::from(2)
        }),
        Command::Check(arguments) => cli::check(&arguments),
        Command::Explain(arguments) => cli::explain(&arguments),
        Command::Graph(arguments) => cli::graph(&arguments),
        Command::Schema => cli::schema(),
        Command::Completions(arguments) => cli::completions(&arguments),
        Command::References(arguments) => cli::references(&arguments),
    }
}

/// What `AGENTLS_LOG` asks for, as `debug` or `agentls=trace`; warnings else. Never stdout,
/// which belongs to the protocol.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("AGENTLS_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // An editor shows what comes as it comes.
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
