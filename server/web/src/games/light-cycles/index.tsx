import { adoptStyles } from "../../ui/app";
import type { GameView } from "../view";
import { Board } from "./board";
import { commands } from "./commands";
import css from "./light-cycles.css";
import { canAct, describe, predict, result, say, standing, TICKS_PER_SECOND, type View } from "./rules";

adoptStyles(css);

export const view: GameView<View> = {
  ticksPerSecond: TICKS_PER_SECOND,
  Board,
  resign: { type: "resign", args: {} },
  turn: () => null,
  canAct,
  result,
  clock: () => null,
  describe,
  predict,
  commands,
  say,
  standing,
};
