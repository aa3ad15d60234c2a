/** Light Cycles as far as the client needs it; the server's rules decide (kibitz.games, `light-cycles`). */

import { mark, t } from "../../core/say";
import type { Json, ShownEvent } from "../../protocol.gen";
import type { Action } from "../../core/reconcile";
import type { Predicted, Result } from "../view";

export const TICKS_PER_SECOND = 20;
export const COUNTDOWN_TICKS = 60;
/** Clockwise: the number of a direction is its place here. */
export const DIRECTIONS = ["up", "right", "down", "left"] as const;
/** For whoever translates a direction. */
export const SPOKEN = [mark("up"), mark("right"), mark("down"), mark("left")];
export type Direction = 0 | 1 | 2 | 3;

export type Rider = {
  /** Cells are numbered row by row. */
  readonly head: number;
  readonly direction: number;
  /** Where the wall begins and turns. */
  readonly trail: readonly number[];
  readonly turns: readonly number[];
  /** The tick of the race at which the rider crashed. */
  readonly out: number | null;
  readonly points: number;
  readonly retired: boolean;
};

export type View = {
  readonly phase: string;
  readonly size: readonly [width: number, height: number];
  readonly points_to_win: number;
  /** Ticks for a cell. */
  readonly pace: number;
  readonly first: number;
  readonly round: number;
  readonly tick: number;
  readonly ticks: number;
  readonly riders: readonly Rider[];
  readonly round_winner: number | null;
  readonly outcome: { readonly winner: number | null; readonly reason: string; readonly scores: readonly number[] } | null;
};

/** Whoever has not left may steer at any time: the board knows better than the view, which is up to a second old. */
export function canAct(view: View, seat: number): boolean {
  return view.outcome === null && view.riders[seat]?.retired === false;
}

export function result(view: View): Result | null {
  if (!view.outcome) return null;
  const { winner, reason, scores } = view.outcome;
  const score = winner === null ? "" : t("{points} to {most}", { points: scores[winner] ?? 0, most: Math.max(0, ...scores.filter((_, seat) => seat !== winner)) });
  const how: Readonly<Record<string, string>> = {
    points: t("{score} on points", { score }),
    rounds: winner === null ? t("nobody was ahead") : t("{score} when the rounds were over", { score }),
    resigned: t("the others gave up"),
    forfeit: t("the others left"),
  };
  return { winner, how: how[reason] ?? reason };
}

/** Nothing of the view changes at once: the board shows own turns itself. */
export function predict(view: View, action: Action): Predicted<View> {
  if (action.type === "resign" || action.type === "steer") return { ok: true, view };
  return { ok: false, code: "unknown_action", message: t("The game has no such action.") };
}

export function standing(view: View, seat: number): string | null {
  return view.riders[seat]?.retired ? t("Left the match") : null;
}

export function say(view: View): string | null {
  return view.round === 0 ? null : t("Round {n}, first to {points}", { n: view.round, points: view.points_to_win });
}

export function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? t("Somebody") : (names[event.seat] ?? t("Player {n}", { n: event.seat + 1 }));
  switch (event.kind) {
    case "started":
      return t("The match began");
    case "forfeit":
      return t("{who} left the match", { who });
    default:
      return null;
  }
}

export function isView(value: Json): boolean {
  return value !== null && typeof value === "object" && "riders" in value;
}
