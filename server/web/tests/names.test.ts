import assert from "node:assert/strict";
import { test } from "node:test";
import { apart } from "../src/ui/names";
import { sitting } from "../src/ui/sitting";

test("players of one name are numbered, and nobody else", () => {
  const names = (...all: (string | null)[]) => apart(all.map((name) => ({ name }))).map(({ name }) => name);
  assert.deepEqual(names("Ada", "Bot", null, "Bot", null), ["Ada", "Bot 1", null, "Bot 2", null]);
  assert.deepEqual(names("Ada", "Bo"), ["Ada", "Bo"]);
});

test("who sits at a table, in words", () => {
  const seat = (name: string | null, is_bot = false) => ({ player: name && `p_${name}`, name, is_bot });
  assert.equal(sitting([seat("Ada"), seat("Bo"), seat(null)]), "Ada and Bo");
  assert.equal(sitting([seat("Ada"), seat("Bo"), seat("Bot", true), seat("Bot", true)]), "Ada, Bo and 2 bots");
  assert.equal(sitting([seat("Ada"), seat("Bot", true)]), "Ada and a bot");
  assert.equal(sitting([seat(null)]), "");
});
