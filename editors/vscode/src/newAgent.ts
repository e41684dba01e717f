// Making the file of a new agent: where, and under which name. What goes into it the server says.

import * as vscode from "vscode";

import type { Client } from "./client";
import { plain } from "./plain";
import type { NewAgent, Place } from "./protocol";

interface Choice extends vscode.QuickPickItem {
  readonly place?: Place;
}

/** Asks for a host, a place and a name, writes the file and opens it where one goes on typing. */
export async function newAgent(client: Client, folder: vscode.Uri | undefined): Promise<void> {
  const places = await client.ask<Place[]>("agentls/places", {});
  const place = await choosePlace(places, folder);
  if (place === undefined) {
    return;
  }
  const ask = (name: string): Promise<NewAgent | null> =>
    client.ask("agentls/newAgent", { name: name.trim(), host: place.host, folder: place.folder });
  const name = await vscode.window.showInputBox({
    title: `New ${place.title} Agent in ${place.label}`,
    prompt: "The name by which others delegate to it",
    placeHolder: "code-reviewer",
    ignoreFocusOut: true,
    validateInput: async (typed) => (typed.trim() === "" ? undefined : problemOf(await ask(typed))),
  });
  if (name === undefined || name.trim() === "") {
    return;
  }
  const made = await ask(name);
  const problem = problemOf(made);
  if (problem !== undefined || made?.uri == null) {
    throw new Error(problem ?? `There can be no file for ${name}.`);
  }
  const uri = vscode.Uri.parse(made.uri);
  await write(uri, made.text ?? "");
  await open(uri, made.selection);
}

function problemOf(made: NewAgent | null): string | undefined {
  if (made === null) {
    return "No agent can be made in this folder.";
  }
  return made.problem ?? (made.isTaken ? "There is a file of this name already." : undefined);
}

async function choosePlace(places: readonly Place[], folder: vscode.Uri | undefined): Promise<Place | undefined> {
  const wanted = places.filter((it) => folder !== undefined && sameFolder(vscode.Uri.parse(it.folder), folder));
  const isElsewhere = folder !== undefined && wanted.length === 0;
  const offered = wanted.length > 0 ? wanted : places;
  if (offered.length === 0) {
    void vscode.window.showInformationMessage("Open a folder first: an agent is a file in it.");
    return undefined;
  }
  if (offered.length === 1 && !isElsewhere) {
    return offered[0];
  }
  const chosen = await vscode.window.showQuickPick(choices(offered), {
    title: isElsewhere
      ? "agentls knows no host for that folder. New Agent: for which host, and where instead?"
      : "New Agent: for which host, and where?",
    placeHolder: "The host that reads it, and the folder for its file",
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.place;
}

/** The workspace's places, then the user's own. */
function choices(places: readonly Place[]): Choice[] {
  const choice = (place: Place): Choice => ({
    label: place.title,
    description: plain(place.agents === 0 ? place.label : `${place.label} (${String(place.agents)})`),
    place,
  });
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const here = places.filter((it) => !it.isUser).map(choice);
  const own = places.filter((it) => it.isUser).map(choice);
  return [
    ...(here.length > 0 ? [separator("for this workspace"), ...here] : []),
    ...(own.length > 0 ? [separator("for all your workspaces"), ...own] : []),
  ];
}

function sameFolder(one: vscode.Uri, other: vscode.Uri): boolean {
  const path = (uri: vscode.Uri): string => uri.with({ path: uri.path.replace(/\/+$/, "") }).toString();
  return path(one) === path(other);
}

/** An edit, so that it can be undone and other extensions hear of it. */
async function write(uri: vscode.Uri, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: Buffer.from(text, "utf8") });
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error(`${vscode.workspace.asRelativePath(uri)} could not be written.`);
  }
}

async function open(uri: vscode.Uri, selection: NewAgent["selection"]): Promise<void> {
  await vscode.window.showTextDocument(uri, {
    preview: false,
    ...(selection === null
      ? {}
      : {
          selection: new vscode.Range(
            selection.start.line,
            selection.start.character,
            selection.end.line,
            selection.end.character,
          ),
        }),
  });
}
