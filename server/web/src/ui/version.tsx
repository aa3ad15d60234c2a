/**
 * The service worker as the page sees it, and the bars about versions and being offline. Nothing is renewed unless the player
 * agrees, and nothing is offered while a match in real time runs; only where a server has no use for this client any more the
 * page says so at once.
 */

import { computed, effect, signal } from "@preact/signals";
import { used } from "../core/features";
import type { RoomSession } from "../core/room";
import { t } from "../core/say";
import { PROTOCOL } from "../protocol.gen";
import { active, bar, boot, identity, isThrifty, net, server } from "./app";

const LOOK_EVERY_MS = 30 * 60_000;
const LOOK_AGAIN_MS = 60_000;
/** A worker that was asked to take over does so within this time, or the page is loaded anew as things stand. */
const TAKE_OVER_MS = 5_000;

let registration: ServiceWorkerRegistration | null = null;
let lookedAt = 0;
/** Another version of the client is ready, here or on the server. */
const isNew = signal(false);
const isForced = computed(() => (server.value?.protocol ?? PROTOCOL) > PROTOCOL);
const isOffline = signal(!navigator.onLine);

// ---------------------------------------------------------------- the worker

type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string } };

export async function watchVersion(): Promise<void> {
  if ("serviceWorker" in navigator) {
    // The page's policy wants the address of a script to be made by somebody who is known.
    const policies = (window as { trustedTypes?: Policies }).trustedTypes;
    const script = policies?.createPolicy("worker", { createScriptURL: (url) => url }).createScriptURL("/sw.js") ?? "/sw.js";
    registration = await navigator.serviceWorker.register(script, { updateViaCache: "none" }).catch(() => null);
  }
  if (registration) {
    const found = registration;
    if (found.waiting && found.active) isNew.value = true;
    found.addEventListener("updatefound", () => follow(found.installing));
    setInterval(() => void look(), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && Date.now() - lookedAt > LOOK_AGAIN_MS) void look();
    });
    void navigator.serviceWorker.ready.then(({ active: worker }) => {
      if (isThrifty()) return;
      worker?.postMessage("fetch the rest");
      // Whoever has no session yet gets one later on this very page.
      identity.me.subscribe((me) => me && worker?.postMessage("keep mine"));
    });
  }
  effect(() => {
    if (server.value?.build && boot.build && server.value.build !== boot.build) void look(true);
  });
}

/** Is there another worker? `isSure`: the server has another build, whatever the worker says. */
async function look(isSure = false): Promise<void> {
  lookedAt = Date.now();
  await registration?.update().catch(() => undefined);
  if (registration?.installing) follow(registration.installing);
  else if (isSure || registration?.waiting) isNew.value = true;
}

function follow(worker: ServiceWorker | null): void {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && registration?.active) isNew.value = true;
  });
}

async function renew(): Promise<void> {
  used("update");
  const reload = (): void => location.reload();
  if (registration?.waiting) {
    navigator.serviceWorker.addEventListener("controllerchange", reload);
    registration.waiting.postMessage("take over");
    setTimeout(reload, TAKE_OVER_MS);
    return;
  }
  // The kept pages are of this version: ask the server for its own.
  if (registration) for (const name of await caches.keys()) if (name.startsWith("pages-")) await caches.delete(name);
  reload();
}

// ---------------------------------------------------------------- bars

function isInRealTime(): boolean {
  const room = active.value as Partial<RoomSession> | null;
  return room?.status?.value === "playing" && room.live != null;
}

function Bar() {
  if (isForced.value)
    return (
      <div class="banner" data-testid="outdated" role="alert">
        <span>
          <b>{t("This page is too old for the server.")}</b> {t("Your games are safe; update to play on.")}
        </span>
        <Update />
      </div>
    );
  if (isOffline.value && net.value.status === "closed")
    return (
      <div class="banner" data-testid="banner">
        <span>
          <b>{t("You are offline.")}</b> {t("What you see is from your last visit.")}
        </span>
      </div>
    );
  if (isNew.value && !isInRealTime())
    return (
      <div class="banner" data-testid="update">
        <span>{t("A new version of Kibitz is ready.")}</span>
        <Update />
      </div>
    );
  return null;
}

function Update() {
  return (
    <button type="button" class="btn plain" data-testid="update-now" onClick={() => void renew()}>
      {t("Update")}
    </button>
  );
}

window.addEventListener("online", () => (isOffline.value = false));
window.addEventListener("offline", () => (isOffline.value = true));
bar.value = Bar;
