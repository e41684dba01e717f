// The team graph in a panel.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";
const NASTY = ".claude/agents/quoter.md";

/** Opens the graph; the answer is its frame, once all nodes stand in it. */
async function showGraph(code) {
  await code.run("agentls: Show the Team Graph");
  const frame = await code.webview('.node[data-id], a.node');
  await frame.locator(".node").filter({ hasText: "shop-lead" }).first().waitFor();
  return frame;
}

/** The names on the nodes that can be seen. */
async function nodes(frame) {
  return await frame.locator(".node:not(.hidden) .name").allTextContents();
}

/** @type {import("../driver/suite.mjs").Suite} */
export const graph = {
  title: "graph",
  isAlone: true,
  prepare(team) {
    team.write(
      NASTY,
      "---\nname: quoter\ndescription: '<img src=x onerror=\"document.title = 1\"> & \"tea\" 🍵 </script>'\ntools: Read\n---\n\nQuotes.\n",
    );
  },
  tests: [
    {
      name: "the graph shows the team in a panel, and says nothing to the console",
      features: ["graph"],
      async run({ code, team, consoleErrors }) {
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        const before = consoleErrors.length;
        const frame = await showGraph(code);
        const shown = await nodes(frame);
        for (const name of ["shop-lead", "checkout-engineer", "order-analyst", "specialist", "quoter"]) {
          assert.ok(shown.some((text) => text.startsWith(name.slice(0, 8))), `${name} is not among ${shown.join(", ")}`);
        }
        const lead = await frame.locator(".node").filter({ hasText: "shop-lead" }).first().boundingBox();
        assert.ok(lead !== null && lead.width > 20 && lead.height > 10, JSON.stringify(lead));
        assert.equal(await frame.locator("img").count(), 0);
        const ours = consoleErrors.slice(before).filter(({ text, from }) => isOfPage(text, from));
        assert.deepEqual(ours, []);
        void team;
      },
    },
    {
      name: "a click on an agent opens its file",
      features: ["graph"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        const frame = await showGraph(code);
        await frame.locator(".node").filter({ hasText: "order-analyst" }).first().click();
        const file = ".claude/agents/order-analyst.md";
        await code.seesCursorIn("order-analyst.md", team.place(file, "name: ").line);
      },
    },
    {
      name: "an agent that is made on disk appears in the graph",
      features: ["graph", "watched-files"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        const frame = await showGraph(code);
        const made = ".claude/agents/tea-taster.md";
        team.write(made, "---\nname: tea-taster\ndescription: Tastes.\ntools: Read\n---\n\nYou taste.\n");
        await code.eventually("the new node", () => nodes(frame), (names) => names.includes("tea-taster"));
        team.remove(made);
        await code.eventually("no such node", () => nodes(frame), (names) => !names.includes("tea-taster"));
      },
    },
  ],
};

/** Whether an error on the console is of our page: it would break a policy or its script throws. */
function isOfPage(text, from) {
  return /Content Security Policy|Refused to|Uncaught/.test(text) || from.startsWith("blob:") || from.includes("webview");
}
