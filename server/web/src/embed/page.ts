// The page at /embed/ROOM: a live board in somebody else's page. No cookie, no storage, no framework.

import type { Json } from "../protocol.gen";
import { el, picture, shape } from "./draw";
import { follow, type Seated, type Shown, type Standing, type View } from "./follow";

interface Boot {
  readonly room: string;
  readonly title: string;
  readonly is_closed: boolean;
  readonly seats: readonly Seated[];
}

const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "null") as Boot;
const root = document.getElementById("embed") as HTMLElement;
const wanted = new URLSearchParams(location.search).get("theme");
if (wanted === "light" || wanted === "dark") document.documentElement.dataset["theme"] = wanted;

const WORDS: Record<Standing, string> = { connecting: "connecting", live: "live", reconnecting: "reconnecting", over: "over" };

const state = el("span", "state");
state.setAttribute("role", "status");
state.dataset["testid"] = "state";
const players = el("ul", "players");
const board = el("div", "board");
const says = el("p", "says");
says.setAttribute("aria-live", "polite");
says.dataset["testid"] = "says";
const link = document.createElement("a");
link.href = `/room/${encodeURIComponent(boot.room)}`;
link.target = "_blank";
link.rel = "noopener";
root.append(el("header", "", el("h1", "", boot.title), state), players, board, el("footer", "", says, link));

let seats = boot.seats;
let now: Shown | null = null;

const names = (): string[] => seats.map(({ name }, seat) => name ?? `Seat ${seat + 1}`);

function turns(view: View): readonly number[] {
  const turn = view["turn"] ?? view["to_move"];
  const list = Array.isArray(turn) ? turn : [turn];
  return list.filter((each): each is number => typeof each === "number");
}

function sentence(view: View): string {
  const called = names();
  const outcome = view["outcome"] as { readonly winner?: Json; readonly winners?: readonly number[] } | null | undefined;
  if (outcome && typeof outcome === "object") {
    const won = outcome.winners ?? (typeof outcome.winner === "number" ? [outcome.winner] : []);
    return won.length ? `${won.map((seat) => called[seat]).join(" and ")} ${won.length > 1 ? "win" : "wins"}` : "A draw";
  }
  if (seats.some(({ name }) => name === null)) return "Waiting for players";
  if (now?.isPaused) return "Paused";
  const turn = turns(view).map((seat) => called[seat]);
  return turn.length ? `${turn.join(" and ")} to move` : view["phase"] === "waiting" ? "About to begin" : "";
}

interface Clock {
  readonly remaining_ms: readonly number[];
  readonly running: number | null;
  readonly running_seats?: readonly number[];
}

/** What stands beside a name: the clock, or the points of a race. */
function detail(seat: number): string {
  const riders = now?.view["riders"];
  if (Array.isArray(riders)) return String((riders[seat] as { readonly points?: number } | undefined)?.points ?? "");
  return time(seat);
}

function time(seat: number): string {
  const clock = now?.view["clock"] as Clock | null | undefined;
  const remaining = clock?.remaining_ms[seat];
  if (!clock || remaining === undefined || !now) return "";
  const runs = !now.isPaused && (clock.running === seat || clock.running_seats?.includes(seat));
  const seconds = Math.max(0, Math.ceil((remaining - (runs ? Date.now() - now.clockSince : 0)) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const clocks = (): void => players.querySelectorAll<HTMLElement>(".time").forEach((at, seat) => (at.textContent = detail(seat)));

function draw(): void {
  const view = now?.view ?? {};
  const turn = view["outcome"] ? [] : turns(view);
  const called = names();
  players.replaceChildren(
    ...called.map((name, seat) => {
      const own = el("li", turn.includes(seat) ? "on" : "", shape(seat), el("span", "name", name), el("span", "time"));
      if (turn.includes(seat)) own.setAttribute("aria-current", "true");
      return own;
    }),
  );
  if (now) board.replaceChildren(picture(view, called));
  const said = sentence(view);
  if (says.textContent !== said) says.textContent = said;
  link.textContent = seats.some(({ name }) => name === null) ? "Play" : "Watch";
  link.setAttribute("aria-label", `${link.textContent} on Kibitz, in a new tab`);
  clocks();
}

function stands(standing: Standing): void {
  state.dataset["state"] = standing;
  if (state.textContent !== WORDS[standing]) state.textContent = WORDS[standing];
}

draw();
if (boot.is_closed) stands("over");
else {
  const room = `/api/rooms/${encodeURIComponent(boot.room)}`;
  follow(
    {
      open: () => new EventSource(`${room}/feed`),
      isOver: async () => {
        const answer = await fetch(room, { credentials: "omit" });
        if (answer.ok) return ((await answer.json()) as { readonly status: string }).status === "closed";
        return answer.status === 404;
      },
      now: Date.now,
      later: (run, ms) => setTimeout(run, ms),
      chance: Math.random,
    },
    {
      shown: (shown) => {
        now = shown;
        draw();
      },
      seated: (seated) => {
        seats = seated;
        draw();
      },
      stands,
    },
  );
  setInterval(clocks, 1_000);
}
