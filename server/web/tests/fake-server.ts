/** A connection on a fake world, and what its server says. */

import { Connection } from "../src/net/connection";
import { type FakeSocket, FakeWorld } from "./fake-world";

export const OPEN = '0{"sid":"S","upgrades":[],"pingInterval":10000,"pingTimeout":5000,"maxPayload":16384}';
export const CONNECTED = '40{"sid":"C"}';

export function start() {
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
export function greet(world: FakeWorld): FakeSocket {
  const socket = world.sockets.at(-1) as FakeSocket;
  socket.receive(OPEN);
  socket.receive(CONNECTED);
  return socket;
}

/** What the newest open poll gets. */
export const poll = (world: FakeWorld, body: string) => world.requests.filter((request) => request.method === "GET").at(-1)?.answer(body);
