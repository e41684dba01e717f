// Opening an agent by its name.

import * as vscode from "vscode";
import type { Range } from "vscode-languageclient";

import type { Client } from "./client";
import { plain } from "./plain";
import type { Agent } from "./protocol";

const PERSON = new vscode.ThemeIcon("person");

const BESIDE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("split-horizontal"),
  tooltip: "Open to the Side",
};

interface Choice extends vscode.QuickPickItem {
  readonly agent: Agent;
}

/** Lets the user pick one of all agents, and opens its file at the name. */
export async function openAgent(client: Client): Promise<void> {
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = "Open Agent by Name";
  pick.placeholder = "The name of an agent";
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  // Escape may come before the answer.
  const end = chosen(pick);
  pick.show();
  try {
    const agents = await Promise.race([client.ask<Agent[]>("agentls/agents", {}), end.then(() => undefined)]);
    if (agents?.length === 0) {
      pick.placeholder = "There are no agents in this workspace.";
    }
    pick.items = agents?.map(choice) ?? [];
    pick.busy = false;
    const { agent, column } = (await end) ?? {};
    if (agent !== undefined) {
      await open(agent.uri, agent.range, column);
    }
  } finally {
    pick.dispose();
  }
}

function chosen(pick: vscode.QuickPick<Choice>): Promise<{ agent: Agent; column: vscode.ViewColumn } | undefined> {
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const agent = pick.selectedItems[0]?.agent;
      if (agent !== undefined) {
        resolve({ agent, column: vscode.ViewColumn.Active });
      }
    });
    pick.onDidTriggerItemButton(({ item }) => resolve({ agent: item.agent, column: vscode.ViewColumn.Beside }));
    pick.onDidHide(() => resolve(undefined));
  });
}

function choice(agent: Agent): Choice {
  return {
    label: plain(agent.name),
    iconPath: PERSON,
    description: plain(`${agent.title} · ${agent.path}`),
    ...(agent.description === null ? {} : { detail: plain(agent.description) }),
    buttons: [BESIDE],
    agent,
  };
}

/** Opens a file with the cursor at the start of `range`. */
async function open(uri: string, range: Range, column: vscode.ViewColumn = vscode.ViewColumn.Active): Promise<void> {
  const at = new vscode.Position(range.start.line, range.start.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    selection: new vscode.Range(at, at),
    viewColumn: column,
  });
}
