import { decodePayload, takePayload } from "./engineio";
import type { Link, LinkListener, NetWorld } from "./link";

const PACKETS_PER_POST = 16;
/** The server answers a poll at the latest with its next ping; a request older than this is lost. */
const REQUEST_TIMEOUT_MS = 40_000;

/** Long-polling: one GET is always open, and at most one POST carries what is to be sent. */
export function pollingLink(world: NetWorld, url: string, listener: LinkListener): Link {
  const queue: string[] = [];
  const abort = new AbortController();
  let sid = "";
  let maxPayload = 16_384;
  let isPosting = false;
  let open = true;
  let requests = 0;

  const end = (reason: string): void => {
    if (!open) return;
    open = false;
    abort.abort();
    listener.closed(reason);
  };
  const request = async (method: "GET" | "POST", body: string | null): Promise<string | null> => {
    const timer = world.setTimeout(() => end("polling request timed out"), REQUEST_TIMEOUT_MS);
    try {
      // By `t` the server knows a request that the browser repeats because its connection broke.
      requests += 1;
      const target = sid === "" ? url : `${url}&sid=${encodeURIComponent(sid)}&t=${requests}`;
      const answer = await world.request(method, target, body, abort.signal);
      if (answer.status === 200) return answer.text;
      end(`polling answered ${answer.status}`);
    } catch {
      end("polling request failed");
    } finally {
      world.clearTimeout(timer);
    }
    return null;
  };
  const poll = async (): Promise<void> => {
    while (open) {
      const body = await request("GET", null);
      if (body === null) return;
      for (const packet of decodePayload(body)) {
        if (!open) return;
        if (packet.type === "open") {
          sid = packet.handshake.sid;
          maxPayload = packet.handshake.maxPayload;
        }
        // As after each frame of a websocket: an answer to `join` says what the next patch applies to.
        if (listener.packet(packet)) await new Promise<void>((go) => world.setTimeout(go, 0));
      }
    }
  };
  const flush = async (): Promise<void> => {
    if (isPosting) return;
    isPosting = true;
    // What one turn of the event loop sends leaves in one request.
    await Promise.resolve();
    while (open && queue.length > 0) {
      const { body, taken } = takePayload(queue, PACKETS_PER_POST, maxPayload);
      queue.splice(0, taken);
      if ((await request("POST", body)) === null) break;
    }
    isPosting = false;
  };

  void poll();
  return {
    transport: "polling",
    send(packet) {
      if (!open) return;
      queue.push(packet);
      void flush();
    },
    close() {
      if (!open) return;
      open = false;
      abort.abort();
      if (sid !== "") {
        world.request("POST", `${url}&sid=${encodeURIComponent(sid)}`, "1", new AbortController().signal).catch(() => undefined);
      }
    },
  };
}
