import assert from "node:assert/strict";
import { test } from "node:test";
import { clockWords, timeControl, timeControls } from "../src/core/clock";

const declared = {
  $ref: "#/$defs/Options",
  $defs: { Options: { properties: { clock_ms: { default: 600_000 }, increment_ms: { default: 5_000 } } } },
};

test("the game's own clock comes first", () => {
  assert.deepEqual(timeControls(declared).map(clockWords), ["10 min + 5 s", "3 min + 2 s", "No clock"]);
});

test("a game without a clock, or with other options, offers no choice", () => {
  assert.deepEqual(timeControls(undefined), []);
  assert.deepEqual(timeControls({ $ref: "#/$defs/Options", $defs: { Options: { properties: { size: { default: 3 } } } } }), []);
  assert.deepEqual(timeControls({ $ref: "#/elsewhere" }), []);
});

test("a room's options in words", () => {
  assert.equal(timeControl({ size: 3 }), null);
  assert.equal(timeControl(undefined), null);
  const odd = timeControl({ clock_ms: 90_000, increment_ms: 0, size: 3 });
  assert.equal(odd && clockWords(odd), "90 s");
});
