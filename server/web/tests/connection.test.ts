import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "../src/net/state";
import { greet, OPEN, start } from "./fake-server";
import type { FakeSocket } from "./fake-world";

test("back-off grows to fifteen seconds and is spread by half", () => {
  assert.deepEqual([1, 2, 3].map((attempt) => backoffMs(attempt, 0.5)), [500, 800, 1280]);
  assert.equal(backoffMs(99, 0), 7_500);
  assert.equal(backoffMs(99, 0.999), 22_485);
});

test("pings are answered; silence beyond interval and timeout is a loss", async () => {
  const { world, connection } = start();
  const socket = greet(world);
  await world.pass(10_000);
  socket.receive("2");
  assert.equal(socket.sent.at(-1), "3");
  await world.pass(14_999);
  assert.equal(connection.state.status, "connected");
  await world.pass(1);
  assert.equal(connection.state.status, "reconnecting");
  assert.equal(connection.state.reason, "no heartbeat from the server");
});

test("wake leaves out the wait", async () => {
  const { world, connection } = start();
  greet(world).drop();
  assert.equal(connection.state.status, "reconnecting");
  connection.wake();
  assert.equal(world.sockets.length, 2);
  greet(world);
  assert.equal(connection.state.status, "connected");
  assert.equal(connection.state.attempt, 0);
});

test("wake notices a connection that slept through its heartbeat", () => {
  const { world, connection } = start();
  greet(world);
  // Timers of a sleeping tab do not run; only the clock goes on.
  world.time += 60_000;
  connection.wake();
  assert.equal(connection.state.status, "reconnecting");
});

test("the browser is offline: an open websocket says nothing, so it is asked and given up", async () => {
  const { world, connection } = start();
  greet(world);
  world.online = false;
  connection.networkLost();
  await world.pass(2_000);
  assert.equal(connection.state.status, "offline");
  world.online = true;
  connection.wake();
  greet(world);
  assert.equal(connection.state.status, "connected");
});

test("a connection that says nothing at all is given up by the next measurement; one that is only slow is not", async () => {
  const { world, connection } = start();
  const socket = greet(world);
  void connection.check(6_000);
  await world.pass(3_000);
  socket.receive("2");
  await world.pass(3_000);
  assert.equal(connection.state.status, "connected");
  void connection.check(6_000);
  await world.pass(6_000);
  assert.equal(connection.state.status, "reconnecting");
  assert.equal(connection.state.reason, "no answer from the server");
});

test("offline, but the server answers (it is this machine): the connection stays", async () => {
  const { world, connection } = start();
  const socket = greet(world);
  world.online = false;
  connection.networkLost();
  socket.receive(`43${ackId(socket)}[{"ok":true,"sent_ms":1,"server_ms":2}]`);
  await world.pass(5_000);
  assert.equal(connection.state.status, "connected");
});

test("a drain is obeyed: the next try comes about when the server said", async () => {
  const { world, connection } = start();
  const socket = greet(world);
  connection.announceDrain(3_000);
  socket.drop(1001);
  assert.equal(connection.state.retryAt, world.time + 3_300);
});

test("requests: acks by id, timeout, loss, no connection", async () => {
  const { world, connection } = start();
  assert.equal((await connection.request("a", {})as { code: string }).code, "offline");
  const socket = greet(world);
  const first = connection.request("act", { n: 1 });
  const second = connection.request("act", { n: 2 });
  assert.deepEqual(socket.sent.slice(1), ['420["act",{"n":1}]', '421["act",{"n":2}]']);
  socket.receive('431[{"ok":true,"version":2}]');
  socket.receive('430[{"ok":true,"version":1}]');
  assert.deepEqual([await first, await second], [{ ok: true, version: 1 }, { ok: true, version: 2 }]);
  const late = connection.request("act", {}, 4_000);
  await world.pass(4_000);
  assert.equal(((await late) as { code: string }).code, "timeout");
  const gone = connection.request("act", {});
  socket.drop();
  assert.equal(((await gone) as { code: string }).code, "connection_lost");
});

test("latency is smoothed, the server's clock measured", async () => {
  const { world, connection } = start();
  const socket = greet(world);
  const offsets: number[] = [];
  connection.onServerTime = (offset) => offsets.push(offset);
  for (const trip of [100, 200]) {
    const measured = connection.measure();
    world.time += trip;
    socket.receive(`43${ackId(socket)}[{"ok":true,"sent_ms":0,"server_ms":${world.time - trip / 2 + 5_000}}]`);
    await measured;
  }
  assert.equal(connection.state.latencyMs, 120);
  assert.deepEqual(offsets, [5_000, 5_000]);
});

test("a refused session ends the tries and says its code", () => {
  const { world, connection, log } = start();
  const socket = world.sockets[0];
  socket?.receive(OPEN);
  socket?.receive('44{"message":"There is no session.","data":{"code":"unauthenticated"}}');
  assert.equal(connection.state.status, "closed");
  assert.deepEqual(log, ["refused unauthenticated"]);
  assert.equal(world.timerCount, 0);
});

test("what an older link still says is not heard", () => {
  const { world, connection, log } = start();
  const old = greet(world);
  old.drop();
  connection.wake();
  old.receive('42["patch",{}]');
  assert.deepEqual(log, ["online"]);
  greet(world);
  assert.deepEqual(log, ["online", "online"]);
});

test("stop leaves no timer behind", () => {
  const { world, connection } = start();
  greet(world);
  connection.stop("done");
  assert.equal(world.timerCount, 0);
  assert.equal(world.sockets[0]?.isClosed, true);
});

function ackId(socket: FakeSocket): string {
  return /^42(\d+)/.exec(socket.sent.at(-1) ?? "")?.[1] ?? "none";
}
