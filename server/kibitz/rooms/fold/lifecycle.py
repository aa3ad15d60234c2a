"""The states of a room, and which journalled event leads from one to the next: the table that runs."""

from enum import StrEnum

from kibitz.journal.records import EventKind


class Status(StrEnum):
    WAITING = "waiting"  # no match was played yet
    PLAYING = "playing"
    PAUSED = "paused"  # in the middle of a match; no clock runs, nobody may act
    FINISHED = "finished"  # the match is over; a rematch leads back to playing
    CLOSED = "closed"
    FAULTED = "faulted"  # its game failed; readable, takes no actions; not journalled


_S, _K = Status, EventKind

LIFECYCLE: dict[tuple[Status, EventKind], tuple[Status, ...]] = {
    (_S.WAITING, _K.JOINED): (_S.WAITING,),
    (_S.WAITING, _K.LEFT): (_S.WAITING,),
    (_S.WAITING, _K.STARTED): (_S.PLAYING,),
    (_S.WAITING, _K.REOPENED): (_S.WAITING,),
    (_S.WAITING, _K.CLOSED): (_S.CLOSED,),
    (_S.PLAYING, _K.ACTION): (_S.PLAYING, _S.FINISHED),
    (_S.PLAYING, _K.TICKS): (_S.PLAYING, _S.FINISHED),
    (_S.PLAYING, _K.TIMEOUT): (_S.PLAYING, _S.FINISHED),
    (_S.PLAYING, _K.FORFEIT): (_S.PLAYING, _S.FINISHED),
    (_S.PLAYING, _K.LEFT): (_S.PLAYING,),
    (_S.PLAYING, _K.PAUSED): (_S.PAUSED,),
    (_S.PLAYING, _K.REWOUND): (_S.PLAYING,),
    (_S.PLAYING, _K.REOPENED): (_S.PLAYING,),
    (_S.PLAYING, _K.CLOSED): (_S.CLOSED,),
    (_S.PAUSED, _K.RESUMED): (_S.PLAYING,),
    (_S.PAUSED, _K.FORFEIT): (_S.PAUSED, _S.FINISHED),
    (_S.PAUSED, _K.LEFT): (_S.PAUSED,),
    (_S.PAUSED, _K.REWOUND): (_S.PAUSED,),
    (_S.PAUSED, _K.REOPENED): (_S.PAUSED,),
    (_S.PAUSED, _K.CLOSED): (_S.CLOSED,),
    (_S.FINISHED, _K.JOINED): (_S.FINISHED,),
    (_S.FINISHED, _K.LEFT): (_S.FINISHED,),
    (_S.FINISHED, _K.REMATCH): (_S.FINISHED,),
    (_S.FINISHED, _K.STARTED): (_S.PLAYING,),
    (_S.FINISHED, _K.REWOUND): (_S.PLAYING,),
    (_S.FINISHED, _K.REOPENED): (_S.FINISHED,),
    (_S.FINISHED, _K.CLOSED): (_S.CLOSED,),
}


class LifecycleError(RuntimeError):
    """An event that the room's status does not allow: a history that no room of ours wrote."""

    def __init__(self, status: Status, kind: EventKind, to: Status | None = None) -> None:
        leading = "" if to is None else f" to {to}"
        super().__init__(f"the event {kind} cannot lead from a {status} room{leading}")
        self.status = status
        self.kind = kind
        self.to = to


def allows(status: Status, kind: EventKind) -> bool:
    return (status, kind) in LIFECYCLE


def led(status: Status, kind: EventKind, to: Status) -> Status:
    """`to`, if the table has it. Raises `LifecycleError`."""
    if to not in LIFECYCLE.get((status, kind), ()):
        raise LifecycleError(status, kind, to)
    return to
