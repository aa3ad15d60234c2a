import assert from "node:assert/strict";
import { test } from "node:test";
import { CALM, LabWire, type LabSettings } from "../src/net/lab-wire";
import { FakeSocket, FakeWorld, settle } from "./fake-world";

function open(settings: Partial<LabSettings> = {}) {
  const world = new FakeWorld();
  const lab = new LabWire(world);
  lab.settings = { ...CALM, ...settings };
  lab.install();
  const socket = world.openWebSocket("ws://x");
  const real = world.sockets[0] as FakeSocket;
  const heard: unknown[] = [];
  const closed: number[] = [];
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onclose = ({ code }) => closed.push(code);
  return { world, lab, socket, real, heard, closed };
}

test("a calm wire changes nothing", () => {
  const { socket, real, heard } = open();
  socket.send("40");
  real.receive("40{}");
  assert.deepEqual([real.sent, heard], [["40"], ["40{}"]]);
});

test("half the latency each way, with jitter, and nothing overtakes", async () => {
  const { world, socket, real, heard } = open({ latencyMs: 300, jitterMs: 100 });
  world.chance = 0.9;
  real.receive("one");
  world.chance = 0;
  real.receive("two");
  socket.send("out");
  await world.pass(150);
  assert.deepEqual([real.sent, heard], [["out"], []]);
  await world.pass(90);
  assert.deepEqual(heard, ["one", "two"]);
});

test("timers that fire in another order than they were set change nothing", () => {
  const { world, real, heard } = open({ latencyMs: 100 });
  const timers: (() => void)[] = [];
  world.setTimeout = (run) => timers.push(run);
  for (const data of ["text", "attachment", "text again"]) real.receive(data);
  for (const fire of timers.reverse()) fire();
  assert.deepEqual(heard, ["text", "attachment", "text again"]);
});

test("what is lost comes later; a frame and its attachment never do", async () => {
  const { world, lab, real, heard } = open({ lossPercent: 50 });
  world.chance = 0.4;
  real.receive('42["patch",{}]');
  real.receive('451-["frame",{"data":{"_placeholder":true,"num":0}}]');
  real.receive(new ArrayBuffer(3));
  await world.pass(199);
  assert.deepEqual(heard, []);
  await world.pass(1);
  assert.deepEqual(heard, ['42["patch",{}]']);
  assert.deepEqual(lab.seen.map(({ note }) => note), ["dropped", "lost, comes again"]);
});

test("dropping ends the connection at once, and what was on its way is gone", async () => {
  const { world, lab, real, heard, closed } = open({ latencyMs: 400 });
  real.receive("late");
  lab.drop();
  assert.deepEqual([closed, real.isClosed], [[1006], true]);
  await world.pass(1_000);
  assert.deepEqual([heard, closed], [[], [1006]]);
});

test("a spoiled patch has another checksum, once", () => {
  const { lab, real, heard } = open();
  lab.spoilNext();
  const patch = '42["patch",{"ops":[{"value":{"checksum":4}}],"checksum":6,"events":[]}]';
  real.receive('42["chat",{"checksum":6}]');
  real.receive(patch);
  real.receive(patch);
  assert.deepEqual(heard.slice(1), [patch.replace('"checksum":6', '"checksum":7'), patch]);
});

test("polling only: no websocket opens, and requests are as slow", async () => {
  const { world, lab } = open();
  lab.settings = { ...CALM, latencyMs: 200, isPollingOnly: true };
  assert.throws(() => world.openWebSocket("ws://x"));
  const answers: string[] = [];
  void world.request("GET", "/poll", null, new AbortController().signal).then(({ text }) => answers.push(text));
  await world.pass(100);
  await world.requests[0]?.answer("40{}");
  assert.deepEqual(answers, []);
  await world.pass(100);
  assert.deepEqual(answers, ["40{}"]);
});

test("dropping fails requests that are on their way", async () => {
  const { world, lab } = open();
  const failed: string[] = [];
  world.request("GET", "/poll", null, new AbortController().signal).catch((error: Error) => failed.push(error.message));
  await settle();
  lab.drop();
  await settle();
  assert.deepEqual(failed, ["dropped in the lab"]);
});

test("without the lab the wire is as it was", () => {
  const { world, lab } = open({ latencyMs: 900 });
  lab.settings = { ...CALM, isPollingOnly: true };
  lab.uninstall();
  assert.ok(world.openWebSocket("ws://y") instanceof FakeSocket);
});
