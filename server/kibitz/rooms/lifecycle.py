"""The states of a room and what leads from one to the next, as a table."""

from enum import StrEnum


class Status(StrEnum):
    WAITING = "waiting"  # seats are free, no match was played
    PLAYING = "playing"
    FINISHED = "finished"  # the match is over; a rematch leads back to playing
    CLOSED = "closed"
    FAULTED = "faulted"  # its game failed; readable, takes no actions


class Trigger(StrEnum):
    SEATED = "seated"
    STARTED = "started"
    ENDED = "ended"
    CLOSED = "closed"
    FAULTED = "faulted"
