import { adoptStyles } from "../../ui/app";
import type { GameView } from "../view";
import { Board } from "./board";
import { commands } from "./commands";
import css from "./connect-four.css";
import { canAct, describe, predict, result, turn, type View } from "./rules";

adoptStyles(css);

export const view: GameView<View> = {
  Board,
  resign: { type: "resign", args: {} },
  turn,
  canAct,
  result,
  clock: (view) => view.clock,
  describe,
  predict,
  commands,
};
