/** What the lobby shows, kept up to date while somebody looks at it. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { GameInfo, Problem, RoomInfo } from "../core/rest";
import { recall, remember } from "../core/small";
import { t } from "../core/say";
import { GAMES } from "../games/registry";
import { boot, identity, keepSeenRooms, lastSeenRooms, noteRooms, rest, type SeenRoom, toast } from "./app";
import { titleOf } from "./titles";

const REFRESH_MS = 3_000;
/** One's own games change less often than what strangers do, and their pages tell more. */
const MINE_EVERY = 2;
const GAMES_KEY = "kibitz.games";

/** Until the server has told its games for the first time; with a clock, so that nothing moves when it does. */
const DEFAULT_GAME: GameInfo = {
  name: "connect-four",
  title: "Connect Four",
  summary: "",
  seats_least: 2,
  seats_most: 2,
  has_bots: true,
  options: { properties: { clock_ms: { default: 600_000 }, increment_ms: { default: 5_000 } } },
};

function knownGames(): readonly GameInfo[] {
  if (boot.games) return boot.games;
  try {
    return JSON.parse(recall(GAMES_KEY) ?? "") as readonly GameInfo[];
  } catch {
    return [DEFAULT_GAME];
  }
}

/** Those that can be drawn by their own board come first. */
const inOrder = (list: readonly GameInfo[]): readonly GameInfo[] => [...list].sort((a, b) => Number(Object.hasOwn(GAMES, b.name)) - Number(Object.hasOwn(GAMES, a.name)));

export class LobbyData {
  readonly games = signal(inOrder(knownGames()));
  /** Null: not told yet. */
  readonly rooms = signal<readonly RoomInfo[] | null>(boot.rooms ?? null);
  readonly mine = signal<readonly SeenRoom[]>(identity.me.value ? lastSeenRooms() : []);
  /** Of when the rooms are, where there is no connection to ask for newer ones; 0: of now. */
  readonly keptAt = signal(0);
  private readonly failing = signal<Problem | null>(null);
  private timer = 0;
  private round = 0;
  private isClosed = false;
  private owner = identity.me.peek()?.player_id;
  private unfollow = (): void => undefined;
  private readonly look = (): void => {
    if (document.visibilityState !== "visible") return;
    this.round = 0;
    void this.refresh();
  };

  /** Why nothing new comes; null while it does. */
  get problem(): ReadonlySignal<Problem | null> {
    return this.failing;
  }

  open(): void {
    // What came with the page need not be asked for, but is kept for a page that comes without it.
    (boot.games ? Promise.resolve(boot.games) : rest.games()).then(
      (list) => {
        this.games.value = inOrder(list);
        remember(GAMES_KEY, JSON.stringify(list.map(({ actions: _, ...game }) => game)));
      },
      () => undefined,
    );
    // Whoever comes after another player in this browser is shown nothing of theirs, not until the next answer either.
    this.unfollow = identity.me.subscribe((me) => {
      if (me?.player_id === this.owner) return;
      this.owner = me?.player_id;
      this.mine.value = [];
      this.look();
    });
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("online", this.look);
    void this.refresh();
  }

  close(): void {
    this.isClosed = true;
    this.unfollow();
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("online", this.look);
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible") {
      const asksMine = this.round % MINE_EVERY === 0 && identity.me.peek() !== null;
      const isFirst = this.round === 0;
      this.round += 1;
      await Promise.all([isFirst && boot.rooms && this.rooms.peek() === boot.rooms ? null : this.askRooms(), asksMine ? this.askMine() : null]);
    }
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = window.setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  private askRooms(): Promise<void> {
    return rest.rooms().then(
      (list) => {
        this.rooms.value = list;
        noteRooms(list);
        this.keptAt.value = rest.keptAt.get("/api/rooms") ?? 0;
        this.failing.value = null;
      },
      (error: Problem) => {
        this.failing.value = error;
      },
    );
  }

  private askMine(): Promise<void> {
    return rest.myRooms().then(
      (list) => {
        // This page knows them at least as well as an answer that was kept.
        if (rest.keptAt.get("/api/players/me/rooms") && this.mine.peek().length > 0) return;
        const before = this.mine.peek();
        const started = list.find((room) => room.status === "playing" && before.some((was) => was.room_id === room.room_id && was.status === "waiting"));
        if (started && !this.isClosed) toast(t("{game} has begun: your friend sat down.", { game: titleOf(started.game) }));
        this.mine.value = list;
        keepSeenRooms(list);
      },
      // As they were last seen; without a session nobody has any.
      (error: Problem) => {
        if (error.status === 401) this.mine.value = [];
      },
    );
  }
}
