// The team graph in a panel. The page is the server's; here it gets a place, news and clicks.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import { type Client, LANGUAGES } from "./client";
import type { Graph } from "./protocol";
import { told } from "./told";

/** Also in `activationEvents`: a panel comes back when the window does. */
const VIEW = "agentls.graph";

const TITLE = "Team Graph";

const SKILLS = "agentls.graph.skills";

// News follow when one rests: nobody watches each key. The second time is for files that the
// server hears of later than this window.
const REST_MILLISECONDS = [400, 1400];

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
  private timers: readonly NodeJS.Timeout[] = [];

  // An answer to anything but the last question is stale.
  private asked = 0;

  // The graph that the page shows, as it came; an equal one is no news.
  private shown: string | undefined;

  constructor(
    private readonly client: Client,
    private readonly icon: vscode.Uri,
  ) {
    const files = vscode.workspace.createFileSystemWatcher("**/*.{md,yaml}");
    // A folder that goes says nothing of the files in it.
    const folders = vscode.workspace.createFileSystemWatcher("**/*", true, true, false);
    const news = (): void => this.schedule();
    this.subscriptions = [
      files,
      folders,
      folders.onDidDelete(news),
      files.onDidCreate(news),
      files.onDidChange(news),
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
    this.quiet();
    this.panel?.dispose();
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private fill(panel: vscode.WebviewPanel, page: string): void {
    this.panel?.dispose();
    this.panel = panel;
    this.asked++;
    this.shown = undefined;
    let wasVisible = panel.visible;
    panel.iconPath = this.icon;
    panel.onDidDispose(() => {
      if (this.panel === panel) {
        this.panel = undefined;
      }
    });
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away, and comes back as it was at first. Focus changes nothing.
      if (panel.visible && !wasVisible) {
        this.shown = undefined;
        this.schedule();
      }
      wasVisible = panel.visible;
    });
    const open = told((message: Open) => this.open(message), this.client.output);
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (isOpen(message)) {
        void open(message);
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
    this.quiet();
    if (this.panel?.visible === true) {
      this.timers = REST_MILLISECONDS.map((rest) => setTimeout(() => void this.refresh(), rest));
    }
  }

  private quiet(): void {
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  /** Tells the page what the graph is now; it keeps its zoom and its selection. */
  private async refresh(): Promise<void> {
    const question = ++this.asked;
    try {
      const { text } = await this.ask("json");
      if (question === this.asked && this.panel !== undefined && text !== this.shown) {
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
    const file = vscode.Uri.parse(uri, true);
    try {
      await vscode.window.showTextDocument(file, {
        selection: new vscode.Range(at, at),
        viewColumn: editor?.viewColumn ?? vscode.ViewColumn.Beside,
      });
    } catch (error) {
      const path = vscode.workspace.asRelativePath(file);
      throw new Error(`${path} cannot be opened. Perhaps it is gone, or has another name now.`, { cause: error });
    }
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
