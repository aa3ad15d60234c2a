/** How a match ended, in words. */

import type { Result } from "../games/view";

/** The match is over, and its view does not tell how. */
export const UNTOLD: Result = { winner: null, how: "the match is over" };

/** All who won; nobody in a draw. */
export function winnersOf({ winner, winners }: Result): readonly number[] {
  return winners ?? (winner === null ? [] : [winner]);
}

/** For whoever sits there (null: a spectator). */
export function resultTitle(result: Result, seat: number | null, names: readonly string[]): string {
  if (result === UNTOLD) return "Match over";
  const won = winnersOf(result);
  if (won.length === 0) return "A draw";
  if (seat !== null && won.includes(seat)) return won.length > 1 ? "Your side wins" : "You win";
  return `${won.map((each) => names[each]).join(" and ")} ${won.length > 1 ? "win" : "wins"}`;
}

/** What became of one seat; empty where nobody knows. */
export function standingAfter(result: Result, seat: number): string {
  if (result === UNTOLD) return "";
  const won = winnersOf(result);
  return won.length === 0 ? "Draw" : won.includes(seat) ? "Won" : "Lost";
}
