/** One's picture of the race: what is known, one's own rider ahead of it, and what is drawn at this moment. No DOM. */

import type { LiveFeed, LiveFrame } from "../../core/live";
import type { Drawn, Scene } from "./draw";
import { readFrame } from "./frame";
import { Own, type Ridden } from "./own";
import { TICKS_PER_SECOND, type View } from "./rules";
import { fromView, mended, type Now, ridden, withFrame } from "./track";

const TICK_MS = 1_000 / TICKS_PER_SECOND;
/** Others are drawn so far behind the newest frame, that the next one is there before it is needed: 100 ms. */
const BEHIND_TICKS = 2;
/** Without frames one's own rider stops being ahead: nobody knows whether the race goes on. */
const AHEAD_MOST_TICKS = 10;
const CORRECTION_MS = 90;
/** A correction by more than that is shown at once. */
const FAR_CELLS = 12;

export class Race {
  now: Now | null = null;
  /** When the newest frame came, on the clock that `scene` is given. */
  heardAt = 0;
  /** How often one's own rider was elsewhere than it was shown. */
  corrections = 0;
  private readonly own: Own | null;
  private shift = { x: 0, y: 0 };
  private drawnAt = 0;
  private lastHead: { readonly x: number; readonly y: number; readonly round: number } | null = null;

  constructor(
    readonly seat: number | null,
    private readonly live: LiveFeed | null,
  ) {
    this.own = seat === null || live === null ? null : new Own(seat);
  }

  view(view: View): void {
    const seen = view.riders.length > 0;
    const isNext = this.now?.phase === "finished" && view.phase !== "finished";
    const isOther = this.now !== null && (view.tick > this.now.tick || !seen || this.live === null || isNext || view.tick + 200 < this.now.tick);
    if (isNext) this.own?.forget();
    this.now = this.now === null || isOther ? fromView(view) : mended(this.now, view);
    this.own?.heard(this.now, this.tripTicks());
  }

  frame(frame: LiveFrame, at: number): void {
    const seen = readFrame(frame.data);
    if (!seen || !this.now || seen.riders.length !== this.now.riders.length) return;
    this.heardAt = at;
    if (frame.tick < this.now.tick) this.own?.forget(); // set back, or cut off: what was done since is lost
    this.now = withFrame(this.now, frame.tick, seen);
    this.own?.heard(this.now, this.tripTicks());
  }

  /** The tick at which the server is now, as well as it is known: a turn made now should count there. */
  ownTick(): number {
    const now = this.now?.tick ?? 0;
    const arriving = this.live?.tickNow() ?? now;
    const ahead = (this.live?.latencyMs() ?? 0) / 2 / TICK_MS;
    return Math.max(now, Math.min(arriving + ahead, now + ahead + AHEAD_MOST_TICKS));
  }

  /** The tick that is drawn of the others. */
  shownTick(): number {
    const now = this.now?.tick ?? 0;
    return Math.min((this.live?.tickNow() ?? now + BEHIND_TICKS) - BEHIND_TICKS, now);
  }

  /** Turns now. The tick at which it counts, to be sent with it; null where it would change nothing. */
  steer(direction: number): number | null {
    if (!this.own || !this.now || (this.now.phase !== "racing" && this.now.phase !== "countdown")) return null;
    const tick = Math.floor(this.ownTick());
    return this.own.steer(tick, direction) ? tick : null;
  }

  heading(): number | null {
    return this.own?.heading(Math.floor(this.ownTick())) ?? null;
  }

  /** One's own rider now, with the turn that was asked for a moment ago. */
  mine(): Ridden | null {
    const mine = this.own?.at(Math.floor(this.ownTick())) ?? null;
    const heading = this.heading();
    if (mine === null || heading === null || heading === (mine.turns.at(-1) ?? mine.direction)) return mine;
    return { ...mine, turns: [...mine.turns, heading] };
  }

  scene(at: number, names: readonly string[], isStill: boolean): Scene | null {
    const { now, live } = this;
    if (!now) return null;
    const elapsed = at - this.drawnAt;
    this.drawnAt = at;
    const shown = live === null ? Infinity : this.shownTick();
    const isCountdown = now.phase === "countdown";
    const label = (seat: number): string | null => (isCountdown ? (seat === this.seat ? "You" : (names[seat] ?? null)) : null);
    const riders = now.riders.flatMap((rider, seat): Drawn[] => {
      if (rider.isRetired && rider.corners.length === 0) return [];
      const isMe = seat === this.seat;
      const ahead = isMe && !rider.isOut ? this.ahead(now, elapsed, isStill) : null;
      if (ahead) return [{ ...ahead, seat, isOut: false, isMe, label: label(seat) }];
      const { corners, x, y, isOut } = rider;
      const length = live === null ? rider.length : Math.min(rider.length, ridden(now, shown));
      return [{ seat, corners, x, y, length, shift: { x: 0, y: 0 }, nose: null, isOut: isOut && length >= rider.length, isMe, label: label(seat) }];
    });
    const ring = isCountdown && this.seat !== null ? (isStill ? 0 : (at % 900) / 900) : null;
    return { width: now.width, height: now.height, riders, ring };
  }

  /** One's own rider where it is by now; what a correction moved it by is made good over a few frames. */
  private ahead(now: Now, elapsed: number, isStill: boolean): Omit<Drawn, "seat" | "isOut" | "isMe" | "label"> | null {
    const tick = this.ownTick();
    const mine = this.own?.at(Math.floor(tick)) ?? null;
    if (!mine) return null;
    // On its way into the cell that it has, not out of it: where a turn is asked for, there it turns.
    const length = Math.min(mine.length, Math.max(0, ridden(now, tick) - 1));
    const head = headAt(mine, length);
    const before = this.lastHead;
    if (before && before.round === now.round && !isStill) {
      const [dx, dy] = [before.x - head.x, before.y - head.y];
      // More than it can have ridden since the last picture was a correction.
      const isJump = Math.abs(dx) + Math.abs(dy) > elapsed / (now.pace * TICK_MS) + 1;
      if (isJump) this.corrections += 1;
      const [x, y] = isJump ? [this.shift.x + dx, this.shift.y + dy] : [this.shift.x, this.shift.y];
      const fade = Math.abs(x) + Math.abs(y) > FAR_CELLS ? 0 : Math.exp(-elapsed / CORRECTION_MS);
      this.shift = { x: x * fade, y: y * fade };
    } else this.shift = { x: 0, y: 0 };
    this.lastHead = { ...head, round: now.round };
    return { corners: mine.corners, x: mine.x, y: mine.y, length, shift: this.shift, nose: this.heading() };
  }

  private tripTicks(): number {
    return (this.live?.latencyMs() ?? 200) / TICK_MS;
  }
}

function headAt({ corners, x, y, length: whole }: Ridden, length: number): { readonly x: number; readonly y: number } {
  let back = Math.max(0, whole - length);
  let at = { x, y };
  for (let corner = corners.length - 1; corner >= 0 && back > 0; corner--) {
    const to = corners[corner] ?? at;
    const long = Math.abs(to.x - at.x) + Math.abs(to.y - at.y);
    if (long >= back) return { x: at.x + ((to.x - at.x) * back) / long, y: at.y + ((to.y - at.y) * back) / long };
    back -= long;
    at = { ...to };
  }
  return at;
}
