import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoute, pathOf, readCode, type Route } from "../src/core/router";

const ROUTES: readonly (readonly [path: string, hash: string, route: Route])[] = [
  ["/", "", { page: "lobby" }],
  ["/r/QK7F2MAB", "", { page: "invite", code: "QK7F2MAB" }],
  ["/room/abc_DEF-123", "", { page: "room", room: "abc_DEF-123", watch: false }],
  ["/room/abc", "#watch", { page: "room", room: "abc", watch: true }],
  ["/replay/abc", "", { page: "replay", room: "abc" }],
  ["/replay/abc", "#ply=17", { page: "replay", room: "abc", ply: 17 }],
  ["/replay/abc", "#ply=17&seat=2", { page: "replay", room: "abc", ply: 17, seat: 2 }],
  ["/replay/abc", "#match=2&version=40&seat=0", { page: "replay", room: "abc", match: 2, version: 40, seat: 0 }],
  ["/player", "", { page: "player" }],
  ["/leaderboard/connect-four", "", { page: "leaderboard", game: "connect-four" }],
];

for (const [path, hash, route] of ROUTES) {
  test(`${path}${hash} is ${route.page}, there and back`, () => {
    assert.deepEqual(parseRoute(path, hash), route);
    assert.equal(pathOf(route), path + hash);
  });
}

test("addresses that are none are unknown, not an error", () => {
  for (const path of ["/rooms", "/room/", "/room/a/b", "/r/short", "/r/%", "/room/<b>", "/replay/", "/leaderboard/", "/leaderboard/a/b", "/player/x"]) {
    assert.equal(parseRoute(path, "").page, "unknown", path);
  }
});

test("what a replay's link says wrong is left out", () => {
  assert.deepEqual(parseRoute("/replay/abc", "#ply=-1&seat=x&match=&speed=2"), { page: "replay", room: "abc" });
});

test("a slash at the end changes nothing", () => {
  assert.deepEqual(parseRoute("/room/abc/", ""), { page: "room", room: "abc", watch: false });
});

test("a code is read as people type and paste it", () => {
  for (const typed of ["QK7F2MAB", " qk7f 2mab ", "qk7f-2mab", "https://play.example/r/QK7F2MAB", "http://127.0.0.1:8000/r/qk7f2mab/"]) {
    assert.equal(readCode(typed), "QK7F2MAB", typed);
  }
  // 0, O, 1 and I are not in the alphabet, except O: what is not there cannot be a code.
  for (const typed of ["", "QK7F", "QK7F2MAB9", "QK7F2MA0", "QK7F2MA!", "/"]) assert.equal(readCode(typed), null, typed);
});
