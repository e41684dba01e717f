// What happens when a code lens is clicked. The server is told the names of these commands
// and sends them back with the URI and the position of the name that the lens is about.

import * as vscode from "vscode";
import type { Position as ProtocolPosition } from "vscode-languageclient";

import { told } from "./told";

/** The names of the commands, as the server takes them in `initializationOptions`. */
export const lensCommands = {
  showReferences: "agentls.showReferences",
  showImplementations: "agentls.showImplementations",
  showCallers: "agentls.showCallers",
} as const;

export function registerLensCommands(output: vscode.LogOutputChannel): vscode.Disposable[] {
  const register = (name: string, run: (uri: string, position: ProtocolPosition) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(name, told(run, output));
  return [
    register(lensCommands.showReferences, peek("vscode.executeReferenceProvider")),
    register(lensCommands.showImplementations, peek("vscode.executeImplementationProvider")),
    register(lensCommands.showCallers, showCallers),
  ];
}

/** Shows in a peek view what `provider` finds at the name. */
function peek(provider: string): (uri: string, position: ProtocolPosition) => Promise<void> {
  return async (uri, position) => {
    const document = vscode.Uri.parse(uri);
    const at = new vscode.Position(position.line, position.character);
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
      provider,
      document,
      at,
    );
    const locations = (found ?? []).map((place) =>
      "targetUri" in place
        ? new vscode.Location(place.targetUri, place.targetSelectionRange ?? place.targetRange)
        : place,
    );
    await vscode.commands.executeCommand("editor.action.showReferences", document, at, locations);
  };
}

/** Shows the call hierarchy, which VS Code opens at the cursor only. */
async function showCallers(uri: string, position: ProtocolPosition): Promise<void> {
  const at = new vscode.Position(position.line, position.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(at, at) });
  await vscode.commands.executeCommand("editor.showCallHierarchy");
}
