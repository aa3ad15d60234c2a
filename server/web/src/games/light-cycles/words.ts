/** The race in words: for screen readers, and for whoever presses `?`. */

import { t } from "../../core/say";
import { stepped } from "./frame";
import type { Ridden } from "./own";
import { SPOKEN } from "./rules";
import { isFree, type Now, walls } from "./track";

/** Where one rides and what is in the way, nearest first. */
export function whereWords(now: Now, seat: number | null, mine: Ridden | null, names: readonly string[]): string {
  const riding = now.riders.filter((rider) => !rider.isOut && !rider.isRetired).length;
  const score = now.riders.map((rider, at) => `${names[at] ?? t("Player {n}", { n: at + 1 })} ${rider.points}`).join(", ");
  const me = seat === null ? undefined : now.riders[seat];
  if (now.phase !== "racing" && now.phase !== "countdown") return t("Round {n} is over. Points: {score}.", { n: now.round, score });
  if (!me || !mine || seat === null) return t("Round {n}. {riding} riding. Points: {score}.", { n: now.round, riding, score });
  if (me.isOut) return t("You are out of this round. {riding} riding. Points: {score}.", { riding, score });
  const heading = mine.turns.at(-1) ?? mine.direction;
  const free = (direction: number): number => {
    const cells = walls(now);
    let count = 0;
    while (isFree(now, cells, stepped(mine, direction, count + 1))) count += 1;
    return count;
  };
  const [ahead, left, right] = [free(heading), free((heading + 3) & 3), free((heading + 1) & 3)];
  const place = { column: mine.x + 1, columns: now.width, row: mine.y + 1, rows: now.height };
  const direction = SPOKEN[heading & 3] as string;
  const way = t(direction);
  return [
    t("You ride {way} at column {column} of {columns}, row {row} of {rows}.", { way, ...place }),
    t("Free: {ahead} ahead, {left} to the left, {right} to the right.", { ahead, left, right }),
    t("{n} riding.", { n: riding }),
  ].join(" ");
}

/** What changed between two moments, worth saying at once; null for most of them. */
export function newsWords(before: Now | null, now: Now, seat: number | null, names: readonly string[]): string | null {
  const name = (at: number): string => names[at] ?? t("Player {n}", { n: at + 1 });
  if (!before || now.round !== before.round) return now.round > 0 ? t("Round {n}. Get ready.", { n: now.round }) : null;
  if (before.phase === "countdown" && now.phase === "racing") return t("Go.");
  if (before.phase === "racing" && now.phase === "round_over") {
    if (now.roundWinner === null) return t("All crashed: nobody's point.");
    return now.roundWinner === seat ? t("You win the round.") : t("{name} wins the round.", { name: name(now.roundWinner) });
  }
  const out = now.riders.flatMap((rider, at) => (rider.isOut && before.riders[at]?.isOut === false ? [at] : []));
  if (out.length === 0) return null;
  return out.map((at) => (at === seat ? t("You crashed.") : t("{name} crashed.", { name: name(at) }))).join(" ");
}

/** In the middle of the arena. */
export function bigWords(now: Now, tick: number, seat: number | null, names: readonly string[], countdownTicks: number): { readonly text: string; readonly isNumber: boolean } | null {
  if (now.phase === "countdown") {
    const left = countdownTicks - (now.ticks + Math.max(0, tick - now.tick));
    return { text: String(Math.min(3, Math.max(1, Math.ceil(left / 20)))), isNumber: true };
  }
  if (now.phase !== "round_over") return null;
  if (now.roundWinner === null) return { text: t("Nobody’s point"), isNumber: false };
  return { text: now.roundWinner === seat ? t("Your point") : t("Point for {name}", { name: names[now.roundWinner] ?? "" }), isNumber: false };
}
