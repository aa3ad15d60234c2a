/** The room's page: the door for guests who have no session yet, then the table. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { clockPhrase, timeControl } from "../core/clock";
import { used } from "../core/features";
import type { RoomInfo } from "../core/rest";
import type { RoomSession } from "../core/room";
import type { Route } from "../core/router";
import { t } from "../core/say";
import type { GameView } from "../games/view";
import { active, adoptStyles, boot, connect, identity, loader, net, rest, route, toast, wordsFor } from "./app";
import { Frame } from "./frame";
import { loadGame } from "./load-game";
import { afterPaint } from "./paint";
import { NameField } from "./name";
import { RoomProblem } from "./problem";
import { closeRoom, openRoom, recentRooms, rememberRoom } from "./seat";
import { sitting } from "./sitting";
import css from "./styles/room.css";
import { Table } from "./table";
import { titleOf } from "./titles";

adoptStyles(css);
loader.add({ name: "talk", load: () => import("./talk"), priority: 30 });
loader.add({ name: "after", load: () => import("./after"), priority: 29 });
loader.add({ name: "command", load: () => import("./command"), priority: 3 });

if (location.search === "?qr") {
  used("invite_qr");
  history.replaceState(null, "", location.pathname + location.hash);
}

/** For an invite that leads to no room, and for whoever waits in one without showing it. */
export { openRoom, RoomProblem };

/** What is drawn a moment later with its board is drawn once; who waits longer sees the table first. */
const DRAWN_WITHIN_MS = 100;

let prepared: RoomSession | null = null;

/** Joins before the page is drawn, for who goes straight in, so that the board is on it from the first. */
export async function prepare(to: Route): Promise<void> {
  // A table that is left just now has its own way of going.
  if (to.page !== "room" || !identity.me.value || active.value !== null) return;
  const session = (prepared = openRoom(to.room, to.watch ? "spectator" : null));
  // Else it joins as soon as there is a connection.
  if (net.value.status !== "connected") return;
  const ready = session.join().then(async () => {
    if (session.game.value === null) return;
    const view = await loadGame(session.game.value);
    loaded.set(session.game.value, view);
    session.useRules(view);
  });
  await Promise.race([ready.catch(() => undefined), new Promise((go) => setTimeout(go, DRAWN_WITHIN_MS))]);
}

route.subscribe((to) => {
  if (prepared === null || (to.page === "room" && to.room === prepared.room)) return;
  closeRoom(prepared);
  prepared = null;
});

/** Games that need not be waited for. */
const loaded = new Map<string, GameView>();

type As = "player" | "spectator" | null;
type Failure = { readonly code: string; readonly message: string };

export function Page({ room, watch }: { readonly room: string; readonly watch: boolean }) {
  const info = useSignal<RoomInfo | null>(boot.room?.room_id === room ? boot.room : null);
  const failed = useSignal<Failure | null>(null);
  // Who said a name before goes straight in; a newcomer is asked for one first.
  const wanted = { as: watch ? "spectator" : null } as const;
  const entered = useSignal<{ readonly as: As } | null>(identity.me.value ? wanted : null);
  const isJoined = useMemo(() => prepared?.room === room && prepared.standing.peek().phase === "live", [room]);
  const ask = (): void => {
    failed.value = null;
    rest.room(room).then(
      (found) => (info.value = found),
      (error: Failure) => {
        // A table of one's own is kept here, and shown without the server.
        const isKept = error.code === "unreachable" && recentRooms().includes(room);
        if (info.value === null && !isKept) failed.value = error;
      },
    );
  };
  // Decided on arrival: what is typed at the door does not open it.
  const isExpected = useSignal(identity.isNamed);
  const arrive = (): void => {
    // What came with the page is fresh enough until the table itself tells; one that is joined asks by itself.
    if (info.value === null && !isJoined) ask();
    if (!isExpected.value) return;
    connect().then(
      () => (entered.value ??= wanted),
      (error: Failure) => {
        if (error.code !== "bad_request") failed.value = error;
        else {
          // The name that was kept is none: ask for another at the door.
          toast(error.message);
          identity.choose("");
          isExpected.value = false;
        }
      },
    );
  };
  useLayoutEffect(arrive, [room]);

  if (failed.value) return <RoomProblem code={failed.value.code} message={failed.value.message} retry={arrive} />;
  if (entered.value) return <Seated room={room} as={entered.value.as} info={info.value} refresh={ask} />;
  if (!info.value || isExpected.value) {
    return (
      <Frame>
        <p class="quiet">{t("Setting the table…")}</p>
      </Frame>
    );
  }
  return <Door info={info.value} watch={watch} enter={(as) => (entered.value = { as })} />;
}

function Door({ info, watch, enter }: { readonly info: RoomInfo; readonly watch: boolean; readonly enter: (as: As) => void }) {
  const isBusy = useSignal(false);
  const hasFree = info.seats.some((seat) => seat.player === null);
  const clock = timeControl(info.options);
  const title = titleOf(info.game, info);
  const game = clock === null ? `${title}.` : `${title}, ${clockPhrase(clock)}.`;
  const go = (as: As): void => {
    isBusy.value = true;
    connect()
      .then(() => enter(as))
      .catch((error: unknown) => toast(wordsFor(error)))
      .finally(() => (isBusy.value = false));
  };
  const canSit = hasFree && !watch;
  return (
    <Frame>
      <section class="door card">
        <h1 class="door-title">{doorTitle(info)}</h1>
        <p class="quiet">
          {game} {hasFree ? t("Your name, and you are at the table.") : t("All seats are taken, but you can watch.")}
        </p>
        <form
          class="door-form"
          onSubmit={(event) => {
            event.preventDefault();
            go(canSit ? "player" : "spectator");
          }}
        >
          <NameField />
          <button type="submit" class="btn main big" data-testid={canSit ? "sit" : "watch"} disabled={isBusy.value}>
            {canSit ? t("Sit down and play") : t("Watch")}
          </button>
          {canSit && (
            <button type="button" class="btn plain" data-testid="watch" disabled={isBusy.value} onClick={() => go("spectator")}>
              {t("Just watch")}
            </button>
          )}
        </form>
      </section>
    </Frame>
  );
}

function doorTitle({ seats, status }: RoomInfo): string {
  const host = seats.find((seat) => seat.player !== null && !seat.is_bot)?.name;
  if (seats.some((seat) => seat.player === null)) return host ? t("{name} asks you to play", { name: host }) : t("A seat is free");
  return status === "playing" ? t("{names} are playing", { names: sitting(seats) }) : sitting(seats);
}

function Seated({ room, as, info, refresh }: { readonly room: string; readonly as: As; readonly info: RoomInfo | null; readonly refresh: () => void }) {
  const session = useMemo(() => {
    const own = prepared?.room === room && !prepared.isClosed ? prepared : openRoom(room, as);
    if (own !== prepared && net.peek().status === "connected") void own.join();
    prepared = null;
    return own;
  }, [room]);
  const name = session.game.value ?? info?.game ?? null;
  const game = useSignal<GameView | null>(loaded.get(name ?? "") ?? null);
  const isGameFailed = useSignal(false);

  useLayoutEffect(() => () => closeRoom(session), [session]);
  const fetchGame = (): void => {
    isGameFailed.value = false;
    if (name === null) return;
    loadGame(name).then(
      (view) => {
        loaded.set(name, view);
        game.value = view;
        session.useRules(view);
      },
      () => (isGameFailed.value = true),
    );
  };
  useLayoutEffect(fetchGame, [name]);
  // Who sits where and the code of the room are the REST answer's until presence tells.
  const seat = session.seat.value;
  const standing = session.standing.value;
  useEffect(() => {
    if (standing.phase === "live") afterPaint(refresh);
  }, [standing.phase, seat, session.status.value]);
  useEffect(() => {
    if (seat !== null) rememberRoom(room, info);
  }, [seat, info]);

  if (standing.phase === "failed") {
    return <RoomProblem code={standing.code} message={standing.message} retry={() => void session.join()} replay={room} />;
  }
  if (isGameFailed.value) return <RoomProblem code="unreachable" message="" retry={fetchGame} />;
  return <Table session={session} info={info} game={game.value} />;
}
