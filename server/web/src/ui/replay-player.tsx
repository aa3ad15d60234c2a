/** The replay's page: board, time line, moves, and who looks. The address always names what is shown. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { plyOf, type Shot } from "../core/film";
import { pathOf, type ReplayRoute } from "../core/router";
import { t } from "../core/say";
import { identity, navigate, route, toast } from "./app";
import { Fork } from "./replay-fork";
import { Frame } from "./frame";
import { Icon } from "./icons";
import { MoveLog } from "./move-log";
import { apart } from "./names";
import { clockText, Plate } from "./plate";
import type { Reel } from "./replay";
import { resultTitle, standingAfter } from "./result";
import { Shape } from "./shapes";
import { AGAIN, COPY } from "./table-icons";
import { Timeline } from "./timeline";

const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8];
/** How long a move stands at speed 1. Games in real time run at their own pace. */
const MOVE_MS = 900;
/** Longer than that nobody waits for a picture. */
const PAUSE_MOST_MS = 2_000;

interface Props {
  readonly room: string;
  readonly reel: Reel;
  readonly asked: ReplayRoute;
  /** Fetches the match again: it may have gone on. */
  readonly renew: () => void;
}

export function Player({ room, reel, asked, renew }: Props) {
  const { info, game, about, film } = reel;
  const { shots, page } = film;
  const last = shots.length - 1;
  const isLive = game.ticksPerSecond !== undefined;
  const wanted = asked.version === undefined ? (asked.ply ?? last) : plyOf(film, asked.version);
  const at = useSignal(Math.min(wanted, last));
  const isPlaying = useSignal(false);
  const speed = useSignal(1);
  const names = useMemo(() => apart(page.players).map((player) => player.name ?? t("Player {n}", { n: player.seat + 1 })), [page]);
  const events = useMemo(() => shots.map(({ event }) => event), [shots]);
  const me = identity.me.value?.player_id;
  const isMine = me !== undefined && page.players.some((player) => player.player === me);

  const here = (change: Partial<ReplayRoute> = {}): ReplayRoute => ({
    page: "replay",
    room,
    ...(page.matches > 1 || asked.match !== undefined ? { match: page.match } : {}),
    ply: at.value,
    ...(page.seat === null ? {} : { seat: page.seat }),
    ...change,
  });
  const go = (to: number): void => {
    at.value = Math.min(Math.max(to, 0), last);
  };
  const toggle = (): void => {
    if (!isPlaying.value && at.value >= last) go(0);
    isPlaying.value = !isPlaying.value;
  };
  const faster = (by: number): void => {
    speed.value = SPEEDS[Math.min(Math.max(SPEEDS.indexOf(speed.value) + by, 0), SPEEDS.length - 1)] as number;
  };

  useEffect(() => {
    if (asked.version !== undefined || asked.ply !== undefined) go(wanted);
  }, [asked.version, asked.ply]);
  // A link to it can be sent; without an entry in the history for each picture, and not for each that flits by.
  // Once the address asks for something else, what is shown here is no longer where the reader is.
  useEffect(() => {
    if (!isPlaying.value && route.value === asked) navigate(here(), "trace");
  }, [at.value, isPlaying.value]);
  useEffect(() => {
    if (!isPlaying.value) return;
    // By the time that passed, not by pictures drawn: at high speed one drawing goes over several.
    const pace = isLive ? liveMs : () => MOVE_MS;
    let due = performance.now() + pace(shots, at.value) / speed.value;
    let frame = requestAnimationFrame(function draw(now) {
      let to = at.value;
      for (; to < last && due <= now; to += 1) due += pace(shots, to + 1) / speed.value;
      if (to !== at.value) go(to);
      if (to >= last) isPlaying.value = false;
      else frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying.value, speed.value]);
  useKeys({
    ArrowLeft: () => stop(() => go(at.value - 1)),
    ArrowRight: () => stop(() => go(at.value + 1)),
    Home: () => stop(() => go(0)),
    End: () => stop(() => go(last)),
    " ": toggle,
    "[": () => faster(-1),
    "]": () => faster(1),
  });
  const stop = (then: () => void): void => {
    isPlaying.value = false;
    then();
  };

  const shot = shots[at.value] as Shot;
  const place = placeWords(shots, at.value, isLive);
  const result = game.result(shot.view);
  const turn = result ? null : game.turn(shot.view);
  const clock = game.clock(shot.view);
  return (
    <Frame plain>
      <div class="replay">
        <header class="replay-head">
          <h1>{names.length === 2 ? <Versus names={names} /> : info.title}</h1>
          <p class="quiet small num" data-testid="replay-caption" aria-live={isPlaying.value ? "off" : "polite"}>
            {names.length === 2 && `${info.title} · `}
            {page.matches > 1 && `${t("match {n} of {count}", { n: page.match, count: page.matches })} · `}
            {place}
            {result && ` · ${resultTitle(result, null, names)}, ${result.how}`}
          </p>
        </header>
        <section class="felt" aria-label={t("Board")}>
          <game.Board view={shot.view} seat={page.seat} pending={[]} undone={null} names={names} act={null} live={null} isReplay />
        </section>
        <Timeline
          shots={shots}
          seats={names.length}
          at={at.value}
          caption={place}
          isPlaying={isPlaying.value}
          speed={speed.value}
          go={(to) => stop(() => go(to))}
          toggle={toggle}
          faster={() => (speed.value = SPEEDS[(SPEEDS.indexOf(speed.value) + 1) % SPEEDS.length] as number)}
        />
        <aside class="rail" aria-label={t("Match")}>
          <div class={`plates${names.length > 2 ? " plates-many" : ""}`}>
            {page.players.map((player) => (
              <Plate
                key={player.seat}
                seat={player.seat}
                player={player.player}
                name={names[player.seat] ?? null}
                isYou={player.player === me}
                isTurn={turn === player.seat}
                state={{ words: result ? standingAfter(result, player.seat) : turn === player.seat ? t("To move") : "", tone: turn === player.seat ? "ok" : "quiet" }}
                clock={clock}
                clockSince={0}
                isRunning={false}
              />
            ))}
          </div>
          {film.isTorn && <p class="note">{t("The rest of this match cannot be shown: it does not add up here.")}</p>}
          {page.matches > 1 && <Matches count={page.matches} match={page.match} path={(match) => pathOf({ page: "replay", room, match })} />}
          {page.may_see.length > 0 && about?.views_differ !== false && (
            <label class="seen-by small">
              {t("Seen by")}
              <select
                class="input"
                data-testid="replay-seat"
                value={page.seat ?? ""}
                onChange={({ currentTarget: { value } }) => {
                  const { seat: _, ...rest } = here();
                  navigate(value === "" ? rest : { ...rest, seat: Number(value) });
                }}
              >
                <option value="">{t("everybody")}</option>
                {page.may_see.map((seat) => (
                  <option value={seat}>{names[seat]}</option>
                ))}
              </select>
            </label>
          )}
          <MoveLog events={events} game={game} names={names} at={at.value} goTo={(index) => stop(() => go(index))} />
          <div class="acts">
            <button
              type="button"
              class="btn"
              data-testid="copy-moment"
              onClick={() => copy(location.origin + pathOf(here()))}
            >
              <Icon of={COPY} />
              {t("Copy link")}
            </button>
            {(page.status === "playing" || page.status === "paused") && (
              <button type="button" class="btn" data-testid="renew" onClick={renew}>
                <Icon of={AGAIN} />
                {t("Newer moves")}
              </button>
            )}
            {page.status === "finished" && <Fork room={room} shot={shot} isOver={result !== null} bots={about?.has_bots ? names.length - 1 : 0} stop={() => (isPlaying.value = false)} />}
            {info.status !== "closed" && (
              <a class="btn plain" href={`/room/${room}${isMine ? "" : "#watch"}`}>
                {t("To the room")}
              </a>
            )}
          </div>
        </aside>
      </div>
    </Frame>
  );
}

function copy(link: string): void {
  const failed = (): void => toast(t("Copying is not allowed here: take the link from the address bar."));
  // Without TLS browsers keep the clipboard to themselves.
  if (navigator.clipboard) navigator.clipboard.writeText(link).then(() => toast(t("Link to this moment copied.")), failed);
  else failed();
}

function Versus({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      {names.map((name, seat) => (
        <span class="versus">
          {seat > 0 && <span class="quiet vs"> {t("against")} </span>}
          <span class="token">
            <Shape seat={seat} />
          </span>
          {name}
        </span>
      ))}
    </>
  );
}

function Matches({ count, match, path }: { readonly count: number; readonly match: number; readonly path: (match: number) => string }) {
  return (
    <nav class="matches small num" aria-label={t("Matches of this room")}>
      <span class="quiet">{t("Match")}</span>
      {Array.from({ length: count }, (_, index) => index + 1).map((number) => (
        <a class={`btn inrow${number === match ? " is-on" : " plain"}`} aria-current={number === match ? "true" : undefined} href={path(number)}>
          {number}
        </a>
      ))}
    </nav>
  );
}

/** Until the next picture of a game in real time, at speed 1. */
function liveMs(shots: readonly Shot[], at: number): number {
  const [now, next] = [shots[at], shots[at + 1]];
  return now && next ? Math.min(Math.max((next.event.at_us - now.event.at_us) / 1_000, 1), PAUSE_MOST_MS) : 0;
}

/** Where we are, in words: in real time by the match's clock, else by moves. */
function placeWords(shots: readonly Shot[], at: number, isLive: boolean): string {
  if (at === 0) return t("the beginning");
  if (isLive) return clockText(((shots[at]?.event.at_us ?? 0) - (shots[0]?.event.at_us ?? 0)) / 1_000);
  return t("move {n}", { n: shots.slice(0, at + 1).filter(({ event }) => event.kind === "action").length });
}

function useKeys(keys: Readonly<Record<string, () => void>>): void {
  // Before the picture is seen: who sees it presses a key at once, and a busy device runs effects late.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const key = keys[event.key];
      // The slider, a list of choices and the board have arrows of their own, a button has its space bar.
      const own = event.key === " " ? "button, a, select" : "select, [role=grid], input";
      if (!key || target.closest(own) !== null || target.closest("input:not([type=range]), textarea, dialog") !== null) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      key();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}
