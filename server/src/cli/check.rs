//! `agentls check`: what is wrong with the files under some paths, and the mending of it.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::baseline::Baseline;
use super::filter::Filter;
use super::fix::{self, MendedFiles};
use super::report::{Report, lasting_name, name};
use super::workspace::{self, Checked, Request, Texts};
use super::{
    CheckArguments, FAILURE, Output, ReportFormat, Target, complain, diff, github, json, sarif,
    summary, text, warn_of, write,
};
use crate::files;

/// What stands for standard input among the paths.
const STDIN: &str = "-";

pub(super) fn run(arguments: &CheckArguments) -> ExitCode {
    match Job::new(arguments).map(|job| job.run()) {
        Ok(code) => code,
        Err(reason) => {
            complain(reason);
            ExitCode::from(FAILURE)
        }
    }
}

/// What was asked for.
struct Job<'a> {
    arguments: &'a CheckArguments,
    filter: Filter<'a>,
    baseline: Option<Baseline>,
    current: PathBuf,
    /// Where the text on standard input belongs.
    stdin_path: Option<&'a Path>,
}

/// What came out of it.
#[derive(Default)]
struct Outcome {
    workspaces: Vec<Checked>,
    /// For each workspace.
    mended: Vec<MendedFiles>,
    /// How many fixes that took.
    fixed: usize,
    /// The text of standard input, mended, where that was asked for.
    stdin: Option<Arc<str>>,
    /// Whether a path leads nowhere, or a file could not be written.
    has_failed: bool,
}

impl<'a> Job<'a> {
    /// # Errors
    /// In words, when the job cannot be begun.
    fn new(arguments: &'a CheckArguments) -> Result<Self, String> {
        let current = std::env::current_dir()
            .map_err(|error| format!("the current folder cannot be read: {error}"))?;
        let is_stdin = |path: &PathBuf| path.as_os_str() == STDIN;
        let stdin_path = match (&*arguments.paths, &arguments.stdin_path) {
            ([only], Some(path)) if is_stdin(only) => Some(path.as_path()),
            (_, Some(_)) => {
                return Err("with `--stdin-path` the only path is `-`".to_owned());
            }
            (paths, None) if paths.iter().any(is_stdin) => {
                let needed = "`-` needs `--stdin-path`, the file that the text is checked as";
                return Err(needed.to_owned());
            }
            (_, None) => None,
        };
        let baseline = arguments.baseline.as_deref().map(Baseline::read);
        Ok(Self {
            arguments,
            filter: Filter {
                select: &arguments.select,
                ignore: &arguments.ignore,
            },
            baseline: baseline.transpose()?,
            current,
            stdin_path,
        })
    }

    fn run(&self) -> ExitCode {
        if self.arguments.fix {
            write::finish_files_when_interrupted();
        }
        let outcome = match self.stdin_path {
            Some(path) => self.check_stdin(path),
            None => self.check_paths(),
        };
        let mut report = Report::new(&outcome.workspaces, outcome.fixed, &self.current);
        report.has_baseline = self.baseline.is_some();
        report.is_complete = !outcome.has_failed;
        let printed = match self.arguments.diff {
            true => self.print_diff(&report, &outcome),
            false => self.print(&report, &outcome),
        };
        let is_broken = |error: &io::Error| error.kind() != ErrorKind::BrokenPipe;
        if let Some(error) = printed.err().filter(is_broken) {
            complain(format_args!("the findings cannot be printed: {error}"));
            return ExitCode::from(FAILURE);
        }
        let mut configs = outcome.workspaces.iter().flat_map(|it| &it.configs);
        if outcome.has_failed || configs.any(|config| !config.findings.is_empty()) {
            return ExitCode::from(FAILURE);
        }
        let fails = match self.arguments.diff {
            true => outcome.mended.iter().any(|files| !files.is_empty()),
            false => report
                .findings()
                .any(|finding| self.arguments.fail_on.fails(finding.severity)),
        };
        ExitCode::from(u8::from(fails))
    }

    fn is_mending(&self) -> bool {
        self.arguments.fix || self.arguments.diff
    }

    fn check_paths(&self) -> Outcome {
        let (requests, missing) = workspace::requests(&self.arguments.paths, &self.current);
        for (path, error) in &missing {
            match error.kind() {
                ErrorKind::NotFound => {
                    complain(format_args!("`{}` does not exist", path.display()))
                }
                _ => complain(format_args!("`{}` cannot be read: {error}", path.display())),
            }
        }
        let mut outcome = Outcome {
            has_failed: !missing.is_empty(),
            ..Outcome::default()
        };
        let mut claimed = FxHashSet::default();
        for request in &requests {
            let mut texts = Texts::new();
            let check = |texts: &Texts| self.examine(request, texts, &claimed);
            let (mut checked, mut mended) = match self.is_mending() {
                true => fix::mend(&mut texts, self.arguments.unsafe_fixes, check),
                false => (check(&texts), MendedFiles::new()),
            };
            if !self.arguments.diff && !self.write(request, &mut mended, &mut texts) {
                outcome.has_failed = true;
                checked = check(&texts);
            }
            warn_of(&checked.left_out, &self.current);
            claimed.extend(checked.files.iter().map(|file| file.path.clone()));
            outcome.add(checked, mended);
        }
        outcome
    }

    fn check_stdin(&self, path: &Path) -> Outcome {
        let (request, file) = Request::of_text(path, &self.current);
        let stdin = files::read_stream(io::stdin().lock()).map(Arc::from);
        let mut texts = Texts::from([(file.clone(), stdin)]);
        let claimed = FxHashSet::default();
        let check = |texts: &Texts| self.examine(&request, texts, &claimed);
        let (checked, mended) = match self.is_mending() {
            true => fix::mend(&mut texts, self.arguments.unsafe_fixes, check),
            false => (check(&texts), MendedFiles::new()),
        };
        let mut outcome = Outcome::default();
        match texts.remove(&file) {
            Some(Ok(text)) if self.arguments.fix => outcome.stdin = Some(text),
            // Whoever replaces a file by what is printed must not lose it.
            Some(Err(reason)) if self.arguments.fix => {
                complain(format_args!("standard input cannot be mended: {reason}"));
                outcome.has_failed = true;
            }
            _ => {}
        }
        outcome.add(checked, mended);
        outcome
    }

    /// Checks what a workspace was asked for, and leaves what is to be reported.
    fn examine(&self, request: &Request, texts: &Texts, claimed: &FxHashSet<PathBuf>) -> Checked {
        let defaults = self.filter.config();
        let mut checked = request.check(self.arguments.user_agents, &defaults, texts, |path| {
            claimed.contains(path)
        });
        for file in &mut checked.files {
            file.findings
                .retain(|finding| self.filter.keeps(finding.rule));
            if let Some(baseline) = &self.baseline {
                let name = lasting_name(&file.path, &self.current);
                file.known = baseline.take_known(&name, &file.source, &mut file.findings);
            }
        }
        for config in &mut checked.configs {
            config
                .findings
                .retain(|finding| self.filter.keeps_of_config(finding.rule));
        }
        checked
    }

    /// Writes what was mended. Whether all of it could be: what could not is neither among
    /// `mended` any longer nor among `texts`.
    fn write(&self, request: &Request, mended: &mut MendedFiles, texts: &mut Texts) -> bool {
        let before = mended.len();
        mended.retain(|file, mended| {
            let (before, after) = (&mended.before, &mended.after);
            let Err(refusal) = write::replace(&mended.path, request.real_root(), before, after)
            else {
                return true;
            };
            let name = name(&mended.path, &self.current);
            complain(format_args!("`{name}` is left as it is: {refusal}"));
            texts.remove(file);
            false
        });
        mended.len() == before
    }

    fn print(&self, report: &Report<'_>, outcome: &Outcome) -> io::Result<()> {
        if let Some(text) = &outcome.stdin {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()?;
        }
        // Standard output belongs to the mended text.
        let target = match self.stdin_path {
            Some(_) if self.arguments.fix => Target::Stderr,
            _ => Target::Stdout,
        };
        let mut output = Output::new(target);
        let is_verbose = self.arguments.verbose;
        match self.arguments.format {
            ReportFormat::Text => {
                text::print(report, is_verbose, text::width(target), &mut output)?;
            }
            ReportFormat::Json => json::print(report, is_verbose, &mut output.out)?,
            ReportFormat::Sarif => sarif::print(report, &mut output.out)?,
            ReportFormat::Github => github::print(report, &mut output.out)?,
            ReportFormat::Summary => summary::print(report, &mut output)?,
        }
        output.out.flush()
    }

    fn print_diff(&self, report: &Report<'_>, outcome: &Outcome) -> io::Result<()> {
        let mut output = Output::new(Target::Stdout);
        for mended in outcome.mended.iter().flat_map(|files| files.values()) {
            let name = name(&mended.path, &self.current);
            diff::print(&mut output, &name, &mended.before, &mended.after)?;
        }
        output.out.flush()?;
        // Not on standard output, which is a patch.
        let mut output = Output::new(Target::Stderr);
        text::print_configs(report, text::width(Target::Stderr), &mut output)?;
        let files = outcome.mended.iter().map(|files| files.len()).sum();
        let said = match outcome.fixed {
            0 => "Nothing to mend.".to_owned(),
            fixed => format!(
                "Would mend {} in {}.",
                text::counted(fixed, "finding"),
                text::counted(files, "file")
            ),
        };
        writeln!(output.out, "{said}")?;
        output.out.flush()
    }
}

impl Outcome {
    fn add(&mut self, checked: Checked, mended: MendedFiles) {
        self.fixed += mended.values().map(|file| file.fixes).sum::<usize>();
        self.workspaces.push(checked);
        self.mended.push(mended);
    }
}
