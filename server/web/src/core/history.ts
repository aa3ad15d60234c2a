/** A room's events as its log shows them: each once, in order, without what a rewind took back. */

import type { Json, ShownEvent } from "../protocol.gen";

export function merge(known: readonly ShownEvent[], more: readonly ShownEvent[]): readonly ShownEvent[] {
  const seen = new Set(known.map((event) => event.version));
  const fresh = more.filter((event) => !seen.has(event.version));
  if (fresh.length === 0) return known;
  const all = [...known, ...fresh].sort((a, b) => a.version - b.version);
  const kept: ShownEvent[] = [];
  for (const event of all) {
    const to = event.kind === "rewound" ? (event.args as { readonly to_version?: Json } | null)?.to_version : undefined;
    if (typeof to === "number") while ((kept.at(-1)?.version ?? 0) > to) kept.pop();
    kept.push(event);
  }
  return kept;
}
