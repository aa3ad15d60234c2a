import type { EarlySocket } from "./websocket";

/** The socket that the first script opened; once only, and only while it may still work. */
export function takeEarlySocket(): EarlySocket | null {
  const holder = window as unknown as { kibitzEarly?: EarlySocket & { socket: WebSocket } };
  const early = holder.kibitzEarly;
  delete holder.kibitzEarly;
  return early && early.socket.readyState <= WebSocket.OPEN ? early : null;
}
