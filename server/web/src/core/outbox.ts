/**
 * Acts of turn-based games from the moment they are done until their answer: they survive a closed tab. An act keeps its id,
 * so that however often it is sent, it counts once.
 */

import type { Json } from "../protocol.gen";

export interface Waiting {
  /** Their order, over all rooms and tabs. */
  readonly n: number;
  readonly id: string;
  /** Who did it. Missing from acts that were kept before this was noted. */
  readonly player?: string;
  readonly room: string;
  readonly seat: number;
  readonly epoch: string;
  /** The version that the player saw. */
  readonly basedOn: number;
  readonly type: string;
  readonly args: Json;
}

/** Where they lie: `core/store.ts`. */
export interface Shelf {
  add(act: Omit<Waiting, "n">): Promise<void>;
  /** In the order of `n`. */
  all(): Promise<readonly Waiting[]>;
  remove(n: number): Promise<void>;
}

/** Where IndexedDB is blocked, as in some private windows: kept as long as the page lives. */
export class Drawer implements Shelf {
  private acts: readonly Waiting[] = [];
  private n = 0;

  add(act: Omit<Waiting, "n">): Promise<void> {
    this.n += 1;
    this.acts = [...this.acts, { ...act, n: this.n }];
    return Promise.resolve();
  }

  all(): Promise<readonly Waiting[]> {
    return Promise.resolve(this.acts);
  }

  remove(n: number): Promise<void> {
    this.acts = this.acts.filter((act) => act.n !== n);
    return Promise.resolve();
  }
}

/** Adding and removing happen in the order in which they were asked for. Never rejects: what cannot be kept is sent all the same. */
export class Outbox {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly shelf: Shelf,
    /** Who plays in this browser now; null: nobody yet. */
    private readonly player: () => string | null,
  ) {}

  add(act: Omit<Waiting, "n" | "player">): Promise<void> {
    const player = this.player();
    return this.queue(() => this.shelf.add(player === null ? act : { ...act, player }));
  }

  /** It was answered. */
  remove(id: string): Promise<void> {
    return this.queue(async () => {
      for (const act of await this.shelf.all()) if (act.id === id) await this.shelf.remove(act.n);
    });
  }

  /** All of this player that wait, or those of one room, in their order. */
  async waiting(room?: string): Promise<readonly Waiting[]> {
    let found: readonly Waiting[] = [];
    await this.queue(async () => {
      found = await this.shelf.all();
    });
    return found.filter((act) => this.isMine(act) && (room === undefined || act.room === room));
  }

  /** What others did in this browser is dropped: nobody here can send it any more. */
  disown(): Promise<void> {
    return this.queue(async () => {
      for (const act of await this.shelf.all()) if (!this.isMine(act)) await this.shelf.remove(act.n);
    });
  }

  private isMine({ player }: Waiting): boolean {
    return player === undefined || player === this.player();
  }

  private queue(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work).catch(() => undefined);
    this.last = done;
    return done;
  }
}

/** Names that only one tab holds at a time. */
export interface Locks {
  /** Waits until no other tab holds `name`, and runs `work` while this one does. Rejects with what aborted the wait. */
  hold(name: string, work: () => Promise<void>, wait: AbortSignal): Promise<void>;
  /** The same, unless another tab holds it: then false, at once. */
  tryHold(name: string, work: () => Promise<void>): Promise<boolean>;
}

/** Held by the tab that sends a room's acts: the one that shows the table and has the seat. */
export const tableLock = (room: string): string => `kibitz.table.${room}`;
/** What becomes of an act whose seat is somebody else's by now. */
export const NO_SEAT = { code: "not_seated", message: "You have no seat at this table any more." } as const;
