/** Served in the worker's place where it is switched off: forgets what was kept, and ends itself. Open pages go on without it. */

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(end()));
// A kept page registers its worker when it has time for it. Where this one had come and gone by then it is brought back as it
// was, and not activated again: the next page that is asked for ends it for good.
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.waitUntil(end());
});

async function end(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
}

export {};
