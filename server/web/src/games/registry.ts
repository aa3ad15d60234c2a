/** Which games this client can draw. Boards are chunks of their own. */

import type { FunctionComponent } from "preact";
import { ConnectFourArt } from "./connect-four/art";
import type { GameView } from "./view";

export interface GameEntry {
  /** How to play, in one sentence. */
  readonly pitch: string;
  /** Where the first page shows it at once; other arts are in `ui/choices`. */
  readonly CardArt?: FunctionComponent;
  readonly load: () => Promise<{ readonly view: GameView }>;
}

export const GAMES: Readonly<Record<string, GameEntry>> = {
  "connect-four": {
    pitch: "Drop pieces. Four in a row wins.",
    CardArt: ConnectFourArt,
    load: () => import("./connect-four/index"),
  },
  "liars-dice": {
    pitch: "Bid on dice you cannot see. Catch who lies.",
    load: () => import("./liars-dice/index"),
  },
  "light-cycles": {
    pitch: "Leave a wall. Ride into none. Last one riding wins.",
    load: () => import("./light-cycles/index"),
  },
};
