// Who delegates to whom, and what extends what.

const CHECKOUT = ".claude/agents/checkout-engineer.md";
const SPECIALIST = "core/templates/specialist.md";

/** @type {import("../driver/suite.mjs").Suite} */
export const hierarchies = {
  title: "hierarchies",
  tests: [
    {
      name: "the call hierarchy shows who delegates to an agent, and turned round whom it delegates to",
      features: ["call-hierarchy"],
      async run({ code, team }) {
        await code.open(CHECKOUT);
        await code.goTo(team.place(CHECKOUT, "checkout-engineer"));
        await code.run("Calls: Show Call Hierarchy");
        await code.seesHierarchy("checkout-engineer", "shop-lead", "storefront-developer");
        await code.run("Calls: Show Outgoing Calls");
        await code.seesHierarchy("checkout-engineer", "order-analyst", "storefront-developer", "support-writer");
      },
    },
    {
      name: "the type hierarchy shows what an agent extends, and what extends it",
      features: ["type-hierarchy"],
      async run({ code, team }) {
        await code.open(SPECIALIST);
        await code.goTo(team.place(SPECIALIST, "specialist"));
        await code.run("Types: Show Type Hierarchy");
        await code.run("Types: Show Supertypes");
        await code.seesHierarchy("specialist", "base");
        await code.run("Types: Show Subtypes");
        await code.seesHierarchy("specialist", "checkout-engineer");
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
