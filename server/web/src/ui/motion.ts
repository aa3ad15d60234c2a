/** How much moves on the page: what the device asks for, or less. The page's first script puts the choice on the root element. */

import { signal } from "@preact/signals";
import { recall, remember } from "../core/small";

const KEY = "kibitz.motion";

const asked = matchMedia("(prefers-reduced-motion: reduce)");
export const motion = signal<"auto" | "less">(recall(KEY) === "less" ? "less" : "auto");

export function setMotion(isLess: boolean): void {
  motion.value = isLess ? "less" : "auto";
  remember(KEY, isLess ? "less" : null);
  if (isLess) document.documentElement.dataset["motion"] = "less";
  else delete document.documentElement.dataset["motion"];
}

/** Whether whatever moves should fade or stand instead. */
export const isCalm = (): boolean => motion.peek() === "less" || asked.matches;
