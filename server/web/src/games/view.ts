/** What a game brings to the client: its renderer. The pages around it know no game. */

import type { VNode } from "preact";
import type { LiveFeed } from "../core/live";
import type { Action } from "../core/reconcile";
import type { Json, ShownEvent } from "../protocol.gen";

export interface PendingAction {
  readonly id: string;
  readonly action: Action;
}

/** An action that was shown and had to be taken back; `at` is new for each, so that a view can animate it once. */
export interface Undone {
  readonly action: Action;
  readonly at: number;
}

export interface BoardProps<View> {
  /** The confirmed view with the pending actions on top. */
  readonly view: View;
  /** Whose view it is; null for spectators. */
  readonly seat: number | null;
  /** What of the shown view the server has not confirmed yet, oldest first. */
  readonly pending: readonly PendingAction[];
  readonly undone: Undone | null;
  /** Players' names by seat, for labels. */
  readonly names: readonly string[];
  /**
   * Does an action; null where the viewer cannot act now (spectators, replays, the opponent's turn). With a `tick` (games in
   * real time) it goes straight to the server, stamped with it: the board predicts it itself, and what is lost is lost.
   */
  readonly act: ((action: Action, tick?: number) => void) | null;
  /** The server's frames, for games in real time; null elsewhere and in replays, which show `view` alone. */
  readonly live: LiveFeed | null;
  /** What is shown is over: nobody can act, `seat` is whose eyes one looks through. */
  readonly isReplay?: boolean;
}

export type Predicted<View> = { readonly ok: true; readonly view: View } | { readonly ok: false; readonly code: string; readonly message: string };

export interface Result {
  readonly winner: number | null;
  /** Where more than one seat won (teams); then `winner` is one of them. */
  readonly winners?: readonly number[];
  /** How it ended, to follow after a name: "four in a row". */
  readonly how: string;
}

/** A type, not an interface: it stands inside views, which are JSON. */
export type ClockState = {
  readonly remaining_ms: readonly number[];
  readonly running: number | null;
  /** Clocks per move and per phase: whose clocks run, several at once where several are to move. */
  readonly running_seats?: readonly number[];
  /** Clocks per phase: what is left of the phase; null where the phase has no end by time. */
  readonly phase_ms?: number | null;
};

/** What may be typed instead of played by hand. */
export interface GameCommands<View> {
  /** For the help: "4", "bid 3 fives". */
  readonly examples: readonly string[];
  /** The English words in it that a language may have others for (`core/typed.ts`). */
  readonly words?: readonly string[];
  /** A line in lower case, in English: what to do, words to answer with, or null for what it does not know. */
  read(line: string, at: { readonly view: View; readonly seat: number | null; readonly names: readonly string[] }): Action | string | null;
}

export interface GameView<View = Json> {
  /** For games in real time: as the rules declare it. Absent: no frames come, and `live` is null. */
  readonly ticksPerSecond?: number;
  /** A component. (Written as a method, so that a game may name its own type of view.) */
  Board(props: BoardProps<View>): VNode;
  /** The action that gives the match up; null where the game has none. */
  readonly resign: Action | null;
  /** Whose turn it is; null where it is nobody's. */
  turn(view: View): number | null;
  /** Whether this seat may act now, as far as the view tells. */
  canAct(view: View, seat: number): boolean;
  result(view: View): Result | null;
  /** What is going on, in one line, where "Your turn" would say too little; null: the page finds its own words. */
  say?(view: View, seat: number | null, names: readonly string[]): string | null;
  /** What is to be said of a seat on its plate, as that it is out; null: nothing. */
  standing?(view: View, seat: number): string | null;
  /** The game by typed commands; absent: only what every table understands. */
  readonly commands?: GameCommands<View>;
  /** Remaining times as of the last event; null where the match is untimed. */
  clock(view: View): ClockState | null;
  /** An event in words, for the move log and for screen readers; null for what is not worth a line. */
  describe(event: ShownEvent, names: readonly string[]): string | null;
  /** The rules as far as a client can know them. What the server keeps secret is never guessed. */
  predict(view: View, action: Action, seat: number): Predicted<View>;
}
