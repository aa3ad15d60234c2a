import type { Handshake } from "./engineio";
import type { NetWorld } from "./link";

/** Before the server said how often it is to be heard. */
const SILENCE_MAX_MS = 15_000;

/** Whether the other side is still there, and how far away: its heartbeat, and what `ping` says. */
export class Pulse {
  private heardAt = 0;
  private silenceMaxMs: number | null = null;
  private timer: number | null = null;

  constructor(
    private readonly world: NetWorld,
    private readonly request: (name: "ping", payload: unknown, timeoutMs: number) => Promise<unknown>,
    /** `offset`: what to add to `now()` for the server's time; `tripMs` bounds its error. */
    private readonly measured: (tripMs: number, offset: number) => void,
    private readonly lost: (reason: string) => void,
  ) {}

  /** A link is open; from now on its heartbeat is expected. */
  begin({ pingInterval, pingTimeout }: Handshake): void {
    this.silenceMaxMs = pingInterval + pingTimeout;
    this.heard();
  }

  /** Something came. */
  heard(): void {
    this.heardAt = this.world.now();
    if (this.silenceMaxMs === null) return;
    if (this.timer !== null) this.world.clearTimeout(this.timer);
    this.timer = this.world.setTimeout(() => this.lost("no heartbeat from the server"), this.silenceMaxMs);
  }

  /** The link is gone. */
  end(): void {
    if (this.timer !== null) this.world.clearTimeout(this.timer);
    this.timer = this.silenceMaxMs = null;
  }

  /** Timers of a tab that slept did not run: its heartbeat may be long overdue. */
  get isOverdue(): boolean {
    return this.world.now() - this.heardAt > (this.silenceMaxMs ?? SILENCE_MAX_MS);
  }

  /** Measures by `ping`. Alive is also what says anything at all meanwhile. */
  async isAlive(timeoutMs: number): Promise<boolean> {
    const asked = this.world.now();
    return (await this.measure(timeoutMs)) || this.heardAt > asked;
  }

  /** False where no answer came. */
  async measure(timeoutMs: number): Promise<boolean> {
    const sent = this.world.now();
    const answer = (await this.request("ping", { sent_ms: Math.round(sent) }, timeoutMs)) as { ok?: unknown; server_ms?: unknown } | undefined;
    if (answer?.ok !== true || typeof answer.server_ms !== "number") return false;
    const now = this.world.now();
    const trip = Math.max(0, now - sent);
    this.measured(trip, answer.server_ms + trip / 2 - now);
    return true;
  }
}
