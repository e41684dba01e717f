// VS Code gives agent files languages of their own. Each has to have a server.

import assert from "node:assert/strict";

/** Files, each with what the status bar calls its language. */
const FILES = [
  [".claude/agents/tea-buyer.md", "Agent"],
  [".claude/skills/brewing/SKILL.md", "Skill"],
  [".github/prompts/newsletter.prompt.md", "Prompt"],
  [".github/instructions/prices.instructions.md", "Instructions"],
  ["CLAUDE.md", "Markdown"],
];

/** @type {import("../driver/suite.mjs").Suite} */
export const languages = {
  title: "languages",
  prepare(team) {
    for (const [file] of FILES) {
      const name = file.split("/").at(-2) === "brewing" ? "brewing" : "tea-buyer";
      team.write(file, `---\nname: ${name}\ndescription: Something about tea.\n---\n\n| Delegate To | When |\n|---|---|\n| \`order-analyts\` | always |\n`);
    }
  },
  tests: FILES.map(([file, language]) => ({
    name: `${file} is a file of ours, in the language ${language}`,
    features: ["diagnostics"],
    async run({ code, team }) {
      await code.open(file);
      assert.equal((await code.statusItem("status.editor.mode").innerText()).trim(), language);
      const { line, column } = team.place(file, "order-analyts");
      await code.problemsUntil("the finding", (problems) =>
        problems.some((problem) => problem.source.includes("agentls") && problem.line === line && problem.column === column),
      );
    },
  })),
};
