import type { SeatInfo } from "../core/rest";

/** Who sits at a table, in words: "Ada, Bo and 2 bots". Empty where nobody does. */
export function sitting(seats: readonly Pick<SeatInfo, "player" | "name" | "is_bot">[]): string {
  const taken = seats.filter((seat) => seat.player);
  const names = taken.filter((seat) => !seat.is_bot).map((seat) => seat.name ?? "Somebody");
  const bots = taken.length - names.length;
  if (bots) names.push(bots > 1 ? `${bots} bots` : "a bot");
  return new Intl.ListFormat("en-GB").format(names);
}
