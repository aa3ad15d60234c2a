/**
 * Sends what waits in the outbox for rooms that no tab shows: a move made without a connection in a tab that was closed. One
 * tab does it at a time, room by room, each act after the answer to the one before. What the server refuses is told.
 *
 * It names the seat and joins nothing: the player may sit at that table on another device, whose seat stays what it is.
 */

import { type Refused, RETRIED } from "../protocol.gen";
import type { RoomLine } from "./acts";
import { type Locks, NO_SEAT, type Outbox, tableLock, type Waiting } from "./outbox";

export interface CourierListener {
  /** An act that does not count; it is out of the outbox when this has resolved. */
  refused(act: Waiting, code: string, message: string): Promise<void>;
  later(run: () => void, ms: number): void;
}

const COURIER = "kibitz.courier";
/** A room that is paused or busy is not asked again sooner. */
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
      for (const room of new Set((await this.outbox.waiting()).map((act) => act.room))) {
        // A table that is open sends for itself.
        if (!this.putOff.has(room)) await this.locks.tryHold(tableLock(room), () => this.deliver(room));
      }
    });
  }

  private async deliver(room: string): Promise<void> {
    // Another tab may have sent them while this one waited for its turn.
    for (const act of await this.outbox.waiting(room)) {
      const { id, seat, epoch, basedOn, type, args } = act;
      const answer = await this.line.request("act", { room, epoch, id, base: basedOn, type, args, seat });
      if (answer.ok) await this.outbox.remove(id);
      else if (this.isLater(room, answer)) return;
      else await this.refuse(act, answer.code === NO_SEAT.code ? NO_SEAT : answer);
    }
  }

  /** Nobody answered, or not now. */
  private isLater(room: string, { code }: Refused): boolean {
    if (code === "offline" || code === "connection_lost") return true;
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
