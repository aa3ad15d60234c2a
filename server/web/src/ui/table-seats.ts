/** Who sits at a table, with names that can be told apart. */

import { useRef } from "preact/hooks";
import type { RoomInfo } from "../core/rest";
import type { RoomSession } from "../core/room";
import { t } from "../core/say";
import type { SeatPresence } from "../protocol.gen";
import { apart } from "./names";

export function seatsOf(session: RoomSession, info: RoomInfo | null): readonly SeatPresence[] {
  const seats = session.presence.value?.seats ?? info?.seats.map((s) => ({ ...s, wants_rematch: false, is_substituted: false })) ?? [];
  return apart(seats);
}

/** Who played the match: they keep their names in its log and result when they have left their seats. */
export function useMatchNames(seats: readonly SeatPresence[], isOver: boolean): readonly string[] {
  const kept = useRef<readonly (string | null)[]>([]);
  const names = seats.map((s) => (isOver ? (kept.current[s.seat] ?? s.name) : s.name));
  kept.current = names;
  return names.map((name, seat) => name ?? t("Player {n}", { n: seat + 1 }));
}
