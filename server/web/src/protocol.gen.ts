// Made by scripts/generate_messages.py from server/kibitz/protocol/messages.py and codes.py. Do not edit.

/** A value of canonical JSON: integers only, within 2^53; objects with ASCII keys. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Take part in a room on this connection. `seat` asks for one seat; without it any free one.
 *
 * `as` omitted: the seat that this player already has, else a free one, else spectator.
 * `epoch` and `version` name what the client still holds, so that it gets only what it misses.
 */
export interface Join {
  readonly room: string;
  readonly as?: "player" | "spectator";
  readonly seat?: number;
  readonly epoch?: string;
  readonly version?: number;
  readonly checksum?: number;
}

/**
 * The answer to `join` and `resync`: who I am in the room, and its state.
 *
 * `view` with mode `snapshot`, `patches` with mode `patches`, neither with `current`.
 * `at_ms` is the server's time; `clock_elapsed_ms` how long the running clock of the view has run.
 * `chat`, in the answer to `join` only, is the whole chat that the server still has: it replaces
 * what the client shows.
 */
export interface Joined {
  readonly room: string;
  readonly game: string;
  readonly seat: number | null;
  readonly epoch: string;
  readonly version: number;
  readonly mode: "current" | "patches" | "snapshot";
  readonly checksum: number;
  readonly at_ms: number;
  readonly clock_elapsed_ms: number;
  readonly match: number;
  readonly status: string;
  readonly ok: true;
  readonly view?: Json;
  readonly patches?: readonly Patch[];
  readonly chat?: readonly ChatSaid[];
}

/** Stop taking part; a player who leaves a running match gives it up. */
export interface Leave {
  readonly room: string;
}

/** The answer to `leave`, `chat`, `features` and `rematch`. */
export interface Done {
  readonly ok: true;
}

/**
 * Do one action of the game. The same `id` again gives the same answer again.
 *
 * `tick`, in games in real time only: the tick at which the player saw it happen. `seat`: what was
 * done earlier from that seat; it counts from any connection of its player, whether it joined or not.
 */
export interface Act {
  readonly room: string;
  readonly epoch: string;
  readonly id: string;
  readonly base: number;
  readonly type: string;
  readonly args?: Json;
  readonly tick?: number;
  readonly seat?: number;
}

/** The action is committed as `version`. */
export interface Acted {
  readonly version: number;
  readonly ok: true;
  readonly conflict?: Json;
}

/** Ask for the room's state: what I hold does not fit what came (`checksum` is of what I hold). */
export interface Resync {
  readonly room: string;
  readonly epoch: string;
  readonly version: number;
  readonly checksum: number;
}

export interface Chat {
  readonly room: string;
  readonly text: string;
}

/** Offer, or agree to, one more match in this room; it starts when every seat did. */
export interface Rematch {
  readonly room: string;
}

export interface Features {
  readonly used: readonly FeatureUse[];
}

export interface Ping {
  readonly sent_ms: number;
}

export interface Pong {
  readonly sent_ms: number;
  readonly server_ms: number;
  readonly ok: true;
}

/** The answer to any event that was not carried out. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly ok: false;
  readonly version?: number;
  readonly conflict?: Json;
  readonly retry_ms?: number;
}

/**
 * Leads the view of `base` to that of `version`; `checksum` is of the view then.
 *
 * `clock_elapsed_ms`: how long the running clock had run by `at_ms`; not said where it began to run then.
 */
export interface Patch {
  readonly room: string;
  readonly epoch: string;
  readonly base: number;
  readonly version: number;
  readonly at_ms: number;
  readonly ops: readonly PatchOp[];
  readonly checksum: number;
  readonly events: readonly ShownEvent[];
  readonly clock_elapsed_ms?: number;
}

/**
 * The whole view, where no patch leads to it (a new match, a reload, a new epoch).
 *
 * `clock_elapsed_ms`: how long, until `at_ms`, the running clock of the view has run.
 */
export interface Snapshot {
  readonly room: string;
  readonly epoch: string;
  readonly version: number;
  readonly view: Json;
  readonly checksum: number;
  readonly conflicts: readonly Json[];
  readonly at_ms: number;
  readonly match: number;
  readonly status: string;
  readonly clock_elapsed_ms: number;
}

/**
 * A game in real time, one tick later. `data` is a binary attachment, packed as the game says.
 *
 * Frames are volatile: one may be missing, none comes late.
 */
export interface Frame {
  readonly room: string;
  readonly epoch: string;
  readonly tick: number;
  readonly data: Uint8Array;
}

/**
 * Messages of a room that gathers them, in order: `[event, payload]` each, or their compressed JSON.
 *
 * `sequence` counts the room's batches; a number that is not the next one means that something is missing.
 */
export interface Batch {
  readonly room: string;
  readonly sequence: number;
  readonly timestamp_ms: number;
  readonly messages: readonly (readonly [string, Json])[] | Uint8Array;
  readonly compression: "deflate" | "gzip" | "none";
}

/** `spectators` counts connections that watch; `watching` names the first of those people. */
export interface Presence {
  readonly room: string;
  readonly seats: readonly SeatPresence[];
  readonly spectators: number;
  readonly watching: readonly string[];
}

export interface ChatSaid {
  readonly room: string;
  readonly seat: number | null;
  readonly name: string;
  readonly text: string;
  readonly at_ms: number;
}

/** `room` is null where the notice is for the connection; `data` is described at its code. */
export interface Notice {
  readonly room: string | null;
  readonly code: string;
  readonly message: string;
  readonly data: Json;
}

export interface FeatureUse {
  readonly name: string;
  readonly count: number;
}

/** RFC 6902, of which `add`, `remove` and `replace` are used. */
export interface PatchOp {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: Json;
}

/** One journalled event as one viewer may see it; `type` and `args` are null where hidden. */
export interface ShownEvent {
  readonly epoch: string;
  readonly version: number;
  readonly at_us: number;
  readonly kind: string;
  readonly seat: number | null;
  readonly type: string | null;
  readonly args: Json;
  readonly action_id: string | null;
}

/**
 * `status` is of the player's best connection; `player` is null where the seat is free.
 * `is_substituted`: a brain plays until the player is back.
 */
export interface SeatPresence {
  readonly seat: number;
  readonly player: string | null;
  readonly name: string | null;
  readonly is_bot: boolean;
  readonly status: "connected" | "disconnected" | "reconnecting";
  readonly latency_ms: number | null;
  readonly transport: string | null;
  readonly wants_rematch: boolean;
  readonly is_substituted: boolean;
}

export interface ClientEvents {
  "join": { payload: Join; answer: Joined };
  "leave": { payload: Leave; answer: Done };
  "act": { payload: Act; answer: Acted };
  "resync": { payload: Resync; answer: Joined };
  "chat": { payload: Chat; answer: Done };
  "rematch": { payload: Rematch; answer: Done };
  "features": { payload: Features; answer: Done };
  "ping": { payload: Ping; answer: Pong };
}

export interface ServerEvents {
  "patch": Patch;
  "snapshot": Snapshot;
  "frame": Frame;
  "batch": Batch;
  "presence": Presence;
  "chat": ChatSaid;
  "notice": Notice;
}

export type NoticeCode = "draining" | "superseded" | "rematch_offered" | "rematch_started" | "room_faulted" | "room_closed" | "room_paused" | "room_resumed" | "countdown" | "rewound" | "reopened" | "kicked" | "reloaded" | "seat_left";

/** Refusals after which the same may be asked again; others mean stop or ask for the state. */
export const RETRIED: readonly string[] = ["rate_limited", "room_busy", "room_paused", "unavailable", "draining", "internal"];

/** Told in the answer to CONNECT; with a higher one the server has no use for this client. */
export const PROTOCOL = 1;

export const JOIN_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
export const JOIN_CODE_LENGTH = 8;
