// The page of a rule, shown as a preview. The server has the pages; here they get a place.

import * as vscode from "vscode";

import type { Client } from "./client";
import { plain } from "./plain";
import type { Explanation } from "./protocol";
import { told } from "./told";

const SCHEME = "agentls-rule";

// What the server calls itself in its findings.
const SOURCE = "agentls";

/** The command that the server puts into "Explain" actions, with the name of the rule. */
export const EXPLAIN_RULE = "agentls.explainRule";

export function registerExplain(client: Client): vscode.Disposable[] {
  const page = async (uri: vscode.Uri): Promise<string> => {
    const rule = uri.path.replace(/\.md$/, "");
    const explained = await client.ask<Explanation | null>("agentls/explain", { rule });
    return explained ? `# ${explained.name}\n\n${explained.markdown}` : `There is no page about ${rule}.`;
  };
  return [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: page }),
    vscode.commands.registerCommand(EXPLAIN_RULE, told(explain, client.output)),
  ];
}

/** Explains the rule of the finding at the cursor; of several, the one that is picked. */
export async function explainAtCursor(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const found = editor === undefined ? [] : findingsAt(editor.document.uri, editor.selection.active);
  const byRule = new Map(found.map((finding) => [ruleOf(finding), finding]));
  if (byRule.size === 0) {
    void vscode.window.showInformationMessage("There is no finding of agentls on this line.");
    return;
  }
  const rules = [...byRule].map(([label, finding]) => ({ label, detail: plain(finding.message) }));
  const rule =
    rules.length === 1 ? rules[0] : await vscode.window.showQuickPick(rules, { title: "Explain which rule?" });
  if (rule !== undefined) {
    await explain(rule.label);
  }
}

async function explain(rule: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `${rule}.md` });
  await vscode.commands.executeCommand("markdown.showPreview", uri);
}

/** Our findings at `position`, else those on its line. */
function findingsAt(uri: vscode.Uri, position: vscode.Position): vscode.Diagnostic[] {
  const ours = vscode.languages.getDiagnostics(uri).filter((it) => it.source === SOURCE && ruleOf(it) !== "");
  const here = ours.filter((it) => it.range.contains(position));
  return here.length > 0
    ? here
    : ours.filter((it) => it.range.start.line <= position.line && position.line <= it.range.end.line);
}

function ruleOf(finding: vscode.Diagnostic): string {
  const code = typeof finding.code === "object" ? finding.code.value : finding.code;
  return String(code ?? "");
}
