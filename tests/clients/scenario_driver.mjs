// Plays scenarios of the official JavaScript client, one after the other, as it is told on stdin.
//
// A line in:  {"scenario", "url", "transport": polling|websocket|upgrading, "variant": 4.8|3.1|msgpack}
// A line out: {"end": "passed"} or {"end": "failed", "why": "…"}
// Scenarios that need the server to go away say {"restart": true} and wait for a line on stdin.
// Each scenario has connections of its own, all of which are closed at its end, however it ends.
import { createInterface } from "node:readline";
import { io as io4 } from "socket.io-client";
import { io as io3 } from "socket.io-client-3";
import msgpackParser from "socket.io-msgpack-parser";

const TRANSPORTS = { polling: ["polling"], websocket: ["websocket"], upgrading: ["polling", "websocket"] };
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => console.log(JSON.stringify(what));

async function nextLine() {
  const { value, done } = await lines.next();
  if (done) process.exit(0); // who asked is gone
  return value;
}

/** What one scenario is given: the client as it was asked for, and the means to lose the server. */
class Stage {
  sockets = [];

  constructor({ url, transport, variant }) {
    this.url = url;
    this.transport = transport;
    this.variant = variant;
  }

  /** A client with a connection of its own. */
  open(namespace = "/", options = {}) {
    const io = this.variant === "3.1" ? io3 : io4;
    const socket = io(this.url + namespace, {
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 200,
      transports: TRANSPORTS[this.transport],
      ...(this.variant === "msgpack" ? { parser: msgpackParser } : {}),
      ...options,
    });
    this.sockets.push(socket);
    return socket;
  }

  /** Returns when the server has gone and come back. */
  async restart() {
    say({ restart: true });
    await nextLine();
  }

  close() {
    for (const socket of this.sockets) {
      socket.io.reconnection(false);
      socket.disconnect();
      socket.io.engine?.close();
    }
  }
}

/** Plays what is asked for until stdin ends. `scenarios` are functions of a `Stage` by name. */
export async function serve(scenarios) {
  for (;;) {
    const asked = JSON.parse(await nextLine());
    const stage = new Stage(asked);
    // What is thrown outside of the scenario's own promises counts against it all the same.
    const thrown = new Promise((_, reject) => {
      process.removeAllListeners("uncaughtException").on("uncaughtException", reject);
    });
    try {
      await Promise.race([scenarios[asked.scenario](stage), thrown]);
      stage.close();
      say({ end: "passed" });
    } catch (error) {
      stage.close();
      say({ end: "failed", why: String(error?.stack ?? error) });
    }
  }
}
