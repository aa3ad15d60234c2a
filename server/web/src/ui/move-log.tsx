import { useEffect, useMemo, useRef } from "preact/hooks";
import { clockWords, type TimeControl } from "../core/clock";
import { mark, t, wording } from "../core/say";
import type { GameView } from "../games/view";
import type { ShownEvent } from "../protocol.gen";

interface LogProps {
  readonly events: readonly ShownEvent[];
  readonly game: GameView | null;
  readonly names: readonly string[];
  readonly clock?: TimeControl | null;
  /** In a replay: which line is shown, and how to go to another. */
  readonly at?: number;
  readonly goTo?: (index: number) => void;
  /** At the table: the address of the replay at that event. */
  readonly replayAt?: (version: number) => string;
}

/** What happens to a match from outside, in words. */
const ASIDE: Readonly<Record<string, string>> = {
  paused: mark("The game was paused"),
  resumed: mark("The game went on"),
  rewound: mark("The game was set back"),
  reopened: mark("The room was opened again; the last moments may be missing"),
};

const aside = (kind: string): string | null => (ASIDE[kind] === undefined ? null : t(ASIDE[kind]));

/** What was done, in words, in the running match: number, player, move. */
export function MoveLog({ events, game, names, clock, at, goTo, replayAt }: LogProps) {
  const list = useRef<HTMLOListElement>(null);
  const lines = useMemo(() => linesOf(events, goTo === undefined, game, names), [events, goTo === undefined, game, names.join(), wording()]);
  const shown = at === undefined ? lines.length : at;
  useEffect(() => {
    const box = list.current;
    const line = at === undefined ? box?.lastElementChild : box?.querySelector(".is-at");
    if (!box || !(line instanceof HTMLElement)) return;
    // Not scrollIntoView: that would move the page on a phone.
    const follow = (): void => {
      const least = line.offsetTop + line.offsetHeight + 8 - box.clientHeight;
      // Down to a whole line: half a line at the top reads like a mistake. The space after the last one lets it.
      const top = [...box.children].find((one) => (one as HTMLElement).offsetTop >= least) as HTMLElement | undefined;
      box.scrollTop = least <= 0 ? 0 : (top ?? line).offsetTop - 2;
    };
    // It is called once to begin with, when the frame is laid out anyway: measuring here would lay the page out twice. And
    // whatever comes above the list (the result) makes it shorter.
    const watch = new ResizeObserver(follow);
    watch.observe(box);
    return () => watch.disconnect();
  }, [shown]);
  return (
    <section class="log" aria-labelledby="moves">
      <h2 class="rail-title" id="moves">
        {t("Moves")}
      </h2>
      {clock && <span class="terms quiet tiny num">{clockWords(clock)}</span>}
      <ol ref={list} class="moves num" data-testid="move-log" aria-live={goTo ? "off" : "polite"} aria-labelledby="moves" tabIndex={0}>
        {lines.map(({ event, index, words, ply: number }) => (
          <li key={event.version} class={`${event.seat === null ? "" : `p${(event.seat % 8) + 1}`}${at === index ? " is-at" : ""}`} data-ply={number ?? ""}>
            <span class="ply quiet">{number ?? ""}</span>
            {goTo ? (
              <button type="button" class="move" onClick={() => goTo(index)}>
                {words}
              </button>
            ) : replayAt && number !== null ? (
              <a class="move" href={replayAt(event.version)} title={t("Replay from here")}>
                {words}
              </a>
            ) : (
              <span class="move">{words}</span>
            )}
          </li>
        ))}
        {lines.length === 0 && <li class="quiet none">{t("No moves yet.")}</li>}
      </ol>
    </section>
  );
}

/** Events in words; `isNewest`: of the newest match alone. */
export function linesOf(events: readonly ShownEvent[], isNewest: boolean, game: GameView | null, names: readonly string[]) {
  if (!game) return [];
  const first = isNewest ? Math.max(0, events.map((event) => event.kind).lastIndexOf("started")) : 0;
  let ply = 0;
  return events.slice(first).flatMap((event, index) => {
    if (event.kind === "started") ply = 0;
    if (event.kind === "action") ply += 1;
    const words = game.describe(event, names) ?? aside(event.kind);
    return words === null ? [] : [{ event, index: index + first, words, ply: event.kind === "action" ? ply : null }];
  });
}
