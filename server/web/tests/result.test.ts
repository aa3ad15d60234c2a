import assert from "node:assert/strict";
import { test } from "node:test";
import { resultTitle, standingAfter, UNTOLD } from "../src/ui/result";

const NAMES = ["Ada", "Bo", "Cy"];

test("one winner, a draw, a side, and an end that nobody told", () => {
  const one = { winner: 1, how: "" };
  assert.deepEqual([resultTitle(one, 1, NAMES), resultTitle(one, 0, NAMES), resultTitle(one, null, NAMES)], ["You win", "Bo wins", "Bo wins"]);
  assert.equal(resultTitle({ winner: null, how: "" }, 0, NAMES), "A draw");
  const side = { winner: 0, winners: [0, 2], how: "" };
  assert.deepEqual([resultTitle(side, 2, NAMES), resultTitle(side, 1, NAMES)], ["Your side wins", "Ada and Cy win"]);
  assert.equal(resultTitle(UNTOLD, 0, NAMES), "Match over");
});

test("what became of a seat", () => {
  assert.deepEqual([0, 1, 2].map((seat) => standingAfter({ winner: 0, winners: [0, 2], how: "" }, seat)), ["Won", "Lost", "Won"]);
  assert.deepEqual([standingAfter({ winner: null, how: "" }, 0), standingAfter(UNTOLD, 0)], ["Draw", ""]);
});
