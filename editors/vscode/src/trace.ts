// The conversation with the server, in an output channel of its own.

import * as vscode from "vscode";

const SETTING = "trace.server";

const DEPTHS = [
  { value: "off", label: "Off", detail: "Nothing is written." },
  { value: "messages", label: "Messages", detail: "The name and the duration of each message." },
  { value: "verbose", label: "Verbose", detail: "Each message with its content." },
] as const;

/**
 * What the client takes for a log whose level is Trace, while `agentls.trace.server` is on. The
 * client asks this log how much to trace; the level of a real one can be set by the user alone.
 */
export class Trace implements vscode.LogOutputChannel {
  readonly name = "agentls Trace";

  private written: vscode.OutputChannel | undefined;
  private readonly changed = new vscode.EventEmitter<vscode.LogLevel>();
  private readonly subscription: vscode.Disposable;

  readonly onDidChangeLogLevel = this.changed.event;

  constructor() {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`agentls.${SETTING}`)) {
        this.changed.fire(this.logLevel);
      }
    });
  }

  get logLevel(): vscode.LogLevel {
    return depth() === "off" ? vscode.LogLevel.Off : vscode.LogLevel.Trace;
  }

  trace(message: string): void {
    this.line(message);
  }

  debug(message: string): void {
    this.line(message);
  }

  info(message: string): void {
    this.line(message);
  }

  warn(message: string): void {
    this.line(message);
  }

  error(error: string | Error): void {
    this.line(String(error));
  }

  append(value: string): void {
    this.channel().append(value);
  }

  appendLine(value: string): void {
    this.channel().appendLine(value);
  }

  replace(value: string): void {
    this.channel().replace(value);
  }

  clear(): void {
    this.written?.clear();
  }

  show(columnOrPreserveFocus?: vscode.ViewColumn | boolean, preserveFocus?: boolean): void {
    this.channel().show(typeof columnOrPreserveFocus === "boolean" ? columnOrPreserveFocus : preserveFocus);
  }

  hide(): void {
    this.written?.hide();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.written?.dispose();
  }

  private line(message: string): void {
    this.appendLine(`${new Date().toISOString()} ${message}`);
  }

  /** Made when something is written, so that nobody sees an empty channel. */
  private channel(): vscode.OutputChannel {
    return (this.written ??= vscode.window.createOutputChannel(this.name));
  }
}

/** Asks how much of the conversation shall be written, and shows it. */
export async function chooseTrace(trace: Trace): Promise<void> {
  const current = depth();
  const items = DEPTHS.map((it) => ({ ...it, description: it.value === current ? "now" : "" }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: "Trace the conversation with the server",
    placeHolder: "How much shall be written?",
  });
  if (chosen === undefined) {
    return;
  }
  const settings = vscode.workspace.getConfiguration("agentls");
  const isLocal = settings.inspect(SETTING)?.workspaceValue !== undefined;
  await settings.update(SETTING, chosen.value, !isLocal);
  if (chosen.value !== "off") {
    trace.show(true);
  }
}

function depth(): string {
  return vscode.workspace.getConfiguration("agentls").get<string>(SETTING, "off");
}
