import type { NetWorld } from "./link";
import type { EarlySocket } from "./websocket";

/** The browser as the network code sees it. Blocked storage only means that nothing is remembered. */
export const browserWorld: NetWorld = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (run, ms) => window.setTimeout(run, ms),
  clearTimeout: (timer) => window.clearTimeout(timer),
  openWebSocket: (url) => new WebSocket(url) as unknown as ReturnType<NetWorld["openWebSocket"]>,
  async request(method, url, body, signal) {
    const headers: Record<string, string> = body === null ? {} : { "Content-Type": "text/plain;charset=UTF-8" };
    const answer = await fetch(url, { method, body, signal, headers, cache: "no-store", keepalive: body === "1" });
    return { status: answer.status, text: await answer.text() };
  },
  isOnline: () => navigator.onLine,
  recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  remember(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Blocked or full: the next page starts without it.
    }
  },
};

/** The socket that the first script opened; once only, and only while it may still work. */
export function takeEarlySocket(): EarlySocket | null {
  const holder = window as unknown as { kibitzEarly?: EarlySocket & { socket: WebSocket } };
  const early = holder.kibitzEarly;
  delete holder.kibitzEarly;
  return early && early.socket.readyState <= WebSocket.OPEN ? early : null;
}
