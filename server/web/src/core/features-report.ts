/** Takes what was noted and tells it in batches. Volatile: what a message cannot carry now is forgotten. */

import type { FeatureName } from "./features";

export interface FeaturesMessage {
  readonly used: readonly { readonly name: FeatureName; readonly count: number }[];
}

/** As many names as one message may carry. */
const NAMES_MAX = 20;
const COUNT_MAX = 1_000;

/** Empties `noted`; null where there is nothing to tell. The most used come first where there are too many. */
export function takeNoted(noted: FeatureName[]): FeaturesMessage | null {
  const counts = new Map<FeatureName, number>();
  for (const name of noted.splice(0)) counts.set(name, Math.min((counts.get(name) ?? 0) + 1, COUNT_MAX));
  const used = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => ({ name, count }));
  return used.length === 0 ? null : { used: used.slice(0, NAMES_MAX) };
}

/** Do Not Track, or Global Privacy Control. */
export function mayCount(asked: { readonly doNotTrack?: string | null; readonly globalPrivacyControl?: boolean }): boolean {
  return asked.doNotTrack !== "1" && asked.globalPrivacyControl !== true;
}
