/** The first page: one's own games, a new room or a friend's, the games there are, and who waits for somebody. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { timeControls } from "../core/clock";
import type { GameInfo } from "../core/rest";
import { readCode, type Route } from "../core/router";
import { moment, num, t, tn } from "../core/say";
import { connect, loader, navigate, toast, wordsFor } from "./app";
import type { Chosen } from "./choices";
import { Frame } from "./frame";
import { LobbyData } from "./lobby-data";
import { GameCard } from "./lobby-games";
import { MyRow, OpenRow } from "./lobby-rooms";
import { StartCard } from "./lobby-start";

type ChoicesChunk = typeof import("./choices");

/** More would be a page of their own. */
const ROWS_MAX = 20;
const MINE_MAX = 6;

export function Page() {
  const data = useMemo(() => new LobbyData(), []);
  const picked = useSignal<string | null>(null);
  const isPrivate = useSignal(false);
  const clockAt = useSignal(0);
  const chosen = useSignal<Chosen>({});
  const choices = useSignal<ChoicesChunk | null>(null);
  const isBusy = useSignal(false);
  const oops = useSignal<string | null>(null);
  const isLong = useSignal(false);

  useEffect(() => {
    data.open();
    loader.load("choices").then((chunk) => (choices.value = chunk as ChoicesChunk), () => undefined);
    return () => data.close();
  }, []);

  const mine = data.mine.value;
  const isMyTurn = mine.some((room) => room.your_turn && room.status === "playing");
  useEffect(() => {
    document.title = isMyTurn ? t("Your turn · Kibitz") : "Kibitz";
  }, [isMyTurn]);

  const games = data.games.value;
  const game = games.find(({ name }) => name === picked.value) ?? (games[0] as GameInfo);
  const clocks = timeControls(game.options);
  const pick = (name: string): void => {
    picked.value = name;
    clockAt.value = 0;
    chosen.value = {};
  };

  const choosing = { info: game, chosen: chosen.value, choose: (to: Chosen) => void (chosen.value = to) };

  const begin = async (act: () => Promise<void>): Promise<void> => {
    if (isBusy.value) return;
    isBusy.value = true;
    try {
      await connect();
      await act();
    } catch (error) {
      toast(wordsFor(error));
    }
    isBusy.value = false;
  };
  const enter = (to: Route): Promise<void> => begin(async () => navigate(to));

  const start = (info: GameInfo, isAgainstBots: boolean): Promise<void> =>
    begin(async () => {
      const make = ((await loader.load("choices")) as ChoicesChunk).makeRoom;
      navigate({ page: "room", room: await make(info, info === game ? chosen.value : {}, { clock: clocks[clockAt.value], isPrivate: isPrivate.value, isAgainstBots }), watch: false });
    });
  const quick = (info: GameInfo): Promise<void> => {
    const back = document.activeElement;
    return begin(async () => ((await loader.load("quick")) as typeof import("./quick")).open(info, () => void start(info, true), back));
  };

  const mineIds = new Set(mine.map((room) => room.room_id));
  const rooms = data.rooms.value;
  const others = (rooms ?? [])
    .filter((room) => !mineIds.has(room.room_id) && (room.status === "waiting" || room.status === "playing"))
    .sort((a, b) => Number(b.status === "waiting") - Number(a.status === "waiting") || b.created_at_ms - a.created_at_ms);
  const keptAt = data.keptAt.value;
  const isLost = data.problem.value?.code === "unreachable";
  return (
    <Frame>
      <div class={`hero${mine.length > 0 ? " has-mine" : ""}`}>
        <div>
          <h1>
            <span>{t("Pick a game.")}</span> <span>{t("Send the link.")}</span> <span>{t("Play.")}</span>
          </h1>
          {mine.length === 0 ? (
            <p class="lead">{t("No account, no download. The table remembers everything, even if your connection does not.")}</p>
          ) : (
            <section class="yours" aria-labelledby="yours">
              <h2 id="yours">{t("Your games")}</h2>
              {(isLost || keptAt > 0) && <p class="quiet tiny">{t("As they stood when you were last connected.")}</p>}
              <ul class="rows">
                {mine.slice(0, isLong.value ? undefined : MINE_MAX).map((room) => (
                  <MyRow key={room.room_id} room={room} enter={enter} />
                ))}
              </ul>
              {mine.length > MINE_MAX && !isLong.value && (
                <button type="button" class="btn plain inrow" onClick={() => (isLong.value = true)}>
                  {tn("{n} more game", "{n} more games", mine.length - MINE_MAX)}
                </button>
              )}
            </section>
          )}
        </div>
        <StartCard
          games={games}
          game={game}
          pick={pick}
          clocks={clocks}
          clockAt={clockAt.value}
          setClock={(at) => (clockAt.value = at)}
          seats={choices.value && <choices.value.Seats {...choosing} />}
          options={choices.value && <choices.value.Options {...choosing} />}
          isPrivate={isPrivate.value}
          setPrivate={(value) => (isPrivate.value = value)}
          isBusy={isBusy.value}
          create={() => void start(game, false)}
          oops={oops.value}
          join={(typed) => {
            const code = readCode(typed);
            oops.value = code === null ? t("A code has 8 letters and digits, like QK7F 2MAB.") : null;
            if (code !== null) void enter({ page: "invite", code });
          }}
        />
      </div>

      <section class="section" aria-labelledby="games">
        <h2 id="games">{t("Games")}</h2>
        <div class="games">
          {games.map((info) => (
            <GameCard
              key={info.name}
              info={info}
              clock={timeControls(info.options)[info === game ? clockAt.value : 0] ?? null}
              Art={choices.value?.ARTS[info.name]}
              isPicked={games.length > 1 && info === game}
              isBusy={isBusy.value}
              pick={() => {
                pick(info.name);
                // On a phone the form is some screens above.
                document.querySelector(".start")?.scrollIntoView({ block: "nearest" });
              }}
              playNow={() => void quick(info)}
              playBot={() => void start(info, true)}
            />
          ))}
        </div>
      </section>

      <section class="section" aria-labelledby="open">
        <h2 id="open">
          {t("Open rooms")} {rooms !== null && !isLost && <span class="quiet tiny num">{keptAt ? t("as of {time}", { time: moment(keptAt) }) : num(others.length)}</span>}
        </h2>
        {isLost ? (
          <p class="empty" data-testid="open-rooms">
            {t("The server cannot be reached. The list comes back by itself.")}
          </p>
        ) : others.length > 0 ? (
          <>
            <ul class="rows" data-testid="open-rooms">
              {others.slice(0, ROWS_MAX).map((room) => (
                <OpenRow key={room.room_id} room={room} enter={enter} />
              ))}
            </ul>
            {others.length > ROWS_MAX && <p class="quiet small">{tn("And {n} more.", "And {n} more.", others.length - ROWS_MAX)}</p>}
          </>
        ) : (
          <p class="empty" data-testid="open-rooms">
            {rooms === null ? t("Looking around…") : t("Nobody is waiting right now. Make a room and send the link to a friend.")}
          </p>
        )}
      </section>
    </Frame>
  );
}
