/**
 * The service worker: pages, files, last rooms and replays for times without a connection.
 *
 * Files have their content's hash in their names: from the cache first, and only those that changed are fetched again. Pages
 * are shells without data of a moment, from the cache at once. What the API says is asked for first, and for three seconds.
 * It never takes over by itself: pages of before go on as they are until their player agrees (`take over`).
 */

declare const self: ServiceWorkerGlobalScope;
/** Written before this script by the server: a digest of the shells. */
declare const VERSION: string;
/** Written by the build: what every page needs, and the rest of the client. */
declare const FIRST: readonly string[];
declare const LATER: readonly string[];

const FILES = "files";
const ANSWERS = "answers";
const PAGES = `pages-${VERSION}`;
const ANSWERS_MAX = 60;
const WAIT_MS = 3_000;

/** Which shell shows a path. */
const SHELLS: readonly (readonly [path: RegExp, shell: string])[] = [
  [/^\/$/, "lobby"],
  [/^\/(r|room)\/[^/]+$/, "room"],
  [/^\/replay\/[^/]+$/, "replay"],
  [/^\/player$/, "player"],
  [/^\/leaderboard\/[^/]+$/, "leaderboard"],
];
/** What pages ask for that a player may open without a connection before they ever did with one. */
const MINE = ["/api/players/me", "/api/players/me/rooms", "/api/rooms", "/api/games"];
const KEPT_ANSWERS = /^\/api\/(games|leaderboard|players\/me(\/rooms)?|rooms(\/[^/]+(\/(events|replay))?)?)$/;
/** What happened since: of no use to a page that knows nothing yet, and it would push out what is. */
const NEWS = /[?&]after=[1-9]/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "fetch the rest") event.waitUntil(fetchMissing(LATER));
  if (event.data === "keep mine") event.waitUntil(keepMine());
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const shell = SHELLS.find(([path]) => path.test(pathname))?.[1];
    if (shell) event.respondWith(page(shell, event));
  } else if (pathname.startsWith("/assets/")) event.respondWith(file(request));
  else if (KEPT_ANSWERS.test(pathname) && !NEWS.test(search)) event.respondWith(answer(event));
});

async function install(): Promise<void> {
  await fetchMissing(FIRST);
  await fetchPages();
}

async function fetchPages(): Promise<void> {
  const pages = await caches.open(PAGES);
  const names = new Set(SHELLS.map(([, shell]) => shell));
  await pages.addAll([...names].map((name) => new Request(`/shell/${name}`, { cache: "reload", credentials: "omit" })));
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (![FILES, ANSWERS, PAGES].includes(name)) await caches.delete(name);
  const files = await caches.open(FILES);
  for (const { url } of await files.keys()) {
    const { pathname } = new URL(url);
    if (!FIRST.includes(pathname) && !LATER.includes(pathname)) await files.delete(url);
  }
  await self.clients.claim();
}

async function fetchMissing(names: readonly string[]): Promise<void> {
  const files = await caches.open(FILES);
  for (const name of names) if (!(await files.match(name))) await files.add(name);
}

async function keepMine(): Promise<void> {
  const answers = await caches.open(ANSWERS);
  for (const path of MINE) {
    if (await answers.match(path, { ignoreVary: true })) continue;
    const found = await fetch(path);
    if (found.ok) await keep(answers, new Request(path), found);
  }
}

async function page(shell: string, event: FetchEvent): Promise<Response> {
  const kept = await caches.match(`/shell/${shell}`, { cacheName: PAGES, ignoreVary: true });
  if (kept) return kept;
  // The browser, or a page whose files were gone, threw them away.
  event.waitUntil(fetchPages().catch(() => undefined));
  return fetch(event.request);
}

async function file(request: Request): Promise<Response> {
  const files = await caches.open(FILES);
  const kept = await files.match(request, { ignoreVary: true });
  if (kept) return kept;
  const found = await fetch(request);
  const { pathname } = new URL(request.url);
  if (found.ok && (FIRST.includes(pathname) || LATER.includes(pathname))) await files.put(request, found.clone());
  return found;
}

/** The page that a notice is about. */
async function show(url: string): Promise<unknown> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const found = pages.find((page) => page.url === url);
  return found ? found.focus() : self.clients.openWindow(url);
}

async function answer(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const answers = await caches.open(ANSWERS);
  const kept = await answers.match(request, { ignoreVary: true });
  const asked = fetch(request).then(async (found) => {
    if (found.ok) await keep(answers, request, found.clone());
    return found;
  });
  // Whichever way it goes, an answer that comes late is still kept.
  event.waitUntil(asked.catch(() => undefined));
  if (!kept) return asked;
  const late = new Promise<Response>((done) => setTimeout(() => done(aged(kept)), WAIT_MS));
  return Promise.race([asked.catch(() => aged(kept)), late]);
}

/** Says of when it is: the page tells its reader. */
function aged(kept: Response): Response {
  const headers = new Headers(kept.headers);
  headers.set("Kept-At", headers.get("Date") ?? "");
  return new Response(kept.body, { headers });
}

async function keep(answers: Cache, request: Request, found: Response): Promise<void> {
  // What is asked for again goes to the end of the line.
  await answers.delete(request, { ignoreVary: true });
  await answers.put(request, found);
  const all = await answers.keys();
  for (const old of all.slice(0, Math.max(0, all.length - ANSWERS_MAX))) await answers.delete(old);
}

export {};
