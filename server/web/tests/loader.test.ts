import assert from "node:assert/strict";
import { test } from "node:test";
import { Loader, type PrefetchRule } from "../src/core/loader";
import { hurryOnApproach, pageChunk } from "../src/core/prefetch";
import { settle } from "./fake-world";

function prepare({ isThrifty = false } = {}) {
  const idle: (() => void)[] = [];
  const loaded: string[] = [];
  const loader = new Loader({ whenIdle: (task) => idle.push(task), isThrifty: () => isThrifty });
  const rule = (name: string, priority: number, more: Partial<PrefetchRule> = {}): PrefetchRule => ({
    name,
    priority,
    load: () => {
      loaded.push(name);
      return Promise.resolve(name);
    },
    ...more,
  });
  const rest = async (): Promise<void> => {
    for (let task = idle.shift(); task; task = idle.shift()) {
      task();
      await settle();
    }
  };
  return { loader, rule, loaded, rest };
}

test("ahead of time: one at a time, by priority, needs first, only where it makes sense", async () => {
  const { loader, rule, loaded, rest } = prepare();
  loader.add(rule("replay", 1, { needs: ["room"] }));
  loader.add(rule("game", 5));
  loader.add(rule("room", 3));
  loader.add(rule("lab", 9, { when: () => false }));
  await rest();
  assert.deepEqual(loaded, ["game", "room", "replay"]);
});

test("what a pointer comes to is fetched at once, ahead of all that waits for a rest, and on a thrifty link, too", async () => {
  const { loader, rule, loaded } = prepare({ isThrifty: true });
  loader.add(rule("game", 5));
  loader.add(rule("replay", 1));
  loader.add(rule("game:reversi", 1));
  const page = new EventTarget();
  hurryOnApproach(page, loader, (element) => (element === (page as unknown) ? ["replay", "game:reversi"] : []));
  page.dispatchEvent(new Event("pointerover"));
  page.dispatchEvent(new Event("focusin"));
  await settle();
  assert.deepEqual(loaded, ["replay", "game:reversi"]);
  assert.equal(loader.ready("replay"), "replay");
  assert.equal(pageChunk({ page: "invite", code: "QK7F2MAB" }), "room");
  assert.equal(pageChunk({ page: "unknown", path: "/x" }), null);
});

test("once the network is back, what failed ahead of time is tried again", async () => {
  const { loader, rule, loaded, rest } = prepare();
  let isDown = true;
  loader.add(rule("room", 3, { load: () => (loaded.push("room"), isDown ? Promise.reject(new Error("down")) : Promise.resolve("room")) }));
  await rest();
  isDown = false;
  loader.schedule();
  await rest();
  assert.deepEqual(loaded, ["room", "room"]);
});

test("nothing ahead of time on a thrifty link, but what is asked for comes", async () => {
  const { loader, rule, loaded, rest } = prepare({ isThrifty: true });
  loader.add(rule("room", 3));
  await rest();
  assert.deepEqual(loaded, []);
  assert.equal(await loader.load("room"), "room");
});

test("loaded once; a failure is forgotten", async () => {
  const { loader, rule, loaded } = prepare();
  let fails = true;
  loader.add(rule("room", 1, { load: () => (fails ? Promise.reject(new Error("no network")) : Promise.resolve("room")) }));
  loader.add(rule("game", 1));
  await assert.rejects(loader.load("room"));
  fails = false;
  assert.equal(await loader.load("room"), "room");
  await Promise.all([loader.load("game"), loader.load("game")]);
  assert.deepEqual(loaded, ["game"]);
  await assert.rejects(loader.load("nothing"), /no chunk/);
});
