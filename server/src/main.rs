//! agentls: the language server for agent markdown files.

mod files;
mod lsp;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// The language server for agent markdown files.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Speak the language server protocol on stdin and stdout
    Server {
        /// Accepted because many clients pass it: there is no other way to talk
        #[arg(long)]
        stdio: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    match arguments.command {
        Command::Server { stdio: _ } => lsp::serve().unwrap_or_else(|error| {
            tracing::error!(%error, "the server cannot run");
            ExitCode::from(2)
        }),
    }
}

/// What `AGENTLS_LOG` asks for, as `debug` or `agentls=trace`; warnings else. Never stdout,
/// which belongs to the protocol.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("AGENTLS_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
