import assert from "node:assert/strict";
import { test } from "node:test";
import { emoteOf, partsOf } from "../src/core/emotes";
import { Mutes, speakerOf } from "../src/core/mutes";

test("only what is on the list becomes a picture", () => {
  assert.deepEqual(partsOf("hi :wave: you"), [{ text: "hi " }, { emote: "wave" }, { text: " you" }]);
  assert.deepEqual(partsOf(":wave::heart:"), [{ emote: "wave" }, { emote: "heart" }]);
  for (const text of [":constructor:", ":Wave:", "::", ":wave", "12:30:45", "<img src=x onerror=alert(1)>"]) {
    assert.deepEqual(partsOf(text), [{ text }], text);
  }
});

test("a message that is one picture is drawn large", () => {
  assert.equal(emoteOf(" :cup: "), "cup");
  assert.equal(emoteOf(":cup::cup:"), null);
  assert.equal(emoteOf("tea :cup:"), null);
});

const store = (kept: Record<string, string>) => ({
  recall: (key: string) => kept[key] ?? null,
  remember: (key: string, value: string | null) => {
    if (value === null) delete kept[key];
    else kept[key] = value;
  },
});

test("who is muted is kept, and heard again", () => {
  const kept: Record<string, string> = {};
  new Mutes(store(kept)).toggle("p_bo");
  const again = new Mutes(store(kept));
  assert.ok(again.all.value.has("p_bo"));
  again.toggle("p_bo");
  assert.deepEqual(kept, {});
});

test("a spoiled list mutes nobody", () => {
  for (const text of ["{", "{}", "[1,null]"]) assert.equal(new Mutes(store({ "kibitz.muted": text })).all.value.size, 0);
});

test("who left a seat is not who sits there now", () => {
  const seats = [{ seat: 0, player: "p_cy", name: "Cy" }];
  assert.equal(speakerOf({ seat: 0, name: "Cy" }, seats), "p_cy");
  assert.equal(speakerOf({ seat: 0, name: "Bo" }, seats), "name:Bo");
  assert.equal(speakerOf({ seat: null, name: "Eve" }, seats), "name:Eve");
});
