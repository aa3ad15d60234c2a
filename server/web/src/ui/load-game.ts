/** How a game is drawn here: by its own renderer, by the module it brings, or by what the server says of it. */

import type { GameInfo } from "../core/rest";
import { GAMES } from "../games/registry";
import type { GameView } from "../games/view";
import { boot, chunkOf, loader, rest } from "./app";

let asking: Promise<readonly GameInfo[]> | null = boot.games ? Promise.resolve(boot.games) : null;

/** What the server says about a game; asked for once. Null for one that it no longer has. */
export async function gameInfo(name: string): Promise<GameInfo | null> {
  asking ??= rest.games();
  const games = await asking.catch((error: unknown) => {
    asking = null;
    throw error;
  });
  return games.find((game) => game.name === name) ?? null;
}

/** Games of other packages are drawn by the module they bring, or else from what the server says of them. */
export async function loadGame(name: string): Promise<GameView> {
  if (Object.hasOwn(GAMES, name)) return ((await loader.load(chunkOf(name))) as { view: GameView }).view;
  const [generic, info] = await Promise.all([loader.load("generic") as Promise<typeof import("../games/generic/index")>, gameInfo(name)]);
  const view = generic.makeView(info?.actions ?? []);
  if (!info?.view) return view;
  const module = await import("../games/module/index");
  return module.withModule(view, name, info.view).catch((error: Error) => module.withNotice(view, error.message));
}
