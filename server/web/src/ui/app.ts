/** The objects of the page, made once: the only file that ties the headless parts to this browser. */

import { effect, signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { used } from "../core/features";
import { Identity } from "../core/identity";
import { Loader } from "../core/loader";
import { hurryOnApproach, pageChunk } from "../core/prefetch";
import { type GameInfo, type Me, type MyRoom, Problem, Rest, type RoomInfo } from "../core/rest";
import { parseRoute, pathOf, type Route } from "../core/router";
import { refusal, t } from "../core/say";
import { recall, remember } from "../core/small";
import { GAMES } from "../games/registry";
import type { Connection } from "../net/connection";
import { takeEarlySocket } from "../net/early";
import type { NetWorld } from "../net/link";
import { type Greeting, INITIAL_NET_STATE } from "../net/state";
import { words } from "./language";

export interface Boot {
  readonly build?: string;
  readonly code?: string | null;
  readonly room?: RoomInfo | null;
  /** Null: there is no session. Left out by a page that was kept. */
  readonly me?: Me | null;
  readonly is_worker_on?: boolean;
  readonly games?: readonly GameInfo[] | null;
  readonly rooms?: readonly RoomInfo[] | null;
  readonly socket?: { readonly path?: string };
}

function readBoot(): Boot {
  try {
    return JSON.parse(document.getElementById("boot")?.textContent ?? "{}") as Boot;
  } catch {
    return {};
  }
}

export const boot = readBoot();
export const rest = new Rest((url, init) => fetch(url, init));
export const identity = new Identity(rest, { recall, remember }, Math.random, boot.me, (work) =>
  // Plain http from another machine has no locks.
  navigator.locks ? navigator.locks.request("kibitz.session", work) : import("../core/claim").then(({ claimed }) => claimed(work)),
);

// ---------------------------------------------------------------- connection

// Without a session the early socket was opened for nothing: it was refused, or will be.
if (!identity.me.value) takeEarlySocket()?.socket.close();

/** What `ui/wire` knows of the connection. A guest who only looks around needs none, and does not wait for its code. */
export const net = signal(INITIAL_NET_STATE);
/** What the server said of itself when it let this page in. */
export const server = signal<Greeting | null>(null);
/** What to add to this machine's clock for the server's. */
let offset = 0;
export const serverNow = (): number => Date.now() + offset;
export const setServerOffset = (measured: number): number => (offset = measured);

export interface Listener {
  join(): Promise<void>;
  lost(): void;
  heard(name: string, payload: unknown): void;
}
/** The room that the page shows: it hears what the server says and joins on each new connection. Null where nothing lives on it. */
export const active = signal<Listener | null>(null);

/** How every page shows the connection, once there is one. */
export const line = signal<{ readonly Pill: FunctionComponent; readonly Banner: FunctionComponent<{ readonly promise?: string | undefined }> } | null>(null);
/** There once the chunk `wire` is, which every chunk that uses it needs. */
export let connection!: Connection;
/** What it sees of the browser. */
export let world!: NetWorld;
export function plug(made: Connection, seen: NetWorld, shown: NonNullable<typeof line.value>): void {
  connection = made;
  world = seen;
  line.value = shown;
}

/** A session and a connection, whichever of them is missing. Rejects with `Problem`. */
export async function connect(): Promise<void> {
  await Promise.all([loader.load("wire"), identity.ensure()]).catch((error: unknown) => {
    throw error instanceof Problem ? error : new Problem("unreachable", t("The server cannot be reached."), 0);
  });
  connection.start(takeEarlySocket());
}

// ---------------------------------------------------------------- addresses

export const route = signal<Route>(parseRoute(location.pathname, location.hash));
// The page knows already which room an invite leads to.
if (route.value.page === "invite" && boot.room) navigate({ page: "room", room: boot.room.room_id, watch: false }, "replace");

/** Whether another page was here before: the first one stands where its skeleton stood, and must not fade in. */
export let hasMoved = false;

/** A slow device takes longer for its picture of the old page than for the new page, which then only fades in. */
let isSlow = false;
const SLOW_DRAWING_MS = 24;
export const noteDrawing = (ms: number): boolean => (isSlow = ms > SLOW_DRAWING_MS);

/** `trace`: the page shows it already, and only the address is to say so. What stands behind `?` stays (the lag lab). */
export function navigate(to: Route, how: "push" | "replace" | "trace" = "push"): void {
  const path = pathOf(to).replace(/#|$/, `${location.search}$&`);
  if (how !== "push") history.replaceState(null, "", path);
  else if (path !== location.pathname + location.search + location.hash) history.pushState(null, "", path);
  if (how === "trace") return;
  if (how === "replace") return void (route.value = to);
  const isHere = chunksOf(to).every((chunk) => loader.ready(chunk));
  const mine = (arriving = load(to));
  const show = (): void => {
    // Meanwhile the player went elsewhere.
    if (arriving !== mine) return;
    hasMoved = true;
    route.value = to;
    said.value = null;
    scrollTo(0, 0);
  };
  // Where the browser can: the old page passes into the new one, which is drawn within a turn of the loop once it was fetched.
  if (!document.startViewTransition || document.hidden || isSlow) return isHere ? void mine.then(show) : show();
  document.startViewTransition(async () => {
    if (isHere) await mine;
    show();
    return new Promise((done) => setTimeout(done));
  }).ready.catch(() => undefined);
}

const follow = (): void => {
  arriving = Promise.resolve();
  route.value = parseRoute(location.pathname, location.hash);
};
window.addEventListener("popstate", follow);
window.addEventListener("hashchange", follow);
/** The page of ours that a link leads to. */
const behind = (link: HTMLAnchorElement): Route | null => {
  const to = link.origin === location.origin ? parseRoute(link.pathname, link.hash) : null;
  return to?.page === "unknown" ? null : to;
};
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest?.("a");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const to = behind(link);
  if (to === null || link.target !== "" || link.hasAttribute("download")) return;
  event.preventDefault();
  navigate(to);
});

// ---------------------------------------------------------------- chunks

export function isThrifty(): boolean {
  const link = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  return link?.saveData === true || /2g$/.test(link?.effectiveType ?? "");
}

export const loader = new Loader({
  whenIdle: (task) => {
    if ("requestIdleCallback" in window) requestIdleCallback(task, { timeout: 4_000 });
    else setTimeout(task, 300);
  },
  isThrifty,
});
loader.add({ name: "lobby", load: () => import("./lobby"), priority: 8 });
loader.add({ name: "wire", load: () => import("./wire"), priority: 30 });
// A table's words come beside it, not before it.
const withWords = <Page>(page: Promise<Page>): Promise<Page> => Promise.all([page, words("room", "games")]).then(([loaded]) => loaded);
loader.add({ name: "room", load: () => withWords(import("./room")), priority: 10, needs: ["wire"] });
loader.add({ name: "replay", load: () => withWords(import("./replay")), priority: 1 });
loader.add({ name: "offline", load: () => import("./offline"), priority: 6, needs: ["wire"] });
loader.add({ name: "choices", load: () => import("./choices"), priority: 20 });
loader.add({ name: "quick", load: () => import("./quick"), priority: 4, needs: ["room"] });
loader.add({ name: "settings", load: () => import("./settings"), priority: 3, needs: ["wire"] });
loader.add({ name: "pages", load: () => import("./pages"), priority: 2 });
loader.add({ name: "help", load: () => import("./help"), priority: 2, needs: ["wire"] });
loader.add({ name: "features", load: () => import("./features"), priority: 0, needs: ["wire"] });
loader.add({ name: "lab", load: () => import("./lab"), priority: 0, needs: ["wire"], when: () => false });
loader.add({ name: "generic", load: () => import("../games/generic/index"), priority: 0, when: () => false });
for (const [name, game] of Object.entries(GAMES)) loader.add({ name: `game:${name}`, load: game.load, priority: 5 });

hurryOnApproach(document, loader, (element) => {
  const link = element.closest?.("a");
  const to = link && behind(link);
  return to ? chunksOf(to) : [];
});
window.addEventListener("online", () => loader.schedule());

/** Opens a window of a lazy chunk that brings one: the help (key `?`), the pill's details, the lag lab (address `?lab`). */
export function open(chunk: "help" | "lab" | "settings", how = "open"): void {
  if (chunk !== "settings") used(chunk);
  loader.load(chunk).then(
    (loaded) => (loaded as Record<string, () => void>)[how]?.(),
    () => toast(t("It could not be fetched just now.")),
  );
}
document.addEventListener("keydown", ({ key, target }) => {
  if (key === "?" && !(target as Element).closest("input, textarea, select")) open("help");
});

/** What a page's chunk may bring beside the page itself. */
interface PageChunk {
  /** Does what need not wait for the page, and what it is better drawn with; resolves after a moment at most. */
  readonly prepare?: (to: Route) => Promise<void>;
}

/** Its page, and the board of the game that is played there. */
function chunksOf(to: Route): readonly string[] {
  const game = "room" in to && gameIn.get(to.room);
  return [pageChunk(to), game && chunkOf(game)].filter((chunk) => !!chunk) as string[];
}

/** All that an address needs, at once, and its page prepared. Never rejects. */
async function load(to: Route): Promise<unknown> {
  const [page, ...others] = chunksOf(to).map((chunk) => loader.load(chunk).catch(() => null));
  return Promise.all([page?.then((loaded) => (loaded as PageChunk | null)?.prepare?.(to)), ...others]);
}

/** The page that was asked for last: resolves when it can be drawn, as far as anybody should wait for that. */
export let arriving: Promise<unknown> = Promise.resolve();

/** What the address asks for, at once. Resolves when its page can be drawn (or cannot be fetched): until then the skeleton stays. */
export function hurry(): Promise<unknown> {
  // For a player who was here before the socket may as well be there when it is wanted.
  if (identity.me.value) loader.load("wire").then(() => connection.start(takeEarlySocket()), () => undefined);
  if (location.search === "?lab") open("lab");
  return Promise.all([(arriving = load(route.value)), words("first")]);
}

/** The chunk that draws a game; what another package brings is drawn by what the server says of it. */
export const chunkOf = (game: string): string => (Object.hasOwn(GAMES, game) ? `game:${game}` : "generic");

// ---------------------------------------------------------------- words, look

/** What a lazy chunk has to say at the top of every page. */
export const bar = signal<FunctionComponent | null>(null);
export const said = signal<string | null>(null);
let toastTimer = 0;

export function toast(text: string): void {
  said.value = text;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => (said.value = null), 5_000);
}

export function wordsFor(error: unknown): string {
  if (!(error instanceof Problem)) return t("Something went wrong. Please try again.");
  if (error.code === "unreachable") return t("The server cannot be reached. Check your connection and try again.");
  return refusal(error.code, error.message);
}

const adopted = new Set<string>();

/**
 * Puts a lazy chunk's style on the page. A constructed stylesheet is not inline style, so the policy allows it, and there is
 * no second file to wait for and no moment without style.
 */
export function adoptStyles(css: string): void {
  if (adopted.has(css)) return;
  adopted.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

export type Theme = "auto" | "light" | "dark";
const THEME_KEY = "kibitz.theme";
const stored = recall(THEME_KEY);
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "auto");
effect(() => {
  if (theme.value === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
  remember(THEME_KEY, theme.value === "auto" ? null : theme.value);
});

export const RECENT_KEY = "kibitz.rooms";

/** As the lobby knows a room, or as its own page does. */
export type SeenRoom = Pick<MyRoom, "room_id" | "game" | "status" | "seats"> & Partial<MyRoom>;

const MINE_KEY = "kibitz.mine";

/** "Your games" as they were last seen, so that the page need not move when the answers come. */
export function lastSeenRooms(): readonly SeenRoom[] {
  try {
    return JSON.parse(recall(MINE_KEY) ?? "[]") as readonly SeenRoom[];
  } catch {
    return [];
  }
}

/** Which game is played in a room, as far as this page heard of it: its board is fetched with the room's page. */
const gameIn = new Map<string, string>();
export function noteRooms(rooms: readonly { readonly room_id: string; readonly game: string }[]): void {
  for (const { room_id, game } of rooms) gameIn.set(room_id, game);
}
noteRooms([...lastSeenRooms(), ...(boot.rooms ?? []), ...(boot.room ? [boot.room] : [])]);

export function keepSeenRooms(rooms: readonly SeenRoom[]): void {
  noteRooms(rooms);
  remember(MINE_KEY, JSON.stringify(rooms));
}
