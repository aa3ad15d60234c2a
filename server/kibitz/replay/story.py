"""A room's history in readable words."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from kibitz.ids import Version
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms.fold.effective import effective
from kibitz.rooms.fold.event_args import Left, decode_left, decode_rewound, decode_ticks
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.views.views import EVERYBODY, SPECTATORS, Renderer
from kibitz.sync.canonical import Value

_MOVES = (EventKind.ACTION, EventKind.TICKS, EventKind.TIMEOUT, EventKind.FORFEIT)


def plies(events: Sequence[Event]) -> Iterator[tuple[Event, int | None]]:
    """Each event with its ply: what a seat did in a match, or what befell it, counted from 1 in each match.
    None for what is no part of the play, and for what was taken back."""
    counting = {event.version for event in effective(events)}
    number_at: dict[Version, int] = {}
    number = 0
    for event in events:
        is_move = event.kind in _MOVES and event.version in counting
        if event.kind is EventKind.STARTED:
            number = 0
        elif event.kind is EventKind.REWOUND:
            number = number_at.get(decode_rewound(event.args).to_version, number)
        elif is_move:
            number += 1
        number_at[event.version] = number
        yield event, number if is_move else None


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
    counting = {event.version for event in effective(events)}
    for event, number in plies(events):
        if event.kind is EventKind.STARTED:
            yield f"Match {event.match}"
        said = words(event, number) + ("" if event.version in counting else "  (taken back)")
        yield f"  {moment(event.at_us)}  {passed(event.at_us - before_us):>9}  {said}"
        before_us = event.at_us


def words(event: Event, ply: int | None) -> str:
    """What the event did; `ply` as `plies` counts."""
    who, number = f"seat {event.seat}", "" if ply is None else ply
    match event.kind:
        case EventKind.CREATED:
            said = "the room is created"
        case EventKind.JOINED:
            said = f"{event.player_id} takes {who}"
        case EventKind.LEFT:
            is_kicked = decode_left(event.args).reason == Left.KICKED
            said = f"{event.player_id} {'is removed from' if is_kicked else 'leaves'} {who}"
        case EventKind.STARTED:
            said = "the match begins"
        case EventKind.REMATCH:
            said = f"{who} wants a rematch"
        case EventKind.CLOSED:
            said = f"the room is closed:{_arguments(event.args)}"
        case EventKind.PAUSED:
            said = f"the match is paused:{_arguments(event.args)}"
        case EventKind.RESUMED:
            said = "the match goes on"
        case EventKind.REWOUND:
            said = f"back to version {decode_rewound(event.args).to_version}"
        case EventKind.REOPENED:
            said = f"the room is reopened:{_arguments(event.args)}"
        case EventKind.TICKS:
            ticks = decode_ticks(event.args)
            said = f"{number:>3}. {ticks.count} ticks from {ticks.first} on, {len(ticks.inputs)} actions"
        case EventKind.TIMEOUT if event.seat is None:
            said = f"{number:>3}. the time of the phase has run out"
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


def view_of(fold: Fold, state: RoomState) -> Value:
    """What a spectator sees. Raises `kibitz.rooms.views.views.ViewFault`."""
    renderer = Renderer(fold.referee.game, fold.options)
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
