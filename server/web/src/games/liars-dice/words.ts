/** Bids, calls and rounds in words: for the board, the log, and those who hear the page. */

import { list, mark, t, tn } from "../../core/say";
import type { ShownEvent } from "../../protocol.gen";
import { type Bid, type Call, onTable, standing, type View } from "./rules";

const NUMBERS = [
  mark("no"), mark("one"), mark("two"), mark("three"), mark("four"), mark("five"), mark("six"),
  mark("seven"), mark("eight"), mark("nine"), mark("ten"), mark("eleven"), mark("twelve"),
];
/** One die of a face, and several. */
const FACE_NAMES: readonly (readonly [one: string, many: string])[] = [
  [mark("a one"), mark("ones")], [mark("a two"), mark("twos")], [mark("a three"), mark("threes")],
  [mark("a four"), mark("fours")], [mark("a five"), mark("fives")], [mark("a six"), mark("sixes")],
];

export function number(count: number): string {
  return t(NUMBERS[count] ?? String(count));
}

export function faceName(face: number, count = 2): string {
  const name = FACE_NAMES[face - 1]?.[count === 1 ? 0 : 1];
  return name === undefined ? "" : t(name);
}

/** "four fives". */
export function bidWords({ count, face }: Pick<Bid, "count" | "face">): string {
  // "a five" would say too little where it is counted: "one five".
  return count === 1 ? t("one {face}", { face: faceName(face, 1).replace(/^\S+ /, "") }) : `${number(count)} ${faceName(face, count)}`;
}

export function diceWords(count: number): string {
  return tn("one die", "{number} dice", count, { number: number(count) });
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Ada", "Ada and Bo", "Ada, Bo and Cleo"; the viewer is "you". */
export function nameList(seats: readonly number[], names: readonly string[], me: number | null): string {
  return seats.length === 0 ? t("nobody") : list(seats.map((seat) => (seat === me ? t("you") : (names[seat] ?? t("player {n}", { n: seat + 1 })))));
}

/** What a call uncovered: "Bo did not believe Ada's four fives. There are three, so Ada loses a die." */
export function callWords(call: Call, names: readonly string[], me: number | null): string {
  const who = names[call.seat] ?? "";
  const bid = bidWords(call.bid);
  const theirs = call.bid.seat === me ? t("your {bid}", { bid }) : t("{name}’s {bid}", { name: names[call.bid.seat] ?? "", bid });
  const isMine = call.seat === me;
  const said =
    call.kind === "spot_on"
      ? isMine
        ? t("You said that {bid} are exactly right.", { bid: theirs })
        : t("{who} said that {bid} are exactly right.", { who, bid: theirs })
      : isMine
        ? t("You did not believe {bid}.", { bid: theirs })
        : t("{who} did not believe {bid}.", { who, bid: theirs });
  const few = call.count === 1 ? t("There is one") : call.count === 0 ? t("There are none") : t("There are {number}", { number: number(call.count) });
  const losers = nameList(call.losers, names, me);
  const loses =
    call.losers.length > 1
      ? t("{few}, so {names} each lose a die.", { few, names: losers })
      : call.losers[0] === me
        ? t("{few}, so you lose a die.", { few })
        : t("{few}, so {name} loses a die.", { few, name: losers });
  return `${said} ${loses}`;
}

/** What is going on, in one line. */
export function sayWords(view: View, seat: number | null, names: readonly string[]): string | null {
  if (view.phase === "revealed") {
    return seat !== null && view.waiting.includes(seat) ? t("Look at the dice") : t("The dice are shown");
  }
  if (view.phase !== "bidding" || view.turn === null) return null;
  const bid = standing(view);
  if (view.turn !== seat) return t("{name} is thinking", { name: names[view.turn] ?? "" });
  return bid === null ? t("You open the round") : t("Raise, or call it a lie");
}

export function stateWords(view: View, seat: number): string | null {
  const place = view.places[seat];
  if (place != null && view.phase !== "waiting") return view.gone[seat] === "dice" ? t("Out of dice") : view.gone[seat] === "resigned" ? t("Gave up") : t("Left");
  return null;
}

export function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? t("Somebody") : (names[event.seat] ?? t("Player {n}", { n: event.seat + 1 }));
  switch (event.kind) {
    case "started":
      return t("The dice are thrown");
    case "timeout":
      return t("{who} ran out of time", { who });
    case "forfeit":
      return t("{who} left the match", { who });
    case "action":
      break;
    default:
      return null;
  }
  switch (event.type) {
    case "bid": {
      const args = event.args as { count?: unknown; face?: unknown } | null;
      return typeof args?.count === "number" && typeof args.face === "number" ? t("{who}: at least {bid}", { who, bid: bidWords({ count: args.count, face: args.face }) }) : t("{who} bids", { who });
    }
    case "challenge":
      return t("{who} calls it a lie", { who });
    case "spot_on":
      return t("{who} says spot on", { who });
    case "resign":
      return t("{who} gives up", { who });
    default:
      return null;
  }
}

/** "14 dice, ones are wild": those that lie there now, also while they are shown. */
export function tableWords(view: View): string {
  const dice = view.phase === "bidding" || view.phase === "waiting" ? onTable(view) : view.dice.flat().length;
  const count = tn("{n} die", "{n} dice", dice);
  return view.wild_ones ? t("{dice}, ones are wild", { dice: count }) : count;
}
