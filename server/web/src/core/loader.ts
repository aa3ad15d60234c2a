/**
 * Lazy chunks: each is loaded once, on demand or ahead of time while nothing else is to do.
 *
 * A rule says what may be fetched ahead, after what (`needs`) and when it makes sense (`when`). One at a time, by priority,
 * in idle moments; nothing ahead of time on a metered or slow link. A failed load is forgotten, so that it can be tried anew.
 */

export interface PrefetchRule {
  readonly name: string;
  readonly load: () => Promise<unknown>;
  /** Higher goes first. */
  readonly priority: number;
  readonly needs?: readonly string[];
  readonly when?: () => boolean;
}

export interface LoaderWorld {
  /** Runs `task` when the page has nothing better to do. */
  whenIdle(task: () => void): void;
  /** Save-Data, or a link so slow that loading ahead would be in the way. */
  isThrifty(): boolean;
}

export class Loader {
  private readonly rules = new Map<string, PrefetchRule>();
  private readonly loads = new Map<string, Promise<unknown>>();
  private readonly done = new Map<string, unknown>();
  private isScheduled = false;

  constructor(private readonly world: LoaderWorld) {}

  add(rule: PrefetchRule): void {
    this.rules.set(rule.name, rule);
    this.schedule();
  }

  /** What a chunk exports, if it is here already. */
  ready(name: string): unknown {
    return this.done.get(name);
  }

  /** Now, `needs` first: the player asked for it (or is about to: pointer over a card). */
  async load(name: string): Promise<unknown> {
    const rule = this.rules.get(name);
    if (!rule) throw new Error(`no chunk is called ${name}`);
    const known = this.loads.get(name);
    if (known) return known;
    const started = Promise.all((rule.needs ?? []).map((need) => this.load(need))).then(() => rule.load());
    this.loads.set(name, started);
    try {
      const loaded = await started;
      this.done.set(name, loaded);
      return loaded;
    } catch (error) {
      this.loads.delete(name);
      throw error;
    }
  }

  /** Something changed that rules look at, or that a failure may have been due to (the network is back). */
  schedule(): void {
    if (this.isScheduled || this.world.isThrifty()) return;
    this.isScheduled = true;
    this.world.whenIdle(() => void this.next());
  }

  private async next(): Promise<void> {
    this.isScheduled = false;
    const open = [...this.rules.values()].filter((rule) => !this.loads.has(rule.name) && (rule.when?.() ?? true));
    const rule = open.sort((a, b) => b.priority - a.priority)[0];
    if (!rule) return;
    const loaded = await this.load(rule.name).then(
      () => true,
      () => false,
    );
    // After a failure the rest waits for the next reason to look (a new rule, a page that asks).
    if (loaded) this.schedule();
  }
}
