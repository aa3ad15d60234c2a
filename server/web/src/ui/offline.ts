/**
 * What the page needs for times without a connection, fetched while it rests: the store and the outbox, the service worker,
 * and the bar that offers a new version. In a context without service workers or locks (plain http from another machine) it
 * does what can be done.
 */

import { Courier } from "../core/courier";
import { used } from "../core/features";
import { Drawer, type Locks, Outbox } from "../core/outbox";
import { takeOver } from "../core/owner";
import type { RoomSession } from "../core/room";
import { Safekeeping, undoneKey } from "../core/safekeeping";
import { remember } from "../core/small";
import { Store } from "../core/store";
import { refusal, t } from "../core/say";
import { boot, connection, identity, keepSeenRooms, net, RECENT_KEY, serverNow, toast } from "./app";
import { watchVersion } from "./version";

const locks: Locks = navigator.locks
  ? {
      hold: (name, work, signal) => navigator.locks.request(name, { signal }, work),
      tryHold: (name, work) => navigator.locks.request(name, { ifAvailable: true }, async (lock) => (lock ? (await work(), true) : false)),
    }
  : { hold: (_, work) => work(), tryHold: (_, work) => work().then(() => true) };

const opened = Store.open().catch(() => null);
const outbox = opened.then((store) => new Outbox(store ?? new Drawer(), () => identity.me.peek()?.player_id ?? null));

// ---------------------------------------------------------------- whose it is

/** Done one after the other; nothing that is kept is shown or sent before. */
let settled: Promise<unknown> = Promise.resolve();
identity.me.subscribe((me) => {
  if (!me) return;
  settled = Promise.all([opened, outbox, settled])
    .then(async ([store, box]) => {
      if (!(await takeOver(me.player_id, store, box))) return;
      remember(RECENT_KEY, null);
      keepSeenRooms([]);
      if ("caches" in window) await caches.delete("answers");
    })
    .catch(() => undefined);
});

// ---------------------------------------------------------------- tables

const guarded = new Map<RoomSession, Promise<Safekeeping | null>>();

/** Keeps what happens at a table, and gives back what was kept. */
export function guard(session: RoomSession): void {
  if (session.isClosed) return;
  const made = Promise.all([opened, outbox, settled]).then(async ([store, box]) => {
    if (session.isClosed) return null;
    const keeping = new Safekeeping(session, store, box, locks, (run, ms) => window.setTimeout(run, ms));
    await keeping.start();
    return keeping;
  });
  guarded.set(session, made);
  // Counted where it helped: a move while there was no connection.
  let known = 0;
  session.pending.subscribe((pending) => {
    if (pending.length > known && net.peek().status !== "connected") used("offline_move");
    known = pending.length;
  });
}

export function unguard(session: RoomSession): void {
  void guarded.get(session)?.then((keeping) => keeping?.stop());
  guarded.delete(session);
}

window.addEventListener("pagehide", () => {
  for (const made of guarded.values()) void made.then((keeping) => keeping?.flush());
});

// ---------------------------------------------------------------- what waits

const courier = outbox.then(
  (box) =>
    new Courier(
      box,
      { isOnline: () => net.peek().status === "connected", request: (name, payload, ms) => connection.request(name, payload, ms) as never },
      locks,
      {
        async refused(act, code, message) {
          const action = { type: act.type, args: act.args };
          const store = await opened;
          await store?.keep(undoneKey(act.room), { action, code, message, at: serverNow() }).catch(() => undefined);
          toast(t("A move that you made offline did not count: {why}", { why: refusal(code, message) }));
        },
        later: (run, ms) => void window.setTimeout(run, ms),
      },
    ),
);
let wasConnected = false;
net.subscribe(({ status }) => {
  const isConnected = status === "connected";
  if (isConnected && !wasConnected) void Promise.all([courier, settled]).then(([one]) => one.run());
  wasConnected = isConnected;
});

if (boot.is_worker_on !== false) void watchVersion();
