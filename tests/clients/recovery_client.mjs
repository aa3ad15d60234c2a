// State recovery as the official JavaScript client knows it, against an echo server with `--recovery`.
import assert from "node:assert/strict";
import { serve } from "./scenario_driver.mjs";

/** A client that only comes back when it is told to, so that nothing depends on who is faster. */
async function connected(stage, namespace = "/") {
  const socket = stage.open(namespace, { reconnection: false });
  await event(socket, "connect");
  return socket;
}

const event = (socket, name) => new Promise((resolve) => socket.once(name, (...args) => resolve(args)));

/** What listeners get; without the offset, which they see as one more argument. */
function collect(socket, name) {
  const got = [];
  socket.on(name, (...args) => got.push(args.slice(0, -1)));
  return got;
}

async function drop(socket) {
  const gone = event(socket, "disconnect");
  socket.io.engine.close();
  await gone;
}

async function comeBack(socket) {
  const back = event(socket, "connect");
  socket.connect();
  await back;
}

/** Everything that the server sent before has come: an answer comes behind it. */
const caughtUp = (socket) => socket.emitWithAck("enter", "nowhere");

const scenarios = {
  async missed_events(stage) {
    const [socket, other] = [await connected(stage), await connected(stage)];
    const said = collect(socket, "said");
    await socket.emitWithAck("enter", "room");
    await other.emitWithAck("say", "room", 1);
    await caughtUp(socket);
    const id = socket.id;
    await drop(socket);
    for (const n of [2, 3]) await other.emitWithAck("say", "room", n, { deep: [n] });
    await other.emitWithAck("say", "elsewhere", "not mine");
    await comeBack(socket);
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    await caughtUp(socket);
    assert.deepEqual(said, [[1], [2, { deep: [2] }], [3, { deep: [3] }]]);
    await other.emitWithAck("say", "room", 4);
    await caughtUp(socket);
    assert.deepEqual(said.at(-1), [4]);
  },

  async before_the_first_event(stage) {
    const [socket, other] = [await connected(stage, "/quiet"), await connected(stage, "/quiet")];
    const said = collect(socket, "said");
    await socket.emitWithAck("enter", "room");
    await drop(socket);
    await comeBack(socket);
    assert.equal(socket.recovered, true);
    await drop(socket);
    await other.emitWithAck("say", "room", "first");
    await comeBack(socket);
    assert.equal(socket.recovered, true);
    await caughtUp(socket);
    assert.deepEqual(said, [["first"]]);
  },

  async after_a_volatile_event(stage) {
    const socket = await connected(stage);
    const back = event(socket, "message-back");
    // While a poll is waited for the event can be written; between two polls it is dropped.
    const again = setInterval(() => socket.emit("volatile", "ends with a string"), 20);
    assert.equal((await back)[0], "ends with a string");
    clearInterval(again);
    await caughtUp(socket);
    await drop(socket);
    await comeBack(socket);
    assert.equal(socket.recovered, true);
  },

  async several_times_and_in_a_row(stage) {
    const [socket, other] = [await connected(stage), await connected(stage)];
    const said = collect(socket, "said");
    await socket.emitWithAck("enter", "room");
    for (let n = 0; n < 5; n++) {
      await drop(socket);
      await other.emitWithAck("say", "room", n);
      await comeBack(socket);
      assert.equal(socket.recovered, true);
    }
    await caughtUp(socket);
    assert.deepEqual(said, [[0], [1], [2], [3], [4]]);
  },

  async binary_events(stage) {
    const [socket, other] = [await connected(stage), await connected(stage)];
    const said = collect(socket, "said");
    await socket.emitWithAck("enter", "room");
    await drop(socket);
    await other.emitWithAck("say", "room", Buffer.from([1, 2, 3]));
    await comeBack(socket);
    await caughtUp(socket);
    assert.deepEqual(said, [[Buffer.from([1, 2, 3])]]);
  },

  async not_after_a_kick(stage) {
    const socket = await connected(stage);
    const gone = event(socket, "disconnect");
    socket.emit("kick");
    await gone;
    await comeBack(socket);
    assert.equal(socket.recovered, false);
    // The client keeps the offset of its old session; it must not count in the new one.
    await drop(socket);
    await comeBack(socket);
    assert.equal(socket.recovered, true);
  },
};

await serve(scenarios);
