import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t, tx } from "../../core/say";
import { isCalm } from "../../ui/motion";
import { Shape } from "../../ui/shapes";
import type { BoardProps } from "../view";
import { draw, type Palette } from "./draw";
import { type Controls, listenToKeys, listenToSwipes } from "./input";
import { Race } from "./race";
import { COUNTDOWN_TICKS, DIRECTIONS, type View } from "./rules";
import type { Now } from "./track";
import { bigWords, newsWords, whereWords } from "./words";

/** What is shown beside the canvas; changes a few times a second at most. */
interface Told {
  readonly big: { readonly text: string; readonly isNumber: boolean } | null;
  readonly points: readonly number[];
  readonly out: readonly boolean[];
  readonly phase: string;
  readonly tick: number;
}
const NOTHING: Told = { big: null, points: [], out: [], phase: "", tick: 0 };
const STALLED_MS = 700;
const TIMES_KEPT = 240;

export function Board({ view, seat, names, act, live, isReplay }: BoardProps<View>) {
  const arena = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState<Told>(NOTHING);
  const [news, setNews] = useState("");
  const race = useRef<Race | null>(null);
  if (race.current === null || race.current.seat !== seat) race.current = new Race(seat, live);
  const me = race.current;
  const current = useRef({ act, names, seat });
  current.current = { act, names, seat };

  useLayoutEffect(() => {
    me.view(view);
  }, [view, me]);

  const steer = (direction: number): void => {
    const { act: send } = current.current;
    if (!send) return;
    const tick = race.current?.steer(direction) ?? null;
    if (tick !== null) send({ type: "steer", args: { direction: DIRECTIONS[direction & 3] ?? "up" } }, tick);
  };
  const controls = useRef<Controls>({ steer, turn: () => undefined, ask: () => undefined });
  controls.current = {
    steer,
    turn: (by) => {
      const heading = race.current?.heading();
      if (heading !== null && heading !== undefined) steer((heading + by + 4) & 3);
    },
    ask: () => {
      const shown = race.current;
      if (shown?.now) setNews(again(whereWords(shown.now, seat, shown.mine(), names)));
    },
  };

  useEffect(() => live?.listen((frame) => race.current?.frame(frame, performance.now())), [live]);
  // From the first drawing on: a busy device runs ordinary effects after the first key.
  useLayoutEffect(() => (live === null || seat === null ? undefined : listenToKeys(controls)), [live, seat]);
  useLayoutEffect(() => (live === null || seat === null || !arena.current ? undefined : listenToSwipes(arena.current, controls)), [live, seat]);
  useEffect(() => {
    const on = canvas.current;
    return on === null ? undefined : show(on, race, current, setTold, (words) => setNews(words), isReplay === true);
  }, [isReplay]);

  const isPlaying = act !== null && live !== null;
  const isRiding = isPlaying && seat !== null && told.out[seat] === false;
  const [width, height] = view.size;
  return (
    <div class="lc" data-testid="board" data-phase={told.phase} data-tick={told.tick} style={{ "--arena": `${width} / ${height}` }}>
      <ul class="lc-score" aria-label={t("Points, first to {n}", { n: view.points_to_win })}>
        {view.riders.map((rider, at) => (
          <li key={at} class={`p${(at % 8) + 1}${(told.out[at] ?? rider.out !== null) || rider.retired ? " is-out" : ""}`} data-testid={`points-${at}`} data-points={told.points[at] ?? rider.points}>
            <Shape seat={at} />
            <span class="hidden">{names[at]}: </span>
            <b class="display num">{told.points[at] ?? rider.points}</b>
          </li>
        ))}
        <li class="lc-goal quiet small num">{t("first to {n}", { n: view.points_to_win })}</li>
      </ul>
      <div
        ref={arena}
        class={`lc-arena${isRiding ? " is-mine" : ""}`}
        role={isPlaying ? "application" : "img"}
        aria-label={isPlaying ? t("Arena. The arrow keys steer, question mark tells where you are.") : t("Arena")}
        {...(isPlaying ? { tabIndex: 0 } : {})}
      >
        <canvas ref={canvas} data-testid="arena" />
        {told.big && (
          <p key={told.big.text} class={`lc-big display${told.big.isNumber ? " is-number num" : ""}`} aria-hidden="true">
            {told.big.text}
          </p>
        )}
      </div>
      {isPlaying && (
        <div class="lc-pad">
          <Turn by={-1} label={t("Turn left")} path="M62 78V48a14 14 0 0 0-14-14H22M38 16L20 34l18 18" controls={controls} />
          <Turn by={1} label={t("Turn right")} path="M38 78V48a14 14 0 0 1 14-14h26M62 16l18 18-18 18" controls={controls} />
        </div>
      )}
      {isPlaying && <p class="lc-help quiet small">{tx("Arrow keys or WASD to turn. {key} says where you are.", { key: <kbd>?</kbd> })}</p>}
      <p class="hidden" role="status" data-testid="arena-news">
        {news}
      </p>
    </div>
  );
}

function Turn({ by, label, path, controls }: { readonly by: number; readonly label: string; readonly path: string; readonly controls: { readonly current: Controls } }) {
  return (
    <button
      type="button"
      class="btn lc-turn"
      aria-label={label}
      data-testid={by < 0 ? "turn-left" : "turn-right"}
      onPointerDown={(event) => {
        // Down, not up: a click comes a tenth of a second later.
        event.preventDefault();
        controls.current.turn(by);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        if (!event.repeat) controls.current.turn(by);
      }}
    >
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

/** The same words twice are news twice: a live region speaks only what changes. */
let isOdd = false;
function again(words: string): string {
  isOdd = !isOdd;
  return isOdd ? words : `${words}\u200b`;
}

// ---------------------------------------------------------------- drawing

type Ref<T> = { readonly current: T };

/** Draws at each of the screen's pictures until it is told to stop. */
function show(
  canvas: HTMLCanvasElement,
  race: Ref<Race | null>,
  props: Ref<{ readonly names: readonly string[]; readonly seat: number | null }>,
  setTold: (told: Told) => void,
  setNews: (words: string) => void,
  isReplay: boolean,
): () => void {
  const context = canvas.getContext("2d", { alpha: false });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let palette = readPalette(canvas);
  let size = { width: 0, cell: 1 };
  let timer = 0;
  let before: Now | null = null;
  let told = NOTHING;
  const times: number[] = [];

  const fit = (): void => {
    const now = race.current?.now;
    const box = canvas.parentElement;
    if (!now || !box) return;
    const cell = Math.max(1, Math.floor((box.clientWidth * devicePixelRatio) / now.width));
    if (cell === size.cell && now.width === size.width) return;
    size = { width: now.width, cell };
    canvas.width = cell * now.width;
    canvas.height = cell * now.height;
  };
  const recolor = (): void => {
    palette = readPalette(canvas);
  };
  const tell = (now: Now): void => {
    const { names, seat } = props.current;
    const words = isReplay ? null : newsWords(before, now, seat, names);
    if (words !== null) setNews(words);
    before = now;
    const isStalled = !isReplay && race.current !== null && race.current.heardAt > 0 && performance.now() - race.current.heardAt > STALLED_MS && now.phase === "racing";
    const big = isStalled ? { text: t("Get ready"), isNumber: false } : bigWords(now, race.current?.ownTick() ?? now.tick, seat, names, COUNTDOWN_TICKS);
    const next: Told = {
      big,
      points: now.riders.map((rider) => rider.points),
      out: now.riders.map((rider) => rider.isOut),
      phase: now.phase,
      tick: now.tick - (now.tick % 10),
    };
    if (JSON.stringify(next) === JSON.stringify(told)) return;
    told = next;
    setTold(next);
  };
  const paint = (at: number): void => {
    timer = requestAnimationFrame(paint);
    const now = race.current?.now;
    if (!now || !context) return;
    const began = performance.now();
    fit();
    const scene = race.current?.scene(at, props.current.names, isCalm());
    if (scene) draw(context, scene, size.cell, palette);
    times.push(performance.now() - began);
    if (times.length >= TIMES_KEPT) {
      const sorted = times.splice(0).sort((a, b) => a - b);
      canvas.dataset["corrections"] = String(race.current?.corrections ?? 0);
      canvas.dataset["drawP95"] = (sorted[Math.floor(sorted.length * 0.95)] ?? 0).toFixed(2);
    }
    if (now !== before || now.phase === "countdown") tell(now);
    else if (now.phase === "racing" && told.big === null && at % 250 < 17) tell(now);
  };
  const resized = new ResizeObserver(fit);
  resized.observe(canvas.parentElement ?? canvas);
  dark.addEventListener("change", recolor);
  const themed = new MutationObserver(recolor);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  timer = requestAnimationFrame(paint);
  return () => {
    cancelAnimationFrame(timer);
    resized.disconnect();
    themed.disconnect();
    dark.removeEventListener("change", recolor);
  };
}

function readPalette(canvas: HTMLCanvasElement): Palette {
  const style = getComputedStyle(canvas);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ground: value("--lc-ground"),
    grid: value("--lc-grid"),
    edge: value("--line"),
    ink: value("--ink"),
    players: Array.from({ length: 8 }, (_, seat) => value(`--p${seat + 1}`)),
  };
}
