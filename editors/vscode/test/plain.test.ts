import assert from "node:assert/strict";
import { test } from "node:test";

import { plain } from "../src/plain";

test("what VS Code would draw as an icon is text", () => {
  assert.equal(plain("run $(date) and $(sync~spin)"), String.raw`run \$(date) and \$(sync~spin)`);
  assert.equal(plain(String.raw`\$(date)`), String.raw`\\$(date)`);
});

test("what is no icon gets no backslash", () => {
  for (const text of ["costs $5", "$(git log)", "$()", "${name}", "(date)"]) {
    assert.equal(plain(text), text);
  }
});
