/** Clocks that a player may choose for a room, where the game declares one among its options. */

import type { Json } from "../protocol.gen";
import { t } from "./say";

/** As rooms' options have it. `clock_ms` null: untimed. A type, not an interface: it is JSON. */
export type TimeControl = {
  readonly clock_ms: number | null;
  readonly increment_ms: number;
};

const BLITZ: TimeControl = { clock_ms: 180_000, increment_ms: 2_000 };
const UNTIMED: TimeControl = { clock_ms: null, increment_ms: 0 };

type Schema = { readonly $ref?: unknown; readonly $defs?: Readonly<Record<string, Schema>>; readonly properties?: Readonly<Record<string, { readonly default?: Json }>> };

/** What to choose from, the game's own default first; nothing where the game has no such clock. `options` is its JSON Schema. */
export function timeControls(options: Json | undefined): readonly TimeControl[] {
  const schema = (options ?? {}) as Schema;
  const fields = (schema.$defs?.[String(schema.$ref).replace("#/$defs/", "")] ?? schema).properties;
  const usual = timeControl({ clock_ms: fields?.["clock_ms"]?.default ?? null, increment_ms: fields?.["increment_ms"]?.default ?? null });
  if (usual === null || usual.clock_ms === null) return [];
  return usual.clock_ms === BLITZ.clock_ms ? [usual, UNTIMED] : [usual, BLITZ, UNTIMED];
}

/** The clock among a room's options; null where its game has none. */
export function timeControl(options: Json | undefined): TimeControl | null {
  const { clock_ms, increment_ms } = (options ?? {}) as { readonly clock_ms?: unknown; readonly increment_ms?: unknown };
  if ((clock_ms !== null && typeof clock_ms !== "number") || typeof increment_ms !== "number") return null;
  return { clock_ms, increment_ms };
}

/** `90 s`, `10 min`. */
export const span = (ms: number): string => (ms % 60_000 === 0 ? t("{n} min", { n: ms / 60_000 }) : t("{n} s", { n: ms / 1_000 }));

/** `10 min + 5 s`, short enough for a button. */
export function clockWords({ clock_ms, increment_ms }: TimeControl): string {
  if (clock_ms === null) return t("No clock");
  return increment_ms === 0 ? span(clock_ms) : `${span(clock_ms)} + ${span(increment_ms)}`;
}

/** As part of a sentence. */
export function clockPhrase(clock: TimeControl): string {
  return clock.clock_ms === null ? t("no clock") : t("{clock} each", { clock: clockWords(clock) });
}
