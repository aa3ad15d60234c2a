/** What keys do at a table, and the chunks that they fetch. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Moment } from "../core/commands";
import type { RoomSession } from "../core/room";
import { t } from "../core/say";
import { loader, toast } from "./app";
import { isTyping } from "./typing";

/** `/` types a command, M is for sound. Heard from the first drawing on: on a slow machine an effect comes late. */
export function useTableKeys(session: RoomSession, moment: () => Moment, isLive: boolean): void {
  const latest = useRef(moment);
  latest.current = moment;
  useLayoutEffect(() => {
    if (!isLive) return;
    let close = (): void => undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === "/") {
        withChunk<typeof import("./command")>("command", (chunk) => {
          close = chunk.closeCommand;
          chunk.openCommand({ session, moment: () => latest.current() });
        });
      } else if (key === "m") withChunk<typeof import("./talk")>("talk", ({ toggleSound }) => toggleSound());
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      close();
    };
  }, [session, isLive]);
}

export function withChunk<Chunk>(name: string, use: (chunk: Chunk) => void): void {
  loader.load(name).then(
    (chunk) => use(chunk as Chunk),
    () => toast(t("It could not be fetched just now.")),
  );
}

export const askToResign = (seats: number, resign: () => void): void => withChunk<typeof import("./after")>("after", (chunk) => chunk.askToResign(seats, resign));

/** Whether what just happened is a key: a button pressed by one clicks without a pointer. */
export function isByKey(): boolean {
  const event = window.event;
  return event instanceof KeyboardEvent || (event instanceof MouseEvent && event.detail === 0);
}
