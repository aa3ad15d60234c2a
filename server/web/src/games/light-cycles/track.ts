/**
 * The race as it stands, from views (whole, about a second old) and frames (the newest tick, but only the last corners of
 * each wall). Frames may be missing, and what they tell of the last moments may still change. Knows no DOM.
 */

import { type Point, type RiderSeen, RUNS, type Seen, stepped } from "./frame";
import { COUNTDOWN_TICKS, type View } from "./rules";

export interface RiderNow extends Point {
  readonly direction: number;
  readonly turns: readonly number[];
  readonly isOut: boolean;
  readonly isRetired: boolean;
  readonly points: number;
  /** The wall's beginning and its turns; it ends at the rider. */
  readonly corners: readonly Point[];
  /** How many corners there are; more than are known where frames were missed. */
  readonly count: number;
  /** Cells ridden since the beginning of the round. */
  readonly length: number;
}

export interface Now {
  readonly width: number;
  readonly height: number;
  readonly pace: number;
  readonly pointsToWin: number;
  readonly tick: number;
  readonly phase: string;
  readonly round: number;
  /** Since the phase began. */
  readonly ticks: number;
  readonly roundWinner: number | null;
  readonly riders: readonly RiderNow[];
}

export function fromView(view: View): Now {
  const [width, height] = view.size;
  const point = (cell: number): Point => ({ x: cell % width, y: Math.floor(cell / width) });
  return {
    width,
    height,
    pace: view.pace,
    pointsToWin: view.points_to_win,
    tick: view.tick,
    phase: view.phase,
    round: view.round,
    ticks: view.ticks,
    roundWinner: view.round_winner,
    riders: view.riders.map((rider) => {
      const corners = rider.trail.map(point);
      const head = point(rider.head);
      const { direction, turns, points } = rider;
      return { ...head, direction, turns, isOut: rider.out !== null, isRetired: rider.retired, points, corners, count: corners.length, length: lengthOf(corners, head) };
    }),
  };
}

/** The race one frame later. Points are those of the last view, and what the frame's own round adds. */
export function withFrame(now: Now, tick: number, seen: Seen): Now {
  const isNewRound = seen.round !== now.round;
  return {
    ...now,
    tick,
    phase: seen.phase,
    round: seen.round,
    ticks: seen.ticks,
    roundWinner: seen.roundWinner,
    riders: now.riders.map((rider, seat) => {
      const rode = seen.riders[seat];
      if (!rode) return rider;
      const count = isNewRound ? rode.count : rode.count + 256 * Math.round((rider.count - rode.count) / 256);
      const corners = count === 0 ? [] : cornersOf(isNewRound ? [] : rider.corners, rode, count);
      const { x, y, direction, turns, isOut } = rode;
      const hasWon = seen.roundWinner === seat && (now.roundWinner === null || isNewRound);
      return { ...rider, x, y, direction, turns, isOut, corners, count, length: lengthOf(corners, rode), points: rider.points + (hasWon ? 1 : 0) };
    }),
  };
}

/** What a view tells of the walls' beginnings, under a frame that is newer than it. */
export function mended(now: Now, view: View): Now {
  const seen = fromView(view);
  if (seen.tick >= now.tick) return seen;
  if (seen.round !== now.round) return { ...now, riders: now.riders.map((rider, seat) => ({ ...rider, isRetired: seen.riders[seat]?.isRetired ?? false })) };
  return {
    ...now,
    riders: now.riders.map((rider, seat) => {
      const told = seen.riders[seat];
      if (!told) return rider;
      const newer = rider.count - told.corners.length;
      const corners = newer > 0 ? [...told.corners, ...rider.corners.slice(-newer)] : told.corners;
      const points = seen.roundWinner === null && now.roundWinner === seat ? told.points + 1 : told.points;
      return { ...rider, corners, points, isRetired: told.isRetired, length: lengthOf(corners, rider) };
    }),
  };
}

function cornersOf(known: readonly Point[], rode: RiderSeen, count: number): readonly Point[] {
  const before = known.slice(0, Math.max(0, count - Math.min(rode.count, RUNS)));
  const [first] = rode.corners;
  const last = before.at(-1);
  // A frame was missed in which it turned: one corner lies where the two runs meet.
  if (first && last && first.x !== last.x && first.y !== last.y) {
    const beyond = rode.corners[1] ?? rode;
    return [...before, beyond.x === first.x ? { x: last.x, y: first.y } : { x: first.x, y: last.y }, ...rode.corners];
  }
  return [...before, ...rode.corners];
}

export function lengthOf(corners: readonly Point[], head: Point): number {
  let sum = 0;
  corners.forEach((corner, at) => {
    const to = corners[at + 1] ?? head;
    sum += Math.abs(to.x - corner.x) + Math.abs(to.y - corner.y);
  });
  return sum;
}

/** How far a rider has come at a moment of the race, in cells and parts of them; what is not known yet is not ridden. */
export function ridden(now: Now, tick: number): number {
  if (now.phase !== "racing" && now.phase !== "countdown") return Infinity;
  const ticks = now.ticks - (now.phase === "countdown" ? COUNTDOWN_TICKS : 0);
  return Math.max(0, (ticks + tick - now.tick) / now.pace);
}

/** 0 where nothing stands, else the seat plus 1. */
export function walls(now: Now, but: number | null = null): Uint8Array {
  const cells = new Uint8Array(now.width * now.height);
  now.riders.forEach((rider, seat) => {
    if (seat === but) return;
    rider.corners.forEach((corner, at) => {
      const to = rider.corners[at + 1] ?? rider;
      const direction = to.x === corner.x ? (to.y < corner.y ? 0 : 2) : to.x > corner.x ? 1 : 3;
      const length = Math.abs(to.x - corner.x) + Math.abs(to.y - corner.y);
      for (let cell = 0; cell <= length; cell++) {
        const { x, y } = stepped(corner, direction, cell);
        cells[y * now.width + x] = seat + 1;
      }
    });
  });
  return cells;
}

export function isFree(now: Now, cells: Uint8Array, { x, y }: Point): boolean {
  return x >= 0 && y >= 0 && x < now.width && y < now.height && cells[y * now.width + x] === 0;
}
