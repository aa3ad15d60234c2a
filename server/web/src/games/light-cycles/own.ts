/**
 * One's own rider, ahead of what the server has told: it turns at once, and rides where it will be when the server hears of
 * the turn. Goes on from the newest frame that agrees; one that does not is waited out as long as a turn may still be on
 * its way, then believed. It never rides into a wall by itself: who is out, the server says.
 */

import { type Point, stepped } from "./frame";
import { COUNTDOWN_TICKS } from "./rules";
import { isFree, lengthOf, type Now, type RiderNow, walls } from "./track";

const TURNS_AHEAD_MOST = 3;
/** Beyond the round trip: frames come every 50 ms, and ways differ. */
const PATIENCE_TICKS = 5;

interface Turn {
  readonly tick: number;
  readonly direction: number;
}

interface Base {
  readonly now: Now;
  readonly rider: RiderNow;
}

export interface Ridden {
  readonly corners: readonly Point[];
  readonly x: number;
  readonly y: number;
  readonly direction: number;
  readonly turns: readonly number[];
  readonly length: number;
}

export class Own {
  private base: Base | null = null;
  private turns: readonly Turn[] = [];
  /** The walls of the others. */
  private cells: Uint8Array = new Uint8Array(0);

  constructor(private readonly seat: number) {}

  /** What was known belongs to another history. */
  forget(): void {
    this.base = null;
    this.turns = [];
  }

  /** A newer state of the race. `tripTicks`: how long a turn takes to the server and its effect back. */
  heard(now: Now, tripTicks: number): void {
    const rider = now.riders[this.seat];
    if (!rider) return;
    const kept = this.base;
    const isOnItsWay = this.turns.some((turn) => turn.tick < now.tick && turn.tick + tripTicks + PATIENCE_TICKS > now.tick);
    if (kept && isOnItsWay && !rider.isOut && kept.now.round === now.round) {
      const mine = this.at(now.tick);
      const agrees = mine !== null && mine.x === rider.x && mine.y === rider.y && mine.direction === rider.direction && same(mine.turns, rider.turns);
      if (!agrees) {
        this.cells = walls(now, this.seat);
        return;
      }
    }
    this.base = { now, rider };
    this.cells = walls(now, this.seat);
    this.turns = this.turns.filter((turn) => turn.tick >= now.tick && now.round === (kept?.now.round ?? now.round));
  }

  /** Turns at `tick`; false where that would change nothing. */
  steer(tick: number, direction: number): boolean {
    const mine = this.at(tick);
    const heading = this.heading(tick);
    if (!mine || heading === null || this.base?.rider.isOut) return false;
    const waiting = mine.turns.length + this.turns.filter((turn) => turn.tick === tick).length;
    if ((direction - heading) % 2 === 0 || waiting >= TURNS_AHEAD_MOST) return false;
    this.turns = [...this.turns, { tick, direction }];
    return true;
  }

  /** Where the rider goes once the turns that are asked for are taken. */
  heading(tick: number): number | null {
    const mine = this.at(tick);
    const asked = this.turns.filter((turn) => turn.tick === tick).at(-1)?.direction;
    return mine ? (asked ?? mine.turns.at(-1) ?? mine.direction) : null;
  }

  /** Where the rider is at a tick that the server has not told of yet. */
  at(tick: number): Ridden | null {
    if (!this.base) return null;
    const { now, rider } = this.base;
    let place: Point = rider;
    let { direction } = rider;
    let turns = [...rider.turns];
    const corners = [...rider.corners];
    let { phase, ticks } = now;
    const isMine = (cell: Point): boolean => corners.some((corner, at) => isBetween(cell, corner, corners[at + 1] ?? place));
    for (let at = now.tick; at < tick; at++) {
      for (const turn of this.turns) if (turn.tick === at && turns.length < TURNS_AHEAD_MOST) turns.push(turn.direction);
      ticks += 1;
      if (phase === "countdown" && ticks >= COUNTDOWN_TICKS) [phase, ticks] = ["racing", 0];
      else if (phase === "racing" && ticks % now.pace === 0 && !rider.isOut) {
        const way = turns[0] ?? direction;
        const next = stepped(place, way);
        if (!isFree(now, this.cells, next) || isMine(next)) continue;
        if (turns.length > 0) corners.push(place);
        [place, direction, turns] = [next, way, turns.slice(1)];
      }
    }
    return { corners, x: place.x, y: place.y, direction, turns, length: lengthOf(corners, place) };
  }
}

function same(some: readonly number[], other: readonly number[]): boolean {
  return some.length === other.length && some.every((each, at) => each === other[at]);
}

function isBetween({ x, y }: Point, from: Point, to: Point): boolean {
  return x >= Math.min(from.x, to.x) && x <= Math.max(from.x, to.x) && y >= Math.min(from.y, to.y) && y <= Math.max(from.y, to.y);
}
