import assert from "node:assert/strict";
import { test } from "node:test";

import { CHECKED_TWICE, restored } from "../src/checkedTwice";

test("what was there before is there again", () => {
  const before = { "*.mdx": "markdown", "SKILL.md": "skill", "*.prompt.md": "markdown" };
  assert.deepEqual(restored({ ...before, ...CHECKED_TWICE }, before), before);
  assert.deepEqual(restored(CHECKED_TWICE, {}), {});
});

test("what was written meanwhile stays", () => {
  const now = { ...CHECKED_TWICE, "*.tea": "yaml", "SKILL.md": "plaintext" };
  assert.deepEqual(restored(now, { "SKILL.md": "skill" }), { "*.tea": "yaml", "SKILL.md": "plaintext" });
});
