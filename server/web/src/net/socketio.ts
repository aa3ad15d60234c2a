/** Socket.IO v5 packets of the namespace `/` (source: socketio/socket.io-protocol, v5). No I/O. */

export type SocketPacket =
  | { readonly type: "connect"; readonly data: unknown }
  | { readonly type: "disconnect" }
  | { readonly type: "event"; readonly name: string; readonly args: readonly unknown[]; readonly id: number | null }
  | { readonly type: "ack"; readonly id: number; readonly args: readonly unknown[] }
  | { readonly type: "connect_error"; readonly message: string; readonly data: unknown }
  | { readonly type: "broken"; readonly why: string };

export const CONNECT = "0";
const ATTACHMENTS_MAX = 8;

export function encodeEvent(name: string, payload: unknown, id: number | null): string {
  return "2" + (id ?? "") + JSON.stringify([name, payload]);
}

/** Puts packets together: one with attachments is given out when its last binary frame came. */
export class PacketDecoder {
  private waiting: { kind: string; rest: string; missing: number; parts: Uint8Array[] } | null = null;

  text(data: string): SocketPacket | null {
    if (this.waiting) return broken("text where an attachment was due");
    const kind = data[0] ?? "";
    let rest = data.slice(1);
    if (kind === "5" || kind === "6") {
      const count = /^(\d{1,2})-/.exec(rest);
      const missing = Number(count?.[1] ?? "-1");
      if (!count || missing < 0 || missing > ATTACHMENTS_MAX) return broken("bad number of attachments");
      rest = rest.slice(count[0].length);
      const plain = kind === "5" ? "2" : "3";
      if (missing === 0) return decode(plain, rest, []);
      this.waiting = { kind: plain, rest, missing, parts: [] };
      return null;
    }
    return decode(kind, rest, []);
  }

  binary(data: Uint8Array): SocketPacket | null {
    const waiting = this.waiting;
    if (!waiting) return broken("attachment without a packet");
    waiting.parts.push(data);
    if (waiting.parts.length < waiting.missing) return null;
    this.waiting = null;
    return decode(waiting.kind, waiting.rest, waiting.parts);
  }
}

function broken(why: string): SocketPacket {
  return { type: "broken", why };
}

function decode(kind: string, rest: string, parts: readonly Uint8Array[]): SocketPacket {
  if (rest.startsWith("/")) {
    const comma = rest.indexOf(",");
    const namespace = comma < 0 ? rest : rest.slice(0, comma);
    if (namespace !== "/") return broken(`namespace ${namespace} was never asked for`);
    rest = comma < 0 ? "" : rest.slice(comma + 1);
  }
  const digits = /^\d{0,15}/.exec(rest)?.[0] ?? "";
  let body: unknown;
  try {
    const json = rest.slice(digits.length);
    body = json === "" ? undefined : restore(JSON.parse(json), parts);
  } catch {
    return broken("not JSON");
  }
  const id = digits === "" ? null : Number(digits);
  switch (kind) {
    case "0":
      return { type: "connect", data: body };
    case "1":
      return { type: "disconnect" };
    case "2":
      if (!Array.isArray(body) || typeof body[0] !== "string") return broken("event without a name");
      return { type: "event", name: body[0], args: body.slice(1), id };
    case "3":
      if (!Array.isArray(body) || id === null) return broken("ack without an id");
      return { type: "ack", id, args: body };
    case "4": {
      const error = (body ?? {}) as { message?: unknown; data?: unknown };
      return { type: "connect_error", message: String(error.message ?? "refused"), data: error.data };
    }
    default:
      return broken(`unknown packet type ${JSON.stringify(kind)}`);
  }
}

/** Puts attachments where `{_placeholder: true, num}` stands. */
function restore(value: unknown, parts: readonly Uint8Array[]): unknown {
  if (parts.length === 0 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => restore(item, parts));
  const record = value as Record<string, unknown>;
  if (record["_placeholder"] === true) {
    const part = parts[Number(record["num"])];
    if (!part) throw new Error("placeholder without attachment");
    return part;
  }
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, restore(item, parts)]));
}
