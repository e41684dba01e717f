// VS Code checks some agent files itself. It goes by their language, agentls by their paths: as
// plain markdown they are checked once.

import * as vscode from "vscode";

import { CHECKED_TWICE } from "./checkedTwice";

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
  const files = vscode.workspace.getConfiguration("files");
  const said = files.inspect<Record<string, string>>(ASSOCIATIONS);
  const before = (chosen.target === vscode.ConfigurationTarget.Global ? said?.globalValue : said?.workspaceValue) ?? {};
  await files.update(ASSOCIATIONS, { ...before, ...CHECKED_TWICE }, chosen.target);

  const undo = "Undo";
  const answer = await vscode.window.showInformationMessage(
    "Agent files are plain markdown from now on, and agentls alone checks them. It is the setting files.associations.",
    undo,
  );
  if (answer === undo) {
    await files.update(ASSOCIATIONS, Object.keys(before).length === 0 ? undefined : before, chosen.target);
  }
}
