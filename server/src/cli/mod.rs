//! The command line: arguments and what the commands print.

mod check;
mod json;
mod references;
mod text;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use agentls_analysis::config::Severity;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// What the program was asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak the language server protocol on standard input and output
    Server(ServerArguments),
    /// Say what is wrong with the agent files under some paths
    Check(CheckArguments),
    /// Say where an agent, a skill or a command is named
    References(ReferencesArguments),
}

/// The arguments of `agentls server`.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// Accepted because editors pass it; there is no other way to speak
    #[arg(long)]
    pub(crate) stdio: bool,
}

/// The arguments of `agentls check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Files and folders to report on
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The least grave finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Know the agents in ~/.claude/agents too
    #[arg(long)]
    user_agents: bool,
}

/// The arguments of `agentls references`.
#[derive(Debug, Args)]
pub(crate) struct ReferencesArguments {
    /// What it is called
    name: String,
    /// Where to look: a folder or a file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Know the agents in ~/.claude/agents too
    #[arg(long)]
    user_agents: bool,
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object
    Json,
}

/// From which severity on findings make the command fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    #[default]
    Warning,
    Information,
    Hint,
    Never,
}

impl FailOn {
    fn fails(self, severity: Severity) -> bool {
        let least = match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Information => Severity::Information,
            Self::Hint => Severity::Hint,
            Self::Never => return false,
        };
        severity >= least
    }
}

/// The exit code for a job that could not be done: a bad argument, path or configuration.
/// Clap ends with the same code.
const FAILURE: u8 = 2;

#[derive(Debug, Parser)]
#[command(name = "agentls", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Reads the arguments of the process. Ends it where they are wrong, with code 2, or where
/// they ask for help or the version, with code 0.
pub(crate) fn command() -> Command {
    Arguments::parse().command
}

/// Runs `agentls check`: 0 when nothing is as grave as what fails it, 1 when something is,
/// 2 when a path or a configuration is wrong.
pub(crate) fn check(arguments: &CheckArguments) -> ExitCode {
    check::run(arguments)
}

/// Runs `agentls references`: 0 when something was found, 1 when nothing, 2 when the path is wrong.
pub(crate) fn references(arguments: &ReferencesArguments) -> ExitCode {
    references::run(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_severity_fails_from_the_one_asked_for_on() {
        let failing = |fail_on: FailOn| Severity::ALL.map(|severity| fail_on.fails(severity));
        assert_eq!(failing(FailOn::Error), [true, false, false, false]);
        assert_eq!(failing(FailOn::Warning), [true, true, false, false]);
        assert_eq!(failing(FailOn::Information), [true, true, true, false]);
        assert_eq!(failing(FailOn::Hint), [true; 4]);
        assert_eq!(failing(FailOn::Never), [false; 4]);
    }
}
