import { t } from "../core/say";
import { GAMES } from "../games/registry";
import type { GameInfo } from "../core/rest";

/** What a game is called here; one that this client cannot draw by what the server says, or by its plain name. */
export function titleOf(game: string, told?: Pick<GameInfo, "title">): string {
  const own = Object.hasOwn(GAMES, game) ? GAMES[game] : undefined;
  return own ? t(own.title) : (told?.title ?? game);
}
