//! agentls: the language server for agent markdown files.

mod cli;
mod configs;
mod files;
mod graph;
mod log;
mod lsp;
mod memory;
mod paths;
mod world;

use std::process::ExitCode;

use cli::Command;
fn main() -> ExitCode {
    let command = cli::command();
    if !matches!(command, Command::Server(_)) {
        log::to_stderr();
    }
    match command {
        // `--stdio` is taken and changes nothing: there is no other way to speak.
        Command::Server(_) => serve(),
        Command::Check(arguments) => cli::check(&arguments),
        Command::Explain(arguments) => cli::explain(&arguments),
        Command::Graph(arguments) => cli::graph(&arguments),
        Command::Schema => cli::schema(),
        Command::Completions(arguments) => cli::completions(&arguments),
        Command::References(arguments) => cli::references(&arguments),
    }
}

fn serve() -> ExitCode {
    memory::share_pools();
    let log = match log::Log::start() {
        Ok(log) => Some(log),
        // Without a thread for it the log may hold the session up.
        Err(_) => {
            log::to_stderr();
            None
        }
    };
    let code = lsp::serve().unwrap_or_else(|error| {
        tracing::error!(%error, "the server cannot run");
        ExitCode::from(2)
    });
    if let Some(log) = log {
        log.end();
    }
    code
}
