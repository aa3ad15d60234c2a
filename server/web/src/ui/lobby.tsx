import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { GameInfo, RoomInfo } from "../core/rest";
import { readCode, type Route } from "../core/router";
import { GAMES } from "../games/registry";
import { boot, connect, forgetRoom, identity, keepSeenRooms, lastSeenRooms, loader, navigate, recentRooms, rest, toast, wordsFor } from "./app";
import { Frame } from "./frame";
import { NameField } from "./name";
import { Shape } from "./shapes";

const REFRESH_MS = 3_000;
const DEFAULT_GAME: GameInfo = { name: "connect-four", title: "Connect Four", summary: "", seats_least: 2, seats_most: 2, has_bots: true };

export function Lobby() {
  const games = useSignal<readonly GameInfo[]>(boot.games ?? [DEFAULT_GAME]);
  const rooms = useSignal<readonly RoomInfo[] | null>(boot.rooms ?? null);
  const mine = useSignal<readonly RoomInfo[]>(identity.me.value ? lastSeenRooms() : []);
  const picked = useSignal(0);
  const isPrivate = useSignal(false);
  const isBusy = useSignal(false);
  const oops = useSignal<string | null>(null);
  const isUnreachable = useSignal(false);

  useEffect(() => {
    document.title = "Kibitz";
    if (!boot.games) rest.games().then((list) => (games.value = list), () => undefined);
    void loadMine().then((list) => {
      mine.value = list;
      keepSeenRooms(list);
    });
    let timer = 0;
    const refresh = async (): Promise<void> => {
      if (document.visibilityState === "visible") {
        await rest.rooms().then(
          (list) => {
            rooms.value = list;
            isUnreachable.value = false;
          },
          (error: { code?: string }) => (isUnreachable.value = error.code === "unreachable"),
        );
      }
      timer = window.setTimeout(refresh, REFRESH_MS);
    };
    timer = window.setTimeout(refresh, boot.rooms ? REFRESH_MS : 0);
    return () => clearTimeout(timer);
  }, []);

  const game = games.value[picked.value] ?? DEFAULT_GAME;
  const start = async (name: string, bots: number): Promise<void> => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await connect();
      const made = await rest.createRoom({ game: name, ...(isPrivate.value || bots > 0 ? { private: true } : {}), ...(bots > 0 ? { bots } : {}) });
      navigate({ page: "room", room: made.room_id, watch: false });
    } catch (error) {
      toast(wordsFor(error));
    }
    isBusy.value = false;
  };

  /** To a room by way of a session: the name stands in the form already. */
  const enter = async (to: Route): Promise<void> => {
    try {
      await connect();
      navigate(to);
    } catch (error) {
      toast(wordsFor(error));
    }
  };

  const playable = games.value.filter((info) => Object.hasOwn(GAMES, info.name));
  const mineIds = new Set(mine.value.map((room) => room.room_id));
  const others = (rooms.value ?? [])
    .filter((room) => !mineIds.has(room.room_id) && (room.status === "waiting" || room.status === "playing"))
    .sort((a, b) => Number(b.status === "waiting") - Number(a.status === "waiting") || b.created_at_ms - a.created_at_ms);
  return (
    <Frame>
      <section class="hero">
        <div>
          <h1>
            <span>Pick a game.</span> <span>Send the link.</span> <span>Play.</span>
          </h1>
          <p class="lead">No account, no download. The table remembers everything, even if your connection does not.</p>
        </div>
        <StartCard
          oops={oops.value}
          isBusy={isBusy.value}
          title={playable.length > 1 ? game.title : null}
          isPrivate={isPrivate.value}
          setPrivate={(value) => (isPrivate.value = value)}
          create={() => void start(game.name, 0)}
          join={(typed) => {
            const code = readCode(typed);
            oops.value = code === null ? "A code has 8 letters and digits, like QK7F 2MAB." : null;
            if (code !== null) void enter({ page: "invite", code });
          }}
        />
      </section>

      {mine.value.length > 0 && (
        <section class="section yours" aria-labelledby="yours">
          <header>
            <h2 id="yours">Your games</h2>
          </header>
          <ul class="rows">
            {mine.value.map((room) => (
              <RoomRow key={room.room_id} room={room} enter={enter} />
            ))}
          </ul>
        </section>
      )}

      <section class="section" aria-labelledby="games">
        <header>
          <h2 id="games">Games</h2>
        </header>
        <div class={`games${playable.length === 1 ? " single" : ""}`}>
          {playable.map((info, index) => (
            <GameCard
              key={info.name}
              info={info}
              isPicked={playable.length > 1 && index === picked.value}
              pick={playable.length > 1 ? () => (picked.value = index) : null}
              isBusy={isBusy.value}
              playBot={() => void start(info.name, Math.max(1, info.seats_least - 1))}
            />
          ))}
        </div>
      </section>

      <section class="section" aria-labelledby="open">
        <header>
          <h2 id="open">Open rooms</h2>
          {rooms.value !== null && <span class="quiet tiny num">{others.length}</span>}
        </header>
        {isUnreachable.value ? (
          <p class="empty">The server cannot be reached. The list comes back by itself.</p>
        ) : others.length > 0 ? (
          <ul class="rows" data-testid="open-rooms">
            {others.slice(0, 20).map((room) => (
              <RoomRow key={room.room_id} room={room} enter={enter} />
            ))}
          </ul>
        ) : (
          <p class="empty" data-testid="open-rooms">
            {rooms.value === null ? "Looking around…" : "Nobody is waiting right now. Make a room and send the link to a friend."}
          </p>
        )}
      </section>
    </Frame>
  );
}

interface StartProps {
  readonly oops: string | null;
  readonly isBusy: boolean;
  readonly title: string | null;
  readonly isPrivate: boolean;
  readonly setPrivate: (value: boolean) => void;
  readonly create: () => void;
  readonly join: (typed: string) => void;
}

function StartCard({ oops, isBusy, title, isPrivate, setPrivate, create, join }: StartProps) {
  const code = useSignal("");
  return (
    <div class="start card">
      <form
        class="start-new"
        onSubmit={(event) => {
          event.preventDefault();
          create();
        }}
      >
        <NameField />
        <button type="submit" class="btn main big" data-testid="new-room" disabled={isBusy}>
          {title === null ? "New room" : `New ${title} room`}
        </button>
        <label class="check">
          <input type="checkbox" data-testid="private" checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
          Only people with the link
        </label>
      </form>
      <p class="or">or join a friend</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join(code.value);
        }}
      >
        <div class="joinrow">
          <div class="field">
            <label for="join-code">Room code</label>
            <input
              id="join-code"
              class="input code"
              data-testid="join-code"
              placeholder="QK7F2MAB"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              aria-describedby={oops === null ? undefined : "code-oops"}
              aria-invalid={oops !== null}
              value={code.value}
              onInput={(event) => (code.value = event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="btn" data-testid="join-button">
            Join
          </button>
        </div>
        {oops !== null && (
          <p class="oops" id="code-oops" role="alert">
            {oops}
          </p>
        )}
      </form>
    </div>
  );
}

interface CardProps {
  readonly info: GameInfo;
  readonly isPicked: boolean;
  readonly pick: (() => void) | null;
  readonly isBusy: boolean;
  readonly playBot: () => void;
}

function GameCard({ info, isPicked, pick, isBusy, playBot }: CardProps) {
  const entry = GAMES[info.name];
  if (!entry) return null;
  const soon = (): void => {
    void loader.load("room").catch(() => undefined);
    void loader.load(`game:${info.name}`).catch(() => undefined);
  };
  return (
    <article class="game card" data-testid={`game-${info.name}`} onPointerEnter={soon} onFocusIn={soon}>
      <div class="table">
        <entry.CardArt />
      </div>
      <div class="about">
        <h3>{info.title}</h3>
        <p class="quiet">{entry.pitch}</p>
        <p class="quiet small">{info.seats_least === info.seats_most ? `${info.seats_most} players` : `${info.seats_least} to ${info.seats_most} players`} · {entry.pace}</p>
        <div class="acts">
          {pick && (
            <button type="button" class="btn" aria-pressed={isPicked} onClick={pick}>
              {isPicked ? "Picked" : "Pick"}
            </button>
          )}
          {info.has_bots && (
            <button type="button" class="btn" data-testid="play-bot" disabled={isBusy} onClick={playBot}>
              Play a bot
            </button>
          )}
        </div>
      </div>
    </article>
  );
}

function RoomRow({ room, enter }: { readonly room: RoomInfo; readonly enter: (to: Route) => Promise<void> }) {
  const me = identity.me.value?.player_id;
  const isMine = me !== undefined && room.seats.some((seat) => seat.player === me);
  const hasFree = room.seats.some((seat) => seat.player === null);
  const names = room.seats.filter((seat) => seat.player !== null).map((seat) => seat.name ?? "Somebody");
  const who = names.length > 0 ? names.join(" and ") : "An empty table";
  const state = room.status === "playing" ? "playing" : room.status === "finished" ? "match over" : "waits for a player";
  const watchers = room.spectators > 0 ? ` · ${room.spectators} watching` : "";
  return (
    <li>
      <span class="dots" aria-hidden="true">
        {room.seats.map((seat) => (
          <Shape seat={seat.seat} isFree={seat.player === null} />
        ))}
      </span>
      <span class="who">
        {who}
        <span class="what quiet tiny num">
          {room.title} · {state}
          {watchers}
        </span>
      </span>
      <a
        class="btn inrow"
        href={`/room/${room.room_id}${isMine || hasFree ? "" : "#watch"}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          void enter({ page: "room", room: room.room_id, watch: !(isMine || hasFree) });
        }}
      >
        {isMine ? "Open" : hasFree ? "Join" : "Watch"}
      </a>
    </li>
  );
}

/** Rooms that this player sat in and that still live; the others are forgotten. */
async function loadMine(): Promise<readonly RoomInfo[]> {
  const me = identity.me.value;
  if (!me) return [];
  const found = await Promise.all(
    recentRooms().map((id) =>
      rest.room(id).catch((error: { status?: number }) => {
        if (error.status === 404 || error.status === 410) forgetRoom(id);
        return null;
      }),
    ),
  );
  return found.filter((room): room is RoomInfo => room !== null && room.status !== "closed" && room.seats.some((seat) => seat.player === me.player_id));
}
