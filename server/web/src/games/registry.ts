/** Which games this client can draw. Boards are chunks of their own. */

import type { FunctionComponent } from "preact";
import { mark } from "../core/say";
import { ConnectFourArt } from "./connect-four/art";
import type { GameView } from "./view";

export interface GameEntry {
  readonly title: string;
  /** How to play, in one sentence. */
  readonly pitch: string;
  /** Where the first page shows it at once; other arts are in `ui/choices`. */
  readonly CardArt?: FunctionComponent;
  readonly load: () => Promise<{ readonly view: GameView }>;
}

export const GAMES: Readonly<Record<string, GameEntry>> = {
  "connect-four": {
    title: mark("Connect Four"),
    pitch: mark("Drop pieces. Four in a row wins."),
    CardArt: ConnectFourArt,
    load: () => import("./connect-four/index"),
  },
  "liars-dice": {
    title: mark("Liar's Dice"),
    pitch: mark("Bid on dice you cannot see. Catch who lies."),
    load: () => import("./liars-dice/index"),
  },
  "light-cycles": {
    title: mark("Light Cycles"),
    pitch: mark("Leave a wall. Ride into none. Last one riding wins."),
    load: () => import("./light-cycles/index"),
  },
};
