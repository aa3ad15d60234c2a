/** Engine.IO v4 packets, text side (source: socketio/engine.io-protocol, v4). No I/O. */

export interface Handshake {
  readonly sid: string;
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

export type EnginePacket =
  | { readonly type: "open"; readonly handshake: Handshake }
  | { readonly type: "close" }
  | { readonly type: "ping"; readonly data: string }
  | { readonly type: "pong" }
  | { readonly type: "message"; readonly data: string }
  | { readonly type: "binary"; readonly data: Uint8Array }
  | { readonly type: "noop" }
  | { readonly type: "broken"; readonly why: string };

const SEPARATOR = "\x1e";

/** One packet as it is in a websocket's text frame or between two separators of a polling payload. */
export function decodePacket(text: string): EnginePacket {
  const rest = text.slice(1);
  switch (text[0]) {
    case "0":
      return decodeHandshake(rest);
    case "1":
      return { type: "close" };
    case "2":
      return { type: "ping", data: rest };
    case "3":
      return { type: "pong" };
    case "4":
      return { type: "message", data: rest };
    case "6":
      return { type: "noop" };
    case "b":
      return decodeBase64(rest);
    default:
      return { type: "broken", why: `unknown packet type ${JSON.stringify(text.slice(0, 1))}` };
  }
}

export function decodePayload(body: string): EnginePacket[] {
  return body === "" ? [] : body.split(SEPARATOR).map(decodePacket);
}

/** As many of `packets` as one POST may carry: at most `maxPackets`, and at most `maxBytes` unless the first alone is larger. */
export function takePayload(packets: readonly string[], maxPackets: number, maxBytes: number): { body: string; taken: number } {
  let bytes = 0;
  let taken = 0;
  for (const packet of packets) {
    // A character is at most three bytes of UTF-8 (a surrogate pair is two characters and four bytes).
    bytes += packet.length * 3 + 1;
    if (taken > 0 && (taken === maxPackets || bytes > maxBytes)) break;
    taken += 1;
  }
  return { body: packets.slice(0, taken).join(SEPARATOR), taken };
}

function decodeHandshake(json: string): EnginePacket {
  try {
    const raw = JSON.parse(json) as Partial<Record<keyof Handshake, unknown>>;
    if (typeof raw.sid !== "string" || typeof raw.pingInterval !== "number" || typeof raw.pingTimeout !== "number") {
      return { type: "broken", why: "handshake without sid or ping times" };
    }
    const maxPayload = typeof raw.maxPayload === "number" ? raw.maxPayload : 16_384;
    return { type: "open", handshake: { sid: raw.sid, pingInterval: raw.pingInterval, pingTimeout: raw.pingTimeout, maxPayload } };
  } catch {
    return { type: "broken", why: "handshake is not JSON" };
  }
}

function decodeBase64(text: string): EnginePacket {
  try {
    return { type: "binary", data: Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) };
  } catch {
    return { type: "broken", why: "not base64" };
  }
}
