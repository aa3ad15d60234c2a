/** Tells by ear, and by a notice of the browser, what the table shows. */

import { useEffect, useRef } from "preact/hooks";
import type { RoomSession } from "../core/room";
import { t } from "../core/say";
import { serverNow } from "./app";
import { forget, notify } from "./notices";
import { play } from "./sound";

interface Props {
  readonly session: RoomSession;
  readonly title: string;
  readonly isMyTurn: boolean;
  readonly isOver: boolean;
  /** What is left to the viewer while their clock runs; null while it does not. */
  readonly leftMs: (() => number) | null;
}

/** Older news came with a page that was opened, or with a connection that came back. */
const FRESH_MS = 5_000;
const LOW_MS = 10_000;
const LAST_MS = 5_000;

export function Signals({ session, title, isMyTurn, isOver, leftMs }: Props) {
  const last = session.events.value.at(-1);
  const sent = session.around.value.pending.length;
  const before = useRef({ version: last?.version ?? 0, isMyTurn, isOver, sent });
  useEffect(() => {
    const was = before.current;
    before.current = { version: last?.version ?? 0, isMyTurn, isOver, sent };
    const isFresh = last !== undefined && last.version > was.version && serverNow() - last.at_us / 1_000 < FRESH_MS;
    if (isOver && !was.isOver) play("end");
    else if (isMyTurn && !was.isMyTurn) play("turn");
    // One's own move is heard when it is made, not when it is confirmed.
    else if (sent > was.sent || (isFresh && last.kind === "action" && last.seat !== session.seat.peek())) play("move");
    if (isMyTurn && !was.isMyTurn) notify(t("Your turn"), title, session.room);
    if (!isMyTurn) forget();
  }, [last?.version, isMyTurn, isOver, sent]);

  const clock = useRef(leftMs);
  clock.current = leftMs;
  const runs = leftMs !== null;
  useEffect(() => {
    if (!runs) return;
    let heard = clock.current?.() ?? 0;
    const timer = setInterval(() => {
      const left = clock.current?.() ?? 0;
      const passes = (ms: number): boolean => heard > ms && left <= ms;
      if (left > 0 && (passes(LOW_MS) || [1, 2, 3, 4, 5].some((second) => passes((second * LAST_MS) / 5)))) play("low");
      heard = left;
    }, 100);
    return () => clearInterval(timer);
  }, [runs]);
  return null;
}
