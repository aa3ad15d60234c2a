import type { GameCommands } from "../view";
import { COLUMNS, ROWS, type View } from "./rules";

const LETTERS = "abcdefg";

/** A column by its number, or by its letter as on a chess board (`e5`: the row follows by itself). */
export const commands: GameCommands<View> = {
  examples: ["4", "board", "column 4"],
  read(line, { view, names }) {
    if (line === "board") return Array.from({ length: COLUMNS }, (_, column) => columnWords(view, column, names)).join(" ");
    const told = /^column ([1-7])$/.exec(line)?.[1];
    if (told) return columnWords(view, Number(told) - 1, names);
    const typed = /^(?:drop )?([1-9]|[a-g][1-6]?)$/.exec(line)?.[1];
    if (typed === undefined) return null;
    const letter = LETTERS.indexOf(typed.charAt(0));
    const column = letter < 0 ? Number(typed) - 1 : letter;
    return column < COLUMNS ? { type: "drop", args: { column } } : `There are ${COLUMNS} columns.`;
  },
};

function columnWords({ board }: View, column: number, names: readonly string[]): string {
  const owners: string[] = [];
  for (let row = ROWS - 1; row >= 0; row--) {
    const owner = board[row]?.[column] ?? null;
    if (owner !== null) owners.push(names[owner] ?? `player ${owner + 1}`);
  }
  return `Column ${column + 1}: ${owners.length === 0 ? "empty" : `${owners.join(", ")}, from below`}.`;
}
