// The life of the server: starting, restarting, what became of it, and how it is asked.

import { homedir } from "node:os";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  ErrorCodes,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  ResponseError,
  State as ClientState,
} from "vscode-languageclient/node";

import { EXPLAIN_RULE } from "./explain";
import { lensCommands } from "./lenses";
import { findServer, type Server } from "./server";
import type { Trace } from "./trace";

/**
 * VS Code gives agent files languages of their own (`chatagent` for *.agent.md and
 * .claude/agents, `skill` for SKILL.md, ...); all that it does not know is markdown.
 * The same five stand in `activationEvents`.
 */
export const LANGUAGES: readonly string[] = ["markdown", "chatagent", "prompt", "instructions", "skill"];

const SERVER_PATH = "agentls.server.path";

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

/** The server as the user sees it. `missing`: there is no program to start. */
export type State = "starting" | "running" | "stopped" | "failed" | "missing";

/** The one server of this window. */
export class Client implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private current: State = "starting";
  private readonly changed = new vscode.EventEmitter<State>();
  private readonly subscriptions: { dispose(): unknown }[];

  // Starts and stops follow one another: two quick restarts must not leave two servers.
  private queue: Promise<void> = Promise.resolve();

  readonly onDidChangeState = this.changed.event;

  constructor(
    private readonly extension: vscode.Uri,
    readonly output: vscode.LogOutputChannel,
    private readonly trace: Trace,
  ) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SERVER_PATH)) {
          void this.restart();
        }
      }),
      // What the workspace says counts from now on.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.restart()),
    ];
  }

  get state(): State {
    return this.current;
  }

  /** Stops the server that there is and starts a new one. Done when it runs or has failed to. */
  restart(): Promise<void> {
    this.queue = this.queue.then(async () => {
      await this.halt();
      await this.start();
    });
    return this.queue;
  }

  /** Stops the server for good. */
  async stop(): Promise<void> {
    this.queue = this.queue.then(() => this.halt());
    await this.queue;
  }

  /** The answer to a request, once the server runs. Fails where it does not. */
  async ask<Answer>(method: string, params: object): Promise<Answer> {
    await this.queue;
    // One that crashed and starts again answers when it is up.
    if (this.client === undefined || !["starting", "running"].includes(this.current)) {
      throw new Error("The server is not running.");
    }
    try {
      return await this.client.sendRequest<Answer>(method, params);
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound) {
        throw new Error("This server is too old for that. Install the one of this extension's version.", {
          cause: error,
        });
      }
      throw error;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private is(state: State): void {
    this.current = state;
    this.changed.fire(state);
  }

  private async start(): Promise<void> {
    this.is("starting");
    const server = await this.find();
    if (!server.found) {
      this.output.error(`Not started: ${server.reason}.`);
      this.is("missing");
      void explainMissing(server.reason);
      return;
    }
    for (const note of server.notes) {
      this.output.warn(`${note} It is not started.`);
    }
    this.output.info(`Starting ${server.command} server`);
    const client = this.connect(server.command);
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      // The client has told the user and offered the output.
      this.output.error(`The server did not start: ${String(error)}`);
      this.is("failed");
    }
  }

  private async halt(): Promise<void> {
    const running = this.client;
    this.client = undefined;
    try {
      await running?.dispose();
    } catch (error) {
      // A server that died or never came up cannot be asked to shut down: it is gone all the same.
      this.output.warn(`The server did not stop in order: ${String(error)}`);
    }
    if (running !== undefined) {
      this.is("stopped");
    }
  }

  private find(): Promise<Server> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((it) => it.uri.scheme === "file");
    return findServer({
      configured: vscode.workspace.getConfiguration().get<string>(SERVER_PATH, ""),
      folder: folders[0]?.uri.fsPath,
      extension: this.extension.fsPath,
      path: process.env["PATH"] ?? "",
      distrusted: vscode.workspace.isTrusted ? [] : folders.map((it) => it.uri.fsPath),
    });
  }

  private connect(command: string): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: [
        ...LANGUAGES.flatMap((language) => [
          { scheme: "file", language },
          { scheme: "untitled", language },
        ]),
        // The server tells what is wrong in it, as it stands in the editor.
        { scheme: "file", pattern: "**/.agentls.yaml" },
      ],
      outputChannel: this.output,
      traceOutputChannel: this.trace,
      initializationOptions: () => {
        // The server takes what it knows and leaves the rest.
        const settings = vscode.workspace.getConfiguration("agentls");
        const chosen = SETTINGS.map((name) => [name, settings.get<unknown>(name)] as const);
        return { ...Object.fromEntries(chosen), commands: { ...lensCommands, explainRule: EXPLAIN_RULE } };
      },
      // The server takes settings as they are pushed to it, which every client can do.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      synchronize: { configurationSection: "agentls" },
      errorHandler: {
        error: (...failure) =>
          answered ? whenRunning().error(...failure) : { action: ErrorAction.Shutdown, handled: true },
        closed: () => (answered ? whenRunning().closed() : { action: CloseAction.DoNotRestart, handled: true }),
      },
      initializationFailedHandler: () => false,
    };
    // The client's own handler starts a crashed server again, five times in three minutes.
    // For a program that never answered that means a screen full of the same message.
    let answered = false;
    let running: ErrorHandler | undefined;
    const whenRunning = (): ErrorHandler => (running ??= client.createDefaultErrorHandler());
    // Not the folder of the workspace: on Windows programs load libraries from where they start.
    const server = { command, args: ["server"], options: { cwd: homedir() } };
    const client = new LanguageClient("agentls", "agentls", server, options);
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      answered ||= newState === ClientState.Running;
      this.is(stateOf(newState));
    });
    return client;
  }
}

function stateOf(state: ClientState): State {
  switch (state) {
    case ClientState.Starting:
      return "starting";
    case ClientState.Running:
      return "running";
    case ClientState.Stopped:
      return "stopped";
    default:
      return "failed";
  }
}

async function explainMissing(reason: string): Promise<void> {
  const install = "How to Install";
  const openSetting = "Open Setting";
  const retry = "Try Again";
  const answer = await vscode.window.showErrorMessage(
    `agentls is not started: ${reason}. Install the program, or name it in the setting agentls.server.path.`,
    install,
    openSetting,
    retry,
  );
  if (answer === install) {
    await vscode.commands.executeCommand("agentls.showGuide");
  } else if (answer === openSetting) {
    await vscode.commands.executeCommand("workbench.action.openSettings", SERVER_PATH);
  } else if (answer === retry) {
    await vscode.commands.executeCommand("agentls.restart");
  }
}
