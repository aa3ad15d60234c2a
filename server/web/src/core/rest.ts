/** The REST half of the contract, as far as the pages need it. */

import type { Json } from "../protocol.gen";

export interface Me {
  readonly player_id: string;
  readonly name: string;
}

export interface GameInfo {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly seats_least: number;
  readonly seats_most: number;
  readonly has_bots: boolean;
  /** JSON Schema of what `createRoom` takes as `options`. */
  readonly options?: Json;
  /** What players may do; `schema` is the JSON Schema of the arguments. */
  readonly actions?: readonly { readonly name: string; readonly schema: Json; readonly out_of_turn?: boolean }[];
  /** Whether a seat may see what others may not. */
  readonly views_differ?: boolean;
  /** Address of the ES module that draws the game (docs/views.md). */
  readonly view?: string | null;
}

export interface SeatInfo {
  readonly seat: number;
  readonly player: string | null;
  readonly name: string | null;
  readonly is_bot: boolean;
  readonly status: "connected" | "reconnecting" | "disconnected";
  readonly transport: string | null;
  readonly latency_ms: number | null;
}

export interface RoomInfo {
  readonly room_id: string;
  readonly game: string;
  readonly title: string;
  readonly status: string;
  readonly seats: readonly SeatInfo[];
  readonly spectators: number;
  readonly version: number;
  readonly match: number;
  readonly is_private: boolean;
  readonly created_at_ms: number;
  readonly last_event_at_ms: number;
  readonly code: string | null;
  readonly invite_url: string | null;
  /** With the game's defaults; null for closed rooms. */
  readonly options?: Json;
}

/** A room in which I have a seat. */
export interface MyRoom {
  readonly room_id: string;
  readonly game: string;
  readonly status: string;
  readonly your_turn: boolean;
  readonly seats: readonly SeatInfo[];
  readonly updated_ms: number;
}

/** Who I am and how I do; `rating` and `deviation` are null before the first rated match. */
export interface Profile extends Me {
  readonly games: readonly {
    readonly game: string;
    readonly played: number;
    readonly won: number;
    readonly drawn: number;
    readonly rating: number | null;
    readonly deviation: number | null;
  }[];
  /** The last matches, newest first; `opponents` are names, empty where nobody knows one. */
  readonly recent: readonly {
    readonly room_id: string;
    readonly match: number;
    readonly game: string;
    readonly ended_ms: number;
    readonly result: string;
    readonly opponents: readonly string[];
  }[];
}

/** The best of a game: by `rating` less three times its `deviation`. */
export interface Leaderboard {
  readonly game: string;
  readonly rows: readonly {
    readonly rank: number;
    readonly player_id: string;
    readonly name: string;
    readonly rating: number;
    readonly deviation: number;
    readonly played: number;
    readonly won: number;
  }[];
  readonly updated_ms: number;
}

/** What may be asked of a new room; what is left out is the game's own. */
export interface RoomWish {
  readonly game: string;
  readonly seats?: number;
  readonly private?: boolean;
  readonly bots?: number;
  readonly spectator_delay_ms?: number;
  readonly options?: Json;
}

/** What the server said no with; `code` is `unreachable` where there was no server to say anything. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export class Rest {
  /** By path: of when the last answer was, where the service worker gave one that it kept; 0: of now. */
  readonly keptAt = new Map<string, number>();

  constructor(private readonly fetch: Fetch) {}

  /** A new session or, where the cookie names one already, another name for its player. */
  openSession(name: string): Promise<Me> {
    return this.call("POST", "/api/session", { name });
  }

  async games(): Promise<readonly GameInfo[]> {
    return (await this.call<{ games: GameInfo[] }>("GET", "/api/games")).games;
  }

  async rooms(): Promise<readonly RoomInfo[]> {
    return (await this.call<{ rooms: RoomInfo[] }>("GET", "/api/rooms")).rooms;
  }

  /** By id or join code. */
  room(idOrCode: string): Promise<RoomInfo> {
    return this.call("GET", `/api/rooms/${encodeURIComponent(idOrCode)}`);
  }

  async myRooms(): Promise<readonly MyRoom[]> {
    return (await this.call<{ rooms: MyRoom[] }>("GET", "/api/players/me/rooms")).rooms;
  }

  createRoom(asked: RoomWish): Promise<{ room_id: string; code: string; invite_url: string }> {
    return this.call("POST", "/api/rooms", asked);
  }

  /** Rejects with `Problem`. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    try {
      answer = await this.fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), credentials: "same-origin" });
    } catch {
      throw new Problem("unreachable", "The server cannot be reached.", 0);
    }
    this.keptAt.set(path, Date.parse(answer.headers.get("Kept-At") ?? "") || 0);
    const json: unknown = await answer.json().catch(() => null);
    if (answer.ok && json !== null) return json as T;
    const problem = (json ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
    const said = [problem.detail, problem.title].find((text): text is string => typeof text === "string" && text !== "");
    throw new Problem(typeof problem.code === "string" ? problem.code : "internal", said ?? `The server answered ${answer.status}.`, answer.status);
  }
}
