/** Chunks that jump the queue: a pointer, the focus or a finger comes to a link, and what it leads to is fetched before the click. */

import type { Loader } from "./loader";
import type { Route } from "./router";

const APPROACHES = ["pointerover", "focusin", "touchstart"] as const;

/** The chunk that draws a page; null for an address without one. */
export function pageChunk({ page }: Route): string | null {
  switch (page) {
    case "unknown":
      return null;
    case "invite":
      return "room";
    case "player":
    case "leaderboard":
      return "pages";
    default:
      return page;
  }
}

/** `leadsTo` gives the chunks behind an element. Asked for, not ahead of time: it holds on thrifty links, too. */
export function hurryOnApproach(page: EventTarget, loader: Pick<Loader, "load">, leadsTo: (element: Element) => readonly string[]): void {
  for (const approach of APPROACHES) {
    page.addEventListener(
      approach,
      ({ target }) => {
        // What could not be fetched is told when it is opened.
        for (const chunk of leadsTo(target as Element)) loader.load(chunk).catch(() => undefined);
      },
      { passive: true },
    );
  }
}
