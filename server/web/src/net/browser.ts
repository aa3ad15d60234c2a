import { recall, remember } from "../core/small";
import type { NetWorld } from "./link";

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
  recall,
  remember,
};
