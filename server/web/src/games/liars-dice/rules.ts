/** Liar's Dice as far as the client may know it; the server's rules decide (kibitz.games, `liars-dice`). */

import type { Action } from "../../core/reconcile";
import { mark, t } from "../../core/say";
import type { ClockState, Predicted, Result } from "../view";
import type { Promise_ } from "./verify";

export const FACES = 6;
const WILD = 1;

export type Bid = { readonly seat: number; readonly count: number; readonly face: number };
export type Call = {
  readonly kind: "challenge" | "spot_on";
  readonly seat: number;
  readonly bid: Bid;
  readonly count: number;
  readonly losers: readonly number[];
};
/** A round that is over; `dice` as digits by seat; `call` null: void, because somebody left. */
export type Round = {
  readonly first: number;
  readonly seed: number;
  readonly position: number;
  readonly dice: readonly string[];
  readonly call: Call | null;
};
export type Outcome = { readonly winner: number | null; readonly reason: string; readonly ranks?: readonly number[] };
/** Dice are null where they are hidden. `round` is the one that is played or shown, `last` the one before or shown; `rounds` are told at the end. */
export type View = {
  readonly phase: string;
  readonly match: number;
  readonly round: number;
  readonly turn: number | null;
  readonly dice_each: number;
  readonly wild_ones: boolean;
  readonly spot_on: boolean;
  readonly counts: readonly number[];
  readonly dice: readonly (readonly number[] | null)[];
  readonly bids: readonly Bid[];
  readonly waiting: readonly number[];
  readonly places: readonly (number | null)[];
  readonly gone: readonly (string | null)[];
  readonly last: Round | null;
  readonly rounds: readonly Round[];
  readonly commitments: readonly string[];
  readonly outcome: Outcome | null;
  readonly clock: ClockState | null;
  /** Absent from servers that do not know it yet, and before the first match. */
  readonly chance?: Promise_ | null;
};

export function turn(view: View): number | null {
  return view.phase === "bidding" ? view.turn : null;
}

export function canAct(view: View, seat: number): boolean {
  return view.phase === "bidding" ? view.turn === seat : view.phase === "revealed" && view.waiting.includes(seat);
}

export function standing(view: View): Bid | null {
  return view.bids.at(-1) ?? null;
}

export function onTable(view: View): number {
  return view.counts.reduce((sum, count) => sum + count, 0);
}

export function lowestFace(view: View): number {
  return view.wild_ones ? WILD + 1 : 1;
}

/** Why this bid is not possible, in words; null where it is. */
export function objection(view: View, count: number, face: number): { readonly code: string; readonly message: string } | null {
  if (face < lowestFace(view)) return { code: "game:ones_are_wild", message: t("Ones are wild here: they count as every face, so bid on another.") };
  if (count > onTable(view)) return { code: "game:too_many", message: t("There are only {n} dice on the table.", { n: onTable(view) }) };
  const bid = standing(view);
  if (bid && (count < bid.count || (count === bid.count && face <= bid.face))) {
    return { code: "game:too_low", message: t("Bid more dice, or as many of a higher face.") };
  }
  return null;
}

/** The least bid that may be made; null where only a call is left. */
export function leastBid(view: View): { readonly count: number; readonly face: number } | null {
  const bid = standing(view);
  const least = bid === null ? { count: 1, face: lowestFace(view) } : bid.face < FACES ? { count: bid.count, face: bid.face + 1 } : { count: bid.count + 1, face: lowestFace(view) };
  return least.count <= onTable(view) ? least : null;
}

/** Whether a die counts towards a bid on this face. */
export function counts(die: number, face: number, isWild: boolean): boolean {
  return die === face || (isWild && die === WILD);
}

/** Bids are shown at once. What a call uncovers only the server knows: the view stays as it is until it tells. */
export function predict(view: View, action: Action, seat: number): Predicted<View> {
  if (action.type === "resign") {
    return view.places[seat] == null && view.phase !== "finished" ? { ok: true, view } : refused("game:out", t("You are out already."));
  }
  if (action.type === "ready") {
    if (view.phase !== "revealed" || !view.waiting.includes(seat)) return refused("wrong_phase", t("The next round has begun."));
    const waiting = view.waiting.filter((each) => each !== seat);
    return { ok: true, view: waiting.length > 0 ? { ...view, waiting } : view };
  }
  if (view.phase !== "bidding") return refused("wrong_phase", t("Nobody bids just now."));
  if (view.turn !== seat) return refused("not_your_turn", t("It is not your turn."));
  if (action.type === "bid") {
    const { count, face } = action.args as { count: number; face: number };
    const why = objection(view, count, face);
    if (why) return { ok: false, ...why };
    return { ok: true, view: { ...view, bids: [...view.bids, { seat, count, face }], turn: nextInside(view, seat) } };
  }
  if (action.type === "spot_on" && !view.spot_on) return refused("game:not_played", t("Spot on is not played at this table."));
  if (action.type !== "challenge" && action.type !== "spot_on") return refused("unknown_action", t("The game has no such action."));
  return standing(view) ? { ok: true, view } : refused("game:no_bid", t("There is no bid to call yet."));
}

function nextInside(view: View, seat: number): number {
  const seats = view.places.length;
  for (let step = 1; step < seats; step++) {
    const next = (seat + step) % seats;
    if (view.places[next] === null) return next;
  }
  return seat;
}

function refused(code: string, message: string): { ok: false; code: string; message: string } {
  return { ok: false, code, message };
}

const HOW: Readonly<Record<string, string>> = {
  last: mark("the last one with dice"),
  forfeit: mark("the others left"),
  resigned: mark("the others gave up"),
};

export function result(view: View): Result | null {
  return view.outcome && { winner: view.outcome.winner, how: t(HOW[view.outcome.reason] ?? view.outcome.reason) };
}

/** The faces of a round's dice: "25514". */
export function facesOf(digits: string): readonly number[] {
  return [...digits].map(Number);
}
