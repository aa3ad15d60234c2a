import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { facesOf, leastBid, objection, predict, type Round, type View } from "../src/games/liars-dice/rules";
import { type Drawer, keep, recall } from "../src/games/liars-dice/seen";
import { fingerprint, roll, type Seen, verify } from "../src/games/liars-dice/verify";
import { bidWords, callWords, describe } from "../src/games/liars-dice/words";

const subtle = globalThis.crypto.subtle;
const SEED = Uint8Array.from({ length: 32 }, (_, at) => at);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const VIEW: View = {
  phase: "bidding", match: 1, round: 1, turn: 0, dice_each: 5, wild_ones: true, spot_on: false, counts: [5, 5, 5], dice: [[1, 2, 3, 4, 5], null, null], bids: [], waiting: [],
  places: [null, null, null], gone: [null, null, null], last: null, rounds: [], commitments: [], outcome: null, clock: null, chance: { commitment: "aa", seed: null, earlier: [] },
};

/** As the server's documentation says it, by Node's own functions. */
function numbers(seed: Uint8Array, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const place = Buffer.alloc(8);
    place.writeBigUInt64BE(BigInt(from + at));
    const mac = createHmac("sha256", seed).update(Buffer.concat([Buffer.from("kibitz chance 1"), place])).digest();
    return Number(mac.readBigUInt64BE(0) % 6n) + 1;
  });
}
const promised = (seed: Uint8Array): string => createHash("sha256").update("kibitz chance 1\n").update(seed).digest("hex");

function round(seed: Uint8Array, position: number, counts: readonly number[], which = 0): Round {
  const all = numbers(seed, position, counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  return { first: 0, seed: which, position, dice: counts.map((count) => all.slice(at, (at += count)).join("")), call: null };
}

function finished(): { chance: { commitment: string; seed: string; earlier: [] }; commitments: string[]; rounds: Round[] } {
  return {
    chance: { commitment: promised(SEED), seed: hex(SEED), earlier: [] },
    commitments: [promised(SEED)],
    rounds: [round(SEED, 0, [5, 5]), round(SEED, 10, [5, 4]), round(SEED, 19, [5, 3])],
  };
}
const seenOf = (match: ReturnType<typeof finished>): Seen => ({
  commitments: [promised(SEED)],
  own: match.rounds.map((each) => facesOf(each.dice[1] ?? "")),
  fromStart: true,
});

test("the numbers are those of the server's documentation", async () => {
  assert.deepEqual(await roll(subtle, SEED, 0, 40), { dice: numbers(SEED, 0, 40), position: 40 });
  assert.equal(await fingerprint(subtle, SEED), promised(SEED));
});

test("honest dice are proved, with what that means in words", async () => {
  const match = finished();
  const proof = await verify(subtle, match, seenOf(match), 1);
  assert.equal(proof.isProved, true, proof.said.join(" "));
  assert.match(proof.said[0] ?? "", /on this page before the first bid/);
  assert.match(proof.said[1] ?? "", /All 27 dice of 3 rounds/);
  assert.deepEqual(proof.rounds.map((each) => each.isRight), [true, true, true]);
});

test("who did not watch is told less, and it is still proved", async () => {
  const match = finished();
  const proof = await verify(subtle, match, null, null);
  assert.equal(proof.isProved, true);
  assert.match(proof.said[0] ?? "", /was not open during the match/);
});

test("another seed than the promised one is found", async () => {
  const match = finished();
  const other = Uint8Array.from(SEED, (byte) => byte ^ 1);
  const swapped = { ...match, chance: { ...match.chance, seed: hex(other) } };
  const proof = await verify(subtle, swapped, seenOf(match), 1);
  assert.equal(proof.isProved, false);
  assert.match(proof.said[0] ?? "", /does not have the fingerprint/);
  // With a promise made to fit: the page remembers the one that it was given.
  const fitted = { chance: { commitment: promised(other), seed: hex(other), earlier: [] as [] }, commitments: [promised(other)], rounds: [round(other, 0, [5, 5])] };
  const told = await verify(subtle, fitted, { ...seenOf(match), own: [] }, 1);
  assert.equal(told.isProved, false);
  assert.match(told.said[0] ?? "", /was shown the fingerprint .* before/);
});

test("a die that was changed is found, and the round is named", async () => {
  const match = finished();
  const [mine = "", yours = ""] = match.rounds[1]?.dice ?? [];
  match.rounds[1] = { ...match.rounds[1]!, dice: [`${(Number(mine[0]) % 6) + 1}${mine.slice(1)}`, yours] };
  const proof = await verify(subtle, match, null, null);
  assert.equal(proof.isProved, false);
  assert.deepEqual(proof.said, ["Round 2: the dice are not those of the seed."]);
  assert.deepEqual(proof.rounds.map((each) => each.isRight), [true, false, true]);
});

test("numbers that were left out are found", async () => {
  const match = finished();
  match.rounds[1] = round(SEED, 14, [5, 4]);
  const proof = await verify(subtle, match, null, null);
  assert.match(proof.said[0] ?? "", /Round 2: numbers of the seed were left out/);
});

test("other dice than one saw under the own cup are found", async () => {
  const match = finished();
  const seen = seenOf(match);
  const proof = await verify(subtle, match, { ...seen, own: [[6, 6, 6, 6, 6]] }, 1);
  assert.match(proof.said[0] ?? "", /Round 1: under your cup lay 6 6 6 6 6/);
});

test("a match that was set back is proved by both seeds", async () => {
  const second = Uint8Array.from(SEED, (byte) => 255 - byte);
  const match = {
    chance: { commitment: promised(second), seed: hex(second), earlier: [{ commitment: promised(SEED), seed: hex(SEED) }] },
    commitments: [promised(SEED), promised(second)],
    rounds: [round(SEED, 0, [5, 5]), round(second, 0, [5, 4], 1)],
  };
  const proof = await verify(subtle, match, { commitments: [promised(SEED), promised(second)], own: [], fromStart: true }, null);
  assert.equal(proof.isProved, true, proof.said.join(" "));
});

test("before the match is over nothing can be proved", async () => {
  const proof = await verify(subtle, { chance: { commitment: "aa", seed: null }, commitments: [], rounds: [] }, null, null);
  assert.equal(proof.isProved, false);
});

test("the promise and one's dice are kept over a reload, and the outcome changes neither", () => {
  const kept = new Map<string, string>();
  const drawer: Drawer = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) };
  keep(drawer, "r", VIEW, 0);
  keep(drawer, "r", { ...VIEW, phase: "revealed", dice: [[1, 2, 3, 4, 5], [1], [1]] }, 0);
  keep(drawer, "r", { ...VIEW, round: 2, dice: [[6, 6, 6, 6], null, null] }, 0);
  keep(drawer, "r", { ...VIEW, phase: "finished", chance: { commitment: "bb", seed: "00", earlier: [] } }, 0);
  assert.deepEqual(recall(drawer, "r", 1), { commitments: ["aa"], own: [[1, 2, 3, 4, 5], [6, 6, 6, 6]], fromStart: true });
  assert.equal(recall(drawer, "r", 2), null);
});

test("bids go up, and the picker knows the least one", () => {
  assert.deepEqual(leastBid(VIEW), { count: 1, face: 2 });
  const bids = [{ seat: 2, count: 4, face: 6 }];
  assert.deepEqual(leastBid({ ...VIEW, bids }), { count: 5, face: 2 });
  assert.equal(leastBid({ ...VIEW, bids: [{ seat: 2, count: 15, face: 6 }] }), null);
  assert.equal(objection({ ...VIEW, bids }, 4, 5)?.code, "game:too_low");
  assert.equal(objection(VIEW, 16, 5)?.code, "game:too_many");
  assert.equal(objection(VIEW, 3, 1)?.code, "game:ones_are_wild");
});

test("a bid is shown at once; what a call uncovers is not guessed", () => {
  const bid = predict(VIEW, { type: "bid", args: { count: 3, face: 4 } }, 0);
  assert.ok(bid.ok);
  assert.equal(bid.view.turn, 1);
  const view = { ...bid.view, turn: 0 };
  assert.deepEqual(predict(view, { type: "challenge", args: {} }, 0), { ok: true, view });
  const early = predict(VIEW, { type: "challenge", args: {} }, 0);
  assert.equal(early.ok ? null : early.code, "game:no_bid");
});

test("rounds are told in words", () => {
  const call = { kind: "challenge", seat: 1, bid: { seat: 0, count: 4, face: 6 }, count: 1, losers: [0] } as const;
  assert.equal(bidWords(call.bid), "four sixes");
  assert.equal(callWords(call, ["Ada", "Bo"], null), "Bo did not believe Ada’s four sixes. There is one, so Ada loses a die.");
  assert.equal(callWords(call, ["Ada", "Bo"], 0), "Bo did not believe your four sixes. There is one, so you lose a die.");
  const event = { epoch: "E", version: 1, at_us: 0, kind: "action", seat: 0, type: "bid", args: { count: 1, face: 2 }, action_id: null };
  assert.equal(describe(event, ["Ada"]), "Ada: at least one two");
});
