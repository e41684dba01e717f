//! Starts agentls in Zed: the program that the settings name, or the one on the `PATH`.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

/// The program, as it is called on the `PATH`.
const PROGRAM: &str = "agentls";

/// What makes the program a language server.
const ARGUMENT: &str = "server";

struct Agentls;

impl zed::Extension for Agentls {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)?.binary;
        let (path, arguments, env) = binary
            .map(|binary| (binary.path, binary.arguments, binary.env))
            .unwrap_or_default();
        let command = path.or_else(|| worktree.which(PROGRAM)).ok_or(
            "agentls is not on the PATH: install it, or name the program in the setting \
             `lsp.agentls.binary.path`",
        )?;
        Ok(Command {
            command,
            args: arguments.unwrap_or_else(|| vec![ARGUMENT.to_owned()]),
            env: env.unwrap_or_default().into_iter().collect(),
        })
    }
}

zed::register_extension!(Agentls);
