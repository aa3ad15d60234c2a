/** Positions of Connect Four for tests. */

import { COLUMNS, predict, ROWS, type View } from "../src/games/connect-four/rules";

/** Before the first move; seat 0 begins. */
export const OPEN: View = {
  board: Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => null)),
  turn: 0,
  phase: "playing",
  outcome: null,
  clock: null,
  last: null,
};

/** After these columns, in turn. */
export function play(columns: string, from: View = OPEN): View {
  return [...columns].reduce((view, column) => {
    const next = predict(view, { type: "drop", args: { column: Number(column) } }, view.turn ?? -1);
    if (!next.ok) throw new Error(`${column}: ${next.code}`);
    return next.view;
  }, from);
}
