/** What the table says: of a seat, of the turn, of what is safe and of what was undone. */

import type { Result } from "../games/view";
import type { SeatPresence } from "../protocol.gen";
import { net } from "./app";
import type { PlateState } from "./plate";
import { standingAfter } from "./result";

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
  if (s.player === null) return { words: "Waiting for a player", tone: "quiet" };
  if (isYou && net.value.status !== "connected") return { words: pendingCount > 0 ? "Your move will be sent" : "Not connected", tone: "warn" };
  if (isYou && pendingCount > 0) return { words: "Sending your move…", tone: "quiet" };
  if (isOver && s.wants_rematch) return { words: "Wants a rematch", tone: "ok" };
  if (isOver && result) return { words: standingAfter(result, s.seat), tone: "quiet" };
  if (standing !== null) return { words: standing, tone: "quiet" };
  // Whether the connection broke or the player went to another page, nobody can tell.
  if (!isYou && s.is_substituted) return { words: "Away, a bot plays on", tone: "warn" };
  if (!isYou && s.status === "reconnecting") return { words: "Away for a moment", tone: "warn" };
  if (!isYou && !s.is_bot && s.status === "disconnected") return { words: "Away", tone: "warn" };
  if (turn === s.seat) return { words: isYou ? "Your move" : "Thinking…", tone: "ok" };
  return { words: isYou && turn !== null ? "Waiting" : "At the table", tone: "quiet" };
}

interface Moment {
  readonly isLive: boolean;
  readonly status: string;
  readonly turn: number | null;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly isOver: boolean;
}

/** What is going on, where the game itself has no words for it. */
export function turnWords({ isLive, status, turn, seat, names, isOver }: Moment): string {
  if (status === "closed") return "The room is closed";
  if (status === "faulted") return "The room has stopped";
  if (!isLive) return "Setting the table…";
  if (isOver) return "Match over";
  if (status === "waiting") return "Waiting for a player";
  if (status === "paused") return "The game is paused";
  // Games where several may act at a time.
  if (turn === null) return "The match is on";
  return turn === seat ? "Your turn" : `${names[turn]} is thinking`;
}

export function watchersWords(count: number): string {
  return `${count} watching`;
}

/** What is safe while the connection is away. */
export function promiseWords(pending: number, isMyClock: boolean): string {
  if (pending > 0) return "Your move is saved here and will be sent.";
  return isMyClock ? "The game is safe on the server; your clock goes on." : "The game is safe on the server.";
}

const UNDONE: Readonly<Record<string, string>> = {
  not_your_turn: "It was not your turn any more. Your move was undone.",
  stale: "The game had moved on before your move arrived. It was undone.",
  wrong_phase: "The match was over before your move arrived. It was undone.",
  epoch_changed: "The game was set back on the server. Your move was undone.",
  timeout: "The server did not take your move. It was undone.",
};

export function undoneWords(code: string, message: string): string {
  const known = UNDONE[code];
  if (known) return known;
  return code.startsWith("game:") ? message : `${message} Your move was undone.`;
}
