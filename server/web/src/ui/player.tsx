/** One's own page: how one does in each game, and the last matches with their replays. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { used } from "../core/features";
import type { Problem, Profile } from "../core/rest";
import { ago, date, list, mark, moment, num, t, tn } from "../core/say";
import { adoptStyles, identity, open, rest, serverNow } from "./app";
import { Avatar } from "./avatar";
import { Frame } from "./frame";
import { Message, Unreachable } from "./message";
import { Rating, scaleOf } from "./rating";
import css from "./styles/pages.css";
import { titleOf } from "./titles";

adoptStyles(css);

const PATH = "/api/players/me";
const RESULTS: Readonly<Record<string, string>> = { won: mark("Won"), lost: mark("Lost"), drawn: mark("Drawn"), called_off: mark("Called off") };

export function Page() {
  const profile = useSignal<Profile | null>(null);
  const failed = useSignal<Problem | null>(null);
  const ask = (): void => {
    failed.value = null;
    rest.call<Profile>("GET", PATH).then(
      (found) => (profile.value = found),
      (error: Problem) => (failed.value = error),
    );
  };
  useEffect(() => {
    used("profile");
    document.title = t("You · Kibitz");
    ask();
    window.addEventListener("online", ask);
    return () => window.removeEventListener("online", ask);
  }, []);

  const now = profile.value;
  if (failed.value?.status === 401) return <Message title={t("You have not played here yet")} text={t("Play a game, and it is remembered here: how you do, and each match to look at again.")} />;
  if (failed.value && !now) return <Unreachable retry={ask} />;
  const keptAt = rest.keptAt.get(PATH) ?? 0;
  const name = now?.name ?? identity.name.value;
  return (
    <Frame>
      <header class="person-head">
        {(now ?? identity.me.value) && <Avatar id={(now ?? identity.me.value)?.player_id ?? ""} />}
        <div>
          <h1 class="person-name">{name}</h1>
          <p class="quiet small">
            {now === null ? t("Looking it up…") : summary(now)}
            {now !== null && keptAt > 0 && ` (${t("as of {time}", { time: moment(keptAt) })})`}
          </p>
        </div>
        <button type="button" class="btn" data-testid="rename" onClick={() => open("settings")}>
          {t("Change name")}
        </button>
      </header>
      {now && (now.recent.length === 0 && now.games.length === 0 ? <Nothing /> : <Played now={now} />)}
    </Frame>
  );
}

function summary({ games }: Profile): string {
  const played = games.reduce((sum, game) => sum + game.played, 0);
  const won = games.reduce((sum, game) => sum + game.won, 0);
  return `${tn("{n} match played", "{n} matches played", played)}, ${tn("{n} won", "{n} won", won)}`;
}

function Nothing() {
  return (
    <section class="section">
      <p class="empty">{t("No match of yours is over yet. Each will be here, to look at again move by move.")}</p>
      <p class="acts">
        <a class="btn main" href="/">
          {t("Pick a game")}
        </a>
      </p>
    </section>
  );
}

function Played({ now }: { readonly now: Profile }) {
  const scale = scaleOf(now.games);
  return (
    <>
      <section class="section" aria-labelledby="by-game">
        <h2 id="by-game">{t("By game")}</h2>
        <ul class="tallies">
          {now.games.map((game) => (
            <li key={game.game} class="card" data-testid={`tally-${game.game}`}>
              <h3>{titleOf(game.game)}</h3>
              <Rating rating={game.rating} deviation={game.deviation} scale={scale} />
              <Shares played={game.played} won={game.won} drawn={game.drawn} />
              <a class="btn inrow" href={`/leaderboard/${game.game}`} aria-label={t("The best at {game}", { game: titleOf(game.game) })}>
                {t("Leaderboard")}
              </a>
            </li>
          ))}
        </ul>
        {now.games.some(({ rating }) => rating !== null) && <p class="quiet tiny">{t("± is how sure the rating is: it narrows with each match. Matches against bots count as played, but are not rated.")}</p>}
      </section>
      <section class="section" aria-labelledby="recent">
        <h2 id="recent">{t("Last matches")}</h2>
        <ul class="rows past" data-testid="recent">
          {now.recent.map((match) => (
            <li key={`${match.room_id}:${match.match}`}>
              <span class={`verdict ${match.result}`}>{t(RESULTS[match.result] ?? match.result)}</span>
              <span class="who">
                {opponents(match.opponents)}
                <span class="what quiet tiny num">
                  {titleOf(match.game)} ·{" "}
                  <time dateTime={new Date(match.ended_ms).toISOString()} title={date(match.ended_ms, { dateStyle: "medium", timeStyle: "short" })}>
                    {ago(match.ended_ms, serverNow())}
                  </time>
                </span>
              </span>
              <a class="btn inrow" href={`/replay/${match.room_id}#match=${match.match}`} aria-label={t("Replay: {game}, {names}", { game: titleOf(match.game), names: opponents(match.opponents) })}>
                {t("Replay")}
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

const opponents = (names: readonly string[]): string => (names.length === 0 ? t("alone") : t("against {names}", { names: list(names.map((name) => name || t("Somebody"))) }));

/** Won, drawn and lost as one bar, and in words. */
function Shares({ played, won, drawn }: { readonly played: number; readonly won: number; readonly drawn: number }) {
  const lost = Math.max(0, played - won - drawn);
  const whole = Math.max(1, played);
  return (
    <div class="shares">
      <svg viewBox={`0 0 ${whole} 1`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="won" width={won} height="1" />
        <rect class="drawn" x={won} width={drawn} height="1" />
      </svg>
      <p class="small quiet num">
        {[tn("{n} won", "{n} won", won), drawn > 0 && tn("{n} drawn", "{n} drawn", drawn), tn("{n} lost", "{n} lost", lost)].filter(Boolean).join(" · ")}
        {played > 0 && ` · ${num(won / played, { style: "percent" })}`}
      </p>
    </div>
  );
}
