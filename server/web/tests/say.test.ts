/** Each text that a player reads goes through `t`, and each language has all of them. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LANGUAGES, languageFor } from "../src/core/languages";
import { ago, date, type Forms, list, moment, num, refusal, speak, t, tn, tx, type Words } from "../src/core/say";
import { words as first } from "../src/lang/de";
import { words as games } from "../src/lang/de-games";
import { words as room } from "../src/lang/de-room";
import { bareTexts, textsOf } from "./texts";

const WEB = process.env["WEB"] as string;
const DE: Words = { ...first, ...room, ...games };
/** Not read by players, or no words: the page for developers. */
const NOT_SPOKEN = /^(styleguide|lang)\//;

const sources = readdirSync(join(WEB, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !NOT_SPOKEN.test(name))
  .map((name) => ({ name, text: readFileSync(join(WEB, "src", name), "utf8") }));

const holesOf = (text: string): string => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort().join();

test("each literal has its translation, with the same holes", () => {
  const missing: string[] = [];
  for (const { name, text } of sources) {
    const { said, wrong } = textsOf(text);
    missing.push(...wrong.map((what) => `${name}: ${what}`));
    for (const { english, isCounted } of said) {
      const german = DE[english];
      if (german === undefined) missing.push(`${name}: no translation of ${JSON.stringify(english)}`);
      else if ((typeof german === "object") !== isCounted) missing.push(`${name}: ${JSON.stringify(english)} needs ${isCounted ? "plural forms" : "one form"}`);
      else if (typeof german === "string" && holesOf(german) !== holesOf(english)) missing.push(`${name}: other holes in ${JSON.stringify(german)}`);
    }
  }
  assert.equal(missing.join("\n"), "");
});

test("nothing is translated that nobody says", () => {
  const said = new Set(sources.flatMap(({ text }) => textsOf(text).said.map(({ english }) => english)));
  const stale = Object.keys(DE).filter((english) => !said.has(english) && !/^(code|cmd):/.test(english));
  assert.equal(stale.join("\n"), "");
});

test("each code of the server has its sentence", () => {
  const python = readFileSync(join(WEB, "../kibitz/codes.py"), "utf8");
  const codes = [...(/class Code[\s\S]*?\n\n\n/.exec(python)?.[0] ?? "").matchAll(/= "(\w+)"/g)].map(([, code]) => `code:${code}`);
  assert.ok(codes.length > 20);
  assert.deepEqual(Object.keys(DE).filter((key) => key.startsWith("code:")).sort(), codes.sort());
});

test("a text is translated in one place", () => {
  const seen = [first, room, games].flatMap((words) => Object.keys(words));
  assert.deepEqual(seen.filter((english, at) => seen.indexOf(english) !== at), []);
});

test("no text stands in JSX untranslated", async () => {
  const esbuild = (await import(join(WEB, "node_modules/esbuild/lib/main.js"))) as typeof import("esbuild");
  const bare: string[] = [];
  for (const { name, text } of sources.filter(({ name }) => name.endsWith(".tsx"))) {
    const { code } = await esbuild.transform(text, { loader: "tsx", jsx: "transform", jsxFactory: "h", jsxFragment: "F", legalComments: "none", charset: "utf8" });
    bare.push(...bareTexts(code).filter((found) => !NAMES.includes(found)).map((found) => `${name}: ${JSON.stringify(found)}`));
  }
  assert.equal(bare.join("\n"), "");
});
/** The same in every language: the product, and a code as an example. */
const NAMES = ["Kibitz", "QK7F2MAB"];
test("what is found, and what is not", () => {
  const code = `h("p", { class: "quiet", title: "Bare title" }, "Bare text", t("said"), isOn ? "Bare on" : t("off"), kind === "what it is" && h(B, null), /"no"/.test(x) && h("b", null, n), \`Bare \${n}\`)`;
  assert.deepEqual(bareTexts(code), ["Bare title", "Bare text", "Bare on", "Bare "]);
  assert.deepEqual(textsOf('t("a {n}", { n }); tn(\n  "b", "c", 2); set("no"); w.t("no")').said, [
    { english: "a {n}", isCounted: false },
    { english: "b", isCounted: true },
  ]);
  assert.equal(textsOf('t(is ? "a" : "b")').wrong.length, 1);
});

test("the language is what was chosen, else what the browser prefers", () => {
  assert.equal(languageFor(null, ["fr-FR", "de-AT", "en"]), "de");
  assert.equal(languageFor("en", ["de"]), "en");
  assert.equal(languageFor("xx", []), "en");
  assert.deepEqual(Object.keys(LANGUAGES), ["en", "de"]);
});

test("words, plurals, numbers and times follow the language", () => {
  const HOUR = 3_600_000;
  const now = Date.UTC(2026, 10, 23, 12);
  assert.equal(t("Hello {who}, {n} of {m}", { who: "Ada {n}", n: 1_200 }), "Hello Ada {n}, 1,200 of {m}");
  assert.equal(tn("{n} day", "{n} days", 1), "1 day");
  assert.equal(tn("{n} day", "{n} days", 0), "0 days");
  assert.equal(ago(now - 2 * HOUR, now), "2 hours ago");
  assert.equal(ago(now - 26 * HOUR, now), "yesterday");
  assert.equal(ago(now + HOUR, now), "now");
  assert.equal(list(["Ada", "Bo", "Cy"]), "Ada, Bo and Cy");
  assert.deepEqual([list([]), list(["Ada"]), list(["Ada", "Bo"])], ["", "Ada", "Ada and Bo"]);
  assert.deepEqual([0, 7, 999, 1_000, -3, 0.5].map((n) => num(n)), ["0", "7", "999", "1,000", "-3", "0.5"]);
  assert.match(moment(Date.now()), /^\d\d:\d\d$/);
  assert.match(moment(now - 400 * 24 * HOUR), /^19 Oct 2025, \d\d:\d\d$/);
  assert.equal(refusal("room_full", "Full."), "Full.");
  const forms: Forms = { one: "{n} Tag", other: "{n} Tage" };
  speak("de", { "{n} day": forms, "code:room_full": "Voll.", " and ": " und " });
  speak("de", { "Press {key} now": "Jetzt {key} drücken" });
  assert.equal(tn("{n} day", "{n} days", 1), "1 Tag");
  assert.equal(tn("{n} day", "{n} days", 2_000), "2.000 Tage");
  assert.deepEqual(tx("Press {key} now", { key: 7 }), ["Jetzt ", 7, " drücken"]);
  assert.equal(refusal("room_full", "Full."), "Voll.");
  assert.equal(refusal("other", "Its own words."), "Its own words.");
  assert.equal(ago(now - 2 * HOUR, now), "vor 2 Stunden");
  assert.equal(date(now, { dateStyle: "short", timeZone: "UTC" }), "23.11.26");
  assert.equal(num(0.5, { style: "percent" }), "50\u00a0%");
  assert.equal(list(["Ada", "Bo", "Cy"]), "Ada, Bo und Cy");
  speak("en", {});
  assert.equal(t("Never said before"), "Never said before");
});
