/** What a player may look up: the state of the connection, the keys, the lag lab. Fetched when nothing else is to do. */

import { type FunctionComponent, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ago, mark, t } from "../core/say";
import { boot, connection, net, open as openChunk } from "./app";
import { useTick } from "./tick";
import { WORDS } from "./wire";

/** All that is known about the connection. */
function Details({ close }: { readonly close: () => void }) {
  const state = net.value;
  useTick(1_000, state.status !== "closed");
  return (
    <>
      <dl class="num">
        <dt>{t("State")}</dt>
        <dd>{t(WORDS[state.status])}</dd>
        <dt>{t("Way")}</dt>
        <dd>{state.transport === null ? t("none") : state.transport === "websocket" ? t("websocket") : t("long-polling (websockets are blocked here)")}</dd>
        <dt>{t("Round trip")}</dt>
        <dd>{state.latencyMs === null ? t("not measured") : t("{n} ms", { n: Math.round(state.latencyMs) })}</dd>
        <dt>{t("Last answer")}</dt>
        <dd>{state.lastPingAt === null ? t("none yet") : ago(state.lastPingAt, Date.now())}</dd>
        {state.attempt > 0 && (
          <>
            <dt>{t("Tries")}</dt>
            <dd>
              {state.retryAt === null ? state.attempt : t("{n}, the next in {seconds} s", { n: state.attempt, seconds: Math.max(0, Math.round((state.retryAt - Date.now()) / 1_000)) })}
            </dd>
          </>
        )}
        {state.reason !== null && (
          <>
            <dt>{t("Last loss")}</dt>
            <dd>{state.reason}</dd>
          </>
        )}
        <dt>{t("Build")}</dt>
        <dd>{boot.build ?? t("unknown")}</dd>
      </dl>
      <div class="acts">
        {state.retryAt !== null && (
          <button type="button" class="btn" onClick={() => connection.wake()}>
            {t("Try now")}
          </button>
        )}
        <LabButton close={close} />
        <button type="button" class="btn" onClick={close}>
          {t("Close")}
        </button>
      </div>
    </>
  );
}

function LabButton({ close }: { readonly close: () => void }) {
  return (
    <button
      type="button"
      class="btn plain"
      data-testid="open-lab"
      title={t("Try the game on a bad connection")}
      onClick={() => {
        close();
        openChunk("lab");
      }}
    >
      {t("Lag lab")}
    </button>
  );
}

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["← → ↑ ↓", mark("walk over a board")],
  ["Enter", mark("play where you stand")],
  ["1–7", mark("Connect Four: drop into that column")],
  ["W A S D", mark("Light Cycles: turn, as the arrows do")],
  ["← →", mark("replay: one move back or on")],
  ["Home End", mark("replay: to the beginning or the end")],
  ["Space", mark("replay: play and pause")],
  ["[ ]", mark("replay: slower and faster")],
  ["/", mark("type commands: moves, clock, last, say")],
  ["M", mark("sound on and off")],
  ["?", mark("this help, or where you ride")],
];

/** The keys, and the way to the lag lab. */
export const open = (): void => openDialog("help", mark("Keys"), Keys);
/** What the pill in the header knows. */
export const openDetails = (): void => openDialog("net", mark("Connection"), Details);

type Inner = FunctionComponent<{ readonly close: () => void }>;

function openDialog(id: string, title: string, Inside: Inner): void {
  const holder = document.body.appendChild(document.createElement("div"));
  const remove = (): void => {
    render(null, holder);
    holder.remove();
  };
  render(<Dialog id={id} title={title} Inside={Inside} remove={remove} />, holder);
}

function Dialog({ id, title, Inside, remove }: { readonly id: string; readonly title: string; readonly Inside: Inner; readonly remove: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={`${id}-title`} data-testid={id} onClose={remove} onClick={(event) => event.target === dialog.current && close()}>
      <h2 id={`${id}-title`}>{t(title)}</h2>
      <Inside close={close} />
    </dialog>
  );
}

function Keys({ close }: { readonly close: () => void }) {
  return (
    <>
      <dl>
        {KEYS.map(([keys, what]) => (
          <>
            <dt>{keys}</dt>
            <dd>{t(what)}</dd>
          </>
        ))}
      </dl>
      <div class="acts">
        <LabButton close={close} />
        <button type="button" class="btn" autoFocus onClick={close}>
          {t("Close")}
        </button>
      </div>
    </>
  );
}
