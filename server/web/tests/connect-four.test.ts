import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, landing, lineThrough, predict, result, start, step, type View } from "../src/games/connect-four/rules";
import type { ShownEvent } from "../src/protocol.gen";

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

/** Moves by column, in turn; who begins is the view's turn. */
function play(columns: string): View {
  let view = start(1, 2);
  for (const column of columns) view = step(view, happened("action", view.turn, Number(column)));
  return view;
}

test("pieces stack; a full column takes no more", () => {
  const view = play("333333");
  assert.equal(landing(view.board, 3), null);
  assert.equal(landing(view.board, 2), 5);
  assert.deepEqual(predict(view, { type: "drop", args: { column: 3 } }, 0), { ok: false, code: "game:column_full", message: "This column is full." });
});

test("four in a row win: across, up, and both diagonals", () => {
  for (const columns of ["0011223", "0101010", "01122323363", "65544343303"]) {
    const view = play(columns);
    assert.equal(view.phase, "finished", columns);
    assert.deepEqual(result(view), { winner: 0, how: "four in a row" }, columns);
    assert.ok((view.outcome?.line?.length ?? 0) >= 4, columns);
  }
});

test("a line is read from its top or left end", () => {
  const view = play("0011223");
  assert.deepEqual(view.outcome?.line, [[5, 0], [5, 1], [5, 2], [5, 3]]);
  assert.equal(lineThrough(play("01").board, { row: 5, column: 0, seat: 0 }), null);
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
  const over = predict(play("0011223"), { type: "drop", args: { column: 6 } }, 1);
  assert.equal(over.ok ? "" : over.code, "wrong_phase");
});

test("other ways to end, and the rematch that the other seat begins", () => {
  for (const [event, how] of [
    [happened("timeout", 0), "on time"],
    [happened("forfeit", 0), "by forfeit"],
    [happened("action", 0), "by resignation"],
  ] as const) {
    assert.deepEqual(result(step(start(1, 2), event)), { winner: 1, how });
  }
  assert.deepEqual([start(1, 2).turn, start(2, 2).turn, start(3, 2).turn], [0, 1, 0]);
});

test("events in words", () => {
  const names = ["Ada", "Noor"];
  assert.equal(describe(happened("action", 1, 3), names), "Noor: column 4");
  assert.equal(describe(happened("action", 0), names), "Ada resigned");
  assert.equal(describe(happened("joined", 0), names), null);
});
