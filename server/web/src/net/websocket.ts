import { decodePacket } from "./engineio";
import type { Link, LinkListener, WebSocketLike } from "./link";

/** A socket that the page's first script opened, and what it received so far. */
export interface EarlySocket {
  readonly socket: WebSocketLike;
  readonly frames: (string | ArrayBuffer)[];
  readonly connectSent: boolean;
  /** The event that it sent under acknowledgement 0, as JSON; empty: none. */
  readonly asked?: string;
}

export function websocketLink(socket: WebSocketLike, listener: LinkListener, frames: readonly (string | ArrayBuffer)[] = []): Link {
  let open = true;
  const receive = (data: unknown): void => {
    if (!open) return;
    if (typeof data === "string") listener.packet(decodePacket(data));
    else if (data instanceof ArrayBuffer) listener.packet({ type: "binary", data: new Uint8Array(data) });
  };
  const end = (reason: string): void => {
    if (!open) return;
    open = false;
    listener.closed(reason);
  };
  socket.binaryType = "arraybuffer";
  socket.onmessage = (event) => receive(event.data);
  socket.onclose = (event) => end(`websocket closed (${event.code})`);
  socket.onerror = () => end("websocket failed");
  // After the caller has the link in hand: packets may make it send.
  if (frames.length > 0) queueMicrotask(() => frames.forEach(receive));
  return {
    transport: "websocket",
    send(packet) {
      if (!open) return;
      try {
        socket.send(packet);
      } catch {
        end("websocket is closing");
      }
    },
    close() {
      open = false;
      socket.close();
    },
  };
}
