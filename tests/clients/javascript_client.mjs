// What the official JavaScript client is put through; scenario_driver.mjs says how one is asked for.
import assert from "node:assert/strict";
import { serve } from "./scenario_driver.mjs";

const LARGE = 700_000;

const heard = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

async function connected(socket) {
  if (!socket.connected) await heard(socket, "connect");
}

/** The engine ends on the transport that was asked for. */
async function settled(stage, socket) {
  await connected(socket);
  const { engine } = socket.io;
  if (stage.transport === "upgrading" && engine.transport.name !== "websocket") {
    await new Promise((resolve) => engine.once("upgrade", resolve));
  }
  assert.equal(engine.transport.name, stage.transport === "polling" ? "polling" : "websocket");
}

const scenarios = {
  async connect_with_auth(stage) {
    const socket = stage.open("/", { auth: { token: "123", nested: { list: [1, null] } } });
    const [auth] = await heard(socket, "auth");
    assert.deepEqual(auth, { token: "123", nested: { list: [1, null] } });
    await settled(stage, socket);
  },

  async custom_namespace(stage) {
    const socket = stage.open("/custom", { auth: { a: 1 } });
    assert.deepEqual(await heard(socket, "auth"), [{ a: 1 }]);
    await settled(stage, socket);
  },

  async two_namespaces_on_one_connection(stage) {
    const main = stage.open("/");
    await connected(main);
    const custom = main.io.socket("/custom");
    await heard(custom, "connect");
    custom.disconnect();
    main.emit("message", "still here");
    assert.deepEqual(await heard(main, "message-back"), ["still here"]);
  },

  async unknown_namespace(stage) {
    const socket = stage.open("/random");
    const [error] = await heard(socket, "connect_error");
    assert.equal(error.message, "Invalid namespace");
    assert.equal(socket.connected, false);
  },

  async round_trip(stage) {
    const socket = stage.open();
    const sent = [1, "2", { 3: [true, null, "é🎲"] }, [], ""];
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    await settled(stage, socket);
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
  },

  async acks_both_ways(stage) {
    const socket = stage.open();
    socket.on("asked", (question, answer) => answer("answer to", question));
    const answers = await new Promise((resolve) => {
      socket.emit("message-with-ack", 1, "2", { 3: [false] }, (...args) => resolve(args));
    });
    assert.deepEqual(answers, [1, "2", { 3: [false] }]);
    const asked = await new Promise((resolve) => socket.emit("ask", "why?", (...args) => resolve(args)));
    assert.deepEqual(asked, ["answer to", "why?"]);
  },

  async ack_with_timeout(stage) {
    const socket = stage.open();
    assert.equal(await socket.timeout(3000).emitWithAck("message-with-ack", "in time"), "in time");
    await assert.rejects(socket.timeout(50).emitWithAck("nobody-listens"));
  },

  async binary_both_ways(stage) {
    const socket = stage.open();
    const sent = [Buffer.from([1, 2, 3]), { deep: [Buffer.from([0, 255])], plain: "text" }];
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    await settled(stage, socket);
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
  },

  async binary_in_acks(stage) {
    const socket = stage.open();
    socket.on("asked", (bytes, answer) => answer(Buffer.concat([bytes, Buffer.from([9])])));
    const back = await socket.emitWithAck("message-with-ack", Buffer.from([1, 2, 3]));
    assert.deepEqual(back, Buffer.from([1, 2, 3]));
    assert.deepEqual(await socket.emitWithAck("ask", Buffer.from([7, 8])), Buffer.from([7, 8, 9]));
  },

  /** While an upgrading client upgrades: nothing may be lost, doubled or out of order. */
  async burst(stage) {
    const socket = stage.open();
    const got = [];
    const all = new Promise((resolve) => {
      socket.on("message-back", (number) => got.push(number) === 200 && resolve());
    });
    await connected(socket);
    for (let number = 0; number < 200; number++) {
      socket.emit("message", number);
      if (number % 20 === 19) await new Promise(setImmediate);
    }
    await all;
    assert.deepEqual(got, Array.from({ length: 200 }, (_, number) => number));
    await settled(stage, socket);
  },

  async large_message(stage) {
    const socket = stage.open();
    const text = "k".repeat(LARGE);
    assert.equal(await socket.emitWithAck("message-with-ack", text), text);
    const bytes = Buffer.alloc(LARGE, 7);
    assert.deepEqual(await socket.emitWithAck("message-with-ack", bytes), bytes);
  },

  async server_disconnects_the_namespace(stage) {
    const socket = stage.open();
    await settled(stage, socket);
    socket.emit("kick");
    assert.equal((await heard(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false, "a client that was put out does not come back by itself");
    socket.connect();
    await heard(socket, "connect");
  },

  async server_disconnects_the_transport(stage) {
    const socket = stage.open();
    await settled(stage, socket);
    socket.emit("kick", true);
    assert.equal((await heard(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false);
  },

  async reconnects_after_a_restart(stage) {
    const socket = stage.open("/", { auth: { token: "kept" } });
    await settled(stage, socket);
    const gone = heard(socket, "disconnect");
    const back = heard(socket, "auth");
    const first = socket.id;
    await stage.restart();
    const [reason] = await gone;
    assert.ok(["transport close", "transport error"].includes(reason), reason);
    assert.deepEqual(await back, [{ token: "kept" }]);
    assert.notEqual(socket.id, first);
    assert.equal(await socket.emitWithAck("message-with-ack", "again"), "again");
  },
};

await serve(scenarios);
