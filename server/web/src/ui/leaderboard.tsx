/** Who plays a game best: ratings with how sure they are. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { used } from "../core/features";
import type { GameInfo, Leaderboard, Problem } from "../core/rest";
import { ago, num, t } from "../core/say";
import { GAMES } from "../games/registry";
import { adoptStyles, boot, identity, rest, serverNow, wordsFor } from "./app";
import { Avatar } from "./avatar";
import { Frame } from "./frame";
import { Message, Unreachable } from "./message";
import { Rating, scaleOf } from "./rating";
import { Shape } from "./shapes";
import css from "./styles/pages.css";
import { titleOf } from "./titles";

adoptStyles(css);

const ROWS = 50;

export function Page({ game }: { readonly game: string }) {
  const board = useSignal<Leaderboard | null>(null);
  const games = useSignal<readonly Pick<GameInfo, "name" | "title">[]>(boot.games ?? []);
  const failed = useSignal<Problem | null>(null);
  const ask = (): void => {
    failed.value = null;
    rest.call<Leaderboard>("GET", `/api/leaderboard?game=${encodeURIComponent(game)}&limit=${ROWS}`).then(
      (found) => found.game === game && (board.value = found),
      (error: Problem) => (failed.value = error),
    );
  };
  useEffect(() => {
    used("leaderboard");
    if (games.value.length === 0) rest.games().then((list) => (games.value = list), () => undefined);
  }, []);
  useEffect(() => {
    board.value = null;
    document.title = t("{game}: the best · Kibitz", { game: titleOf(game) });
    ask();
  }, [game]);

  const error = failed.value;
  if (error?.code === "unknown_game") return <Message title={t("There is no such game here")} text={t("Its leaderboard went with it.")} />;
  if (error?.code === "unreachable") return <Unreachable retry={ask} />;
  const told = games.value.find(({ name }) => name === game);
  const title = titleOf(game, told);
  const tabs = games.value.length > 0 ? games.value.map(({ name }) => name) : Object.keys(GAMES);
  return (
    <Frame>
      <h1 class="person-name">{t("The best at {game}", { game: title })}</h1>
      {tabs.length > 1 && (
        <nav class="tabs" aria-label={t("Games")}>
          {tabs.map((name) => (
            <a key={name} href={`/leaderboard/${name}`} aria-current={name === game ? "page" : undefined}>
              {titleOf(
                name,
                games.value.find((each) => each.name === name),
              )}
            </a>
          ))}
        </nav>
      )}
      {error ? (
        <div class="empty" role="alert">
          <p>{wordsFor(error)}</p>
          <button type="button" class="btn" onClick={ask}>
            {t("Try again")}
          </button>
        </div>
      ) : board.value === null ? (
        <p class="empty" role="status">
          {t("Looking it up…")}
        </p>
      ) : board.value.rows.length === 0 ? (
        <div class="empty">
          <Podium />
          <p>{t("Nobody is rated yet: it takes a match between two people. The first place is free.")}</p>
          <a class="btn main" href="/">
            {t("Play {game}", { game: title })}
          </a>
        </div>
      ) : (
        <Board board={board.value} title={title} />
      )}
    </Frame>
  );
}

/** Three places that nobody has yet. */
function Podium() {
  return (
    <svg class="podium" viewBox="0 0 300 170" aria-hidden="true">
      {[
        [100, 70, 0],
        [0, 100, 1],
        [200, 120, 2],
      ].map(([x = 0, y = 0, seat = 0]) => (
        <g key={seat}>
          <rect class="step" x={x + 3} y={y} width="94" height={170 - y} rx="8" />
          <text x={x + 50} y="156">
            {num(seat + 1)}
          </text>
          <svg x={x + 22} y={y - 64} width="56" height="56">
            <Shape seat={seat} isFree />
          </svg>
        </g>
      ))}
    </svg>
  );
}

function Board({ board, title }: { readonly board: Leaderboard; readonly title: string }) {
  const scale = scaleOf(board.rows);
  const me = identity.me.value?.player_id;
  return (
    <>
      <table class="best" data-testid="leaderboard">
        <caption class="hidden">{t("The best at {game}", { game: title })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("Rank")}</th>
            <th scope="col">{t("Player")}</th>
            <th scope="col">{t("Rating")}</th>
            <th scope="col" class="wide">
              {t("Played")}
            </th>
            <th scope="col" class="wide">
              {t("Won")}
            </th>
          </tr>
        </thead>
        <tbody>
          {board.rows.map((row) => (
            <tr key={row.player_id} class={row.player_id === me ? "is-me" : ""}>
              <td class="num rank">{num(row.rank)}</td>
              <th scope="row">
                <span class="player">
                  <Avatar id={row.player_id} />
                  <span class="player-name">
                    {row.name || t("Somebody")}
                    {row.player_id === me && <span class="quiet"> {t("(you)")}</span>}
                  </span>
                </span>
              </th>
              <td>
                <Rating rating={row.rating} deviation={row.deviation} scale={scale} />
              </td>
              <td class="num wide">{num(row.played)}</td>
              <td class="num wide">{num(row.played === 0 ? 0 : row.won / row.played, { style: "percent" })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet tiny">
        {t("Ranked by what is nearly certain: the rating less three deviations. Only matches between people count.")}{" "}
        {board.updated_ms > 0 && t("As of {when}.", { when: ago(board.updated_ms, serverNow()) })}
      </p>
    </>
  );
}
