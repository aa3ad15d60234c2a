"""`kibitz check GAME`: hold a game's rules to what the frame promises of them."""

import argparse
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kibitz.cli import UsageError
from kibitz.cli.numbers import above_zero
from kibitz.config import SettingError, load

if TYPE_CHECKING:
    from kibitz.rules import Game


def check(arguments: list[str], env: Mapping[str, str]) -> int:
    """Exit code 0 when every promise was kept, 1 when one was broken."""
    parser = argparse.ArgumentParser(
        prog="kibitz check",
        description="Play a game at random and check that it never fails, never ends in a dead end, is "
        "deterministic and keeps its secrets.",
        epilog="Exit code 1 with the seed and the match that show what is wrong.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "game", metavar="GAME", help="name of a game, its Python file, its package's folder, or module:Class"
    )
    parser.add_argument(
        "--seed", type=int, metavar="K", help="chance of the matches; default: drawn anew, and printed"
    )
    parser.add_argument(
        "--matches",
        type=above_zero,
        metavar="N",
        help="random rooms to play; default: what fits into --seconds",
    )
    parser.add_argument(
        "--seconds", type=above_zero, default=10, metavar="S", help="about how long to try (default: 10)"
    )
    parser.add_argument(
        "--only-match", type=int, metavar="I", help="play this one alone, as a failure names it"
    )
    parser.add_argument(
        "--turns", type=above_zero, metavar="N", help="how long a match may be in turns (default: 2000)"
    )
    parser.add_argument(
        "--options", default="{}", metavar="JSON", help="options of the rooms (default: those of the game)"
    )
    given = parser.parse_args(arguments)

    import msgspec

    from kibitz.check.report import lines
    from kibitz.check.run import LENGTH_MOST, Plan
    from kibitz.check.run import check as run
    from kibitz.clock import SystemClock
    from kibitz.rules import Referee

    try:
        paths = load({}, env).games
    except SettingError as error:
        raise UsageError(str(error)) from None
    game = found(given.game, paths)
    try:
        Referee(game).options(given.options)
    except msgspec.DecodeError as error:
        raise UsageError(f"these are no options of {game.name}: {error}.") from None
    plan = Plan(
        seed=secrets.randbelow(1_000_000) if given.seed is None else given.seed,
        rooms=given.matches,
        seconds=given.seconds,
        only=given.only_match,
        length_most=given.turns or LENGTH_MOST,
        options=given.options,
    )
    report = run(game, plan, SystemClock())
    print("\n".join(lines(game, given.game, plan, report)))
    return 0 if report.failed is None else 1


def found(wanted: str, paths: Sequence[Path] = ()) -> "Game[Any]":
    """The game of that name, at that path, or of `module:Class`, looked for in the working directory as
    well. `paths` are those of the settings. Raises `UsageError`."""
    from kibitz.check import refold
    from kibitz.games.registry import load_games
    from kibitz.ids import GameName

    if ":" in wanted:
        here = str(Path.cwd())
        if here not in sys.path:
            sys.path.insert(0, here)
        try:
            return refold.found(wanted)
        except Exception as error:
            raise UsageError(f"{wanted} cannot be loaded: {type(error).__name__}: {error}") from None
    registry = load_games(paths=paths)
    game = registry.games.get(GameName(wanted))
    if game is not None:
        return game
    for broken in registry.broken:
        if broken.source.startswith(f"{wanted} = "):
            raise UsageError(f"the game {broken.source} cannot be loaded: {broken.problem}")
    if Path(wanted).exists():
        return _at(Path(wanted))
    names = ", ".join(sorted(registry.games))
    raise UsageError(
        f"there is no game {wanted!r}; there are {names}, and any Python file, folder or module:Class."
    )


def _at(path: Path) -> "Game[Any]":
    from kibitz.games.registry import load_games

    registry = load_games([], [path])
    for broken in registry.broken:
        raise UsageError(f"the game {broken.source} cannot be loaded: {broken.problem}")
    known = load_games([]).games
    games = [game for name, game in registry.games.items() if name not in known]
    if len(games) != 1:
        names = " and ".join(sorted(game.name for game in games))
        raise UsageError(f"{path} has the games {names}: name one as module:Class.")
    return games[0]
