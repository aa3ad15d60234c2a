import type { EnginePacket, Handshake } from "./engineio";
import type { Link, LinkListener, NetWorld, Transport, WebSocketLike } from "./link";
import { pollingLink } from "./polling";
import { Probe } from "./probe";
import { POLLING_UNTIL_KEY } from "./state";
import { type EarlySocket, websocketLink } from "./websocket";

const WEBSOCKET_HANG_MS = 2_000;
const POLLING_HANG_MS = 8_000;
const POLLING_MEMORY_MS = 600_000;

export interface LinksListener {
  /** What carried the session so far, or was about to, does not any more. */
  dropped(): void;
  /** A link is open. `isGreeted`: the page's first script asked for the session already. */
  opened(handshake: Handshake, isGreeted: boolean): void;
  /** The session leaves a link that works for a better one, which is open. */
  moving(): void;
  /** True: what it said is to be taken in before the next one is told. */
  packet(packet: EnginePacket): boolean;
  /** There is no link, and no other way to try. */
  lost(reason: string): void;
}

/**
 * Which link carries the session. Websocket first. Refused before its handshake: polling at once; silent for 2 s: polling beside
 * it, and whichever opens first. What polling then proves is remembered for ten minutes, and while polling carries the
 * session a websocket is tried from time to time (`probe.ts`).
 */
export class Links {
  private link: Link | null = null;
  /** The websocket under `link`, while it is one. */
  private socket: WebSocketLike | null = null;
  /** Counts links: what an older one still says is not heard. */
  private generation = 0;
  private isOpen = false;
  private hasFailed = false;
  private timer: number | null = null;
  private readonly probe: Probe;

  constructor(
    private readonly world: NetWorld,
    private readonly urls: { readonly websocket: string; readonly polling: string },
    /** Whether no answer is waited for. */
    isQuiet: () => boolean,
    private readonly listener: LinksListener,
  ) {
    this.probe = new Probe(world, () => this.openWebSocket(), isQuiet, (socket, handshake) => this.adopt(socket, handshake));
  }

  get transport(): Transport | null {
    return this.link?.transport ?? null;
  }

  send(packet: string): void {
    this.link?.send(packet);
  }

  open(early: EarlySocket | null): void {
    const remembered = Number(this.world.recall(POLLING_UNTIL_KEY) ?? 0) > this.world.now();
    this.hasFailed = remembered && !early;
    this.begin(this.hasFailed ? "polling" : "websocket", early);
  }

  /** The server took the session over this link: what it proves of websockets is remembered. */
  proven(): void {
    if (this.transport === "websocket") this.world.remember(POLLING_UNTIL_KEY, null);
    else if (this.hasFailed) {
      this.world.remember(POLLING_UNTIL_KEY, String(this.world.now() + POLLING_MEMORY_MS));
      this.probe.later();
    }
  }

  /** No answer is waited for any more. */
  settle(): void {
    this.probe.settle();
  }

  drop(): void {
    this.generation += 1;
    this.stopTimer();
    this.probe.stop();
    this.link?.close();
    this.link = this.socket = null;
    this.isOpen = false;
    this.listener.dropped();
  }

  private begin(transport: Transport, early: EarlySocket | null): void {
    this.drop();
    const listener = this.follow(early?.connectSent ?? false);
    const hang = transport === "websocket" ? WEBSOCKET_HANG_MS : POLLING_HANG_MS;
    this.timer = this.world.setTimeout(() => this.hung(`${transport} did not open in ${hang} ms`), hang);
    if (transport === "polling") {
      this.link = pollingLink(this.world, `${this.urls.polling}?EIO=4&transport=polling`, listener);
      return;
    }
    try {
      this.socket = early?.socket ?? this.openWebSocket();
      this.link = websocketLink(this.socket, listener, early?.frames);
    } catch {
      this.closed("websockets are not allowed here");
    }
  }

  /** Hears the link that is about to be. */
  private follow(isGreeted: boolean): LinkListener {
    const { generation } = this;
    return {
      packet: (packet) => {
        if (generation !== this.generation) return false;
        if (packet.type !== "open") return this.listener.packet(packet);
        this.opened(packet.handshake, isGreeted);
        return false;
      },
      closed: (reason) => generation === this.generation && this.closed(reason),
    };
  }

  private opened(handshake: Handshake, isGreeted: boolean): void {
    this.isOpen = true;
    this.stopTimer();
    this.listener.opened(handshake, isGreeted);
  }

  /** Nothing came in time. A websocket may only be slow: polling begins, and whichever opens first carries the session. */
  private hung(reason: string): void {
    const slow = this.socket;
    if (slow === null || this.hasFailed) return this.closed(reason);
    // Not closed with what else is dropped.
    this.link = null;
    this.hasFailed = true;
    this.begin("polling", null);
    this.probe.watch(slow);
  }

  private closed(reason: string): void {
    if (this.isOpen || this.hasFailed || this.transport === "polling") return this.listener.lost(reason);
    this.hasFailed = true;
    this.begin("polling", null);
  }

  /** A websocket that opened beside polling has its handshake. */
  private adopt(socket: WebSocketLike, handshake: Handshake): void {
    this.drop();
    this.hasFailed = false;
    this.listener.moving();
    this.link = websocketLink((this.socket = socket), this.follow(false));
    this.opened(handshake, false);
  }

  private openWebSocket(): WebSocketLike {
    return this.world.openWebSocket(`${this.urls.websocket}?EIO=4&transport=websocket`);
  }

  private stopTimer(): void {
    if (this.timer !== null) this.world.clearTimeout(this.timer);
    this.timer = null;
  }
}
