import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum } from "../src/core/canonical";
import { RoomSession } from "../src/core/room";
import { canAct, predict, type View } from "../src/games/connect-four/rules";
import type { Json, ShownEvent } from "../src/protocol.gen";
import { FakeWorld, settle } from "./fake-world";
import { OPEN, play } from "./four";

interface Asked {
  readonly name: string;
  readonly payload: { [key: string]: Json };
  answer(value: unknown): Promise<void>;
}

/** A room of two at its first move; the line is in the test's hand. */
async function sit(seat: number | null = 0) {
  const world = new FakeWorld();
  const asked: Asked[] = [];
  let isOnline = true;
  let ids = 0;
  const line = {
    isOnline: () => isOnline,
    request: (name: string, payload: unknown) =>
      new Promise<never>((resolve) =>
        asked.push({
          name,
          payload: payload as Asked["payload"],
          answer: (value) => {
            resolve(value as never);
            return settle();
          },
        }),
      ),
  };
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
  room.useRules({ predict: (view, action, at) => predict(view as View, action, at) as never });
  const view = OPEN as Json;
  const joined = { ok: true, room: "R", game: "connect-four", seat, epoch: "E", version: 4, mode: "snapshot", checksum: checksum(view), at_ms: 5_000, clock_elapsed_ms: 1_000, match: 1, status: "playing", view };
  const joining = room.join();
  await asked.shift()?.answer(joined);
  await joining;
  const take = (name: string): Asked => {
    const found = asked.shift();
    assert.equal(found?.name, name);
    return found as Asked;
  };
  return { world, room, asked, take, joined, setOnline: (on: boolean) => (isOnline = on) };
}

const dropAt = (column: number) => ({ type: "drop", args: { column } });
const cell = (room: RoomSession, row: number, column: number) => (room.view.value as View).board[row]?.[column];

function patchOf(view: View, event: ShownEvent) {
  const next = play(String((event.args as { column: number }).column), view);
  const ops = (["board", "turn", "last"] as const).map((key) => ({ op: "replace", path: `/${key}`, value: next[key] }));
  return { room: "R", epoch: "E", base: event.version - 1, version: event.version, at_ms: 6_000, ops, checksum: checksum(next as Json), events: [event] };
}
const event = (version: number, seat: number, column: number): ShownEvent => ({ epoch: "E", version, at_us: 0, kind: "action", seat, type: "drop", args: { column }, action_id: null });

test("a move is shown at once, and stays one piece when patch and answer come", async () => {
  const { room, take } = await sit();
  assert.equal(room.clockSince.value, 4_000);
  room.act(dropAt(3));
  assert.equal(cell(room, 5, 3), 0);
  assert.equal(room.pending.value.length, 1);
  const act = take("act");
  assert.deepEqual(act.payload, { room: "R", epoch: "E", id: "action-0000000001", base: 4, type: "drop", args: { column: 3 } });
  room.heard("patch", patchOf(OPEN, event(5, 0, 3)));
  assert.equal(cell(room, 4, 3), null);
  await act.answer({ ok: true, version: 5 });
  assert.equal(room.pending.value.length, 0);
  assert.equal(cell(room, 5, 3), 0);
  assert.equal(canAct(room.view.value as View, 0), false);
  assert.equal(room.events.value.length, 1);
});

test("a refused move is taken back, with the reason", async () => {
  const { room, take } = await sit();
  room.act(dropAt(3));
  await take("act").answer({ ok: false, code: "stale", message: "The game moved on." });
  assert.equal(cell(room, 5, 3), null);
  assert.equal(room.undone.value?.code, "stale");
});

test("what the rules forbid is not sent, but told", async () => {
  const { room, asked } = await sit(1);
  room.act(dropAt(3));
  assert.equal(asked.length, 0);
  assert.equal(room.undone.value?.code, "not_your_turn");
});

test("a move made while the connection is away goes out with the next join, under the same id", async () => {
  const { room, take, asked, joined, setOnline } = await sit();
  room.act(dropAt(2));
  const first = take("act");
  setOnline(false);
  room.lost();
  await first.answer({ ok: false, code: "connection_lost", message: "" });
  assert.equal(cell(room, 5, 2), 0);
  setOnline(true);
  const joining = room.join();
  const join = take("join");
  assert.deepEqual(join.payload, { room: "R", epoch: "E", version: 4, checksum: joined.checksum });
  await join.answer({ ...joined, mode: "current", view: undefined });
  await joining;
  assert.deepEqual(take("act").payload, first.payload);
  assert.equal(asked.length, 0);
});

test("no answer in time: the same id again; busy: after the wait that the server names", async () => {
  const { room, world, take } = await sit();
  room.act(dropAt(2));
  await take("act").answer({ ok: false, code: "timeout", message: "" });
  await world.pass(1_000);
  await take("act").answer({ ok: false, code: "room_busy", message: "", retry_ms: 300 });
  await world.pass(300);
  await take("act").answer({ ok: true, version: 5 });
  assert.equal(room.undone.value, null);
});

test("a patch that does not fit asks for the state, once", async () => {
  const { room, take, asked, joined } = await sit();
  const lone = { ...patchOf(OPEN, event(5, 0, 3)), base: 7, version: 8 };
  room.heard("patch", lone);
  room.heard("patch", lone);
  await take("resync").answer(joined);
  assert.equal(asked.length, 0);
});

test("messages of other rooms are not mine", async () => {
  const { room, asked } = await sit();
  room.heard("patch", { ...patchOf(OPEN, event(9, 0, 3)), room: "other" });
  room.heard("chat", { room: "other", text: "x" });
  room.heard("presence", null);
  assert.equal(asked.length, 0);
  assert.equal(room.chat.value.length, 0);
});

test("a full room is watched; an unknown one is said", async () => {
  const { room, take } = await sit();
  const again = room.join("player");
  await take("join").answer({ ok: false, code: "room_full", message: "Every seat is taken." });
  assert.equal(take("join").payload["as"], "spectator");
  assert.equal(room.notice.value?.code, "room_full");
  void again;
  const lost = await sit();
  void lost.room.join();
  await lost.take("join").answer({ ok: false, code: "unknown_room", message: "No." });
  assert.deepEqual(lost.room.standing.value, { phase: "failed", code: "unknown_room", message: "No." });
});

test("chat that came with the join and again as an event is one line", async () => {
  const { room } = await sit();
  const line = { room: "R", seat: 1, name: "Noor", text: "hi", at_ms: 7 };
  room.heard("chat", line);
  room.heard("chat", line);
  assert.equal(room.chat.value.length, 1);
});

test("in real time: frames reach the board, and an act with a tick is sent once, without waiting in line", async () => {
  const { room, take, asked } = await sit();
  room.useRules({ ticksPerSecond: 20, predict: (view) => ({ ok: true, view }) });
  const heard: number[] = [];
  room.live?.listen(({ tick }) => heard.push(tick));
  room.heard("frame", { room: "R", epoch: "E", tick: 7, data: new Uint8Array([1]) });
  assert.deepEqual(heard, [7]);
  room.act({ type: "turn", args: { to: "left" } }, 9);
  const act = take("act");
  assert.deepEqual([act.payload["tick"], act.payload["type"], room.pending.value.length], [9, "turn", 0]);
  await act.answer({ ok: false, code: "connection_lost", message: "" });
  assert.equal(asked.length, 0);
  room.act({ type: "turn", args: { to: "left" } }, 9);
  await take("act").answer({ ok: false, code: "illegal", message: "Too late." });
  assert.equal(room.undone.value?.code, "illegal");
});

test("a clock that an action out of turn left alone is not shown anew", async () => {
  const { room } = await sit();
  const patch = patchOf(OPEN, event(5, 0, 3));
  room.heard("patch", { ...patch, clock_elapsed_ms: 1_500 });
  assert.equal(room.confirmed.version, 5);
  assert.equal(room.clockSince.value, 4_500);
});

test("a move that met a pause waits for its end, and goes out again under its id", async () => {
  const { room, take, asked, world } = await sit();
  const snapshot = (version: number, status: string) => ({ room: "R", epoch: "E", version, view: OPEN, checksum: checksum(OPEN as Json), conflicts: [], at_ms: 9_000, clock_elapsed_ms: 2_000, match: 1, status });
  room.act(dropAt(3));
  const act = take("act");
  room.heard("snapshot", snapshot(5, "paused"));
  assert.equal(room.status.value, "paused");
  assert.equal(room.clockSince.value, 7_000);
  await act.answer({ ok: false, code: "room_paused", message: "" });
  await world.pass(20_000);
  assert.equal(asked.length, 0);
  assert.equal(cell(room, 5, 3), 0);
  room.heard("snapshot", snapshot(6, "playing"));
  assert.deepEqual(take("act").payload, act.payload);
});

test("another epoch takes a move back, in words, and its log begins where the game went back to", async () => {
  const { room, take } = await sit();
  room.heard("patch", patchOf(OPEN, event(5, 0, 3)));
  room.heard("patch", { ...patchOf(play("3"), event(6, 1, 3)) });
  room.act(dropAt(2));
  take("act");
  const back = play("3") as Json;
  room.heard("snapshot", { room: "R", epoch: "F", version: 7, view: back, checksum: checksum(back), conflicts: [], at_ms: 9_000, clock_elapsed_ms: 0, match: 1, status: "playing" });
  assert.equal(room.undone.value?.code, "epoch_changed");
  room.addEvents([{ ...event(7, 0, 0), epoch: "F", kind: "rewound", seat: null, type: null, args: { to_version: 5 } }]);
  assert.deepEqual(room.events.value.map(({ version }) => version), [5, 7]);
});

test("a wrong checksum is an incident, healed by a resync", async () => {
  const { room, take, joined } = await sit();
  room.heard("patch", { ...patchOf(OPEN, event(5, 0, 3)), checksum: 1 });
  assert.deepEqual(room.incidents.value.map(({ kind, version }) => [kind, version]), [["checksum", 5]]);
  const healed = play("3") as Json;
  await take("resync").answer({ ...joined, version: 5, view: healed, checksum: checksum(healed) });
  assert.equal(room.confirmed.version, 5);
});

test("another tab takes the seat, and gives it back when asked; a kicked player only watches", async () => {
  const { room, take, joined } = await sit();
  room.heard("notice", { room: "R", code: "superseded", message: "", data: null });
  assert.deepEqual([room.isSuperseded.value, room.seat.value], [true, null]);
  const again = room.join("player");
  await take("join").answer(joined);
  await again;
  assert.deepEqual([room.isSuperseded.value, room.seat.value], [false, 0]);
  room.heard("notice", { room: "R", code: "kicked", message: "", data: null });
  assert.deepEqual([room.isSuperseded.value, room.isKicked.value, room.seat.value], [false, true, null]);
});

test("a room that stopped after a fault goes on with whatever says that it does: a snapshot, an answer, a move", async () => {
  const { room, joined, take, asked } = await sit();
  const fault = (): void => {
    room.heard("notice", { room: "R", code: "room_faulted", message: "", data: null });
    assert.equal(room.status.value, "faulted");
  };
  fault();
  room.heard("snapshot", { ...joined, status: "faulted" });
  assert.equal(room.status.value, "faulted");
  // Of the same version: nothing happened but that it was released.
  room.heard("snapshot", joined);
  assert.equal(room.status.value, "playing");
  fault();
  room.lost();
  const again = room.join();
  await take("join").answer({ ...joined, mode: "current", view: undefined });
  await again;
  assert.deepEqual([room.status.value, room.standing.value.phase], ["playing", "live"]);
  fault();
  room.heard("patch", patchOf(OPEN, event(5, 0, 3)));
  assert.equal(room.status.value, "playing");
  assert.equal(asked.length, 0);
});

test("a table that could not be joined while it was out of play is shown once it is told", async () => {
  const { room, joined, take } = await sit();
  const again = room.join();
  await take("join").answer({ ok: false, code: "room_faulted", message: "" });
  await again;
  assert.equal(room.standing.value.phase, "failed");
  room.heard("snapshot", joined);
  assert.deepEqual([room.status.value, room.standing.value.phase], ["playing", "live"]);
});
