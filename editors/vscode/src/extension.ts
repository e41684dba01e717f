import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";

import { EXPLAIN_RULE, registerExplain } from "./explain";
import { lensCommands, registerLensCommands } from "./lenses";
import { findServer } from "./server";

// VS Code gives agent files languages of their own (`chatagent` for *.agent.md and
// .claude/agents, `skill` for SKILL.md, ...); all that it does not know is markdown.
// The same five stand in `activationEvents`.
const LANGUAGES = ["markdown", "chatagent", "prompt", "instructions", "skill"] as const;

const SETTING = "agentls.server.path";

// What of `agentls.*` the server takes.
const SETTINGS = [
  "codeLens",
  "inlayHints",
  "diagnostics",
  "format",
  "rules",
  "known",
  "exclude",
  "hosts",
  "delegation-headers",
  "user-agents",
] as const;

let client: LanguageClient | undefined;

// Starts and stops follow one another: two quick restarts must not leave two servers.
let queue: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("agentls", { log: true });
  const restart = (): Promise<void> => {
    queue = queue.then(async () => {
      await stop(output);
      await start(output);
    });
    return queue;
  };
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("agentls.restart", restart),
    vscode.commands.registerCommand("agentls.showOutput", () => output.show()),
    ...registerLensCommands(),
    ...registerExplain(() => client),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) {
        void restart();
      }
    }),
  );
  void restart();
}

export async function deactivate(): Promise<void> {
  await queue;
  const running = client;
  client = undefined;
  await running?.dispose();
}

async function start(output: vscode.LogOutputChannel): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === "file")?.uri.fsPath;
  const configured = vscode.workspace.getConfiguration().get<string>(SETTING, "");
  const server = await findServer(configured, folder);
  if (!server.found) {
    output.error(`Not started: ${server.reason}.`);
    void explainMissing(server.reason);
    return;
  }

  output.info(`Starting ${server.command} server`);
  const serverOptions: ServerOptions = {
    command: server.command,
    args: ["server"],
    ...(folder === undefined ? {} : { options: { cwd: folder } }),
  };
  const clientOptions: LanguageClientOptions = {
    documentSelector: [
      ...LANGUAGES.flatMap((language) => [
        { scheme: "file", language },
        { scheme: "untitled", language },
      ]),
      // The server tells what is wrong in it, as it stands in the editor.
      { scheme: "file", pattern: "**/.agentls.yaml" },
    ],
    outputChannel: output,
    initializationOptions: () => {
      // The server takes what it knows and leaves the rest.
      const settings = vscode.workspace.getConfiguration("agentls");
      const chosen = SETTINGS.map((name) => [name, settings.get<unknown>(name)] as const);
      return { ...Object.fromEntries(chosen), commands: { ...lensCommands, explainRule: EXPLAIN_RULE } };
    },
    synchronize: { configurationSection: "agentls" },
    errorHandler: {
      error: (...failure) => (answered ? whenRunning().error(...failure) : { action: ErrorAction.Shutdown, handled: true }),
      closed: () => (answered ? whenRunning().closed() : { action: CloseAction.DoNotRestart, handled: true }),
    },
    initializationFailedHandler: () => false,
  };
  // The client's own handler starts a crashed server again, five times in three minutes.
  // For a program that never answered that means a screen full of the same message.
  let answered = false;
  let running: ErrorHandler | undefined;
  const whenRunning = (): ErrorHandler => (running ??= starting.createDefaultErrorHandler());
  const starting = new LanguageClient("agentls", "agentls", serverOptions, clientOptions);
  client = starting;
  try {
    await starting.start();
    answered = true;
  } catch (error) {
    // The client has told the user and offered the output.
    output.error(`The server did not start: ${String(error)}`);
  }
}

async function stop(output: vscode.LogOutputChannel): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch (error) {
    // A server that died or never came up cannot be asked to shut down: it is gone all the same.
    output.warn(`The server did not stop in order: ${String(error)}`);
  }
}

async function explainMissing(reason: string): Promise<void> {
  const openSettings = "Open Setting";
  const retry = "Try Again";
  const answer = await vscode.window.showErrorMessage(
    `agentls: ${reason}. Install the program with "cargo install --path server" in a checkout of agentls, or set agentls.server.path to it.`,
    openSettings,
    retry,
  );
  if (answer === openSettings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", SETTING);
  } else if (answer === retry) {
    await vscode.commands.executeCommand("agentls.restart");
  }
}
