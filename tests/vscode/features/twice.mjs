// VS Code checks some agent files itself. One command makes agentls the only one.

import assert from "node:assert/strict";

const FILE = ".github/agents/tea-buyer.agent.md";

const isOurs = (problem) => problem.source.includes("agentls");

/** @type {import("../driver/suite.mjs").Suite} */
export const twice = {
  title: "double reports",
  setup: { settings: { "chat.disableAIFeatures": false } },
  prepare(team) {
    // VS Code wants a description that says something, agentls each key once.
    team.write(FILE, "---\nname: tea-buyer\ndescription: ''\nmodel: one\nmodel: two\n---\n\nYou buy tea.\n");
  },
  tests: [
    {
      name: "one command leaves the checks of agent files to agentls alone",
      features: [],
      async run({ code }) {
        await code.open(FILE);
        const before = await code.problemsUntil("reports of both", (problems) => problems.some(isOurs) && !problems.every(isOurs));
        await code.hidePanel();
        await code.run("agentls: Check Agent Files by agentls Alone...");
        await code.pick("For This Workspace");
        const after = await code.problemsUntil("reports of one", (problems) => problems.length > 0 && problems.every(isOurs));
        assert.deepEqual(after, before.filter(isOurs));
        await code.hidePanel();
      },
    },
  ],
};
