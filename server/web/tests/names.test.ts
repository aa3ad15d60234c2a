import assert from "node:assert/strict";
import { test } from "node:test";
import { apart } from "../src/ui/names";

test("players of one name are numbered, and nobody else", () => {
  const names = (...all: (string | null)[]) => apart(all.map((name) => ({ name }))).map(({ name }) => name);
  assert.deepEqual(names("Ada", "Bot", null, "Bot", null), ["Ada", "Bot 1", null, "Bot 2", null]);
  assert.deepEqual(names("Ada", "Bo"), ["Ada", "Bo"]);
});
