// VS Code checks some agent files itself. It goes by their language, agentls by their paths: as
// plain markdown they are checked once.

import * as vscode from "vscode";

import { CHECKED_TWICE, restored } from "./checkedTwice";

const ASSOCIATIONS = "associations";

/** Writes `files.associations` for the user or this workspace, as he wants. */
export async function avoidDoubleReports(): Promise<void> {
  const places = [
    { label: "For All Workspaces", detail: "in your own settings", target: vscode.ConfigurationTarget.Global },
    ...(vscode.workspace.workspaceFolders === undefined
      ? []
      : [
          {
            label: "For This Workspace",
            detail: "in its settings, for everybody who opens it",
            target: vscode.ConfigurationTarget.Workspace,
          },
        ]),
  ];
  const chosen = await vscode.window.showQuickPick(places, {
    title: "Open agent files as markdown, so that agentls alone checks them",
    placeHolder: "VS Code's own completion and colors for them are lost",
  });
  if (chosen === undefined) {
    return;
  }
  const before = said(chosen.target);
  await write({ ...before, ...CHECKED_TWICE }, chosen.target);

  const undo = "Undo";
  const answer = await vscode.window.showInformationMessage(
    "Agent files are plain markdown from now on, and agentls alone checks them. It is the setting files.associations.",
    undo,
  );
  if (answer === undo) {
    // Others may have been written meanwhile.
    const now = restored(said(chosen.target), before);
    await write(Object.keys(now).length === 0 ? undefined : now, chosen.target);
  }
}

function said(target: vscode.ConfigurationTarget): Record<string, string> {
  const found = vscode.workspace.getConfiguration("files").inspect<Record<string, string>>(ASSOCIATIONS);
  return (target === vscode.ConfigurationTarget.Global ? found?.globalValue : found?.workspaceValue) ?? {};
}

async function write(value: Record<string, string> | undefined, target: vscode.ConfigurationTarget): Promise<void> {
  await vscode.workspace.getConfiguration("files").update(ASSOCIATIONS, value, target);
}
