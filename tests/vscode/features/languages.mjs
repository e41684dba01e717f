// VS Code gives agent files languages of their own. Each has to have a server.

import assert from "node:assert/strict";

const PYTHON = "[tea for";
const HEADER = "description: Something";

/** Files, each with what the status bar calls its language, and what is wrong in it to its host. */
const FILES = [
  [".claude/agents/tea-buyer.md", "Agent", PYTHON],
  [".claude/skills/brewing/SKILL.md", "Skill", PYTHON],
  [".github/prompts/newsletter.prompt.md", "Prompt", HEADER],
  [".github/instructions/prices.instructions.md", "Instructions", HEADER],
  ["CLAUDE.md", "Markdown", PYTHON],
];

/** @type {import("../driver/suite.mjs").Suite} */
export const languages = {
  title: "languages",
  prepare(team) {
    for (const [file] of FILES) {
      const name = file.split("/").at(-2) === "brewing" ? "brewing" : "tea-buyer";
      const python = "```python\nteas = [tea for\n```\n";
      team.write(file, `---\nname: ${name}\ndescription: Something about tea.\ndescription: Something else.\n---\n\n${python}`);
    }
  },
  tests: FILES.map(([file, language, fault]) => ({
    name: `${file} is a file of ours, in the language ${language}`,
    features: ["diagnostics"],
    async run({ code, team }) {
      await code.open(file);
      assert.equal((await code.statusItem("status.editor.mode").innerText()).trim(), language);
      const { line, column } = team.place(file, fault);
      await code.problemsUntil("the finding", (problems) =>
        problems.some((problem) => problem.source.includes("agentls") && problem.line === line && problem.column === column),
      );
    },
  })),
};
