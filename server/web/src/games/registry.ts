/** Which games this client can draw. Art is here because the lobby shows it at once; boards are chunks of their own. */

import type { FunctionComponent } from "preact";
import { ConnectFourArt } from "./connect-four/art";
import { LiarsDiceArt } from "./liars-dice/art";
import type { GameView } from "./view";

export interface GameEntry {
  /** How to play, in one sentence. */
  readonly pitch: string;
  readonly CardArt: FunctionComponent;
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
    CardArt: LiarsDiceArt,
    load: () => import("./liars-dice/index"),
  },
};
