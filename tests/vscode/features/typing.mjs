// Completion.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const typing = {
  title: "typing",
  tests: [
    {
      name: "a half-typed cell of a delegation table is completed to the agent",
      features: ["completion"],
      async run({ code, team }) {
        await code.open(LEAD);
        const { line } = team.place(LEAD, "| `support-writer`");
        await code.goTo({ line, column: 200 });
        await code.type("\n| stor");
        const offered = await code.complete("storefront-developer");
        assert.equal(offered[0], "storefront-developer");
        await code.press("Enter");
        await code.seesInEditor("\n| storefront-developer");
      },
    },
    {
      name: "a half-typed key of a header is completed, and those that are there are not offered",
      features: ["completion"],
      async run({ code, team }) {
        await code.open(LEAD);
        const { line } = team.place(LEAD, "color: purple");
        await code.goTo({ line, column: 200 });
        await code.type("\nmax");
        const offered = await code.complete("maxTurns");
        assert.ok(!offered.includes("model"), offered.join(", "));
        await code.press("Enter");
        await code.seesInEditor("\nmaxTurns: ");
      },
    },
    {
      name: "the list of tools offers the servers of .mcp.json",
      features: ["completion"],
      async run({ code, team }) {
        await code.open(LEAD);
        const { line } = team.place(LEAD, "tools: Read");
        await code.goTo({ line, column: 200 });
        await code.type(", mcp__o");
        await code.complete("mcp__orders-db");
        await code.press("Enter");
        await code.seesInEditor("TodoWrite, mcp__orders-db");
      },
    },
  ],
};
