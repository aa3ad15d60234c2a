import type { SeatInfo } from "../core/rest";
import { list, t, tn } from "../core/say";

/** Who sits at a table, in words: "Ada, Bo and 2 bots". Empty where nobody does. */
export function sitting(seats: readonly Pick<SeatInfo, "player" | "name" | "is_bot">[]): string {
  const taken = seats.filter((seat) => seat.player);
  const names = taken.filter((seat) => !seat.is_bot).map((seat) => seat.name ?? t("Somebody"));
  const bots = taken.length - names.length;
  if (bots) names.push(tn("a bot", "{n} bots", bots));
  return list(names);
}
