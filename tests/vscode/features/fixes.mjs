// What mends a finding, what explains it, and formatting.

import assert from "node:assert/strict";

const STOREFRONT = ".claude/agents/storefront-developer.md";
const SUPPORT = ".claude/agents/support-writer.md";
const MANAGER = ".claude/agents/release-manager.md";
const HOST = ".claude/agents/host.md";
const TABLE = ".claude/agents/stock-keeper.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const fixes = {
  title: "fixes",
  prepare(team) {
    team.write(
      HOST,
      "---\nname: host\ndescription: Welcomes guests.\ntools: Read\n---\n\n| Delegate To | When |\n|---|---|\n| `tea-sommelier` | always |\n",
    );
    team.write(
      TABLE,
      `---
name: stock-keeper
description: Counts what is left.
tools: Read
---

| Tea | Left |
|-|-|
| Šípek | 12 |
| Darjeeling | 3 🍵 |
`,
    );
  },
  tests: [
    {
      name: "a quick fix writes the name that is meant",
      features: ["quick-fix"],
      async run({ code, team }) {
        await code.open(MANAGER);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.goTo(team.place(MANAGER, "checkout-enginer"));
        await code.applyQuickFix("Change to `checkout-engineer`");
        // The model of the agent may stand behind its name already.
        await code.seesInEditor("| `checkout-engineer`");
        await code.eventually("no squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 0);
      },
    },
    {
      name: "a quick fix makes the agent that is missing",
      features: ["quick-fix"],
      async run({ code, team }) {
        await code.open(HOST);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.goTo(team.place(HOST, "tea-sommelier"));
        const made = ".claude/agents/tea-sommelier.md";
        await code.applyQuickFix(`Create ${made}`);
        await code.eventually("no squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 0);
        await code.eventually("its header", async () => team.read(made), (text) => text.startsWith("---\nname: tea-sommelier\n"));
      },
    },
    {
      name: "Fix All mends all that has one right answer",
      features: ["fix-all"],
      async run({ code }) {
        await code.open(SUPPORT);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.run("agentls: Fix All");
        await code.seesInEditor("\ntools: Read, Grep, Glob\n");
        await code.eventually("no squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 0);
      },
    },
    {
      name: "the page of a rule is shown from a finding",
      features: ["explain"],
      async run({ code, team }) {
        await code.open(STOREFRONT);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.goTo(team.place(STOREFRONT, "MultiEdit"));
        await code.applyQuickFix("Explain removed-tool");
        const page = await code.webview("h1");
        assert.equal(await page.locator("h1").first().innerText(), "removed-tool");
        assert.ok((await page.locator("body").innerText()).length > 300, "the page has no text");
      },
    },
    {
      name: "formatting aligns the cells of a table by what they show",
      features: ["format"],
      async run({ code }) {
        await code.open(TABLE);
        await code.seesLens("0 references");
        await code.run("Format Document");
        await code.seesInEditor(
          ["| Tea        | Left |", "| ---------- | ---- |", "| Šípek      | 12   |", "| Darjeeling | 3 🍵 |"].join("\n"),
        );
      },
    },
  ],
};
