/** What surrounds every page: header with the connection's pill, banner, toast, footer. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { NetState } from "../net/state";
import { boot, connection, isLive, net, said, theme, type Theme } from "./app";
import { AUTO, Icon, MOON, SUN } from "./icons";
import { useTick } from "./tick";

const BANNER_AFTER_MS = 1_000;

export function Frame({ children, promise, plain = false }: { readonly children: ComponentChildren; readonly promise?: string | undefined; readonly plain?: boolean }) {
  return (
    <>
      <header class="top">
        <a class="brand display" href="/" aria-label="Kibitz, to the lobby">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <circle class="b1" cx="9.5" cy="19" r="8" />
            <path class="b2" d="M22 8l9 16H13z" />
          </svg>
          Kibitz
        </a>
        <Pill />
        <ThemeButton />
        <Banner promise={promise} />
      </header>
      <main class={`page enter${plain ? " plain" : ""}`}>{children}</main>
      <p class="hidden" role="status">
        {net.value.status === "reconnecting" || net.value.status === "offline" ? "Connection lost" : ""}
      </p>
      {said.value !== null && (
        <p class="toast" role="alert" data-testid="toast">
          {said.value}
        </p>
      )}
    </>
  );
}

const NEXT_THEME: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };

function ThemeButton() {
  const now = theme.value;
  const icon = now === "auto" ? AUTO : now === "light" ? SUN : MOON;
  const label = `Colours: ${now === "auto" ? "as the device" : now}`;
  return (
    <button type="button" class="btn plain icon" data-testid="theme" aria-label={label} title={label} onClick={() => (theme.value = NEXT_THEME[now])}>
      <Icon of={icon} />
    </button>
  );
}

const WORDS: Record<NetState["status"], string> = {
  connecting: "Connecting",
  connected: "Online",
  reconnecting: "Reconnecting",
  offline: "Offline",
  closed: "Not connected",
};

/** Not connected, and nothing on the page that would need it. */
const isAtRest = (status: NetState["status"]): boolean => !isLive.value && (status === "closed" || status === "connecting");

function Pill() {
  const state = net.value;
  const dialog = useRef<HTMLDialogElement>(null);
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
    <>
      <button
        type="button"
        class={`btn plain pill${isBack.value ? " flash" : ""}`}
        data-testid="net-pill"
        data-status={state.status}
        data-transport={state.transport ?? ""}
        data-latency={latency ?? ""}
        data-speed={speed}
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <svg class="bars" viewBox="0 0 16 14" aria-hidden="true">
          {[0, 1, 2].map((n) => (
            <rect class={n < bars ? "on" : ""} x={n * 6} y={9 - n * 4.5} width="4" height={5 + n * 4.5} rx="1" />
          ))}
        </svg>
        <span class="num">
          {WORDS[state.status]}
          {state.status === "connected" && latency !== null && ` · ${latency} ms`}
        </span>
      </button>
      <dialog ref={dialog} class="dialog" aria-labelledby="net-title" onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
        <Details state={state} close={() => dialog.current?.close()} />
      </dialog>
    </>
  );
}

function Details({ state, close }: { readonly state: NetState; readonly close: () => void }) {
  useTick(1_000, state.status !== "closed");
  const seconds = (at: number): string => `${Math.max(0, Math.round(Math.abs(Date.now() - at) / 1_000))} s`;
  return (
    <>
      <h2 id="net-title">Connection</h2>
      <dl class="num">
        <dt>State</dt>
        <dd>{WORDS[state.status]}</dd>
        <dt>Way</dt>
        <dd>{state.transport === null ? "none" : state.transport === "websocket" ? "websocket" : "long-polling (websockets are blocked here)"}</dd>
        <dt>Round trip</dt>
        <dd>{state.latencyMs === null ? "not measured" : `${Math.round(state.latencyMs)} ms`}</dd>
        <dt>Last answer</dt>
        <dd>{state.lastPingAt === null ? "none yet" : `${seconds(state.lastPingAt)} ago`}</dd>
        {state.attempt > 0 && (
          <>
            <dt>Tries</dt>
            <dd>
              {state.attempt}
              {state.retryAt !== null && `, next in ${seconds(state.retryAt)}`}
            </dd>
          </>
        )}
        {state.reason !== null && (
          <>
            <dt>Last loss</dt>
            <dd>{state.reason}</dd>
          </>
        )}
        <dt>Build</dt>
        <dd>{boot.build ?? "unknown"}</dd>
      </dl>
      <div class="acts">
        {state.retryAt !== null && (
          <button type="button" class="btn" onClick={() => connection.wake()}>
            Try now
          </button>
        )}
        <button type="button" class="btn" onClick={close}>
          Close
        </button>
      </div>
    </>
  );
}

/** Shown only after a second, so that a short loss does not flicker; says what is safe and when the next try is. */
function Banner({ promise }: { readonly promise?: string | undefined }) {
  const { status, lostAt, retryAt } = net.value;
  const isLost = lostAt !== null && status !== "connected" && status !== "closed" && !isAtRest(status);
  useTick(250, isLost);
  if (!isLost || Date.now() - lostAt < BANNER_AFTER_MS) return null;
  const wait = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000));
  const what = status === "offline" ? "You are offline." : status === "connecting" ? "Connecting…" : "Reconnecting…";
  return (
    <div class="banner" data-testid="banner">
      <span>
        <b>{what}</b> {promise ?? "Nothing is lost."} {wait !== null && wait > 0 && <span class="num">Next try in {wait} s.</span>}
      </span>
      {wait !== null && wait > 1 && (
        <button type="button" class="btn plain" onClick={() => connection.wake()}>
          Try now
        </button>
      )}
    </div>
  );
}
