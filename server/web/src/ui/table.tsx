/** The table: plates, clocks, board, and beside it what is said and done. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { timeControl } from "../core/clock";
import type { RoomInfo } from "../core/rest";
import type { RoomSession } from "../core/room";
import { pathOf } from "../core/router";
import type { GameView, Result } from "../games/view";
import type { SeatPresence } from "../protocol.gen";
import { net, toast } from "./app";
import { Chat } from "./chat";
import { Frame } from "./frame";
import { copyLink, Invite, linkOf } from "./invite";
import { MoveLog } from "./move-log";
import { apart } from "./names";
import { Plate, type PlateState } from "./plate";
import { resultTitle, standingAfter, UNTOLD } from "./result";
import { Icon } from "./icons";
import { setTab } from "./tab";
import { AGAIN, COPY, DOOR, EYE, FILM, FLAG } from "./table-icons";

interface Props {
  readonly session: RoomSession;
  readonly info: RoomInfo | null;
  readonly game: GameView | null;
}

/** Notices that the page says in another place. */
const SHOWN_ELSEWHERE: readonly string[] = ["draining", "rematch_offered", "superseded", "kicked"];

export function Table({ session, info, game }: Props) {
  const view = session.view.value;
  const seat = session.seat.value;
  const status = session.status.value;
  const seats = seatsOf(session, info);
  const isLive = game !== null && view !== null;
  const pending = session.pending.value;
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
    if (notice && !SHOWN_ELSEWHERE.includes(notice.code)) toast(notice.message);
  }, [notice]);

  const title = info?.title ?? "Kibitz";
  useEffect(() => {
    if (isMyTurn) setTab(`Your turn · ${title}`, seat);
    else if (result && seat !== null) setTab(`${resultTitle(result, seat, names)} · ${title}`, null);
    else setTab(status === "waiting" ? `Waiting · ${title}` : title, null);
  }, [isMyTurn, title, seat, status, result?.winner]);
  useEffect(() => () => setTab("Kibitz", null), []);

  const plate = (s: SeatPresence) => (
    <Plate
      key={s.seat}
      seat={s.seat}
      name={s.name}
      isYou={s.seat === seat}
      isTurn={turn === s.seat}
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
    />
  );

  const canAct = isLive && seat !== null && status === "playing" && game.canAct(view, seat);
  return (
    <Frame promise={promiseWords(pending.length, isMyTurn && clock !== null)} plain>
      <div class={`room${seats.length > 2 ? " many" : ""}${seats.length > 4 ? " crowd" : ""}`}>
        <h1 class="hidden">{title}</h1>
        <div class="plates plates-top">{others.map(plate)}</div>
        <section class="felt" aria-label="Board">
          {isLive ? (
            <game.Board
              view={view}
              seat={seat}
              pending={pending}
              undone={undone}
              names={names}
              act={canAct ? (action, tick) => session.act(action, tick) : null}
              live={session.live}
            />
          ) : (
            <div class="board-bone" />
          )}
          {status === "paused" && (
            <p class="paused" data-testid="paused" role="status">
              <b>Paused.</b> {clock === null ? "The game" : "The clocks stand still; the game"} goes on where it stands.
            </p>
          )}
          {status === "waiting" && session.standing.value.phase === "live" && info && <Invite room={session.room} info={info} free={seats.filter((s) => s.player === null).length} isSeated={seat !== null} />}
        </section>
        <div class="plates plates-me">{mine && plate(mine)}</div>
        <aside class="rail" aria-label="Match">
          <p class={result ? "hidden" : `say display${isMyTurn ? " is-mine" : ""}`} data-testid="turn" role="status">
            {(isLive && status === "playing" && !isOver && game.say?.(view, seat, names)) || turnWords({ isLive, status, turn, seat, names, isOver })}
          </p>
          {result && <Outcome session={session} result={result} seat={seat} names={names} seats={seats} link={info === null ? null : linkOf(info)} />}
          {session.isSuperseded.value && (
            <div class="note" data-testid="superseded">
              <p>Another tab of yours has the seat now; this one watches.</p>
              <button type="button" class="btn inrow" onClick={() => void session.join("player")}>
                Play here
              </button>
            </div>
          )}
          {seat === null && !session.isSuperseded.value && session.standing.value.phase === "live" && (
            <div class="note">
              <p>{session.isKicked.value ? "An admin took your seat away; you can still watch." : "You are watching."}</p>
              {!session.isKicked.value && seats.some((s) => s.player === null) && (
                <button type="button" class="btn inrow" data-testid="take-seat" onClick={() => void session.join("player")}>
                  Take the free seat
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
          <Chat session={session} seats={seats} />
          <footer class="acts">
            <span class="quiet tiny watchers" data-testid="spectators">
              <Icon of={EYE} />
              {watchersWords(session.presence.value?.spectators ?? info?.spectators ?? 0)}
            </span>
            {seat !== null && isLive && status === "playing" && !isOver && game.resign && game.standing?.(view, seat) == null && (
              <Resign seats={seats.length} resign={() => game.resign && session.act(game.resign)} />
            )}
            <Leave session={session} isPlaying={seat !== null && status === "playing" && !isOver} isSeated={seat !== null} />
          </footer>
        </aside>
      </div>
    </Frame>
  );
}

interface OutcomeProps {
  readonly session: RoomSession;
  readonly result: Result;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly seats: readonly SeatPresence[];
  readonly link: string | null;
}

function Outcome({ session, result, seat, names, seats, link }: OutcomeProps) {
  const isAsked = useSignal(false);
  const wants = seats.filter((s) => s.wants_rematch);
  const iWant = wants.some((s) => s.seat === seat) || isAsked.value;
  const theyWant = wants.find((s) => s.seat !== seat);
  const isAlone = seat !== null && seats.some((s) => s.player === null);
  const look = result.winner === null ? "" : ` p${(result.winner % 8) + 1}`;
  return (
    <section class={`outcome${look}`} data-testid="outcome" data-winner={result.winner ?? ""}>
      <h2>{resultTitle(result, seat, names)}</h2>
      <p class="quiet small">{result.how.charAt(0).toUpperCase() + result.how.slice(1)}.</p>
      {theyWant && !iWant && <p class="small">{seats[theyWant.seat]?.name ?? "Somebody"} wants a rematch.</p>}
      {isAlone && <p class="small">{seats.length > 2 ? "A seat is free." : "The other seat is free."} Send the link to play on.</p>}
      <div class="acts">
        {seat !== null && (
          <button
            type="button"
            class="btn main"
            data-testid="rematch"
            disabled={iWant}
            onClick={() => {
              isAsked.value = true;
              void session.rematch().then((refused) => {
                if (!refused) return;
                isAsked.value = false;
                toast(refused.message);
              });
            }}
          >
            <Icon of={AGAIN} />
            {iWant ? "Rematch asked" : "Rematch"}
          </button>
        )}
        {isAlone && link !== null && (
          <button type="button" class="btn" data-testid="copy-link" onClick={() => copyLink(link)}>
            <Icon of={COPY} />
            Copy link
          </button>
        )}
        <a class="btn" data-testid="replay-link" href={`/replay/${session.room}`}>
          <Icon of={FILM} />
          Replay
        </a>
      </div>
    </section>
  );
}

function Resign({ resign, seats }: { readonly resign: () => void; readonly seats: number }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="btn plain inrow" data-testid="resign" onClick={() => dialog.current?.showModal()}>
        <Icon of={FLAG} />
        Resign
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="resign-title">
        <h2 id="resign-title">Give this match up?</h2>
        <p class="quiet small">{seats > 2 ? "The others play on; you may stay and watch." : "The other player wins."}</p>
        <div class="acts">
          <button type="button" class="btn" onClick={() => dialog.current?.close()}>
            Play on
          </button>
          <button
            type="button"
            class="btn danger"
            data-testid="resign-confirm"
            onClick={() => {
              dialog.current?.close();
              resign();
            }}
          >
            Resign
          </button>
        </div>
      </dialog>
    </>
  );
}

/** To the lobby. The seat of a running match stays; elsewhere it is given free. */
function Leave({ session, isPlaying, isSeated }: { readonly session: RoomSession; readonly isPlaying: boolean; readonly isSeated: boolean }) {
  return (
    <a
      class="btn plain inrow"
      data-testid="leave"
      href="/"
      title={isPlaying ? "Your seat stays yours" : undefined}
      onClick={() => {
        if (isSeated && !isPlaying) void session.leave();
      }}
    >
      <Icon of={DOOR} />
      {isPlaying ? "Lobby" : "Leave"}
    </a>
  );
}

// ---------------------------------------------------------------- words

function seatsOf(session: RoomSession, info: RoomInfo | null): readonly SeatPresence[] {
  const seats = session.presence.value?.seats ?? info?.seats.map((s) => ({ ...s, wants_rematch: false, is_substituted: false })) ?? [];
  return apart(seats);
}

/** Who played the match: they keep their names in its log and result when they have left their seats. */
function useMatchNames(seats: readonly SeatPresence[], isOver: boolean): readonly string[] {
  const kept = useRef<readonly (string | null)[]>([]);
  const names = seats.map((s) => (isOver ? (kept.current[s.seat] ?? s.name) : s.name));
  kept.current = names;
  return names.map((name, seat) => name ?? `Player ${seat + 1}`);
}

interface Around {
  readonly seat: number | null;
  readonly turn: number | null;
  readonly isOver: boolean;
  readonly status: string;
  readonly result: Result | null;
  readonly pendingCount: number;
  readonly standing: string | null;
}

function plateState(s: SeatPresence, { seat, turn, isOver, result, pendingCount, standing }: Around): PlateState {
  const isYou = s.seat === seat;
  if (s.player === null) return { words: "Waiting for a player", tone: "quiet" };
  if (isYou && net.value.status !== "connected") return { words: pendingCount > 0 ? "Your move will be sent" : "Not connected", tone: "warn" };
  if (isYou && pendingCount > 0) return { words: "Sending your move…", tone: "quiet" };
  if (isOver && s.wants_rematch) return { words: "Wants a rematch", tone: "ok" };
  if (isOver && result) return { words: standingAfter(result, s.seat), tone: "quiet" };
  if (standing !== null) return { words: standing, tone: "quiet" };
  // Whether the connection broke or the player went to another page, nobody can tell.
  if (!isYou && s.is_substituted) return { words: "Away, a bot plays on", tone: "warn" };
  if (!isYou && s.status === "reconnecting") return { words: "Away for a moment", tone: "warn" };
  if (!isYou && !s.is_bot && s.status === "disconnected") return { words: "Away", tone: "warn" };
  if (turn === s.seat) return { words: isYou ? "Your move" : "Thinking…", tone: "ok" };
  return { words: isYou && turn !== null ? "Waiting" : "At the table", tone: "quiet" };
}

interface Moment {
  readonly isLive: boolean;
  readonly status: string;
  readonly turn: number | null;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly isOver: boolean;
}

function turnWords({ isLive, status, turn, seat, names, isOver }: Moment): string {
  if (status === "closed") return "The room is closed";
  if (status === "faulted") return "The room has stopped";
  if (!isLive) return "Setting the table…";
  if (isOver) return "Match over";
  if (status === "waiting") return "Waiting for a player";
  if (status === "paused") return "The game is paused";
  // Games where several may act at a time.
  if (turn === null) return "The match is on";
  return turn === seat ? "Your turn" : `${names[turn]} is thinking`;
}

function watchersWords(count: number): string {
  return `${count} watching`;
}

/** What is safe while the connection is away. */
function promiseWords(pending: number, isMyClock: boolean): string {
  if (pending > 0) return "Your move is kept here and will be sent.";
  return isMyClock ? "The game is safe on the server; your clock goes on." : "The game is safe on the server.";
}

const UNDONE: Readonly<Record<string, string>> = {
  not_your_turn: "It was not your turn any more. Your move was undone.",
  stale: "The game had moved on before your move arrived. It was undone.",
  wrong_phase: "The match was over before your move arrived. It was undone.",
  epoch_changed: "The game was set back on the server. Your move was undone.",
  timeout: "The server did not take your move. It was undone.",
};

function undoneWords(code: string, message: string): string {
  const known = UNDONE[code];
  if (known) return known;
  return code.startsWith("game:") ? message : `${message} Your move was undone.`;
}

