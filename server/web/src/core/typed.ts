/**
 * Words of typed commands in the player's language. A language says with `cmd:clock` what else may be typed for `clock`, as
 * "uhr|zeit": the first is what the help shows. English is always understood as well, and umlauts may be written out.
 */

import { t } from "./say";

/** What is typed here for an English word or phrase; nothing where it is the same, or in English. */
function typedFor(english: string): readonly string[] {
  const key = `cmd:${english}`;
  const told = t(key);
  return told === key ? [] : told.split("|");
}

const writtenOut = (word: string): string => word.replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue").replaceAll("ß", "ss");

/** Whole words and phrases of `line` by what they mean; the longest first. */
function exchange(line: string, meanings: ReadonlyMap<string, string>): string {
  if (meanings.size === 0) return line;
  const known = [...meanings.keys()].sort((a, b) => b.length - a.length).join("|");
  return line.replace(new RegExp(`(?<![\\p{L}\\p{N}])(?:${known})(?![\\p{L}\\p{N}])`, "gu"), (found) => meanings.get(found) ?? found);
}

/** A line in lower case as it would be typed in English; `words` are the English ones that a player may say otherwise. */
export function inEnglish(line: string, words: readonly string[]): string {
  const pairs = words.flatMap((english) => typedFor(english).flatMap((word) => [[writtenOut(word), english] as const, [word, english] as const]));
  return exchange(line.normalize("NFC"), new Map(pairs));
}

/** An example in English as it is typed here. */
export function asTyped(example: string, words: readonly string[]): string {
  return exchange(example, new Map(words.flatMap((english) => typedFor(english).slice(0, 1).map((word) => [english, word] as const))));
}
