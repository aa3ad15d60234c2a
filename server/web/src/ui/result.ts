/** How a match ended, in words. */

import { list, t, tn } from "../core/say";
import type { Result } from "../games/view";

/** The match is over, and its view does not tell how. */
export const UNTOLD: Result = {
  winner: null,
  get how() {
    return t("the match is over");
  },
};

/** All who won; nobody in a draw. */
export function winnersOf({ winner, winners }: Result): readonly number[] {
  return winners ?? (winner === null ? [] : [winner]);
}

/** For whoever sits there (null: a spectator). */
export function resultTitle(result: Result, seat: number | null, names: readonly string[]): string {
  if (result === UNTOLD) return t("Match over");
  const won = winnersOf(result);
  if (won.length === 0) return t("A draw");
  if (seat !== null && won.includes(seat)) return won.length > 1 ? t("Your side wins") : t("You win");
  return tn("{names} wins", "{names} win", won.length, { names: list(won.map((each) => names[each] ?? "")) });
}

/** What became of one seat; empty where nobody knows. */
export function standingAfter(result: Result, seat: number): string {
  if (result === UNTOLD) return "";
  const won = winnersOf(result);
  return won.length === 0 ? t("Draw") : won.includes(seat) ? t("Won") : t("Lost");
}
