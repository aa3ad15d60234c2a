import assert from "node:assert/strict";
import { test } from "node:test";
import { Avatar, hash } from "../src/ui/avatar";
import { scaleOf } from "../src/ui/rating";

const ids = (prefix: string): readonly string[] => Array.from({ length: 500 }, (_, at) => `${prefix}${at}`);
const drawn = (id: string, seat?: number): string => JSON.stringify(Avatar(seat === undefined ? { id } : { id, seat }), (key, value: unknown) => (key.startsWith("__") ? undefined : value));

test("the same face for the same id, and many faces", () => {
  assert.equal(drawn("p_ada"), drawn("p_ada"));
  const faces = new Set(ids("p_").map((id) => drawn(id)));
  assert.ok(faces.size > 350, `${faces.size} faces for 500 ids`);
});

test("ids that hardly differ are spread over all that a face is made of", () => {
  for (const [shift, count] of [[0, 8], [3, 8], [9, 5], [13, 6]] as const) {
    const met = ids("p_").map((id) => (hash(id) >>> shift) % count);
    for (let each = 0; each < count; each++) {
      const share = (met.filter((one) => one === each).length * count) / met.length;
      assert.ok(share > 0.5 && share < 1.5, `${each} of ${count}: ${share}`);
    }
  }
});

test("at a table it is the seat's piece, in the seat's colour", () => {
  assert.match(drawn("p_ada", 1), /avatar p2/);
  assert.match(drawn("p_ada", 9), /avatar p2/);
  assert.doesNotMatch(drawn("p_ada", 1), /ground/);
  assert.match(drawn("p_ada"), /ground/);
});

test("ratings of one table share a scale, with nobody rated too", () => {
  assert.deepEqual(scaleOf([{ rating: 1500, deviation: 100 }, { rating: null, deviation: null }, { rating: 1700, deviation: 50 }]), { least: 1300, most: 1800 });
  assert.deepEqual(scaleOf([]), { least: 0, most: 1 });
  assert.deepEqual(scaleOf([{ rating: 1500, deviation: 0 }]), { least: 1500, most: 1501 });
});
