import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum } from "../src/core/canonical";
import { Courier } from "../src/core/courier";
import { Drawer, type Locks, Outbox, tableLock, type Waiting } from "../src/core/outbox";
import { takeOver } from "../src/core/owner";
import { RoomSession } from "../src/core/room";
import { type Cache, Safekeeping } from "../src/core/safekeeping";
import { predict, type View } from "../src/games/connect-four/rules";
import type { Json } from "../src/protocol.gen";
import { FakeWorld, settle } from "./fake-world";
import { OPEN, play } from "./four";

/** Locks of one browser, for all its tabs. */
class TabLocks implements Locks {
  private readonly queues = new Map<string, Promise<void>>();

  hold(name: string, work: () => Promise<void>, wait: AbortSignal): Promise<void> {
    const before = this.queues.get(name) ?? Promise.resolve();
    const run = before.then(() => (wait.aborted ? undefined : work())).then(() => {
      if (this.queues.get(name) === run) this.queues.delete(name);
    });
    this.queues.set(name, run);
    return run;
  }

  async tryHold(name: string, work: () => Promise<void>): Promise<boolean> {
    if (this.queues.has(name)) return false;
    await this.hold(name, work, new AbortController().signal);
    return true;
  }
}

class Kept implements Cache {
  readonly values = new Map<string, unknown>();
  recall = (key: string): Promise<unknown> => Promise.resolve(structuredClone(this.values.get(key)));
  keep = (key: string, value: unknown): Promise<void> => Promise.resolve(void this.values.set(key, structuredClone(value)));
  forget = (key: string): Promise<void> => Promise.resolve(void this.values.delete(key));
  keys = (prefix: string): Promise<string[]> => Promise.resolve([...this.values.keys()].filter((key) => key.startsWith(prefix)));
}

interface Asked {
  readonly name: string;
  readonly payload: { readonly [key: string]: Json };
  answer(value: unknown): Promise<void>;
}

/** A line whose answers the test gives. */
function makeLine() {
  const asked: Asked[] = [];
  const line = {
    isOnline: () => line.on,
    on: true,
    request: (name: string, payload: unknown) =>
      new Promise<never>((resolve) => {
        const answer = async (value: unknown): Promise<void> => {
          resolve(value as never);
          for (let turn = 0; turn < 8; turn++) await settle();
        };
        asked.push({ name, payload: payload as Asked["payload"], answer });
      }),
  };
  const take = (name: string): Asked => {
    const found = asked.shift();
    assert.equal(found?.name, name);
    return found as Asked;
  };
  return { line, asked, take };
}

const later = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await settle();
};

const act = (id: string, room = "R", column = 3): Omit<Waiting, "n"> => ({ id, room, seat: 0, epoch: "E", basedOn: 4, type: "drop", args: { column } });

function makeCourier(locks = new TabLocks()) {
  const outbox = new Outbox(new Drawer(), () => "ann");
  const waits: (() => void)[] = [];
  const { line, asked, take } = makeLine();
  const told: string[] = [];
  const courier = new Courier(outbox, line, locks, {
    refused: (waiting, code) => Promise.resolve(void told.push(`${waiting.id} ${code}`)),
    later: (run) => void waits.push(run),
  });
  return { courier, outbox, asked, take, told, locks, waits };
}

test("sent in order, each after the answer to the one before: answers remove, refusals are told, silence keeps", async () => {
  const { courier, outbox, asked, take, told } = makeCourier();
  for (const id of ["a", "b", "c"]) await outbox.add(act(id));
  const run = courier.run();
  await later();
  const first = take("act");
  assert.deepEqual(first.payload, { room: "R", epoch: "E", id: "a", base: 4, type: "drop", args: { column: 3 }, seat: 0 });
  assert.equal(asked.length, 0);
  await first.answer({ ok: true, version: 5 });
  await take("act").answer({ ok: false, code: "epoch_changed", message: "" });
  await take("act").answer({ ok: false, code: "connection_lost", message: "" });
  await run;
  assert.deepEqual(told, ["b epoch_changed"]);
  assert.deepEqual((await outbox.waiting()).map(({ id }) => id), ["c"]);
});

test("a table that another tab shows sends for itself", async () => {
  const { courier, outbox, asked, locks, told } = makeCourier();
  await outbox.add(act("a"));
  void locks.hold(tableLock("R"), () => new Promise(() => undefined), new AbortController().signal);
  await courier.run();
  assert.equal(asked.length, 0);
  assert.deepEqual(told, []);
});

test("no table is joined for it: who sits there on another device stays, and a seat that is gone is told", async () => {
  const { courier, outbox, asked, take, told } = makeCourier();
  await outbox.add(act("a"));
  const run = courier.run();
  await later();
  await take("act").answer({ ok: false, code: "not_seated", message: "" });
  await run;
  assert.equal(asked.length, 0);
  assert.deepEqual(told, ["a not_seated"]);
  assert.deepEqual(await outbox.waiting(), []);
});

test("a room that is gone refuses all of them", async () => {
  const { courier, outbox, take, told } = makeCourier();
  await outbox.add(act("a"));
  await outbox.add(act("b"));
  const run = courier.run();
  await later();
  await take("act").answer({ ok: false, code: "unknown_room", message: "" });
  await take("act").answer({ ok: false, code: "unknown_room", message: "" });
  await run;
  assert.deepEqual(told, ["a unknown_room", "b unknown_room"]);
});

test("a connection that was lost between two acts costs none of them, and the next one sends the rest", async () => {
  const { courier, outbox, take, told } = makeCourier();
  for (const id of ["a", "b"]) await outbox.add(act(id));
  const run = courier.run();
  await later();
  await take("act").answer({ ok: true, version: 5 });
  await take("act").answer({ ok: false, code: "connection_lost", message: "" });
  await run;
  assert.deepEqual((await outbox.waiting()).map(({ id }) => id), ["b"]);
  void courier.run();
  await later();
  const again = take("act");
  assert.equal(again.payload["id"], "b");
  await again.answer({ ok: true, version: 6 });
  assert.deepEqual([told, await outbox.waiting()], [[], []]);
});

test("a room that says `not now` is left alone for a while, however often there is a new connection", async () => {
  const { courier, outbox, asked, take, told, waits } = makeCourier();
  await outbox.add(act("a"));
  const run = courier.run();
  await later();
  await take("act").answer({ ok: false, code: "room_paused", message: "" });
  await run;
  assert.deepEqual(told, []);
  await courier.run();
  assert.equal(asked.length, 0);
  assert.equal(waits.length, 1);
  waits[0]?.();
  await later();
  await take("act").answer({ ok: true, version: 5 });
  assert.deepEqual(await outbox.waiting(), []);
});

test("an act of another player is nobody else's to send", async () => {
  const { courier, outbox, asked, told } = makeCourier();
  const shelf = new Drawer();
  await new Outbox(shelf, () => "bo").add(act("b"));
  const mine = new Outbox(shelf, () => "ann");
  await mine.add(act("a"));
  assert.deepEqual((await mine.waiting()).map(({ id }) => id), ["a"]);
  await new Outbox(shelf, () => "ann").disown();
  assert.deepEqual((await shelf.all()).map(({ id }) => id), ["a"]);
  // Kept before acts told whose they are.
  await shelf.add(act("old"));
  assert.deepEqual((await mine.waiting()).map(({ id }) => id), ["a", "old"]);
  await courier.run();
  assert.deepEqual([asked.length, told.length, (await outbox.waiting()).length], [0, 0, 0]);
});

test("another player at this browser finds nothing of who was here before", async () => {
  const cache = new Kept();
  const shelf = new Drawer();
  for (const key of ["room:R", "undone:R", "schema"]) await cache.keep(key, 1);
  const own = (player: string) => takeOver(player, cache, new Outbox(shelf, () => player));
  assert.equal(await own("bo"), false);
  await new Outbox(shelf, () => "bo").add(act("b"));
  assert.equal(await own("bo"), false);
  assert.equal(cache.values.has("room:R"), true);
  assert.equal(await own("ann"), true);
  assert.deepEqual([...cache.values.keys()], ["schema", "owner"]);
  assert.deepEqual(await shelf.all(), []);
});

// ---------------------------------------------------------------- a table

/** What two visits, or two tabs, of one browser share. */
function makeBrowser() {
  const outbox = new Outbox(new Drawer(), () => "ann");
  const cache = new Kept();
  const locks = new TabLocks();
  const world = new FakeWorld();
  let ids = 0;
  const visit = async () => {
    const { line, asked, take } = makeLine();
    const room = new RoomSession(
      "R",
      line,
      {
        now: () => world.time,
        monotonic: () => world.time,
        setTimeout: (run, ms) => world.setTimeout(run, ms),
        latencyMs: () => null,
        newActionId: () => `action-${String(++ids).padStart(10, "0")}`,
        afterPaint: (run) => run(),
        history: () => Promise.resolve([]),
      },
      null,
    );
    room.useRules({ predict: (view, action, seat) => predict(view as View, action, seat) as never });
    const keeping = new Safekeeping(room, cache, outbox, locks, (run, ms) => world.setTimeout(run, ms));
    await keeping.start();
    await later();
    return { room, keeping, line, asked, take };
  };
  return { outbox, cache, visit, ids: async () => (await outbox.waiting()).map(({ id }) => id) };
}

const joined = (view: View, version = 4, seat: number | null = 0, epoch = "E") => ({
  ...{ ok: true, room: "R", game: "connect-four", seat, epoch, version, mode: "snapshot", checksum: checksum(view as Json) },
  ...{ at_ms: 5_000, clock_elapsed_ms: 0, match: 1, status: "playing", view },
});
const drop = { type: "drop", args: { column: 3 } };
const owner = (room: RoomSession): number | null | undefined => (room.view.value as View).board[5]?.[3];

test("a move without a connection survives its page: shown again, sent once, gone when it was answered", async () => {
  const browser = makeBrowser();
  const first = await browser.visit();
  void first.room.join();
  await first.take("join").answer(joined(OPEN));
  first.line.on = false;
  first.room.lost();
  first.room.act(drop);
  await later();
  assert.deepEqual(await browser.ids(), ["action-0000000001"]);
  await first.keeping.stop();
  first.room.close();

  const second = await browser.visit();
  assert.equal(second.room.seat.value, 0);
  assert.equal(second.room.pending.value.length, 1);
  assert.equal(owner(second.room), 0);
  void second.room.join();
  const join = second.take("join");
  assert.equal(join.payload["version"], 4);
  await join.answer({ ...joined(OPEN), mode: "current", view: undefined });
  const sent = second.take("act");
  assert.deepEqual(sent.payload, { room: "R", epoch: "E", id: "action-0000000001", base: 4, type: "drop", args: { column: 3 } });
  await sent.answer({ ok: true, version: 5 });
  assert.equal(second.asked.length, 0);
  second.room.heard("snapshot", { room: "R", epoch: "E", version: 5, view: play("3", OPEN), checksum: checksum(play("3", OPEN) as Json), conflicts: [], at_ms: 6_000, match: 1, status: "playing", clock_elapsed_ms: 0 });
  await later();
  assert.equal(second.room.pending.value.length, 0);
  assert.deepEqual(await browser.ids(), []);
});

test("what happened is kept with the table; of another history it is asked for anew", async () => {
  const browser = makeBrowser();
  const told = (version: number) => ({ epoch: "E", version, at_us: 1, kind: "action", seat: 0, type: "drop", args: { column: 3 }, action_id: null });
  const first = await browser.visit();
  void first.room.join();
  await first.take("join").answer(joined(OPEN));
  first.room.addEvents([told(3), told(4)]);
  await later();
  await first.keeping.stop();
  first.room.close();
  const second = await browser.visit();
  assert.deepEqual(second.room.events.value.map(({ version }) => version), [3, 4]);
  void second.room.join();
  await second.take("join").answer(joined(OPEN, 2, 0, "LATER"));
  assert.deepEqual(second.room.events.value, []);
});

test("nothing was kept of the table: the move waits until the server told, and then it is sent", async () => {
  const browser = makeBrowser();
  await browser.outbox.add(act("action-kept-before"));
  const { room, take } = await browser.visit();
  assert.deepEqual(await browser.ids(), ["action-kept-before"]);
  void room.join();
  await take("join").answer(joined(OPEN));
  await later();
  assert.equal(take("act").payload["id"], "action-kept-before");
  assert.deepEqual(await browser.ids(), ["action-kept-before"]);
});

test("a refusal takes the move back and out of the outbox; one of another history is refused by the server", async () => {
  const browser = makeBrowser();
  await browser.outbox.add({ ...act("action-kept-before"), epoch: "OLD" });
  const { room, take } = await browser.visit();
  void room.join();
  await take("join").answer(joined(OPEN));
  await later();
  const sent = take("act");
  assert.equal(sent.payload["epoch"], "OLD");
  await sent.answer({ ok: false, code: "epoch_changed", message: "The history changed." });
  await later();
  assert.equal(room.undone.value?.code, "epoch_changed");
  assert.deepEqual(await browser.ids(), []);
});

test("from another seat than the one that it was done on nothing is sent", async () => {
  const browser = makeBrowser();
  await browser.outbox.add(act("action-kept-before"));
  const { room, take, asked } = await browser.visit();
  void room.join();
  await take("join").answer(joined(OPEN, 4, 1));
  await later();
  assert.equal(asked.length, 0);
  assert.equal(room.undone.value?.code, "not_seated");
  assert.deepEqual(await browser.ids(), []);
});

test("two tabs at one table: the move goes with the seat", async () => {
  const browser = makeBrowser();
  await browser.outbox.add(act("action-kept-before"));
  const old = await browser.visit();
  const young = await browser.visit();
  void old.room.join();
  await old.take("join").answer(joined(OPEN));
  await later();
  const sent = old.take("act");
  void young.room.join();
  await young.take("join").answer(joined(OPEN));
  await later();
  assert.equal(young.asked.length, 0);
  // The seat went to the younger tab before the act arrived.
  old.room.heard("notice", { room: "R", code: "superseded", message: "", data: null });
  await sent.answer({ ok: false, code: "not_seated", message: "" });
  await later();
  assert.equal(old.room.undone.value, null);
  const again = young.take("act");
  assert.equal(again.payload["id"], "action-kept-before");
  await again.answer({ ok: true, version: 4 });
  await later();
  assert.deepEqual(await browser.ids(), []);
});

test("who gives the seat up wants nothing sent any more", async () => {
  const browser = makeBrowser();
  const { room, keeping, take, line } = await browser.visit();
  void room.join();
  await take("join").answer(joined(OPEN));
  line.on = false;
  room.lost();
  room.act(drop);
  await later();
  void room.leave();
  await keeping.stop();
  assert.deepEqual(await browser.ids(), []);
  assert.equal(browser.cache.values.has("room:R"), false);
});
