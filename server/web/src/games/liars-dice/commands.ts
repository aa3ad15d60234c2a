import { t } from "../../core/say";
import type { GameCommands } from "../view";
import { FACES, objection, standing, type View } from "./rules";
import { bidWords, capital, diceWords as diceCount, faceName } from "./words";

const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const FACE_WORDS = ["ones", "twos", "threes", "fours", "fives", "sixes"];
const COUNTS = new Map(WORDS.map((word, count) => [word, count]));

/** "bid 3 fives", "three fives", "3 5", "challenge", "dice", "table". */
export const commands: GameCommands<View> = {
  examples: ["bid 3 fives", "challenge", "spot on", "ready", "dice", "bids"],
  words: ["challenge", "liar", "spot on", "ready", "next", "dice", "bids", "bid", "times", ...WORDS.slice(1), ...FACE_WORDS],
  read(line, { view, seat, names }) {
    switch (line) {
      case "challenge":
      case "liar":
      case "lie":
      case "call":
        return { type: "challenge", args: {} };
      case "spot on":
      case "spot":
        return view.spot_on ? { type: "spot_on", args: {} } : t("Spot on is not played at this table.");
      case "ready":
      case "next":
        return { type: "ready", args: {} };
      case "dice":
        return diceWords(view, seat, names);
      case "bids":
      case "bid":
        return bidsWords(view, names);
    }
    const typed = /^(?:bid )?(\w+)(?: ?x ?| times | )(\w+)$/.exec(line);
    const [count, face] = [typed && readCount(typed[1] ?? ""), typed && readFace(typed[2] ?? "")];
    if (count === null || face === null) return null;
    return objection(view, count, face)?.message ?? { type: "bid", args: { count, face } };
  },
};

function readCount(word: string): number | null {
  const count = COUNTS.get(word) ?? Number(word);
  return Number.isInteger(count) && count > 0 ? count : null;
}

function readFace(word: string): number | null {
  for (let face = 1; face <= FACES; face++) if ([String(face), `${face}s`, WORDS[face], `${WORDS[face]}s`, `${WORDS[face]}es`, faceName(face).toLowerCase()].includes(word)) return face;
  return null;
}

function diceWords({ dice, counts }: View, seat: number | null, names: readonly string[]): string {
  const own = seat === null ? null : dice[seat];
  const mine = own && own.length > 0 ? `${t("Your dice: {dice}.", { dice: own.join(", ") })} ` : "";
  return mine + counts.map((count, each) => `${each === seat ? capital(t("you")) : names[each]}: ${dice[each] && each !== seat ? dice[each].join(", ") : diceCount(count)}`).join(". ") + ".";
}

function bidsWords(view: View, names: readonly string[]): string {
  const bid = standing(view);
  return bid ? t("{who}: at least {bid}", { who: names[bid.seat] ?? "", bid: bidWords(bid) }) + "." : t("Nobody has bid yet.");
}
