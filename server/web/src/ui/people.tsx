/** Who is here: players, spectators, and whom one would rather not read. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import { Mutes, type Speaker, speakerOf } from "../core/mutes";
import type { ChatLine, RoomSession } from "../core/room";
import { t, tn } from "../core/say";
import { recall, remember } from "../core/small";
import type { SeatPresence } from "../protocol.gen";
import { identity } from "./app";
import { Icon } from "./icons";
import { Avatar } from "./avatar";
import { EYE } from "./table-icons";

const mutes = new Mutes({ recall, remember });

export function isMuted(session: RoomSession, line: Pick<ChatLine, "seat" | "name">): boolean {
  return mutes.all.value.has(speakerOf(line, session.presence.value?.seats ?? []));
}

interface Props {
  readonly session: RoomSession;
  readonly seats: readonly SeatPresence[];
  readonly count: number;
  /** Null: the table is not public. */
  readonly embed: (() => void) | null;
}

/** How many watch; a click says who. */
export function Watchers({ session, seats, count, embed }: Props) {
  const isOpen = useSignal(false);
  return (
    <>
      <button type="button" class="btn plain inrow watchers" data-testid="spectators" aria-haspopup="dialog" onClick={() => (isOpen.value = true)}>
        <Icon of={EYE} />
        {tn("{n} watching", "{n} watching", count)}
      </button>
      {isOpen.value && <People session={session} seats={seats} embed={embed} close={() => (isOpen.value = false)} />}
    </>
  );
}

function People({ session, seats, embed, close }: Omit<Props, "count"> & { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const now = session.presence.value;
  const watching = now?.watching ?? [];
  const more = (now?.spectators ?? 0) - watching.length;
  return (
    <dialog ref={dialog} class="dialog people" aria-labelledby="people-title" data-testid="people" onClose={close} onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
      <h2 id="people-title">{t("Who is here")}</h2>
      <ul class="folk">
        {seats
          .filter((one) => one.player !== null)
          .map((one) => (
            <li key={one.seat} class={`p${(one.seat % 8) + 1}`}>
              <span class="token">
                <Avatar id={one.player ?? ""} seat={one.seat} />
              </span>
              <span class="folk-name">
                {one.name ?? t("Somebody")}
                <span class="tiny quiet num">{lineWords(one)}</span>
              </span>
              {one.player !== null && !one.is_bot && one.player !== identity.me.value?.player_id && <Mute speaker={one.player} name={one.name ?? ""} />}
            </li>
          ))}
        {watching.map((name, at) => (
          <li key={`w${at}`}>
            <span class="token">
              <Icon of={EYE} />
            </span>
            <span class="folk-name">
              {name || t("Somebody")}
              <span class="tiny quiet">{t("watches")}</span>
            </span>
            {(session.seat.value !== null || name !== identity.me.value?.name) && <Mute speaker={`name:${name}`} name={name} />}
          </li>
        ))}
      </ul>
      {more > 0 && watching.length > 0 && <p class="small quiet num">{tn("{n} more is watching.", "{n} more are watching.", more)}</p>}
      {watching.length === 0 && <p class="small quiet">{t("Nobody watches just now.")}</p>}
      <div class="acts">
        {embed && (
          <button
            type="button"
            class="btn plain"
            data-testid="embed-people"
            onClick={() => {
              dialog.current?.close();
              embed();
            }}
          >
            {t("Embed")}
          </button>
        )}
        <button type="button" class="btn" onClick={() => dialog.current?.close()}>
          {t("Close")}
        </button>
      </div>
    </dialog>
  );
}

function Mute({ speaker, name }: { readonly speaker: Speaker; readonly name: string }) {
  const isOff = mutes.all.value.has(speaker);
  return (
    <button
      type="button"
      class="btn inrow"
      data-testid="mute"
      aria-label={isOff ? t("Hear {name} again", { name }) : t("Mute {name}", { name })}
      onClick={() => {
        used("mute");
        mutes.toggle(speaker);
      }}
    >
      {isOff ? t("Hear again") : t("Mute")}
    </button>
  );
}

/** How the others are connected, as far as it matters for a game. */
function lineWords({ is_bot, status, latency_ms, transport }: SeatPresence): string {
  if (is_bot) return t("bot");
  if (status !== "connected") return status === "reconnecting" ? t("away for a moment") : t("away");
  const ms = latency_ms === null ? t("here") : t("{n} ms", { n: Math.round(latency_ms) });
  return transport === "polling" ? t("{ms}, by long-polling", { ms }) : ms;
}
