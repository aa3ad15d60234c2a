/**
 * One room as the page shows it: joined again on each connection, kept in step by patches, with the player's own actions
 * shown at once and taken back when the server says no. Knows no game: the rules it is given say what an action would do.
 */

import { batch, signal } from "@preact/signals";
import {
  type Batch,
  type ChatSaid,
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
import { Acts, type RoomLine, type RoomWorld } from "./acts";
import { Batches } from "./batches";
import { merge } from "./history";
import { Live } from "./live";
import { type Action, type Output, type Pending, Replica } from "./reconcile";

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

export interface Around {
  readonly view: Json;
  readonly pending: readonly Pending[];
}

/** A room as it was last confirmed, for a visit without the server. */
export interface KeptRoom {
  readonly at: number;
  readonly epoch: string;
  readonly version: number;
  readonly checksum: number;
  readonly view: Json;
  readonly seat: number | null;
  readonly game: string;
  readonly match: number;
  readonly status: string;
  readonly clockSince: number;
  /** The newest of them. Missing from what was kept by an older client. */
  readonly events?: readonly ShownEvent[];
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
const CHAT_LINES_MAX = 200;
const INCIDENTS_MAX = 50;
const EVENTS_KEPT_MAX = 500;

export class RoomSession {
  readonly standing = signal<Standing>({ phase: "joining" });
  readonly seat = signal<number | null>(null);
  readonly status = signal("waiting");
  readonly match = signal(0);
  readonly game = signal<string | null>(null);
  /** What is shown: the confirmed view with the pending actions on top. */
  readonly view = signal<Json>(null);
  readonly pending = signal<readonly Pending[]>([]);
  /** `view` and `pending` for what stands around the board: an own act reaches it once the board was painted with it. */
  readonly around = signal<Around>({ view: null, pending: [] });
  readonly undone = signal<Undone | null>(null);
  readonly events = signal<readonly ShownEvent[]>([]);
  readonly presence = signal<Presence | null>(null);
  readonly chat = signal<readonly ChatLine[]>([]);
  readonly notice = signal<Notice | null>(null);
  /** Another tab of this player has the seat. */
  readonly isSuperseded = signal(false);
  /** An admin took the seat away; it is not to be had again. */
  readonly isKicked = signal(false);
  /** Server's time at which the running clock of the confirmed view began to run. */
  readonly clockSince = signal(0);
  /** The frames of a game in real time; null for others. */
  live: Live | null = null;

  private readonly replica = new Replica((view, seat, action) => this.predict(view, seat, action));
  private readonly batches = new Batches(
    (name, payload) => this.heard(name, payload),
    () => this.run(this.replica.missed()),
  );
  private rules: Rules | null = null;
  private resyncs = 0;
  /** What the server sent did not fit what is here: each was healed by a resync. */
  readonly incidents = signal<readonly Incident[]>([]);
  private isActing = false;
  hasLeft = false;
  isClosed = false;
  private readonly acts: Acts;

  constructor(
    readonly room: string,
    private readonly line: RoomLine,
    private readonly world: RoomWorld,
    private asked: "player" | "spectator" | null,
  ) {
    this.acts = new Acts(room, line, world, {
      accepted: (id, version) => this.run(this.replica.acted(id, version)),
      refused: (id, code, message) => this.run(this.replica.refused(id, code, message)),
      missed: (action, code, message) => (this.undone.value = { action, code, message, at: world.now() }),
      notJoined: () => void this.join(),
      isOpen: (id) => this.replica.pending.some((pending) => pending.id === id && pending.version === null && pending.isSent),
      isPaused: () => this.status.value === "paused",
    });
  }

  useRules(rules: Rules): void {
    this.rules = rules;
    if (rules.ticksPerSecond) this.live ??= new Live(rules.ticksPerSecond, this.world);
    this.show();
  }

  /** Null before anything was confirmed, and for games in real time. */
  get kept(): KeptRoom | null {
    const { epoch, version, checksum, view } = this.replica;
    const game = this.game.value;
    if (epoch === null || game === null || this.live !== null) return null;
    const [seat, match, status] = [this.seat.value, this.match.value, this.status.value];
    const events = this.events.value.slice(-EVENTS_KEPT_MAX);
    return { at: this.world.now(), epoch, version, checksum, view, seat, game, match, status, clockSince: this.clockSince.value, events };
  }

  /** Shows what was kept until the server tells. */
  recall(kept: KeptRoom): void {
    if (this.replica.epoch !== null || this.isClosed) return;
    this.replica.recall(kept);
    batch(() => {
      this.seat.value = kept.seat;
      this.game.value = kept.game;
      this.match.value = kept.match;
      this.status.value = kept.status;
      this.clockSince.value = kept.clockSince;
      this.addEvents(kept.events ?? []);
      this.show();
    });
  }

  /** Own acts of an earlier visit, or of another tab, that nobody answered. */
  resume(waiting: readonly Pick<Pending, "id" | "action" | "epoch" | "base">[]): void {
    this.run(this.replica.resume(waiting));
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
    this.acts.lost();
    this.run(this.replica.lost());
  }

  /** Shows the action at once and sends it; what the rules forbid is not sent. With a `tick` it is only sent, and only now. */
  act(action: Action, tick?: number): void {
    const seat = this.seat.value;
    if (seat === null || this.replica.epoch === null) return;
    if (tick !== undefined) return void this.acts.sendAt({ epoch: this.replica.epoch, base: this.replica.version, action, tick });
    const predicted = this.rules?.predict(this.replica.shown, action, seat);
    if (predicted && !predicted.ok) {
      this.undone.value = { action, code: predicted.code, message: predicted.message, at: this.world.now() };
      return;
    }
    this.isActing = true;
    this.run(this.replica.act(this.world.newActionId(), action));
    this.isActing = false;
    this.world.afterPaint(() => this.showAround());
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
    this.acts.close();
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
      case "batch":
        return this.batches.take(message as Batch);
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
        this.clockSince.value = patch.at_ms - (patch.clock_elapsed_ms ?? 0);
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
        // A room that is shown again has recovered from what stopped it.
        if (snapshot.status !== "faulted" && this.standing.value.phase === "failed") this.standing.value = { phase: "live" };
      }
      this.run(out);
    });
    this.world.afterPaint(() => void this.loadHistory());
  }

  private onNotice(notice: Notice): void {
    if (notice.code === "superseded" || notice.code === "kicked") {
      this.isSuperseded.value = notice.code === "superseded";
      this.isKicked.value = notice.code === "kicked";
      this.seat.value = null;
    } else if (notice.code === "room_closed") this.status.value = "closed";
    else if (notice.code === "room_faulted") this.status.value = "faulted";
    this.notice.value = notice;
  }

  private setStatus(status: string): void {
    const goesOn = this.status.value === "paused" && status !== "paused";
    this.status.value = status;
    if (goesOn) this.acts.goOn();
  }

  private hearChat(said: ChatSaid): void {
    const known = this.chat.value.some((line) => line.at_ms === said.at_ms && line.seat === said.seat && line.text === said.text);
    if (!known) this.chat.value = [...this.chat.value, said].slice(-CHAT_LINES_MAX);
  }

  /** An answer to `join` or `resync`. */
  private take(joined: Joined): void {
    this.batches.restart();
    const { epoch } = this.replica;
    batch(() => {
      this.seat.value = joined.seat;
      this.game.value = joined.game;
      const out = this.replica.joined(joined);
      // Of another history: it may know nothing of what this one had.
      if (epoch !== null && this.replica.epoch !== epoch) this.events.value = [];
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
    this.world.afterPaint(() => void this.loadHistory());
  }

  /** What happened while nobody here listened; live events come with the patches. */
  private async loadHistory(): Promise<void> {
    const last = this.events.value.at(-1)?.version ?? 0;
    if (this.isClosed || last >= this.replica.version) return;
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
      // Nothing is done in a faulted room: whoever acts there shows that an admin released it.
      if (event.kind === "started" || (event.kind === "action" && this.status.value === "faulted")) this.setStatus("playing");
      if (event.kind === "closed") this.status.value = "closed";
    }
  }

  // ------------------------------------------------------------------ what the replica says

  private run(outputs: readonly Output[]): void {
    batch(() => {
      for (const output of outputs) {
        switch (output.do) {
          case "act":
            void this.acts.send(output);
            break;
          case "resync":
            void this.resync({ room: this.room, epoch: output.epoch || "-", version: output.version, checksum: output.checksum });
            break;
          case "rolled_back": {
            const { action, code, message } = output;
            // Another tab has the seat, and with it the move.
            if (code === "not_seated" && this.isSuperseded.value) break;
            this.undone.value = { action, code, message, at: this.world.now() };
            break;
          }
          case "incident":
            this.incidents.value = [...this.incidents.value, { kind: output.kind, version: output.version, at: this.world.now() }].slice(-INCIDENTS_MAX);
        }
      }
      this.pending.value = this.replica.pending;
      this.view.value = this.replica.shown;
      if (!this.isActing) this.showAround();
    });
  }

  private showAround(): void {
    const [view, pending] = [this.view.peek(), this.pending.peek()];
    const shown = this.around.peek();
    if (shown.view !== view || shown.pending !== pending) this.around.value = { view, pending };
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
