import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Emote, EMOTES, emoteOf, partsOf } from "../core/emotes";
import { used } from "../core/features";
import type { RoomSession } from "../core/room";
import { refusal, t } from "../core/say";
import type { SeatPresence } from "../protocol.gen";
import { toast } from "./app";
import { EmoteArt, emoteWords } from "./emote-art";
import { Icon } from "./icons";
import { isNotifying, canNotify, toggleNotices } from "./notices";
import { isMuted } from "./people";
import { isSounding, toggleSound } from "./sound";
import { BELL, BELL_OFF, SMILE, SOUND, SOUND_OFF } from "./table-icons";

const CHAT_MAX = 280;
/** Sent as they stand here, shown in the language of whoever reads them. */
const presets = (): readonly (readonly [said: string, shown: string])[] => [
  ["Hello!", t("Hello!")],
  ["Good luck!", t("Good luck!")],
  ["Nice move!", t("Nice move!")],
  ["Well played!", t("Well played!")],
  ["Thanks!", t("Thanks!")],
  ["Sorry!", t("Sorry!")],
  ["One moment, please.", t("One moment, please.")],
  ["Another one?", t("Another one?")],
];

export function Chat({ session, seats }: { readonly session: RoomSession; readonly seats: readonly SeatPresence[] }) {
  const text = useSignal("");
  const isOpen = useSignal(false);
  const list = useRef<HTMLOListElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const lines = session.chat.value;
  const heard = lines.filter((line) => !isMuted(session, line));
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [heard.length]);
  const send = async (said: string): Promise<boolean> => {
    const refused = await session.say(said);
    if (refused) toast(refused.code === "offline" || refused.code === "connection_lost" ? t("Not sent: there is no connection just now.") : refusal(refused.code, refused.message));
    return refused === null;
  };
  const write = async (): Promise<void> => {
    const said = text.value.trim();
    if (said === "") return;
    text.value = "";
    used("chat");
    if (!(await send(said)) && text.value === "") text.value = said;
  };
  const pick = (said: string, kind: "chat_preset" | "emote"): void => {
    isOpen.value = false;
    opener.current?.focus();
    used(kind);
    void send(said);
  };
  return (
    <section class="chat" aria-labelledby="chat">
      <header class="chat-head">
        <h2 class="rail-title" id="chat">
          {t("Chat")}
        </h2>
        <button type="button" class="btn plain icon" data-testid="sound" aria-pressed={isSounding.value} aria-label={t("Sound")} aria-keyshortcuts="m" title={t("Sound (M)")} onClick={toggleSound}>
          <Icon of={isSounding.value ? SOUND : SOUND_OFF} />
        </button>
        {canNotify && session.seat.value !== null && (
          <button type="button" class="btn plain icon" data-testid="notices" aria-pressed={isNotifying.value} aria-label={t("A notice when it is my turn")} title={t("A notice when it is my turn")} onClick={() => void toggleNotices()}>
            <Icon of={isNotifying.value ? BELL : BELL_OFF} />
          </button>
        )}
      </header>
      <ol ref={list} class="said" data-testid="chat-log" aria-live="polite" aria-labelledby="chat" tabIndex={0}>
        {heard.map((line) => (
          <li key={`${line.at_ms}-${line.seat}-${line.text}`} class={line.seat === null ? "" : `p${(line.seat % 8) + 1}`}>
            <b>{line.name || seats.find((s) => s.seat === line.seat)?.name || t("Somebody")}</b> <Said text={line.text} />
          </li>
        ))}
        {heard.length < lines.length && <li class="quiet tiny none">{t("Whom you muted is not shown.")}</li>}
        {lines.length === 0 && <li class="quiet none">{t("Say hello.")}</li>}
      </ol>
      {isOpen.value && (
        <div class="picks" data-testid="picks" onKeyDown={(event) => event.key === "Escape" && ((isOpen.value = false), opener.current?.focus())}>
          <div class="emotes" role="group" aria-label={t("Pictures")}>
            {EMOTES.map((emote: Emote) => (
              <button key={emote} type="button" class="btn plain icon" data-testid={`emote-${emote}`} aria-label={emoteWords(emote)} title={emoteWords(emote)} onClick={() => pick(`:${emote}:`, "emote")}>
                <EmoteArt of={emote} isMute />
              </button>
            ))}
          </div>
          <div class="presets" role="group" aria-label={t("Sentences")}>
            {presets().map(([said, shown]) => (
              <button key={said} type="button" class="btn inrow" onClick={() => pick(said, "chat_preset")}>
                {shown}
              </button>
            ))}
          </div>
        </div>
      )}
      <form
        class="say-form"
        onSubmit={(event) => {
          event.preventDefault();
          void write();
        }}
      >
        <button ref={opener} type="button" class="btn plain icon" data-testid="open-picks" aria-expanded={isOpen.value} aria-label={t("Pictures and sentences")} title={t("Pictures and sentences")} onClick={() => (isOpen.value = !isOpen.value)}>
          <Icon of={SMILE} />
        </button>
        <label class="hidden" for="chat-input">
          {t("Message")}
        </label>
        <input
          id="chat-input"
          class="input"
          data-testid="chat-input"
          placeholder={t("Message")}
          maxLength={CHAT_MAX}
          autocomplete="off"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <button type="submit" class="btn" data-testid="chat-send">
          {t("Send")}
        </button>
      </form>
    </section>
  );
}

function Said({ text }: { readonly text: string }) {
  const only = emoteOf(text);
  if (only) {
    return (
      <span class="big-emote">
        <EmoteArt of={only} />
      </span>
    );
  }
  const preset = presets().find(([said]) => said === text)?.[1];
  if (preset !== undefined) return <>{preset}</>;
  return <>{partsOf(text).map((part, at) => ("emote" in part ? <EmoteArt key={at} of={part.emote} /> : part.text))}</>;
}
