import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../src/net/connection";
import { CONNECTED, OPEN } from "./fake-server";
import { type FakeSocket, FakeWorld, settle } from "./fake-world";

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
