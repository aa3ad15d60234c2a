import type { ComponentChildren } from "preact";
import { t } from "../core/say";
import type { ClockState } from "../games/view";
import { serverNow } from "./app";
import { Avatar } from "./avatar";
import { Shape } from "./shapes";
import { useTick } from "./tick";

export interface PlateState {
  readonly words: string;
  readonly tone: "quiet" | "ok" | "warn";
}

interface Props {
  readonly seat: number;
  /** Their id, where it is known: pieces have a face. */
  readonly player?: string | null;
  readonly name: string | null;
  readonly isYou: boolean;
  readonly isTurn: boolean;
  /** Plays no more in this match. */
  readonly isOut?: boolean;
  readonly state: PlateState;
  readonly clock: ClockState | null;
  /** Server's time at which the running clock began to run. */
  readonly clockSince: number;
  readonly isRunning: boolean;
  /** What its player just showed. */
  readonly bubble?: ComponentChildren;
}

/** Who sits there: colour, shape, name, state in words, clock. */
export function Plate({ seat, player, name, isYou, isTurn, isOut = false, state, clock, clockSince, isRunning, bubble }: Props) {
  return (
    <div class={`plate p${(seat % 8) + 1}${isTurn ? " is-turn" : ""}${isOut ? " is-out" : ""}`} data-testid={`plate-${seat}`} data-you={isYou} data-turn={isTurn}>
      <span class="token">
        {player ? <Avatar id={player} seat={seat} /> : <Shape seat={seat} isFree={name === null} />}
        {bubble}
      </span>
      <span class="person">
        <span class="name">
          {name ?? t("Free seat")}
          {isYou && <span class="quiet"> {t("(you)")}</span>}
        </span>
        <span class={`state ${state.tone}`}>{state.words}</span>
      </span>
      {clock && (clock.running_seats?.includes(seat) ?? true) && <Clock seat={seat} clock={clock} since={clockSince} isRunning={isRunning} />}
    </div>
  );
}

const runsFor = (clock: ClockState, seat: number): boolean => clock.running_seats?.includes(seat) ?? clock.running === seat;

/** What is left to a seat at this moment. */
export function leftMs(clock: ClockState, seat: number, since: number, isRunning: boolean): number {
  const stored = clock.remaining_ms[seat] ?? 0;
  return Math.max(0, isRunning && runsFor(clock, seat) ? stored - Math.max(0, serverNow() - since) : stored);
}

const LOW_MS = 20_000;
const LOW_FOR_A_MOVE_MS = 6_000;

function Clock({ seat, clock, since, isRunning }: { readonly seat: number; readonly clock: ClockState; readonly since: number; readonly isRunning: boolean }) {
  const runs = isRunning && runsFor(clock, seat);
  const left = leftMs(clock, seat, since, isRunning);
  // A clock for one move is short by itself.
  const isLow = left < (clock.running_seats ? LOW_FOR_A_MOVE_MS : LOW_MS);
  useTick(isLow ? 100 : 250, runs);
  return (
    <span class={`clock display num${runs ? " is-running" : ""}${isLow ? " is-low" : ""}`} role="timer" data-testid={`clock-${seat}`}>
      {clockText(left)}
    </span>
  );
}

/** `9:07`, or `0:07.3` when it gets tight. */
export function clockText(ms: number): string {
  const isLow = ms < LOW_MS;
  const tenths = Math.floor(ms / 100);
  const seconds = isLow ? Math.floor(tenths / 10) : Math.ceil(ms / 1_000);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return isLow ? `${text}.${tenths % 10}` : text;
}
