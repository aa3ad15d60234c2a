"""A room's history in readable words."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from kibitz.ids import Epoch
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.fold import Fold
from kibitz.rooms.state import RoomState
from kibitz.rooms.views import EVERYBODY, SPECTATORS, Renderer
from kibitz.sync.canonical import Value

_MOVES = (EventKind.ACTION, EventKind.TIMEOUT, EventKind.FORFEIT)


def plies(events: Sequence[Event]) -> Iterator[tuple[Event, int | None]]:
    """Each event with its ply: what a seat did in a match, or what befell it, counted from 1 in each match.
    None for what is no part of the play."""
    number = 0
    for event in events:
        if event.kind is EventKind.STARTED:
            number = 0
        if event.kind in _MOVES:
            number += 1
            yield event, number
        else:
            yield event, None


def upto(events: Sequence[Event], ply: int, match: int | None = None) -> Sequence[Event]:
    """The events up to that ply of the match (default: the last one); ply 0 is its start.

    Raises `LookupError` where the match has no such ply.
    """
    wanted = match or max((event.match or 0 for event in events), default=0)
    for index, (event, number) in enumerate(plies(events)):
        is_it = number == ply if ply else event.kind is EventKind.STARTED
        if is_it and event.match == wanted and wanted:
            return events[: index + 1]
    raise LookupError(f"match {wanted} has no ply {ply}" if wanted else "no match was played in this room")


def tell(record: NewRoom, events: Sequence[Event]) -> Iterator[str]:
    """The lifecycle and the moves, one line each, without any need of the game."""
    privacy = "private" if record.is_private else "public"
    yield f"Room {record.room_id} (join code {record.code}): {record.game}, {record.seats} seats, {privacy}"
    yield f"  rules version {record.rules_version}, options {record.options}"
    before_us = events[0].at_us
    for event, number in plies(events):
        if event.kind is EventKind.STARTED:
            yield f"Match {event.match}"
        yield f"  {moment(event.at_us)}  {passed(event.at_us - before_us):>9}  {words(event, number)}"
        before_us = event.at_us


def words(event: Event, number: int | None) -> str:
    who = f"seat {event.seat}"
    match event.kind:
        case EventKind.CREATED:
            said = "the room is created"
        case EventKind.JOINED:
            said = f"{event.player_id} takes {who}"
        case EventKind.LEFT:
            said = f"{event.player_id} leaves {who}"
        case EventKind.STARTED:
            said = "the match begins"
        case EventKind.REMATCH:
            said = f"{who} wants a rematch"
        case EventKind.CLOSED:
            said = f"the room is closed:{_arguments(event.args)}"
        case EventKind.TIMEOUT:
            said = f"{number:>3}. the clock of {who} has run out"
        case EventKind.FORFEIT:
            said = f"{number:>3}. {who} gives the match up"
        case EventKind.ACTION:
            said = f"{number:>3}. {who}: {event.type}{_arguments(event.args)}"
    if event.spent_ms is not None and event.kind is EventKind.ACTION:
        said += f"  (thought for {event.spent_ms / 1000:.1f} s)"
    if event.outcome is not None:
        said += f"  -> {_outcome(event.outcome)}"
    return said


def view_of(fold: Fold, epoch: Epoch, state: RoomState) -> Value:
    """What a spectator sees. Raises `kibitz.rooms.views.ViewFault`."""
    renderer = Renderer(fold.referee.game, fold.options, epoch)
    viewer = SPECTATORS if fold.referee.game.views_differ else EVERYBODY
    return renderer.view(state, viewer).value


def picture(value: Value, indent: str = "  ") -> Iterator[str]:
    """A view as lines: one per key, and a list of lists as rows."""
    shown: dict[str, Any] = msgspec.to_builtins(value)
    for key, inner in shown.items():
        if isinstance(inner, list) and inner and all(isinstance(row, list) for row in inner):
            yield f"{indent}{key}:"
            for row in inner:
                yield indent + "  " + " ".join("." if cell is None else _compact(cell) for cell in row)
        else:
            yield f"{indent}{key}: {_compact(inner)}"


def moment(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def passed(us: int) -> str:
    """Time between two events, as `+1.2 s`, `+3 min 4 s` or `+2 h 5 min`."""
    seconds = us / 1_000_000
    if seconds < 60:
        return f"+{seconds:.1f} s"
    minutes = int(seconds // 60)
    return (
        f"+{minutes} min {int(seconds % 60)} s" if minutes < 60 else f"+{minutes // 60} h {minutes % 60} min"
    )


def _compact(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _arguments(text: str) -> str:
    args: dict[str, Any] = msgspec.json.decode(text)
    return "".join(f" {key}={_compact(value)}" for key, value in args.items())


def _outcome(text: str) -> str:
    outcome: dict[str, Any] = msgspec.json.decode(text)
    winner = outcome.get("winner")
    result = "a draw" if winner is None else f"seat {winner} wins"
    return f"{result} ({outcome.get('reason')})"
