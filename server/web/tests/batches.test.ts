import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { Batches } from "../src/core/batches";
import type { Batch, Json } from "../src/protocol.gen";

function listen() {
  const heard: [string, unknown][] = [];
  let missed = 0;
  const batches = new Batches(
    (name, payload) => heard.push([name, payload]),
    () => missed++,
  );
  return { batches, heard, missed: () => missed };
}

function batch(sequence: number, messages: Batch["messages"], compression: Batch["compression"] = "none"): Batch {
  return { room: "R", sequence, timestamp_ms: 0, messages, compression };
}

const named = (...numbers: number[]): (readonly [string, Json])[] => numbers.map((n) => ["patch", n]);
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) await new Promise((go) => setTimeout(go, 5));
}

test("messages come in order, and numbers are held to", () => {
  const { batches, heard, missed } = listen();
  batches.take(batch(7, named(1, 2)));
  batches.take(batch(8, named(3)));
  assert.deepEqual(heard, [["patch", 1], ["patch", 2], ["patch", 3]]);
  assert.equal(missed(), 0);
  batches.take(batch(10, named(5)));
  assert.equal(missed(), 1);
  batches.take(batch(9, named(4)));
  assert.equal(missed(), 2);
  batches.restart();
  batches.take(batch(1, named(6)));
  assert.equal(missed(), 2);
});

test("what is compressed keeps its place", async () => {
  const { batches, heard, missed } = listen();
  const packed = JSON.stringify(named(1, 2));
  batches.take(batch(1, new Uint8Array(gzipSync(packed)), "gzip"));
  batches.take(batch(2, named(3)));
  batches.take(batch(3, new Uint8Array(deflateSync(JSON.stringify(named(4)))), "deflate"));
  assert.equal(heard.length, 0);
  await until(() => heard.length === 4);
  assert.deepEqual(heard.map(([, n]) => n), [1, 2, 3, 4]);
  batches.take(batch(4, named(5)));
  assert.equal(heard.length, 5);
  assert.equal(missed(), 0);
});

test("what cannot be read counts as missing", async () => {
  const { batches, heard, missed } = listen();
  batches.take(batch(1, new Uint8Array([1, 2, 3]), "gzip"));
  batches.take(batch(2, named(1)));
  await until(() => heard.length === 1);
  assert.deepEqual(heard, [["patch", 1]]);
  assert.equal(missed(), 1);
});
