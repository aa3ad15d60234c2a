/** Colours, letters, and the small components in each state. */

import type { ComponentChildren } from "preact";
import { EMOTES } from "../core/emotes";
import { INITIAL_NET_STATE, type NetState } from "../net/state";
import { net, toast } from "../ui/app";
import { EmoteArt, emoteWords } from "../ui/emote-art";
import * as icons from "../ui/icons";
import { Pill } from "../ui/pill";
import { Plate } from "../ui/plate";
import { RoomProblem } from "../ui/problem";
import { Shape, SHAPES } from "../ui/shapes";
import * as tableIcons from "../ui/table-icons";

const TOKENS = ["bg", "surface", "sunken", "plate", "hole", "ink", "ink2", "line", "rule", "accent", "ok", "warn", "bad", "focus", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"];
const CONNECTED: NetState = { ...INITIAL_NET_STATE, status: "connected", transport: "websocket", latencyMs: 32, lastPingAt: Date.now() };
const LOST: NetState = { ...INITIAL_NET_STATE, attempt: 2, lostAt: Date.now() - 4_000, retryAt: Date.now() + 9_000, reason: "the network went" };
export const NETS: Readonly<Record<string, NetState>> = {
  "fast": CONNECTED,
  "slow": { ...CONNECTED, latencyMs: 140 },
  "very slow": { ...CONNECTED, latencyMs: 1_234, transport: "polling" },
  "connecting": { ...INITIAL_NET_STATE, status: "connecting" },
  "reconnecting": { ...LOST, status: "reconnecting" },
  "offline": { ...LOST, status: "offline" },
};

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="section">
      <h2>{title}</h2>
      <div class="sg-row">{children}</div>
    </section>
  );
}

const plate = (words: string, change: object = {}) => (
  <div class="sg-plate">
    <Plate seat={0} name="Ada" isYou={false} isTurn={false} state={{ words, tone: "quiet" }} clock={{ remaining_ms: [312_000], running: null }} clockSince={Date.now()} isRunning={false} {...change} />
  </div>
);

export function Pieces() {
  return (
    <>
      <Section title="Colours">
        {TOKENS.map((name) => (
          <figure class="sg-swatch">
            <span style={{ background: `var(--${name})` }} />
            <figcaption class="tiny">{name}</figcaption>
          </figure>
        ))}
      </Section>
      <Section title="Letters">
        <div>
          <h1>Pick a game</h1>
          <h2>Your games</h2>
          <h3>Connect Four</h3>
          <p>Send the link. Play.</p>
          <p class="small quiet">Small and quiet</p>
          <p class="tiny quiet num">Tiny 0123456789</p>
        </div>
      </Section>
      <Section title="Players: a colour and a shape">
        {SHAPES.map((_, seat) => (
          <span class="sg-shape">
            <Shape seat={seat} />
          </span>
        ))}
        <span class="sg-shape">
          <Shape seat={0} isFree />
        </span>
      </Section>
      <Section title="Buttons">
        <button class="btn main">Main</button>
        <button class="btn main big">Main, big</button>
        <button class="btn">Plain frame</button>
        <button class="btn plain">No frame</button>
        <button class="btn danger">Danger</button>
        <button class="btn inrow">In a row</button>
        <button class="btn main" disabled>
          Disabled
        </button>
      </Section>
      <Section title="Fields">
        <div class="field">
          <label for="sg-name">Your name</label>
          <input id="sg-name" class="input" value="Ada" />
        </div>
        <div class="field">
          <label for="sg-code">Room code</label>
          <input id="sg-code" class="input code" placeholder="QK7F2MAB" />
        </div>
        <fieldset class="choice">
          <legend>Clock</legend>
          {["10 min + 5 s", "3 min + 2 s", "No clock"].map((word, at) => (
            <label>
              <input type="radio" name="sg-clock" checked={at === 0} />
              <span>{word}</span>
            </label>
          ))}
        </fieldset>
        <label class="check">
          <input type="checkbox" checked /> Only people with the link
        </label>
        <p class="oops">What is wrong, in words.</p>
      </Section>
      <Section title="Plates">
        {plate("At the table")}
        {plate("Your move", { isYou: true, isTurn: true, state: { words: "Your move", tone: "ok" }, clock: { remaining_ms: [312_000], running: 0 }, isRunning: true })}
        {plate("Your move", { isTurn: true, state: { words: "Thinking…", tone: "ok" }, clock: { remaining_ms: [8_300], running: 0 }, isRunning: true })}
        {plate("Away for a moment", { state: { words: "Away for a moment", tone: "warn" } })}
        {plate("Out of dice", { isOut: true })}
        {plate("Waiting for a player", { name: null, clock: null })}
        {plate("At the table", { seat: 5, name: "A name as long as names may be" })}
      </Section>
      <Section title="Pictures of the chat">
        {EMOTES.map((emote) => (
          <figure class="sg-swatch p2">
            <EmoteArt of={emote} />
            <figcaption class="tiny">{emoteWords(emote)}</figcaption>
          </figure>
        ))}
      </Section>
      <Section title="Icons">
        {Object.entries({ ...icons, ...tableIcons }).map(([name, path]) =>
          typeof path === "string" ? (
            <figure class="sg-swatch sg-icon">
              <icons.Icon of={path} />
              <figcaption class="tiny">{name}</figcaption>
            </figure>
          ) : null,
        )}
      </Section>
      <Section title="Connection">
        {Object.entries(NETS).map(([name, state]) => (
          <button class="btn" onClick={() => (net.value = state)}>
            {name}
          </button>
        ))}
        <Pill />
        <button class="btn" onClick={() => toast("What just happened, in a sentence.")}>
          Toast
        </button>
      </Section>
    </>
  );
}

/** Pages that are one message. */
export function Problems() {
  return (
    <>
      {["unknown_room", "room_closed", "unreachable", "room_faulted", "forbidden"].map((code) => (
        <div class="sg-frame">
          <RoomProblem code={code} message="What the server said." retry={() => undefined} replay="x" />
        </div>
      ))}
    </>
  );
}
