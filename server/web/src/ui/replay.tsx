/** `/replay/ID#match=1&ply=17&seat=2`: a match as the server folded it for this viewer, drawn by the game's own board. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import { type Film, loadFilm } from "../core/film";
import type { GameInfo, RoomInfo } from "../core/rest";
import type { ReplayRoute } from "../core/router";
import { language, t } from "../core/say";
import type { GameView } from "../games/view";
import { adoptStyles, boot, rest, route } from "./app";
import { Frame } from "./frame";
import { gameInfo, loadGame } from "./load-game";
import { Message } from "./message";
import { RoomProblem } from "./problem";
import { Player } from "./replay-player";
import tableCss from "./styles/room.css";
import css from "./styles/replay.css";
import { titleOf } from "./titles";

adoptStyles(tableCss);
adoptStyles(css);

export interface Reel {
  readonly info: RoomInfo;
  readonly game: GameView;
  readonly about: GameInfo | null;
  readonly film: Film;
}

export function Page({ room }: { readonly room: string }) {
  const asked: ReplayRoute = route.value.page === "replay" ? route.value : { page: "replay", room };
  const reel = useSignal<Reel | null>(null);
  const failed = useSignal<{ code: string; message: string } | null>(null);
  const [match, seat] = [asked.match ?? null, asked.seat ?? null];
  const loads = useRef(0);
  const load = (): void => {
    const turn = ++loads.current;
    failed.value = null;
    const found = boot.room?.room_id === room ? Promise.resolve(boot.room) : rest.room(room);
    const drawn = found.then((info) => Promise.all([loadGame(info.game), gameInfo(info.game)]).then(([game, about]) => ({ info, game, about })));
    const film = loadFilm((path) => rest.call("GET", path), room, { match, seat });
    // What was asked for before says nothing about what is asked for now, however late it comes.
    Promise.all([drawn, film]).then(
      ([known, folded]) => {
        if (turn === loads.current) reel.value = { ...known, film: folded };
      },
      (error: { code: string; message: string }) => {
        if (turn === loads.current) failed.value = error;
      },
    );
  };
  useEffect(load, [room, match, seat]);
  useEffect(() => used("replay"), [room]);
  useEffect(() => {
    const info = reel.value?.info;
    document.title = `${t("Replay")} · ${info ? titleOf(info.game, info) : "Kibitz"}`;
    return () => {
      document.title = "Kibitz";
    };
  }, [reel.value?.info.title, language()]);

  const error = failed.value;
  if (error?.code === "forbidden" && seat !== null) {
    return (
      <Message title={t("Not from this seat")} text={t("While a match is played, only its players see what is theirs.")}>
        <a class="btn main" href={`/replay/${room}`}>
          {t("Watch it from outside")}
        </a>
      </Message>
    );
  }
  // The room itself would be `unknown_room`.
  if (error?.code === "not_found") return <NoMatch room={room} match={match} />;
  if (error) return <RoomProblem code={error.code} message={error.message} retry={load} />;
  if (!reel.value) {
    return (
      <Frame>
        <p class="quiet">{t("Fetching the moves…")}</p>
      </Frame>
    );
  }
  const { page } = reel.value.film;
  return <Player key={`${page.match}:${page.seat}`} room={room} reel={reel.value} asked={asked} renew={load} />;
}

function NoMatch({ room, match }: { readonly room: string; readonly match: number | null }) {
  if (match !== null) {
    return (
      <Message title={t("There is no such match")} text={t("No match number {n} was played in this room.", { n: match })}>
        <a class="btn main" href={`/replay/${room}`}>
          {t("The last one")}
        </a>
      </Message>
    );
  }
  return (
    <Message title={t("Nothing was played here yet")} text={t("A replay begins with the first move.")}>
      <a class="btn main" href={`/room/${room}`}>
        {t("To the room")}
      </a>
    </Message>
  );
}
