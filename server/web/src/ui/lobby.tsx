import { useSignal } from "@preact/signals";
import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { clockPhrase, clockWords, type TimeControl, timeControl, timeControls } from "../core/clock";
import type { GameInfo, RoomInfo } from "../core/rest";
import { readCode, type Route } from "../core/router";
import { GAMES } from "../games/registry";
import { boot, connect, forgetRoom, identity, keepSeenRooms, lastSeenRooms, loader, navigate, recentRooms, rest, toast, wordsFor } from "./app";
import { Frame } from "./frame";
import type { Chosen } from "./choices";
import { NameField } from "./name";
import { Shape } from "./shapes";
import { sitting } from "./sitting";

type ChoicesChunk = typeof import("./choices");

const REFRESH_MS = 3_000;
/** Until the server has told its games; with a clock, so that nothing moves when it does. */
const DEFAULT_GAME: GameInfo = {
  name: "connect-four",
  title: "Connect Four",
  summary: "",
  seats_least: 2,
  seats_most: 2,
  has_bots: true,
  options: { properties: { clock_ms: { default: 600_000 }, increment_ms: { default: 5_000 } } },
};

export function Lobby() {
  const games = useSignal<readonly GameInfo[]>(boot.games ?? [DEFAULT_GAME]);
  const rooms = useSignal<readonly RoomInfo[] | null>(boot.rooms ?? null);
  const mine = useSignal<readonly RoomInfo[]>(identity.me.value ? lastSeenRooms() : []);
  const picked = useSignal(0);
  const isPrivate = useSignal(false);
  const clockAt = useSignal(0);
  const chosen = useSignal<Chosen>({});
  const choices = useSignal<ChoicesChunk | null>(null);
  const isBusy = useSignal(false);
  const oops = useSignal<string | null>(null);
  const isUnreachable = useSignal(false);

  useEffect(() => {
    document.title = "Kibitz";
    if (!boot.games) rest.games().then((list) => (games.value = list), () => undefined);
    let isGone = false;
    const renewMine = async (listed: readonly RoomInfo[]): Promise<void> => {
      const list = await loadMine(listed);
      if (isGone) return;
      const started = list.find(
        (room) => room.status === "playing" && mine.value.some((before) => before.room_id === room.room_id && before.status === "waiting"),
      );
      if (started) toast(`${started.title} has begun: your friend sat down.`);
      mine.value = list;
      keepSeenRooms(list);
    };
    void renewMine([]);
    let timer = 0;
    const refresh = async (): Promise<void> => {
      if (document.visibilityState === "visible") {
        await rest.rooms().then(
          (list) => {
            rooms.value = list;
            isUnreachable.value = false;
            if (mine.value.some((room) => room.status !== "finished")) void renewMine(list);
          },
          (error: { code?: string }) => (isUnreachable.value = error.code === "unreachable"),
        );
      }
      timer = window.setTimeout(refresh, REFRESH_MS);
    };
    timer = window.setTimeout(refresh, boot.rooms ? REFRESH_MS : 0);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, []);

  // Those that can be drawn come first.
  const offered = [...games.value].sort((a, b) => Number(Object.hasOwn(GAMES, b.name)) - Number(Object.hasOwn(GAMES, a.name)));
  const game = offered[picked.value] ?? DEFAULT_GAME;
  useEffect(() => {
    if (offered.length > 1) loader.load("choices").then((chunk) => (choices.value = chunk as ChoicesChunk), () => undefined);
  }, [offered.length > 1]);
  const clocks = timeControls(game.options);
  const start = async (info: GameInfo, bots: number): Promise<void> => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await connect();
      // The game's own defaults are the server's to know.
      const clock = clockAt.value === 0 ? undefined : timeControls(info.options)[clockAt.value];
      const made = await rest.createRoom({
        game: info.name,
        seats: seatsFor(info, chosen.value),
        ...(isPrivate.value || bots > 0 ? { private: true } : {}),
        ...(bots > 0 ? { bots } : {}),
        options: { ...clock, ...(info === game ? chosen.value.options : {}) },
      });
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
          title={offered.length > 1 ? game.title : null}
          choices={choices.value && <choices.value.Choices info={game} chosen={{ ...chosen.value, seats: seatsFor(game, chosen.value) }} choose={(to) => (chosen.value = to)} />}
          clocks={clocks}
          clockAt={clockAt.value}
          setClock={(at) => (clockAt.value = at)}
          isPrivate={isPrivate.value}
          setPrivate={(value) => (isPrivate.value = value)}
          create={() => void start(game, 0)}
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
        <div class={`games${offered.length === 1 ? " single" : ""}`}>
          {offered.map((info, index) => (
            <GameCard
              key={info.name}
              info={info}
              clock={timeControls(info.options)[clockAt.value] ?? null}
              isPicked={offered.length > 1 && index === picked.value}
              Art={choices.value?.ARTS[info.name]}
              pick={
                offered.length > 1
                  ? () => {
                      picked.value = index;
                      clockAt.value = 0;
                      chosen.value = {};
                      // On a phone the button that makes the room is some screens above.
                      document.querySelector(".start .main")?.scrollIntoView({ block: "nearest" });
                    }
                  : null
              }
              isBusy={isBusy.value}
              playBot={() => void start(info, seatsFor(info, info === game ? chosen.value : {}) - 1)}
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
  readonly choices: ComponentChildren;
  readonly clocks: readonly TimeControl[];
  readonly clockAt: number;
  readonly setClock: (at: number) => void;
  readonly isPrivate: boolean;
  readonly setPrivate: (value: boolean) => void;
  readonly create: () => void;
  readonly join: (typed: string) => void;
}

function StartCard({ oops, isBusy, title, choices, clocks, clockAt, setClock, isPrivate, setPrivate, create, join }: StartProps) {
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
        {clocks.length > 0 && (
          <fieldset class="choice num" data-testid="clock-choice">
            <legend>Clock for each player</legend>
            {clocks.map((clock, at) => (
              <label key={at}>
                <input type="radio" name="clock" value={at} checked={at === clockAt} onChange={() => setClock(at)} />
                <span>{clockWords(clock)}</span>
              </label>
            ))}
          </fieldset>
        )}
        {choices}
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
  readonly clock: TimeControl | null;
  readonly Art: FunctionComponent | undefined;
  readonly isPicked: boolean;
  readonly pick: (() => void) | null;
  readonly isBusy: boolean;
  readonly playBot: () => void;
}

function GameCard({ info, clock, Art, isPicked, pick, isBusy, playBot }: CardProps) {
  const entry = GAMES[info.name];
  const soon = (): void => {
    void loader.load("room").catch(() => undefined);
    void loader.load(entry ? `game:${info.name}` : "generic").catch(() => undefined);
  };
  return (
    <article class="game card" data-testid={`game-${info.name}`} onPointerEnter={soon} onFocusIn={soon}>
      <div class="table">
        {entry?.CardArt ? <entry.CardArt /> : Art ? <Art /> : entry ? <svg class="art" viewBox="0 0 600 400" /> : <Pieces seats={info.seats_most} />}
      </div>
      <div class="about">
        <h3>{info.title}</h3>
        <p class="quiet">{entry ? entry.pitch : info.summary}</p>
        <p class="quiet small num">
          {info.seats_least === info.seats_most ? `${info.seats_most} players` : `${info.seats_least} to ${info.seats_most} players`}
          {clock && ` · ${clockPhrase(clock)}`}
        </p>
        <div class="acts">
          {pick && (
            <button type="button" class="btn" aria-pressed={isPicked} onClick={pick}>
              {isPicked ? "Picked" : "Pick"}
            </button>
          )}
          {info.has_bots && (
            <button type="button" class="btn" data-testid="play-bot" disabled={isBusy} onClick={playBot}>
              {info.seats_most > 2 ? "Play bots" : "Play a bot"}
            </button>
          )}
        </div>
      </div>
    </article>
  );
}

/** As many as were asked for; else a table that is neither small nor slow. */
function seatsFor(info: GameInfo, { seats = 4 }: Chosen): number {
  return Math.min(Math.max(seats, info.seats_least), info.seats_most);
}

/** Art of a game that brought none: its players. */
function Pieces({ seats }: { readonly seats: number }) {
  return (
    <div class="pieces-art">
      {Array.from({ length: Math.min(seats, 4) }, (_, seat) => (
        <Shape key={seat} seat={seat} />
      ))}
    </div>
  );
}

function RoomRow({ room, enter }: { readonly room: RoomInfo; readonly enter: (to: Route) => Promise<void> }) {
  const me = identity.me.value?.player_id;
  const isMine = me !== undefined && room.seats.some((seat) => seat.player === me);
  const hasFree = room.seats.some((seat) => seat.player === null);
  const who = sitting(room.seats) || "An empty table";
  const state = room.status === "playing" ? "playing" : room.status === "finished" ? "match over" : "waits for a player";
  const clock = timeControl(room.options);
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
          {room.title}
          {clock && ` · ${clockPhrase(clock)}`} · {state}
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

/** Rooms that this player sat in and that still live; the others are forgotten. Asks only for those that are not listed. */
async function loadMine(listed: readonly RoomInfo[]): Promise<readonly RoomInfo[]> {
  const me = identity.me.value;
  if (!me) return [];
  const seen = lastSeenRooms();
  const found = await Promise.all(
    recentRooms().map(
      (id) =>
        listed.find((room) => room.room_id === id) ??
        rest.room(id).catch((error: { status?: number }) => {
          if (error.status === 404 || error.status === 410) forgetRoom(id);
          // Not answered: as it was last seen.
          else return seen.find((room) => room.room_id === id);
        }),
    ),
  );
  return found.filter((room): room is RoomInfo => room !== undefined && room.status !== "closed" && room.seats.some((seat) => seat.player === me.player_id));
}
