/** Bids, calls and rounds in words: for the board, the log, and those who hear the page. */

import type { ShownEvent } from "../../protocol.gen";
import { type Bid, type Call, onTable, standing, type View } from "./rules";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const FACE_NAMES = ["", "one", "two", "three", "four", "five", "six"];

export function number(count: number): string {
  return NUMBERS[count] ?? String(count);
}

export function faceName(face: number, count = 2): string {
  const name = FACE_NAMES[face] ?? "die";
  return count === 1 ? name : name.endsWith("x") ? `${name}es` : `${name}s`;
}

/** "four fives". */
export function bidWords({ count, face }: Pick<Bid, "count" | "face">): string {
  return `${number(count)} ${faceName(face, count)}`;
}

export function diceWords(count: number): string {
  return `${number(count)} ${count === 1 ? "die" : "dice"}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Ada", "Ada and Bo", "Ada, Bo and Cleo"; the viewer is "you". */
export function nameList(seats: readonly number[], names: readonly string[], me: number | null): string {
  const all = seats.map((seat) => (seat === me ? "you" : (names[seat] ?? `player ${seat + 1}`)));
  return all.length < 2 ? (all[0] ?? "nobody") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

const verb = (seat: number, me: number | null, you: string, they: string): string => (seat === me ? you : they);

/** What a call uncovered: "Bo did not believe Ada's four fives. There are three, so Ada loses a die." */
export function callWords(call: Call, names: readonly string[], me: number | null): string {
  const who = capital(nameList([call.seat], names, me));
  const whose = call.bid.seat === me ? "your" : `${names[call.bid.seat]}’s`;
  const said =
    call.kind === "spot_on"
      ? `${who} said that ${whose} ${bidWords(call.bid)} are exactly right.`
      : `${who} did not believe ${whose} ${bidWords(call.bid)}.`;
  const few = call.count === 1 ? "There is one" : `There are ${call.count === 0 ? "none" : number(call.count)}`;
  const loses = call.losers.length > 1 ? "each lose a die" : verb(call.losers[0] ?? -1, me, "lose a die", "loses a die");
  return `${said} ${few}, so ${nameList(call.losers, names, me)} ${loses}.`;
}

/** What is going on, in one line. */
export function sayWords(view: View, seat: number | null, names: readonly string[]): string | null {
  if (view.phase === "revealed") {
    return seat !== null && view.waiting.includes(seat) ? "Look at the dice" : "The dice are shown";
  }
  if (view.phase !== "bidding" || view.turn === null) return null;
  const bid = standing(view);
  if (view.turn !== seat) return `${names[view.turn]} is thinking`;
  return bid === null ? "You open the round" : "Raise, or call it a lie";
}

export function stateWords(view: View, seat: number): string | null {
  const place = view.places[seat];
  if (place != null && view.phase !== "waiting") return view.gone[seat] === "dice" ? "Out of dice" : view.gone[seat] === "resigned" ? "Gave up" : "Left";
  return null;
}

export function describe(event: ShownEvent, names: readonly string[]): string | null {
  const who = event.seat === null ? "Somebody" : (names[event.seat] ?? `Player ${event.seat + 1}`);
  switch (event.kind) {
    case "started":
      return "The dice are thrown";
    case "timeout":
      return `${who} ran out of time`;
    case "forfeit":
      return `${who} left the match`;
    case "action":
      break;
    default:
      return null;
  }
  switch (event.type) {
    case "bid": {
      const args = event.args as { count?: unknown; face?: unknown } | null;
      return typeof args?.count === "number" && typeof args.face === "number" ? `${who}: at least ${bidWords({ count: args.count, face: args.face })}` : `${who} bids`;
    }
    case "challenge":
      return `${who} calls it a lie`;
    case "spot_on":
      return `${who} says spot on`;
    case "resign":
      return `${who} gives up`;
    default:
      return null;
  }
}

/** "14 dice, ones are wild": those that lie there now, also while they are shown. */
export function tableWords(view: View): string {
  const dice = view.phase === "bidding" || view.phase === "waiting" ? onTable(view) : view.dice.flat().length;
  return `${dice} ${dice === 1 ? "die" : "dice"}${view.wild_ones ? ", ones are wild" : ""}`;
}
