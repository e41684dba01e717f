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
import { within } from "./within";

/**
 * VS Code gives agent files languages of their own (`chatagent` for *.agent.md and
 * .claude/agents, `skill` for SKILL.md, ...); all that it does not know is markdown.
 * The same five stand in `activationEvents`.
 */
export const LANGUAGES: readonly string[] = ["markdown", "chatagent", "prompt", "instructions", "skill"];

const SERVER_PATH = "agentls.server.path";

const ANSWER_MILLISECONDS = 30_000;

// A client that is starting cannot be stopped.
const STARTED_MILLISECONDS = 2_000;

/** The server as the user sees it. `missing`: there is no program to start. */
export type State = "starting" | "running" | "stopped" | "failed" | "missing";

/** The one server of this window. */
export class Client implements vscode.Disposable {
  private client: ServerClient | undefined;
  private current: State = "starting";
  private readonly changed = new vscode.EventEmitter<State>();
  private readonly subscriptions: { dispose(): unknown }[];

  // Starts and stops follow one another: two quick restarts must not leave two servers.
  private queue: Promise<void> = Promise.resolve();
  private asked = 0;

  // Ends the wait for a program that has not answered yet.
  private leave: () => void = () => undefined;

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

  /**
   * Stops the server that there is and starts a new one. Done when it runs or has failed to, or
   * when the user has asked for another start meanwhile.
   */
  restart(): Promise<void> {
    return this.next(() => this.start());
  }

  /** Stops the server for good. */
  stop(): Promise<void> {
    return this.next(() => Promise.resolve());
  }

  private next(step: () => Promise<void>): Promise<void> {
    const question = ++this.asked;
    this.leave();
    this.queue = this.queue
      .then(async () => {
        await this.halt();
        if (question === this.asked) {
          await step();
        }
      })
      .catch((error: unknown) => {
        this.output.error(`The server did not start: ${String(error)}`);
        this.is("failed");
      });
    return this.queue;
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
    const left = new Promise<"left">((resolve) => {
      this.leave = () => resolve("left");
    });
    const server = await this.find();
    for (const note of server.notes) {
      this.output.warn(`${note} It is not started.`);
    }
    if (!server.found) {
      this.output.error(`Not started: ${server.reason}.`);
      this.is("missing");
      void explainMissing(server.reason, server.notes);
      return;
    }
    this.output.info(`Starting ${server.command} server`);
    const client = this.connect(server.command);
    this.client = client;
    try {
      const start = client.start().then(() => "answered" as const);
      if ((await within(Promise.race([start, left]), ANSWER_MILLISECONDS)) === undefined) {
        this.abandon(client);
        this.output.error(`The program ${server.command} does not answer.`);
        this.is("failed");
        void explainSilent(server.command);
      }
    } catch (error) {
      // The client has told the user and offered the output.
      this.output.error(`The server did not start: ${String(error)}`);
      this.is("failed");
    }
  }

  private async halt(): Promise<void> {
    const running = this.client;
    if (running === undefined) {
      return;
    }
    this.client = undefined;
    running.isLeft = true;
    try {
      if (running.state === ClientState.Starting) {
        await within(running.start(), STARTED_MILLISECONDS);
      }
      await running.dispose();
    } catch (error) {
      // A server that died or never came up cannot be asked to shut down: it is gone all the same.
      this.output.warn(`The server did not stop in order: ${String(error)}`);
    }
    this.is("stopped");
  }

  /** Ends a program that cannot be asked to end: disposing of a client that starts kills it. */
  private abandon(client: ServerClient): void {
    this.client = undefined;
    client.isLeft = true;
    client.dispose().catch((error: unknown) => this.output.debug(String(error)));
  }

  private find(): Promise<Server> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((it) => it.uri.scheme === "file");
    // Written by hand, it can be anything.
    const configured = vscode.workspace.getConfiguration().get<unknown>(SERVER_PATH);
    return findServer({
      configured: typeof configured === "string" ? configured : "",
      folder: folders[0]?.uri.fsPath,
      extension: this.extension.fsPath,
      path: process.env["PATH"] ?? "",
      distrusted: vscode.workspace.isTrusted ? [] : folders.map((it) => it.uri.fsPath),
    });
  }

  private connect(command: string): ServerClient {
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
        // All of them, as they are pushed later. The server takes what it knows and leaves the rest.
        const settings = vscode.workspace.getConfiguration().get<object>("agentls", {});
        return { ...settings, commands: { ...lensCommands, explainRule: EXPLAIN_RULE } };
      },
      // The server takes settings as they are pushed to it, which every client can do.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      synchronize: { configurationSection: "agentls" },
      errorHandler: {
        error: (...failure) =>
          isWatched() ? whenRunning().error(...failure) : { action: ErrorAction.Shutdown, handled: true },
        closed: () => (isWatched() ? whenRunning().closed() : { action: CloseAction.DoNotRestart, handled: true }),
      },
      initializationFailedHandler: () => false,
    };
    // The client's own handler starts a crashed server again, five times in three minutes.
    // For a program that never answered that means a screen full of the same message.
    let answered = false;
    const isWatched = (): boolean => answered && !client.isLeft;
    let running: ErrorHandler | undefined;
    const whenRunning = (): ErrorHandler => (running ??= client.createDefaultErrorHandler());
    // Not the folder of the workspace: on Windows programs load libraries from where they start.
    const server = { command, args: ["server"], options: { cwd: homedir() } };
    const client = new ServerClient("agentls", "agentls", server, options);
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

/** A client that keeps its failures to the log once nobody waits for it any more. */
class ServerClient extends LanguageClient {
  isLeft = false;

  override error(message: string, data?: unknown, showNotification?: boolean | "force"): void {
    super.error(message, data, this.isLeft ? false : showNotification);
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

// What can be done where no server came up, by the labels of the buttons.
const REMEDIES = {
  "Manage Trust": () => vscode.commands.executeCommand("workbench.trust.manage"),
  "How to Install": () => vscode.commands.executeCommand("agentls.showGuide"),
  "Open Setting": () => vscode.commands.executeCommand("workbench.action.openSettings", SERVER_PATH),
  "Try Again": () => vscode.commands.executeCommand("agentls.restart"),
} as const;

async function explainMissing(reason: string, notes: readonly string[]): Promise<void> {
  const says = `agentls is not started: ${reason}. Install the program, or name it in the setting agentls.server.path.`;
  await offer([...notes, says].join(" "), [
    ...(notes.length > 0 ? (["Manage Trust"] as const) : []),
    "How to Install",
    "Open Setting",
    "Try Again",
  ]);
}

async function explainSilent(command: string): Promise<void> {
  await offer(`The program ${command} does not answer. Is it agentls?`, ["Open Setting", "Try Again"]);
}

async function offer(says: string, remedies: readonly (keyof typeof REMEDIES)[]): Promise<void> {
  const answer = await vscode.window.showErrorMessage(says, ...remedies);
  if (answer !== undefined) {
    await REMEDIES[answer]();
  }
}
