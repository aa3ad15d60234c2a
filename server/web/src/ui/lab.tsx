/**
 * The lag lab, `?lab`: a bad connection on purpose, and what the client holds while it lasts. It sits beside whatever page is
 * shown and lets that page play on.
 */

import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { RoomSession } from "../core/room";
import { CALM, type LabSettings, LabWire, type Seen } from "../net/lab-wire";
import { POLLING_UNTIL_KEY } from "../net/state";
import { active, adoptStyles, connection, net, world } from "./app";
import { StateTree } from "./lab-tree";
import css from "./styles/lab.css";

adoptStyles(css);

let isOpen = false;

export function open(): void {
  if (isOpen) return;
  isOpen = true;
  address("?lab");
  const wire = new LabWire(world);
  wire.install();
  restart();
  const holder = document.body.appendChild(document.createElement("div"));
  const close = (): void => {
    isOpen = false;
    wire.uninstall();
    restart();
    address("");
    render(null, holder);
    holder.remove();
  };
  render(<Lab wire={wire} close={close} />, holder);
}

function address(search: string): void {
  history.replaceState(history.state, "", location.pathname + search + location.hash);
}

/** Only what is opened from now on goes over the lab's wire. */
function restart(): void {
  if (net.value.status === "closed") return;
  world.remember(POLLING_UNTIL_KEY, null);
  connection.stop("the lag lab took over");
  connection.start();
}

const TABS = ["Shown", "Confirmed", "Messages"] as const;
type Tab = (typeof TABS)[number];

const isRoom = (listener: object | null): listener is RoomSession => listener !== null && "confirmed" in listener;

function Lab({ wire, close }: { readonly wire: LabWire; readonly close: () => void }) {
  const settings = useSignal<LabSettings>(CALM);
  const seen = useSignal<readonly Seen[]>([]);
  const isFolded = useSignal(matchMedia("(max-width: 860px)").matches);
  const shows = useSignal<Tab>("Shown");
  useEffect(() => {
    wire.onSeen = () => (seen.value = wire.seen);
  }, [wire]);
  const set = (change: Partial<LabSettings>): void => {
    const isMoved = change.isPollingOnly !== undefined && change.isPollingOnly !== settings.value.isPollingOnly;
    wire.settings = settings.value = { ...settings.value, ...change };
    if (isMoved) restart();
  };
  const room = isRoom(active.value) ? active.value : null;
  const { status, transport, latencyMs } = net.value;
  return (
    <aside class={`lab${isFolded.value ? " is-folded" : ""}`} aria-label="Lag lab" data-testid="lab">
      <header>
        <h2>Lag lab</h2>
        <span class="tiny num quiet">
          {transport ?? status}
          {latencyMs !== null && `, ${Math.round(latencyMs)} ms`}
        </span>
        <button type="button" class="btn plain inrow" aria-expanded={!isFolded.value} onClick={() => (isFolded.value = !isFolded.value)}>
          {isFolded.value ? "Show" : "Fold"}
        </button>
        <button type="button" class="btn plain inrow" data-testid="lab-close" onClick={close}>
          Leave
        </button>
      </header>
      {!isFolded.value && (
        <div class="lab-body">
          <Slider name="Latency" unit="ms" most={1_000} step={20} value={settings.value.latencyMs} set={(latencyMs) => set({ latencyMs })} />
          <Slider name="Jitter" unit="ms" most={300} step={10} value={settings.value.jitterMs} set={(jitterMs) => set({ jitterMs })} />
          <Slider name="Loss" unit="%" most={30} step={1} value={settings.value.lossPercent} set={(lossPercent) => set({ lossPercent })} />
          <fieldset class="choice">
            <legend>Way</legend>
            {[false, true].map((isPollingOnly) => (
              <label>
                <input
                  type="radio"
                  name="lab-way"
                  data-testid={isPollingOnly ? "lab-polling" : "lab-websocket"}
                  checked={settings.value.isPollingOnly === isPollingOnly}
                  onChange={() => set({ isPollingOnly })}
                />
                <span>{isPollingOnly ? "Polling only" : "Websocket first"}</span>
              </label>
            ))}
          </fieldset>
          <div class="lab-acts">
            <button type="button" class="btn danger" data-testid="lab-drop" onClick={() => wire.drop()}>
              Drop the connection
            </button>
            <button type="button" class="btn" data-testid="lab-spoil" title="Its checksum will be wrong, and the client has to notice" onClick={() => wire.spoilNext()}>
              Spoil the next patch
            </button>
          </div>
          {room && <Facts room={room} />}
          <div class="lab-tabs" role="group" aria-label="Look at">
            {TABS.map((name) => (
              <button type="button" class="btn plain inrow" aria-pressed={shows.value === name} onClick={() => (shows.value = name)}>
                {name}
              </button>
            ))}
          </div>
          {shows.value === "Messages" ? <Messages seen={seen.value} /> : room ? <State room={room} isConfirmed={shows.value === "Confirmed"} /> : <p class="quiet small">Sit down at a table to see its state here.</p>}
        </div>
      )}
    </aside>
  );
}

interface SliderProps {
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  readonly step: number;
  readonly value: number;
  readonly set: (value: number) => void;
}

function Slider({ name, unit, most, step, value, set }: SliderProps) {
  const id = `lab-${name.toLowerCase()}`;
  return (
    <div class="lab-slider">
      <label for={id}>{name}</label>
      <input id={id} data-testid={id} type="range" min={0} max={most} step={step} value={value} onInput={(event) => set(Number(event.currentTarget.value))} />
      <output class="num" for={id}>
        {value} {unit}
      </output>
    </div>
  );
}

function Facts({ room }: { readonly room: RoomSession }) {
  // What is read of the session by signals renders this again; what is confirmed changes with `view`.
  const incidents = room.incidents.value;
  const pending = room.pending.value;
  room.view.value;
  const { epoch, version, checksum } = room.confirmed;
  const facts: readonly (readonly [name: string, value: string, hook: string])[] = [
    ["Version", String(version), "lab-version"],
    ["Epoch", epoch ?? "none", "lab-epoch"],
    ["Checksum", checksum.toString(16).padStart(8, "0"), "lab-checksum"],
    ["Seat", room.seat.value === null ? "watching" : String(room.seat.value), "lab-seat"],
    ["Pending", pending.length === 0 ? "none" : pending.map(({ action, base }) => `${action.type} on ${base}`).join(", "), "lab-pending"],
    ["Incidents", incidents.length === 0 ? "none" : incidents.map(({ kind, version: at }) => `${kind} at ${at}`).join(", "), "lab-incidents"],
  ];
  return (
    <dl class="lab-facts num">
      {facts.map(([name, value, hook]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid={hook}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function State({ room, isConfirmed }: { readonly room: RoomSession; readonly isConfirmed: boolean }) {
  const shown = room.view.value;
  const { view: confirmed } = room.confirmed;
  const hoped = room.pending.value.length;
  const says = isConfirmed ? "What the server confirmed." : hoped > 0 ? "What the board shows; what is only hoped for is marked." : "What the board shows: all of it is confirmed.";
  return (
    <div class="lab-state" tabIndex={0} role="group" aria-label="State">
      <p class="tiny quiet">{says}</p>
      <StateTree shown={isConfirmed ? confirmed : shown} confirmed={confirmed} />
    </div>
  );
}

function Messages({ seen }: { readonly seen: readonly Seen[] }) {
  return (
    <ol class="lab-messages" tabIndex={0} aria-label="Messages, newest first">
      {seen.map(({ at, way, text, bytes, note }) => (
        <li key={`${at}${way}${text}`} class={way}>
          <span class="num quiet">
            {way === "in" ? "↓" : "↑"} {new Date(at).toISOString().slice(17, 23)} · {bytes} B{note && ` · ${note}`}
          </span>
          <code>{text}</code>
        </li>
      ))}
      {seen.length === 0 && <li class="quiet">Nothing yet.</li>}
    </ol>
  );
}
