import type { NetWorld } from "./link";

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

/** Requests on their way and their acknowledgements, by number. Numbers never come again, whatever link they went by. */
export class Answers {
  /** Nothing is on its way any more. */
  onQuiet: () => void = () => undefined;
  private next = 0;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly world: Pick<NetWorld, "setTimeout" | "clearTimeout">) {}

  get isQuiet(): boolean {
    return this.waiting.size === 0;
  }

  /** A new number, and the answer that comes to it, or why there is none. Never rejects. */
  expect(timeoutMs: number): { readonly id: number; readonly answer: Promise<unknown> } {
    const id = this.next++;
    const answer = new Promise((done) => {
      const timer = this.world.setTimeout(() => this.take(id, unanswered("timeout", "The server did not answer in time.")), timeoutMs);
      this.waiting.set(id, { done, timer });
    });
    return { id, answer };
  }

  /** Late ones, and those to a number that nobody gave, are ignored. */
  take(id: number, answer: unknown): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.delete(id);
    this.world.clearTimeout(waiting.timer);
    waiting.done(answer);
    if (this.isQuiet) this.onQuiet();
  }

  /** The link that they were asked over is gone. */
  lost(): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { done, timer } of all) {
      this.world.clearTimeout(timer);
      done(unanswered("connection_lost", "The connection was lost before the answer came."));
    }
  }
}

export function unanswered(code: Unanswered["code"], message: string): Unanswered {
  return { ok: false, code, message };
}
