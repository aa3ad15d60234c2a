/**
 * The client's half of sync: the confirmed view, and the actions that the server has not answered yet on top of it.
 * Pure: messages go in, a verdict comes out; the caller sends. The same cases judge it and the server's Python twin
 * (tests/cases/sync).
 */

import type { Json, Patch, ShownEvent } from "../protocol.gen";
import { canonical, checksum } from "./canonical";
import { applyPatch } from "./patch";

export interface Action {
  readonly type: string;
  readonly args: Json;
}

export interface Pending {
  readonly id: string;
  readonly action: Action;
  /** Sent with the action, and again with each retry: the same id must stay the same message. */
  readonly epoch: string;
  readonly base: number;
  /** The version that the server accepted it as; it stays on top of the view until that version is here. */
  readonly acceptedAs: number | null;
}

/** Gives the view after an action, or null where the action cannot be shown on this view. */
export type Predict = (view: Json, action: Action) => Json | null;

export type Verdict = "applied" | "ignored" | "resync";

export interface StateMessage {
  readonly epoch: string;
  readonly version: number;
  readonly view: Json;
  readonly checksum: number;
}

export class Reconciler {
  epoch: string | null = null;
  version = 0;
  confirmed: Json = null;
  checksum = 0;
  pending: readonly Pending[] = [];

  get hasState(): boolean {
    return this.epoch !== null;
  }

  /** What the player is shown. */
  shown(predict: Predict): Json {
    return this.pending.reduce((view, { action }) => predict(view, action) ?? view, this.confirmed);
  }

  add(id: string, action: Action): Pending {
    if (this.epoch === null) throw new Error("no state to act on yet");
    const pending: Pending = { id, action, epoch: this.epoch, base: this.version, acceptedAs: null };
    this.pending = [...this.pending, pending];
    return pending;
  }

  /** The whole state. An older one of the same epoch is old news; another epoch makes pending actions void. */
  snapshot(message: StateMessage): Verdict {
    if (message.epoch === this.epoch && message.version < this.version) return "ignored";
    if (checksum(message.view) !== message.checksum) return "resync";
    this.epoch = message.epoch;
    this.version = message.version;
    this.confirmed = message.view;
    this.checksum = message.checksum;
    this.settle();
    return "applied";
  }

  /** `seat`: whose actions among the events are mine. */
  patch(message: Patch, seat: number | null): Verdict {
    if (this.epoch === null || message.epoch !== this.epoch) return "resync";
    if (message.version <= this.version) return "ignored";
    if (message.base !== this.version) return "resync";
    let next: Json;
    try {
      next = applyPatch(this.confirmed, message.ops);
    } catch {
      return "resync";
    }
    if (checksum(next) !== message.checksum) return "resync";
    this.confirmed = next;
    this.version = message.version;
    this.checksum = message.checksum;
    this.land(message.events, seat);
    this.settle();
    return "applied";
  }

  /** The server took the action as `version`. */
  accepted(id: string, version: number): void {
    this.pending = this.pending.map((p) => (p.id === id ? { ...p, acceptedAs: version } : p));
    this.settle();
  }

  /** The action will not happen; gives it back, so that the player can be told. */
  drop(id: string): Pending | null {
    const found = this.pending.find((p) => p.id === id) ?? null;
    this.pending = this.pending.filter((p) => p.id !== id);
    return found;
  }

  /** Pending actions of another epoch than the state's: the server would refuse them. */
  voided(): readonly Pending[] {
    return this.pending.filter((p) => p.epoch !== this.epoch);
  }

  private settle(): void {
    this.pending = this.pending.filter((p) => p.acceptedAs === null || p.epoch !== this.epoch || p.acceptedAs > this.version);
  }

  /**
   * A patch can come before its action's answer, and its events are the same bytes for all viewers, so they name no action
   * ids: the oldest pending action that looks the same is the one. Without this it would be shown twice for a moment.
   */
  private land(events: readonly ShownEvent[], seat: number | null): void {
    if (seat === null) return;
    for (const event of events) {
      if (event.kind !== "action" || event.seat !== seat) continue;
      const looks = canonical([event.type, event.args]);
      const mine = this.pending.find(
        (p) => p.acceptedAs === null && (event.action_id ? p.id === event.action_id : canonical([p.action.type, p.action.args]) === looks),
      );
      if (mine) this.pending = this.pending.map((p) => (p === mine ? { ...p, acceptedAs: event.version } : p));
    }
  }
}
