import type { Transport } from "./link";

/**
 * `closed`: not connected and not trying (before the first action of a guest, or refused by the server).
 * `offline`: trying, and the browser itself says that there is no network.
 */
export type NetStatus = "connecting" | "connected" | "reconnecting" | "offline" | "closed";

/** The only source of what the page says about the connection. Instants are of `NetWorld.now()`. */
export interface NetState {
  readonly status: NetStatus;
  readonly transport: Transport | null;
  /** Smoothed round trip. */
  readonly latencyMs: number | null;
  readonly lastPingAt: number | null;
  /** Failed tries since the connection was last up. */
  readonly attempt: number;
  readonly retryAt: number | null;
  /** When the connection was lost (or first asked for); null while it is up or closed. */
  readonly lostAt: number | null;
  /** Why the last connection ended, for the details of the pill. */
  readonly reason: string | null;
}

/** What the server tells of itself beside the ids, when it takes the session. */
export interface Greeting {
  readonly protocol: number;
  readonly build: string;
}

export const INITIAL_NET_STATE: NetState = {
  status: "closed",
  transport: null,
  latencyMs: null,
  lastPingAt: null,
  attempt: 0,
  retryAt: null,
  lostAt: null,
  reason: null,
};

/** Until when websockets are taken for blocked here, as text of milliseconds; the page's first script reads it, too. */
export const POLLING_UNTIL_KEY = "kibitz.polling_until";

const FIRST_DELAY_MS = 500;
const GROWTH = 1.6;
const DELAY_MAX_MS = 15_000;

/** Wait before try number `attempt` (1 is the first after a loss), spread over 0.5 to 1.5 times its mean. */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(Math.min(FIRST_DELAY_MS * GROWTH ** (attempt - 1), DELAY_MAX_MS) * (0.5 + random));
}
