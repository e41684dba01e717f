import * as vscode from "vscode";

import { openAgent } from "./agents";
import { avoidDoubleReports } from "./associations";
import { Client } from "./client";
import { explainAtCursor, registerExplain } from "./explain";
import { GraphView } from "./graph";
import { registerLensCommands } from "./lenses";
import { newAgent } from "./newAgent";
import { StatusItem } from "./status";
import { told } from "./told";
import { chooseTrace, Trace } from "./trace";

let client: Client | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("agentls", { log: true });
  const trace = new Trace();
  const server = new Client(context.extensionUri, output, trace);
  client = server;
  const graph = new GraphView(server, vscode.Uri.joinPath(context.extensionUri, "media", "icon.svg"));

  // The page of the extension with its pictures, which VS Code shows there from the web alone.
  const guide = vscode.Uri.joinPath(context.extensionUri, "guide.md");

  const commands: Record<string, (argument: unknown) => unknown> = {
    restart: () => server.restart(),
    showOutput: () => output.show(),
    setTrace: () => chooseTrace(trace),
    showGraph: () => graph.show(),
    newAgent: (folder) => newAgent(server, folder instanceof vscode.Uri ? folder : undefined),
    openAgent: () => openAgent(server),
    explainAtCursor,
    fixAll,
    avoidDoubleReports,
    showGuide: () => vscode.commands.executeCommand("markdown.showPreview", guide),
    openSettings: () => vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
  };
  context.subscriptions.push(
    output,
    trace,
    server,
    graph,
    new StatusItem(server),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`agentls.${name}`, told(run, output)),
    ),
    ...registerLensCommands(output),
    ...registerExplain(server),
  );
  void server.restart();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** The fixes that have one right answer, all at once. */
async function fixAll(): Promise<void> {
  await vscode.commands.executeCommand("editor.action.codeAction", { kind: "source.fixAll.agentls", apply: "first" });
}
