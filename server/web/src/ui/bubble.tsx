import { useEffect, useState } from "preact/hooks";
import { emoteOf } from "../core/emotes";
import type { RoomSession } from "../core/room";
import { serverNow } from "./app";
import { EmoteArt } from "./emote-art";
import { isMuted } from "./people";

const SHOWN_MS = 4_000;

/** On a plate for a moment: the picture that its player just sent. The chat's log says it too. */
export function Bubble({ session, seat }: { readonly session: RoomSession; readonly seat: number }) {
  const said = session.chat.value.filter((line) => line.seat === seat).at(-1);
  const emote = said ? emoteOf(said.text) : null;
  const left = said && emote ? said.at_ms + SHOWN_MS - serverNow() : 0;
  const [, draw] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => draw((n) => n + 1), left);
    return () => clearTimeout(timer);
  }, [said?.at_ms]);
  if (!said || emote === null || left <= 0 || isMuted(session, said)) return null;
  return (
    <span class="bubble" aria-hidden="true" data-testid={`bubble-${seat}`}>
      <EmoteArt of={emote} isMute />
    </span>
  );
}
