// Findings: under the text, in the Problems panel, and when other files change.

import assert from "node:assert/strict";

const MANAGER = ".claude/agents/release-manager.md";
const GREETER = ".claude/agents/greeter.md";

/** Whether two boxes lie over the same columns, to a pixel. */
function areAligned(one, other) {
  return Math.abs(one.x - other.x) <= 1 && Math.abs(one.width - other.width) <= 1;
}

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

| Heute | Delegate To |
|---|---|
| Grüße 🍵🫖 | \`support-writr\` |
| Abschied | \`tea-taster\` |
`,
    );
  },
  tests: [
    {
      name: "a finding is listed under Problems with its rule and its place",
      features: ["diagnostics"],
      async run({ code, team }) {
        await code.open(MANAGER);
        const [problem] = await code.problemsUntil("a problem", (problems) => problems.length > 0);
        assert.equal(problem.message, "No agent is called `checkout-enginer`. Did you mean `checkout-engineer`?");
        assert.match(problem.source, /agentls.*unknown-agent/);
        const { line, column } = team.place(MANAGER, "checkout-enginer");
        assert.deepEqual([problem.line, problem.column], [line, column]);
        await code.hidePanel();
      },
    },
    {
      name: "a finding behind letters of two and four bytes is under the very name",
      features: ["diagnostics"],
      async run({ code, team }) {
        await code.open(GREETER);
        const problems = await code.problemsUntil("two problems", (problems) => problems.length === 2);
        const wanted = team.place(GREETER, "support-writr");
        assert.ok(
          problems.some((problem) => problem.line === wanted.line && problem.column === wanted.column),
          JSON.stringify(problems),
        );
        await code.hidePanel();

        const name = await code.boxOf("support-writr");
        const squiggle = await code.eventually(
          "a squiggle in the line of the name",
          async () => (await code.squiggles("warning")).find((box) => Math.abs(box.y - name.y) < name.height),
          (box) => box !== undefined,
        );
        assert.ok(areAligned(squiggle, name), `${JSON.stringify(squiggle)} is not under ${JSON.stringify(name)}`);
      },
    },
    {
      name: "a finding goes when the file that it misses is made on disk",
      features: ["diagnostics", "watched-files"],
      async run({ code, team }) {
        await code.open(GREETER);
        await code.problemsUntil("two problems", (problems) => problems.length === 2);
        const taster = ".claude/agents/tea-taster.md";
        team.write(taster, "---\nname: tea-taster\ndescription: Tastes what is new.\ntools: Read\n---\n\nYou taste.\n");
        const [left] = await code.problemsUntil("one problem", (problems) => problems.length === 1);
        assert.match(left.message, /support-writr/);
        team.remove(taster);
        await code.problemsUntil("two problems again", (problems) => problems.length === 2);
        await code.hidePanel();
      },
    },
    {
      name: "a finding goes when it is typed away, and comes back when that is undone",
      features: ["diagnostics"],
      async run({ code, team }) {
        await code.open(MANAGER);
        await code.problemsUntil("a problem", (problems) => problems.length === 1);
        await code.hidePanel();
        const { line, column } = team.place(MANAGER, "enginer`");
        await code.goTo({ line, column: column + "engine".length });
        await code.type("e");
        await code.eventually("no squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 0);
        await code.press("Control+Z");
        await code.eventually("a squiggle", () => code.squiggles("warning"), (boxes) => boxes.length === 1);
      },
    },
  ],
};
