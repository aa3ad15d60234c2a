import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../src/net/connection";
import { POLLING_UNTIL_KEY } from "../src/net/state";
import { CONNECTED, greet, OPEN, poll, start } from "./fake-server";
import { settle } from "./fake-world";

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

test("what is on its way by polling is answered before the session moves over: else the older join may come last and take the seat", async () => {
  const { world, connection, log } = start();
  await world.pass(2_000);
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  const joined = connection.request("join", { room: "R" }).then((answer) => log.push((answer as { ok: boolean }).ok ? "joined" : "not joined"));
  const socket = world.sockets[0];
  socket?.receive(OPEN);
  await world.pass(100);
  assert.deepEqual(socket?.sent, []);
  assert.equal(connection.state.transport, "polling");
  await poll(world, '430[{"ok":true}]');
  await world.pass(0);
  await joined;
  assert.deepEqual(socket?.sent, ["40"]);
  assert.equal(connection.state.status, "connecting");
  socket?.receive(CONNECTED);
  assert.equal(connection.state.transport, "websocket");
  assert.deepEqual(log, ["online", "joined", "online"]);
});

test("an answer that never comes by polling does not keep the session there", async () => {
  const { world, connection } = start();
  await world.pass(2_000);
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  void connection.request("join", { room: "R" }, 5_000);
  world.sockets[0]?.receive(OPEN);
  await world.pass(5_000);
  world.sockets[0]?.receive(CONNECTED);
  assert.equal(connection.state.transport, "websocket");
});

test("a websocket that closes while it waits to take over is tried again a minute later", async () => {
  const { world, connection } = start();
  await world.pass(2_000);
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  void connection.request("act", {}, 500_000);
  world.sockets[0]?.receive(OPEN);
  world.sockets[0]?.drop();
  for (let second = 0; second < 60; second += 10) {
    await poll(world, "2");
    for (const post of world.requests.filter((request) => request.method === "POST")) await post.answer("ok");
    await world.pass(10_000);
  }
  assert.equal(connection.state.transport, "polling");
  assert.equal(world.sockets.length, 2);
});

test("by polling, too, an answer is taken in before the patch that came with it", async () => {
  const { world, connection, log } = start();
  world.sockets[0]?.drop();
  await poll(world, OPEN);
  await poll(world, CONNECTED);
  void connection
    .request("join", { room: "R" })
    .then((answer) => answer)
    .then(() => log.push("joined"));
  await poll(world, '430[{"ok":true}]\x1e42["patch",{}]\x1e42["presence",{}]');
  await world.pass(0);
  assert.deepEqual(log, ["online", "joined", "patch", "presence"]);
});
