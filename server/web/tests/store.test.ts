import assert from "node:assert/strict";
import { test } from "node:test";
import { SCHEMA, Store } from "../src/core/store";
import { settle } from "./fake-world";

interface Transaction {
  isCommitted: boolean;
  readonly mode: string;
  readonly options: { readonly durability?: string } | undefined;
  oncomplete?: () => void;
  onabort?: () => void;
  error: Error | null;
}

/** As much of IndexedDB as the store uses: requests succeed at once, transactions of writes when the test says so. */
function fakeDatabase() {
  const stores = new Map<string, Map<unknown, unknown>>([
    ["cache", new Map([["schema", SCHEMA]])],
    ["outbox", new Map()],
  ]);
  const open: Transaction[] = [];
  const succeed = (result: unknown): object => {
    const request: { result: unknown; onsuccess?: () => void } = { result };
    queueMicrotask(() => request.onsuccess?.());
    return request;
  };
  const db = {
    transaction(name: string, mode: string, options?: { durability?: string }) {
      const rows = stores.get(name) as Map<unknown, unknown>;
      const transaction: Transaction & { objectStore(): object; commit(): void } = {
        mode,
        options,
        error: null,
        isCommitted: false,
        commit: () => void (transaction.isCommitted = true),
        objectStore: () => ({
          get: (key: unknown) => succeed(rows.get(key)),
          getAll: () => succeed([...rows.values()]),
          put: (value: unknown, key: unknown) => succeed(void rows.set(key, value)),
          add: (value: object) => succeed(void rows.set(rows.size + 1, { ...value, n: rows.size + 1 })),
          delete: (key: unknown) => succeed(void rows.delete(key)),
          clear: () => succeed(void rows.clear()),
        }),
      };
      if (mode === "readwrite") open.push(transaction);
      return transaction;
    },
  };
  return { factory: { open: () => succeed(db) } as unknown as IDBFactory, open };
}

test("a write has happened when its transaction is done, not when it was taken", async () => {
  const { factory, open } = fakeDatabase();
  const store = await Store.open(factory);
  const told: string[] = [];
  void store.keep("a", 1).then(() => told.push("kept"));
  void store.add({ id: "x" } as never).then(() => told.push("added"));
  void store.remove(1).then(() => told.push("removed"));
  void store.forget("a").then(() => told.push("forgotten"));
  await settle();
  await settle();
  assert.deepEqual(told, []);
  assert.deepEqual(open.map(({ options }) => options?.durability), [undefined, "strict", "strict", undefined]);
  // Without waiting for an answer: the page may be going.
  assert.ok(open.every(({ isCommitted }) => isCommitted));
  for (const transaction of open) transaction.oncomplete?.();
  await settle();
  assert.deepEqual(told, ["kept", "added", "removed", "forgotten"]);
});

test("what the browser undoes after it took it was not written", async () => {
  const { factory, open } = fakeDatabase();
  const store = await Store.open(factory);
  const written = store.keep("a", 1);
  await settle();
  const [transaction] = open;
  assert.ok(transaction);
  transaction.error = new Error("QuotaExceededError");
  transaction.onabort?.();
  await assert.rejects(written, /QuotaExceeded/);
  const bare = store.forget("a");
  open[1]?.onabort?.();
  await assert.rejects(bare, /undid/);
});

test("another schema empties the cache, and the store is open once that is written", async () => {
  const { factory, open } = fakeDatabase();
  void (await Store.open(factory)).keep("schema", 0);
  let isOpen = false;
  const second = Store.open(factory).then((store) => {
    isOpen = true;
    return store;
  });
  // The first is what was kept above, then the emptying, then the number.
  for (const at of [1, 2]) {
    await settle();
    assert.equal(open.length, at + 1);
    assert.equal(isOpen, false);
    open[at]?.oncomplete?.();
  }
  assert.equal(await (await second).recall("schema"), SCHEMA);
});
