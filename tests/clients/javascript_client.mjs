// Drives the official JavaScript client through one scenario against a running echo server.
//
//     node javascript_client.mjs SCENARIO URL polling|websocket|upgrading [4.8|3.1|msgpack]
//
// Ends with 0 and the scenario's last line `passed`; anything else is a failure, told on stderr.
// Scenarios that need the server to go away print `restart` and wait for a line on stdin.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { io as io4 } from "socket.io-client";
import { io as io3 } from "socket.io-client-3";
import msgpackParser from "socket.io-msgpack-parser";

const [scenarioName, url, transport, variant = "4.8"] = process.argv.slice(2);
const io = variant === "3.1" ? io3 : io4;
const TRANSPORTS = { polling: ["polling"], websocket: ["websocket"], upgrading: ["polling", "websocket"] };
const LARGE = 700_000;

function open(namespace = "/", options = {}) {
  return io(url + namespace, {
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 200,
    transports: TRANSPORTS[transport],
    ...(variant === "msgpack" ? { parser: msgpackParser } : {}),
    ...options,
  });
}

const heard = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

async function connected(socket) {
  if (!socket.connected) await heard(socket, "connect");
}

/** The engine ends on the transport that was asked for. */
async function settled(socket) {
  await connected(socket);
  const { engine } = socket.io;
  if (transport === "upgrading" && engine.transport.name !== "websocket") {
    await new Promise((resolve) => engine.once("upgrade", resolve));
  }
  assert.equal(engine.transport.name, transport === "polling" ? "polling" : "websocket");
}

const scenarios = {
  async connect_with_auth() {
    const socket = open("/", { auth: { token: "123", nested: { list: [1, null] } } });
    const [auth] = await heard(socket, "auth");
    assert.deepEqual(auth, { token: "123", nested: { list: [1, null] } });
    await settled(socket);
    return socket;
  },

  async custom_namespace() {
    const socket = open("/custom", { auth: { a: 1 } });
    assert.deepEqual(await heard(socket, "auth"), [{ a: 1 }]);
    await settled(socket);
    return socket;
  },

  async two_namespaces_on_one_connection() {
    const main = open("/");
    await connected(main);
    const custom = main.io.socket("/custom");
    await heard(custom, "connect");
    custom.disconnect();
    main.emit("message", "still here");
    assert.deepEqual(await heard(main, "message-back"), ["still here"]);
    return main;
  },

  async unknown_namespace() {
    const socket = open("/random");
    const [error] = await heard(socket, "connect_error");
    assert.equal(error.message, "Invalid namespace");
    assert.equal(socket.connected, false);
    return socket;
  },

  async round_trip() {
    const socket = open();
    const sent = [1, "2", { 3: [true, null, "é🎲"] }, [], ""];
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    await settled(socket);
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    return socket;
  },

  async acks_both_ways() {
    const socket = open();
    socket.on("asked", (question, answer) => answer("answer to", question));
    const answers = await new Promise((resolve) => {
      socket.emit("message-with-ack", 1, "2", { 3: [false] }, (...args) => resolve(args));
    });
    assert.deepEqual(answers, [1, "2", { 3: [false] }]);
    const asked = await new Promise((resolve) => socket.emit("ask", "why?", (...args) => resolve(args)));
    assert.deepEqual(asked, ["answer to", "why?"]);
    return socket;
  },

  async ack_with_timeout() {
    const socket = open();
    assert.equal(await socket.timeout(3000).emitWithAck("message-with-ack", "in time"), "in time");
    await assert.rejects(socket.timeout(50).emitWithAck("nobody-listens"));
    return socket;
  },

  async binary_both_ways() {
    const socket = open();
    const sent = [Buffer.from([1, 2, 3]), { deep: [Buffer.from([0, 255])], plain: "text" }];
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    await settled(socket);
    socket.emit("message", ...sent);
    assert.deepEqual(await heard(socket, "message-back"), sent);
    return socket;
  },

  async binary_in_acks() {
    const socket = open();
    socket.on("asked", (bytes, answer) => answer(Buffer.concat([bytes, Buffer.from([9])])));
    const back = await socket.emitWithAck("message-with-ack", Buffer.from([1, 2, 3]));
    assert.deepEqual(back, Buffer.from([1, 2, 3]));
    assert.deepEqual(await socket.emitWithAck("ask", Buffer.from([7, 8])), Buffer.from([7, 8, 9]));
    return socket;
  },

  /** While an upgrading client upgrades: nothing may be lost, doubled or out of order. */
  async burst() {
    const socket = open();
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
    await settled(socket);
    return socket;
  },

  async large_message() {
    const socket = open();
    const text = "k".repeat(LARGE);
    assert.equal(await socket.emitWithAck("message-with-ack", text), text);
    const bytes = Buffer.alloc(LARGE, 7);
    assert.deepEqual(await socket.emitWithAck("message-with-ack", bytes), bytes);
    return socket;
  },

  async server_disconnects_the_namespace() {
    const socket = open();
    await settled(socket);
    socket.emit("kick");
    assert.equal((await heard(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false, "a client that was put out does not come back by itself");
    socket.connect();
    await heard(socket, "connect");
    return socket;
  },

  async server_disconnects_the_transport() {
    const socket = open();
    await settled(socket);
    socket.emit("kick", true);
    assert.equal((await heard(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false);
    return socket;
  },

  async reconnects_after_a_restart() {
    const socket = open("/", { auth: { token: "kept" } });
    await settled(socket);
    const gone = heard(socket, "disconnect");
    const back = heard(socket, "auth");
    const first = socket.id;
    await restart();
    const [reason] = await gone;
    assert.ok(["transport close", "transport error"].includes(reason), reason);
    assert.deepEqual(await back, [{ token: "kept" }]);
    assert.notEqual(socket.id, first);
    assert.equal(await socket.emitWithAck("message-with-ack", "again"), "again");
    return socket;
  },
};

async function restart() {
  console.log("restart");
  await once(createInterface({ input: process.stdin }), "line");
}

const socket = await scenarios[scenarioName]();
socket.disconnect();
console.log("passed");
process.exit(0);
