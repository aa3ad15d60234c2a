"""What the matches of a room came to, as its journal tells.

A match is rated when it ended by its rules between people only. It is not

- where a bot had a seat, or there was one player only,
- where it was forked from another match, or an admin rewound it,
- where it was called off: it ended because somebody left or let the time run out before every player had
  done anything.

What ends without an outcome, because its room was closed, is no result at all.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

from kibitz.ids import PlayerId, Seat, Version, is_bot
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.effective import effective
from kibitz.rooms.fold.event_args import Started, decode_started

TELLING = (EventKind.STARTED, EventKind.FORFEIT, EventKind.REWOUND)
"""These kinds, and every row with an outcome, are what `ended_matches` needs of a room."""


class Result(StrEnum):
    """What a match was for one player."""

    WON = "won"
    DRAWN = "drawn"
    LOST = "lost"
    CALLED_OFF = "called_off"


class Unrated(StrEnum):
    """Why a match does not count; `COUNTS`: it does."""

    COUNTS = ""
    BOTS = "bots"
    ALONE = "alone"
    FORKED = "forked"
    REWOUND = "rewound"
    CALLED_OFF = "called_off"


class Ended(Struct, frozen=True):
    """A match that ended at the event `ended_id`. `places` by seat, 1 for the best; equal ones are ties.
    `nobody_won`: the best place was drawn."""

    match: int
    started: Version
    ended: Version
    ended_id: int
    ended_us: int
    players: tuple[PlayerId, ...]
    places: tuple[int, ...]
    nobody_won: bool
    unrated: Unrated
    may_be_called_off: bool
    """It ended by no act: whether everybody had done something decides."""

    def result(self, seat: int) -> Result:
        if self.unrated is Unrated.CALLED_OFF:
            return Result.CALLED_OFF
        if self.places[seat] != min(self.places):
            return Result.LOST
        return Result.DRAWN if self.nobody_won else Result.WON


class _Outcome(Struct):
    """What a game adds by itself may have the names of what it did not give, so these may be anything."""

    winner: int | None = None
    ranks: object = None
    winners: object = None


class _Running(Struct):
    begun: Event
    started: Started
    is_rewound: bool = False
    gave_up: list[Seat] = msgspec.field(default_factory=list)


_decode_outcome = msgspec.json.Decoder(_Outcome).decode
_BY_NO_ACT = (EventKind.FORFEIT, EventKind.TIMEOUT)


def ended_matches(events: Iterable[Event]) -> list[Ended]:
    """`events` of one room from its beginning, of those kinds at least that `TELLING` names."""
    found: list[Ended] = []
    running: _Running | None = None
    for event in effective(events):
        if event.kind is EventKind.STARTED:
            running = _Running(event, decode_started(event.args))
        elif running is None:
            continue
        elif event.kind is EventKind.REWOUND:
            running.is_rewound = True
        elif event.kind is EventKind.FORFEIT and event.seat is not None:
            running.gave_up.append(event.seat)
        if event.outcome is not None:
            found.append(_ended(running, event, event.outcome))
            running = None
    return found


def _ended(running: _Running, last: Event, outcome: str) -> Ended:
    players = running.started.players
    told = _decode_outcome(outcome)
    winners = _numbers(told.winners) or (() if told.winner is None else (told.winner,))
    return Ended(
        match=running.begun.match or 0,
        started=running.begun.version,
        ended=last.version,
        ended_id=last.id,
        ended_us=last.at_us,
        players=players,
        places=_places(len(players), _numbers(told.ranks), winners, running.gave_up),
        nobody_won=not winners,
        unrated=_unrated(running),
        may_be_called_off=last.kind in _BY_NO_ACT,
    )


def _numbers(given: object) -> tuple[int, ...]:
    """Of seats or places; none where it is something else."""
    if isinstance(given, list) and all(type(each) is int for each in given):
        return tuple(given)
    return ()


def _unrated(running: _Running) -> Unrated:
    if running.started.from_ is not None:
        return Unrated.FORKED
    if running.is_rewound:
        return Unrated.REWOUND
    if len(running.started.players) < 2:
        return Unrated.ALONE
    return Unrated.BOTS if any(map(is_bot, running.started.players)) else Unrated.COUNTS


def _places(
    seats: int, ranks: tuple[int, ...], winners: Sequence[int], gave_up: Sequence[int]
) -> tuple[int, ...]:
    """Those that the game gave; else winners first, and last whoever left before the end."""
    if len(ranks) == seats:
        return ranks
    return tuple(1 if seat in winners else 3 if seat in gave_up else 2 for seat in range(seats))
