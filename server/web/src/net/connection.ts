/**
 * The connection machine: a link (`links.ts`) that is asked for a session, watched (`pulse.ts`) and replaced until `stop`. Waits
 * between tries grow and are spread.
 */

import { Ahead } from "./ahead";
import { Answers, unanswered } from "./answers";
import type { EnginePacket, Handshake } from "./engineio";
import type { NetWorld } from "./link";
import { Links } from "./links";
import { Pulse } from "./pulse";
import { CONNECT, encodeEvent, PacketDecoder, type SocketPacket } from "./socketio";
import { backoffMs, type Greeting, INITIAL_NET_STATE, type NetState } from "./state";
import type { EarlySocket } from "./websocket";

const CONNECT_TIMEOUT_MS = 5_000;
const LATENCY_WEIGHT = 0.2;

type Phase = "idle" | "opening" | "connecting" | "online" | "waiting";

export class Connection {
  state: NetState = INITIAL_NET_STATE;
  onState: (state: NetState) => void = () => undefined;
  onGreeting: (greeting: Greeting) => void = () => undefined;
  onOnline: () => void = () => undefined;
  onEvent: (name: string, payload: unknown) => void = () => undefined;
  /** The server refused the session itself; `code` is its `data.code`. The machine rests until `start`. */
  onRefused: (code: string, message: string) => void = () => undefined;
  /** `offset`: what to add to `now()` for the server's time; `tripMs` bounds its error. */
  onServerTime: (offset: number, tripMs: number) => void = () => undefined;

  private phase: Phase = "idle";
  /** Counts connections: what was asked of an older one says nothing of this one. */
  private generation = 0;
  private decoder = new PacketDecoder();
  private drainRetryMs: number | null = null;
  /** Of the session's being taken, or of the wait for the next try. */
  private timer: number | null = null;
  private readonly answers: Answers;
  private readonly links: Links;
  private readonly pulse: Pulse;
  /** What the early socket asked for, until somebody wants it. */
  private ahead: Ahead | null = null;

  constructor(
    private readonly world: NetWorld,
    /** For example `ws://host/socket.io/` and `/socket.io/`. */
    urls: { readonly websocket: string; readonly polling: string },
  ) {
    this.answers = new Answers(world);
    this.links = new Links(world, urls, () => this.answers.isQuiet, {
      dropped: () => this.dropped(),
      opened: (handshake, isGreeted) => this.opened(handshake, isGreeted),
      moving: () => this.set({ status: "connecting", transport: null, lostAt: world.now() }),
      packet: (packet) => this.receive(packet),
      lost: (reason) => this.lost(reason),
    });
    this.pulse = new Pulse(
      world,
      (name, payload, timeoutMs) => this.request(name, payload, timeoutMs),
      (trip, offset) => this.measured(trip, offset),
      (reason) => this.lost(reason),
    );
    // Once whoever asked has the last answer.
    this.answers.onQuiet = () => void world.setTimeout(() => this.links.settle(), 0);
  }

  /** Connects, if it is not connected or trying already. */
  start(early: EarlySocket | null = null): void {
    if (this.phase !== "idle") return;
    this.set({ status: this.trying("connecting"), lostAt: this.world.now(), attempt: 0, reason: null });
    this.open(early);
  }

  /** Ends the connection and all tries. */
  stop(reason: string): void {
    this.links.drop();
    this.phase = "idle";
    this.set({ ...INITIAL_NET_STATE, reason });
  }

  /** Leaves out the rest of a wait; checks a connection that may have died unnoticed (the tab slept, the network changed). */
  wake(): void {
    if (this.phase === "waiting") this.open(null);
    else if (this.phase === "online" && this.pulse.isOverdue) this.lost("silent for too long");
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
    const { generation } = this;
    if (!(await this.pulse.isAlive(timeoutMs)) && generation === this.generation) this.lost(reason);
  }

  /** The server is about to close: come back after about `retryMs`. */
  announceDrain(retryMs: number): void {
    this.drainRetryMs = retryMs;
  }

  /** Sends an event and resolves with its ack, or with why there is none (`Unanswered`). Never rejects. */
  request(name: string, payload: unknown, timeoutMs = 5_000): Promise<unknown> {
    if (this.phase !== "online") return Promise.resolve(unanswered("offline", "There is no connection."));
    if (this.ahead && name === "join") {
      const ahead = this.ahead;
      const known = ahead.take(name, payload, () => this.ahead === ahead && (this.ahead = null));
      if (known) return known;
      this.ahead = null;
    }
    const { id, answer } = this.answers.expect(timeoutMs);
    this.links.send("4" + encodeEvent(name, payload, id));
    return answer;
  }

  /** Measures the round trip and the server's clock by `ping`. False where no answer came. */
  measure(timeoutMs = 4_000): Promise<boolean> {
    return this.pulse.measure(timeoutMs);
  }

  // ------------------------------------------------------------------ opening

  private open(early: EarlySocket | null): void {
    this.phase = "opening";
    this.set({ retryAt: null });
    this.links.open(early);
    if (early?.asked) this.ahead = new Ahead(early.asked, this.answers.expect(CONNECT_TIMEOUT_MS).answer, (run) => void this.world.setTimeout(run, 0));
  }

  private opened(handshake: Handshake, isGreeted: boolean): void {
    this.phase = "connecting";
    this.stopTimer();
    this.timer = this.world.setTimeout(() => this.lost("the server did not take the session in time"), CONNECT_TIMEOUT_MS);
    if (!isGreeted) this.links.send("4" + CONNECT);
    this.pulse.begin(handshake);
  }

  private online(): void {
    this.stopTimer();
    this.phase = "online";
    this.links.proven();
    this.set({ status: "connected", transport: this.links.transport, attempt: 0, retryAt: null, lostAt: null });
    this.onOnline();
  }

  private dropped(): void {
    this.generation += 1;
    this.stopTimer();
    this.pulse.end();
    this.answers.lost();
    this.ahead = null;
    this.decoder = new PacketDecoder();
  }

  private lost(reason: string): void {
    this.links.drop();
    this.phase = "waiting";
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
    this.timer = this.world.setTimeout(() => this.open(null), delay);
  }

  // ------------------------------------------------------------------ receiving

  /** True for an answer. */
  private receive(packet: EnginePacket): boolean {
    this.pulse.heard();
    if (packet.type === "message") return this.dispatch(this.decoder.text(packet.data));
    if (packet.type === "binary") return this.dispatch(this.decoder.binary(packet.data));
    if (packet.type === "ping") this.links.send("3" + packet.data);
    else if (packet.type === "close") this.lost("closed by the server");
    else if (packet.type === "broken") this.lost(packet.why);
    return false;
  }

  private dispatch(packet: SocketPacket | null): boolean {
    switch (packet?.type) {
      case "ack":
        this.answers.take(packet.id, packet.args[0]);
        return true;
      case "event": {
        const tell = (): void => this.onEvent(packet.name, packet.args[0]);
        if (this.ahead === null) tell();
        else if (!this.ahead.hold(tell)) this.ahead = null;
        break;
      }
      case "connect": {
        const told = packet.data as Partial<Greeting> | null | undefined;
        if (typeof told?.protocol === "number" && typeof told.build === "string") this.onGreeting({ protocol: told.protocol, build: told.build });
        this.online();
        break;
      }
      case "connect_error": {
        const code = (packet.data as { code?: unknown } | null | undefined)?.code;
        if (code === "unavailable" || code === "draining" || code === "rate_limited") this.lost(packet.message);
        else {
          this.stop(packet.message);
          this.onRefused(typeof code === "string" ? code : "refused", packet.message);
        }
        break;
      }
      case "disconnect":
        this.lost("closed by the server");
        break;
      case "broken":
        this.lost(packet.why);
    }
    return false;
  }

  // ------------------------------------------------------------------ inside

  private stopTimer(): void {
    if (this.timer !== null) this.world.clearTimeout(this.timer);
    this.timer = null;
  }

  private measured(trip: number, offset: number): void {
    const before = this.state.latencyMs;
    this.set({ latencyMs: before === null ? trip : before + (trip - before) * LATENCY_WEIGHT, lastPingAt: this.world.now() });
    this.onServerTime(offset, trip);
  }

  private trying(status: NetState["status"]): NetState["status"] {
    return this.world.isOnline() ? (status === "offline" ? "reconnecting" : status) : "offline";
  }

  private set(change: Partial<NetState>): void {
    this.state = { ...this.state, ...change };
    this.onState(this.state);
  }
}
