/**
 * A wire that is as bad as one wants it: between the connection machine and the browser, for the lag lab.
 *
 * Everything comes later by half the latency and some jitter each way, and never out of order, as on TCP. What is lost comes
 * later still, as it would be sent again; of a real-time game's frames nothing is sent again, and one loss in twenty ends the
 * connection. Knows no DOM; only the lab's chunk imports it.
 */

import type { NetWorld, WebSocketLike } from "./link";

export interface LabSettings {
  /** Added to the round trip. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
  readonly isPollingOnly: boolean;
}

export const CALM: LabSettings = { latencyMs: 0, jitterMs: 0, lossPercent: 0, isPollingOnly: false };

export interface Seen {
  readonly at: number;
  readonly way: "in" | "out";
  readonly text: string;
  readonly bytes: number;
  readonly note: "" | "lost, comes again" | "dropped" | "spoiled";
}

const SEEN_MAX = 40;
/** What TCP waits at least before it sends again. */
const AGAIN_MS = 200;
const ENDS_OF_LOSSES = 0.05;

type Fate = { readonly delay: number; readonly isLost: boolean; readonly isEnd: boolean };

export class LabWire {
  settings: LabSettings = CALM;
  seen: readonly Seen[] = [];
  onSeen: () => void = () => undefined;
  private readonly real: Pick<NetWorld, "openWebSocket" | "request">;
  private readonly sockets = new Set<LabSocket>();
  private readonly requests = new Set<() => void>();
  private spoils = 0;

  constructor(private readonly world: NetWorld) {
    this.real = { openWebSocket: world.openWebSocket.bind(world), request: world.request.bind(world) };
  }

  /** From the next connection on. */
  install(): void {
    this.world.openWebSocket = (url) => this.openWebSocket(url);
    this.world.request = (method, url, body, signal) => this.request(method, url, body, signal);
  }

  uninstall(): void {
    Object.assign(this.world, this.real);
  }

  /** As when somebody trips over the cable. */
  drop(): void {
    for (const socket of this.sockets) socket.cut();
    for (const fail of this.requests) fail();
  }

  /** The next patch will not fit what it leads to. */
  spoilNext(): void {
    this.spoils += 1;
  }

  // ------------------------------------------------------------------ for the sockets

  fate(): Fate {
    const { latencyMs, jitterMs, lossPercent } = this.settings;
    const isLost = this.world.random() * 100 < lossPercent;
    const delay = latencyMs / 2 + this.world.random() * jitterMs + (isLost ? AGAIN_MS + latencyMs : 0);
    return { delay, isLost, isEnd: isLost && this.world.random() < ENDS_OF_LOSSES };
  }

  note(way: Seen["way"], text: string, bytes: number, note: Seen["note"]): void {
    this.seen = [{ at: this.world.now(), way, text: text.slice(0, 400), bytes, note }, ...this.seen].slice(0, SEEN_MAX);
    this.onSeen();
  }

  /** A patch with another checksum, if one is to be spoiled. */
  spoil(text: string): string {
    if (this.spoils === 0 || !text.startsWith('42["patch"')) return text;
    this.spoils -= 1;
    // The last one: those of views inside come before it.
    return text.replace(/"checksum":(\d+)(?!.*"checksum")/, (_, found: string) => `"checksum":${Number(found) ^ 1}`);
  }

  closed(socket: LabSocket): void {
    this.sockets.delete(socket);
  }

  private openWebSocket(url: string): WebSocketLike {
    if (this.settings.isPollingOnly) throw new Error("websockets are switched off in the lab");
    const socket = new LabSocket(this, this.world, this.real.openWebSocket(url));
    this.sockets.add(socket);
    return socket;
  }

  private async request(...[method, url, body, signal]: Parameters<NetWorld["request"]>): ReturnType<NetWorld["request"]> {
    const there = this.fate();
    if (body !== null) for (const text of body.split("\x1e")) this.note("out", text, text.length, there.isLost ? "lost, comes again" : "");
    let fail: () => void = () => undefined;
    const cut = new Promise<never>((_, reject) => (fail = () => reject(new Error("dropped in the lab"))));
    cut.catch(() => undefined);
    this.requests.add(fail);
    try {
      await Promise.race([cut, this.wait(there.delay)]);
      const answer = await Promise.race([cut, this.real.request(method, url, body, signal)]);
      const back = this.fate();
      if (there.isEnd || back.isEnd) throw new Error("lost in the lab");
      await Promise.race([cut, this.wait(back.delay)]);
      if (method !== "GET") return answer;
      const packets = answer.text.split("\x1e").map((text) => this.spoil(text));
      for (const text of packets) this.note("in", text, text.length, back.isLost ? "lost, comes again" : "");
      return { ...answer, text: packets.join("\x1e") };
    } finally {
      this.requests.delete(fail);
    }
  }

  private wait(ms: number): Promise<void> {
    return ms < 1 ? Promise.resolve() : new Promise((go) => this.world.setTimeout(go, ms));
  }
}

const isVolatile = (data: unknown): boolean => typeof data === "string" && /^45\d-\["frame"/.test(data);
const sizeOf = (data: unknown): number => (typeof data === "string" ? data.length : data instanceof ArrayBuffer ? data.byteLength : 0);

class LabSocket implements WebSocketLike {
  binaryType = "";
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  private isOpen = true;
  /** Until when each direction is busy: nothing overtakes. */
  private readonly until = { in: 0, out: 0 };
  private readonly queued: Readonly<Record<"in" | "out", (() => void)[]>> = { in: [], out: [] };
  /** Attachments of a frame that was dropped. */
  private orphans = 0;

  constructor(
    private readonly lab: LabWire,
    private readonly world: NetWorld,
    private readonly real: WebSocketLike,
  ) {
    real.binaryType = "arraybuffer";
    real.onmessage = ({ data }) => this.arrived(data);
    real.onclose = ({ code }) => this.later("in", 0, () => this.end(code));
    real.onerror = () => this.later("in", 0, () => this.isOpen && this.onerror?.());
  }

  send(data: string): void {
    const { delay, isLost, isEnd } = this.lab.fate();
    this.lab.note("out", data, data.length, isLost ? "lost, comes again" : "");
    if (isEnd) return this.cut();
    this.later("out", delay, () => this.isOpen && this.real.send(data));
  }

  close(): void {
    this.isOpen = false;
    this.lab.closed(this);
    this.real.close();
  }

  cut(): void {
    this.real.close();
    this.end(1006);
  }

  private arrived(data: unknown): void {
    if (typeof data !== "string" && this.orphans > 0) {
      this.orphans -= 1;
      return;
    }
    const { delay, isLost, isEnd } = this.lab.fate();
    const isDropped = isLost && isVolatile(data);
    if (isDropped) this.orphans = Number((data as string)[2]);
    const shown = typeof data === "string" ? this.lab.spoil(data) : data;
    const note = isDropped ? "dropped" : shown !== data ? "spoiled" : isLost ? "lost, comes again" : "";
    this.lab.note("in", typeof shown === "string" ? shown : "(attachment)", sizeOf(data), note);
    if (isDropped) return;
    if (isEnd) return this.cut();
    this.later("in", delay, () => this.isOpen && this.onmessage?.({ data: shown }));
  }

  private later(way: "in" | "out", delay: number, run: () => void): void {
    const now = this.world.now();
    const at = Math.max(now + delay, this.until[way]);
    this.until[way] = at;
    const queue = this.queued[way];
    if (at <= now && queue.length === 0) return run();
    // Timers of about the same instant have no order, so each lets through whatever is next.
    queue.push(run);
    this.world.setTimeout(() => queue.shift()?.(), at - now);
  }

  private end(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.lab.closed(this);
    this.onclose?.({ code });
  }
}
