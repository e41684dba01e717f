// From a name to its agent and back, within and across files.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";
const SUPPORT = ".claude/agents/support-writer.md";
const SPECIALIST = "core/templates/specialist.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const names = {
  title: "names",
  tests: [
    {
      name: "F12 leads from a cell to the name of the agent in its file",
      features: ["definition"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.goTo(team.place(LEAD, "accessibility-auditor"));
        await code.press("F12");
        const target = ".claude/agents/quality/accessibility-auditor.md";
        await code.seesCursorIn("accessibility-auditor.md", team.place(target, "name: ").line);
      },
    },
    {
      name: "F12 follows `extends` by path suffix, then by relative path",
      features: ["definition"],
      async run({ code, team }) {
        const checkout = ".claude/agents/checkout-engineer.md";
        await code.open(checkout);
        await code.goTo(team.place(checkout, "core/specialist"));
        await code.press("F12");
        await code.seesTab("specialist.md");
        await code.goTo(team.place(SPECIALIST, "../base.md"));
        await code.press("F12");
        await code.seesTab("base.md");
      },
    },
    {
      name: "the references of an agent are listed from every file of the team",
      features: ["references"],
      async run({ code, team }) {
        await code.open(SUPPORT);
        await code.goTo(team.place(SUPPORT, "support-writer"));
        await code.press("Shift+F12");
        const wanted = ["checkout-engineer.md", "release-manager.md", "shop-lead.md", "support-writer.md"];
        await code.eventually("all files in the peek view", () => code.peek(), (rows) =>
          wanted.every((file) => rows.some((row) => row.includes(file))),
        );
        await code.press("Escape");
      },
    },
    {
      name: "Go to Implementations leads to what extends an agent",
      features: ["implementation"],
      async run({ code, team }) {
        await code.open(SPECIALIST);
        await code.goTo(team.place(SPECIALIST, "specialist"));
        await code.press("Control+F12");
        await code.seesTab("checkout-engineer.md");
      },
    },
    {
      name: "an agent is found by a few of its letters, from anywhere",
      features: ["workspace-symbols"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.goToSymbol("stofront", "storefront-developer");
        const file = ".claude/agents/storefront-developer.md";
        await code.seesCursorIn("storefront-developer.md", team.place(file, "name: ").line);
      },
    },
  ],
};
