/**
 * A room's feed as one view that is always whole: a patch that does not fit is never shown, the feed is read anew instead.
 * Knows no DOM; the source, time and the request are arguments.
 */

import { checksum } from "../core/canonical";
import { applyPatch } from "../core/patch";
import type { Json, PatchOp } from "../protocol.gen";

export type View = { readonly [key: string]: Json };

export interface Seated {
  readonly seat: number;
  readonly name: string | null;
  readonly is_bot: boolean;
}

/** `clockSince`: when, on this machine's clock, the running clock of the view began to run. */
export interface Shown {
  readonly view: View;
  readonly isPaused: boolean;
  readonly clockSince: number;
}

export type Standing = "connecting" | "live" | "reconnecting" | "over";

/** What an `EventSource` is here. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void;
  close(): void;
}

export interface World {
  open(): Source;
  /** Whether the room is gone for good; rejects where nobody knows. */
  isOver(): Promise<boolean>;
  now(): number;
  later(run: () => void, ms: number): void;
  /** From 0 to 1. */
  chance(): number;
}

export interface Heard {
  shown(now: Shown): void;
  seated(seats: readonly Seated[]): void;
  stands(standing: Standing): void;
}

interface Snapshot {
  readonly epoch: string;
  readonly version: number;
  readonly view: View;
  readonly status: string;
  readonly at_ms: number;
  readonly clock_elapsed_ms: number;
}

interface Patch {
  readonly epoch: string;
  readonly base: number;
  readonly version: number;
  readonly at_ms: number;
  readonly ops: readonly PatchOp[];
  readonly checksum: number;
  /** How long the running clock has run already; left out where it begins with this patch. */
  readonly clock_elapsed_ms?: number;
}

const CLOSED = 2;
const RETRY_MS = 1_000;
const RETRY_MOST_MS = 30_000;

export function follow(world: World, heard: Heard): void {
  let held: { readonly epoch: string; readonly version: number; readonly view: View } | null = null;
  let source: Source | null = null;
  let tries = 0;
  /** A pause and its end come as snapshots. */
  let isPaused = false;
  /** What this machine's clock is ahead of the server's. */
  let ahead = 0;

  const show = (epoch: string, version: number, view: View, clockSince: number): void => {
    held = { epoch, version, view };
    tries = 0;
    heard.shown({ view, clockSince, isPaused });
    heard.stands("live");
  };

  const again = (): void => {
    source?.close();
    source = null;
    heard.stands("reconnecting");
    const most = Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** tries++);
    world.later(begin, most * (0.5 + world.chance() / 2));
  };

  const over = (): void => {
    source?.close();
    heard.stands("over");
  };

  function begin(): void {
    const mine = (source = world.open());
    const on = <T>(type: string, take: (data: T) => void): void =>
      mine.addEventListener(type, ({ data }) => {
        if (source !== mine) return;
        try {
          take(JSON.parse(data ?? "null") as T);
        } catch {
          again();
        }
      });
    on<{ readonly seats: readonly Seated[]; readonly now_ms: number }>("seats", ({ seats, now_ms }) => {
      ahead = world.now() - now_ms;
      heard.seated(seats);
      // Who comes back and misses nothing is told nothing else.
      if (held) heard.stands("live");
    });
    on<Snapshot>("snapshot", ({ epoch, version, view, status, at_ms, clock_elapsed_ms }) => {
      isPaused = status === "paused";
      ahead = world.now() - at_ms;
      show(epoch, version, view, world.now() - clock_elapsed_ms);
    });
    on<Patch>("patch", ({ epoch, base, version, at_ms, ops, checksum: expected, clock_elapsed_ms = 0 }) => {
      if (held === null || held.epoch !== epoch || held.version !== base) throw new Error("a gap");
      const view = applyPatch(held.view as Json, ops) as View;
      if (checksum(view as Json) !== expected) throw new Error("another view");
      show(epoch, version, view, at_ms + ahead - clock_elapsed_ms);
    });
    on("closed", over);
    mine.addEventListener("error", () => {
      if (source !== mine) return;
      // A source that is still connecting comes back by itself, and says what it has.
      if (mine.readyState !== CLOSED) heard.stands("reconnecting");
      else world.isOver().then((isOver) => (isOver ? over() : again()), again);
    });
  }

  heard.stands("connecting");
  begin();
}
