/**
 * What the page says, in the player's language. English is the key, as with gettext: it costs nothing and is the fallback of
 * every other language, whose words come as lazy chunks (`lang/`). `t` and `tn` read a signal, so that what is on the page
 * changes with the language; a text that is kept in a constant would not, so wrap the constant in `mark` and translate where
 * it is shown. tests/say.test.ts finds each literal and demands its translation.
 */

import { signal } from "@preact/signals";
import type { Language } from "./languages";

export type Values = Readonly<Record<string, string | number>>;
/** For `tn`: a form for each plural category of the language. */
export type Forms = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string };
export type Words = Readonly<Record<string, string | Forms>>;

const LOCALES: Record<Language, string> = { en: "en-GB", de: "de" };

const spoken = signal<{ readonly language: Language; readonly locale: string; readonly words: Words }>({ language: "en", locale: LOCALES.en, words: {} });

/** Translations of `language`, added to those that are here already. */
export function speak(language: Language, words: Words): void {
  const known = spoken.peek();
  spoken.value = { language, locale: LOCALES[language], words: known.language === language ? { ...known.words, ...words } : words };
}

export const language = (): Language => spoken.value.language;

/** Another one as soon as anything is said differently: for what is worked out once and kept. */
export const wording = (): object => spoken.value;

/** Names a text that is translated elsewhere: `t(game.pitch)`. */
export const mark = (english: string): string => english;

const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    return typeof value === "number" ? num(value) : (value ?? hole);
  });

/** `t("Seat {n} is free", { n: 2 })`; numbers are written as the language does. */
export function t(english: string, values: Values = {}): string {
  const found = spoken.value.words[english];
  return fill(typeof found === "string" ? found : english, values);
}

/** `tn("{n} match", "{n} matches", count)`: `{n}` is the count, the key is the first form. */
export function tn(one: string, many: string, n: number, values: Values = {}): string {
  const { locale, words } = spoken.value;
  const found = words[one];
  const text = typeof found === "object" ? (found[new Intl.PluralRules(locale).select(n)] ?? found.other) : n === 1 ? one : many;
  return fill(text, { n, ...values });
}

/**
 * A sentence with something other than text in it: `tx("Press {key} for help.", { key: <kbd>?</kbd> })` gives the pieces in
 * the order of the language.
 */
export function tx<Part>(english: string, parts: Readonly<Record<string, Part>>): readonly (string | Part)[] {
  return t(english)
    .split(/\{(\w+)\}/)
    .map((piece, at) => (at % 2 ? (parts[piece] ?? piece) : piece));
}

/** A refusal by its code; the server's own sentence where there is no translation. */
export function refusal(code: string, sentence: string): string {
  const found = spoken.value.words[`code:${code}`];
  return typeof found === "string" ? found : sentence;
}

/** Small whole numbers look alike in all our languages; the first call of `Intl` takes a slow machine a tenth of a second. */
export const num = (value: number, options?: Intl.NumberFormatOptions): string =>
  !options && /^\d{1,3}$/.test(`${value}`) ? `${value}` : value.toLocaleString(spoken.value.locale, options);

/** "Ada, Bo and Cleo"; our languages differ in the one word. */
export const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : names.slice(0, -1).join(", ") + t(" and ") + names.at(-1);

/** `ms` since 1970. Day and month, with the year. */
export const date = (ms: number, options: Intl.DateTimeFormatOptions = { dateStyle: "medium" }): string =>
  new Intl.DateTimeFormat(spoken.value.locale, options).format(ms);

/** "14:05"; on another day with its date. */
export const moment = (ms: number): string =>
  date(ms, { dateStyle: new Date(ms).toDateString() === Date().slice(0, 15) ? undefined : "medium", timeStyle: "short" });

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "2 hours ago", "yesterday", "now"; what is older than a week by its date. */
export function ago(ms: number, now: number): string {
  const past = Math.max(0, now - ms);
  if (past > 7 * UNITS[0][1]) return date(ms);
  const [unit, length] = UNITS.find(([, length]) => past >= length) ?? (["second", Infinity] as const);
  return new Intl.RelativeTimeFormat(spoken.value.locale, { numeric: "auto" }).format(-Math.floor(past / length) || 0, unit);
}
