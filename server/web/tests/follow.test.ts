/** The feed as an embedded page follows it: gaps, wrong checksums, streams that end, and the end of the room. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum } from "../src/core/canonical";
import { follow, type Shown, type Source, type Standing, type View } from "../src/embed/follow";

class FakeSource implements Source {
  readyState = 1;
  isClosed = false;
  readonly #listeners = new Map<string, (event: { readonly data?: string }) => void>();

  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.isClosed = true;
  }
  say(type: string, data?: unknown): void {
    this.#listeners.get(type)?.(data === undefined ? {} : { data: JSON.stringify(data) });
  }
}

function begun({ isOver = false } = {}) {
  const sources: FakeSource[] = [];
  const timers: { readonly run: () => void; readonly ms: number }[] = [];
  const shown: Shown[] = [];
  const standings: Standing[] = [];
  const open = (): FakeSource => {
    const made = new FakeSource();
    sources.push(made);
    return made;
  };
  follow(
    { open, isOver: () => Promise.resolve(isOver), now: () => 50_000, later: (run, ms) => timers.push({ run, ms }), chance: () => 1 },
    { shown: (now) => shown.push(now), seated: () => undefined, stands: (standing) => standings.push(standing) },
  );
  const at = (index: number): FakeSource => sources.at(index) as FakeSource;
  at(0).say("snapshot", snapshot({ turn: 0 }));
  return { sources, timers, shown, standings, at };
}

const snapshot = (view: View, version = 3) => ({ epoch: "e", version, view, status: "playing", at_ms: 40_000, clock_elapsed_ms: 2_000 });
const patch = (value: number, base = 3, sum = checksum({ turn: value })) => ({
  epoch: "e",
  base,
  version: base + 1,
  at_ms: 41_000,
  ops: [{ op: "replace", path: "/turn", value }],
  checksum: sum,
});

test("a patch leads to the next view, and clocks run on this machine's time", () => {
  const { at, shown, standings } = begun();
  at(0).say("patch", patch(1));
  assert.deepEqual(shown, [
    { view: { turn: 0 }, clockSince: 48_000, isPaused: false },
    { view: { turn: 1 }, clockSince: 51_000, isPaused: false },
  ]);
  assert.deepEqual(standings, ["connecting", "live", "live"]);
});

test("a clock that goes on does not begin anew", () => {
  const { at, shown } = begun();
  at(0).say("patch", { ...patch(1), clock_elapsed_ms: 7_000 });
  assert.equal(shown.at(-1)?.clockSince, 44_000);
});

for (const [name, bad] of [
  ["a gap", patch(1, 4)],
  ["a wrong checksum", patch(1, 3, 7)],
  ["a place that is not there", { ...patch(1), ops: [{ op: "remove", path: "/nowhere" }] }],
] as const) {
  test(`${name} is never shown: the feed is read anew`, () => {
    const { at, shown, standings, timers, sources } = begun();
    at(0).say("patch", bad);
    assert.equal(shown.length, 1);
    assert.equal(standings.at(-1), "reconnecting");
    assert.ok(at(0).isClosed);
    assert.deepEqual(timers.map(({ ms }) => ms), [1_000]);
    timers[0]?.run();
    assert.equal(sources.length, 2);
    at(0).say("patch", patch(1)); // what the old one still had to say
    at(1).say("snapshot", snapshot({ turn: 5 }, 9));
    assert.deepEqual(shown.map(({ view }) => view["turn"]), [0, 5]);
    assert.equal(standings.at(-1), "live");
  });
}

test("a stream that broke comes back by itself, also where nothing was missed", () => {
  const { at, standings, sources } = begun();
  at(0).readyState = 0;
  at(0).say("error");
  assert.equal(standings.at(-1), "reconnecting");
  at(0).say("seats", { now_ms: 40_000, seats: [] });
  assert.equal(standings.at(-1), "live");
  assert.equal(sources.length, 1);
});

test("a source that gave up is opened anew, ever more slowly", async () => {
  const { at, timers } = begun();
  for (let tries = 0; tries < 7; tries++) {
    at(-1).readyState = 2;
    at(-1).say("error");
    await Promise.resolve();
    await Promise.resolve();
    timers.at(-1)?.run();
  }
  assert.deepEqual(timers.map(({ ms }) => ms), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test("the end of the room is the end", async () => {
  const told = begun();
  told.at(0).say("closed", { room: "r" });
  assert.equal(told.standings.at(-1), "over");
  assert.ok(told.at(0).isClosed);
  const found = begun({ isOver: true });
  found.at(0).readyState = 2;
  found.at(0).say("error");
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(found.standings.at(-1), "over");
  assert.equal(found.timers.length, 0);
});
