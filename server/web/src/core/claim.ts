/**
 * One tab at a time where the browser has no locks (plain http from another machine): a note in `localStorage` says whose turn
 * it is. Two notes written at once are told apart by waiting: the last one counts, and a note that is old counts for nothing.
 */

import type { NameStore } from "./identity";
import { recall, remember } from "./small";

const CLAIM_KEY = "kibitz.claim";
/** Longer than a write takes to reach other tabs; half as much again by chance, so that two do not go on in step. */
const SETTLE_MS = 40;
/** A tab that was closed meanwhile keeps the others waiting no longer than this. */
const CLAIM_MS = 6_000;

export interface ClaimWorld {
  now(): number;
  random(): number;
  wait(ms: number): Promise<void>;
}

const browser: ClaimWorld = { now: () => Date.now(), random: Math.random, wait: (ms) => new Promise((go) => setTimeout(go, ms)) };

/** Runs `work` alone. Where nothing can be stored, other tabs know nothing of this one either: it runs at once. */
export async function claimed<T>(work: () => Promise<T>, store: NameStore = { recall, remember }, world: ClaimWorld = browser): Promise<T> {
  const me = String(world.random());
  for (let isMine = false; !isMine; ) {
    if (Number(store.recall(CLAIM_KEY)?.split(" ")[1] ?? 0) <= world.now()) store.remember(CLAIM_KEY, `${me} ${world.now() + CLAIM_MS}`);
    const claim = store.recall(CLAIM_KEY);
    if (claim === null) return work();
    await world.wait(SETTLE_MS * (1 + world.random() / 2));
    isMine = claim.startsWith(`${me} `) && store.recall(CLAIM_KEY) === claim;
  }
  try {
    return await work();
  } finally {
    if (store.recall(CLAIM_KEY)?.startsWith(`${me} `)) store.remember(CLAIM_KEY, null);
  }
}
