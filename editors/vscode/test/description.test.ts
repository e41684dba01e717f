import assert from "node:assert/strict";
import { test } from "node:test";

import { descriptionIn } from "../src/description";

function selected(text: string): string {
  const { start, end } = descriptionIn(text);
  return text.slice(start, end);
}

test("the description is found without its quotes", () => {
  assert.equal(selected("---\nname: a\ndescription: What it is for\n---\n"), "What it is for");
  assert.equal(selected('---\r\ndescription: "Use it: now" \r\n---\r\n'), "Use it: now");
  assert.equal(selected("---\ndescription: 'Say'\n---\n"), "Say");
});

test("an empty description is a place to type", () => {
  assert.deepEqual(descriptionIn("---\ndescription: \nname: a\n"), { start: 17, end: 17 });
  assert.deepEqual(descriptionIn("---\ndescription:\nname: a\n"), { start: 16, end: 16 });
});

test("a text without one is entered at its end", () => {
  assert.deepEqual(descriptionIn("Text."), { start: 5, end: 5 });
});
