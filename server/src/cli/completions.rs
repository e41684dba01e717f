//! `agentls completions`: what shells need to complete the arguments.

use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Arguments, Output, Target, printed};

pub(super) fn run(shell: Shell) -> ExitCode {
    // Not written to the output at once: the generator panics where it cannot write.
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "agentls", &mut script);

    let mut output = Output::new(Target::Stdout);
    let written = output.out.write_all(&script);
    printed(written.and_then(|()| output.out.flush()))
}
