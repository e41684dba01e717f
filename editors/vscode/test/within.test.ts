import assert from "node:assert/strict";
import { test } from "node:test";

import { within } from "../src/within";

test("an answer that comes in time counts, and so does a failure", async () => {
  assert.equal(await within(Promise.resolve("yes"), 60_000), "yes");
  await assert.rejects(within(Promise.reject(new Error("no")), 60_000), /no/);
});

test("nobody waits for ever", async () => {
  assert.equal(await within(new Promise(() => undefined), 1), undefined);
});
