// The page of a rule, shown as a preview. The server has the pages; here they get a place.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

const SCHEME = "agentls-rule";

/** The command that the server puts into "Explain" actions, with the name of the rule. */
export const EXPLAIN_RULE = "agentls.explainRule";

interface Explanation {
  readonly name: string;
  readonly markdown: string;
}

export function registerExplain(client: () => LanguageClient | undefined): vscode.Disposable[] {
  const page = async (uri: vscode.Uri): Promise<string> => {
    const rule = uri.path.replace(/\.md$/, "");
    const explained = await client()?.sendRequest<Explanation | null>("agentls/explain", { rule });
    return explained ? `# ${explained.name}\n\n${explained.markdown}` : `There is no page about ${rule}.`;
  };
  return [
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: page }),
    vscode.commands.registerCommand(EXPLAIN_RULE, async (rule: string) => {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `${rule}.md` });
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    }),
  ];
}
