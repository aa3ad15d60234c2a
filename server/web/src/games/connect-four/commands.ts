import { t } from "../../core/say";
import type { GameCommands } from "../view";
import { COLUMNS, ROWS, type View } from "./rules";

const LETTERS = "abcdefg";

/** A column by its number, or by its letter as on a chess board (`e5`: the row follows by itself). */
export const commands: GameCommands<View> = {
  examples: ["4", "board", "column 4"],
  words: ["board", "column", "drop"],
  read(line, { view, names }) {
    if (line === "board") return Array.from({ length: COLUMNS }, (_, column) => columnWords(view, column, names)).join(" ");
    const told = /^column ([1-7])$/.exec(line)?.[1];
    if (told) return columnWords(view, Number(told) - 1, names);
    const typed = /^(?:drop )?([1-9]|[a-g][1-6]?)$/.exec(line)?.[1];
    if (typed === undefined) return null;
    const letter = LETTERS.indexOf(typed.charAt(0));
    const column = letter < 0 ? Number(typed) - 1 : letter;
    return column < COLUMNS ? { type: "drop", args: { column } } : t("There are {n} columns.", { n: COLUMNS });
  },
};

function columnWords({ board }: View, column: number, names: readonly string[]): string {
  const owners: string[] = [];
  for (let row = ROWS - 1; row >= 0; row--) {
    const owner = board[row]?.[column] ?? null;
    if (owner !== null) owners.push(names[owner] ?? t("player {n}", { n: owner + 1 }));
  }
  return owners.length === 0 ? t("Column {n}: empty.", { n: column + 1 }) : t("Column {n}: {names}, from below.", { n: column + 1, names: owners.join(", ") });
}
