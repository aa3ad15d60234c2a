import { useEffect, useRef } from "preact/hooks";
import { t, tn, tx } from "../../core/say";
import { Shape } from "../../ui/shapes";
import type { BoardProps } from "../view";
import { Die } from "./die";
import { Picker } from "./picker";
import { ProofPanel } from "./proof";
import { type Call, canAct, counts, standing, type View } from "./rules";
import { type Drawer, keep, recall } from "./seen";
import { short } from "./verify";
import { bidWords, callWords, capital, diceWords, nameList, tableWords } from "./words";

export function Board({ view, seat, pending, names, act }: BoardProps<View>) {
  const seats = view.counts.map((_, each) => each);
  const isIn = seat !== null && view.places[seat] == null;
  const isShown = view.phase === "revealed" || view.phase === "finished";
  const call = isShown ? (view.last?.call ?? null) : null;
  const own = seat === null ? null : (view.dice[seat] ?? null);
  const others = seat === null ? seats : [...seats.slice(seat + 1), ...seats.slice(0, seat)];
  const throws = useThrows(view);
  const seen = useSeen(view, seat);
  const isSending = pending.length > 0;
  const isCalling = pending.some(({ action }) => action.type === "challenge" || action.type === "spot_on");

  const cup = (each: number) => (
    <Cup
      key={each}
      seat={each}
      view={view}
      call={call}
      name={each === seat ? capital(t("you")) : (names[each] ?? t("Player {n}", { n: each + 1 }))}
      isPending={isSending && each === seat}
      tumble={isShown ? throws.shown : null}
    />
  );
  return (
    <div class={`ld seats-${seats.length}${isShown ? " is-shown" : ""}`} data-testid="board" data-phase={view.phase} data-round={view.round}>
      <p class="ld-head small quiet num">
        {view.round > 0 && <b>{t("Round {n}:", { n: view.round })} </b>}
        {tableWords(view)}
      </p>
      {view.phase !== "waiting" && (
        <ul class="ld-cups" aria-label={seat === null ? t("Players") : t("Other players")}>
          {others.map(cup)}
        </ul>
      )}
      <Middle view={view} seat={seat} call={call} names={names} isCalling={isCalling} isSending={isSending} />
      {view.phase === "finished" ? (
        <>
          {seat !== null && <ul class="ld-cups is-mine">{cup(seat)}</ul>}
          <ProofPanel view={view} seen={seen} seat={seat} names={names} />
        </>
      ) : (
        seat !== null &&
        view.phase !== "waiting" && (
          <div class={`ld-own p${(seat % 8) + 1}`}>
            {own && (isIn || own.length > 0) ? (
              <div class="ld-hand" role="img" aria-label={t("Your dice: {dice}", { dice: own.join(", ") })} data-testid="own-dice">
                {own.map((die, at) => (
                  <Die key={at} face={die} look={lookOf(die, call, view)} tumble={isShown ? null : throws.own} />
                ))}
              </div>
            ) : (
              <p class="ld-out">{t("You are out. Stay and watch: you see what everybody sees.")}</p>
            )}
            {!isIn && own && own.length > 0 && <p class="ld-out small">{t("That was your last die. Stay and watch.")}</p>}
            {isIn && view.phase === "bidding" && own && <Picker view={view} own={own} act={act && !isSending && canAct(view, seat) ? act : null} />}
            {isIn && view.phase === "revealed" && (
              <div class="ld-say">
                {view.waiting.includes(seat) ? (
                  <button type="button" class="btn main big" data-testid="ready" disabled={act === null} onClick={() => act?.({ type: "ready", args: {} })}>
                    {opensWords(view, seat)}
                  </button>
                ) : (
                  <p class="quiet small" data-testid="waits">
                    {tn("{names} is still looking.", "{names} are still looking.", view.waiting.length, { names: nameList(view.waiting, names, seat) })}
                  </p>
                )}
              </div>
            )}
          </div>
        )
      )}
      <p class="hidden" role="status" aria-live="polite" data-testid="ld-heard">
        {call ? callWords(call, names, seat) : own && view.phase === "bidding" ? t("Round {n}. Your dice: {dice}.", { n: view.round, dice: own.join(", ") }) : ""}
      </p>
    </div>
  );
}

function opensWords(view: View, seat: number): string {
  const last = view.last?.call;
  return last?.losers.length === 1 && last.losers[0] === seat ? t("Throw again, you open") : t("Next round");
}

interface CupProps {
  readonly seat: number;
  readonly view: View;
  readonly call: Call | null;
  readonly name: string;
  readonly isPending: boolean;
  readonly tumble: number | null;
}

/** One player's dice, and what they said last. */
function Cup({ seat, view, call, name, isPending, tumble }: CupProps) {
  const dice = view.dice[seat] ?? null;
  const count = view.counts[seat] ?? 0;
  const isOut = view.places[seat] != null;
  const bid = view.bids.filter((each) => each.seat === seat).at(-1) ?? null;
  const isStanding = bid !== null && standing(view) === bid;
  const lost = call?.losers.includes(seat) ?? false;
  const shown = dice ?? Array.from({ length: count }, () => null);
  const words = [
    isOut && shown.length === 0 ? t("out") : dice ? t("shows {dice}", { dice: dice.join(", ") }) : t("{dice}, hidden", { dice: diceWords(count) }),
    bid ? t("bid {bid}", { bid: bidWords(bid) }) : null,
    lost ? t("loses a die") : null,
  ].filter((part) => part !== null);
  return (
    <li
      class={`ld-cup p${(seat % 8) + 1}${view.turn === seat ? " is-turn" : ""}${isOut ? " is-out" : ""}${lost ? " is-lost" : ""}`}
      data-testid={`cup-${seat}`}
      data-dice={dice ? dice.join("") : ""}
      data-count={count}
    >
      <span class="ld-who" aria-hidden="true">
        <Shape seat={seat} />
        <span>{name}</span>
        {lost && <b class="ld-minus">−1</b>}
      </span>
      <span class="ld-dice">
        {shown.map((die, at) => (
          <Die key={at} face={die} look={die === null ? "" : lookOf(die, call, view)} tumble={die === null ? null : tumble} />
        ))}
        {shown.length === 0 && (
          <span class="ld-none tiny quiet" aria-hidden="true">
            {isOut ? t("Out") : t("No dice")}
          </span>
        )}
      </span>
      <span class={`ld-bid num${bid ? "" : " is-none"}${isStanding ? " is-standing" : ""}${isPending && isStanding ? " is-pending" : ""}`} aria-hidden="true">
        {bid && (
          <>
            {bid.count} × <Die face={bid.face} />
          </>
        )}
      </span>
      <span class="hidden">
        {name}: {words.join("; ")}.
      </span>
    </li>
  );
}

interface MiddleProps {
  readonly view: View;
  readonly seat: number | null;
  readonly call: Call | null;
  readonly names: readonly string[];
  readonly isCalling: boolean;
  readonly isSending: boolean;
}

/** The bid that stands, or what became of it. */
function Middle({ view, seat, call, names, isCalling, isSending }: MiddleProps) {
  const bid = standing(view);
  if (call) {
    const { count, face } = call.bid;
    return (
      <div class="ld-middle is-result" data-testid="reveal">
        <p class="ld-found display num">
          <span class="quiet">{t("bid")}</span> {count} × <Die face={face} /> <span class="quiet">{t("· there are")}</span> <b>{call.count}</b>
        </p>
        <p class="ld-told">{callWords(call, names, seat)}</p>
      </div>
    );
  }
  if (view.phase === "finished") return <div class="ld-middle">{bid && <p class="quiet small">{t("The last round was not played to its end.")}</p>}</div>;
  if (view.phase === "waiting") return <div class="ld-middle" />;
  const last = view.last;
  if (!bid) {
    const opens = view.turn === null ? "" : view.turn === seat ? t("You open the round.") : t("{name} opens the round.", { name: names[view.turn] ?? "" });
    return (
      <div class="ld-middle">
        <p class="ld-stands display">{opens}</p>
        {view.round === 1 && view.chance && (
          <p class="quiet small" data-testid="promise">
            {tx("All dice of this match are promised: fingerprint {code}", { code: <code>{short(view.chance.commitment)}</code> })}
          </p>
        )}
        {last && <p class="quiet small">{last.call ? callWords(last.call, names, seat) : t("Somebody left: the round is void, and all threw again.")}</p>}
      </div>
    );
  }
  const whose = bid.seat === seat ? t("You say there are at least") : t("{name} says there are at least", { name: names[bid.seat] ?? "" });
  return (
    <div class={`ld-middle p${(bid.seat % 8) + 1}`}>
      <p class="quiet small">{isCalling ? t("Turning the cups over…") : isSending && bid.seat === seat ? t("Sending your bid…") : whose}</p>
      <p class={`ld-stands display num${isSending ? " is-pending" : ""}`} data-testid="standing" data-bid={`${bid.count}-${bid.face}`} aria-label={bidWords(bid)}>
        <span>{bid.count}</span>
        <span aria-hidden="true">×</span>
        <Die face={bid.face} />
      </p>
    </div>
  );
}

/** How a die is drawn once a call has uncovered it. */
function lookOf(die: number, call: Call | null, view: View): string {
  if (!call) return "";
  return counts(die, call.bid.face, view.wild_ones) ? "is-counted" : "is-dim";
}

/** Numbers that change with each throw and each showing, so that dice tumble once for each; 0 for what was there on arrival. */
function useThrows(view: View): { readonly own: number | null; readonly shown: number | null } {
  const arrived = useRef<string | null>(null);
  const now = `${view.match}.${view.round}.${view.phase === "bidding"}`;
  arrived.current ??= now;
  const isOld = arrived.current === now;
  const throw_ = isOld ? null : view.match * 1000 + view.round;
  return { own: throw_, shown: throw_ };
}

/** The room in the page's address: what was seen belongs to a match of it. */
function useSeen(view: View, seat: number | null) {
  const room = location.pathname.split("/")[2] ?? "";
  useEffect(() => {
    if (location.pathname.startsWith("/room/")) keep(drawer, room, view, seat);
  }, [room, view, seat]);
  return recall(drawer, room, view.match);
}

/** The browser's, or nothing where it is closed to us. */
const drawer: Drawer = {
  getItem: (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key, text) => sessionStorage.setItem(key, text),
};
