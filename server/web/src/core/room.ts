/**
 * One room as the page shows it: joined again on each connection, kept in step by patches, with the player's own actions
 * shown at once and taken back when the server says no. Knows no game: the rules it is given say what an action would do.
 */

import { batch, signal } from "@preact/signals";
import {
  type ChatSaid,
  type ClientEvents,
  type Frame,
  type Joined,
  type Json,
  type Notice,
  type Patch,
  type Presence,
  type Refused,
  type Resync,
  RETRIED,
  type ShownEvent,
  type Snapshot,
} from "../protocol.gen";
import { merge } from "./history";
import { Live } from "./live";
import { type Action, type Output, type Pending, Replica } from "./reconcile";

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
  /** The room's events after a version, for the log of what was before. */
  history(room: string, after: number): Promise<readonly ShownEvent[]>;
}

export interface Rules {
  readonly ticksPerSecond?: number;
  predict(view: Json, action: Action, seat: number): { ok: true; view: Json } | { ok: false; code: string; message: string };
}

export interface Undone {
  readonly action: Action;
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

export interface ChatLine {
  readonly seat: number | null;
  readonly name: string;
  readonly text: string;
  readonly at_ms: number;
}

export interface Incident {
  readonly kind: "checksum" | "patch";
  readonly version: number;
  readonly at: number;
}

export type Standing =
  | { readonly phase: "joining" }
  | { readonly phase: "live" }
  | { readonly phase: "failed"; readonly code: string; readonly message: string };

const RETRY_MS = 1_000;
const TRIES_MAX = 6;
const CHAT_LINES_MAX = 200;
const INCIDENTS_MAX = 50;

export class RoomSession {
  readonly standing = signal<Standing>({ phase: "joining" });
  readonly seat = signal<number | null>(null);
  readonly status = signal("waiting");
  readonly match = signal(0);
  readonly game = signal<string | null>(null);
  /** What is shown: the confirmed view with the pending actions on top. */
  readonly view = signal<Json>(null);
  readonly pending = signal<readonly Pending[]>([]);
  readonly undone = signal<Undone | null>(null);
  readonly events = signal<readonly ShownEvent[]>([]);
  readonly presence = signal<Presence | null>(null);
  readonly chat = signal<readonly ChatLine[]>([]);
  readonly notice = signal<Notice | null>(null);
  /** Another tab of this player has the seat. */
  readonly isSuperseded = signal(false);
  /** Server's time at which the running clock of the confirmed view began to run. */
  readonly clockSince = signal(0);
  /** The frames of a game in real time; null for others. */
  live: Live | null = null;

  private readonly replica = new Replica((view, seat, action) => this.predict(view, seat, action));
  private rules: Rules | null = null;
  private resyncs = 0;
  /** What the server sent did not fit what is here: each was healed by a resync. */
  readonly incidents = signal<readonly Incident[]>([]);
  hasLeft = false;
  private isClosed = false;
  private readonly tries = new Map<string, number>();
  /** Acts that came while the game was paused: they go out again when it goes on. */
  private held: readonly Extract<Output, { do: "act" }>[] = [];

  constructor(
    readonly room: string,
    private readonly line: RoomLine,
    private readonly world: RoomWorld,
    private asked: "player" | "spectator" | null,
  ) {}

  useRules(rules: Rules): void {
    this.rules = rules;
    if (rules.ticksPerSecond) this.live ??= new Live(rules.ticksPerSecond, this.world);
    this.show();
  }

  /** Called on each new connection, and when the player asks for a seat. */
  async join(as: "player" | "spectator" | null = this.asked): Promise<void> {
    if (this.isClosed || !this.line.isOnline()) return;
    this.asked = as;
    const answer = await this.line.request("join", { room: this.room, ...(as === null ? {} : { as }), ...this.replica.held });
    if (this.isClosed) return;
    if (answer.ok) {
      this.isSuperseded.value = false;
      this.take(answer);
      return;
    }
    if (answer.code === "room_full" || answer.code === "seat_taken") {
      this.notice.value = { room: this.room, code: answer.code, message: answer.message, data: null };
      if (as !== "spectator") return this.join("spectator");
    }
    if (answer.code === "offline" || answer.code === "connection_lost") return;
    if (answer.code === "timeout" || RETRIED.includes(answer.code)) {
      this.world.setTimeout(() => void this.join(as), answer.retry_ms ?? RETRY_MS);
      return;
    }
    this.standing.value = { phase: "failed", code: answer.code, message: answer.message };
  }

  /** The connection went: what is pending waits for the next one. */
  lost(): void {
    this.held = [];
    this.run(this.replica.lost());
  }

  /** Shows the action at once and sends it; what the rules forbid is not sent. With a `tick` it is only sent, and only now. */
  act(action: Action, tick?: number): void {
    const seat = this.seat.value;
    if (seat === null || this.replica.epoch === null) return;
    if (tick !== undefined) return void this.actAt(this.replica.epoch, action, tick);
    const predicted = this.rules?.predict(this.replica.shown, action, seat);
    if (predicted && !predicted.ok) {
      this.undone.value = { action, code: predicted.code, message: predicted.message, at: this.world.now() };
      return;
    }
    this.run(this.replica.act(this.world.newActionId(), action));
  }

  /** In real time: the board shows it itself; a tick later there would be no sense in it, so it is never sent again. */
  private async actAt(epoch: string, action: Action, tick: number): Promise<void> {
    const { type, args } = action;
    const act = { room: this.room, epoch, id: this.world.newActionId(), base: this.replica.version, type, args, tick };
    const answer = await this.line.request("act", act);
    if (this.isClosed || answer.ok || answer.code === "offline" || answer.code === "connection_lost" || answer.code === "timeout") return;
    if (answer.code === "not_joined") return this.join();
    this.undone.value = { action, code: answer.code, message: answer.message, at: this.world.now() };
  }

  async say(text: string): Promise<Refused | null> {
    const answer = await this.line.request("chat", { room: this.room, text });
    return answer.ok ? null : answer;
  }

  async rematch(): Promise<Refused | null> {
    const answer = await this.line.request("rematch", { room: this.room });
    return answer.ok ? null : answer;
  }

  /** Gives up the seat (a running match with it) or stops watching. */
  async leave(): Promise<void> {
    this.close();
    this.hasLeft = true;
    await this.line.request("leave", { room: this.room });
  }

  /** Stops listening; the seat stays. */
  close(): void {
    this.isClosed = true;
  }

  // ------------------------------------------------------------------ from the server

  heard(name: string, payload: unknown): void {
    const message = payload as { readonly room?: unknown } | null;
    if (this.isClosed || message === null || typeof message !== "object" || message.room !== this.room) return;
    switch (name) {
      case "patch":
        return this.onPatch(message as Patch);
      case "snapshot":
        return this.onSnapshot(message as Snapshot);
      case "frame": {
        const { epoch, tick, data } = payload as Frame;
        return this.live?.heard(epoch, { tick, data });
      }
      case "presence":
        this.presence.value = message as Presence;
        return;
      case "chat":
        return this.hearChat(message as ChatSaid);
      case "notice":
        return this.onNotice(message as Notice);
    }
  }

  private onPatch(patch: Patch): void {
    const before = this.replica.version;
    batch(() => {
      const out = this.replica.patch(patch);
      if (this.replica.version !== before) {
        this.clockSince.value = patch.at_ms;
        this.addEvents(patch.events);
      }
      this.run(out);
    });
  }

  private onSnapshot(snapshot: Snapshot): void {
    batch(() => {
      const out = this.replica.snapshot(snapshot);
      if (this.replica.version === snapshot.version && this.replica.epoch === snapshot.epoch) {
        this.clockSince.value = snapshot.at_ms - snapshot.clock_elapsed_ms;
        this.match.value = snapshot.match;
        this.setStatus(snapshot.status);
      }
      this.run(out);
    });
    void this.loadHistory();
  }

  private onNotice(notice: Notice): void {
    if (notice.code === "superseded" || notice.code === "kicked") {
      this.isSuperseded.value = notice.code === "superseded";
      this.seat.value = null;
    } else if (notice.code === "room_closed") this.status.value = "closed";
    else if (notice.code === "room_faulted") this.status.value = "faulted";
    this.notice.value = notice;
  }

  private setStatus(status: string): void {
    const goesOn = this.status.value === "paused" && status !== "paused";
    this.status.value = status;
    if (!goesOn) return;
    const held = this.held;
    this.held = [];
    for (const act of held) this.sendAgain(act);
  }

  private hearChat(said: ChatSaid): void {
    const known = this.chat.value.some((line) => line.at_ms === said.at_ms && line.seat === said.seat && line.text === said.text);
    if (!known) this.chat.value = [...this.chat.value, said].slice(-CHAT_LINES_MAX);
  }

  /** An answer to `join` or `resync`. */
  private take(joined: Joined): void {
    batch(() => {
      this.seat.value = joined.seat;
      this.game.value = joined.game;
      const out = this.replica.joined(joined);
      if (this.replica.version === joined.version) {
        this.resyncs = 0;
        this.match.value = joined.match;
        this.setStatus(joined.status);
        this.clockSince.value = joined.at_ms - joined.clock_elapsed_ms;
        this.standing.value = { phase: "live" };
      }
      for (const patch of joined.patches ?? []) this.addEvents(patch.events);
      for (const said of joined.chat ?? []) this.hearChat(said);
      this.run(out);
    });
    void this.loadHistory();
  }

  /** What happened while nobody here listened; live events come with the patches. */
  private async loadHistory(): Promise<void> {
    const last = this.events.value.at(-1)?.version ?? 0;
    if (last >= this.replica.version) return;
    const events = await this.world.history(this.room, last).catch(() => []);
    if (!this.isClosed) this.addEvents(events);
  }

  private async resync(asked: Resync): Promise<void> {
    // A state that never fits is a fault; asking on and on at full speed would only add to it.
    if (this.resyncs > 0) await new Promise<void>((go) => this.world.setTimeout(go, Math.min(250 * 2 ** this.resyncs, 10_000)));
    this.resyncs += 1;
    if (this.isClosed) return;
    const answer = await this.line.request("resync", asked);
    if (this.isClosed) return;
    if (answer.ok) return this.take(answer);
    if (answer.code === "offline" || answer.code === "connection_lost") return;
    if (answer.code === "not_joined") return this.join();
    if (answer.code === "timeout" || RETRIED.includes(answer.code)) return this.resync(asked);
    this.standing.value = { phase: "failed", code: answer.code, message: answer.message };
  }

  /** Events as they happen, and those before (from REST). */
  addEvents(events: readonly ShownEvent[]): void {
    const before = this.events.value;
    this.events.value = merge(before, events);
    if (this.events.value === before) return;
    for (const event of events) {
      if (event.version < this.replica.version) continue;
      if (event.kind === "started") this.status.value = "playing";
      if (event.kind === "closed") this.status.value = "closed";
    }
  }

  // ------------------------------------------------------------------ what the replica says

  private run(outputs: readonly Output[]): void {
    batch(() => {
      for (const output of outputs) {
        switch (output.do) {
          case "act":
            void this.send(output);
            break;
          case "resync":
            void this.resync({ room: this.room, epoch: output.epoch || "-", version: output.version, checksum: output.checksum });
            break;
          case "rolled_back": {
            const { action, code, message } = output;
            this.tries.delete(output.id);
            this.undone.value = { action, code, message, at: this.world.now() };
            break;
          }
          case "incident":
            this.incidents.value = [...this.incidents.value, { kind: output.kind, version: output.version, at: this.world.now() }].slice(-INCIDENTS_MAX);
        }
      }
      this.pending.value = this.replica.pending;
      this.view.value = this.replica.shown;
    });
  }

  private async send(act: Extract<Output, { do: "act" }>): Promise<void> {
    const { do: _, ...message } = act;
    const answer = await this.line.request("act", { room: this.room, ...message });
    if (this.isClosed) return;
    if (answer.ok) {
      this.tries.delete(act.id);
      return this.run(this.replica.acted(act.id, answer.version));
    }
    // The next answer to `join` sends it again.
    if (answer.code === "offline" || answer.code === "connection_lost") return;
    if (answer.code === "not_joined") return this.join();
    if (answer.code === "room_paused" && this.status.value === "paused") {
      this.held = [...this.held, act];
      return;
    }
    const tries = (this.tries.get(act.id) ?? 0) + 1;
    this.tries.set(act.id, tries);
    // No answer in time, or not now: the same id again is safe.
    const isWorthAnother = answer.code === "timeout" || RETRIED.includes(answer.code);
    if (!isWorthAnother || tries >= TRIES_MAX) return this.run(this.replica.refused(act.id, answer.code, answer.message));
    this.world.setTimeout(() => this.sendAgain(act), answer.retry_ms ?? RETRY_MS);
  }

  private sendAgain(act: Extract<Output, { do: "act" }>): void {
    const isOpen = this.replica.pending.some((pending) => pending.id === act.id && pending.version === null && pending.isSent);
    if (isOpen && !this.isClosed) void this.send(act);
  }

  /** What the server confirmed, for whoever looks under the bonnet. */
  get confirmed(): { readonly epoch: string | null; readonly version: number; readonly checksum: number; readonly view: Json } {
    const { epoch, version, checksum, view } = this.replica;
    return { epoch, version, checksum, view };
  }

  private predict(view: Json, seat: number | null, action: Action): Json | null {
    if (seat === null || !this.rules) return null;
    const predicted = this.rules.predict(view, action, seat);
    return predicted.ok ? predicted.view : null;
  }

  private show(): void {
    this.run([]);
  }
}
