/** Names that can be told apart: bots have one between them, and people may have chosen the same. */
export function apart<Named extends { readonly name: string | null }>(players: readonly Named[]): readonly Named[] {
  return players.map((player) => {
    const alike = players.filter((other) => other.name === player.name && player.name !== null);
    return alike.length > 1 ? { ...player, name: `${player.name} ${alike.indexOf(player) + 1}` } : player;
  });
}
