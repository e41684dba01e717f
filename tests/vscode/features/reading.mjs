// What is shown beside the text: hovers, lenses, hints, colours, folds, the outline.

import assert from "node:assert/strict";

const LEAD = ".claude/agents/shop-lead.md";
const CHECKOUT = ".claude/agents/checkout-engineer.md";
const NOTES = "docs/notes.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const reading = {
  title: "reading",
  prepare(team) {
    team.write(NOTES, "Ask the order-analyst agent first, and only then the weather-frog agent.\n");
  },
  tests: [
    {
      name: "a name in a delegation table shows the description of its agent",
      features: ["hover"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.goTo(team.place(LEAD, "order-analyst"));
        const text = await code.hover("Answers questions about orders from the database");
        assert.match(text, /order-analyst/);
      },
    },
    {
      name: "`extends` shows what a chain of three files adds up to",
      features: ["hover"],
      async run({ code, team }) {
        await code.open(CHECKOUT);
        await code.goTo(team.place(CHECKOUT, "core/specialist"));
        const text = await code.hover("Read, Grep, Glob, Edit, Write, Bash");
        assert.match(text, /sonnet.*\n?.*base/);
      },
    },
    {
      name: "a lens says how often an agent is named, and a click lists the places",
      features: ["code-lens"],
      async run({ code }) {
        await code.open(CHECKOUT);
        await code.peekByLens("5 references");
        const places = await code.eventually("a peek view", () => code.peek(), (rows) => rows.length > 0);
        assert.ok(places.some((row) => row.includes("shop-lead.md")), places.join("\n"));
        await code.press("Escape");
      },
    },
    {
      name: "a row of a delegation table says the model of its agent",
      features: ["inlay-hints"],
      async run({ code }) {
        await code.open(".claude/agents/release-manager.md");
        const line = await code.eventually(
          "a hint behind a name",
          async () => (await code.lines()).find((text) => text.includes("support-writer")),
          (text) => text?.includes("haiku"),
        );
        assert.match(line, /support-writer`.*haiku.*customers have noticed/);
      },
    },
    {
      name: "`extends` says what the header inherits",
      features: ["inlay-hints"],
      async run({ code }) {
        await code.open(CHECKOUT);
        await code.eventually(
          "a hint behind `extends`",
          async () => (await code.lines()).find((text) => text.startsWith("extends:")),
          (text) => text?.includes("model: sonnet"),
        );
      },
    },
    {
      name: "the outline has the keys, the headings and the tables",
      features: ["outline"],
      async run({ code }) {
        await code.open(LEAD);
        await code.showOutline();
        const rows = await code.eventually("rows in the outline", () => code.sideBar(), (all) =>
          all.some((row) => row.includes("Who does what")),
        );
        for (const name of ["description", "Shop lead", "How to plan"]) {
          assert.ok(rows.some((row) => row.includes(name)), `${name} is not among ${rows.join(", ")}`);
        }
      },
    },
    {
      name: "all mentions of a name in a file are highlighted",
      features: ["highlight"],
      async run({ code, team }) {
        await code.open(LEAD);
        await code.goTo(team.place(LEAD, "checkout-engineer"));
        const marked = code.editor.locator(".wordHighlight, .wordHighlightStrong");
        await code.eventually("two marks", () => marked.count(), (count) => count === 2);
      },
    },
    {
      name: "a header and a section fold",
      features: ["folding"],
      async run({ code }) {
        await code.open(LEAD);
        await code.run("Fold All");
        const lines = await code.eventually("folded lines", () => code.lines(), (all) => all.length < 12);
        assert.match(lines[0], /^---/);
        assert.ok(!lines.some((line) => line.startsWith("description")), lines.join("\n"));
        await code.run("Unfold All");
        await code.eventually("all lines", () => code.lines(), (all) => all.length > 12);
      },
    },
    {
      name: "a name of an agent has a colour of its own in plain text",
      features: ["semantic-tokens"],
      async run({ code }) {
        await code.open(NOTES);
        await code.eventually(
          "another colour",
          async () => [await code.colourOf("order-analyst"), await code.colourOf("first")],
          ([name, text]) => name !== text,
        );
        assert.equal(await code.colourOf("weather-frog"), await code.colourOf("first"));
      },
    },
  ],
};
