/** Declared actions by typed commands: the action's name, then its fields in their order. No DOM. */

import type { Json } from "../../protocol.gen";
import type { GameCommands } from "../view";
import { readField } from "./form";
import { type Declared, type Field, words } from "./schema";

/** Rows and columns are counted from 1 by people, as on the board. */
const isLine = ({ name, kind }: Field): boolean => kind.is === "number" && /(^|_)(row|column|col|x|y)$/.test(name);

export function makeCommands(actions: readonly Declared[]): GameCommands<Json> {
  return {
    examples: actions.map(({ name, fields }) => [words(name), ...fields.map((field) => `(${words(field.name)})`)].join(" ")),
    read(line) {
      const named = actions
        .filter(({ name }) => line === words(name) || line.startsWith(`${words(name)} `))
        .sort((a, b) => b.name.length - a.name.length)[0];
      const action = named ?? (actions.length === 1 ? actions[0] : undefined);
      if (!action) return null;
      const given = (named ? line.slice(words(named.name).length) : line).trim().split(/[\s,]+/).filter((word) => word !== "");
      return argsOf(action, given);
    },
  };
}

function argsOf(action: Declared, given: string[]): ReturnType<GameCommands<Json>["read"]> {
  const args: Record<string, Json> = {};
  for (const field of action.fields) {
    const typed = field.kind.is === "place" ? given.splice(0, 2).join(" ") : (given.shift() ?? "");
    const value = typed === "" && field.usual !== undefined ? field.usual : readField(isLine(field) ? unbounded(field) : field, typed);
    if (value instanceof Error) return value.message;
    if (value === undefined) continue;
    if (field.kind.is === "place") args[field.name] = (value as readonly number[]).map((line) => line - 1);
    else args[field.name] = isLine(field) && typed !== "" ? (value as number) - 1 : value;
  }
  return given.length > 0 ? null : { type: action.name, args };
}

/** Its bounds are counted from 0, what is typed from 1: the server judges. */
const unbounded = (field: Field): Field => ({ ...field, kind: { is: "number", least: null, most: null } });
