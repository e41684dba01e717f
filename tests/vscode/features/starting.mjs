// Where the server comes from: said when there is none, and never from a folder that is not trusted.

import assert from "node:assert/strict";
import fs from "node:fs";

const MANAGER = ".claude/agents/release-manager.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const missing = {
  title: "without a server",
  setup: { hasServer: false },
  tests: [
    {
      name: "a message says that the server is missing and what to do",
      features: [],
      async run({ code }) {
        await code.open(MANAGER);
        const [text] = await code.eventually("a message", () => code.notifications(), (texts) => texts.length > 0);
        assert.match(text, /agentls/);
        assert.match(text, /agentls\.server\.path/);
        assert.match(text, /PATH/);
        const buttons = await code.eventually("buttons", () => code.notificationButtons(), (all) => all.length >= 3);
        assert.deepEqual(buttons.toSorted(), ["How to Install", "Open Setting", "Try Again"]);
        await code.seesStatus("agentls: not found");
      },
    },
  ],
};

/** What the program that the folder names leaves behind when it runs. */
const TRACE = "intruder-ran";

/** Names a program in the settings of the folder. */
function nameIntruder(team) {
  const program = "intruder.sh";
  team.write(program, `#!/bin/sh\necho started > ${JSON.stringify(team.path(TRACE))}\n`);
  fs.chmodSync(team.path(program), 0o755);
  team.write(".vscode/settings.json", JSON.stringify({ "agentls.server.path": team.path(program) }));
}

/** @type {import("../driver/suite.mjs").Suite} */
export const untrusted = {
  title: "an untrusted folder",
  setup: { asksForTrust: true },
  prepare: nameIntruder,
  tests: [
    {
      name: "the program that the folder names is not started, and ours is, until the folder is trusted",
      features: [],
      async run({ code, team }) {
        await code.eventually("the restricted mode", () => code.statusBar(), (items) =>
          items.some((text) => text.includes("Restricted Mode")),
        );
        await code.open(MANAGER);
        await code.seesStatus("Claude Code agent · loads · 1");
        assert.ok(!team.exists(TRACE), "the folder's program was started");

        // Otherwise a setting that nobody ever reads would pass for one that is not trusted.
        await code.run("Workspaces: Manage Workspace Trust");
        await code.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
        await code.eventually("a trace of the folder's program", async () => team.exists(TRACE), (ran) => ran);
      },
    },
  ],
};
