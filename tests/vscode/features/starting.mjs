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
      },
    },
  ],
};

/** The program that a folder names as the server; it leaves a file behind when it runs. */
const intruder = (team) => `#!/bin/sh\necho started > ${JSON.stringify(team.path("intruder-ran"))}\n`;

function nameIntruder(team) {
  team.write("intruder.sh", intruder(team));
  fs.chmodSync(team.path("intruder.sh"), 0o755);
  const path = team.path("intruder.sh");
  team.write(".vscode/settings.json", JSON.stringify({ "agentls.server.path": path }));
}

/** @type {import("../driver/suite.mjs").Suite} */
export const untrusted = {
  title: "an untrusted folder",
  setup: { asksForTrust: true },
  prepare: nameIntruder,
  tests: [
    {
      name: "the program that the folder names is not started, and ours is",
      features: [],
      async run({ code, team }) {
        await code.page.getByRole("button", { name: "No, I don't trust the authors" }).click();
        await code.eventually("the restricted mode", () => code.statusBar(), (items) =>
          items.some((text) => text.includes("Restricted Mode")),
        );
        await code.open(MANAGER);
        await code.problemsUntil("the finding of our server", (problems) =>
          problems.some((problem) => problem.message.includes("checkout-enginer")),
        );
        assert.ok(!team.exists("intruder-ran"), "the folder's program was started");
      },
    },
  ],
};

/** @type {import("../driver/suite.mjs").Suite} */
export const trusted = {
  title: "a trusted folder",
  setup: { asksForTrust: true },
  prepare: nameIntruder,
  tests: [
    {
      // Without this, the test above would pass with settings that are never read.
      name: "the program that the folder names is started once the folder is trusted",
      features: [],
      async run({ code, team }) {
        await code.page.getByRole("button", { name: "Yes, I trust the authors" }).click();
        await code.open(MANAGER);
        await code.eventually("a trace of the program", async () => team.exists("intruder-ran"), (ran) => ran);
      },
    },
  ],
};
