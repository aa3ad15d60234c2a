/** Frames as the server packs them (docs/protocol.md, "Light Cycles"). */

export const RUNS = 3;
const HEAD = 4;
const RIDER = 7;
const PHASES = ["countdown", "racing", "round_over", "finished"] as const;
const STEP_X = [0, 1, 0, -1] as const;
const STEP_Y = [-1, 0, 1, 0] as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface RiderSeen extends Point {
  readonly direction: number;
  readonly isOut: boolean;
  /** Asked for and not yet taken. */
  readonly turns: readonly number[];
  /** How many corners the wall has, modulo 256. */
  readonly count: number;
  /** The newest of them, at most three, the oldest first. */
  readonly corners: readonly Point[];
}

export interface Seen {
  readonly phase: (typeof PHASES)[number];
  readonly round: number;
  readonly ticks: number;
  readonly roundWinner: number | null;
  readonly riders: readonly RiderSeen[];
}

export function stepped({ x, y }: Point, direction: number, cells = 1): Point {
  return { x: x + (STEP_X[direction & 3] ?? 0) * cells, y: y + (STEP_Y[direction & 3] ?? 0) * cells };
}

/** Null where the bytes are no frame of this game. */
export function readFrame(data: Uint8Array): Seen | null {
  const count = (data.length - HEAD) / RIDER;
  if (count < 0 || !Number.isInteger(count)) return null;
  const at = (place: number): number => data[place] ?? 0;
  return {
    phase: PHASES[(at(0) & 3) as 0 | 1 | 2 | 3],
    round: at(0) >> 2,
    ticks: (at(1) << 8) | at(2),
    roundWinner: at(3) === 0 ? null : at(3) - 1,
    riders: Array.from({ length: count }, (_, seat) => readRider(data.subarray(HEAD + seat * RIDER))),
  };
}

function readRider(data: Uint8Array): RiderSeen {
  const at = (place: number): number => data[place] ?? 0;
  const flags = at(0);
  const direction = flags & 3;
  const turns: number[] = [];
  for (let place = 0, heading = direction; place < ((flags >> 3) & 3); place++) {
    heading = (heading + ((flags >> (5 + place)) & 1 ? 1 : 3)) & 3;
    turns.push(heading);
  }
  const corners: Point[] = [];
  let from: Point = { x: at(1), y: at(2) };
  let way = direction;
  for (let place = 0; place < Math.min(at(3), RUNS); place++) {
    const run = at(4 + place);
    if (place > 0) way = (way + (run & 0x80 ? 3 : 1)) & 3;
    from = stepped(from, way, -(run & 0x7f));
    corners.unshift(from);
  }
  return { x: at(1), y: at(2), direction, isOut: (flags & 4) !== 0, turns, count: at(3), corners };
}
