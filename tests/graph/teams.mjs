// Teams that the test writes: a large one, one with names that would break a careless page, and
// the smallest.

import fs from "node:fs";
import path from "node:path";

function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** An agent of Claude Code that delegates to `to`. Strings in JSON are strings in YAML. */
function agent({ name, description, model, tools, extends: parent, to = [], skills }) {
  const header = [`name: ${JSON.stringify(name)}`, `description: ${JSON.stringify(description)}`];
  if (tools) header.push(`tools: ${tools.join(", ")}`);
  if (model) header.push(`model: ${JSON.stringify(model)}`);
  if (parent) header.push(`extends: ${parent}`);
  if (skills) header.push(`skills: [${skills.join(", ")}]`);
  const rows = to.map((other) => `| \`${other}\` | its part of the work |\n`).join("");
  const table = rows && `\n| Delegate To | When |\n|---|---|\n${rows}`;
  return `---\n${header.join("\n")}\n---\n\n# ${name}\n${table}`;
}

const AREAS = ["payments", "search", "mobile", "platform", "data", "support", "security", "docs", "quality", "design"];
const JOBS = ["planner", "builder", "reviewer", "tester", "writer", "analyst", "auditor", "migrator"];
const TOOLS = ["Read", "Grep", "Glob", "Edit", "Write", "Bash"];

/** The name of the `index`th agent of an area: the first leads it. */
function nameOf(area, index) {
  if (index === 0) return `${area}-lead`;
  const job = JOBS[index % JOBS.length];
  return index < JOBS.length ? `${area}-${job}` : `${area}-${job}-${Math.floor(index / JOBS.length) + 1}`;
}

/**
 * 400 agents in ten folders under one lead, each folder a tree of its own with ties across;
 * with a cycle, a name that leads nowhere, and some who take no part.
 */
export function large(folder) {
  const perArea = 40;
  const agents = path.join(folder, ".claude/agents");
  write(path.join(agents, "chief.md"), agent({ name: "chief", description: "Leads everybody.", model: "opus", to: AREAS.map((area) => nameOf(area, 0)) }));
  AREAS.forEach((area, place) => {
    for (let index = 0; index < perArea; index += 1) {
      if (place === AREAS.length - 1 && index === perArea - 1) continue;
      const to = [];
      if (index < perArea - 4) {
        for (let child = index * 4 + 1; child <= index * 4 + 4 && child < perArea - 4; child += 1) to.push(nameOf(area, child));
        const next = AREAS[(place + 1) % AREAS.length];
        if (index > 0 && index < 6) to.push(nameOf(next, 10 + index));
        if (index > 12 && index < 18) to.push(nameOf(area, index + 12));
      }
      if (area === "search" && index === 3) to.push("search-oracle");
      if (area === "data" && index === 14) to.push(nameOf(area, 3));
      const name = nameOf(area, index);
      const text = agent({
        name,
        description: `Does the work of a ${name.replaceAll("-", " ")}. Ask it early.`,
        model: ["sonnet", "opus", "haiku", undefined][index % 4],
        tools: index % 5 === 0 ? undefined : TOOLS.slice(0, 1 + (index % 6)),
        to,
      });
      write(path.join(agents, area, `${name}.md`), text);
    }
  });
}

/** What a page may never take for markup, an address, or a place to fill in. */
export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(2)</script>",
  `quotes " ' \` &amp; &lt;b&gt;`,
  "{{nonce}} {{graph}} ${x} <!--",
  "🧪 tester 👩🏽‍🔬",
  "מנהל הצוות",
  "constructor",
  "__proto__",
  "long ".repeat(40).trim(),
];

export function hostile(folder) {
  HOSTILE.forEach((name, index) => {
    write(
      path.join(folder, ".claude/agents", index === 0 ? `<b>'"&#.md` : `agent-${index}.md`),
      agent({ name, description: `Says <script>alert("${index}")</script> & "more".`, model: index === 0 ? "<i>sonnet</i>" : undefined }),
    );
  });
  const names = HOSTILE.filter((name) => !name.includes("`") && !name.includes("|"));
  write(path.join(folder, ".claude/agents/lead.md"), agent({ name: "lead", description: "Leads.", to: [...names, "ghost-of-nobody"] }));
}

/** A team of two with skills. */
export function skilled(folder) {
  const skill = (name) => write(path.join(folder, `.claude/skills/${name}/SKILL.md`), `---\nname: ${name}\ndescription: How to ${name}.\n---\n\n# ${name}\n`);
  skill("brewing");
  skill("packing");
  write(path.join(folder, ".claude/agents/boss.md"), agent({ name: "boss", description: "Leads.", to: ["helper"] }));
  write(path.join(folder, ".claude/agents/helper.md"), agent({ name: "helper", description: "Helps.", skills: ["brewing", "packing"] }));
}

export function single(folder) {
  write(path.join(folder, ".claude/agents/hermit.md"), agent({ name: "hermit", description: "Works alone.", model: "haiku", tools: ["Read"] }));
}

export function empty(folder) {
  write(path.join(folder, "notes.txt"), "Nobody is here.\n");
}
