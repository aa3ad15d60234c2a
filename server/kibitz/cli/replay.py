"""`kibitz replay ROOM`: read a room's history from the journal, beside a running server or without one."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics

if TYPE_CHECKING:
    from kibitz.ids import GameName
    from kibitz.journal.records import Event, NewRoom
    from kibitz.replay.source import RoomHistory
    from kibitz.rules import Game


def replay(arguments: list[str], env: Mapping[str, str]) -> int:
    """Exit code 1 when `--verify` found a difference, 2 when the room cannot be read."""
    parser = argparse.ArgumentParser(
        prog="kibitz replay",
        description="Print what happened in a room. Reads the journal only; a server may be running.",
        allow_abbrev=False,
    )
    parser.add_argument("room", metavar="ROOM", help="room id or join code")
    add_data_option(parser)
    parser.add_argument(
        "--verify", action="store_true", help="fold everything again and compare it with what is written"
    )
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the history as a JSON document")
    parser.add_argument(
        "--match", type=int, metavar="N", help="with --ply: of which match (default: the last)"
    )
    parser.add_argument(
        "--ply", type=int, metavar="N", help="end after this move; 0 is the start of the match"
    )
    # A room's id may begin with "-", which argparse would take for an option.
    ids = [part for part in arguments if re.fullmatch(r"-[A-Za-z0-9_-]{21}", part)]
    if ids:
        arguments = [part for part in arguments if part not in ids] + ["--", *ids]
    given = parser.parse_args(arguments)
    settings = settings_of(given, env)

    without_analytics()
    from kibitz.replay.source import ReplayError, read

    try:
        history = read(settings.data, given.room)
    except ReplayError as error:
        raise UsageError(str(error)) from None
    return _tell(history, given, settings.games)


def _tell(history: "RoomHistory", given: argparse.Namespace, paths: Sequence[Path]) -> int:
    from kibitz.replay.export import document
    from kibitz.replay.folded import fold_of, steps
    from kibitz.replay.source import ReplayError
    from kibitz.replay.story import picture, tell, upto, view_of
    from kibitz.replay.verify import verify
    from kibitz.rooms.views.views import ViewFault

    record: NewRoom = history.record
    events: Sequence[Event] = history.events
    if given.ply is not None:
        try:
            events = upto(events, given.ply, given.match)
        except LookupError as error:
            raise UsageError(f"{error.args[0]}.") from None
    print("\n".join(tell(record, events)))
    view = None
    problem = None
    try:
        fold = fold_of(record, _games(paths).get(record.game))
        if given.verify:
            found = verify(history, fold)
        *_, last = steps(fold, events)
        view = view_of(fold, last.after)
    except ReplayError as error:
        problem = str(error)
    except ViewFault as error:
        problem = f"{error} cannot be shown: {error.__cause__}."
    if view is not None:
        print(f"View of a spectator at version {events[-1].version}")
        print("\n".join(picture(view)))
    if given.export is not None:
        try:
            given.export.write_bytes(document(record, events, view) + b"\n")
        except OSError as error:
            raise UsageError(f"{given.export} cannot be written: {error.strerror}.") from None
        print(f"Written to {given.export}")
    if problem is not None:
        print(f"kibitz: {problem}", file=sys.stderr)
        return 1
    if given.verify:
        skipped = f", {found.skipped} of another epoch or other rules left out" if found.skipped else ""
        print(f"Verified: {found.events} events, recovery points: {found.snapshots}{skipped}")
    return 0


def _games(paths: Sequence[Path]) -> "Mapping[GameName, Game[Any]]":
    from kibitz.games.registry import load_games

    return load_games(paths=paths).games
