import assert from "node:assert/strict";
import { test } from "node:test";
import { claimed } from "../src/core/claim";
import { type Alone, Identity } from "../src/core/identity";
import { type Me, Problem, Rest } from "../src/core/rest";

/** A server that makes sessions, and what it was asked. */
function prepare(given: { me?: Me | null | undefined; stored?: Record<string, string> } = {}) {
  const { me, stored = {} } = { me: null, ...given };
  const memory = new Map(Object.entries(stored));
  const asked: string[] = [];
  const rest = new Rest((url, init) => {
    const { name } = JSON.parse(String(init.body)) as { name: string };
    asked.push(`${init.method} ${url} ${name}`);
    if (name === "bad") return Promise.resolve(Response.json({ code: "bad_request", detail: "Not a name." }, { status: 400 }));
    return Promise.resolve(Response.json({ player_id: "p_1", name }));
  });
  const store = {
    recall: (key: string) => memory.get(key) ?? null,
    remember: (key: string, value: string | null) => void (value === null ? memory.delete(key) : memory.set(key, value)),
  };
  return { identity: new Identity(rest, store, () => 0, me, (work) => work()), asked, memory };
}

test("a newcomer gets a name to begin with, and no session before the first action", () => {
  const { identity, asked } = prepare();
  assert.equal(identity.name.value, "Amber Badger");
  assert.equal(identity.isNamed, false);
  assert.deepEqual(asked, []);
});

test("two that ask at the same moment get one session, and the name is kept", async () => {
  const { identity, asked, memory } = prepare();
  identity.choose("  Ada ");
  const [first, second] = await Promise.all([identity.ensure(), identity.ensure()]);
  assert.equal(first, second);
  assert.deepEqual(asked, ["POST /api/session Ada"]);
  assert.equal(memory.get("kibitz.name"), "Ada");
  assert.equal(memory.get("kibitz.session"), '{"player_id":"p_1","name":"Ada"}');
});

test("who is known under the same name asks nothing; another name is told", async () => {
  const { identity, asked } = prepare({ me: { player_id: "p_1", name: "Ada" } });
  await identity.ensure();
  assert.deepEqual(asked, []);
  identity.choose("Noor");
  await identity.ensure();
  assert.deepEqual(asked, ["POST /api/session Noor"]);
});

test("a name that was typed but never sent is still there on the next page", () => {
  const { identity } = prepare({ me: { player_id: "p_1", name: "Ada" }, stored: { "kibitz.name": "Noor" } });
  assert.equal(identity.name.value, "Noor");
});

test("a session that the server lost is made anew; the flag for the early socket goes with it", async () => {
  const { identity, asked, memory } = prepare({ stored: { "kibitz.name": "Ada", "kibitz.session": "1" } });
  assert.equal(memory.has("kibitz.session"), false);
  await identity.renew();
  assert.deepEqual(asked, ["POST /api/session Ada"]);
});

test("a page that was kept takes who it was last; one that knows of no session forgets them", () => {
  const stored = { "kibitz.session": '{"player_id":"p_1","name":"Ada"}' };
  assert.deepEqual(prepare({ me: undefined, stored }).identity.me.value, { player_id: "p_1", name: "Ada" });
  const { identity, memory } = prepare({ me: null, stored });
  assert.equal(identity.me.value, null);
  assert.equal(memory.has("kibitz.session"), false);
  assert.equal(prepare({ me: undefined, stored: { "kibitz.session": "1" } }).identity.me.value, null);
});

test("a refusal is passed on with its code, and the next try asks again", async () => {
  const { identity, asked } = prepare();
  identity.choose("bad");
  await assert.rejects(identity.ensure(), (error) => error instanceof Problem && error.code === "bad_request");
  identity.choose("Ada");
  await identity.ensure();
  assert.equal(asked.length, 2);
});

test("no server at all has a code, too", async () => {
  const rest = new Rest(() => Promise.reject(new TypeError("failed")));
  await assert.rejects(rest.rooms(), (error) => error instanceof Problem && error.code === "unreachable");
});

/** Tabs of one browser and a server that forgot their session: every call without a cookie that counts makes another player. */
function twoTabs(alone: Alone, given: { readonly stored?: Record<string, string>; readonly me?: Me } = {}) {
  const memory = new Map(Object.entries(given.stored ?? {}));
  let made = 0;
  const store = {
    recall: (key: string) => memory.get(key) ?? null,
    remember: (key: string, value: string | null) => void (value === null ? memory.delete(key) : memory.set(key, value)),
  };
  const rest = new Rest(async (_, init) => {
    const id = `p_${10 + made++}`;
    await new Promise((go) => setTimeout(go));
    return Response.json({ player_id: id, name: (JSON.parse(String(init.body)) as { name: string }).name });
  });
  const tab = () => new Identity(rest, store, () => 0, given.me, alone);
  return { tabs: [tab(), tab()] as const, made: () => made, memory, store };
}

/** As `navigator.locks` does it: one after the other. */
function inTurn(): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}

test("two tabs that lose their session at once become one player", async () => {
  const { tabs, made, memory } = twoTabs(inTurn(), { me: { player_id: "p_1", name: "Ada" }, stored: { "kibitz.name": "Ada" } });
  const [one, other] = await Promise.all(tabs.map((tab) => tab.renew()));
  assert.deepEqual(one, { player_id: "p_10", name: "Ada" });
  assert.deepEqual(other, one);
  assert.equal(made(), 1);
  assert.equal(memory.get("kibitz.session"), '{"player_id":"p_10","name":"Ada"}');
  assert.deepEqual(tabs[1].me.value, one);
  // That one is lost as well: a new one is made, not the lost one taken again.
  assert.deepEqual(await tabs[1].renew(), { player_id: "p_11", name: "Ada" });
});

test("a newcomer's two tabs become one player; one with another name asks for its own", async () => {
  const { tabs, made } = twoTabs(inTurn(), { stored: { "kibitz.name": "Ada" } });
  await Promise.all(tabs.map((tab) => tab.ensure()));
  assert.equal(made(), 1);
  tabs[1].choose("Noor");
  await tabs[1].ensure();
  assert.equal(made(), 2);
});

test("a tab that could not get a session leaves the turn to the next", async () => {
  const alone = inTurn();
  const { identity } = prepare();
  const failing = new Identity(new Rest(() => Promise.reject(new TypeError("failed"))), { recall: () => null, remember: () => undefined }, () => 0, null, alone);
  await assert.rejects(failing.ensure(), (error) => error instanceof Problem && error.code === "unreachable");
  assert.equal((await alone(() => identity.ensure())).player_id, "p_1");
});

/** Time that passes for all tabs alike. */
function claims() {
  let now = 1_000;
  let chance = 0;
  const sleepers: { readonly at: number; readonly go: () => void }[] = [];
  const world = {
    now: () => now,
    random: () => (chance += 0.13) % 1,
    wait: (ms: number) => new Promise<void>((go) => sleepers.push({ at: now + ms, go })),
  };
  const pass = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (!next) return;
    now = Math.max(now, next.at);
    next.go();
    return pass();
  };
  return { world, pass, at: () => now };
}

test("without locks a note in the storage says whose turn it is", async () => {
  const { world, pass } = claims();
  const memory = new Map<string, string>();
  const store = {
    recall: (key: string) => memory.get(key) ?? null,
    remember: (key: string, value: string | null) => void (value === null ? memory.delete(key) : memory.set(key, value)),
  };
  const order: string[] = [];
  const turn = (name: string) =>
    claimed(
      async () => {
        order.push(`${name} begins`);
        await world.wait(200);
        order.push(`${name} ends`);
      },
      store,
      world,
    );
  const all = Promise.all([turn("a"), turn("b"), turn("c")]);
  await pass();
  await all;
  assert.equal(order.length, 6);
  for (let at = 0; at < 6; at += 2) assert.equal(order[at]?.replace("begins", "ends"), order[at + 1]);
  assert.equal(memory.size, 0);
});

test("a note of a tab that is gone counts for a while only, and blocked storage for nothing", async () => {
  const { world, pass, at } = claims();
  const memory = new Map([["kibitz.claim", "gone 3000"]]);
  const store = {
    recall: (key: string) => memory.get(key) ?? null,
    remember: (key: string, value: string | null) => void (value === null ? memory.delete(key) : memory.set(key, value)),
  };
  const done = claimed(() => Promise.resolve(at()), store, world);
  await pass();
  assert.ok((await done) >= 3_000);
  assert.equal(await claimed(() => Promise.resolve("at once"), { recall: () => null, remember: () => undefined }, world), "at once");
});

test("an answer that the worker kept says of when it is, until a fresh one comes", async () => {
  const answers = [
    Response.json({ rooms: [] }, { headers: { "Kept-At": "Mon, 23 Nov 2026 14:05:00 GMT" } }),
    Response.json({ rooms: [] }),
  ];
  const rest = new Rest(() => Promise.resolve(answers.shift() as Response));
  await rest.rooms();
  assert.equal(rest.keptAt.get("/api/rooms"), Date.UTC(2026, 10, 23, 14, 5));
  await rest.rooms();
  assert.equal(rest.keptAt.get("/api/rooms"), 0);
});
