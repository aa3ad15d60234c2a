/** Connect Four as far as the client needs it; the server's rules decide (kibitz.games, `connect-four`). */

import { mark, t } from "../../core/say";
import type { Json, ShownEvent } from "../../protocol.gen";
import type { Action } from "../../core/reconcile";
import type { ClockState, Predicted, Result } from "../view";

export const ROWS = 6;
export const COLUMNS = 7;

export type Cell = number | null;
export type Place = { readonly row: number; readonly column: number; readonly seat: number };
export type Outcome = {
  readonly winner: number | null;
  readonly line?: readonly (readonly [number, number])[] | null;
  readonly reason: string;
};
/** Row 0 is the top one. */
export type View = {
  readonly board: readonly (readonly Cell[])[];
  readonly turn: number | null;
  readonly phase: string;
  readonly outcome: Outcome | null;
  readonly clock: ClockState | null;
  readonly last: Place | null;
};

export function turn(view: View): number | null {
  return view.phase === "playing" ? view.turn : null;
}

export function canAct(view: View, seat: number): boolean {
  return turn(view) === seat;
}

const HOW: Readonly<Record<string, string>> = {
  line: mark("four in a row"),
  full: mark("the board is full"),
  timeout: mark("on time"),
  forfeit: mark("by forfeit"),
  resigned: mark("by resignation"),
};

export function result(view: View): Result | null {
  return view.outcome && { winner: view.outcome.winner, how: t(HOW[view.outcome.reason] ?? view.outcome.reason) };
}

/** The row where a piece dropped into the column comes to rest; null where the column is full or no column. */
export function landing(board: View["board"], column: number): number | null {
  for (let row = ROWS - 1; row >= 0; row--) if (board[row]?.[column] === null) return row;
  return null;
}

export function predict(view: View, action: Action, seat: number): Predicted<View> {
  if (view.phase !== "playing") return refused("wrong_phase", t("The match is not running."));
  if (action.type === "resign") return { ok: true, view };
  if (action.type !== "drop") return refused("unknown_action", t("The game has no such action."));
  if (view.turn !== seat) return refused("not_your_turn", t("It is not your turn."));
  const column = readColumn(action.args);
  const row = column === null ? null : landing(view.board, column);
  if (column === null || row === null) return refused("game:column_full", t("This column is full."));
  return { ok: true, view: drop(view, row, column, seat) };
}

/** The view with one more piece. Results are the server's to tell. */
function drop(view: View, row: number, column: number, seat: number): View {
  const board = view.board.map((cells, at) => (at === row ? cells.map((cell, c) => (c === column ? seat : cell)) : cells));
  return { ...view, board, turn: 1 - seat, last: { row, column, seat } };
}

export function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? t("Somebody") : (names[event.seat] ?? t("Player {n}", { n: event.seat + 1 }));
  switch (event.kind) {
    case "action": {
      if (event.type === "resign") return t("{who} resigned", { who });
      const column = readColumn(event.args);
      return column === null ? null : t("{who}: column {n}", { who, n: column + 1 });
    }
    case "started":
      return t("The match began");
    case "timeout":
      return t("{who} ran out of time", { who });
    case "forfeit":
      return t("{who} left the match", { who });
    default:
      return null;
  }
}

function readColumn(args: Json): number | null {
  const column = (args as { readonly column?: Json } | null)?.column;
  return typeof column === "number" && Number.isInteger(column) && column >= 0 && column < COLUMNS ? column : null;
}

function refused(code: string, message: string): Predicted<View> {
  return { ok: false, code, message };
}
