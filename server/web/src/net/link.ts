import type { EnginePacket } from "./engineio";

export type Transport = "websocket" | "polling";

/** One way to carry packets to the server and back, from its opening to its end. */
export interface Link {
  readonly transport: Transport;
  send(packet: string): void;
  /** Ends it; its listener hears nothing any more. */
  close(): void;
}

export interface LinkListener {
  /** True: whoever waits for what it said takes it in before the next one is told. */
  packet(packet: EnginePacket): boolean;
  /** The link ended by itself. Called at most once, and never after `close`. */
  closed(reason: string): void;
}

/** What the network code needs of the world; the browser's is `net/browser.ts`, tests bring their own. */
export interface NetWorld {
  now(): number;
  /** 0 ≤ x < 1; spreads the retries of many clients. */
  random(): number;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(timer: number): void;
  openWebSocket(url: string): WebSocketLike;
  /** Rejects where no answer came. */
  request(method: "GET" | "POST", url: string, body: string | null, signal: AbortSignal): Promise<{ status: number; text: string }>;
  isOnline(): boolean;
  /** Remembered across pages. */
  recall(key: string): string | null;
  remember(key: string, value: string | null): void;
}

export interface WebSocketLike {
  binaryType: string;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(data: string): void;
  close(): void;
}
