import { t } from "../../core/say";
import type { GameCommands } from "../view";
import type { View } from "./rules";

const KEYS: Readonly<Record<string, string>> = { up: "ArrowUp", right: "ArrowRight", down: "ArrowDown", left: "ArrowLeft", where: "?" };

/** A race is ridden by keys: a command presses one, so that it counts at the moment when it is typed, as a key does. */
export const commands: GameCommands<View> = {
  examples: ["where", "left", "right", "up", "down", "points"],
  words: [...Object.keys(KEYS), "points"],
  read(line, { view, names }) {
    if (line === "points") return `${names.map((name, seat) => `${name} ${view.riders[seat]?.points ?? 0}`).join(", ")}. ${t("First to {n}.", { n: view.points_to_win })}`;
    const key = KEYS[line];
    if (key === undefined) return null;
    dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    return line === "where" ? "" : t("Steered.");
  },
};
