/**
 * Whose things a browser keeps. A session that ended, or was made anew, makes another player of whoever sits there: tables as
 * the one before saw them, and moves that only that one could send, are not theirs.
 */

import type { Outbox } from "./outbox";
import { roomKey, type Cache, undoneKey } from "./safekeeping";

const OWNER_KEY = "owner";

/** `player` plays here from now on. True: somebody else did before, and nothing of theirs is left in the cache and the outbox. */
export async function takeOver(player: string, cache: Cache | null, outbox: Outbox): Promise<boolean> {
  const before = await cache?.recall(OWNER_KEY);
  if (before === player) return false;
  const isOther = before !== undefined;
  if (isOther) {
    for (const prefix of [roomKey(""), undoneKey("")]) for (const key of (await cache?.keys(prefix)) ?? []) await cache?.forget(key);
    await outbox.disown();
  }
  await cache?.keep(OWNER_KEY, player);
  return isOther;
}
