/** The race in words: for screen readers, and for whoever presses `?`. */

import { stepped } from "./frame";
import type { Ridden } from "./own";
import { DIRECTIONS } from "./rules";
import { isFree, type Now, walls } from "./track";

/** Where one rides and what is in the way, nearest first. */
export function whereWords(now: Now, seat: number | null, mine: Ridden | null, names: readonly string[]): string {
  const riding = now.riders.filter((rider) => !rider.isOut && !rider.isRetired).length;
  const score = now.riders.map((rider, at) => `${names[at] ?? `Seat ${at + 1}`} ${rider.points}`).join(", ");
  const me = seat === null ? undefined : now.riders[seat];
  if (now.phase !== "racing" && now.phase !== "countdown") return `Round ${now.round} is over. Points: ${score}.`;
  if (!me || !mine || seat === null) return `Round ${now.round}. ${riding} riding. Points: ${score}.`;
  if (me.isOut) return `You are out of this round. ${riding} riding. Points: ${score}.`;
  const heading = mine.turns.at(-1) ?? mine.direction;
  const free = (direction: number): number => {
    const cells = walls(now);
    let count = 0;
    while (isFree(now, cells, stepped(mine, direction, count + 1))) count += 1;
    return count;
  };
  const [ahead, left, right] = [free(heading), free((heading + 3) & 3), free((heading + 1) & 3)];
  const place = `column ${mine.x + 1} of ${now.width}, row ${mine.y + 1} of ${now.height}`;
  return `You ride ${DIRECTIONS[heading & 3]} at ${place}. Free: ${ahead} ahead, ${left} to the left, ${right} to the right. ${riding} riding.`;
}

/** What changed between two moments, worth saying at once; null for most of them. */
export function newsWords(before: Now | null, now: Now, seat: number | null, names: readonly string[]): string | null {
  const name = (at: number): string => (at === seat ? "You" : (names[at] ?? `Seat ${at + 1}`));
  if (!before || now.round !== before.round) return now.round > 0 ? `Round ${now.round}. Get ready.` : null;
  if (before.phase === "countdown" && now.phase === "racing") return "Go.";
  if (before.phase === "racing" && now.phase === "round_over") {
    if (now.roundWinner === null) return "All crashed: nobody's point.";
    return now.roundWinner === seat ? "You win the round." : `${name(now.roundWinner)} wins the round.`;
  }
  const out = now.riders.flatMap((rider, at) => (rider.isOut && before.riders[at]?.isOut === false ? [at] : []));
  if (out.length === 0) return null;
  return out.map((at) => (at === seat ? "You crashed." : `${name(at)} crashed.`)).join(" ");
}

/** In the middle of the arena. */
export function bigWords(now: Now, tick: number, seat: number | null, names: readonly string[], countdownTicks: number): { readonly text: string; readonly isNumber: boolean } | null {
  if (now.phase === "countdown") {
    const left = countdownTicks - (now.ticks + Math.max(0, tick - now.tick));
    return { text: String(Math.min(3, Math.max(1, Math.ceil(left / 20)))), isNumber: true };
  }
  if (now.phase !== "round_over") return null;
  if (now.roundWinner === null) return { text: "Nobody’s point", isNumber: false };
  return { text: now.roundWinner === seat ? "Your point" : `Point for ${names[now.roundWinner] ?? "them"}`, isNumber: false };
}
