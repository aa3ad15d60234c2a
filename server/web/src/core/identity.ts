/** Who plays: the session behind the cookie (which no script can read) and the name, kept for the next visit. */

import { signal } from "@preact/signals";
import type { Me, Rest } from "./rest";

export interface NameStore {
  recall(key: string): string | null;
  remember(key: string, value: string | null): void;
}

/** Runs `work` while no other tab of this browser does (`navigator.locks`, `core/claim.ts`). */
export type Alone = (work: () => Promise<Me>) => Promise<Me>;

const NAME_KEY = "kibitz.name";
/** Who it was, for pages that are shown without the server; says to the page's first script that a socket is worth opening. Not a secret. */
const SESSION_KEY = "kibitz.session";

const FIRST = ["Amber", "Clever", "Copper", "Merry", "Nimble", "Quiet", "Rusty", "Velvet"];
const SECOND = ["Badger", "Crane", "Finch", "Heron", "Lynx", "Otter", "Raven", "Wren"];

export class Identity {
  readonly me = signal<Me | null>(null);
  readonly name = signal("");
  private asking: Promise<Me> | null = null;
  /** Whose session the server refused. */
  private lost: string | undefined;

  constructor(
    private readonly rest: Rest,
    private readonly store: NameStore,
    random: () => number,
    me: Me | null | undefined,
    private readonly alone: Alone,
  ) {
    const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] as string;
    // A page that was kept does not know; what was known last is worth a try.
    me ??= me === null ? null : readMe(store.recall(SESSION_KEY));
    this.me.value = me;
    // What was typed last wins: the server may not have heard of it yet.
    this.name.value = store.recall(NAME_KEY) ?? me?.name ?? `${pick(FIRST)} ${pick(SECOND)}`;
    store.remember(SESSION_KEY, me && JSON.stringify(me));
  }

  /** Whether the player chose the name, here or on an earlier visit: then nobody need ask for it again. */
  get isNamed(): boolean {
    return this.me.peek() !== null || this.store.recall(NAME_KEY) !== null;
  }

  /** The player types a name. The server hears of it with the next thing that needs a session. */
  choose(name: string): void {
    this.name.value = name;
    const kept = name.trim();
    this.store.remember(NAME_KEY, kept === "" ? null : kept);
  }

  /** Makes a session if there is none, and lets the server know of another name. Rejects with `Problem`. */
  ensure(): Promise<Me> {
    const wanted = this.name.value.trim().normalize("NFC") || "Guest";
    const known = this.me.value;
    if (known && known.name === wanted) return Promise.resolve(known);
    // Two that ask at the same moment get one session.
    this.asking ??= this.alone(() => this.take(wanted)).finally(() => (this.asking = null));
    return this.asking;
  }

  /** Two tabs that miss a session at once must not become two players: the later one takes what the earlier one got. */
  private async take(wanted: string): Promise<Me> {
    const other = this.me.peek() ? null : readMe(this.store.recall(SESSION_KEY));
    return this.keep(other && other.player_id !== this.lost && other.name === wanted ? other : await this.rest.openSession(wanted));
  }

  /** The server no longer knows the session: make a new one under the same name, or take the one that another tab made. */
  renew(): Promise<Me> {
    this.lost = this.me.peek()?.player_id;
    this.me.value = null;
    return this.ensure();
  }

  private keep(me: Me): Me {
    this.me.value = me;
    this.name.value = me.name;
    this.store.remember(NAME_KEY, me.name);
    this.store.remember(SESSION_KEY, JSON.stringify(me));
    return me;
  }
}

function readMe(text: string | null): Me | null {
  try {
    const me = JSON.parse(text ?? "null") as Partial<Me> | null;
    return typeof me?.player_id === "string" && typeof me.name === "string" ? { player_id: me.player_id, name: me.name } : null;
  } catch {
    return null;
  }
}
