/**
 * The client's side of a room: what is confirmed, what is only hoped for, and what to ask next.
 *
 * One algorithm, here and in Python in the server (`kibitz.sync.reconcile`); `tests/cases/sync` holds the two together. No
 * I/O: each input gives back what to do.
 *
 * - The confirmed view changes only by what the server sent, and only if its checksum is right.
 * - A patch applies if its `base` is my version. Older ones are dropped (late or twice); any other gap, a wrong checksum or
 *   another epoch asks for a `resync`, one at a time.
 * - An own action is pending from the click on, shown on top of the confirmed view as far as the game can predict it, and
 *   goes when its version is confirmed, or when it is refused.
 * - After a lost connection pending actions are sent again, under their ids, in their order.
 */

import type { Joined, Json, Patch, Snapshot } from "../protocol.gen";
import { checksum } from "./canonical";
import { applyPatch } from "./patch";

export interface Action {
  readonly type: string;
  readonly args: Json;
}

export interface Pending {
  readonly id: string;
  readonly action: Action;
  readonly epoch: string;
  readonly base: number;
  readonly isSent: boolean;
  /** Once the server accepted it. */
  readonly version: number | null;
}

/** Gives the view after that action, or null where the game cannot say. */
export type Predict = (view: Json, seat: number | null, action: Action) => Json | null;

export type Output =
  | { readonly do: "act"; readonly epoch: string; readonly id: string; readonly base: number; readonly type: string; readonly args: Json }
  | { readonly do: "resync"; readonly epoch: string; readonly version: number; readonly checksum: number }
  /** An action that was shown is gone; `message` is for the player. */
  | { readonly do: "rolled_back"; readonly id: string; readonly code: string; readonly message: string; readonly action: Action }
  /** The confirmed view did not become what the server says. */
  | { readonly do: "incident"; readonly kind: "checksum" | "patch"; readonly version: number };

type JoinedPart = Pick<Joined, "seat" | "epoch" | "version" | "mode" | "checksum" | "view" | "patches">;
type PatchPart = Pick<Patch, "epoch" | "base" | "version" | "ops" | "checksum" | "events">;
type SnapshotPart = Pick<Snapshot, "epoch" | "version" | "view" | "checksum">;

const EPOCH_CHANGED = "The room's history was changed; this move is not part of it any more.";

/** One room as this client holds it. Not joined, nothing confirmed, at first. */
export class Replica {
  epoch: string | null = null;
  version = 0;
  view: Json = null;
  checksum = 0;
  seat: number | null = null;
  isJoined = false;
  pending: readonly Pending[] = [];
  private isResyncing = false;
  /** Epochs never come back. What still arrives of one that was left is late, and says nothing. */
  private readonly left = new Set<string>();

  constructor(private readonly predict: Predict) {}

  /** What to name in the next `join`, so that the server sends only what is missing. */
  get held(): { readonly epoch: string; readonly version: number; readonly checksum: number } | null {
    return this.epoch === null ? null : { epoch: this.epoch, version: this.version, checksum: this.checksum };
  }

  /** The confirmed view with every pending action on top that the game can predict there. */
  get shown(): Json {
    return this.pending.reduce((view, { action }) => this.predict(view, this.seat, action) ?? view, this.view);
  }

  // ------------------------------------------------------------------ from the server

  /** The answer to `join` or `resync`. */
  joined(answer: JoinedPart): Output[] {
    this.isResyncing = false;
    this.isJoined = true;
    this.seat = answer.seat;
    const out: Output[] = [];
    if (answer.mode === "snapshot" && answer.view !== undefined) {
      this.adopt(answer.epoch, answer.version, answer.view, answer.checksum, out);
    } else if (answer.mode === "patches" && answer.patches !== undefined && answer.epoch === this.epoch) {
      for (const patch of answer.patches) this.apply(patch, out);
    } else {
      const isMine = answer.mode === "current" && answer.epoch === this.epoch;
      if (!isMine || !(answer.version < this.version || answer.checksum === this.checksum)) this.ask(out);
    }
    this.sendUnsent(out);
    return out;
  }

  /** Before the answer to `join` it is ignored: that answer includes it. */
  patch(patch: PatchPart): Output[] {
    const out: Output[] = [];
    if (this.isJoined) this.apply(patch, out);
    return out;
  }

  snapshot(snapshot: SnapshotPart): Output[] {
    const out: Output[] = [];
    if (this.isJoined) this.adopt(snapshot.epoch, snapshot.version, snapshot.view, snapshot.checksum, out);
    return out;
  }

  /** Committed as `version`; it stays pending until that is confirmed here. */
  acted(id: string, version: number): Output[] {
    this.pending = this.pending.map((action) => (action.id === id ? { ...action, version } : action));
    this.dropConfirmed();
    return [];
  }

  /** Not carried out. Unknown ids are ignored (answered twice, or too late). */
  refused(id: string, code: string, message: string): Output[] {
    const out: Output[] = [];
    const gone = this.pending.find((action) => action.id === id);
    if (!gone) return out;
    this.pending = this.pending.filter((action) => action !== gone);
    out.push({ do: "rolled_back", id, code, message, action: gone.action });
    if (code === "epoch_changed" && gone.epoch === this.epoch) this.ask(out);
    return out;
  }

  /** The connection went. What is pending may or may not have arrived; it is kept. */
  lost(): Output[] {
    this.isJoined = false;
    this.isResyncing = false;
    // A server that was restored from a copy may have gone back to one.
    this.left.clear();
    this.pending = this.pending.map((action) => ({ ...action, isSent: false }));
    return [];
  }

  // ------------------------------------------------------------------ from the player

  /** Without a connection it waits for the next `joined`. Before anything was confirmed there is nothing to act on. */
  act(id: string, action: Action): Output[] {
    if (this.epoch === null) throw new Error("act before the first answer to join");
    this.pending = [...this.pending, { id, action, epoch: this.epoch, base: this.version, isSent: false, version: null }];
    const out: Output[] = [];
    if (this.isJoined) this.sendUnsent(out);
    return out;
  }

  /** Takes what was confirmed on an earlier visit. Whatever was heard of since counts more. */
  recall(held: { readonly epoch: string; readonly version: number; readonly checksum: number; readonly view: Json; readonly seat: number | null }): void {
    if (this.epoch !== null) return;
    const { epoch, version, view, seat } = held;
    Object.assign(this, { epoch, version, view, checksum: held.checksum, seat });
  }

  /** Own actions of an earlier visit that nobody answered: before those of this one, each once. */
  resume(waiting: readonly Pick<Pending, "id" | "action" | "epoch" | "base">[]): Output[] {
    const known = new Set(this.pending.map(({ id }) => id));
    const more = waiting.filter(({ id }) => !known.has(id)).map((action) => ({ ...action, isSent: false, version: null }));
    this.pending = [...more, ...this.pending];
    const out: Output[] = [];
    if (this.isJoined) this.sendUnsent(out);
    return out;
  }

  // ------------------------------------------------------------------ inside

  private apply(patch: PatchPart, out: Output[]): void {
    if (this.left.has(patch.epoch)) return;
    if (patch.epoch !== this.epoch) return this.ask(out);
    if (patch.version <= this.version) return;
    if (patch.base !== this.version) return this.ask(out);
    let view: Json;
    let found: number;
    try {
      view = applyPatch(this.view, patch.ops);
      found = checksum(view);
    } catch {
      out.push({ do: "incident", kind: "patch", version: patch.version });
      return this.ask(out);
    }
    if (found !== patch.checksum) {
      out.push({ do: "incident", kind: "checksum", version: patch.version });
      return this.ask(out);
    }
    this.view = view;
    this.version = patch.version;
    this.checksum = found;
    const confirmed = new Set(patch.events.map((event) => event.action_id).filter((id) => id !== null));
    this.pending = this.pending.filter((action) => !confirmed.has(action.id));
    this.dropConfirmed();
  }

  private adopt(epoch: string, version: number, view: Json, stated: number, out: Output[]): void {
    if (this.left.has(epoch) || (epoch === this.epoch && version < this.version)) return;
    let found = -1;
    try {
      found = checksum(view);
    } catch {
      // What canonical JSON lacks has no checksum; it fits none.
    }
    if (found !== stated) {
      out.push({ do: "incident", kind: "checksum", version });
      return this.ask(out);
    }
    if (this.epoch !== null && this.epoch !== epoch) this.left.add(this.epoch);
    this.epoch = epoch;
    this.version = version;
    this.view = view;
    this.checksum = found;
    this.dropConfirmed();
    const gone = this.pending.filter((action) => action.epoch !== epoch);
    this.pending = this.pending.filter((action) => action.epoch === epoch);
    for (const { id, action } of gone) out.push({ do: "rolled_back", id, code: "epoch_changed", message: EPOCH_CHANGED, action });
  }

  private dropConfirmed(): void {
    this.pending = this.pending.filter(
      (action) => action.version === null || action.version > this.version || action.epoch !== this.epoch,
    );
  }

  /** Something the server sent is missing, whatever the versions say. */
  missed(): Output[] {
    const out: Output[] = [];
    if (this.isJoined) this.ask(out);
    return out;
  }

  private ask(out: Output[]): void {
    if (this.isResyncing) return;
    this.isResyncing = true;
    out.push({ do: "resync", epoch: this.epoch ?? "", version: this.version, checksum: this.checksum });
  }

  private sendUnsent(out: Output[]): void {
    for (const { id, action, epoch, base, isSent, version } of this.pending) {
      if (!isSent && version === null) out.push({ do: "act", epoch, id, base, type: action.type, args: action.args });
    }
    this.pending = this.pending.map((action) => (action.version === null ? { ...action, isSent: true } : action));
  }
}
