/** What a player may look up: the state of the connection, the keys, the lag lab. Fetched when nothing else is to do. */

import { boot, connection, net } from "./app";
import { WORDS } from "./pill";
import { useTick } from "./tick";

/** All that is known about the connection. */
export function Details({ close }: { readonly close: () => void }) {
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
        <button type="button" class="btn" onClick={close}>
          Close
        </button>
      </div>
    </>
  );
}
