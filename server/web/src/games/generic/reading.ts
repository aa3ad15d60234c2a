/** What any view says about turn, end and clock, by the names that games commonly use. No DOM. */

import { t } from "../../core/say";
import type { Json, ShownEvent } from "../../protocol.gen";
import type { ClockState, Result } from "../view";
import { fieldsOf } from "./grids";
import { type Declared, words } from "./schema";

const TURNS: readonly string[] = ["turn", "to_move", "current"];
const ENDS: readonly string[] = ["finished", "over", "done", "ended", "end"];

/** The seats that the view says are to move; null where it does not say. */
function movers(view: Json): readonly number[] | null {
  const fields = fieldsOf(view);
  const name = TURNS.find((one) => one in fields);
  if (name === undefined) return null;
  const value = fields[name];
  const list = Array.isArray(value) ? value : [value];
  return list.filter((seat): seat is number => typeof seat === "number");
}

export function turn(view: Json): number | null {
  const to = movers(view);
  return isOver(view) || to?.length !== 1 ? null : (to[0] ?? null);
}

/** There is an end to tell of: an outcome, or a phase called so. */
function hasEnded(view: Json): boolean {
  const { phase, outcome } = fieldsOf(view);
  return (outcome !== null && outcome !== undefined) || (outcome === undefined && typeof phase === "string" && ENDS.includes(phase));
}

/** Nobody can act: the match has ended, or has not begun. */
export function isOver(view: Json): boolean {
  const { phase } = fieldsOf(view);
  return hasEnded(view) || phase === "waiting" || (typeof phase === "string" && ENDS.includes(phase));
}

/** Whether it is this seat's turn, as far as the view tells; the server judges. */
export function isToMove(view: Json, seat: number): boolean {
  return !isOver(view) && (movers(view)?.includes(seat) ?? true);
}

export function canAct(view: Json, seat: number, actions: readonly Declared[]): boolean {
  return isToMove(view, seat) || (!isOver(view) && actions.some((action) => action.isOutOfTurn && action.name !== "resign"));
}

export function result(view: Json): Result | null {
  if (!hasEnded(view)) return null;
  // A view that has no outcome may still say who won.
  const { outcome = view } = fieldsOf(view);
  const { winner, winners, reason, scores } = fieldsOf(outcome);
  const all = Array.isArray(winners) ? winners.filter((seat): seat is number => typeof seat === "number") : [];
  const how = typeof reason === "string" ? words(reason) : t("the match is over");
  return {
    winner: typeof winner === "number" ? winner : (all[0] ?? null),
    ...(all.length > 0 ? { winners: all } : {}),
    how: Array.isArray(scores) ? `${how}, ${scores.join(` ${t("to")} `)}` : how,
  };
}

export function clock(view: Json): ClockState | null {
  const found = fieldsOf(view)["clock"];
  return Array.isArray(fieldsOf(found)["remaining_ms"]) ? (found as unknown as ClockState) : null;
}

export function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? t("Somebody") : (names[event.seat] ?? t("Player {n}", { n: event.seat + 1 }));
  switch (event.kind) {
    case "started":
      return t("The match began");
    case "timeout":
      return event.seat === null ? t("Time was over") : t("{who} ran out of time", { who });
    case "forfeit":
      return t("{who} left the match", { who });
    case "action":
      return event.type === null ? t("{who} moved", { who }) : `${who}: ${[words(event.type), argWords(fieldsOf(event.args))].filter((part) => part !== "").join(" ")}`;
    default:
      return null;
  }
}

/** What says something; rows and columns are counted from 1 for people, as on the board. */
function argWords(args: { readonly [name: string]: Json }): string {
  return Object.entries(args)
    .filter(([, value]) => value !== null && value !== false && value !== "")
    .sort(([a], [b]) => Number(/row|y$/.test(b)) - Number(/row|y$/.test(a)))
    .map(([name, value]) => {
      const isLine = /(^|_)(row|column|col|x|y)$/.test(name) && typeof value === "number";
      const shown = isLine ? value + 1 : typeof value === "string" ? words(value) : JSON.stringify(value);
      return `${words(name)} ${shown}`;
    })
    .join(", ");
}
