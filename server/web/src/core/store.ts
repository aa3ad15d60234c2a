/**
 * What the browser keeps for Kibitz beyond a page, in IndexedDB: a cache, which may be lost at any time, and the outbox, which
 * may not. One number says which form the cache has; another one than ours empties the cache and leaves the outbox alone.
 * Where IndexedDB is blocked or full, `open` or the call rejects, and callers go on without.
 */

import type { Shelf, Waiting } from "./outbox";

const NAME = "kibitz";
const CACHE = "cache";
const OUTBOX = "outbox";
/** Of what is in the cache. The outbox changes only by gaining fields. */
export const SCHEMA = 1;
const SCHEMA_KEY = "schema";

export class Store implements Shelf {
  private constructor(private readonly db: IDBDatabase) {}

  static async open(factory: IDBFactory = indexedDB): Promise<Store> {
    const asked = factory.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(CACHE);
      asked.result.createObjectStore(OUTBOX, { keyPath: "n", autoIncrement: true });
    };
    const store = new Store(await done(asked));
    if ((await store.recall(SCHEMA_KEY)) !== SCHEMA) {
      await store.write(CACHE, (cache) => cache.clear());
      await store.keep(SCHEMA_KEY, SCHEMA);
    }
    return store;
  }

  async recall(key: string): Promise<unknown> {
    return done(this.read(CACHE).get(key));
  }

  async keep(key: string, value: unknown): Promise<void> {
    await this.write(CACHE, (cache) => cache.put(value, key));
  }

  async forget(key: string): Promise<void> {
    await this.write(CACHE, (cache) => cache.delete(key));
  }

  async keys(prefix: string): Promise<readonly string[]> {
    const found = await done(this.read(CACHE).getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
    return found.map(String);
  }

  // ------------------------------------------------------------------ outbox

  async add(act: Omit<Waiting, "n">): Promise<void> {
    await this.write(OUTBOX, (outbox) => outbox.add(act));
  }

  async all(): Promise<readonly Waiting[]> {
    return done(this.read(OUTBOX).getAll());
  }

  async remove(n: number): Promise<void> {
    await this.write(OUTBOX, (outbox) => outbox.delete(n));
  }

  private read(name: string): IDBObjectStore {
    return this.db.transaction(name, "readonly").objectStore(name);
  }

  /** Resolves once the whole transaction is done: a write that was taken may still be undone when it is written down (a full disk). */
  private write(name: string, ask: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    // What is told to be kept must be, even if the machine loses power.
    const transaction = this.db.transaction(name, "readwrite", name === OUTBOX ? { durability: "strict" } : {});
    const written = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser undid the write"));
    });
    ask(transaction.objectStore(name));
    // Else the page commits when it hears that the request succeeded: a page that is on its way out never does, and the write is undone.
    transaction.commit();
    return written;
  }
}

function done<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
