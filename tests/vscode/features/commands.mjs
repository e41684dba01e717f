// The commands of the extension and its entry in the status bar.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";
const WAITER = ".claude/agents/waiter.md";
const MANAGER = ".claude/agents/release-manager.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const commands = {
  title: "commands",
  prepare(team) {
    team.write(
      WAITER,
      "---\nname: waiter\ndescription: Brings tea.\ntools: Read\n---\n\n| Delegate To | When |\n|---|---|\n| `tea-blender` | always |\n",
    );
  },
  tests: [
    {
      name: "the status bar says the host, whether it loads the file, and the number of findings",
      features: ["status"],
      async run({ code, team }) {
        await code.open(MANAGER);
        await code.seesStatus("Claude Code agent · loads · 1");
        const { line } = team.place(MANAGER, "color: red");
        await code.goTo({ line, column: 200 });
        await code.type("\ncolor: blue");
        await code.seesStatus("Claude Code agent · loads · 2");
        await code.open(LEAD);
        await code.seesStatus("Claude Code agent · loads");
        await code.open(".claude/agents/catalog-editor.md");
        await code.seesStatus("Claude Code agent · re-quoted · 1");
        await code.open(".mcp.json");
        await code.eventually("no status", () => code.status.filter({ visible: true }).count(), (count) => count === 0);
      },
    },
    {
      name: "the entry of the status bar opens a menu",
      features: ["status"],
      async run({ code }) {
        await code.open(MANAGER);
        await code.seesStatus("Claude Code agent · loads · 1");
        await code.status.click();
        await code.seesInQuickInput("Restart Server");
        await code.seesInQuickInput("Show the Team Graph");
        await code.press("Escape");
      },
    },
    {
      name: "the rule of the finding at the cursor is explained",
      features: ["explain"],
      async run({ code, team }) {
        await code.open(MANAGER);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.goTo(team.place(MANAGER, "checkout-enginer"));
        await code.run("agentls: Explain the Rule at the Cursor");
        const page = await code.webview("h1");
        assert.equal(await page.locator("h1").first().innerText(), "unknown-agent");
      },
    },
    {
      name: "an agent is opened by its name",
      features: ["workspace-symbols"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.run("agentls: Open Agent by Name...");
        await code.seesInQuickInput("accessibility-auditor");
        await code.pick("catalog-editor", "catalog");
        const file = ".claude/agents/catalog-editor.md";
        await code.seesCursorIn("catalog-editor.md", team.place(file, "name: ").line);
      },
    },
    {
      name: "a new agent is made where the host looks for it, and others can name it at once",
      features: ["new-agent"],
      async run({ code, team }) {
        await code.open(WAITER);
        await code.run("agentls: New Agent...");
        await code.seesInQuickInput(".claude/agents");
        await code.pick("Claude Code");
        await code.seesInQuickInput("The name by which others delegate to it");
        await code.answer("tea-blender");
        await code.seesTab("tea-blender.md");
        await code.seesInEditor("name: tea-blender\n");
        await code.open(WAITER);
        await code.eventually("no squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 0);
        const made = ".claude/agents/tea-blender.md";
        await code.eventually("its header", async () => team.read(made), (text) => text.startsWith("---\nname: tea-blender\n"));
      },
    },
    {
      name: "a name that is taken is refused while it is typed",
      features: ["new-agent"],
      async run({ code, team }) {
        const before = team.read(LEAD);
        await code.open(LEAD);
        await code.run("agentls: New Agent...");
        await code.pick("Claude Code");
        await code.seesInQuickInput("The name by which others delegate to it");
        await code.answer("shop-lead");
        await code.seesInQuickInput("shop-lead.md");
        await code.press("Escape");
        assert.equal(team.read(LEAD), before);
      },
    },
    {
      name: "a server that was started anew shows what the old one did",
      features: ["diagnostics"],
      async run({ code }) {
        await code.open(MANAGER);
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
        await code.run("agentls: Restart Server");
        await code.seesStatus("Claude Code agent · loads · 1");
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
      },
    },
    {
      name: "the output says which program runs",
      features: [],
      async run({ code }) {
        await code.open(MANAGER);
        await code.run("agentls: Show Output");
        await code.eventually("the program in the output", () => code.panelText(), (text) => text.includes("/bin/agentls"));
        await code.hidePanel();
      },
    },
  ],
};
