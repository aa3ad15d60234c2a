"""What became of a room, step by step, from its rows alone: no game is asked, so that it can be told of
any room, open, closed or faulted.

An action is told as such and not by its name: what a seat did may be a secret of its game.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from kibitz.ids import Seat, Version
from kibitz.journal.records import Event
from kibitz.rooms.fold.lifecycle import LIFECYCLE, Status

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Transition(Struct, frozen=True, rename={"from_": "from"}):
    """`timestamp` is ISO 8601 in UTC, with microseconds; `trigger` the kind of the event. `from` and `to`
    are the game's phases, None where no match is on; `status_from` is None at the creation."""

    version: Version
    timestamp: str
    trigger: str
    seat: Seat | None
    match: int | None
    status_from: str | None
    status_to: str
    from_: str | None
    to: str | None


def transitions(events: Iterable[Event]) -> Iterator[Transition]:
    """One for each event; `events` begin with the room, and are its history as the rooms wrote it."""
    status: Status | None = None
    for event in events:
        before, status = status, _status_after(status, event)
        yield Transition(
            event.version,
            timestamp(event.at_us),
            event.kind.value,
            event.seat,
            event.match,
            None if before is None else before.value,
            status.value,
            event.phase_from,
            event.phase_to,
        )


def timestamp(at_us: int) -> str:
    """Microseconds since 1970 as ISO 8601."""
    moment = _BEGINNING + timedelta(microseconds=at_us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _status_after(status: Status | None, event: Event) -> Status:
    if status is None:
        return Status.WAITING
    leads_to = LIFECYCLE.get((status, event.kind), (status,))
    if event.outcome is not None and Status.FINISHED in leads_to:
        return Status.FINISHED
    return leads_to[0]
