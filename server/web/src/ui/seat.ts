/** Opens a room for the page: ties `core/room` to the connection and to REST. */

import type { RoomInfo } from "../core/rest";
import { RoomSession } from "../core/room";
import { recall, remember } from "../core/small";
import type { ShownEvent } from "../protocol.gen";
import { active, connection, keepSeenRooms, lastSeenRooms, loader, net, RECENT_KEY, rest, serverNow } from "./app";
import { afterPaint } from "./paint";

const RECENT_MAX = 6;

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
      afterPaint,
      history: eventsAfter,
    },
    as,
  );
  active.value = session;
  const guard = (): void => {
    loader.load("offline").then(
      (offline) => (offline as typeof import("./offline")).guard(session),
      () => undefined,
    );
  };
  // Without a connection it is what shows the table; with one the table is shown before it is kept.
  if (net.peek().status === "connected") afterPaint(guard);
  else guard();
  return session;
}

/** The page goes elsewhere. A seat stays, but the others see that its player is away. */
export function closeRoom(session: RoomSession): void {
  if (!session.hasLeft) {
    if (session.seat.value === null) void session.leave();
    else {
      // The seat stays theirs: a new connection has joined no room.
      connection.stop("left the table");
      connection.start();
    }
  }
  session.close();
  (loader.ready("offline") as typeof import("./offline") | undefined)?.unguard(session);
  if (active.value === session) active.value = null;
}

/** All events of a room after a version, oldest first. */
async function eventsAfter(room: string, after: number): Promise<readonly ShownEvent[]> {
  const all: ShownEvent[] = [];
  for (let next: number | null = after; next !== null; ) {
    const path = `/api/rooms/${encodeURIComponent(room)}/events?after=${next}&limit=1000`;
    const page: { events: ShownEvent[]; next: number | null } = await rest.call("GET", path);
    all.push(...page.events);
    next = page.next;
  }
  return all;
}

/** 128 random bits as 22 characters of URL-safe base64. */
function newActionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Among "your games" of the lobby from now on. */
export function rememberRoom(room: string, info: RoomInfo | null): void {
  if (info) keepSeenRooms([info, ...lastSeenRooms().filter((seen) => seen.room_id !== room)].slice(0, RECENT_MAX));
  const list = [room, ...recentRooms().filter((id) => id !== room)].slice(0, RECENT_MAX);
  remember(RECENT_KEY, JSON.stringify(list));
}

/** Rooms that this player sat in, newest first: "your games" of the lobby. */
export function recentRooms(): readonly string[] {
  try {
    const list: unknown = JSON.parse(recall(RECENT_KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((id): id is string => typeof id === "string").slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}
