import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { CHECKED_TWICE } from "../src/checkedTwice";

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly title: string; readonly category: string }[] };
}

test("the README has the associations that the command writes", async () => {
  const readme = await readFile("README.md", "utf8");
  const block = /"files\.associations": (\{[^}]*\})/.exec(readme)?.[1] ?? "";
  assert.deepEqual(JSON.parse(block), CHECKED_TWICE);
});

test("the README names each command", async () => {
  const readme = await readFile("README.md", "utf8");
  const { contributes } = JSON.parse(await readFile("package.json", "utf8")) as Manifest;
  const missing = contributes.commands.filter(({ category, title }) => !readme.includes(`\`${category}: ${title}\``));
  assert.deepEqual(missing, []);
});
