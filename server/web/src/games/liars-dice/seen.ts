/** What this page saw of a match while it was on, kept over a reload: the server's promise, and one's own dice. */

import type { View } from "./rules";
import type { Seen } from "./verify";

const MATCHES_MAX = 8;

export interface Drawer {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

const KEY = "kibitz.dice";

/** `room` names the room in the drawer: what is kept belongs to one match in it. */
export function recall(drawer: Drawer, room: string, match: number): Seen | null {
  return read(drawer)[`${room} ${match}`] ?? null;
}

/** Remembers what this view shows for the first time. */
export function keep(drawer: Drawer, room: string, view: View, seat: number | null): Seen | null {
  const promised = view.chance?.commitment;
  const key = `${room} ${view.match}`;
  const all = read(drawer);
  const before = all[key] ?? null;
  // The promise has to come before the outcome: what a finished match shows is worth nothing.
  if (promised === undefined || view.phase === "finished") return before;
  const seen: Seen = before ?? { commitments: [], own: [], fromStart: view.round === 1 && view.bids.length === 0 && view.phase === "bidding" };
  const own = [...seen.own];
  const mine = seat === null ? null : (view.dice[seat] ?? null);
  const round = view.round - 1;
  // A room that was set back plays its rounds again, with other dice.
  own.length = Math.min(own.length, round + 1);
  while (own.length <= round) own.push(null);
  own[round] = mine;
  const commitments = seen.commitments.includes(promised) ? seen.commitments : [...seen.commitments, promised];
  const after: Seen = { commitments, own, fromStart: seen.fromStart };
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    delete all[key];
    const entries = [...Object.entries(all), [key, after] as const].slice(-MATCHES_MAX);
    try {
      drawer.setItem(KEY, JSON.stringify(Object.fromEntries(entries)));
    } catch {
      // A full or forbidden drawer: then the page knows only what it saw since it was opened.
    }
  }
  return after;
}

function read(drawer: Drawer): Record<string, Seen> {
  try {
    return (JSON.parse(drawer.getItem(KEY) ?? "{}") ?? {}) as Record<string, Seen>;
  } catch {
    return {};
  }
}
