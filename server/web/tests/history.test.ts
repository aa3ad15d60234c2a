import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../src/core/history";
import type { Json, ShownEvent } from "../src/protocol.gen";

const event = (version: number, kind = "action", args: Json = null): ShownEvent => ({ epoch: "E", version, at_us: 0, kind, seat: 0, type: null, args, action_id: null });
const versions = (events: readonly ShownEvent[]) => events.map((one) => one.version);

test("each event once, in order, whichever way it came", () => {
  const known = merge([], [event(3), event(1)]);
  assert.deepEqual(versions(merge(known, [event(2), event(3)])), [1, 2, 3]);
  assert.equal(merge(known, [event(1)]), known);
});

test("what a rewind took back is gone, also where it is heard of later", () => {
  const rewound = event(6, "rewound", { to_version: 3 });
  assert.deepEqual(versions(merge([event(3), event(4), event(5)], [rewound, event(7)])), [3, 6, 7]);
  assert.deepEqual(versions(merge([event(2), rewound], [event(4)])), [2, 6]);
});
