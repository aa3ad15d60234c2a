/** Addresses of the client and what they mean. */

import { JOIN_CODE_ALPHABET, JOIN_CODE_LENGTH } from "../protocol.gen";

export type Route =
  | { readonly page: "lobby" }
  | { readonly page: "invite"; readonly code: string }
  | { readonly page: "room"; readonly room: string; readonly watch: boolean }
  | ReplayRoute
  | { readonly page: "player" }
  | { readonly page: "leaderboard"; readonly game: string }
  | { readonly page: "unknown"; readonly path: string };

/** Which picture of which match, seen by whom. `version` names a picture by its event: the link of a live log. */
export interface ReplayRoute {
  readonly page: "replay";
  readonly room: string;
  readonly match?: number;
  readonly ply?: number;
  readonly version?: number;
  readonly seat?: number;
}

const PLACE = ["match", "ply", "version", "seat"] as const;
const ID = "([A-Za-z0-9_-]{1,64})";

export function parseRoute(path: string, hash: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, "") : path;
  if (clean === "/" || clean === "") return { page: "lobby" };
  const invite = /^\/r\/([^/]+)$/.exec(clean);
  if (invite) {
    const code = readCode(decode(invite[1] as string));
    return code === null ? { page: "unknown", path } : { page: "invite", code };
  }
  const room = new RegExp(`^/room/${ID}$`).exec(clean);
  if (room) return { page: "room", room: room[1] as string, watch: hash === "#watch" };
  const replay = new RegExp(`^/replay/${ID}$`).exec(clean);
  if (replay) {
    const given = new URLSearchParams(hash.slice(1));
    const place = PLACE.flatMap((key) => (/^\d{1,9}$/.test(given.get(key) ?? "") ? [[key, Number(given.get(key))]] : []));
    return { page: "replay", room: replay[1] as string, ...Object.fromEntries(place) };
  }
  if (clean === "/player") return { page: "player" };
  const game = /^\/leaderboard\/([a-z0-9-]{1,64})$/.exec(clean)?.[1];
  if (game) return { page: "leaderboard", game };
  return { page: "unknown", path };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "lobby":
      return "/";
    case "invite":
      return `/r/${route.code}`;
    case "room":
      return `/room/${route.room}${route.watch ? "#watch" : ""}`;
    case "replay": {
      const place = PLACE.flatMap((key) => (route[key] === undefined ? [] : [`${key}=${route[key]}`])).join("&");
      return `/replay/${route.room}${place && `#${place}`}`;
    }
    case "player":
      return "/player";
    case "leaderboard":
      return `/leaderboard/${route.game}`;
    case "unknown":
      return route.path;
  }
}

/** A join code as people type or paste it (spaces, lower case, the whole link); null if it cannot be one. */
export function readCode(typed: string): string | null {
  const last = typed.trim().replace(/\/+$/, "").split("/").at(-1) ?? "";
  const code = last.replace(/[\s-]/g, "").toUpperCase();
  const isCode = code.length === JOIN_CODE_LENGTH && [...code].every((letter) => JOIN_CODE_ALPHABET.includes(letter));
  return isCode ? code : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
