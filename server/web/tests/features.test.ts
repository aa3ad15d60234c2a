import assert from "node:assert/strict";
import { test } from "node:test";
import { type FeatureName, noted, used } from "../src/core/features";
import { mayCount, takeNoted } from "../src/core/features-report";

test("uses are gathered by name, the most used first, and told once", () => {
  used("theme");
  used("replay");
  used("replay");
  assert.deepEqual(takeNoted(noted), { used: [{ name: "replay", count: 2 }, { name: "theme", count: 1 }] });
  assert.equal(takeNoted(noted), null);
});

test("a message carries twenty names", () => {
  const names = Array.from({ length: 25 }, (_, at) => `n${at}` as FeatureName);
  assert.equal(takeNoted([...names, "n24" as FeatureName])?.used.length, 20);
});

test("what nobody takes ends by itself", () => {
  for (let n = 0; n < 500; n++) used("chat");
  assert.ok(noted.length < 100);
  noted.splice(0);
});

test("who asks not to be counted is not", () => {
  assert.equal(mayCount({ doNotTrack: "1" }), false);
  assert.equal(mayCount({ globalPrivacyControl: true }), false);
  assert.equal(mayCount({ doNotTrack: null }), true);
});
