/**
 * A room's table beyond its page: what was last confirmed is kept and shown again before the server tells, and own acts lie in
 * the outbox until they are answered. Of several tabs at one table the one with the seat sends what waits; the lock goes with
 * the seat. Games in real time keep nothing.
 */

import { effect } from "@preact/signals";
import type { Locks, Outbox } from "./outbox";
import { NO_SEAT, tableLock } from "./outbox";
import type { KeptRoom, RoomSession, Undone } from "./room";

/** The cache: `core/store.ts`. */
export interface Cache {
  recall(key: string): Promise<unknown>;
  keep(key: string, value: unknown): Promise<void>;
  forget(key: string): Promise<void>;
  keys(prefix: string): Promise<readonly string[]>;
}

const KEEP_EVERY_MS = 500;
const ROOMS_MAX = 20;
export const roomKey = (room: string): string => `room:${room}`;
/** An act that was refused while nobody looked at its board. */
export const undoneKey = (room: string): string => `undone:${room}`;

export class Safekeeping {
  /** Own acts that this tab put into the outbox, or took out of it to send them. */
  private readonly mine = new Set<string>();
  private readonly ends: (() => void)[] = [];
  private letGo: (() => void) | null = null;
  private isHeld = false;
  private timer: number | null = null;
  private isStale = false;
  private noted = "";
  private accepted: ReadonlySet<string> = new Set();

  constructor(
    private readonly session: RoomSession,
    private readonly cache: Cache | null,
    private readonly outbox: Outbox,
    private readonly locks: Locks,
    private readonly setTimeout: (run: () => void, ms: number) => number,
  ) {}

  async start(): Promise<void> {
    const { session, cache } = this;
    const kept = (await cache?.recall(roomKey(session.room)).catch(() => undefined)) as KeptRoom | undefined;
    if (kept) session.recall(kept);
    this.ends.push(effect(() => this.follow(session.pending.value.map(({ id, version }) => ({ id, isAccepted: version !== null })))));
    this.ends.push(effect(() => void (session.view.value, session.status.value, session.seat.value, session.events.value, this.keepSoon())));
    // The tab that has the seat, or had it when it was last heard of.
    this.ends.push(effect(() => (session.isSuperseded.value ? this.release() : this.take())));
    this.ends.push(effect(() => void (session.standing.value.phase === "live" && session.seat.value !== null && this.resume())));
    const undone = (await cache?.recall(undoneKey(session.room)).catch(() => undefined)) as Undone | undefined;
    if (!undone) return;
    session.undone.value = undone;
    await cache?.forget(undoneKey(session.room)).catch(() => undefined);
  }

  /** The page goes elsewhere; who gave the seat up wants nothing sent any more. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    this.release();
    if (!this.session.hasLeft) return this.keep();
    await this.cache?.forget(roomKey(this.session.room)).catch(() => undefined);
    for (const { id } of await this.outbox.waiting(this.session.room)) await this.outbox.remove(id);
  }

  // ------------------------------------------------------------------ acts

  private follow(pending: readonly { readonly id: string; readonly isAccepted: boolean }[]): void {
    const { session } = this;
    if (session.live !== null) return;
    const open = new Set(pending.map(({ id }) => id));
    for (const act of session.pending.value) {
      const seat = session.seat.value;
      if (this.mine.has(act.id) || seat === null) continue;
      this.mine.add(act.id);
      const { id, epoch, base, action } = act;
      void this.outbox.add({ id, room: session.room, seat, epoch, basedOn: base, type: action.type, args: action.args });
    }
    for (const id of [...this.mine]) {
      if (open.has(id)) continue;
      this.mine.delete(id);
      // Refused because another tab took the seat: it is that tab's to send.
      if (session.isSuperseded.value && !this.accepted.has(id)) continue;
      void this.outbox.remove(id);
    }
    this.accepted = new Set(pending.filter(({ isAccepted }) => isAccepted).map(({ id }) => id));
  }

  private take(): void {
    if (this.letGo !== null) return;
    const wait = new AbortController();
    let isOver = false;
    let finish = (): void => undefined;
    this.letGo = () => {
      isOver = true;
      wait.abort();
      finish();
    };
    const hold = (): Promise<void> => {
      if (isOver) return Promise.resolve();
      this.isHeld = true;
      void this.resume();
      return new Promise((done) => (finish = done));
    };
    this.locks.hold(tableLock(this.session.room), hold, wait.signal).catch(() => undefined);
  }

  private release(): void {
    this.isHeld = false;
    this.letGo?.();
    this.letGo = null;
  }

  /** What waits goes out in its order, before what is done from now on. */
  private async resume(): Promise<void> {
    if (!this.isHeld) return;
    const { session } = this;
    const waiting = await this.outbox.waiting(session.room);
    const seat = session.seat.value;
    // Before anything is confirmed there is nothing to act on; then they stay where they are.
    if (!this.isHeld || session.confirmed.epoch === null || seat === null) return;
    const own = waiting.filter((act) => act.seat === seat);
    for (const { id } of own) this.mine.add(id);
    session.resume(own.map(({ id, epoch, basedOn, type, args }) => ({ id, epoch, base: basedOn, action: { type, args } })));
    if (session.standing.value.phase !== "live") return;
    for (const { id, type, args } of waiting.filter((act) => act.seat !== seat)) {
      session.undone.value = { action: { type, args }, ...NO_SEAT, at: Date.now() };
      await this.outbox.remove(id);
    }
  }

  // ------------------------------------------------------------------ what is shown

  /** The page may go at any moment. */
  flush(): void {
    if (this.isStale) void this.keep();
  }

  /** Now, but not more often than it makes sense. */
  private keepSoon(): void {
    const { epoch, version } = this.session.confirmed;
    const now = [epoch, version, this.session.status.value, this.session.seat.value, this.session.events.value.at(-1)?.version].join();
    if (now === this.noted) return;
    this.noted = now;
    this.isStale = true;
    if (this.timer !== null) return;
    void this.keep();
    this.timer = this.setTimeout(() => {
      this.timer = null;
      this.flush();
    }, KEEP_EVERY_MS);
  }

  private async keep(): Promise<void> {
    this.isStale = false;
    const kept = this.session.kept;
    if (kept === null || this.cache === null) return;
    const key = roomKey(this.session.room);
    try {
      await this.cache.keep(key, kept);
      const others = (await this.cache.keys(roomKey(""))).filter((other) => other !== key);
      if (others.length < ROOMS_MAX) return;
      const aged = await Promise.all(others.map(async (other) => ({ other, at: ((await this.cache?.recall(other)) as KeptRoom).at })));
      for (const { other } of aged.sort((a, b) => b.at - a.at).slice(ROOMS_MAX - 1)) await this.cache.forget(other);
    } catch {
      // Full, or blocked by now: it is a cache.
    }
  }
}
