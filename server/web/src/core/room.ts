/**
 * One room as the page shows it: joined again on each connection, kept in step by patches, with the player's own actions
 * shown at once and taken back when the server says no. Knows no game: the rules it is given say what an action would do.
 */

import { batch, signal } from "@preact/signals";
import {
  ADVICE,
  type ChatSaid,
  type ClientEvents,
  type Joined,
  type Json,
  type Notice,
  type Patch,
  type Presence,
  type Refused,
  type ShownEvent,
  type Snapshot,
} from "../protocol.gen";
import { type Action, type Pending, Reconciler, type Verdict } from "./reconcile";

/** What a room needs of the connection. */
export interface RoomLine {
  readonly isOnline: () => boolean;
  request<Name extends keyof ClientEvents>(name: Name, payload: ClientEvents[Name]["payload"], timeoutMs?: number): Promise<Answer<Name>>;
}
export type Answer<Name extends keyof ClientEvents> = ClientEvents[Name]["answer"] | Refused;

export interface RoomWorld {
  /** Server's time, as well as it is known. */
  now(): number;
  setTimeout(run: () => void, ms: number): number;
  newActionId(): string;
  /** The room's events after a version, for the log of what was before. */
  history(room: string, after: number): Promise<readonly ShownEvent[]>;
}

export interface Rules {
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

export type Standing =
  | { readonly phase: "joining" }
  | { readonly phase: "live" }
  | { readonly phase: "failed"; readonly code: string; readonly message: string };

const RETRY_MS = 1_000;
const RETRIES_MAX = 6;
const CHAT_LINES_MAX = 200;

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

  private readonly state = new Reconciler();
  private rules: Rules | null = null;
  private isResyncing = false;
  private resyncs = 0;
  private isClosed = false;
  private readonly tries = new Map<string, number>();
  private readonly inFlight = new Set<string>();

  constructor(
    readonly room: string,
    private readonly line: RoomLine,
    private readonly world: RoomWorld,
    private asked: "player" | "spectator" | null,
  ) {}

  useRules(rules: Rules): void {
    this.rules = rules;
    this.show();
  }

  /** Called on each new connection, and when the player asks for a seat. */
  async join(as: "player" | "spectator" | null = this.asked): Promise<void> {
    if (this.isClosed || !this.line.isOnline()) return;
    this.asked = as;
    const held = this.state.hasState
      ? { epoch: this.state.epoch as string, version: this.state.version, checksum: this.state.checksum }
      : {};
    const answer = await this.line.request("join", { room: this.room, ...(as === null ? {} : { as }), ...held });
    if (this.isClosed) return;
    if (answer.ok) {
      this.isSuperseded.value = false;
      this.take(answer);
      this.resend();
      return;
    }
    if (answer.code === "room_full" || answer.code === "seat_taken") {
      this.notice.value = { room: this.room, code: answer.code, message: answer.message, data: null };
      if (as !== "spectator") return this.join("spectator");
    }
    if (isLocal(answer)) return;
    if (ADVICE[answer.code] === "retry") {
      this.world.setTimeout(() => void this.join(as), answer.retry_ms ?? RETRY_MS);
      return;
    }
    this.standing.value = { phase: "failed", code: answer.code, message: answer.message };
  }

  /** Shows the action at once and sends it; what the rules forbid is not sent. */
  act(action: Action): void {
    const seat = this.seat.value;
    if (seat === null || !this.state.hasState) return;
    const predicted = this.rules?.predict(this.state.shown(this.predict), action, seat);
    if (predicted && !predicted.ok) {
      this.undone.value = { action, code: predicted.code, message: predicted.message, at: this.world.now() };
      return;
    }
    const pending = this.state.add(this.world.newActionId(), action);
    this.show();
    void this.send(pending);
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
    const verdict = this.state.patch(patch, this.seat.value);
    if (verdict === "resync") return void this.resync();
    if (verdict === "ignored") return;
    batch(() => {
      this.clockSince.value = patch.at_ms;
      this.addEvents(patch.events);
      this.show();
    });
  }

  private onSnapshot(snapshot: Snapshot): void {
    if (this.check(this.state.snapshot(snapshot)) !== "applied") return;
    batch(() => {
      this.clockSince.value = snapshot.at_ms;
      this.match.value = snapshot.match;
      this.status.value = snapshot.status;
      this.dropVoided();
      this.show();
    });
  }

  private onNotice(notice: Notice): void {
    if (notice.code === "superseded") {
      this.isSuperseded.value = true;
      this.seat.value = null;
    } else if (notice.code === "room_closed") this.status.value = "closed";
    else if (notice.code === "room_faulted") this.status.value = "faulted";
    else if (notice.code === "reloaded") void this.resync();
    this.notice.value = notice;
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
      if (joined.mode === "snapshot" && joined.view !== undefined) {
        // Asked for by this client: it stands, even where it is older than what a broken client believes.
        this.state.epoch = null;
        this.state.snapshot({ epoch: joined.epoch, version: joined.version, view: joined.view, checksum: joined.checksum });
      }
      for (const patch of joined.patches ?? []) {
        if (this.state.patch(patch, joined.seat) === "resync") return void this.resync();
        this.addEvents(patch.events);
      }
      const isBehind = !this.state.hasState || this.state.version < joined.version;
      if (isBehind || (this.state.version === joined.version && this.state.checksum !== joined.checksum)) {
        return void this.resync();
      }
      this.resyncs = 0;
      this.match.value = joined.match;
      this.status.value = joined.status;
      this.clockSince.value = joined.at_ms - joined.clock_elapsed_ms;
      for (const said of joined.chat ?? []) this.hearChat(said);
      this.dropVoided();
      this.standing.value = { phase: "live" };
      this.show();
    });
    void this.loadHistory();
  }

  /** What happened while nobody here listened; live events come with the patches. */
  private async loadHistory(): Promise<void> {
    const last = this.events.value.at(-1)?.version ?? 0;
    if (last >= this.state.version) return;
    const events = await this.world.history(this.room, last).catch(() => []);
    if (!this.isClosed) this.addEvents(events);
  }

  private async resync(): Promise<void> {
    if (this.isResyncing || this.isClosed || !this.line.isOnline()) return;
    this.isResyncing = true;
    // A state that never fits is a fault; asking on and on at full speed would only add to it.
    if (this.resyncs > 0) await new Promise<void>((go) => this.world.setTimeout(go, Math.min(250 * 2 ** this.resyncs, 10_000)));
    this.resyncs += 1;
    const { epoch, version, checksum } = this.state;
    const answer = await this.line.request("resync", { room: this.room, epoch: epoch ?? "-", version, checksum });
    this.isResyncing = false;
    if (this.isClosed) return;
    if (answer.ok) this.take(answer);
    else if (answer.code === "not_joined") void this.join();
    else if (!isLocal(answer) && ADVICE[answer.code] === "retry") {
      this.world.setTimeout(() => void this.resync(), answer.retry_ms ?? RETRY_MS);
    }
  }

  private check(verdict: Verdict): Verdict {
    if (verdict === "resync") void this.resync();
    return verdict;
  }

  /** Events as they happen, and those before (from REST); each once, in order. */
  addEvents(events: readonly ShownEvent[]): void {
    const known = new Set(this.events.value.map((event) => event.version));
    const fresh = events.filter((event) => !known.has(event.version));
    if (fresh.length === 0) return;
    this.events.value = [...this.events.value, ...fresh].sort((a, b) => a.version - b.version);
    for (const event of fresh) {
      if (event.version < this.state.version) continue;
      if (event.kind === "started") this.status.value = "playing";
      if (event.kind === "closed") this.status.value = "closed";
    }
  }

  // ------------------------------------------------------------------ own actions

  /** After a reconnect: the same messages again, the server knows their ids. */
  private resend(): void {
    for (const pending of this.state.pending) if (pending.acceptedAs === null) void this.send(pending);
  }

  private async send(pending: Pending): Promise<void> {
    if (!this.line.isOnline() || this.inFlight.has(pending.id)) return;
    this.inFlight.add(pending.id);
    const { id, epoch, base, action } = pending;
    const answer = await this.line.request("act", { room: this.room, epoch, id, base, type: action.type, args: action.args });
    this.inFlight.delete(id);
    if (this.isClosed) return;
    if (answer.ok) {
      this.tries.delete(id);
      this.state.accepted(id, answer.version);
      this.show();
      return;
    }
    if (answer.code === "offline" || answer.code === "connection_lost") return;
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    if (answer.code === "timeout") {
      // No answer in time: the state may tell, and the same id again is safe.
      await this.resync();
      return this.sendAgain(id, 0, tries);
    }
    if (answer.code === "not_joined") return void this.join();
    if (ADVICE[answer.code] === "retry") return this.sendAgain(id, answer.retry_ms ?? RETRY_MS, tries, answer);
    this.undo(id, answer.code, answer.message);
    if (ADVICE[answer.code] === "resync") void this.resync();
  }

  private sendAgain(id: string, ms: number, tries: number, why: Refused | null = null): void {
    if (tries >= RETRIES_MAX) {
      return this.undo(id, why?.code ?? "timeout", why?.message ?? "The server did not answer.");
    }
    this.world.setTimeout(() => {
      const pending = this.state.pending.find((p) => p.id === id && p.acceptedAs === null);
      if (pending) void this.send(pending);
    }, ms);
  }

  private undo(id: string, code: string, message: string): void {
    this.tries.delete(id);
    const dropped = this.state.drop(id);
    if (dropped) this.undone.value = { action: dropped.action, code, message, at: this.world.now() };
    this.show();
  }

  private dropVoided(): void {
    for (const { id } of this.state.voided()) this.undo(id, "epoch_changed", "The room's history was changed.");
  }

  private readonly predict = (view: Json, action: Action): Json | null => {
    const seat = this.seat.value;
    if (seat === null || !this.rules) return null;
    const predicted = this.rules.predict(view, action, seat);
    return predicted.ok ? predicted.view : null;
  };

  private show(): void {
    batch(() => {
      this.pending.value = this.state.pending;
      this.view.value = this.state.shown(this.predict);
    });
  }
}

/** Made by this client: nobody answered. */
function isLocal(answer: Refused): boolean {
  return answer.code === "offline" || answer.code === "connection_lost" || answer.code === "timeout";
}
