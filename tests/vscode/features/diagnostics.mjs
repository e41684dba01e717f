// Findings: under the text, in the Problems panel, and when other files change.

import assert from "node:assert/strict";

const MANAGER = ".claude/agents/release-manager.md";
const GREETER = ".claude/agents/greeter.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const diagnostics = {
  title: "diagnostics",
  prepare(team) {
    team.write(
      GREETER,
      `---
name: greeter
description: Greets whoever enters the shop.
tools: Read
---

| Delegate To | When |
|---|---|
| \`support-writer\` | always |

Grüße 🍵🍵 go to \`support-writr\` agents, and then to the \`tea-taster\` agent.
`,
    );
  },
  tests: [
    {
      name: "a finding is listed under Problems with its rule and its place",
      features: ["diagnostics"],
      async run({ code, team }) {
        await code.open(MANAGER);
        const { line, column } = team.place(MANAGER, "checkout-enginer");
        const [problem] = await code.problemsUntil("a problem", (problems) => problems.length > 0);
        assert.equal(problem.message, "No agent is called `checkout-enginer`. Did you mean `checkout-engineer`?");
        assert.match(problem.source, /agentls.*unknown-agent/);
        assert.deepEqual([problem.line, problem.column], [line, column]);
      },
    },
  ],
};
