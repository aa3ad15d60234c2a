/**
 * A room's acts on their way: sent, sent again under the same id while nobody says what became of them, held while the game
 * is paused. What they do to the view is `reconcile.ts`' to know.
 */

import { type ClientEvents, type Refused, RETRIED, type ShownEvent } from "../protocol.gen";
import type { Action, Output } from "./reconcile";

/** What a room needs of the connection. */
export interface RoomLine {
  readonly isOnline: () => boolean;
  request<Name extends keyof ClientEvents>(name: Name, payload: ClientEvents[Name]["payload"], timeoutMs?: number): Promise<Answer<Name>>;
}
export type Answer<Name extends keyof ClientEvents> = ClientEvents[Name]["answer"] | Refused;

export interface RoomWorld {
  /** Server's time, as well as it is known. */
  now(): number;
  /** Milliseconds that never jump, from any origin. */
  monotonic(): number;
  setTimeout(run: () => void, ms: number): number;
  /** Smoothed round trip; null before it was measured. */
  latencyMs(): number | null;
  newActionId(): string;
  /** Runs once what changed by now is on the screen. */
  afterPaint(run: () => void): void;
  /** The room's events after a version, for the log of what was before. */
  history(room: string, after: number): Promise<readonly ShownEvent[]>;
}

export type Act = Extract<Output, { do: "act" }>;

/** What becomes of acts. */
export interface ActsListener {
  accepted(id: string, version: number): void;
  refused(id: string, code: string, message: string): void;
  /** One that was sent once only, and did not count. */
  missed(action: Action, code: string, message: string): void;
  notJoined(): void;
  /** Whether it is still wanted: sent, and neither accepted nor taken back. */
  isOpen(id: string): boolean;
  isPaused(): boolean;
}

const RETRY_MS = 1_000;
const TRIES_MAX = 6;

export class Acts {
  private readonly tries = new Map<string, number>();
  /** Those that met a pause: they go out again when the game goes on. */
  private held: readonly Act[] = [];
  private isClosed = false;

  constructor(
    private readonly room: string,
    private readonly line: RoomLine,
    private readonly world: RoomWorld,
    private readonly listener: ActsListener,
  ) {}

  async send(act: Act): Promise<void> {
    const { do: _, ...message } = act;
    const answer = await this.line.request("act", { room: this.room, ...message });
    if (this.isClosed) return;
    if (answer.ok) {
      this.tries.delete(act.id);
      return this.listener.accepted(act.id, answer.version);
    }
    // The next answer to `join` sends it again.
    if (isAway(answer)) return;
    if (answer.code === "not_joined") return this.listener.notJoined();
    if (answer.code === "room_paused" && this.listener.isPaused()) {
      this.held = [...this.held, act];
      return;
    }
    const tries = (this.tries.get(act.id) ?? 0) + 1;
    this.tries.set(act.id, tries);
    // No answer in time, or not now: the same id again is safe.
    const isWorthAnother = answer.code === "timeout" || RETRIED.includes(answer.code);
    if (!isWorthAnother || tries >= TRIES_MAX) {
      this.tries.delete(act.id);
      return this.listener.refused(act.id, answer.code, answer.message);
    }
    this.world.setTimeout(() => this.again(act), answer.retry_ms ?? RETRY_MS);
  }

  /** In real time: the board shows it itself; a tick later there would be no sense in it, so it is never sent again. */
  async sendAt({ epoch, base, action, tick }: { epoch: string; base: number; action: Action; tick: number }): Promise<void> {
    const { type, args } = action;
    const answer = await this.line.request("act", { room: this.room, epoch, id: this.world.newActionId(), base, type, args, tick });
    if (this.isClosed || answer.ok || isAway(answer) || answer.code === "timeout") return;
    if (answer.code === "not_joined") return this.listener.notJoined();
    this.listener.missed(action, answer.code, answer.message);
  }

  /** The pause is over. */
  goOn(): void {
    const held = this.held;
    this.held = [];
    for (const act of held) this.again(act);
  }

  /** The connection went: the replica sends what is open when it is back. */
  lost(): void {
    this.held = [];
  }

  close(): void {
    this.isClosed = true;
  }

  private again(act: Act): void {
    if (!this.isClosed && this.listener.isOpen(act.id)) void this.send(act);
  }
}

const isAway = ({ code }: Refused): boolean => code === "offline" || code === "connection_lost";
