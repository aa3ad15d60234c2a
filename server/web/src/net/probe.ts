import type { Handshake } from "./engineio";
import type { Link, NetWorld, WebSocketLike } from "./link";
import { websocketLink } from "./websocket";

const EVERY_MS = 60_000;
const TIMEOUT_MS = 8_000;

/**
 * A websocket beside polling: one that was slow to open, later a new one from time to time. When it has its handshake the session
 * moves over, but not while anything is on its way by polling: the server takes requests of two connections in either order,
 * and a `join` of the old one that came last would take the seat from the new one.
 */
export class Probe {
  private timer: number | null = null;
  private link: Link | null = null;
  /** Moves the session over. Waits for the last answer. */
  private move: (() => void) | null = null;

  constructor(
    private readonly world: NetWorld,
    private readonly make: () => WebSocketLike,
    private readonly isQuiet: () => boolean,
    private readonly adopt: (socket: WebSocketLike, handshake: Handshake) => void,
  ) {}

  /** A new one in a minute, unless one is being tried. */
  later(): void {
    if (this.timer === null) this.timer = this.world.setTimeout(() => this.open(), EVERY_MS);
  }

  /** One that is opening; what carries the session meanwhile does not hear of it before it has its handshake. */
  watch(socket: WebSocketLike): void {
    this.stop();
    const again = (): void => {
      this.stop();
      this.later();
    };
    this.timer = this.world.setTimeout(again, TIMEOUT_MS);
    this.link = websocketLink(socket, {
      packet: (packet) => {
        if (packet.type !== "open") return false;
        this.move = () => {
          this.link = null;
          this.stop();
          this.adopt(socket, packet.handshake);
        };
        this.settle();
        return false;
      },
      closed: again,
    });
  }

  /** Nothing may be on its way any more. */
  settle(): void {
    if (this.isQuiet()) this.move?.();
  }

  stop(): void {
    if (this.timer !== null) this.world.clearTimeout(this.timer);
    this.link?.close();
    this.timer = this.link = this.move = null;
  }

  private open(): void {
    this.timer = null;
    try {
      this.watch(this.make());
    } catch {
      // Not allowed here at all: polling it is.
    }
  }
}
