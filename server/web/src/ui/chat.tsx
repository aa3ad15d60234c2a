import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RoomSession } from "../core/room";
import type { SeatPresence } from "../protocol.gen";
import { toast } from "./app";

const CHAT_MAX = 280;

export function Chat({ session, seats }: { readonly session: RoomSession; readonly seats: readonly SeatPresence[] }) {
  const text = useSignal("");
  const list = useRef<HTMLOListElement>(null);
  const lines = session.chat.value;
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines.length]);
  const send = async (): Promise<void> => {
    const said = text.value.trim();
    if (said === "") return;
    text.value = "";
    const refused = await session.say(said);
    if (!refused) return;
    text.value = said;
    toast(refused.code === "offline" || refused.code === "connection_lost" ? "Not sent: there is no connection just now." : refused.message);
  };
  return (
    <section class="chat" aria-labelledby="chat">
      <h2 class="rail-title" id="chat">
        Chat
      </h2>
      <ol ref={list} class="said" data-testid="chat-log" aria-live="polite" aria-labelledby="chat" tabIndex={0}>
        {lines.map((line, index) => (
          <li key={index} class={line.seat === null ? "" : `p${(line.seat % 8) + 1}`}>
            <b>{line.name || seats.find((s) => s.seat === line.seat)?.name || "Somebody"}</b> {line.text}
          </li>
        ))}
        {lines.length === 0 && <li class="quiet none">Say hello.</li>}
      </ol>
      <form
        class="say-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="hidden" for="chat-input">
          Message
        </label>
        <input
          id="chat-input"
          class="input"
          data-testid="chat-input"
          placeholder="Message"
          maxLength={CHAT_MAX}
          autocomplete="off"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <button type="submit" class="btn" data-testid="chat-send">
          Send
        </button>
      </form>
    </section>
  );
}
