/** The table: plates, clocks, board, and beside it what is said and done. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { timeControl } from "../core/clock";
import type { Moment } from "../core/commands";
import { used } from "../core/features";
import type { Action } from "../core/reconcile";
import type { RoomInfo } from "../core/rest";
import type { RoomSession } from "../core/room";
import { pathOf } from "../core/router";
import { refusal, t } from "../core/say";
import type { GameView } from "../games/view";
import type { SeatPresence } from "../protocol.gen";
import { toast } from "./app";
import { Frame } from "./frame";
import { Icon } from "./icons";
import { Invite, linkOf, openEmbed } from "./invite";
import { useChunk } from "./later";
import { linesOf, MoveLog } from "./move-log";
import { leftMs, Plate } from "./plate";
import { resultTitle, UNTOLD } from "./result";
import { setTab } from "./tab";
import { DOOR, EYE, FLAG } from "./table-icons";
import { askToResign, isByKey, useTableKeys } from "./table-keys";
import { seatsOf, useMatchNames } from "./table-seats";
import { isUnsent, plateState, promiseWords, turnWords, undoneWords, watchersWords } from "./table-words";
import { titleOf } from "./titles";

interface Props {
  readonly session: RoomSession;
  readonly info: RoomInfo | null;
  readonly game: GameView | null;
}

/** Notices that the page says in another place. */
const SHOWN_ELSEWHERE: readonly string[] = ["draining", "rematch_offered", "superseded", "kicked"];

export function Table({ session, info, game }: Props) {
  const { view, pending } = session.around.value;
  const seat = session.seat.value;
  const status = session.status.value;
  const seats = seatsOf(session, info);
  const isLive = game !== null && view !== null;
  const turn = isLive && status === "playing" ? game.turn(view) : null;
  const result = isLive && pending.length === 0 ? (game.result(view) ?? (status === "finished" ? UNTOLD : null)) : null;
  const isOver = result !== null || status === "finished";
  const names = useMatchNames(seats, isOver);
  const isMyTurn = turn === null ? seat !== null && isLive && status === "playing" && game.canAct(view, seat) && game.ticksPerSecond === undefined : turn === seat;
  const clock = isLive ? game.clock(view) : null;
  // Two sit face to face. More sit around: from one's own left, clockwise; who watches sees all of them together.
  const me = seat ?? (seats.length === 2 ? 0 : null);
  const others = me === null ? seats : [...seats.slice(me + 1), ...seats.slice(0, me)];
  const mine = seats.find((s) => s.seat === me);

  const undone = session.undone.value;
  useEffect(() => {
    if (undone) toast(undoneWords(undone.code, undone.message));
  }, [undone]);
  const notice = session.notice.value;
  useEffect(() => {
    if (notice && !SHOWN_ELSEWHERE.includes(notice.code)) toast(refusal(notice.code, notice.message));
  }, [notice]);

  const title = info ? titleOf(info.game, info) : "Kibitz";
  const talk = useChunk<typeof import("./talk")>("talk");
  const after = useChunk<typeof import("./after")>("after", result !== null);
  useEffect(() => {
    if (isMyTurn) setTab(`${t("Your turn")} · ${title}`, seat);
    else if (result && seat !== null) setTab(`${resultTitle(result, seat, names)} · ${title}`, null);
    else setTab(status === "waiting" ? `${t("Waiting")} · ${title}` : title, null);
  }, [isMyTurn, title, seat, status, result?.winner]);
  useEffect(() => () => setTab("Kibitz", null), []);

  const phase = session.standing.value.phase;
  useEffect(() => {
    if (phase === "live" && seat === null && !session.isSuperseded.value) used("spectate");
  }, [phase, seat]);

  const watching = session.presence.value?.spectators ?? info?.spectators ?? 0;
  const canAct = isLive && seat !== null && status === "playing" && game.canAct(view, seat);
  const now = (isLive && status === "playing" && !isOver && !isUnsent(pending.length) && game.say?.(view, seat, names)) || turnWords({ isLive, status, turn, seat, names, isOver, pendingCount: pending.length });
  const left = (of: number): number => (clock === null ? 0 : leftMs(clock, of, session.clockSince.value, status === "playing" && !isOver));
  const isMyClock = clock !== null && seat !== null && status === "playing" && !isOver && (clock.running_seats?.includes(seat) ?? clock.running === seat);
  const moment = (): Moment => ({
    view,
    seat,
    names,
    turn,
    isOver,
    canAct,
    now: `${result === null ? now : `${resultTitle(result, seat, names)}: ${result.how}`}.`,
    log: linesOf(session.events.value, true, game, names).map(({ words }) => words),
    clock,
    leftMs: left,
    resign: game?.resign ?? null,
    game: game?.commands ?? null,
  });
  useTableKeys(session, moment, isLive);
  const hasKeyed = useRef(false);
  const act = (action: Action, tick?: number): void => {
    if (!hasKeyed.current && isByKey()) {
      hasKeyed.current = true;
      used("keyboard");
    }
    session.act(action, tick);
  };

  // By itself: what is done at the board is on it before anything around it follows.
  const board = useMemo(() => game && <OnTable session={session} game={game} names={names} act={act} />, [session, game, names.join()]);

  const plate = (s: SeatPresence) => (
    <Plate
      key={s.seat}
      seat={s.seat}
      player={s.player}
      name={s.name}
      isYou={s.seat === seat}
      isTurn={turn === s.seat && !isUnsent(pending.length)}
      isOut={isLive && status === "playing" && game.standing?.(view, s.seat) != null}
      state={plateState(s, {
        seat,
        turn,
        isOver,
        status,
        result,
        pendingCount: pending.length,
        standing: isLive ? (game.standing?.(view, s.seat) ?? null) : null,
      })}
      clock={clock}
      clockSince={session.clockSince.value}
      isRunning={status === "playing" && !isOver}
      bubble={talk && <talk.Bubble session={session} seat={s.seat} />}
    />
  );

  return (
    <Frame promise={promiseWords(pending.length, isMyTurn && clock !== null)} plain>
      <div class={`room${seats.length > 2 ? " many" : ""}${seats.length > 4 ? " crowd" : ""}`}>
        <h1 class="hidden">{title}</h1>
        <div class="plates plates-top">{others.map(plate)}</div>
        <section class="felt" aria-label={t("Board")}>
          {isLive ? board : <div class="board-bone" />}
          {status === "paused" && (
            <p class="paused" data-testid="paused" role="status">
              <b>{t("Paused.")}</b> {clock === null ? t("The game goes on where it stands.") : t("The clocks stand still; the game goes on where it stands.")}
            </p>
          )}
          {status === "waiting" && session.standing.value.phase === "live" && info && <Invite room={session.room} info={info} free={seats.filter((s) => s.player === null).length} isSeated={seat !== null} />}
        </section>
        <div class="plates plates-me">{mine && plate(mine)}</div>
        <aside class="rail" aria-label={t("Match")}>
          <p class={result && after ? "hidden" : `say display${isMyTurn ? " is-mine" : ""}`} data-testid="turn">
            {result ? resultTitle(result, seat, names) : now}
          </p>
          {/* Said at once, over whatever is being read: nothing else on the page is, but what was refused (the toast). */}
          <p class="hidden" aria-live="assertive" data-testid="call">
            {result ? `${resultTitle(result, seat, names)}: ${result.how}.` : isMyTurn ? t("Your turn.") : ""}
          </p>
          {result && after && <after.Outcome session={session} result={result} seat={seat} names={names} seats={seats} link={info === null ? null : linkOf(info)} />}
          {session.isSuperseded.value && (
            <div class="note" data-testid="superseded">
              <p>{t("Another tab of yours has the seat now; this one watches.")}</p>
              <button type="button" class="btn inrow" onClick={() => void session.join("player")}>
                {t("Play here")}
              </button>
            </div>
          )}
          {seat === null && !session.isSuperseded.value && session.standing.value.phase === "live" && (
            <div class="note">
              <p>{session.isKicked.value ? t("An admin took your seat away; you can still watch.") : t("You are watching.")}</p>
              {!session.isKicked.value && seats.some((s) => s.player === null) && (
                <button type="button" class="btn inrow" data-testid="take-seat" onClick={() => void session.join("player")}>
                  {t("Take the free seat")}
                </button>
              )}
            </div>
          )}
          <MoveLog
            events={session.events.value}
            game={game}
            names={names}
            clock={timeControl(info?.options)}
            replayAt={(version) => pathOf({ page: "replay", room: session.room, match: session.match.value, version, ...(seat === null ? {} : { seat }) })}
          />
          {talk ? <talk.Chat session={session} seats={seats} /> : <section class="chat" aria-label={t("Chat")} />}
          <footer class="acts">
            {talk ? (
              <talk.Watchers session={session} seats={seats} count={watching} embed={info && !info.is_private ? () => openEmbed(session.room, title) : null} />
            ) : (
              <span class="btn plain inrow watchers">
                <Icon of={EYE} />
                {watchersWords(watching)}
              </span>
            )}
            {seat !== null && isLive && status === "playing" && !isOver && game.resign && game.standing?.(view, seat) == null && (
              <button type="button" class="btn plain inrow" data-testid="resign" onClick={() => askToResign(seats.length, () => game.resign && session.act(game.resign))}>
                <Icon of={FLAG} />
                {t("Resign")}
              </button>
            )}
            <Leave session={session} isPlaying={seat !== null && status === "playing" && !isOver} isSeated={seat !== null} />
          </footer>
          {talk && <talk.Signals session={session} title={title} isMyTurn={isMyTurn} isOver={isOver} leftMs={isMyClock ? () => left(seat) : null} />}
        </aside>
      </div>
    </Frame>
  );
}

/** The board as it is at this moment, one's own acts with it. */
function OnTable({ session, game, names, act }: { readonly session: RoomSession; readonly game: GameView; readonly names: readonly string[]; readonly act: (action: Action, tick?: number) => void }) {
  const view = session.view.value;
  const seat = session.seat.value;
  const canAct = seat !== null && session.status.value === "playing" && game.canAct(view, seat);
  return <game.Board view={view} seat={seat} pending={session.pending.value} undone={session.undone.value} names={names} act={canAct ? act : null} live={session.live} />;
}

/** To the lobby. The seat of a running match stays; elsewhere it is given free. */
function Leave({ session, isPlaying, isSeated }: { readonly session: RoomSession; readonly isPlaying: boolean; readonly isSeated: boolean }) {
  return (
    <a
      class="btn plain inrow"
      data-testid="leave"
      href="/"
      title={isPlaying ? t("Your seat stays yours") : undefined}
      onClick={() => {
        if (isSeated && !isPlaying) void session.leave();
      }}
    >
      <Icon of={DOOR} />
      {isPlaying ? t("Lobby") : t("Leave")}
    </a>
  );
}
