/** Notices of the browser that it is one's turn: asked for by a click, shown only while the page is out of sight. */

import { signal } from "@preact/signals";
import { used } from "../core/features";
import { t } from "../core/say";
import { recall, remember } from "../core/small";
import { toast } from "./app";

const KEY = "kibitz.notices";

/** What the browser allows; null where it has no notices. */
const allowed = (): NotificationPermission | null => ("Notification" in window ? Notification.permission : null);

export const canNotify = allowed() !== null;
export const isNotifying = signal(allowed() === "granted" && recall(KEY) === "on");

/** Only ever called by a click: a page that asks unbidden is refused for good. */
export async function toggleNotices(): Promise<void> {
  if (isNotifying.value) return set(false, t("No notices any more."));
  const answer = allowed() === "default" ? await Notification.requestPermission() : allowed();
  if (answer === "granted") set(true, t("You get a notice when it is your turn and this page is out of sight."));
  else toast(t("Notices are not allowed here: the browser’s settings for this page can change it."));
}

function set(isOn: boolean, words: string): void {
  used("notifications");
  isNotifying.value = isOn;
  remember(KEY, isOn ? "on" : null);
  toast(words);
}

let shown: Notification | null = null;

export function notify(title: string, body: string, tag: string): void {
  if (!isNotifying.peek() || allowed() !== "granted" || document.visibilityState === "visible") return;
  try {
    shown = new Notification(title, { body, tag });
    shown.onclick = () => {
      window.focus();
      forget();
    };
  } catch {
    // Phones show notices by the service worker alone.
    void navigator.serviceWorker?.getRegistration().then((registration) => registration?.showNotification(title, { body, tag, data: location.href }));
  }
}

/** It is not their turn any more, or they are back. */
export function forget(): void {
  shown?.close();
  shown = null;
}

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && forget());
