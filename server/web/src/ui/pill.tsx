/** The connection in the header: bars, words, round trip; a click tells more. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { mark, t } from "../core/say";
import type { NetState } from "../net/state";
import { active, net, open } from "./app";

export const WORDS: Record<NetState["status"], string> = {
  connecting: mark("Connecting"),
  connected: mark("Online"),
  reconnecting: mark("Reconnecting"),
  offline: mark("Offline"),
  closed: mark("Not connected"),
};

/** Not connected, and nothing on the page that would need it. */
export const isAtRest = (status: NetState["status"]): boolean => active.value === null && (status === "closed" || status === "connecting");

export function Pill() {
  const state = net.value;
  const wasLost = useRef(false);
  const isBack = useSignal(false);
  useEffect(() => {
    if (state.status === "reconnecting" || state.status === "offline") wasLost.current = true;
    if (state.status !== "connected" || !wasLost.current) return;
    wasLost.current = false;
    isBack.value = true;
    const timer = setTimeout(() => (isBack.value = false), 1_200);
    return () => clearTimeout(timer);
  }, [state.status]);

  const latency = state.latencyMs === null ? null : Math.round(state.latencyMs);
  const speed = latency === null ? 3 : latency < 80 ? 3 : latency < 200 ? 2 : 1;
  const bars = state.status === "connected" ? speed : 0;
  if (isAtRest(state.status)) return null;
  return (
    <button
      type="button"
      class={`btn plain pill${isBack.value ? " flash" : ""}`}
      data-testid="net-pill"
      data-status={state.status}
      data-transport={state.transport ?? ""}
      data-latency={latency ?? ""}
      data-speed={speed}
      aria-haspopup="dialog"
      onClick={() => open("help", "openDetails")}
    >
      <svg class="bars" viewBox="0 0 16 14" aria-hidden="true">
        {[0, 1, 2].map((n) => (
          <rect class={n < bars ? "on" : ""} x={n * 6} y={9 - n * 4.5} width="4" height={5 + n * 4.5} rx="1" />
        ))}
      </svg>
      <span class="num">
        {state.status === "connected" && latency !== null ? (
          <>
            <span class="word">{t(WORDS.connected)} · </span>
            {t("{n} ms", { n: String(latency) })}
          </>
        ) : (
          t(WORDS[state.status])
        )}
      </span>
    </button>
  );
}
