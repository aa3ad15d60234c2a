/** Time, chance and wires in the test's hand. */

import type { NetWorld, WebSocketLike } from "../src/net/link";

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

export class FakeSocket implements WebSocketLike {
  binaryType = "";
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: string[] = [];
  isClosed = false;

  constructor(readonly url: string) {}

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
  }

  receive(data: unknown): void {
    this.onmessage?.({ data });
  }

  drop(code = 1006): void {
    this.onclose?.({ code });
  }
}

export interface FakeRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
  readonly signal: AbortSignal;
  answer(text: string, status?: number): Promise<void>;
  fail(): Promise<void>;
}

export class FakeWorld implements NetWorld {
  time = 1_000_000;
  chance = 0.5;
  online = true;
  readonly sockets: FakeSocket[] = [];
  readonly requests: FakeRequest[] = [];
  readonly memory = new Map<string, string>();
  private timers: Timer[] = [];
  private nextTimer = 1;

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  setTimeout(run: () => void, ms: number): number {
    const id = this.nextTimer++;
    this.timers.push({ id, at: this.time + ms, run });
    return id;
  }

  clearTimeout(id: number): void {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  openWebSocket(url: string): WebSocketLike {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  }

  request(method: "GET" | "POST", url: string, body: string | null, signal: AbortSignal): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      this.requests.push({
        method,
        url,
        body,
        signal,
        answer: (text, status = 200) => {
          resolve({ status, text });
          return settle();
        },
        fail: () => {
          reject(new Error("no network"));
          return settle();
        },
      });
    });
  }

  isOnline(): boolean {
    return this.online;
  }

  recall(key: string): string | null {
    return this.memory.get(key) ?? null;
  }

  remember(key: string, value: string | null): void {
    if (value === null) this.memory.delete(key);
    else this.memory.set(key, value);
  }

  /** Lets time pass: timers run in their order, and whatever waits on promises gets its turn. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.clearTimeout(next.id);
      next.run();
      await settle();
    }
    this.time = end;
    await settle();
  }

  get timerCount(): number {
    return this.timers.length;
  }
}

/** Until no promise is left that could go on by itself. */
export async function settle(): Promise<void> {
  await new Promise<void>((done) => setImmediate(done));
}
