/** Tells the server what was used. Fetched while the page rests; without it nothing is told. */

import { noted } from "../core/features";
import { mayCount, takeNoted } from "../core/features-report";
import { connection, net } from "./app";

const EVERY_MS = 10_000;

function tell(): void {
  if (net.peek().status !== "connected") return;
  const message = takeNoted(noted);
  if (message) void connection.request("features", message);
}

if (mayCount(navigator)) {
  setInterval(tell, EVERY_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
} else setInterval(() => noted.splice(0), EVERY_MS);
