/**
 * The connection machine: one link at a time, opened, watched and replaced until `stop`.
 *
 * Websocket first. Refused before its handshake: polling at once; silent for 2 s: polling beside it, and the websocket gets
 * some seconds more. What polling then proves is remembered for ten minutes, and while polling carries the session a
 * websocket is tried from time to time; when one opens, the session moves over. A link whose heartbeat stays out is replaced; waits between tries grow and are spread.
 */

import type { EnginePacket, Handshake } from "./engineio";
import type { Link, LinkListener, NetWorld, Transport, WebSocketLike } from "./link";
import { Ahead } from "./ahead";
import { pollingLink } from "./polling";
import { CONNECT, encodeEvent, PacketDecoder, type SocketPacket } from "./socketio";
import { backoffMs, type Greeting, INITIAL_NET_STATE, type NetState, POLLING_UNTIL_KEY } from "./state";
import { type EarlySocket, websocketLink } from "./websocket";

const WEBSOCKET_HANG_MS = 2_000;
const POLLING_HANG_MS = 8_000;
const CONNECT_TIMEOUT_MS = 5_000;
const POLLING_MEMORY_MS = 600_000;
const PROBE_EVERY_MS = 60_000;
const PROBE_TIMEOUT_MS = 8_000;
const LATENCY_WEIGHT = 0.2;

/** What `request` resolves with where no server answered; the server's own answers are passed on as they are. */
export interface Unanswered {
  readonly ok: false;
  readonly code: "offline" | "connection_lost" | "timeout";
  readonly message: string;
}

interface Waiting {
  readonly done: (answer: unknown) => void;
  readonly timer: number;
}

type Phase = "idle" | "opening" | "connecting" | "online" | "waiting";

export class Connection {
  state: NetState = INITIAL_NET_STATE;
  onState: (state: NetState) => void = () => undefined;
  onGreeting: (greeting: Greeting) => void = () => undefined;
  onOnline: () => void = () => undefined;
  onEvent: (name: string, payload: unknown) => void = () => undefined;
  /** The server refused the session itself; `code` is its `data.code`. The machine rests until `start`. */
  onRefused: (code: string, message: string) => void = () => undefined;

  private phase: Phase = "idle";
  private link: Link | null = null;
  /** The websocket under `link`, while it is one. */
  private socket: WebSocketLike | null = null;
  private decoder = new PacketDecoder();
  private handshake: Handshake | null = null;
  /** Counts links: what an older one still says is not heard. */
  private generation = 0;
  private connectSent = false;
  private websocketFailed = false;
  private drainRetryMs: number | null = null;
  private lastFrameAt = 0;
  private phaseTimer: number | null = null;
  private heartbeatTimer: number | null = null;
  private probeTimer: number | null = null;
  private probe: Link | null = null;
  private nextAck = 0;
  private readonly waiting = new Map<number, Waiting>();
  /** What the early socket asked for, until somebody wants it. */
  private ahead: Ahead | null = null;

  constructor(
    private readonly world: NetWorld,
    /** For example `ws://host/socket.io/` and `/socket.io/`. */
    private readonly urls: { readonly websocket: string; readonly polling: string },
  ) {}

  /** Connects, if it is not connected or trying already. */
  start(early: EarlySocket | null = null): void {
    if (this.phase !== "idle") return;
    this.set({ status: this.trying("connecting"), lostAt: this.world.now(), attempt: 0, reason: null });
    this.open(early);
  }

  /** Ends the connection and all tries. */
  stop(reason: string): void {
    this.dropLink();
    this.phase = "idle";
    this.failWaiting();
    this.set({ ...INITIAL_NET_STATE, reason });
  }

  /** Leaves out the rest of a wait; checks a connection that may have died unnoticed (the tab slept, the network changed). */
  wake(): void {
    if (this.phase === "waiting") this.open(null);
    else if (this.phase === "online" && this.world.now() - this.lastFrameAt > this.silenceMaxMs()) this.lost("silent for too long");
  }

  /** The browser lost its network: what is open may never say so, hence ask it; answers within 2 s or is given up. */
  networkLost(): void {
    if (this.phase !== "online") {
      if (this.phase !== "idle") this.set({ status: this.trying(this.state.status) });
      return;
    }
    void this.check(2_000, "the browser is offline");
  }

  /** Measures. A connection that says nothing at all meanwhile is given up, long before its heartbeat would tell. */
  async check(timeoutMs: number, reason = "no answer from the server"): Promise<void> {
    if (this.phase !== "online") return;
    const asked = this.world.now();
    const generation = this.generation;
    const isAlive = await this.measure(timeoutMs);
    if (!isAlive && generation === this.generation && this.lastFrameAt <= asked) this.lost(reason);
  }

  /** The server is about to close: come back after about `retryMs`. */
  announceDrain(retryMs: number): void {
    this.drainRetryMs = retryMs;
  }

  /** Sends an event and resolves with its ack, or with why there is none. Never rejects. */
  request(name: string, payload: unknown, timeoutMs = 5_000): Promise<unknown> {
    if (this.phase !== "online" || !this.link) return Promise.resolve(unanswered("offline", "There is no connection."));
    if (this.ahead && name === "join") {
      const ahead = this.ahead;
      const known = ahead.take(name, payload, () => this.ahead === ahead && (this.ahead = null));
      if (known) return known;
      this.ahead = null;
    }
    const id = this.nextAck++;
    this.link.send("4" + encodeEvent(name, payload, id));
    return this.answer(id, timeoutMs);
  }

  private answer(id: number, timeoutMs: number): Promise<unknown> {
    return new Promise((done) => {
      const timer = this.world.setTimeout(() => {
        this.waiting.delete(id);
        done(unanswered("timeout", "The server did not answer in time."));
      }, timeoutMs);
      this.waiting.set(id, { done, timer });
    });
  }

  /** Measures the round trip and the server's clock by `ping`. False where no answer came. */
  async measure(timeoutMs = 4_000): Promise<boolean> {
    const sent = this.world.now();
    const answer = (await this.request("ping", { sent_ms: Math.round(sent) }, timeoutMs)) as { ok?: unknown; server_ms?: unknown };
    if (answer?.ok !== true || typeof answer.server_ms !== "number") return false;
    const now = this.world.now();
    const trip = Math.max(0, now - sent);
    const before = this.state.latencyMs;
    this.set({ latencyMs: before === null ? trip : before + (trip - before) * LATENCY_WEIGHT, lastPingAt: now });
    this.onServerTime(answer.server_ms + trip / 2 - now, trip);
    return true;
  }

  /** `offset`: what to add to `now()` for the server's time; `tripMs` bounds its error. */
  onServerTime: (offset: number, tripMs: number) => void = () => undefined;

  // ------------------------------------------------------------------ opening

  private open(early: EarlySocket | null): void {
    this.phase = "opening";
    this.set({ retryAt: null });
    const remembered = Number(this.world.recall(POLLING_UNTIL_KEY) ?? 0) > this.world.now();
    this.websocketFailed = remembered && !early;
    this.tryLink(this.websocketFailed ? "polling" : "websocket", early);
  }

  private tryLink(transport: Transport, early: EarlySocket | null): void {
    this.dropLink();
    const generation = this.generation;
    this.phase = "opening";
    this.connectSent = early?.connectSent ?? false;
    const listener: LinkListener = {
      packet: (packet) => generation === this.generation && this.receive(packet),
      closed: (reason) => generation === this.generation && this.linkClosed(reason),
    };
    const hang = transport === "websocket" ? WEBSOCKET_HANG_MS : POLLING_HANG_MS;
    this.phaseTimer = this.world.setTimeout(() => this.hung(`${transport} did not open in ${hang} ms`), hang);
    if (transport === "polling") {
      this.link = pollingLink(this.world, `${this.urls.polling}?EIO=4&transport=polling`, listener);
      return;
    }
    try {
      this.socket = early?.socket ?? this.world.openWebSocket(`${this.urls.websocket}?EIO=4&transport=websocket`);
      this.link = websocketLink(this.socket, listener, early?.frames);
      if (early?.asked) this.ahead = new Ahead(early.asked, this.answer(this.nextAck++, CONNECT_TIMEOUT_MS), (run) => void this.world.setTimeout(run, 0));
    } catch {
      this.linkClosed("websockets are not allowed here");
    }
  }

  /** Nothing came in time. A websocket may only be slow: polling begins, and whichever opens first carries the session. */
  private hung(reason: string): void {
    const slow = this.link?.transport === "websocket" ? this.socket : null;
    if (slow === null || this.websocketFailed) return this.linkClosed(reason);
    this.link = null;
    this.websocketFailed = true;
    this.tryLink("polling", null);
    this.watchProbe(slow);
  }

  private linkClosed(reason: string): void {
    const wasOpening = this.phase === "opening" && this.handshake === null;
    if (wasOpening && (this.link?.transport ?? "websocket") === "websocket" && !this.websocketFailed) {
      this.websocketFailed = true;
      this.tryLink("polling", null);
      return;
    }
    this.lost(reason);
  }

  private lost(reason: string): void {
    this.dropLink();
    this.phase = "waiting";
    this.failWaiting();
    const attempt = this.state.attempt + 1;
    const drain = this.drainRetryMs;
    this.drainRetryMs = null;
    const delay = drain === null ? backoffMs(attempt, this.world.random()) : drain * (0.9 + 0.4 * this.world.random());
    const now = this.world.now();
    this.set({
      status: this.trying("reconnecting"),
      transport: null,
      latencyMs: null,
      attempt,
      retryAt: now + delay,
      lostAt: this.state.lostAt ?? now,
      reason,
    });
    this.phaseTimer = this.world.setTimeout(() => this.open(null), delay);
  }

  private dropLink(): void {
    this.generation += 1;
    for (const timer of [this.phaseTimer, this.heartbeatTimer, this.probeTimer]) if (timer !== null) this.world.clearTimeout(timer);
    this.phaseTimer = this.heartbeatTimer = this.probeTimer = null;
    this.link?.close();
    this.probe?.close();
    this.link = this.probe = this.handshake = this.ahead = null;
    this.decoder = new PacketDecoder();
  }

  // ------------------------------------------------------------------ receiving

  private receive(packet: EnginePacket): void {
    this.lastFrameAt = this.world.now();
    this.watchHeartbeat();
    switch (packet.type) {
      case "open":
        return this.opened(packet.handshake);
      case "ping":
        return this.link?.send("3" + packet.data);
      case "message":
        return this.dispatch(this.decoder.text(packet.data));
      case "binary":
        return this.dispatch(this.decoder.binary(packet.data));
      case "close":
        return this.lost("closed by the server");
      case "broken":
        return this.lost(packet.why);
      case "pong":
      case "noop":
        return undefined;
    }
  }

  private opened(handshake: Handshake): void {
    this.handshake = handshake;
    this.phase = "connecting";
    if (this.phaseTimer !== null) this.world.clearTimeout(this.phaseTimer);
    this.phaseTimer = this.world.setTimeout(() => this.lost("the server did not take the session in time"), CONNECT_TIMEOUT_MS);
    if (!this.connectSent) this.link?.send("4" + CONNECT);
    this.connectSent = true;
    this.watchHeartbeat();
  }

  private dispatch(packet: SocketPacket | null): void {
    switch (packet?.type) {
      case undefined:
        return;
      case "connect": {
        const told = packet.data as Partial<Greeting> | null | undefined;
        if (typeof told?.protocol === "number" && typeof told.build === "string") this.onGreeting({ protocol: told.protocol, build: told.build });
        return this.online();
      }
      case "event": {
        const tell = (): void => this.onEvent(packet.name, packet.args[0]);
        if (this.ahead === null) tell();
        else if (!this.ahead.hold(tell)) this.ahead = null;
        return;
      }
      case "ack": {
        const waiting = this.waiting.get(packet.id);
        if (!waiting) return;
        this.waiting.delete(packet.id);
        this.world.clearTimeout(waiting.timer);
        return waiting.done(packet.args[0]);
      }
      case "connect_error": {
        const code = (packet.data as { code?: unknown } | null | undefined)?.code;
        if (code === "unavailable" || code === "draining" || code === "rate_limited") return this.lost(packet.message);
        this.stop(packet.message);
        return this.onRefused(typeof code === "string" ? code : "refused", packet.message);
      }
      case "disconnect":
        return this.lost("closed by the server");
      case "broken":
        return this.lost(packet.why);
    }
  }

  private online(): void {
    if (this.phaseTimer !== null) this.world.clearTimeout(this.phaseTimer);
    this.phaseTimer = null;
    this.phase = "online";
    const transport = this.link?.transport ?? null;
    if (transport === "websocket") this.world.remember(POLLING_UNTIL_KEY, null);
    else if (this.websocketFailed) {
      this.world.remember(POLLING_UNTIL_KEY, String(this.world.now() + POLLING_MEMORY_MS));
      if (this.probeTimer === null) this.probeLater();
    }
    this.set({ status: "connected", transport, attempt: 0, retryAt: null, lostAt: null });
    this.onOnline();
  }

  // ------------------------------------------------------------------ watching

  private silenceMaxMs(): number {
    return this.handshake ? this.handshake.pingInterval + this.handshake.pingTimeout : 15_000;
  }

  private watchHeartbeat(): void {
    if (this.handshake === null) return;
    if (this.heartbeatTimer !== null) this.world.clearTimeout(this.heartbeatTimer);
    this.heartbeatTimer = this.world.setTimeout(() => this.lost("no heartbeat from the server"), this.silenceMaxMs());
  }

  private probeLater(): void {
    this.probeTimer = this.world.setTimeout(() => this.tryProbe(), PROBE_EVERY_MS);
  }

  /** Opens a websocket beside polling; when it has its handshake, it becomes the link and polling ends. */
  private tryProbe(): void {
    try {
      this.watchProbe(this.world.openWebSocket(`${this.urls.websocket}?EIO=4&transport=websocket`));
    } catch {
      // Not allowed here at all: polling it is.
    }
  }

  private watchProbe(socket: WebSocketLike): void {
    const generation = this.generation;
    if (this.probeTimer !== null) this.world.clearTimeout(this.probeTimer);
    const again = (): void => {
      if (this.probeTimer !== null) this.world.clearTimeout(this.probeTimer);
      this.probe?.close();
      this.probe = null;
      if (generation === this.generation) this.probeLater();
    };
    this.probeTimer = this.world.setTimeout(again, PROBE_TIMEOUT_MS);
    this.probe = websocketLink(socket, {
      packet: (packet) => {
        if (generation !== this.generation || packet.type !== "open") return;
        this.probe = null;
        this.adopt(socket, packet.handshake);
      },
      closed: again,
    });
  }

  private adopt(socket: WebSocketLike, handshake: Handshake): void {
    this.dropLink();
    this.failWaiting();
    const generation = this.generation;
    this.connectSent = false;
    this.websocketFailed = false;
    this.set({ status: "connecting", transport: null, lostAt: this.world.now() });
    this.link = websocketLink(socket, {
      packet: (packet) => generation === this.generation && this.receive(packet),
      closed: (reason) => generation === this.generation && this.linkClosed(reason),
    });
    this.opened(handshake);
  }

  private failWaiting(): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { done, timer } of all) {
      this.world.clearTimeout(timer);
      done(unanswered("connection_lost", "The connection was lost before the answer came."));
    }
  }

  private trying(status: NetState["status"]): NetState["status"] {
    return this.world.isOnline() ? (status === "offline" ? "reconnecting" : status) : "offline";
  }

  private set(change: Partial<NetState>): void {
    this.state = { ...this.state, ...change };
    this.onState(this.state);
  }
}

function unanswered(code: Unanswered["code"], message: string): Unanswered {
  return { ok: false, code, message };
}
