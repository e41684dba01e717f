// A rename of an agent: its name, every mention, and its file.

import assert from "node:assert/strict";

const SUPPORT = ".claude/agents/support-writer.md";
const CARE = ".claude/agents/care-writer.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const rename = {
  title: "rename",
  isAlone: true,
  tests: [
    {
      name: "F2 renames an agent in all files, and its file",
      features: ["rename", "rename-file"],
      async run({ code, team }) {
        await code.open(SUPPORT);
        await code.goTo(team.place(SUPPORT, "support-writer"));
        await code.rename("care-writer");
        await code.seesTab("care-writer.md");
        await code.seesInEditor("\nname: care-writer\n");
        await code.eventually("the renamed file on disk", async () => [team.exists(SUPPORT), team.exists(CARE)], ([old, made]) =>
          !old && made,
        );
        const explorer = await code.eventually("the file in the explorer", () => code.explorer(), (rows) =>
          rows.includes("care-writer.md"),
        );
        assert.ok(!explorer.includes("support-writer.md"), explorer.join("\n"));
        for (const [file, cell] of [
          ["checkout-engineer.md", "| `care-writer` | a price or a fee changes |"],
          ["release-manager.md", "| `care-writer` | customers have noticed |"],
          ["shop-lead.md", "| `care-writer` | customers must be told about it |"],
        ]) {
          await code.open(`.claude/agents/${file}`);
          await code.eventually(`the cell in ${file}`, () => code.plainLines(), (lines) => lines.includes(cell));
        }
      },
    },
    {
      name: "a rename to a name that is taken is refused, with the reason",
      features: ["rename"],
      async run({ code, team }) {
        const lead = ".claude/agents/shop-lead.md";
        await code.open(lead);
        await code.goTo(team.place(lead, "order-analyst"));
        await code.rename("catalog-editor");
        await code.eventually(
          "the reason",
          async () => await code.page.locator(".monaco-editor-overlaymessage, .notification-list-item").allInnerTexts(),
          (texts) => texts.some((text) => text.includes("catalog-editor")),
        );
        assert.match(team.read(lead), /`order-analyst`/);
      },
    },
    {
      name: "a file that is renamed in the explorer takes its name and all mentions with it",
      features: ["rename", "rename-file"],
      async run({ code, team }) {
        const old = ".claude/agents/order-analyst.md";
        const made = ".claude/agents/order-counter.md";
        await code.open(old);
        await code.renameFile("order-counter.md");
        await code.page.locator(".monaco-dialog-box").getByRole("button", { name: "OK" }).click();
        await code.seesTab("order-counter.md");
        await code.seesInEditor("\nname: order-counter\n");
        assert.ok(team.exists(made));
        await code.open(".claude/agents/shop-lead.md");
        await code.seesInEditor("| `order-counter`");
      },
    },
  ],
};
