/** A game on the lobby: a picture made of its own pieces, how it goes, and two ways to play at once. */

import type { FunctionComponent } from "preact";
import { clockPhrase, type TimeControl } from "../core/clock";
import type { GameInfo } from "../core/rest";
import { t, tn } from "../core/say";
import { GAMES } from "../games/registry";
import { loader } from "./app";
import { Shape } from "./shapes";
import { titleOf } from "./titles";

interface Props {
  readonly info: GameInfo;
  readonly clock: TimeControl | null;
  /** Of games whose art is not in the first file, once it is here. */
  readonly Art: FunctionComponent | undefined;
  readonly isPicked: boolean;
  readonly isBusy: boolean;
  readonly pick: () => void;
  readonly playNow: () => void;
  readonly playBot: () => void;
}

export function GameCard({ info, clock, Art, isPicked, isBusy, pick, playNow, playBot }: Props) {
  const entry = GAMES[info.name];
  const title = titleOf(info.name, info);
  const soon = (): void => {
    void loader.load("room").catch(() => undefined);
    void loader.load(entry ? `game:${info.name}` : "generic").catch(() => undefined);
  };
  return (
    <article class={`game card${isPicked ? " is-picked" : ""}`} data-testid={`game-${info.name}`} onPointerEnter={soon} onFocusIn={soon}>
      <button type="button" class="table" data-testid="pick" aria-pressed={isPicked} aria-label={t("Pick {game} for a new room", { game: title })} onClick={pick}>
        {entry?.CardArt ? <entry.CardArt /> : Art ? <Art /> : entry ? <svg class="art" viewBox="0 0 600 400" aria-hidden="true" /> : <Pieces seats={info.seats_most} />}
      </button>
      <div class="about">
        <h3>{title}</h3>
        <p class="quiet">{entry ? t(entry.pitch) : info.summary}</p>
        <p class="quiet small num">
          {info.seats_least === info.seats_most
            ? tn("{n} player", "{n} players", info.seats_most)
            : t("{least} to {most} players", { least: info.seats_least, most: info.seats_most })}
          {clock && ` · ${clockPhrase(clock)}`} ·{" "}
          <a href={`/leaderboard/${info.name}`} aria-label={t("The best at {game}", { game: title })}>
            {t("Leaderboard")}
          </a>
        </p>
        <div class="acts">
          <button type="button" class="btn" data-testid="quick" disabled={isBusy} onClick={playNow}>
            {t("Quick match")}
          </button>
          {info.has_bots && (
            <button type="button" class="btn" data-testid="play-bot" disabled={isBusy} onClick={playBot}>
              {info.seats_most > 2 ? t("Play bots") : t("Play a bot")}
            </button>
          )}
        </div>
      </div>
    </article>
  );
}

/** Art of a game that brought none: its players. */
function Pieces({ seats }: { readonly seats: number }) {
  return (
    <span class="pieces-art">
      {Array.from({ length: Math.min(seats, 4) }, (_, seat) => (
        <Shape key={seat} seat={seat} />
      ))}
    </span>
  );
}
