import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum } from "../src/core/canonical";
import { fold, loadFilm, plyOf, type ReplayPage, type ReplayStep } from "../src/core/film";
import { applyPatch } from "../src/core/patch";
import type { Json, PatchOp } from "../src/protocol.gen";

const START: Json = { cells: [null, null, null], turn: 0 };

function page(moves: readonly (readonly [kind: string, ops: readonly PatchOp[]])[], from: Json = START, version = 4): ReplayPage {
  let view = from;
  const steps = moves.map(([kind, ops], index): ReplayStep => {
    view = applyPatch(view, ops);
    return { epoch: "E", version: version + 1 + index, at_us: 0, kind, seat: 0, type: "place", args: {}, ops, checksum: checksum(view) };
  });
  return {
    room_id: "R",
    game: "g",
    match: 1,
    matches: 1,
    status: "finished",
    seat: null,
    players: [],
    may_see: [],
    start: { version, at_us: 0, view: from },
    steps,
    next: null,
  };
}
const place = (cell: number): PatchOp[] => [{ op: "replace", path: `/cells/${cell}`, value: 0 }];

test("each move is a picture, the beginning is the first", () => {
  const film = fold([page([["action", place(0)], ["action", place(2)]])]);
  assert.deepEqual(film.shots.map(({ view }) => (view as { cells: Json }).cells), [[null, null, null], [0, null, null], [0, null, 0]]);
  assert.equal(film.shots[0]?.event.kind, "started");
  assert.equal(film.isTorn, false);
});

test("what happens around the game is no picture, but its operations count", () => {
  const film = fold([page([["action", place(0)], ["paused", [{ op: "add", path: "/clock", value: 5 }]], ["resumed", []], ["action", place(1)]])]);
  assert.deepEqual(film.shots.map(({ event }) => event.version), [4, 5, 8]);
  assert.deepEqual(film.shots[2]?.view, { cells: [0, 0, null], turn: 0, clock: 5 });
});

test("a picture is found by a version, also one between two pictures", () => {
  const film = fold([page([["action", place(0)], ["paused", []], ["action", place(1)]])]);
  assert.deepEqual([0, 4, 5, 6, 7, 99].map((version) => plyOf(film, version)), [0, 0, 1, 1, 2, 2]);
});

test("what does not add up ends the film there, and says so", () => {
  const whole = page([["action", place(0)], ["action", place(1)]]);
  const [first, second] = whole.steps as [ReplayStep, ReplayStep];
  const lies = fold([{ ...whole, steps: [first, { ...second, checksum: 1 }] }]);
  assert.deepEqual([lies.shots.length, lies.isTorn], [2, true]);
  const misses = fold([{ ...whole, steps: [{ ...first, ops: place(9) }, second] }]);
  assert.deepEqual([misses.shots.length, misses.isTorn], [1, true]);
});

test("a long match comes in pages", async () => {
  const first = { ...page([["action", place(0)]]), next: 5 };
  const second = page([["action", place(1)]], { cells: [0, null, null], turn: 0 }, 5);
  const asked: string[] = [];
  const answers = [first, second];
  const film = await loadFilm(
    (path) => {
      asked.push(path);
      return Promise.resolve(answers.shift() as ReplayPage);
    },
    "R",
    { match: 1, seat: 0 },
  );
  assert.deepEqual(asked, ["/api/rooms/R/replay?match=1&seat=0", "/api/rooms/R/replay?match=1&seat=0&after=5"]);
  assert.deepEqual([film.shots.length, film.isTorn], [3, false]);
});
