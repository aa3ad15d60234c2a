import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, landing, predict, result } from "../src/games/connect-four/rules";
import type { ShownEvent } from "../src/protocol.gen";
import { OPEN, play } from "./four";

const happened = (kind: string, seat: number | null, column?: number): ShownEvent => ({
  epoch: "E",
  version: 1,
  at_us: 0,
  kind,
  seat,
  type: kind === "action" ? (column === undefined ? "resign" : "drop") : null,
  args: column === undefined ? {} : { column },
  action_id: null,
});

test("pieces stack; a full column takes no more", () => {
  const view = play("333333");
  assert.equal(landing(view.board, 3), null);
  assert.equal(landing(view.board, 2), 5);
  assert.deepEqual(predict(view, { type: "drop", args: { column: 3 } }, 0), { ok: false, code: "game:column_full", message: "This column is full." });
});

test("a prediction never tells the result: that is the server's to say", () => {
  const view = play("001122");
  const predicted = predict(view, { type: "drop", args: { column: 3 } }, 0);
  assert.ok(predicted.ok && predicted.view.outcome === null && predicted.view.board[5]?.[3] === 0);
});

test("whose turn it is not, what is no column, and what is no action are refused", () => {
  const view = play("0");
  for (const [type, args, seat, code] of [
    ["drop", { column: 0 }, 0, "not_your_turn"],
    ["drop", { column: 7 }, 1, "game:column_full"],
    ["drop", {}, 1, "game:column_full"],
    ["fly", {}, 1, "unknown_action"],
  ] as const) {
    const predicted = predict(view, { type, args }, seat);
    assert.equal(predicted.ok ? "" : predicted.code, code);
  }
  const over = predict({ ...OPEN, phase: "finished" }, { type: "drop", args: { column: 6 } }, 1);
  assert.equal(over.ok ? "" : over.code, "wrong_phase");
});

test("how it ended, in words", () => {
  for (const [reason, how] of [
    ["line", "four in a row"],
    ["timeout", "on time"],
    ["forfeit", "by forfeit"],
    ["resigned", "by resignation"],
    ["some_day", "some_day"],
  ] as const) {
    assert.deepEqual(result({ ...OPEN, outcome: { winner: 1, reason } }), { winner: 1, how });
  }
  assert.equal(result(OPEN), null);
});

test("events in words", () => {
  const names = ["Ada", "Noor"];
  assert.equal(describe(happened("action", 1, 3), names), "Noor: column 4");
  assert.equal(describe(happened("action", 0), names), "Ada resigned");
  assert.equal(describe(happened("joined", 0), names), null);
});
