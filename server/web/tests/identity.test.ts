import assert from "node:assert/strict";
import { test } from "node:test";
import { Identity } from "../src/core/identity";
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
  return { identity: new Identity(rest, store, () => 0, me), asked, memory };
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
