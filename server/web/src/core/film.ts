/**
 * A match as a row of pictures. The server folds it, for the viewer who asks: a beginning, and for each event the operations
 * that lead to the next view. So every game replays, and nobody's client needs its rules. No DOM.
 */

import type { Json, PatchOp, ShownEvent } from "../protocol.gen";
import { checksum } from "./canonical";
import { applyPatch } from "./patch";

export interface ReplayStep {
  readonly epoch: string;
  readonly version: number;
  readonly at_us: number;
  readonly kind: string;
  readonly seat: number | null;
  readonly type: string | null;
  readonly args: Json;
  readonly ops: readonly PatchOp[];
  readonly checksum: number;
}

export interface ReplayPlayer {
  readonly seat: number;
  readonly player: string;
  readonly name: string | null;
  readonly is_bot: boolean;
}

/** The answer of `GET /api/rooms/{id}/replay`. */
export interface ReplayPage {
  readonly room_id: string;
  readonly game: string;
  readonly match: number;
  readonly matches: number;
  readonly status: string;
  readonly seat: number | null;
  readonly players: readonly ReplayPlayer[];
  readonly may_see: readonly number[];
  readonly start: { readonly version: number; readonly at_us: number; readonly view: Json };
  readonly steps: readonly ReplayStep[];
  readonly next?: number | null;
}

/** One picture: the view after an event that somebody would want to stop at. */
export interface Shot {
  readonly view: Json;
  readonly event: ShownEvent;
}

export interface Film {
  readonly page: Omit<ReplayPage, "steps" | "start">;
  /** By ply: 0 is the beginning. Never empty. */
  readonly shots: readonly Shot[];
  /** True where a step did not lead where the server said: what is here is right, and the rest is missing. */
  readonly isTorn: boolean;
}

export interface Asked {
  readonly match: number | null;
  readonly seat: number | null;
}

/** What happens around the game; the pictures go on to the next move. */
const ASIDE: readonly string[] = ["joined", "left", "paused", "resumed", "rematch", "closed", "reopened", "rewound"];

/** All pages of a match, folded. `get` asks REST by path and rejects with `Problem`. */
export async function loadFilm(get: (path: string) => Promise<ReplayPage>, room: string, { match, seat }: Asked): Promise<Film> {
  const query = (after: number | null): string => {
    const all = { match, seat, after };
    const given = Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
    return `/api/rooms/${encodeURIComponent(room)}/replay${given.length > 0 ? `?${given.join("&")}` : ""}`;
  };
  const first = await get(query(null));
  const pages = [first];
  for (let next = first.next ?? null; next !== null; ) {
    const page = await get(query(next));
    pages.push(page);
    next = page.next ?? null;
  }
  return fold(pages);
}

export function fold(pages: readonly [ReplayPage, ...ReplayPage[]] | readonly ReplayPage[]): Film {
  const first = pages[0] as ReplayPage;
  const { start, steps: _, ...page } = first;
  const began: ShownEvent = { epoch: "", version: start.version, at_us: start.at_us, kind: "started", seat: null, type: null, args: null, action_id: null };
  const shots: Shot[] = [{ view: start.view, event: began }];
  let view = start.view;
  for (const { steps } of pages) {
    for (const [index, step] of steps.entries()) {
      try {
        view = applyPatch(view, step.ops);
        // Once a page is enough: a step that went wrong makes every one after it wrong.
        if (index === steps.length - 1 && checksum(view) !== step.checksum) return { page, shots, isTorn: true };
      } catch {
        return { page, shots, isTorn: true };
      }
      const { epoch, version, at_us, kind, seat, type, args } = step;
      if (!ASIDE.includes(kind)) shots.push({ view, event: { epoch, version, at_us, kind, seat, type, args, action_id: null } });
    }
  }
  return { page, shots, isTorn: false };
}

/** The picture that shows what there was at that version. */
export function plyOf(film: Film, version: number): number {
  let ply = 0;
  while ((film.shots[ply + 1]?.event.version ?? Infinity) <= version) ply += 1;
  return ply;
}
