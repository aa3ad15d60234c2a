/**
 * Sends what waits in the outbox for rooms that no tab shows: a move made without a connection in a tab that was closed. One
 * tab does it at a time, room by room, each act after the answer to the one before. What the server refuses is told.
 */

import { type Refused, RETRIED } from "../protocol.gen";
import type { RoomLine } from "./acts";
import { type Locks, NO_SEAT, type Outbox, tableLock, type Waiting } from "./outbox";

export interface CourierListener {
  /** An act that does not count; it is out of the outbox when this has resolved. */
  refused(act: Waiting, code: string, message: string): Promise<void>;
  /** This connection took part in rooms that no page here shows. */
  visited(): void;
  later(run: () => void, ms: number): void;
}

const COURIER = "kibitz.courier";
/** A room that is paused or busy is not asked again sooner: each visit costs a connection. */
const NOT_NOW_MS = 60_000;

export class Courier {
  /** Rooms that said "not now" a moment ago. */
  private readonly putOff = new Set<string>();

  constructor(
    private readonly outbox: Outbox,
    private readonly line: RoomLine,
    private readonly locks: Locks,
    private readonly listener: CourierListener,
  ) {}

  /** Called when there is a connection. What cannot be sent now waits for the next call, or for a minute. */
  async run(): Promise<void> {
    await this.locks.tryHold(COURIER, async () => {
      let isVisitor = false;
      for (const room of new Set((await this.outbox.waiting()).map((act) => act.room))) {
        if (this.putOff.has(room)) continue;
        // A table that is open sends for itself.
        await this.locks.tryHold(tableLock(room), async () => {
          isVisitor = (await this.deliver(room)) || isVisitor;
        });
      }
      if (isVisitor) this.listener.visited();
    });
  }

  /** True once it took part in the room. */
  private async deliver(room: string): Promise<boolean> {
    // Another tab may have sent them while this one waited for its turn.
    const acts = await this.outbox.waiting(room);
    if (acts.length === 0) return false;
    const joined = await this.line.request("join", { room });
    if (!joined.ok) {
      if (!this.isLater(room, joined)) for (const act of acts) await this.refuse(act, joined);
      return false;
    }
    for (const act of acts) {
      if (joined.seat !== act.seat) {
        await this.refuse(act, NO_SEAT);
        continue;
      }
      const { id, epoch, basedOn, type, args } = act;
      const answer = await this.line.request("act", { room, epoch, id, base: basedOn, type, args });
      if (answer.ok) await this.outbox.remove(id);
      else if (this.isLater(room, answer)) break;
      else await this.refuse(act, answer);
    }
    // Nobody asked for another seat than the one that the acts were done on.
    if (acts.every((act) => act.seat !== joined.seat)) await this.line.request("leave", { room });
    return true;
  }

  /** Nobody answered, or not now. */
  private isLater(room: string, { code }: Refused): boolean {
    // `not_joined`: the connection was lost and came back in between.
    if (["offline", "connection_lost", "not_joined"].includes(code)) return true;
    if (code !== "timeout" && !RETRIED.includes(code)) return false;
    this.putOff.add(room);
    this.listener.later(() => {
      this.putOff.delete(room);
      void this.run();
    }, NOT_NOW_MS);
    return true;
  }

  private async refuse(act: Waiting, { code, message }: Pick<Refused, "code" | "message">): Promise<void> {
    await this.listener.refused(act, code, message);
    await this.outbox.remove(act.id);
  }
}
