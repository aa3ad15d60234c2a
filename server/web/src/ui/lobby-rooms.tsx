/** The lobby's lists: one's own games, and the rooms of others. */

import { clockPhrase, timeControl } from "../core/clock";
import type { RoomInfo } from "../core/rest";
import type { Route } from "../core/router";
import { ago, t, tn } from "../core/say";
import { identity, type SeenRoom, serverNow } from "./app";
import { Shape } from "./shapes";
import { sitting } from "./sitting";
import { titleOf } from "./titles";

type Enter = (to: Route) => Promise<void>;

function Dots({ seats }: { readonly seats: SeenRoom["seats"] }) {
  return (
    <span class="dots" aria-hidden="true">
      {seats.map((seat) => (
        <Shape key={seat.seat} seat={seat.seat} isFree={seat.player === null} />
      ))}
    </span>
  );
}

interface WayProps {
  readonly room: string;
  readonly watch: boolean;
  readonly text: string;
  /** For those who hear only this: which room it is. */
  readonly label: string;
  readonly enter: Enter;
}

/** A link, so that it opens in another tab as well; a plain click makes sure of a session first. */
function Way({ room, watch, text, label, enter }: WayProps) {
  return (
    <a
      class="btn inrow"
      href={`/room/${room}${watch ? "#watch" : ""}`}
      aria-label={`${text}: ${label}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void enter({ page: "room", room, watch });
      }}
    >
      {text}
    </a>
  );
}

/** A game in which this player has a seat. */
export function MyRow({ room, enter }: { readonly room: SeenRoom; readonly enter: Enter }) {
  const me = identity.me.value?.player_id;
  const others = sitting(room.seats.filter((seat) => seat.player !== me));
  const title = titleOf(room.game);
  const state =
    room.your_turn && room.status === "playing"
      ? null
      : room.status === "waiting"
        ? t("waits for a player")
        : room.status === "paused"
          ? t("paused")
          : room.status === "finished"
            ? t("match over")
            : t("the others think");
  return (
    <li data-testid="my-room" data-turn={state === null}>
      <Dots seats={room.seats} />
      <span class="who">
        {others ? t("You and {names}", { names: others }) : t("Nobody else yet")}
        <span class="what quiet tiny num">
          {title} · {state ?? <b class="turn">{t("Your turn")}</b>}
          {room.updated_ms !== undefined && ` · ${ago(room.updated_ms, serverNow())}`}
        </span>
      </span>
      <Way room={room.room_id} watch={false} text={state === null ? t("Play") : t("Open")} label={`${title}, ${others}`} enter={enter} />
    </li>
  );
}

/** A room of others. */
export function OpenRow({ room, enter }: { readonly room: RoomInfo; readonly enter: Enter }) {
  const hasFree = room.seats.some((seat) => seat.player === null);
  const title = titleOf(room.game, room);
  const who = sitting(room.seats) || t("An empty table");
  const clock = timeControl(room.options);
  const state = room.status === "playing" ? t("playing") : t("waits for a player");
  return (
    <li>
      <Dots seats={room.seats} />
      <span class="who">
        {who}
        <span class="what quiet tiny num">
          {[title, clock && clockPhrase(clock), state, room.spectators > 0 && tn("{n} watching", "{n} watching", room.spectators)].filter(Boolean).join(" · ")}
        </span>
      </span>
      <Way room={room.room_id} watch={!hasFree} text={hasFree ? t("Join") : t("Watch")} label={`${title}, ${who}`} enter={enter} />
    </li>
  );
}
