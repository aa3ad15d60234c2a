/** The page's connection: fetched once there is a player to connect, and prefetched while the page rests. */

import { refusal, t } from "../core/say";
import { browserWorld } from "../net/browser";
import { Connection } from "../net/connection";
import { active, adoptStyles, boot, identity, net, plug, server, setServerOffset, toast, wordsFor } from "./app";
import { Banner } from "./banner";
import { Pill, WORDS } from "./pill";
import css from "./styles/wire.css";

/** For the connection's details. */
export { WORDS };

adoptStyles(css);

const MEASURE_EVERY_MS = 5_000;
/** Slower than any way around the world, with the interval still far below the heartbeat's 15 s. */
const ANSWER_WITHIN_MS = 6_000;
const RENEW_AGAIN_MS = 30_000;

const socketPath = `${(boot.socket?.path ?? "/socket.io").replace(/\/+$/, "")}/`;
const connection = new Connection(browserWorld, {
  websocket: location.origin.replace(/^http/, "ws") + socketPath,
  polling: socketPath,
});
plug(connection, browserWorld, { Pill, Banner });

connection.onState = (state) => {
  const wasConnected = net.value.status === "connected";
  net.value = state;
  if (wasConnected && state.status !== "connected") active.value?.lost();
};

// The quickest measurements say most about the server's clock.
let bestTrip = Infinity;
connection.onServerTime = (measured, trip) => {
  bestTrip = Math.min(bestTrip * 1.2, trip);
  if (trip <= bestTrip * 1.5) setServerOffset(measured);
};

connection.onGreeting = (greeting) => {
  server.value = greeting;
};
connection.onOnline = () => {
  void connection.measure();
  void active.value?.join();
};
connection.onEvent = (name, payload) => {
  const notice = payload as { code?: unknown; message?: unknown; data?: { retry_ms?: unknown } | null } | null;
  if (name === "notice" && notice?.code === "draining") {
    const retry = notice.data?.retry_ms;
    connection.announceDrain(typeof retry === "number" ? retry : 2_000);
    toast(t("The server restarts in a moment. Your game is saved."));
  }
  active.value?.heard(name, payload);
};
let renewedAt = -Infinity;
connection.onRefused = (code, message) => {
  // A browser that keeps no cookie would get one session after the other.
  if (code !== "unauthenticated" || performance.now() - renewedAt < RENEW_AGAIN_MS) return toast(refusal(code, message));
  renewedAt = performance.now();
  identity.renew().then(
    () => connection.start(),
    (error: unknown) => toast(wordsFor(error)),
  );
};

window.setInterval(() => {
  if (document.visibilityState === "visible") void connection.check(ANSWER_WITHIN_MS);
}, MEASURE_EVERY_MS);
window.addEventListener("online", () => connection.wake());
window.addEventListener("offline", () => connection.networkLost());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") connection.wake();
});
