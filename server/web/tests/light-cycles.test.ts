import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readFrame } from "../src/games/light-cycles/frame";
import { Own } from "../src/games/light-cycles/own";
import { Race } from "../src/games/light-cycles/race";
import { result, type View } from "../src/games/light-cycles/rules";
import { fromView, isFree, mended, type Now, ridden, walls, withFrame } from "../src/games/light-cycles/track";
import { newsWords, whereWords } from "../src/games/light-cycles/words";

interface Step {
  readonly frame: string;
  readonly heads: readonly (readonly [head: number, corners: number])[];
  readonly view: View | null;
}
const cases = JSON.parse(readFileSync(`${process.env.CASES}/light_cycles_frames.json`, "utf8")) as readonly { readonly view: View; readonly steps: readonly Step[] }[];
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

test("frames lead to the walls that the server has", () => {
  for (const { view, steps } of cases) {
    let now = fromView(view);
    steps.forEach((step, at) => {
      const seen = readFrame(bytes(step.frame));
      assert.ok(seen);
      now = withFrame(now, at + 1, seen);
      assert.deepEqual(now.riders.map((rider) => [rider.y * now.width + rider.x, rider.corners.length]), step.heads);
      if (step.view) assert.deepEqual(walls(now), walls(fromView(step.view)));
    });
  }
});

test("a missed frame is made good by the next, and whatever was missed by the next view", () => {
  for (const { view, steps } of cases) {
    let now = fromView(view);
    steps.forEach((step, at) => {
      if (at % 3 === 1) return;
      const seen = readFrame(bytes(step.frame));
      if (seen) now = withFrame(now, at + 1, seen);
      if (!step.view) return;
      now = mended(now, step.view);
      assert.deepEqual(walls(now), walls(fromView(step.view)));
    });
  }
});

test("an old view mends the beginnings of walls under a newer frame", () => {
  const [{ view, steps } = assert.fail()] = cases;
  const told = steps.findIndex((step) => step.view !== null && step.view.phase === "racing");
  let late = fromView(view);
  const newest = steps[told + 10];
  const seen = readFrame(bytes(newest?.frame ?? ""));
  assert.ok(seen && newest);
  late = withFrame(late, told + 11, seen);
  const old = steps[told]?.view;
  assert.ok(old);
  const whole = mended(late, old);
  assert.deepEqual(whole.riders.map((rider) => [rider.y * whole.width + rider.x, rider.corners.length]), newest.heads);
});

test("what is no frame is not read", () => {
  assert.equal(readFrame(new Uint8Array(3)), null);
  assert.equal(readFrame(new Uint8Array(12)), null);
});

/** One rider on an empty arena, to the right; another one far away. */
function riding(tick: number, change: Partial<Now["riders"][number]> = {}): Now {
  const rider = { x: 10, y: 10, direction: 1, turns: [], isOut: false, isRetired: false, points: 0, corners: [{ x: 5, y: 10 }], count: 1, length: 5 };
  const far = { ...rider, x: 40, y: 28, corners: [{ x: 35, y: 28 }] };
  const riders = [{ ...rider, ...change }, far];
  return { width: 48, height: 30, pace: 2, pointsToWin: 3, tick, phase: "racing", round: 1, ticks: 10, roundWinner: null, riders };
}

test("one's own rider turns at once and rides on", () => {
  const own = new Own(0);
  own.heard(riding(70), 6);
  assert.equal(own.steer(72, 0), true);
  assert.equal(own.steer(72, 2), false, "no turn on the spot");
  const at = own.at(76);
  assert.deepEqual([at?.x, at?.y, at?.direction, at?.corners.length], [11, 8, 0, 2]);
});

test("a frame that does not know of the turn yet is waited out, then believed", () => {
  const own = new Own(0);
  own.heard(riding(70), 6);
  own.steer(70, 0);
  const straight = (tick: number): Now => ({ ...riding(tick, { x: 10 + (tick - 70) / 2, length: 5 + (tick - 70) / 2 }), ticks: 10 + tick - 70 });
  own.heard(straight(74), 6);
  assert.equal(own.at(76)?.direction, 0, "the turn is on its way");
  own.heard(straight(82), 6);
  assert.equal(own.at(84)?.direction, 1, "it never came");
});

test("what the server says of the turn is gone on from", () => {
  const own = new Own(0);
  own.heard(riding(70), 6);
  own.steer(71, 0);
  own.heard({ ...riding(76, { x: 10, y: 7, direction: 0, corners: [{ x: 5, y: 10 }, { x: 10, y: 10 }], length: 8 }), ticks: 16 }, 6);
  assert.deepEqual([own.at(78)?.x, own.at(78)?.y], [10, 6]);
});

test("it stands where a wall is, for who is out the server says", () => {
  const own = new Own(0);
  own.heard(riding(70, { x: 47, length: 42 }), 6);
  assert.equal(own.at(90)?.x, 47);
  assert.equal(own.at(90)?.corners.length, 1);
});

test("a countdown ends by itself", () => {
  const own = new Own(0);
  own.heard({ ...riding(50), phase: "countdown", ticks: 50 }, 6);
  assert.equal(own.at(60)?.x, 10);
  assert.equal(own.at(64)?.x, 12);
  assert.equal(ridden({ ...riding(50), phase: "countdown", ticks: 50 }, 64), 2);
});

test("others are drawn a tenth of a second back, one's own where the server will be", () => {
  const live = { newest: null, listen: () => () => undefined, tickNow: () => 71, latencyMs: () => 200 };
  const race = new Race(0, live);
  const [first] = cases;
  assert.ok(first);
  race.view(first.view);
  assert.equal(race.ownTick(), 12, "not further ahead than anybody knows");
  race.now = riding(70);
  assert.equal(race.ownTick(), 73);
  assert.equal(race.shownTick(), 69);
});

test("the race in words", () => {
  const now = riding(70);
  const mine = { corners: [], x: 10, y: 10, direction: 1, turns: [], length: 5 };
  assert.equal(whereWords(now, 0, mine, ["Ada", "Bo"]), "You ride right at column 11 of 48, row 11 of 30. Free: 37 ahead, 10 to the left, 19 to the right. 2 riding.");
  assert.equal(newsWords(now, { ...now, phase: "round_over", roundWinner: 1 }, 0, ["Ada", "Bo"]), "Bo wins the round.");
  assert.equal(newsWords(now, now, 0, ["Ada", "Bo"]), null);
  assert.equal(isFree(now, walls(now), { x: 7, y: 10 }), false);
});

test("how a match ended", () => {
  const [first] = cases;
  assert.ok(first);
  const over = { ...first.view, outcome: { winner: 1, reason: "points", scores: [1, 3] } };
  assert.deepEqual(result(over), { winner: 1, how: "3 to 1 on points" });
});
