/** Quick match: waiting for anybody, in sight, and with a way out. To wait is to sit in a room that has not begun. */

import { render } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { used } from "../core/features";
import type { GameInfo } from "../core/rest";
import type { RoomSession } from "../core/room";
import { t, tn } from "../core/say";
import { active, adoptStyles, loader, navigate, net, rest, route, serverNow, toast, wordsFor } from "./app";
import { Shape } from "./shapes";
import css from "./styles/wait.css";
import { useTick } from "./tick";
import { titleOf } from "./titles";

adoptStyles(css);

interface Entered {
  readonly room_id: string;
  readonly status: "matched" | "waiting";
  /** Server's time at which bots take the free seats; null: never. */
  readonly bots_at_ms: number | null;
}

const goTo = (room: string): void => navigate({ page: "room", room, watch: false });

/** Asks for a seat. `back` gets the focus when the wait ends: while it is asked, its button is disabled and loses it. Resolves when the wait is on the page, or there is none. Rejects with `Problem`. */
export async function open(game: GameInfo, playBots: () => void, back: Element | null): Promise<void> {
  used("quick_match");
  const asked = await rest.call<Entered>("POST", "/api/quick", { game: game.name });
  if (asked.status === "matched") return goTo(asked.room_id);
  const holder = document.body.appendChild(document.createElement("div"));
  // Of the rooms' chunk, which this one needs: what follows a wait is a room.
  const session = (loader.ready("room") as typeof import("./room")).openRoom(asked.room_id, "player");
  if (net.peek().status === "connected") void session.join();
  /** The page lets go of the room; the seat is another matter. */
  const remove = (): void => {
    forget();
    session.close();
    // Its lock is the table's: the page that comes next must have it.
    (loader.ready("offline") as typeof import("./offline") | undefined)?.unguard(session);
    if (active.value === session) active.value = null;
    render(null, holder);
    holder.remove();
    if (back instanceof HTMLElement) back.focus();
  };
  const cancel = async (): Promise<boolean> => {
    try {
      const { cancelled } = await rest.call<{ cancelled: boolean }>("DELETE", "/api/quick");
      if (!cancelled) {
        remove();
        goTo(asked.room_id);
      }
      return cancelled;
    } catch (error) {
      toast(wordsFor(error));
      return false;
    }
  };
  // The browser's way back ends the wait, too: on another page it would be in the way.
  const forget = route.subscribe(({ page }) => void (page !== "lobby" && cancel().then((isOut) => isOut && remove())));
  render(
    <Wait
      game={game}
      botsAt={asked.bots_at_ms}
      session={session}
      begun={() => {
        remove();
        goTo(asked.room_id);
      }}
      cancel={() => void cancel().then((isOut) => isOut && remove())}
      playBots={() =>
        void cancel().then((isOut) => {
          if (!isOut) return;
          remove();
          playBots();
        })
      }
    />,
    holder,
  );
}

interface Props {
  readonly game: GameInfo;
  readonly botsAt: number | null;
  readonly session: RoomSession;
  readonly begun: () => void;
  readonly cancel: () => void;
  readonly playBots: () => void;
}

function Wait({ game, botsAt, session, begun, cancel, playBots }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [since] = useState(serverNow());
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useTick(250, true);
  const status = session.status.value;
  const seats = session.presence.value?.seats ?? [];
  const here = Math.max(1, seats.filter((seat) => seat.player !== null).length);
  const count = Math.max(seats.length, game.seats_least);
  const hasBegun = session.standing.value.phase === "live" && (status === "playing" || status === "paused" || status === "finished");
  const isGone = session.standing.value.phase === "failed" || status === "closed";
  useEffect(() => {
    if (!hasBegun && !isGone) return;
    // Later, since it takes this away while its effects still run.
    const timer = setTimeout(begun);
    return () => clearTimeout(timer);
  }, [hasBegun || isGone]);

  const waited = Math.max(0, Math.floor((serverNow() - since) / 1_000));
  const left = botsAt === null ? null : Math.max(0, Math.ceil((botsAt - serverNow()) / 1_000));
  const whole = botsAt === null ? 1 : Math.max(1, (botsAt - since) / 1_000);
  const isLost = net.value.status === "reconnecting" || net.value.status === "offline";
  return (
    <dialog
      ref={dialog}
      class="dialog wait"
      aria-labelledby="wait-title"
      data-testid="wait"
      onCancel={(event) => {
        event.preventDefault();
        cancel();
      }}
    >
      <h2 id="wait-title" tabIndex={-1} autofocus>{t("Looking for somebody to play {game}", { game: titleOf(game.name, game) })}</h2>
      <p class="wait-seats" aria-hidden="true">
        {Array.from({ length: count }, (_, seat) => (
          <span class={seat < here ? "" : "is-free"} key={seat}>
            <Shape seat={seat} isFree={seat >= here} />
          </span>
        ))}
      </p>
      <p class="wait-time display num" role="timer" aria-label={t("You have waited for {n} seconds", { n: waited })}>
        {`${Math.floor(waited / 60)}:${String(waited % 60).padStart(2, "0")}`}
      </p>
      <p class="quiet small" role="status">
        {isLost ? t("Reconnecting… Your place is kept for half a minute.") : count > 2 ? tn("{n} of {count} is here.", "{n} of {count} are here.", here, { count }) : t("You are first in line.")}
      </p>
      {left !== null && (
        <>
          <progress class="wait-bar" max={whole} value={whole - left} aria-label={t("Until bots sit down")} />
          <p class="quiet small num">{left > 0 ? tn("Bots sit down in {n} second.", "Bots sit down in {n} seconds.", left) : t("Bots sit down now.")}</p>
        </>
      )}
      <div class="acts">
        {game.has_bots && (
          <button type="button" class="btn" data-testid="wait-bots" onClick={playBots}>
            {t("Bots at once")}
          </button>
        )}
        <button type="button" class="btn" data-testid="wait-cancel" onClick={cancel}>
          {t("Stop waiting")}
        </button>
      </div>
    </dialog>
  );
}
