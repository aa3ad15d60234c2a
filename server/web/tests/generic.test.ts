import assert from "node:assert/strict";
import { test } from "node:test";
import { readField } from "../src/games/generic/form";
import { aim, hintsOf, placesOf } from "../src/games/generic/aim";
import { fieldsOf, findGrids, type Grid, mayBeSeats, pieceOf } from "../src/games/generic/grids";
import { canAct, describe, isToMove, result, turn } from "../src/games/generic/reading";
import { declared, type Declared } from "../src/games/generic/schema";
import type { Json, ShownEvent } from "../src/protocol.gen";

/** As msgspec writes the schema of a payload. */
function action(name: string, properties: { readonly [field: string]: Json }, required = Object.keys(properties), outOfTurn = false): Declared {
  const schema = { $ref: "#/$defs/Args", $defs: { Args: { title: "Args", type: "object", properties, required, additionalProperties: false } } };
  return declared({ name, schema, out_of_turn: outOfTurn });
}
const int = (most?: number) => ({ type: "integer", minimum: 0, ...(most === undefined ? {} : { maximum: most }) });
const rows = (...lines: readonly (readonly Json[])[]): Json => lines;

test("schemas become fields: bounds, choices, defaults, what may be left out", () => {
  const bid = action("bid", { count: { type: "integer", minimum: 1, exclusiveMaximum: 31 }, face: { enum: [2, 3] }, note: { anyOf: [{ type: "string", maxLength: 9 }, { type: "null" }], default: null } }, ["count", "face"]);
  assert.deepEqual(bid.fields.map(({ kind }) => kind), [
    { is: "number", least: 1, most: 30 },
    { is: "choice", values: [2, 3] },
    { is: "text", longest: 9 },
  ]);
  assert.deepEqual(bid.fields.map(({ isNeeded }) => isNeeded), [true, true, false]);
  assert.deepEqual(action("move", { to: { type: "array", minItems: 2, maxItems: 2, prefixItems: [{ type: "integer" }, { type: "integer" }], items: false } }).fields[0]?.kind, { is: "place" });
  assert.deepEqual(declared({ name: "pass", schema: {} }).fields, []);
});

test("what is typed is read as declared, or told what to change", () => {
  const { fields } = action("bid", { count: { type: "integer", minimum: 1, maximum: 30 }, face: { enum: ["red", "blue"] }, loud: { type: "boolean" }, at: { type: "array", minItems: 2, maxItems: 2, items: { type: "integer" } }, note: { type: "string", maxLength: 3 }, deal: { type: "object" } }, ["count", "face", "loud", "at"]);
  const read = (name: string, typed: string) => {
    const found = readField(fields.find((field) => field.name === name) as (typeof fields)[number], typed);
    return found instanceof Error ? found.message : found;
  };
  assert.deepEqual(["4", "0", "31", "1.5", ""].map((typed) => read("count", typed)), [4, "Count is at least 1.", "Count is at most 30.", "Count is a whole number.", "Count is missing."]);
  assert.deepEqual([read("face", "blue"), read("face", "green")], ["blue", "Face: choose one."]);
  assert.deepEqual([read("loud", "true"), read("loud", "false")], [true, false]);
  assert.deepEqual([read("at", "2, 3"), read("at", "2")], [[2, 3], "At: row and column, like 2, 3."]);
  assert.deepEqual([read("note", ""), read("note", "hey"), read("note", "long")], [undefined, "hey", "Note has at most 3 letters."]);
  assert.deepEqual([read("deal", '{"a":1}'), read("deal", "{")], [{ a: 1 }, "Deal is not JSON."]);
});

test("boards are found: lists of lists, squares, lines of letters, as long as an action counts", () => {
  const names = (view: Json, ...actions: Declared[]) => findGrids(view, actions).map(({ key, rows: r, columns: c }) => `${key} ${r}x${c}`);
  assert.deepEqual(names({ board: rows([null, 0, 1], [1, null, 0]) }), ["board 2x3"]);
  assert.deepEqual(names({ cells: [0, null, null, 1, null, null, null, null, 0] }), ["cells 3x3"]);
  assert.deepEqual(names({ state: { squares: Array(64).fill(null) } }), ["state.squares 8x8"]);
  assert.deepEqual(names({ board: ["..X", "O.."] }), ["board 2x3"]);
  assert.deepEqual(names({ board: Array(42).fill(null), width: 7 }), ["board 6x7"]);
  assert.deepEqual(names({ pits: [4, 4, 4, 4, 4, 4] }, action("sow", { pit: int(5) })), ["pits 1x6"]);
});

test("what is no board stays in the tree", () => {
  for (const view of [{ scores: [0, 0, 0, 0] }, { names: ["Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida"] }, { rounds: [[1, 2], [3]] }, { bids: [[2, 5], [3, 5]] }, { legal: [[2, 3, 1], [4, 5, 1], [3, 2, 1]] }, { clock: { remaining_ms: [1, 2] } }, { board: [] }, 5]) {
    assert.deepEqual(findGrids(view as Json, []), [], JSON.stringify(view));
  }
});

test("small numbers are seats where cells have been empty; else they are numbers", () => {
  const reading = { seats: 2, areSeats: true };
  assert.deepEqual([null, 0, 1, 2, "K", ".", true, false].map((cell) => pieceOf(cell, reading)), [
    { owner: null, text: "" },
    { owner: 0, text: "" },
    { owner: 1, text: "" },
    { owner: null, text: "2" },
    { owner: null, text: "K" },
    { owner: null, text: "" },
    { owner: null, text: "●" },
    { owner: null, text: "" },
  ]);
  assert.deepEqual(pieceOf(1, { seats: 2, areSeats: false }), { owner: null, text: "1" });
  assert.deepEqual(pieceOf({ owner: 1, king: true, moved: false }, reading), { owner: 1, text: "king" });
  const grid = (cells: readonly Json[]): Grid => ({ key: "board", rows: 1, columns: cells.length, cells });
  assert.deepEqual([mayBeSeats(grid([0, null, 1]), 2), mayBeSeats(grid([0, 4]), 2)], [true, false]);
});

const NINE: Grid = { key: "cells", rows: 3, columns: 3, cells: Array(9).fill(null) };

test("a click fills cell, row and column, x and y, a column alone, from and to", () => {
  const clicks = (of: Declared) => aim(of, [NINE])?.targets.map((target) => target.args(NINE, { row: 1, column: 2 }));
  assert.deepEqual(clicks(action("place", { cell: int(8) })), [{ cell: 5 }]);
  assert.deepEqual(clicks(action("place", { row: int(2), column: int(2) })), [{ row: 1, column: 2 }]);
  assert.deepEqual(clicks(action("place", { x: int(), y: int() })), [{ x: 2, y: 1 }]);
  assert.deepEqual(clicks(action("drop", { column: int(2) })), [{ column: 2 }]);
  assert.deepEqual(clicks(action("move", { from: int(8), to: int(8) })), [{ from: 5 }, { to: 5 }]);
  assert.deepEqual(clicks(action("move", { from_row: int(2), from_col: int(2), to_row: int(2), to_col: int(2) })), [{ from_row: 1, from_col: 2 }, { to_row: 1, to_col: 2 }]);
  assert.deepEqual(clicks(action("bid", { count: int() })), undefined);
  assert.deepEqual(clicks(action("place", { row: int(7), column: int(7) })), [{ row: 1, column: 2 }]);
  // Counts other cells than this board has.
  assert.deepEqual(clicks(action("place", { cell: int(63) })), undefined);
});

test("what no click says is asked for", () => {
  assert.deepEqual(aim(action("place", { cell: int(8), piece: { enum: ["rook", "queen"] } }), [NINE])?.rest.map(({ name }) => name), ["piece"]);
});

test("a move on its way is drawn where it is known to go", () => {
  const place = aim(action("place", { row: int(2), column: int(2) }), [NINE]);
  const drop = aim(action("drop", { column: int(2) }), [NINE]);
  assert.ok(place && drop);
  assert.deepEqual(placesOf(place, NINE, { row: 2, column: 0 }), [{ row: 2, column: 0 }]);
  assert.deepEqual(placesOf(drop, NINE, { column: 0 }), []);
  assert.deepEqual(placesOf(place, NINE, null), []);
});

test("what the view lists as possible is marked", () => {
  assert.deepEqual([...hintsOf(fieldsOf({ legal: [1, [1, 1], { row: 2, column: 0 }] }), NINE)], [1, 4, 6]);
});

test("turn, end and outcome by their usual names", () => {
  assert.equal(turn({ turn: 1 }), 1);
  assert.equal(turn({ to_move: [0, 1] }), null);
  assert.equal(turn({ turn: 1, outcome: { winner: 0, reason: "line" } }), null);
  assert.deepEqual([isToMove({ to_move: [0, 1] }, 1), isToMove({ turn: 0 }, 1), isToMove({ phase: "bidding" }, 1), isToMove({ phase: "waiting" }, 1)], [true, false, true, false]);
  const claim = action("claim", {}, [], true);
  assert.deepEqual([canAct({ turn: 0 }, 1, []), canAct({ turn: 0 }, 1, [claim])], [false, true]);
  assert.equal(result({ outcome: null }), null);
  assert.equal(result({ phase: "playing", winner: null }), null);
  assert.deepEqual(result({ phase: "over", winner: 1 }), { winner: 1, how: "the match is over" });
  assert.deepEqual(result({ outcome: { winner: 1, reason: "most_discs", scores: [30, 34] } }), { winner: 1, how: "most discs, 30 to 34" });
  assert.deepEqual(result({ outcome: { winner: null, winners: [0, 2], reason: "team" } }), { winner: 0, winners: [0, 2], how: "team" });
});

test("events in words count rows and columns from 1", () => {
  const event = (type: string | null, args: Json): ShownEvent => ({ epoch: "E", version: 1, at_us: 0, kind: "action", seat: 1, type, args, action_id: null });
  assert.equal(describe(event("place", { column: 2, row: 0 }), ["Ada", "Bo"]), "Bo: place row 1, column 3");
  assert.equal(describe(event("pass", {}), ["Ada", "Bo"]), "Bo: pass");
  assert.equal(describe(event(null, null), ["Ada", "Bo"]), "Bo moved");
});
