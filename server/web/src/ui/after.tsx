/** What is wanted when a match ends: how it ended and what to do next, and the question before resigning. Fetched while it runs. */

import "./room";
import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import type { RoomSession } from "../core/room";
import { refusal, t } from "../core/say";
import type { Result } from "../games/view";
import type { SeatPresence } from "../protocol.gen";
import { toast } from "./app";
import { Icon } from "./icons";
import { copyLink } from "./invite";
import { resultTitle } from "./result";
import { AGAIN, COPY, FILM } from "./table-icons";

interface OutcomeProps {
  readonly session: RoomSession;
  readonly result: Result;
  readonly seat: number | null;
  readonly names: readonly string[];
  readonly seats: readonly SeatPresence[];
  readonly link: string | null;
}

export function Outcome({ session, result, seat, names, seats, link }: OutcomeProps) {
  const isAsked = useSignal(false);
  const wants = seats.filter((s) => s.wants_rematch);
  const iWant = wants.some((s) => s.seat === seat) || isAsked.value;
  const theyWant = wants.find((s) => s.seat !== seat);
  const isAlone = seat !== null && seats.some((s) => s.player === null);
  const look = result.winner === null ? "" : ` p${(result.winner % 8) + 1}`;
  return (
    <section class={`outcome${look}`} data-testid="outcome" data-winner={result.winner ?? ""}>
      <h2>{resultTitle(result, seat, names)}</h2>
      <p class="quiet small">{result.how.charAt(0).toUpperCase() + result.how.slice(1)}.</p>
      {theyWant && !iWant && <p class="small">{t("{name} wants a rematch.", { name: seats[theyWant.seat]?.name ?? t("Somebody") })}</p>}
      {isAlone && <p class="small">{seats.length > 2 ? t("A seat is free. Send the link to play on.") : t("The other seat is free. Send the link to play on.")}</p>}
      <div class="acts">
        {seat !== null && (
          <button
            type="button"
            class="btn main"
            data-testid="rematch"
            disabled={iWant}
            onClick={() => {
              isAsked.value = true;
              void askRematch(session).then((isTaken) => (isAsked.value = isTaken));
            }}
          >
            <Icon of={AGAIN} />
            {iWant ? t("Rematch asked") : t("Rematch")}
          </button>
        )}
        {isAlone && link !== null && (
          <button type="button" class="btn" data-testid="copy-link" onClick={() => copyLink(link)}>
            <Icon of={COPY} />
            {t("Copy link")}
          </button>
        )}
        <a class="btn" data-testid="replay-link" href={`/replay/${session.room}`}>
          <Icon of={FILM} />
          {t("Replay")}
        </a>
      </div>
    </section>
  );
}

/** False: the server said no, and the player was told. */
export async function askRematch(session: RoomSession): Promise<boolean> {
  used("rematch");
  const refused = await session.rematch();
  if (refused) toast(refusal(refused.code, refused.message));
  return refused === null;
}

/** Asks first: a key or a finger slips. */
export function askToResign(seats: number, resign: () => void): void {
  const holder = document.body.appendChild(document.createElement("div"));
  const remove = (): void => {
    render(null, holder);
    holder.remove();
  };
  render(<Resign seats={seats} resign={resign} remove={remove} />, holder);
}

function Resign({ seats, resign, remove }: { readonly seats: number; readonly resign: () => void; readonly remove: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="resign-title" onClose={remove}>
      <h2 id="resign-title">{t("Give this match up?")}</h2>
      <p class="quiet small">{seats > 2 ? t("The others play on; you may stay and watch.") : t("The other player wins.")}</p>
      <div class="acts">
        <button type="button" class="btn" onClick={() => dialog.current?.close()}>
          {t("Play on")}
        </button>
        <button
          type="button"
          class="btn danger"
          data-testid="resign-confirm"
          onClick={() => {
            dialog.current?.close();
            used("resign");
            resign();
          }}
        >
          {t("Resign")}
        </button>
      </div>
    </dialog>
  );
}
