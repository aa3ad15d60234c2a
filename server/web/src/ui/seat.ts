/** Opens a room for the page: ties `core/room` to the connection and to REST. */

import { RoomSession } from "../core/room";
import { connection, listen, net, rest, serverNow, stepAway, unlisten } from "./app";

export function openRoom(room: string, as: "player" | "spectator" | null): RoomSession {
  const session = new RoomSession(
    room,
    { isOnline: () => net.value.status === "connected", request: (name, payload, ms) => connection.request(name, payload, ms) as never },
    {
      now: serverNow,
      monotonic: () => performance.now(),
      setTimeout: (run, ms) => window.setTimeout(run, ms),
      latencyMs: () => net.value.latencyMs,
      newActionId,
      history: (of, after) => rest.events(of, after),
    },
    as,
  );
  listen(session);
  return session;
}

/** The page goes elsewhere. A seat stays, but the others see that its player is away. */
export function closeRoom(session: RoomSession): void {
  if (!session.hasLeft) {
    if (session.seat.value === null) void session.leave();
    else stepAway();
  }
  session.close();
  unlisten(session);
}

/** 128 random bits as 22 characters of URL-safe base64. */
function newActionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
