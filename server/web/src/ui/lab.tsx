/**
 * The lag lab, `?lab`: a bad connection on purpose, and what the client holds while it lasts. It sits beside whatever page is
 * shown and lets that page play on.
 */

import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { RoomSession } from "../core/room";
import { mark, t } from "../core/say";
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

const TABS = { Shown: mark("Shown"), Confirmed: mark("Confirmed"), Messages: mark("Messages") } as const;
type Tab = keyof typeof TABS;

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
    <aside class={`lab${isFolded.value ? " is-folded" : ""}`} aria-label={t("Lag lab")} data-testid="lab">
      <header>
        <h2>{t("Lag lab")}</h2>
        <span class="tiny num quiet">
          {transport ?? status}
          {latencyMs !== null && `, ${t("{n} ms", { n: Math.round(latencyMs) })}`}
        </span>
        <button type="button" class="btn plain inrow" aria-expanded={!isFolded.value} onClick={() => (isFolded.value = !isFolded.value)}>
          {isFolded.value ? t("Show") : t("Fold")}
        </button>
        <button type="button" class="btn plain inrow" data-testid="lab-close" onClick={close}>
          {t("Leave")}
        </button>
      </header>
      {!isFolded.value && (
        <div class="lab-body">
          <Slider id="latency" name={t("Latency")} unit="ms" most={1_000} step={20} value={settings.value.latencyMs} set={(latencyMs) => set({ latencyMs })} />
          <Slider id="jitter" name={t("Jitter")} unit="ms" most={300} step={10} value={settings.value.jitterMs} set={(jitterMs) => set({ jitterMs })} />
          <Slider id="loss" name={t("Loss")} unit="%" most={30} step={1} value={settings.value.lossPercent} set={(lossPercent) => set({ lossPercent })} />
          <fieldset class="choice">
            <legend>{t("Way")}</legend>
            {[false, true].map((isPollingOnly) => (
              <label>
                <input
                  type="radio"
                  name="lab-way"
                  data-testid={isPollingOnly ? "lab-polling" : "lab-websocket"}
                  checked={settings.value.isPollingOnly === isPollingOnly}
                  onChange={() => set({ isPollingOnly })}
                />
                <span>{isPollingOnly ? t("Polling only") : t("Websocket first")}</span>
              </label>
            ))}
          </fieldset>
          <div class="lab-acts">
            <button type="button" class="btn danger" data-testid="lab-drop" onClick={() => wire.drop()}>
              {t("Drop the connection")}
            </button>
            <button type="button" class="btn" data-testid="lab-spoil" title={t("Its checksum will be wrong, and the client has to notice")} onClick={() => wire.spoilNext()}>
              {t("Spoil the next patch")}
            </button>
          </div>
          {room && <Facts room={room} />}
          <div class="lab-tabs" role="group" aria-label={t("Look at")}>
            {(Object.keys(TABS) as Tab[]).map((name) => (
              <button type="button" class="btn plain inrow" aria-pressed={shows.value === name} onClick={() => (shows.value = name)}>
                {t(TABS[name])}
              </button>
            ))}
          </div>
          {shows.value === "Messages" ? <Messages seen={seen.value} /> : room ? <State room={room} isConfirmed={shows.value === "Confirmed"} /> : <p class="quiet small">{t("Sit down at a table to see its state here.")}</p>}
        </div>
      )}
    </aside>
  );
}

interface SliderProps {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  readonly step: number;
  readonly value: number;
  readonly set: (value: number) => void;
}

function Slider({ id: short, name, unit, most, step, value, set }: SliderProps) {
  const id = `lab-${short}`;
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
    [t("Version"), String(version), "lab-version"],
    [t("Epoch"), epoch ?? t("none"), "lab-epoch"],
    [t("Checksum"), checksum.toString(16).padStart(8, "0"), "lab-checksum"],
    [t("Seat"), room.seat.value === null ? t("watching") : String(room.seat.value), "lab-seat"],
    [t("Pending"), pending.length === 0 ? t("none") : pending.map(({ action, base }) => `${action.type} on ${base}`).join(", "), "lab-pending"],
    [t("Incidents"), incidents.length === 0 ? t("none") : incidents.map(({ kind, version: at }) => `${kind} at ${at}`).join(", "), "lab-incidents"],
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
  const says = isConfirmed ? t("What the server confirmed.") : hoped > 0 ? t("What the board shows; what is only hoped for is marked.") : t("What the board shows: all of it is confirmed.");
  return (
    <div class="lab-state" tabIndex={0} role="group" aria-label={t("State")}>
      <p class="tiny quiet">{says}</p>
      <StateTree shown={isConfirmed ? confirmed : shown} confirmed={confirmed} />
    </div>
  );
}

function Messages({ seen }: { readonly seen: readonly Seen[] }) {
  return (
    <ol class="lab-messages" tabIndex={0} aria-label={t("Messages, newest first")}>
      {seen.map(({ at, way, text, bytes, note }) => (
        <li key={`${at}${way}${text}`} class={way}>
          <span class="num quiet">
            {way === "in" ? "↓" : "↑"} {new Date(at).toISOString().slice(17, 23)} · {bytes} B{note && ` · ${note}`}
          </span>
          <code>{text}</code>
        </li>
      ))}
      {seen.length === 0 && <li class="quiet">{t("Nothing yet.")}</li>}
    </ol>
  );
}
