/** `/replay/ID#ply=N`: the room's events folded by the game's own rules, drawn by the same board. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { RoomInfo } from "../core/rest";
import type { GameView } from "../games/view";
import type { Json, ShownEvent } from "../protocol.gen";
import { adoptStyles, boot, identity, loadGame, rest, route } from "./app";
import { Frame } from "./frame";
import { MoveLog } from "./logs";
import { RoomProblem } from "./message";
import { Icon } from "./icons";
import { Shape } from "./shapes";
import tableCss from "./styles/room.css";
import css from "./styles/replay.css";
import { BACK, FIRST, LAST, NEXT, PAUSE, PLAY } from "./table-icons";

adoptStyles(tableCss);
adoptStyles(css);

interface Film {
  readonly info: RoomInfo;
  readonly game: GameView;
  readonly events: readonly ShownEvent[];
}

export function Page({ room }: { readonly room: string }) {
  const film = useSignal<Film | null>(null);
  const failed = useSignal<{ code: string; message: string } | null>(null);
  const load = (): void => {
    failed.value = null;
    const info = boot.room?.room_id === room ? Promise.resolve(boot.room) : rest.room(room);
    Promise.all([info.then((found) => loadGame(found.game).then((game) => [found, game] as const)), rest.events(room)]).then(
      ([[found, game], events]) => (film.value = { info: found, game, events }),
      (error: { code: string; message: string }) => (failed.value = error),
    );
  };
  useEffect(load, [room]);
  if (failed.value) return <RoomProblem code={failed.value.code} message={failed.value.message} retry={load} />;
  if (!film.value) {
    return (
      <Frame>
        <p class="quiet">Fetching the moves…</p>
      </Frame>
    );
  }
  return <Player room={room} film={film.value} />;
}

interface Shot {
  readonly view: Json;
  readonly event: ShownEvent;
  readonly index: number;
  readonly match: number;
  readonly ply: number;
}

/** One picture for each event that changes what is seen. */
function shots({ game, info, events }: Film): readonly Shot[] {
  const out: Shot[] = [];
  let match = 0;
  let ply = 0;
  let view: Json = null;
  events.forEach((event, index) => {
    if (event.kind === "started") {
      match += 1;
      ply = 0;
      view = game.start?.(match, info.seats.length) ?? null;
    } else if (match === 0 || event.kind === "rematch" || event.kind === "joined" || event.kind === "left" || event.kind === "closed") return;
    else {
      if (event.kind === "action") ply += 1;
      view = game.step?.(view, event) ?? null;
    }
    out.push({ view, event, index, match, ply });
  });
  return out;
}

const PLAY_MS = 900;

function Player({ room, film }: { readonly room: string; readonly film: Film }) {
  const { info, game, events } = film;
  const frames = useMemo(() => shots(film), [film]);
  const last = frames.length - 1;
  const asked = route.value.page === "replay" ? route.value.ply : null;
  const at = useSignal(asked === null ? last : Math.min(asked, last));
  const isPlaying = useSignal(false);
  const me = identity.me.value?.player_id;
  const isMine = me !== undefined && info.seats.some((seat) => seat.player === me);
  const names = info.seats.map((seat) => seat.name ?? `Player ${seat.seat + 1}`);

  const go = (to: number): void => {
    at.value = Math.min(Math.max(to, 0), last);
    // The address names the picture, so that a link to it can be sent; without a new entry for each step.
    history.replaceState(null, "", `/replay/${room}#ply=${at.value}`);
  };
  const toggle = (): void => {
    if (!isPlaying.value && at.value >= last) go(0);
    isPlaying.value = !isPlaying.value;
  };
  useEffect(() => {
    document.title = `Replay · ${info.title}`;
    return () => {
      document.title = "Kibitz";
    };
  }, []);
  useEffect(() => {
    if (asked !== null && asked !== at.value) at.value = Math.min(asked, last);
  }, [asked]);
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setInterval(() => {
      if (at.value >= last) isPlaying.value = false;
      else go(at.value + 1);
    }, PLAY_MS);
    return () => clearInterval(timer);
  }, [isPlaying.value]);
  useEffect(() => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => go(at.value - 1),
      ArrowRight: () => go(at.value + 1),
      Home: () => go(0),
      End: () => go(last),
      " ": toggle,
    };
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const key = keys[event.key];
      const hasOwnKeys = target.closest("input, textarea, [role=grid]") !== null || (event.key === " " && target.closest("button, a") !== null);
      if (!key || hasOwnKeys || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      isPlaying.value = event.key === " " ? isPlaying.value : false;
      key();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  const frame = frames[at.value];
  if (!frame) {
    return (
      <Frame>
        <section class="message">
          <h1>Nothing was played here yet</h1>
          <p class="quiet">A replay begins with the first move.</p>
          <div class="acts">
            <a class="btn main" href={`/room/${room}`}>
              To the room
            </a>
          </div>
        </section>
      </Frame>
    );
  }
  const result = game.result(frame.view);
  const matches = frames.at(-1)?.match ?? 1;
  return (
    <Frame plain>
      <div class="replay">
        <header class="replay-head">
          <h1>
            {info.seats.map((seat, index) => (
              <span class="versus">
                {index > 0 && <span class="quiet vs"> against </span>}
                <span class="token">
                  <Shape seat={seat.seat} />
                </span>
                {names[index]}
              </span>
            ))}
          </h1>
          <p class="quiet small num" data-testid="replay-caption">
            {info.title}
            {matches > 1 && ` · match ${frame.match} of ${matches}`} · move {frame.ply}
            {result && ` · ${result.winner === null ? "a draw" : `${names[result.winner]} wins`}, ${result.how}`}
          </p>
        </header>
        <section class="felt" aria-label="Board">
          <game.Board view={frame.view} seat={null} pending={[]} undone={null} names={names} act={null} live={null} />
        </section>
        <div class="controls" role="group" aria-label="Replay">
          <input
            type="range"
            data-testid="replay-slider"
            aria-label="Position"
            aria-valuetext={`Move ${frame.ply}`}
            min={0}
            max={last}
            step={1}
            value={at.value}
            onInput={(event) => {
              isPlaying.value = false;
              go(Number(event.currentTarget.value));
            }}
          />
          <div class="buttons">
            <Step icon={FIRST} label="To the beginning" to={() => go(0)} off={at.value === 0} />
            <Step icon={BACK} label="One back" to={() => go(at.value - 1)} off={at.value === 0} />
            <button type="button" class="btn main" data-testid="replay-play" onClick={toggle}>
              <Icon of={isPlaying.value ? PAUSE : PLAY} />
              {isPlaying.value ? "Pause" : "Play"}
            </button>
            <Step icon={NEXT} label="One on" to={() => go(at.value + 1)} off={at.value === last} />
            <Step icon={LAST} label="To the end" to={() => go(last)} off={at.value === last} />
          </div>
        </div>
        <aside class="rail" aria-label="Moves">
          <MoveLog
            events={events}
            game={game}
            names={names}
            at={frame.index}
            goTo={(index) => {
              const to = frames.findIndex((candidate) => candidate.index === index);
              if (to >= 0) go(to);
            }}
          />
          {info.status !== "closed" && (
            <a class="btn" href={`/room/${room}${isMine ? "" : "#watch"}`}>
              To the room
            </a>
          )}
        </aside>
      </div>
    </Frame>
  );
}

function Step({ icon, label, to, off }: { readonly icon: string; readonly label: string; readonly to: () => void; readonly off: boolean }) {
  return (
    <button type="button" class="btn plain icon" aria-label={label} title={label} disabled={off} onClick={to}>
      <Icon of={icon} />
    </button>
  );
}
