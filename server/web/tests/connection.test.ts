import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../src/net/connection";
import { POLLING_UNTIL_KEY } from "../src/net/state";
import { backoffMs } from "../src/net/state";
import { type FakeSocket, FakeWorld, settle } from "./fake-world";

const OPEN = '0{"sid":"S","upgrades":[],"pingInterval":10000,"pingTimeout":5000,"maxPayload":16384}';
const CONNECTED = '40{"sid":"C"}';

function start() {
  const world = new FakeWorld();
  const connection = new Connection(world, { websocket: "ws://x/socket.io/", polling: "/socket.io/" });
  const log: string[] = [];
  connection.onOnline = () => log.push("online");
  connection.onEvent = (name) => log.push(name);
  connection.onRefused = (code) => log.push(`refused ${code}`);
  connection.start();
  return { world, connection, log };
}

/** The newest socket, whose server says hello. */
function greet(world: FakeWorld): FakeSocket {
  const socket = world.sockets.at(-1) as FakeSocket;
  socket.receive(OPEN);
  socket.receive(CONNECTED);
  return socket;
}

/** What the newest open poll gets. */
const poll = (world: FakeWorld, body: string) => world.requests.filter((request) => request.method === "GET").at(-1)?.answer(body);

test("websocket first: open, connect, online", () => {
  const { world, connection, log } = start();
  assert.equal(connection.state.status, "connecting");
  const socket = greet(world);
  assert.deepEqual(socket.sent, ["40"]);
  assert.equal(connection.state.status, "connected");
  assert.equal(connection.state.transport, "websocket");
  assert.deepEqual(log, ["online"]);
  assert.equal(world.requests.length, 0);
});

test("a socket that the page opened early is taken over with what it received", async () => {
  const world = new FakeWorld();
  const connection = new Connection(world, { websocket: "ws://x/", polling: "/" });
  const socket = world.openWebSocket("early") as FakeSocket;
  connection.start({ socket, frames: [OPEN, CONNECTED], connectSent: true });
  await settle();
  assert.equal(connection.state.status, "connected");
  assert.deepEqual(socket.sent, []);
  assert.equal(world.sockets.length, 1);
});

/** A page whose first script has joined already; what was received until the client came. */
function joinedEarly(frames: string[]) {
  const world = new FakeWorld();
  const connection = new Connection(world, { websocket: "ws://x/", polling: "/" });
  const heard: unknown[] = [];
  connection.onEvent = (name, payload) => heard.push(`${name} ${(payload as { n: number }).n}`);
  const socket = world.openWebSocket("early") as FakeSocket;
  connection.start({ socket, frames: [OPEN, CONNECTED, ...frames], connectSent: true, asked: '["join",{"room":"R"}]' });
  return { world, connection, socket, heard };
}

test("what the first script asked is answered to who asks the same, and what came meanwhile follows the answer", async () => {
  const { world, connection, socket, heard } = joinedEarly(['430[{"ok":true,"version":7}]', '42["patch",{"n":8}]']);
  await settle();
  assert.equal(heard.length, 0);
  const answer = connection.request("join", { room: "R" }).then((told) => heard.push(told));
  socket.receive('42["patch",{"n":9}]');
  await answer;
  assert.deepEqual(heard.slice(), [{ ok: true, version: 7 }]);
  socket.receive('42["patch",{"n":10}]');
  await world.pass(0);
  socket.receive('42["patch",{"n":11}]');
  assert.deepEqual(heard.slice(1), ["patch 8", "patch 9", "patch 10", "patch 11"]);
  assert.deepEqual(socket.sent, []);
  // Once: the next join is a new one, and acknowledgements do not clash.
  void connection.request("join", { room: "R" });
  assert.deepEqual(socket.sent, ['421["join",{"room":"R"}]']);
});

test("an answer that is still on its way is waited for, and a lost connection says so", async () => {
  const { connection, socket, heard } = joinedEarly([]);
  await settle();
  const answer = connection.request("join", { room: "R" });
  socket.receive('430[{"ok":true}]');
  assert.deepEqual(await answer, { ok: true });
  const other = joinedEarly([]);
  await settle();
  const lost = other.connection.request("join", { room: "R" });
  other.socket.drop();
  assert.equal(((await lost) as { code: string }).code, "connection_lost");
  assert.deepEqual(heard, []);
});

test("who asks for something else hears all from then on, and nothing of before", async () => {
  const { connection, socket, heard } = joinedEarly(['430[{"ok":true}]', '42["patch",{"n":8}]']);
  await settle();
  void connection.request("ping", {});
  void connection.request("join", { room: "R", as: "player" });
  assert.deepEqual(socket.sent, ['421["ping",{}]', '422["join",{"room":"R","as":"player"}]']);
  socket.receive('42["patch",{"n":9}]');
  assert.deepEqual(heard, ["patch 9"]);
});

test("a page that never asks gathers no more than so much", async () => {
  const { connection, socket, heard } = joinedEarly(['430[{"ok":true}]']);
  await settle();
  for (let n = 0; n < 600; n++) socket.receive(`42["frame",{"n":${n}}]`);
  assert.equal(heard[0], "frame 501");
  void connection.request("join", { room: "R" });
  assert.equal(socket.sent.length, 1);
});

test("a websocket that is refused: polling at once, and remembered for ten minutes", async () => {
  const { world, connection } = start();
  world.sockets[0]?.drop();
  assert.equal(connection.state.attempt, 0);
  await poll(world, OPEN);
  await settle();
  assert.equal(world.requests.find((request) => request.method === "POST")?.body, "40");
  await poll(world, CONNECTED);
  assert.equal(connection.state.status, "connected");
  assert.equal(connection.state.transport, "polling");
  assert.equal(Number(world.memory.get(POLLING_UNTIL_KEY)), world.time + 600_000);
  const later = new Connection(world, { websocket: "ws://x/", polling: "/socket.io/" });
  later.start();
  assert.equal(world.sockets.length, 1);
});

test("a websocket that hangs: polling after two seconds", async () => {
  const { world, connection } = start();
  await world.pass(1_999);
  assert.equal(world.requests.length, 0);
  await world.pass(1);
  assert.equal(world.requests.length, 1);
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  assert.equal(connection.state.transport, "polling");
  assert.equal(world.sockets[0]?.isClosed, false);
  await world.pass(8_000);
  assert.equal(world.sockets[0]?.isClosed, true);
});

test("a websocket that is only slow takes over from the polling that began meanwhile", async () => {
  const { world, connection, log } = start();
  await world.pass(2_000);
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  await world.pass(500);
  greet(world);
  assert.equal(connection.state.transport, "websocket");
  assert.equal(world.sockets.length, 1);
  assert.equal(world.memory.has(POLLING_UNTIL_KEY), false);
  assert.deepEqual(log, ["online", "online"]);
});

test("neither has opened yet: the slow websocket still wins", async () => {
  const { world, connection } = start();
  await world.pass(2_500);
  greet(world);
  assert.equal(connection.state.transport, "websocket");
  assert.equal(world.requests[0]?.signal.aborted, true);
});

test("while polling carries the session a websocket is tried beside it, and takes over when it opens", async () => {
  const { world, connection, log } = start();
  world.sockets[0]?.drop();
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  for (let second = 0; second < 60; second += 10) {
    await poll(world, "2");
    for (const post of world.requests.filter((request) => request.method === "POST")) await post.answer("ok");
    await world.pass(10_000);
  }
  assert.equal(world.sockets.length, 2);
  greet(world);
  assert.equal(connection.state.transport, "websocket");
  assert.equal(world.memory.has(POLLING_UNTIL_KEY), false);
  assert.deepEqual(log, ["online", "online"]);
});

test("neither opens: back-off with its spread, then websocket first again", async () => {
  const { world, connection } = start();
  world.sockets[0]?.drop();
  await world.requests[0]?.fail();
  assert.equal(connection.state.status, "reconnecting");
  assert.equal(connection.state.attempt, 1);
  assert.equal(connection.state.retryAt, world.time + 500);
  assert.equal(world.memory.has(POLLING_UNTIL_KEY), false);
  await world.pass(500);
  assert.equal(world.sockets.length, 2);
});

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
