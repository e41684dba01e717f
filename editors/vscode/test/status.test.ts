import assert from "node:assert/strict";
import { test } from "node:test";

import type { Status } from "../src/protocol";
import { statusText } from "../src/statusText";

function text(status: Partial<Status>, found: Partial<Status["findings"]> = {}) {
  const findings = { error: 0, warning: 0, information: 0, hint: 0, ...found };
  const host = { id: "claude-code", title: "Claude Code" };
  return statusText({ host, kind: "agent", isForced: false, verdict: "loads", findings, ...status });
}

test("a file that loads says its host, its kind and that it loads", () => {
  const said = text({});
  assert.equal(said?.line, "Claude Code agent · loads");
  assert.equal(said.icon, "pass");
  assert.deepEqual(said.details, ["Claude Code loads this file.", "Nothing to report."]);
});

test("the number is of what the Problems view lists", () => {
  const said = text({}, { warning: 1, information: 2, hint: 4 });
  assert.equal(said?.line, "Claude Code agent · loads · 3");
  assert.equal(said.icon, "warning");
  assert.equal(said.details[1], "1 warning, 2 notes, 4 hints.");
});

test("a file that is dropped stands out", () => {
  const said = text({ verdict: "dropped" }, { error: 1 });
  assert.equal(said?.line, "Claude Code agent · dropped · 1");
  assert.deepEqual([said.icon, said.isLost], ["error", true]);
});

test("a file that loads after repair is a warning", () => {
  assert.equal(text({ verdict: "requoted" })?.icon, "warning");
});

test("a file without a header is not lost", () => {
  const said = text({ verdict: "none", kind: "memory file" });
  assert.deepEqual([said?.line, said?.isLost], ["Claude Code memory file · no header", false]);
});

test("it says when the configuration chose the host", () => {
  assert.equal(text({ isForced: true })?.details.length, 3);
});

test("a verdict that only a newer server knows is passed over", () => {
  const said = text({ verdict: "folded" as Status["verdict"] }, { information: 1 });
  assert.equal(said?.line, "Claude Code agent · 1");
  assert.deepEqual([said.icon, said.isLost, said.details], ["info", false, ["1 note."]]);
});

test("plain markdown has no status", () => {
  assert.equal(text({ host: null, kind: "markdown file", verdict: "none" }), undefined);
});
