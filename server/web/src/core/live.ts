/**
 * The frames of a game in real time, and which tick the server is at.
 *
 * A frame of tick T reaches us some time after the server made it; the quickest of the last seconds tells best when tick 0
 * would have been. Frames may be missing, none is heard twice or out of order. Knows no DOM and no game.
 */

export interface LiveFrame {
  readonly tick: number;
  /** Packed as the game says. */
  readonly data: Uint8Array;
}

/** What the board of a game in real time gets. */
export interface LiveFeed {
  /** The newest frame; null before the first. */
  readonly newest: LiveFrame | null;
  /** Hears each frame from now on; gives back how to stop. */
  listen(hear: (frame: LiveFrame) => void): () => void;
  /** The tick whose frame arrives about now, with its fraction: what is drawn of others lies some ticks behind it. */
  tickNow(): number | null;
  /** Smoothed round trip; null before it was measured. An own act made now reaches the server half of it later. */
  latencyMs(): number | null;
}

export interface LiveWorld {
  /** Milliseconds that never jump, from any origin. */
  monotonic(): number;
  latencyMs(): number | null;
}

/** How long the quickest frame counts: long enough for jitter, short enough to follow a change of route. */
const WINDOW_MS = 4_000;
/** A frame that much older than the newest is of another match, not late. */
const MATCH_GAP_TICKS = 40;
/** So long without a frame, and the match stood still. */
const PAUSE_MS = 1_000;

export class Live implements LiveFeed {
  newest: LiveFrame | null = null;
  private epoch: string | null = null;
  private readonly tickMs: number;
  private readonly hearers = new Set<(frame: LiveFrame) => void>();
  /** When each frame of the window came, and when tick 0 would have come as quickly. */
  private arrivals: readonly { readonly at: number; readonly origin: number }[] = [];

  constructor(
    ticksPerSecond: number,
    private readonly world: LiveWorld,
  ) {
    this.tickMs = 1_000 / ticksPerSecond;
  }

  heard(epoch: string, frame: LiveFrame): void {
    const back = this.newest === null ? -1 : this.newest.tick - frame.tick;
    // Another history, or a new match, which counts its ticks from 0 again: what came before says nothing about it.
    if (epoch !== this.epoch || back >= MATCH_GAP_TICKS) this.arrivals = [];
    else if (back >= 0) return;
    this.epoch = epoch;
    const at = this.world.monotonic();
    // After a pause the ticks fall at other times than before it.
    if (at - (this.arrivals.at(-1)?.at ?? at) > PAUSE_MS) this.arrivals = [];
    this.newest = frame;
    this.arrivals = [...this.arrivals.filter((one) => at - one.at < WINDOW_MS), { at, origin: at - frame.tick * this.tickMs }];
    for (const hear of this.hearers) hear(frame);
  }

  listen(hear: (frame: LiveFrame) => void): () => void {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  }

  tickNow(): number | null {
    if (this.arrivals.length === 0) return null;
    const origin = Math.min(...this.arrivals.map((one) => one.origin));
    return (this.world.monotonic() - origin) / this.tickMs;
  }

  latencyMs(): number | null {
    return this.world.latencyMs();
  }
}
