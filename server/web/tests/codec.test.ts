import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePacket, decodePayload, takePayload } from "../src/net/engineio";
import { encodeEvent, PacketDecoder } from "../src/net/socketio";

test("engine packets", () => {
  assert.deepEqual(decodePacket('0{"sid":"a","upgrades":[],"pingInterval":10000,"pingTimeout":5000,"maxPayload":16384}'), {
    type: "open",
    handshake: { sid: "a", pingInterval: 10000, pingTimeout: 5000, maxPayload: 16384 },
  });
  assert.deepEqual(decodePacket("2probe"), { type: "ping", data: "probe" });
  assert.deepEqual(decodePacket("4hello"), { type: "message", data: "hello" });
  assert.deepEqual(decodePacket("6"), { type: "noop" });
  assert.deepEqual(decodePacket("bAQID"), { type: "binary", data: new Uint8Array([1, 2, 3]) });
});

test("broken engine packets are told, never thrown", () => {
  for (const text of ["", "9", "0{}", "0nonsense", "b***"]) assert.equal(decodePacket(text).type, "broken", text);
});

test("a payload is split at its separators", () => {
  assert.deepEqual(decodePayload("2\x1e4a\x1e4b").map((packet) => packet.type), ["ping", "message", "message"]);
  assert.deepEqual(decodePayload(""), []);
});

test("a POST takes what fits, and at least one packet", () => {
  assert.deepEqual(takePayload(["4a", "4b", "4c"], 2, 1000), { body: "4a\x1e4b", taken: 2 });
  assert.deepEqual(takePayload(["4aaaa", "4b"], 16, 4), { body: "4aaaa", taken: 1 });
});

test("socket packets", () => {
  const decoder = new PacketDecoder();
  assert.deepEqual(decoder.text('0{"sid":"s"}'), { type: "connect", data: { sid: "s" } });
  assert.deepEqual(decoder.text('2["patch",{"a":1}]'), { type: "event", name: "patch", args: [{ a: 1 }], id: null });
  assert.deepEqual(decoder.text('3/,17[{"ok":true}]'), { type: "ack", id: 17, args: [{ ok: true }] });
  assert.deepEqual(decoder.text('4{"message":"no","data":{"code":"unauthenticated"}}'), {
    type: "connect_error",
    message: "no",
    data: { code: "unauthenticated" },
  });
  assert.deepEqual(decoder.text("1"), { type: "disconnect" });
  assert.equal(encodeEvent("act", { column: 3 }, 7), '27["act",{"column":3}]');
});

test("attachments are put where they belong", () => {
  const decoder = new PacketDecoder();
  assert.equal(decoder.text('52-["frame",{"a":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]'), null);
  assert.equal(decoder.binary(new Uint8Array([1])), null);
  assert.deepEqual(decoder.binary(new Uint8Array([2])), {
    type: "event",
    name: "frame",
    args: [{ a: new Uint8Array([2]) }, new Uint8Array([1])],
    id: null,
  });
});

test("broken socket packets are told, never thrown", () => {
  for (const text of ["", "9", "2", "2{}", "2[1]", "3[1]", '2/other,["a"]', "2[", "59-[]", "5x", '51-["a"'] as const) {
    const decoder = new PacketDecoder();
    const first = decoder.text(text);
    assert.equal((first ?? decoder.binary(new Uint8Array()))?.type, "broken", text);
  }
  assert.equal(new PacketDecoder().binary(new Uint8Array())?.type, "broken");
});
