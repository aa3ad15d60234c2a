/** What the table says: of a seat, of the turn, of what is safe and of what was undone. */

import { mark, refusal, t, tn } from "../core/say";
import type { Result } from "../games/view";
import type { SeatPresence } from "../protocol.gen";
import { net } from "./app";
import type { PlateState } from "./plate";
import { standingAfter } from "./result";

/** The picture shows a move that nobody but its player knows of. */
export const isUnsent = (pendingCount: number): boolean => pendingCount > 0 && net.value.status !== "connected";

interface Around {
  readonly seat: number | null;
  readonly turn: number | null;
  readonly isOver: boolean;
  readonly status: string;
  readonly result: Result | null;
  readonly pendingCount: number;
  readonly standing: string | null;
}

export function plateState(s: SeatPresence, { seat, turn, isOver, result, pendingCount, standing }: Around): PlateState {
  const isYou = s.seat === seat;
  if (s.player === null) return { words: t("Waiting for a player"), tone: "quiet" };
  if (isYou && net.value.status !== "connected") return { words: pendingCount > 0 ? t("Your move will be sent") : t("Not connected"), tone: "warn" };
  if (isYou && pendingCount > 0) return { words: t("Sending your move…"), tone: "quiet" };
  if (isOver && s.wants_rematch) return { words: t("Wants a rematch"), tone: "ok" };
  if (isOver && result) return { words: standingAfter(result, s.seat), tone: "quiet" };
  if (standing !== null) return { words: standing, tone: "quiet" };
  // Whether the connection broke or the player went to another page, nobody can tell.
  if (!isYou && s.is_substituted) return { words: t("Away, a bot plays on"), tone: "warn" };
  if (!isYou && s.status === "reconnecting") return { words: t("Away for a moment"), tone: "warn" };
  if (!isYou && !s.is_bot && s.status === "disconnected") return { words: t("Away"), tone: "warn" };
  if (isUnsent(pendingCount)) return { words: t("Waiting"), tone: "quiet" };
  if (turn === s.seat) return { words: isYou ? t("Your move") : t("Thinking…"), tone: "ok" };
  return { words: isYou && turn !== null ? t("Waiting") : t("At the table"), tone: "quiet" };
}

interface Moment {
  readonly isLive: boolean;
  readonly status: string;
  readonly turn: number | null;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly isOver: boolean;
  readonly pendingCount: number;
}

/** What is going on, where the game itself has no words for it. */
export function turnWords({ isLive, status, turn, seat, names, isOver, pendingCount }: Moment): string {
  if (status === "closed") return t("The room is closed");
  if (status === "faulted") return t("The room has stopped");
  if (!isLive) return t("Setting the table…");
  if (isOver) return t("Match over");
  if (status === "waiting") return t("Waiting for a player");
  if (status === "paused") return t("The game is paused");
  if (isUnsent(pendingCount)) return t("Your move will be sent");
  // Games where several may act at a time.
  if (turn === null) return t("The match is on");
  return turn === seat ? t("Your turn") : t("{name} is thinking", { name: names[turn] ?? "" });
}

export function watchersWords(count: number): string {
  return tn("{n} watching", "{n} watching", count);
}

/** What is safe while the connection is away. */
export function promiseWords(pending: number, isMyClock: boolean): string {
  if (pending > 0) return t("Your move is saved here and will be sent.");
  return isMyClock ? t("The game is safe on the server; your clock goes on.") : t("The game is safe on the server.");
}

const UNDONE: Readonly<Record<string, string>> = {
  not_your_turn: mark("It was not your turn any more. Your move was undone."),
  stale: mark("The game had moved on before your move arrived. It was undone."),
  wrong_phase: mark("The match was over before your move arrived. It was undone."),
  epoch_changed: mark("The game was set back on the server. Your move was undone."),
  timeout: mark("The server did not take your move. It was undone."),
};

export function undoneWords(code: string, message: string): string {
  const known = UNDONE[code];
  if (known) return t(known);
  return code.startsWith("game:") ? refusal(code, message) : t("{why} Your move was undone.", { why: refusal(code, message) });
}
