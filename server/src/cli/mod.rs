//! The command line: arguments and what the commands print.

mod baseline;
mod check;
mod completions;
mod diff;
mod explain;
mod filter;
mod fix;
mod github;
mod graph;
mod json;
mod references;
mod report;
mod rule;
mod sarif;
mod schema;
mod summary;
mod text;
mod workspace;
mod write;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agentls_analysis::config::Severity;
use agentls_analysis::rules::Rule;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use rule::RuleName;

use crate::files::LeftOut;
use crate::graph as graph_format;

/// What the program was asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak the language server protocol on standard input and output
    Server(ServerArguments),
    /// Say what is wrong with the agent files under some paths, and mend it
    Check(CheckArguments),
    /// Say what a rule finds, why that matters and what to do
    Explain(ExplainArguments),
    /// Say where an agent, a skill or a command is named
    References(ReferencesArguments),
    /// Draw who delegates to whom and what extends what
    Graph(GraphArguments),
    /// Print the JSON Schema of `.agentls.yaml`
    Schema,
    /// Print what a shell needs to complete the arguments of agentls
    Completions(CompletionsArguments),
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
#[command(group = ArgGroup::new("mending").args(["fix", "diff"]).multiple(true))]
pub(crate) struct CheckArguments {
    /// Files and folders to report on; `-` is the text on standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The file that the text on standard input is checked as
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    /// Report only these rules, one or several with commas; those that are off by default are on
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = RuleName, hide_possible_values = true)]
    select: Vec<&'static Rule>,
    /// Report nothing of these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = RuleName, hide_possible_values = true)]
    ignore: Vec<&'static Rule>,
    /// Leave out what an earlier report of `--format json` has; files are known by their paths in
    /// the repository, so the folder in which either was run does not matter
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Mend what has one safe answer, and report what is left
    #[arg(long)]
    fix: bool,
    /// Mend also where the answer is most likely, and changes what the file does
    #[arg(long, requires = "mending")]
    unsafe_fixes: bool,
    /// Print what `--fix` would change, and change nothing; the exit code is 1 if that is anything
    #[arg(long)]
    diff: bool,
    /// The least grave finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Know the agents in ~/.claude/agents too
    #[arg(long)]
    user_agents: bool,
    /// Say of each file which host reads it, and what tells so (text and json)
    #[arg(long, short)]
    verbose: bool,
}

/// The arguments of `agentls explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Its name; without one, all rules are listed
    #[arg(value_parser = RuleName, hide_possible_values = true)]
    rule: Option<&'static Rule>,
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

/// The arguments of `agentls completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that reads it
    shell: Shell,
}

/// The arguments of `agentls graph`.
#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    /// Whose team: a workspace, or a folder or file in one, which is drawn with whom it deals
    #[arg(default_value = ".")]
    path: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t)]
    format: graph_format::Format,
    /// Draw every skill, and who preloads it
    #[arg(long)]
    skills: bool,
    /// Know the agents in ~/.claude/agents too
    #[arg(long)]
    user_agents: bool,
    /// Write this file instead of standard output, which is `-`; links in it lead from where it lies
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people: each finding with its line
    #[default]
    Text,
    /// For programs: one JSON object
    Json,
    /// For services that collect findings: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations
    Github,
    /// For people: how often each rule finds something
    Summary,
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

/// The exit code for a job that could not be done: a bad argument, path or configuration, or a
/// file that cannot be written.
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

/// Runs `agentls check`: 0 when nothing is as grave as what fails it, 1 when something is or, with
/// `--diff`, when something would change, 2 when a path or a configuration is wrong or a file
/// could not be written.
pub(crate) fn check(arguments: &CheckArguments) -> ExitCode {
    check::run(arguments)
}

/// Runs `agentls explain`.
pub(crate) fn explain(arguments: &ExplainArguments) -> ExitCode {
    explain::run(arguments.rule)
}

/// Runs `agentls references`: 0 when something was found, 1 when nothing, 2 when the path is wrong.
pub(crate) fn references(arguments: &ReferencesArguments) -> ExitCode {
    references::run(arguments)
}

/// Runs `agentls graph`: 0 when it is drawn, 2 when the path is wrong or the file cannot be
/// written.
pub(crate) fn graph(arguments: &GraphArguments) -> ExitCode {
    graph::run(arguments)
}

/// Runs `agentls schema`.
pub(crate) fn schema() -> ExitCode {
    schema::run()
}

/// Runs `agentls completions`.
pub(crate) fn completions(arguments: &CompletionsArguments) -> ExitCode {
    completions::run(arguments.shell)
}

/// Says on standard error why the job could not be done. When even that fails, the exit code
/// is all that is left to say it.
fn complain(message: impl Display) {
    say("error", &message.to_string());
}

/// Says on standard error what whoever asked should know of an answer.
fn warn(message: impl Display) {
    say("warning", &message.to_string());
}

fn say(level: &str, message: &str) {
    let _ = writeln!(io::stderr(), "{level}: {}", visible(message));
}

/// Most of what was left out that is named; of the rest it is said how much there is.
const MAX_LEFT_OUT: usize = 20;

/// Says what of a workspace was not looked at, by names relative to the current folder.
fn warn_of(left_out: &[LeftOut], current: &Path) {
    for LeftOut { path, reason } in left_out.iter().take(MAX_LEFT_OUT) {
        warn(format_args!("`{}` {reason}", report::name(path, current)));
    }
    if let Some(more) = left_out.len().checked_sub(MAX_LEFT_OUT + 1) {
        warn(format_args!("{} more were left out", more + 1));
    }
}

/// A name or a message without what a terminal would obey or show in another order: each such
/// character as its number. Whoever names a file must not move the cursor of whoever checks it.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_obeyed(character) {
            true => shown.extend(character.escape_unicode()),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that turn the direction of writing.
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Where something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Stdout,
    Stderr,
}

/// A place to print to.
struct Output {
    out: BufWriter<Box<dyn Write>>,
    /// Whether colours are wanted there.
    is_styled: bool,
    /// Whether a terminal reads it.
    is_terminal: bool,
}

impl Output {
    fn new(target: Target) -> Self {
        match target {
            Target::Stdout => Self::to(io::stdout()),
            Target::Stderr => Self::to(io::stderr()),
        }
    }

    fn to<S: RawStream + AsLockedWrite + 'static>(stream: S) -> Self {
        let colour = AutoStream::choice(&stream);
        let is_styled = colour != ColorChoice::Never;
        let is_terminal = stream.is_terminal();
        // Without colours every byte goes through as it is: a patch may hold escapes.
        let out: Box<dyn Write> = match is_styled {
            true => Box::new(AutoStream::new(stream, colour)),
            false => Box::new(stream),
        };
        Self {
            out: BufWriter::new(out),
            is_styled,
            is_terminal,
        }
    }

    /// The style where colours are wanted, else none.
    fn style(&self, style: Style) -> Style {
        if self.is_styled { style } else { Style::new() }
    }
}

/// The exit code of a command that only prints: a reader who leaves early is no fault.
fn printed(result: io::Result<()>) -> ExitCode {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("the answer cannot be printed: {error}"));
            ExitCode::from(FAILURE)
        }
        _ => ExitCode::SUCCESS,
    }
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
    fn nothing_that_is_shown_moves_a_cursor_or_turns_the_writing() {
        assert_eq!(visible("a/\u{fc} b.md"), "a/\u{fc} b.md");
        assert_eq!(
            visible("\u{1b}[2J\n\u{9b}\u{202e}x\u{2066}\t"),
            r"\u{1b}[2J\u{a}\u{9b}\u{202e}x\u{2066}\u{9}"
        );
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
