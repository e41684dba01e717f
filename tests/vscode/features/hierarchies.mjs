// Who delegates to whom, and what extends what.

const CHECKOUT = ".claude/agents/checkout-engineer.md";
const SPECIALIST = "core/templates/specialist.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const hierarchies = {
  title: "hierarchies",
  tests: [
    {
      name: "the call hierarchy shows who delegates to an agent",
      features: ["call-hierarchy"],
      async run({ code, team }) {
        await code.open(CHECKOUT);
        await code.goTo(team.place(CHECKOUT, "checkout-engineer"));
        await code.run("Calls: Show Call Hierarchy");
        await code.eventually("the callers", () => code.sideBar(), (rows) =>
          ["shop-lead", "storefront-developer"].every((name) => rows.some((row) => row.includes(name))),
        );
      },
    },
    {
      name: "the call hierarchy turned round shows whom an agent delegates to",
      features: ["call-hierarchy"],
      async run({ code, team }) {
        await code.open(CHECKOUT);
        await code.goTo(team.place(CHECKOUT, "checkout-engineer"));
        await code.run("Calls: Show Call Hierarchy");
        await code.eventually("the callers", () => code.sideBar(), (rows) => rows.some((row) => row.includes("shop-lead")));
        await code.run("Calls: Show Outgoing Calls");
        await code.eventually("the agents it calls", () => code.sideBar(), (rows) =>
          ["order-analyst", "support-writer"].every((name) => rows.some((row) => row.includes(name))),
        );
      },
    },
    {
      name: "the type hierarchy shows what an agent extends",
      features: ["type-hierarchy"],
      async run({ code, team }) {
        await code.open(SPECIALIST);
        await code.goTo(team.place(SPECIALIST, "specialist"));
        await code.run("Types: Show Type Hierarchy");
        await code.eventually("what it extends, or what extends it", () => code.sideBar(), (rows) =>
          rows.some((row) => /\bbase\b|checkout-engineer/.test(row)),
        );
      },
    },
    {
      name: "a lens shows the callers of an agent",
      features: ["code-lens", "call-hierarchy"],
      async run({ code }) {
        await code.open(CHECKOUT);
        await code.peekByLens("delegated to by 2");
        await code.eventually("the callers", () => code.peek(), (rows) => rows.some((row) => row.includes("shop-lead")));
        await code.press("Escape");
      },
    },
    {
      name: "a lens lists what extends an agent",
      features: ["code-lens", "implementation"],
      async run({ code }) {
        await code.open(SPECIALIST);
        await code.peekByLens("extended by 1");
        await code.eventually("what extends it", () => code.peek(), (rows) =>
          rows.some((row) => row.includes("checkout-engineer")),
        );
        await code.press("Escape");
      },
    },
  ],
};
