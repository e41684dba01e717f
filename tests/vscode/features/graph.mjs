// The team graph in a panel.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";
const NASTY = ".claude/agents/quoter.md";

/** Markup, a quote and a letter of four bytes. */
const NASTY_NAME = '<b>"🍵';
const NASTY_DESCRIPTION = '<img src=x onerror="document.title = 1"> & "tea" 🍵 </script>';

/** What stands on the nodes: the agents, and the two names that no file defines. */
const TEAM = [
  NASTY_NAME,
  "accessibility-auditor",
  "base",
  "catalog-editor",
  "checkout-engineer",
  "checkout-enginer",
  "core/reviewer",
  "order-analyst",
  "release-manager",
  "shop-lead",
  "specialist",
  "storefront-developer",
  "support-writer",
].toSorted();

/** Opens the graph; the answer is its frame, once all nodes stand in it. */
async function showGraph(code) {
  await code.run("agentls: Show the Team Graph");
  const frame = await code.webview('.node[data-id], a.node');
  await frame.locator(".node").filter({ hasText: "shop-lead" }).first().waitFor();
  return frame;
}

/** The names on the nodes that are not filtered out, readable at this zoom or not. */
async function nodes(frame) {
  return await frame.locator(".node:not(.hidden) .name").allTextContents();
}

/** The names that are drawn on the nodes, each with the place that it takes. */
async function drawnNames(frame) {
  return await frame.locator(".node:not(.hidden) .name").evaluateAll((names) =>
    names
      .filter((name) => name.checkVisibility())
      .map((name) => {
        const { width, height } = name.getBoundingClientRect();
        return { name: name.textContent, width, height };
      }),
  );
}

/** Comes so close that the nodes themselves can be read, and no labels lie over them. */
async function zoomIn(code, frame) {
  await code.eventually("nodes that can be read", async () => {
    if ((await frame.locator("#canvas").getAttribute("data-level")) !== "near") {
      await frame.locator("#zoom-in").click();
    }
    return await frame.locator("#canvas").getAttribute("data-level");
  }, (level) => level === "near");
}

/** @type {import("../driver/suite.mjs").Suite} */
export const graph = {
  title: "graph",
  isAlone: true,
  prepare(team) {
    team.write(
      NASTY,
      `---\nname: '${NASTY_NAME}'\ndescription: '${NASTY_DESCRIPTION}'\ntools: Read\n---\n\nQuotes.\n`,
    );
  },
  tests: [
    {
      name: "the graph shows the team in a panel, and says nothing to the console",
      features: ["graph"],
      async run({ code, consoleErrors }) {
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        const before = consoleErrors.length;
        const frame = await showGraph(code);
        await zoomIn(code, frame);
        const drawn = await drawnNames(frame);
        assert.deepEqual(drawn.map(({ name }) => name).toSorted(), TEAM);
        for (const { name, width, height } of drawn) {
          assert.ok(width > 10 && height > 8, `${name} takes ${width} by ${height} pixels`);
        }
        const ours = consoleErrors.slice(before).filter(({ text, from }) => isOfPage(text, from));
        assert.deepEqual(ours, []);
      },
    },
    {
      name: "markup in a name and a description is shown as it is written",
      features: ["graph"],
      async run({ code }) {
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        const frame = await showGraph(code);
        const panel = frame.locator("#panel");
        await panel.locator("button.row").filter({ hasText: NASTY_NAME }).click();
        assert.equal(await panel.locator("h2").innerText(), NASTY_NAME);
        assert.equal(await panel.locator(".description").innerText(), NASTY_DESCRIPTION);
        assert.equal(await frame.locator("img, b").count(), 0);
        assert.equal(await frame.title(), "Team of shop");
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
