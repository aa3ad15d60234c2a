import assert from "node:assert/strict";
import { test } from "node:test";
import { Live } from "../src/core/live";

function feed(latency: number | null = null) {
  const world = { time: 0, monotonic: () => world.time, latencyMs: () => latency };
  const live = new Live(20, world);
  const heard: number[] = [];
  const stop = live.listen(({ tick }) => heard.push(tick));
  const frame = (tick: number, at: number, epoch = "E") => {
    world.time = at;
    live.heard(epoch, { tick, data: new Uint8Array() });
  };
  return { world, live, heard, stop, frame };
}

test("the quickest frame of the last seconds tells which tick it is", () => {
  const { world, live, frame } = feed();
  assert.equal(live.tickNow(), null);
  frame(10, 600);
  frame(11, 730);
  frame(12, 610);
  assert.equal(live.tickNow(), 12);
  world.time = 635;
  assert.equal(live.tickNow(), 12.5);
});

test("a slower way counts once the quicker one is some seconds old", () => {
  const { live, frame } = feed();
  frame(0, 0);
  for (let tick = 1; tick <= 100; tick++) frame(tick, tick * 50 + 80);
  assert.equal(live.tickNow(), 100);
});

test("late and doubled frames are not heard", () => {
  const { live, heard, stop, frame } = feed();
  frame(5, 250);
  frame(4, 260);
  frame(5, 270);
  frame(7, 350);
  assert.deepEqual(heard, [5, 7]);
  assert.equal(live.newest?.tick, 7);
  stop();
  frame(8, 400);
  assert.deepEqual(heard, [5, 7]);
});

test("after a pause ticks fall at other times", () => {
  const { world, live, frame } = feed();
  frame(10, 500);
  frame(11, 3_550);
  assert.equal(live.tickNow(), 11);
  world.time = 3_600;
  assert.equal(live.tickNow(), 12);
});

test("another match and another history count their ticks anew", () => {
  const { live, heard, frame } = feed();
  frame(900, 45_000);
  frame(1, 60_000);
  assert.deepEqual(heard, [900, 1]);
  assert.equal(live.tickNow(), 1);
  frame(1, 60_100, "E2");
  assert.deepEqual(heard, [900, 1, 1]);
});
