/** What a player says: a bid, made of a number and a face, or that the last one was a lie. */

import { useEffect, useState } from "preact/hooks";
import type { Action } from "../../core/reconcile";
import { t } from "../../core/say";
import { Die } from "./die";
import { FACES, leastBid, lowestFace, objection, onTable, standing, type View } from "./rules";
import { bidWords, faceName } from "./words";

interface Props {
  readonly view: View;
  readonly own: readonly number[];
  /** Null while it is somebody else's turn: then a bid can be laid out, but not made. */
  readonly act: ((action: Action) => void) | null;
}

export function Picker({ view, own, act }: Props) {
  const [chosen, choose] = useState(() => opening(view, own));
  const bid = standing(view);
  const round = view.round;
  useEffect(() => choose(opening(view, own)), [round]);
  const least = leastBid(view);
  // A bid that was laid out and overtaken moves up to the least one that is possible.
  const wanted = objection(view, chosen.count, chosen.face) === null || least === null ? chosen : raised(view, chosen.face, least);
  const most = onTable(view);
  const set = (count: number, face: number): void => choose({ count: Math.min(Math.max(count, 1), most), face });
  const why = least === null ? t("Only a call is left.") : (objection(view, wanted.count, wanted.face)?.message ?? null);
  const faces = Array.from({ length: FACES + 1 - lowestFace(view) }, (_, at) => at + lowestFace(view));

  return (
    <form
      class="ld-picker"
      aria-label={t("Your bid")}
      onSubmit={(event) => {
        event.preventDefault();
        if (act && why === null) act({ type: "bid", args: wanted });
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !act || !bid) return;
        const key = event.key.toLowerCase();
        if (key === "l") act({ type: "challenge", args: {} });
        else if (key === "s" && view.spot_on) act({ type: "spot_on", args: {} });
        else return;
        event.preventDefault();
      }}
    >
      <div class="ld-count">
        <button type="button" class="btn" aria-label={t("One die fewer")} data-testid="fewer" disabled={wanted.count <= 1} onClick={() => set(wanted.count - 1, wanted.face)}>
          −
        </button>
        <input
          class="display num"
          type="number"
          inputMode="numeric"
          aria-label={t("How many dice")}
          data-testid="bid-count"
          min={1}
          max={most}
          value={wanted.count}
          onInput={(event) => {
            const typed = event.currentTarget.valueAsNumber;
            if (Number.isInteger(typed)) set(typed, wanted.face);
          }}
        />
        <button type="button" class="btn" aria-label={t("One die more")} data-testid="more" disabled={wanted.count >= most} onClick={() => set(wanted.count + 1, wanted.face)}>
          +
        </button>
      </div>
      <fieldset class="ld-faces">
        <legend class="hidden">{t("Of which face")}</legend>
        {faces.map((face) => (
          <label key={face}>
            <input
              type="radio"
              name="face"
              value={face}
              aria-label={faceName(face)}
              data-testid={`face-${face}`}
              checked={face === wanted.face}
              onChange={() => set(wanted.count, face)}
            />
            <Die face={face} />
          </label>
        ))}
      </fieldset>
      <div class="ld-say">
        <button type="submit" class="btn main" data-testid="bid" disabled={!act || why !== null} title={why ?? undefined}>
          {t("Bid {bid}", { bid: bidWords(wanted) })}
        </button>
        <button type="button" class="btn danger" data-testid="challenge" disabled={!act || !bid} onClick={() => act?.({ type: "challenge", args: {} })}>
          {t("Liar!")}
        </button>
        {view.spot_on && (
          <button type="button" class="btn" data-testid="spot-on" disabled={!act || !bid} onClick={() => act?.({ type: "spot_on", args: {} })}>
            {t("Spot on")}
          </button>
        )}
      </div>
      <p class="ld-why tiny quiet">{act && why}</p>
    </form>
  );
}

/** About what can be expected of the face that one has most of. */
function opening(view: View, own: readonly number[]): { readonly count: number; readonly face: number } {
  const has = (face: number): number => own.filter((die) => die === face).length;
  let best = lowestFace(view);
  for (let face = best; face <= FACES; face++) if (has(face) >= has(best)) best = face;
  return { count: Math.max(1, Math.floor(onTable(view) / 4)), face: best };
}

/** The least bid on this face. */
function raised(view: View, face: number, least: { readonly count: number; readonly face: number }): { readonly count: number; readonly face: number } {
  const count = face >= least.face ? least.count : least.count + 1;
  return count <= onTable(view) ? { count, face } : least;
}
