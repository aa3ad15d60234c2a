import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS, type Moment, readCommand, spoken } from "../src/core/commands";
import { speak, type Words } from "../src/core/say";
import { asTyped, inEnglish } from "../src/core/typed";
import { commands as four } from "../src/games/connect-four/commands";
import type { View as Four } from "../src/games/connect-four/rules";
import { commands as cycles } from "../src/games/light-cycles/commands";
import { words as deGames } from "../src/lang/de-games";
import { words as deRoom } from "../src/lang/de-room";
import { makeCommands } from "../src/games/generic/commands";
import { declared } from "../src/games/generic/schema";
import { commands as dice } from "../src/games/liars-dice/commands";
import type { View as Dice } from "../src/games/liars-dice/rules";

const NAMES = ["Ada", "Bo"];
const board: Four["board"] = [...Array.from({ length: 5 }, () => Array<null>(7).fill(null)), [null, null, null, 0, 1, null, null]];
const fourView = { board } as unknown as Four;
const inFour = (line: string) => four.read(line, { view: fourView, seat: 0, names: NAMES });

test("a column by its number or letter", () => {
  for (const line of ["4", "drop 4", "d", "d4"]) assert.deepEqual(inFour(line), { type: "drop", args: { column: 3 } }, line);
  assert.equal(inFour("8"), "There are 7 columns.");
  assert.equal(inFour("column 5"), "Column 5: Bo, from below.");
  for (const line of ["h", "0", "44", "d9", "drop", ""]) assert.equal(inFour(line), null, line);
});

const diceView = {
  wild_ones: true, spot_on: false, counts: [2, 2], dice: [[3, 5], null], bids: [{ seat: 1, count: 2, face: 3 }],
} as unknown as Dice;
const inDice = (line: string) => dice.read(line, { view: diceView, seat: 0, names: NAMES });

test("bids in words and in digits", () => {
  for (const line of ["bid 3 fives", "3 fives", "three 5", "3x5", "3 x 5", "three fives", "bid 3 5s"]) {
    assert.deepEqual(inDice(line), { type: "bid", args: { count: 3, face: 5 } }, line);
  }
  assert.deepEqual(inDice("2 sixes"), { type: "bid", args: { count: 2, face: 6 } });
  assert.equal(inDice("1 five"), "Bid more dice, or as many of a higher face.");
  assert.equal(inDice("3 ones"), "Ones are wild here: they count as every face, so bid on another.");
  assert.equal(inDice("5 sixes"), "There are only 4 dice on the table.");
  assert.deepEqual(inDice("liar"), { type: "challenge", args: {} });
  assert.equal(inDice("spot on"), "Spot on is not played at this table.");
  assert.equal(inDice("dice"), "Your dice: 3, 5. You: two dice. Bo: two dice.");
  assert.equal(inDice("bids"), "Bo: at least two threes.");
  for (const line of ["bid five", "many fives", "3 sevens", "-1 fives"]) assert.equal(inDice(line), null, line);
});

const place = {
  name: "place",
  schema: { properties: { row: { type: "integer", minimum: 0, maximum: 7 }, column: { type: "integer", minimum: 0, maximum: 7 } }, required: ["row", "column"] },
};
const pass = { name: "pass_turn", schema: { properties: {} } };

test("declared actions by their names and fields, counted from one as on the board", () => {
  const { read, examples } = makeCommands([place, pass].map(declared));
  const at = { view: null, seat: 0, names: NAMES };
  assert.deepEqual(examples, ["place (row) (column)", "pass turn"]);
  assert.deepEqual(read("place 2 3", at), { type: "place", args: { row: 1, column: 2 } });
  assert.deepEqual(read("pass turn", at), { type: "pass_turn", args: {} });
  assert.equal(read("place 2", at), "Column is missing.");
  assert.equal(read("place two 3", at), "Row is a whole number.");
  assert.equal(read("castle", at), null);
  assert.deepEqual(makeCommands([declared(place)]).read("2 3", at), { type: "place", args: { row: 1, column: 2 } });
});

const moment = (change: Partial<Moment> = {}): Moment => ({
  view: fourView as never, seat: 0, names: NAMES, turn: 0, isOver: false, canAct: true, now: "Your turn.", log: ["Ada: column 4", "Bo: column 5"],
  clock: { remaining_ms: [61_000, 5_000], running: 0 }, leftMs: (seat) => [61_000, 5_000][seat] ?? 0, resign: { type: "resign", args: {} }, game: four as never, ...change,
});
const words = (line: string, change?: Partial<Moment>): string => {
  const answer = readCommand(line, moment(change));
  return answer.do === "say" ? answer.words : answer.do;
};

test("what every table understands", () => {
  assert.equal(words("clock"), "Ada: 1 minute 1 second. Bo: 5 seconds.");
  assert.equal(words("clock", { clock: null }), "There is no clock.");
  assert.equal(words("last 5"), "Ada: column 4. Bo: column 5.");
  assert.equal(words("last"), "Bo: column 5.");
  assert.equal(words("last", { log: [] }), "No moves yet.");
  assert.equal(words("/turn"), "Your turn.");
  assert.equal(words("players"), "Ada (you), Bo.");
  assert.match(words("help"), /^You may type: 4, board, /);
  assert.deepEqual(readCommand("Say Good <b>luck</b>", moment()), { do: "chat", text: "Good <b>luck</b>" });
});

test("nothing is done that cannot be, and giving up is asked for twice", () => {
  assert.deepEqual(readCommand(" E ", moment()), { do: "act", action: { type: "drop", args: { column: 4 } }, words: "Sent: E." });
  assert.equal(words("e", { canAct: false, now: "Bo is thinking." }), "It is not your turn. Bo is thinking.");
  assert.equal(words("e", { seat: null }), "You are watching; you have no seat.");
  assert.equal(words("e", { isOver: true }), "The match is over.");
  assert.equal(words("resign"), "To give the match up, type: resign yes");
  assert.equal(words("resign yes"), "act");
  assert.equal(words("resign yes", { isOver: true }), "There is nothing to resign.");
  assert.equal(words("rematch"), "A rematch can be asked for when the match is over.");
  assert.equal(words("rematch", { isOver: true }), "rematch");
  assert.match(words("castle"), /^“castle” is not understood\. You may type/);
});

test("times as they are spoken", () => {
  assert.deepEqual([0, 1_900, 60_000, 3_600_000].map(spoken), ["0 seconds", "1 second", "1 minute", "60 minutes"]);
});

// ---------------------------------------------------------------- in another language

const DE: Words = { ...deRoom, ...deGames };
const WORDS = [...COMMANDS, ...[four, dice, cycles].flatMap((game) => game.words ?? [])];

/** As if German had been chosen. */
function inGerman(check: () => void): void {
  speak("de", DE);
  try {
    check();
  } finally {
    speak("en", {});
  }
}

test("each word of a command has its German, and each German word means one thing", () => {
  const keys = Object.keys(DE).filter((key) => key.startsWith("cmd:"));
  assert.deepEqual(keys.sort(), WORDS.map((word) => `cmd:${word}`).sort());
  const typed = keys.flatMap((key) => String(DE[key]).split("|"));
  assert.deepEqual(typed.filter((word, at) => typed.indexOf(word) !== at), []);
  for (const word of typed) assert.match(word, /^[a-zäöüß]+( [a-zäöüß]+)*$/);
});

test("what the help shows is understood as what it stands for", () =>
  inGerman(() => {
    for (const game of [four, dice, cycles]) {
      for (const example of game.examples) assert.equal(inEnglish(asTyped(example, WORDS), WORDS), example);
    }
    assert.equal(words("hilfe"), "Du kannst schreiben: 4, brett, spalte 4, zug, letzte, uhr, spieler, sag hallo, aufgeben.");
  }));

test("German is understood, with umlauts or without, and English still is", () =>
  inGerman(() => {
    for (const line of ["biete 3 fünfen", "biete 3 fuenfen", "drei fünfer", "3 mal fünf", "bid 3 fives", "three fives"]) {
      const read = readCommand(line, moment({ view: diceView as never, game: dice as never }));
      assert.deepEqual(read.do === "act" && read.action, { type: "bid", args: { count: 3, face: 5 } }, line);
    }
    for (const line of ["zweifel", "Lügner", "luege", "challenge"]) {
      const read = readCommand(line, moment({ view: diceView as never, game: dice as never }));
      assert.deepEqual(read.do === "act" && read.action, { type: "challenge", args: {} }, line);
    }
    for (const line of ["wirf 4", "drop 4", "d"]) assert.equal(words(line), "act", line);
    assert.equal(words("spalte 5"), words("column 5"));
    assert.equal(words("Uhr"), words("clock"));
    assert.equal(words("letzte 2"), "Ada: column 4. Bo: column 5.");
    assert.equal(words("aufgeben"), "Um aufzugeben, schreib: aufgeben ja");
    for (const line of ["aufgeben ja", "resign yes", "resign ja"]) assert.equal(words(line), "act", line);
    assert.equal(words("revanche", { isOver: true }), "rematch");
    // What is said stays as it was typed.
    assert.deepEqual(readCommand("sag Spalte 4, ja?", moment()), { do: "chat", text: "Spalte 4, ja?" });
    assert.match(words("rochade"), /^„rochade“ ist unverständlich/);
  }));

test("without another language nothing is exchanged", () => {
  assert.equal(inEnglish("biete 3", WORDS), "biete 3");
  assert.match(words("biete 3"), /not understood/);
});
