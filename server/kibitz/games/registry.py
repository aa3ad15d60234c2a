"""All games of this server: the bundled ones, and those that other packages announce.

A package announces a game through the entry point group `kibitz.games`; the entry's object is the
game's class. One that cannot be loaded, or that takes a name which is taken, is reported and left
out: it keeps nobody else from playing.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.games.connect_four import ConnectFour
from kibitz.games.liars_dice import LiarsDice
from kibitz.ids import GameName
from kibitz.rules import Game, Referee

GROUP = "kibitz.games"
BUNDLED: tuple[type[Game[Any]], ...] = (ConnectFour, LiarsDice)


class BrokenGame(Struct, frozen=True):
    """A game that is not offered, and why. `source` is the entry point as its package wrote it."""

    source: str
    problem: str


class Registry(Struct, frozen=True):
    games: Mapping[GameName, Game[Any]]
    broken: tuple[BrokenGame, ...]


def load_games(found: Iterable[EntryPoint] | None = None) -> Registry:
    """The bundled games and those of `found` (default: what the installed packages announce)."""
    games: dict[GameName, Game[Any]] = {GameName(game.name): game() for game in BUNDLED}
    broken: list[BrokenGame] = []
    for entry in entry_points(group=GROUP) if found is None else found:
        source = f"{entry.name} = {entry.value}"
        try:
            game = _loaded(entry)
        except Exception as error:
            broken.append(BrokenGame(source, f"{type(error).__name__}: {error}"))
            continue
        if game.name in games:
            broken.append(BrokenGame(source, f"the name {game.name!r} is taken"))
        else:
            games[GameName(game.name)] = game
    return Registry(games, tuple(broken))


def _loaded(entry: EntryPoint) -> Game[Any]:
    game = entry.load()
    if not (isinstance(game, type) and issubclass(game, Game)):
        raise TypeError(f"{entry.value} is not a subclass of kibitz.rules.Game")
    made = game()
    # What a server asks of every game before the first room: better known now, and of this game alone.
    made.clock(Referee(made).options(b"{}"))
    msgspec.json.schema(game.options)
    return made
