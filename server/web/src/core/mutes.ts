/** Whom this player does not want to read, kept for the next visit. Nobody else hears of it. */

import { signal } from "@preact/signals";
import type { NameStore } from "./identity";

const KEY = "kibitz.muted";
const MUTED_MAX = 200;

/** Who said something: a player's id; for those who only watch no id is known, so it is their name. */
export type Speaker = string;

export class Mutes {
  readonly all = signal<ReadonlySet<Speaker>>(new Set());

  constructor(private readonly store: NameStore) {
    try {
      const kept: unknown = JSON.parse(store.recall(KEY) ?? "[]");
      if (Array.isArray(kept)) this.all.value = new Set(kept.filter((one): one is string => typeof one === "string"));
    } catch {
      // What cannot be read mutes nobody.
    }
  }

  /** Mutes, or hears again. The longest muted is forgotten where there are too many. */
  toggle(speaker: Speaker): void {
    const next = new Set(this.all.value);
    if (!next.delete(speaker)) next.add(speaker);
    this.all.value = new Set([...next].slice(-MUTED_MAX));
    this.store.remember(KEY, this.all.value.size === 0 ? null : JSON.stringify([...this.all.value]));
  }
}

interface Sitting {
  readonly seat: number;
  readonly player: string | null;
  readonly name: string | null;
}

/** Whoever sits there now under that name; a seat may have changed hands since something was said. */
export function speakerOf(said: { readonly seat: number | null; readonly name: string }, seats: readonly Sitting[]): Speaker {
  const sitting = seats.find((one) => one.seat === said.seat);
  return sitting?.player && sitting.name === said.name ? sitting.player : `name:${said.name}`;
}
