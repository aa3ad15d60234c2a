/**
 * Were the dice fair? Computed here, from what the page saw before and what the server tells after the match; nothing of the
 * server's own answer is taken on trust. The numbers are those of docs/protocol.md, "Chance".
 */

import { t, tn } from "../../core/say";
import { facesOf, type Round } from "./rules";

const LABEL = "kibitz chance 1";
const SIDES = 6n;
const ALL = 1n << 64n;
const BOUND = ALL - (ALL % SIDES);

/** What the frame shows of a match's chance; seeds are null until it is over. A room that was set back has earlier ones. */
export type Promise_ = Secret & { readonly earlier?: readonly Secret[] };
export type Secret = { readonly commitment: string; readonly seed: string | null };

/** What this page saw while the match was on. */
export interface Seen {
  /** Every commitment, in the order in which they were seen. */
  readonly commitments: readonly string[];
  /** One's own dice by round; null in rounds that one did not see. */
  readonly own: readonly (readonly number[] | null)[];
  /** Whether the first round had not ended when the page first looked. */
  readonly fromStart: boolean;
}

export interface Proof {
  readonly isProved: boolean;
  /** What was proved, or what is wrong, a sentence each. */
  readonly said: readonly string[];
  /** One per round: whether its dice follow from the seed. */
  readonly rounds: readonly { readonly isRight: boolean; readonly dice: number }[];
}

export async function verify(
  subtle: SubtleCrypto,
  match: { readonly chance: Promise_; readonly commitments: readonly string[]; readonly rounds: readonly Round[] },
  seen: Seen | null,
  seat: number | null,
): Promise<Proof> {
  const wrong: string[] = [];
  const seeds = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { commitment, seed } of [...(match.chance.earlier ?? []), match.chance]) {
    if (seed === null) return { isProved: false, said: [t("The server has not told its seed yet. It does so when the match is over.")], rounds: [] };
    const bytes = fromHex(seed);
    if (bytes === null || (await fingerprint(subtle, bytes)) !== commitment) {
      wrong.push(t("The seed does not have the fingerprint {code} that was promised.", { code: short(commitment) }));
    } else seeds.set(commitment, bytes);
  }
  for (const promised of seen?.commitments ?? []) {
    if (!seeds.has(promised) && wrong.length === 0) {
      wrong.push(t("This page was shown the fingerprint {code} before, and the server has no seed for it now.", { code: short(promised) }));
    }
  }

  const rounds: { isRight: boolean; dice: number }[] = [];
  let thrown = 0;
  let at = { seed: -1, position: 0 };
  for (const [index, round] of match.rounds.entries()) {
    const dice = facesOf(round.dice.join(""));
    const seed = seeds.get(match.commitments[round.seed] ?? "");
    // A server that could skip numbers could choose among them: each throw takes up where the one before left off.
    const begins = round.seed === at.seed ? at.position : 0;
    const rolled = seed ? await roll(subtle, seed, round.position, dice.length) : null;
    const isRight = rolled !== null && round.position === begins && rolled.dice.every((die, place) => die === dice[place]);
    rounds.push({ isRight, dice: dice.length });
    if (!isRight && seed) {
      wrong.push(
        round.position === begins
          ? t("Round {n}: the dice are not those of the seed.", { n: index + 1 })
          : t("Round {n}: numbers of the seed were left out before the throw.", { n: index + 1 }),
      );
    }
    const own = seen?.own[index] ?? null;
    if (seat !== null && own !== null && own.join("") !== round.dice[seat]) {
      wrong.push(t("Round {n}: under your cup lay {dice}, and not what is told now.", { n: index + 1, dice: own.join(" ") }));
    }
    at = { seed: round.seed, position: rolled?.position ?? round.position + dice.length };
    thrown += dice.length;
  }
  if (wrong.length > 0) return { isProved: false, said: wrong, rounds };
  return { isProved: true, said: proved(match, seen, thrown), rounds };
}

function proved(match: { readonly chance: Promise_; readonly rounds: readonly Round[] }, seen: Seen | null, thrown: number): string[] {
  const first = short((match.chance.earlier?.[0] ?? match.chance).commitment);
  const when =
    seen === null || seen.commitments.length === 0
      ? t("The seed has the fingerprint {code}. This page was not open during the match, so it cannot say since when that was promised.", { code: first })
      : seen.fromStart
        ? t("The fingerprint {code} was on this page before the first bid, and the seed told now has exactly that fingerprint: it was fixed before anybody played.", { code: first })
        : t("The fingerprint {code} has been on this page since you came, and the seed told now has exactly that fingerprint.", { code: first });
  const rounds = tn("{n} round", "{n} rounds", match.rounds.length);
  const said = [when, t("All {n} dice of {rounds} follow from it, one after the other: nobody chose any, and none was left out.", { n: thrown, rounds })];
  if (seen?.own.some((dice) => dice !== null)) said.push(t("What lay under your cup is what is told now."));
  return said;
}

/** The dice from a position on, and the position after them. */
export async function roll(
  subtle: SubtleCrypto,
  seed: Uint8Array<ArrayBuffer>,
  position: number,
  count: number,
): Promise<{ readonly dice: readonly number[]; readonly position: number }> {
  const key = await subtle.importKey("raw", seed, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const label = new TextEncoder().encode(LABEL);
  const message = new Uint8Array(label.length + 8);
  message.set(label);
  const place = new DataView(message.buffer);
  const dice: number[] = [];
  let next = position;
  while (dice.length < count) {
    place.setBigUint64(label.length, BigInt(next++));
    const number = new DataView(await subtle.sign("HMAC", key, message)).getBigUint64(0);
    if (number < BOUND) dice.push(Number(number % SIDES) + 1);
  }
  return { dice, position: next };
}

/** What is published of a seed before the match: SHA-256 of the label, a line feed and the seed. */
export async function fingerprint(subtle: SubtleCrypto, seed: Uint8Array): Promise<string> {
  const label = new TextEncoder().encode(`${LABEL}\n`);
  const message = new Uint8Array(label.length + seed.length);
  message.set(label);
  message.set(seed, label.length);
  const bytes = new Uint8Array(await subtle.digest("SHA-256", message));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^([0-9a-f]{2})+$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Enough of a fingerprint to tell it from others by eye. */
export function short(commitment: string): string {
  return `${commitment.slice(0, 8)}…`;
}
