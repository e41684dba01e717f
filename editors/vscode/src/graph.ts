// The team graph in a panel. The page is the server's; here it gets a place, news and clicks.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import { type Client, LANGUAGES } from "./client";
import type { Graph } from "./protocol";

/** Also in `activationEvents`: a panel comes back when the window does. */
const VIEW = "agentls.graph";

const TITLE = "Team Graph";

const SKILLS = "agentls.graph.skills";

// News follow when one rests: nobody watches each key.
const REST_MILLISECONDS = 400;

/** What the page says when a node is clicked. The line is zero-based. */
interface Open {
  readonly type: "open";
  readonly uri: string;
  readonly line: number;
}

/** The one panel with the graph of the workspace. */
export class GraphView implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | undefined;
  private readonly subscriptions: { dispose(): unknown }[];
  private timer: NodeJS.Timeout | undefined;

  // The graph that the page shows, as it came; an equal one is no news.
  private shown: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly icon: vscode.Uri,
  ) {
    const files = vscode.workspace.createFileSystemWatcher("**/*.{md,yaml}");
    const news = (): void => this.schedule();
    this.subscriptions = [
      files,
      files.onDidCreate(news),
      files.onDidChange(news),
      files.onDidDelete(news),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (LANGUAGES.includes(document.languageId)) {
          this.schedule();
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SKILLS)) {
          this.schedule();
        }
      }),
      client.onDidChangeState((state) => {
        if (state === "running") {
          this.schedule();
        }
      }),
      vscode.window.registerWebviewPanelSerializer(VIEW, this),
    ];
  }

  /** Shows the graph, in the place of the editor in front. */
  async show(): Promise<void> {
    if (this.panel !== undefined) {
      this.panel.reveal();
      return;
    }
    const { text } = await this.ask("html");
    this.fill(vscode.window.createWebviewPanel(VIEW, TITLE, vscode.ViewColumn.Active), text);
  }

  /** VS Code brings a panel back that was open when the window was closed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    try {
      this.fill(panel, (await this.ask("html")).text);
    } catch (error) {
      this.client.output.warn(`The team graph does not come back: ${String(error)}`);
      panel.dispose();
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private fill(panel: vscode.WebviewPanel, page: string): void {
    this.panel?.dispose();
    this.panel = panel;
    this.shown = undefined;
    panel.iconPath = this.icon;
    panel.onDidDispose(() => {
      if (this.panel === panel) {
        this.panel = undefined;
      }
    });
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away, and comes back as it was at first.
      this.shown = undefined;
      this.schedule();
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (isOpen(message)) {
        void this.open(message);
      }
    });
    // The page brings its own script and style, and loads nothing.
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    panel.webview.html = page;
  }

  private async ask(format: "html" | "json"): Promise<Graph> {
    const skills = vscode.workspace.getConfiguration().get<boolean>(SKILLS, false);
    const nonce = randomBytes(16).toString("hex");
    const graph = await this.client.ask<Graph | null>("agentls/graph", { format, skills, nonce });
    if (graph === null) {
      throw new Error("There is no workspace whose team could be shown. Open a folder first.");
    }
    return graph;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.panel?.visible === true) {
      this.timer = setTimeout(() => void this.refresh(), REST_MILLISECONDS);
    }
  }

  /** Tells the page what the graph is now; it keeps its zoom and its selection. */
  private async refresh(): Promise<void> {
    try {
      const { text } = await this.ask("json");
      if (this.panel !== undefined && text !== this.shown) {
        this.shown = text;
        await this.panel.webview.postMessage({ type: "graph", graph: JSON.parse(text) as unknown });
      }
    } catch (error) {
      this.client.output.warn(`The team graph is not up to date: ${String(error)}`);
    }
  }

  /** Opens a file beside the graph, where an editor is open already. */
  private async open({ uri, line }: Open): Promise<void> {
    const at = new vscode.Position(line, 0);
    const editor = vscode.window.visibleTextEditors.find((it) => it.viewColumn !== this.panel?.viewColumn);
    await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), {
      selection: new vscode.Range(at, at),
      viewColumn: editor?.viewColumn ?? vscode.ViewColumn.Beside,
    });
  }
}

function isOpen(message: unknown): message is Open {
  const { type, uri, line } = (message ?? {}) as Partial<Record<keyof Open, unknown>>;
  return (
    type === "open" &&
    typeof uri === "string" &&
    uri.startsWith("file:") &&
    typeof line === "number" &&
    Number.isInteger(line) &&
    line >= 0
  );
}
