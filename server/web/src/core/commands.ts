/**
 * The typed command line of a table: one way to play every game for whoever cannot see or reach a board. Knows no game: what
 * a game takes is read by its own `commands`. Everything is answered in words.
 */

import { t, tn } from "../core/say";
import type { ClockState, GameCommands } from "../games/view";
import type { Json } from "../protocol.gen";
import type { Action } from "./reconcile";
import { asTyped, inEnglish } from "./typed";

export interface Moment {
  readonly view: Json;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly turn: number | null;
  readonly isOver: boolean;
  readonly canAct: boolean;
  /** What is going on, in one line. */
  readonly now: string;
  /** The newest lines of the log, oldest first. */
  readonly log: readonly string[];
  readonly clock: ClockState | null;
  /** What is left to a seat just now. */
  readonly leftMs: (seat: number) => number;
  readonly resign: Action | null;
  readonly game: GameCommands<Json> | null;
}

export type Answer =
  | { readonly do: "say"; readonly words: string }
  | { readonly do: "act"; readonly action: Action; readonly words: string }
  | { readonly do: "chat"; readonly text: string }
  | { readonly do: "rematch" };

const LAST_MAX = 10;
/** What a language may have other words for (`core/typed.ts`). */
export const COMMANDS: readonly string[] = ["help", "clock", "last", "turn", "players", "say", "hello", "rematch", "resign", "yes"];

const say = (words: string): Answer => ({ do: "say", words });

/** What to do about a line that was typed. */
export function readCommand(typed: string, moment: Moment): Answer {
  const line = typed.trim().replace(/^\//, "").replace(/\s+/g, " ");
  const [word = "", rest = ""] = split(line);
  switch (inEnglish(word.toLowerCase(), COMMANDS)) {
    case "":
      return say(helpWords(moment));
    case "help":
    case "?":
      return say(helpWords(moment));
    case "clock":
    case "time":
      return say(clockWords(moment));
    case "last":
      return say(lastWords(moment, rest));
    case "turn":
    case "who":
      return say(moment.now);
    case "players":
      return say(`${moment.names.map((name, seat) => (seat === moment.seat ? `${name} ${t("(you)")}` : name)).join(", ")}.`);
    case "say":
    case "chat":
      return rest === "" ? say(t("Type what to say, like: say good luck")) : { do: "chat", text: rest };
    case "rematch":
      return moment.isOver && moment.seat !== null ? { do: "rematch" } : say(t("A rematch can be asked for when the match is over."));
    case "resign":
      return resign(moment, rest);
  }
  return play(line, moment);
}

function play(line: string, moment: Moment): Answer {
  const { game, view, seat, names } = moment;
  const at = { view, seat, names };
  const typed = line.toLowerCase();
  const read = game?.read(typed, at) ?? game?.read(inEnglish(typed, game.words ?? []), at) ?? null;
  if (read === null) return say(`${t("“{line}” is not understood.", { line: line.slice(0, 40) })} ${helpWords(moment)}`);
  if (typeof read === "string") return say(read);
  if (seat === null) return say(t("You are watching; you have no seat."));
  if (moment.isOver) return say(t("The match is over."));
  if (!moment.canAct) return say(`${t("It is not your turn.")} ${moment.now}`);
  return { do: "act", action: read, words: t("Sent: {line}.", { line }) };
}

function resign({ seat, isOver, resign: action }: Moment, rest: string): Answer {
  if (seat === null || isOver || action === null) return say(t("There is nothing to resign."));
  if (inEnglish(rest.toLowerCase(), COMMANDS) !== "yes") return say(t("To give the match up, type: resign yes"));
  return { do: "act", action, words: t("You resigned.") };
}

function split(line: string): readonly [string, string] {
  const at = line.indexOf(" ");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

function helpWords({ game, isOver }: Moment): string {
  const examples = isOver ? ["rematch"] : (game?.examples ?? []);
  const all = [...examples, "turn", "last", "clock", "players", "say hello", "resign"];
  return t("You may type: {list}.", { list: all.map((example) => asTyped(example, [...COMMANDS, ...(game?.words ?? [])])).join(", ") });
}

function lastWords({ log }: Moment, rest: string): string {
  const wanted = Math.min(Math.max(Number.parseInt(rest, 10) || 1, 1), LAST_MAX);
  return log.length === 0 ? t("No moves yet.") : `${log.slice(-wanted).join(". ")}.`;
}

function clockWords({ clock, names, leftMs }: Moment): string {
  if (clock === null) return t("There is no clock.");
  const shown = names.flatMap((name, seat) => (clock.running_seats?.includes(seat) ?? true ? [`${name}: ${spoken(leftMs(seat))}`] : []));
  return shown.length === 0 ? t("No clock runs.") : `${shown.join(". ")}.`;
}

/** "9 minutes 7 seconds". */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [minutes, left] = [Math.floor(seconds / 60), seconds % 60];
  const words = [minutes > 0 ? tn("{n} minute", "{n} minutes", minutes) : "", left > 0 || minutes === 0 ? tn("{n} second", "{n} seconds", left) : ""];
  return words.filter((word) => word !== "").join(" ");
}
