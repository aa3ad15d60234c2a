/** Whole tables in each state: real sessions whose signals are set by hand instead of by a server. */

import type { RoomInfo } from "../core/rest";
import { RoomSession } from "../core/room";
import type { Json, SeatPresence, ShownEvent } from "../protocol.gen";
import type { View as Dice } from "../games/liars-dice/rules";

export interface Scene {
  readonly name: string;
  readonly game: string;
  readonly info: RoomInfo;
  readonly session: RoomSession;
}

const ROOM = "styleguide-room-00000";
const NAMES = ["Ada", "Bo", "Cleo", "Dee", "Emil", "Finn", "Gia", "Hugo"];

function seat(number: number, change: Partial<SeatPresence> = {}): SeatPresence {
  const name = NAMES[number] ?? null;
  return { seat: number, player: `p_${number}`, name, is_bot: false, status: "connected", latency_ms: 38, transport: "websocket", wants_rematch: false, is_substituted: false, ...change };
}

function four(moves: readonly number[], change: Record<string, Json> = {}): Json {
  const board: (number | null)[][] = Array.from({ length: 6 }, () => Array.from({ length: 7 }, () => null));
  let last: Json = null;
  moves.forEach((column, ply) => {
    const row = board.findLastIndex((cells) => cells[column] === null);
    (board[row] as (number | null)[])[column] = ply % 2;
    last = { row, column, seat: ply % 2 };
  });
  const turn = moves.length % 2;
  return { board, turn, phase: "playing", outcome: null, last, clock: { remaining_ms: [312_000, 287_000], running: turn }, ...change };
}

const dice: Dice = {
  phase: "bidding", match: 1, round: 2, turn: 0, dice_each: 5, wild_ones: true, spot_on: true,
  counts: [5, 4, 5], dice: [[1, 3, 3, 5, 6], null, null], bids: [{ seat: 1, count: 3, face: 3 }, { seat: 2, count: 4, face: 3 }], waiting: [],
  places: [null, null, null], gone: [null, null, null], last: null, rounds: [], commitments: [], outcome: null,
  clock: { remaining_ms: [24_000, 30_000, 30_000], running: 0, running_seats: [0] },
};

const event = (version: number, by: number, column: number): ShownEvent =>
  ({ epoch: "e", version, at_us: 0, kind: "action", seat: by, type: "drop", args: { column }, action_id: null }) as unknown as ShownEvent;

const MOVES = [3, 3, 2, 4, 4, 2, 5, 1];

interface Set {
  readonly name: string;
  readonly game?: string;
  readonly view?: Json;
  readonly seats?: readonly SeatPresence[];
  readonly status?: string;
  readonly seat?: number | null;
  readonly with?: (session: RoomSession) => void;
}

const SCENES: readonly Set[] = [
  { name: "my turn", view: four(MOVES) },
  { name: "their turn", view: four(MOVES.slice(0, 7)) },
  { name: "little time left", view: four(MOVES, { clock: { remaining_ms: [8_300, 287_000], running: 0 } }) },
  {
    name: "move not confirmed",
    view: four([...MOVES, 0]),
    with: (session) => (session.pending.value = [{ id: "x".repeat(16), action: { type: "drop", args: { column: 0 } }, base: 9, version: null, isSent: true } as never]),
  },
  { name: "waiting", view: four([], { phase: "waiting", clock: null }), status: "waiting", seats: [seat(0), seat(1, { player: null, name: null, status: "disconnected" })] },
  { name: "paused", view: four(MOVES), status: "paused" },
  { name: "opponent away", view: four(MOVES.slice(0, 7)), seats: [seat(0), seat(1, { status: "reconnecting" })] },
  { name: "spectator", view: four(MOVES), seat: null },
  { name: "superseded", view: four(MOVES), seat: null, with: (session) => (session.isSuperseded.value = true) },
  { name: "won", view: four([3, 2, 3, 2, 3, 2, 3], { turn: null, phase: "finished", outcome: { winner: 0, reason: "line", line: [[2, 3], [3, 3], [4, 3], [5, 3]] } }), status: "finished" },
  { name: "lost, rematch wanted", view: four(MOVES, { turn: null, phase: "finished", outcome: { winner: 1, reason: "timeout" } }), status: "finished", seats: [seat(0), seat(1, { wants_rematch: true })] },
  { name: "draw, alone", view: four(MOVES, { turn: null, phase: "finished", outcome: { winner: null, reason: "full" } }), status: "finished", seats: [seat(0), seat(1, { player: null, name: null })] },
  {
    name: "chat",
    view: four(MOVES),
    with: (session) =>
      (session.chat.value = [
        { seat: 0, name: "Ada", text: "Good luck!", at_ms: 1 },
        { seat: 1, name: "Bo", text: ":wave:", at_ms: 2 },
        { seat: null, name: "Eve", text: "What a long, long, long evening at this table, and nobody brought tea :cup:", at_ms: 3 },
        { seat: 1, name: "Bo", text: ":laugh:", at_ms: Date.now() },
      ]),
  },
  { name: "dice", game: "liars-dice", view: dice as unknown as Json, seats: [seat(0), seat(1), seat(2, { status: "disconnected", is_substituted: true })] },
  { name: "dice for eight", game: "liars-dice", view: { ...dice, counts: [5, 4, 5, 2, 0, 3, 1, 5], dice: [dice.dice[0], ...Array(7).fill(null)], places: [null, null, null, null, 8, null, null, null], gone: [null, null, null, null, "dice", null, null, null] } as unknown as Json, seats: NAMES.map((_, at) => seat(at)) },
];

export const scenes = (): readonly Scene[] =>
  SCENES.map((set) => {
    const offline = { ok: false as const, code: "offline", message: "There is no server behind this page." };
    const session = new RoomSession(
      ROOM,
      { isOnline: () => false, request: async () => offline as never },
      { now: Date.now, monotonic: () => performance.now(), setTimeout: (run, ms) => window.setTimeout(run, ms), latencyMs: () => 38, newActionId: () => "x".repeat(16), afterPaint: (run) => run(), history: async () => [] },
      null,
    );
    const seats = set.seats ?? [seat(0), seat(1)];
    const game = set.game ?? "connect-four";
    session.standing.value = { phase: "live" };
    session.game.value = game;
    session.seat.value = set.seat === undefined ? 0 : set.seat;
    session.status.value = set.status ?? "playing";
    session.view.value = set.view ?? null;
    session.clockSince.value = Date.now();
    session.presence.value = { room: ROOM, seats, spectators: 2, watching: ["Eve", "Zoë"] };
    session.events.value = game === "connect-four" ? MOVES.map((column, ply) => event(ply + 1, ply % 2, column)) : [];
    set.with?.(session);
    session.around.value = { view: session.view.value, pending: session.pending.value };
    const info: RoomInfo = {
      room_id: ROOM, game, title: game, status: session.status.value, seats, spectators: 2, version: 9, match: 1, is_private: false,
      created_at_ms: 0, last_event_at_ms: 0, code: "QK7F2MAB", invite_url: "https://play.example.org/r/QK7F2MAB", options: { clock_ms: 600_000, increment_ms: 5_000 },
    };
    return { name: set.name, game, info, session };
  });
