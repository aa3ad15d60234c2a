"""All games of this server: the bundled ones, those at named paths, and those that packages announce.

A package announces a game through the entry point group `kibitz.games`; the entry's object is the
game's class. One that cannot be loaded, or that takes a name which is taken, is reported and left
out: it keeps nobody else from playing. Where a path was named and the same game is installed too, the
one at the path is played: an author's working copy goes before what was installed of it once.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from traceback import extract_tb
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.games.connect_four import ConnectFour
from kibitz.games.liars_dice import LiarsDice
from kibitz.games.light_cycles import LightCycles
from kibitz.games.paths import GROUP, NoGame, classes_at
from kibitz.ids import GameName
from kibitz.rules import DeclarationError, Game, Referee

BUNDLED: tuple[type[Game[Any]], ...] = (ConnectFour, LiarsDice, LightCycles)


class BrokenGame(Struct, frozen=True):
    """A game that is not offered, and why. `source` is the entry point as its package wrote it, or the
    path that was named (`is_named`)."""

    source: str
    problem: str
    is_named: bool = False


class Registry(Struct, frozen=True):
    games: Mapping[GameName, Game[Any]]
    broken: tuple[BrokenGame, ...]


def load_games(found: Iterable[EntryPoint] | None = None, paths: Iterable[Path] = ()) -> Registry:
    """The bundled games, those at `paths`, and those of `found` (default: what the installed packages
    announce)."""
    games: dict[GameName, Game[Any]] = {GameName(game.name): game() for game in BUNDLED}
    broken: list[BrokenGame] = []
    named: set[GameName] = set()

    def add(source: str, game: object, *, is_named: bool) -> None:
        try:
            made = _made(game)
        except Exception as error:
            broken.append(BrokenGame(source, _told(error), is_named))
            return
        name = GameName(made.name)
        if name not in games:
            games[name] = made
            if is_named:
                named.add(name)
        elif name not in named or is_named:
            broken.append(BrokenGame(source, f"the name {made.name!r} is taken", is_named))

    for path in paths:
        try:
            classes = classes_at(path)
        except Exception as error:
            broken.append(BrokenGame(str(path), _told(error), is_named=True))
            continue
        for source, game in classes:
            add(source, game, is_named=True)
    for entry in entry_points(group=GROUP) if found is None else found:
        source = f"{entry.name} = {entry.value}"
        try:
            loaded = entry.load()
        except Exception as error:
            broken.append(BrokenGame(source, _told(error)))
            continue
        add(source, loaded, is_named=False)
    return Registry(games, tuple(broken))


def _made(game: object) -> Game[Any]:
    if not (isinstance(game, type) and issubclass(game, Game)):
        raise NoGame(f"{game!r} is not a subclass of kibitz.rules.Game")
    made = game()
    # What a server asks of every game before the first room: better known now, and of this game alone.
    referee: Referee[Any] = Referee(made)
    referee.clock(referee.options(b"{}"))
    msgspec.json.schema(game.options)
    return made


def _told(error: Exception) -> str:
    """With the line to look at; the messages of our own errors name it by themselves."""
    if isinstance(error, DeclarationError | NoGame):
        return str(error)
    frames = extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) or not frames or frames[-1].filename.startswith("<"):
        return f"{type(error).__name__}: {error}"
    return f"{type(error).__name__}: {error} ({frames[-1].filename}:{frames[-1].lineno})"
