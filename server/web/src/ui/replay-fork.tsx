/** "Play on from here": a new room that begins as this picture shows it. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import type { Shot } from "../core/film";
import { t } from "../core/say";
import { connect, loader, navigate, rest, toast, wordsFor } from "./app";
import { Icon } from "./icons";
import { FORK } from "./table-icons";

interface Props {
  readonly room: string;
  readonly shot: Shot;
  /** Nothing is left to play after the last picture. */
  readonly isOver: boolean;
  /** How many bots it takes to fill the other seats; 0 where the game has none. */
  readonly bots: number;
  readonly stop: () => void;
}

export function Fork({ room, shot, isOver, bots, stop }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isBusy = useSignal(false);
  // It makes a room, which wants the connection; the style of dialogs comes with it.
  useEffect(() => void loader.load("wire").catch(() => undefined), []);
  const fork = async (bots: number): Promise<void> => {
    isBusy.value = true;
    try {
      await connect();
      const asked = { version: shot.event.version, ...(bots > 0 ? { bots, private: true } : {}) };
      const made = await rest.call<{ room_id: string }>("POST", `/api/rooms/${encodeURIComponent(room)}/fork`, asked);
      used("replay_fork");
      navigate({ page: "room", room: made.room_id, watch: false });
    } catch (error) {
      toast(wordsFor(error));
    }
    isBusy.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="btn"
        data-testid="fork"
        disabled={isOver}
        title={isOver ? t("Go back to a move first: the match is over here") : undefined}
        onClick={() => {
          stop();
          dialog.current?.showModal();
        }}
      >
        <Icon of={FORK} />
        {t("Play on from here")}
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="fork-title" onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
        <h2 id="fork-title">{t("Play on from here")}</h2>
        <p class="quiet small">{t("A new room begins as you see it now. This match stays as it is.")}</p>
        <div class="acts">
          <button type="button" class="btn plain" onClick={() => dialog.current?.close()}>
            {t("Cancel")}
          </button>
          {bots > 0 && (
            <button type="button" class="btn" data-testid="fork-bot" disabled={isBusy.value} onClick={() => void fork(bots)}>
              {bots > 1 ? t("Against bots") : t("Against a bot")}
            </button>
          )}
          <button type="button" class="btn main" data-testid="fork-friend" disabled={isBusy.value} onClick={() => void fork(0)}>
            {bots > 1 ? t("With friends") : t("With a friend")}
          </button>
        </div>
      </dialog>
    </>
  );
}
