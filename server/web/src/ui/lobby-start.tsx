/** The card that begins something: a new room, or a friend's. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { clockWords, type TimeControl } from "../core/clock";
import type { GameInfo } from "../core/rest";
import { t } from "../core/say";
import { identity } from "./app";
import { Avatar } from "./avatar";
import { NameField } from "./name";
import { titleOf } from "./titles";

/** More of them do not fit beside each other. */
const SIDE_BY_SIDE_MAX = 3;

interface Props {
  readonly games: readonly GameInfo[];
  readonly game: GameInfo;
  readonly pick: (name: string) => void;
  readonly clocks: readonly TimeControl[];
  readonly clockAt: number;
  readonly setClock: (at: number) => void;
  /** How many play, and what else may be chosen, once their chunk is here. */
  readonly seats: ComponentChildren;
  readonly options: ComponentChildren;
  readonly isPrivate: boolean;
  readonly setPrivate: (value: boolean) => void;
  readonly isBusy: boolean;
  readonly create: () => void;
  /** What was typed is no code. */
  readonly oops: string | null;
  readonly join: (typed: string) => void;
}

export function StartCard({ games, game, pick, clocks, clockAt, setClock, seats, options, isPrivate, setPrivate, isBusy, create, oops, join }: Props) {
  const code = useSignal("");
  const me = identity.me.value;
  return (
    <div class="start card">
      <form
        aria-label={t("New room")}
        onSubmit={(event) => {
          event.preventDefault();
          create();
        }}
      >
        <div class="myself">
          {me && <Avatar id={me.player_id} />}
          <NameField />
        </div>
        {games.length > 1 && <GameChoice games={games} game={game} pick={pick} />}
        {clocks.length > 0 && (
          <fieldset class="choice num" data-testid="clock-choice">
            <legend>{t("Clock for each player")}</legend>
            {clocks.map((clock, at) => (
              <label key={at}>
                <input type="radio" name="clock" value={at} checked={at === clockAt} onChange={() => setClock(at)} />
                <span>{clockWords(clock)}</span>
              </label>
            ))}
          </fieldset>
        )}
        {seats}
        <details class="more" data-testid="more">
          <summary>{t("More options")}</summary>
          {options}
        </details>
        <label class="check">
          <input type="checkbox" data-testid="private" checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
          {t("Only people with the link")}
        </label>
        <button type="submit" class="btn main big" data-testid="new-room" disabled={isBusy}>
          {t("New room")}
        </button>
      </form>
      <p class="or">{t("or join a friend")}</p>
      <form
        aria-label={t("Join a friend")}
        onSubmit={(event) => {
          event.preventDefault();
          join(code.value);
        }}
      >
        <div class="joinrow">
          <div class="field">
            <label for="join-code">{t("Code or link")}</label>
            <input
              id="join-code"
              class="input code"
              data-testid="join-code"
              placeholder="QK7F2MAB"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              aria-describedby={oops === null ? undefined : "code-oops"}
              aria-invalid={oops !== null}
              value={code.value}
              onInput={(event) => (code.value = event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="btn" data-testid="join-button">
            {t("Join")}
          </button>
        </div>
        {oops !== null && (
          <p class="oops" id="code-oops" role="alert">
            {oops}
          </p>
        )}
      </form>
    </div>
  );
}

function GameChoice({ games, game, pick }: Pick<Props, "games" | "game" | "pick">) {
  if (games.length > SIDE_BY_SIDE_MAX) {
    return (
      <div class="field">
        <label for="game">{t("Game")}</label>
        <select id="game" class="input" data-testid="game-choice" onChange={(event) => pick(event.currentTarget.value)}>
          {games.map((each) => (
            <option key={each.name} value={each.name} selected={each === game}>
              {titleOf(each.name, each)}
            </option>
          ))}
        </select>
      </div>
    );
  }
  return (
    <fieldset class="choice" data-testid="game-choice">
      <legend>{t("Game")}</legend>
      {games.map((each) => (
        <label key={each.name}>
          <input type="radio" name="game" value={each.name} checked={each === game} onChange={() => pick(each.name)} />
          <span>{titleOf(each.name, each)}</span>
        </label>
      ))}
    </fieldset>
  );
}
