import * as vscode from "vscode";

/** `run`, of which the user hears when it cannot be done. */
export function told<Arguments extends unknown[]>(
  run: (...given: Arguments) => unknown,
  output: vscode.LogOutputChannel,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      await run(...given);
    } catch (error) {
      output.error(String(error));
      const show = "Show Output";
      const says = error instanceof Error ? error.message : String(error);
      if ((await vscode.window.showErrorMessage(`agentls: ${says}`, show)) === show) {
        output.show();
      }
    }
  };
}
