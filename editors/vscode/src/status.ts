// The status item: who reads the file in front, whether it is loaded, and how much there is to say of it.

import * as vscode from "vscode";

import { type Client, LANGUAGES, type State } from "./client";
import type { Status } from "./protocol";
import { statusText } from "./statusText";

// Findings come several times while one types.
const REST_MILLISECONDS = 100;

/** The context key of menus: whether the file in front is one that a host reads. */
const IS_AGENT_FILE = "agentls.isAgentFile";

const MENU = "agentls.showMenu";

const STATES: Record<Exclude<State, "running">, { text: string; says: string; color?: string }> = {
  starting: { text: "$(loading~spin) agentls", says: "agentls is starting." },
  stopped: { text: "$(circle-slash) agentls: stopped", says: "The server is not running." },
  failed: {
    text: "$(error) agentls: failed",
    says: "The server did not start. The output says why.",
    color: "statusBarItem.errorBackground",
  },
  missing: {
    text: "$(warning) agentls: not found",
    says: "There is no program to start.",
    color: "statusBarItem.warningBackground",
  },
};

interface Choice extends vscode.QuickPickItem {
  readonly command: string;
}

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("agentls.status", vscode.StatusBarAlignment.Right, 100);
  private readonly subscriptions: { dispose(): unknown }[];
  private timer: NodeJS.Timeout | undefined;

  // An answer to anything but the last question is stale.
  private asked = 0;

  // The one in front. Who reads the output still wants to know of the file above it.
  private document: vscode.TextDocument | undefined;

  constructor(private readonly client: Client) {
    this.item.name = "agentls";
    this.item.command = MENU;
    this.subscriptions = [
      this.item,
      client.onDidChangeState(() => this.update()),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document === this.document) {
          this.schedule();
        }
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        const shown = this.document?.uri.toString();
        if (uris.some((uri) => uri.toString() === shown)) {
          this.schedule();
        }
      }),
      vscode.commands.registerCommand(MENU, () => this.menu()),
    ];
    this.follow(vscode.window.activeTextEditor);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.uri.scheme !== "output") {
      this.document = editor?.document;
      void this.update();
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), REST_MILLISECONDS);
  }

  private async update(): Promise<void> {
    clearTimeout(this.timer);
    const question = ++this.asked;
    const document = this.document;
    if (document === undefined || !LANGUAGES.includes(document.languageId)) {
      this.show(undefined);
    } else if (this.client.state !== "running") {
      this.showState(this.client.state);
    } else {
      const status = await this.ask(document.uri);
      if (question === this.asked) {
        this.show(status);
      }
    }
  }

  private async ask(uri: vscode.Uri): Promise<Status | undefined> {
    try {
      const textDocument = { uri: uri.toString() };
      return (await this.client.ask<Status | null>("agentls/status", { textDocument })) ?? undefined;
    } catch {
      // The server went down meanwhile: its state comes next.
      return undefined;
    }
  }

  private show(status: Status | undefined): void {
    const text = status === undefined ? undefined : statusText(status);
    this.setContext(text !== undefined);
    if (text === undefined) {
      this.item.hide();
      return;
    }
    this.item.text = `$(${text.icon}) ${text.line}`;
    this.item.tooltip = tooltip(text.details);
    this.item.accessibilityInformation = { label: `agentls: ${text.details.join(" ")}`, role: "button" };
    this.item.backgroundColor = text.isLost ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    this.item.show();
  }

  private showState(state: keyof typeof STATES): void {
    // Nobody knows now.
    this.setContext(false);
    const { text, says, color } = STATES[state];
    this.item.text = text;
    this.item.tooltip = tooltip([says]);
    this.item.accessibilityInformation = { label: `agentls: ${says}`, role: "button" };
    this.item.backgroundColor = color === undefined ? undefined : new vscode.ThemeColor(color);
    this.item.show();
  }

  private setContext(isAgentFile: boolean): void {
    void vscode.commands.executeCommand("setContext", IS_AGENT_FILE, isAgentFile);
  }

  private async menu(): Promise<void> {
    const isUp = this.client.state === "running";
    const choices: Choice[] = [
      ...(isUp
        ? [
            { label: "$(warning) Show Problems", command: "workbench.actions.view.problems" },
            { label: "$(wand) Fix All", command: "agentls.fixAll" },
            { label: "$(question) Explain the Rule at the Cursor", command: "agentls.explainAtCursor" },
            { label: "$(type-hierarchy) Show the Team Graph", command: "agentls.showGraph" },
            { label: "$(go-to-file) Open Agent by Name...", command: "agentls.openAgent" },
            { label: "$(new-file) New Agent...", command: "agentls.newAgent" },
          ]
        : []),
      { label: "$(checklist) Check Agent Files by agentls Alone...", command: "agentls.avoidDoubleReports" },
      { label: "$(output) Show Output", command: "agentls.showOutput" },
      { label: "$(pulse) Set Trace...", command: "agentls.setTrace" },
      { label: "$(refresh) Restart Server", command: "agentls.restart" },
      { label: "$(book) Show Guide", command: "agentls.showGuide" },
      { label: "$(gear) Settings", command: "agentls.openSettings" },
    ];
    const chosen = await vscode.window.showQuickPick(choices, { title: "agentls" });
    if (chosen !== undefined) {
      await vscode.commands.executeCommand(chosen.command);
    }
  }
}

/** Each sentence on a line of its own. Names of hosts are text, never markup. */
function tooltip(sentences: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  for (const sentence of sentences) {
    text.appendText(sentence);
    text.appendMarkdown("\n\n");
  }
  return text;
}
