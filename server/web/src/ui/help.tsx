/** What a player may look up: the state of the connection, the keys, the lag lab. Fetched when nothing else is to do. */

import { type FunctionComponent, render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { boot, connection, net, open as openChunk } from "./app";
import { WORDS } from "./pill";
import { useTick } from "./tick";

/** All that is known about the connection. */
function Details({ close }: { readonly close: () => void }) {
  const state = net.value;
  useTick(1_000, state.status !== "closed");
  const seconds = (at: number): string => `${Math.max(0, Math.round(Math.abs(Date.now() - at) / 1_000))} s`;
  return (
    <>
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
        <LabButton close={close} />
        <button type="button" class="btn" onClick={close}>
          Close
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
      title="Try the game on a bad connection"
      onClick={() => {
        close();
        openChunk("lab");
      }}
    >
      Lag lab
    </button>
  );
}

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["← → ↑ ↓", "walk over a board"],
  ["Enter", "play where you stand"],
  ["1 to 7", "Connect Four: drop into that column"],
  ["W A S D", "Light Cycles: turn, as the arrows do"],
  ["← →", "replay: one move back or on"],
  ["Home End", "replay: to the beginning or the end"],
  ["Space", "replay: play and pause"],
  ["[ ]", "replay: slower and faster"],
  ["?", "this help"],
];

/** The keys, and the way to the lag lab. */
export const open = (): void => openDialog("help", "Keys", Keys);
/** What the pill in the header knows. */
export const openDetails = (): void => openDialog("net", "Connection", Details);

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
      <h2 id={`${id}-title`}>{title}</h2>
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
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <div class="acts">
        <LabButton close={close} />
        <button type="button" class="btn" autoFocus onClick={close}>
          Close
        </button>
      </div>
    </>
  );
}
