"""Every code that tells a client why something was refused, said or closed, with its meaning.

A code is part of the contract: clients decide by it whether to retry, to resync or to stop, so a
code is never renamed. `Advice` is that decision. Games declare codes of their own; theirs are
written `game:<code>` on the wire and never collide with these.
"""

from enum import StrEnum
from typing import NamedTuple


class Advice(StrEnum):
    """What a client should do about a code."""

    RETRY = "retry"  # the same message may succeed later
    RESYNC = "resync"  # ask for the room's state, then decide again
    STOP = "stop"  # it will not succeed as it is


class Meaning(NamedTuple):
    advice: Advice
    http_status: int
    text: str


class Code(StrEnum):
    """Why a request, an event or an action was refused."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_EVENT = "unknown_event"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    ORIGIN_REFUSED = "origin_refused"
    HOST_REFUSED = "host_refused"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNKNOWN_ROOM = "unknown_room"
    UNKNOWN_GAME = "unknown_game"
    BAD_OPTIONS = "bad_options"
    ROOM_FULL = "room_full"
    ROOM_BUSY = "room_busy"
    ROOM_CLOSED = "room_closed"
    ROOM_FAULTED = "room_faulted"
    ROOM_PAUSED = "room_paused"
    RULES_CHANGED = "rules_changed"
    NOT_JOINED = "not_joined"
    NOT_SEATED = "not_seated"
    SEAT_TAKEN = "seat_taken"
    EPOCH_CHANGED = "epoch_changed"
    STALE = "stale"
    ID_REUSED = "id_reused"
    WRONG_PHASE = "wrong_phase"
    NOT_YOUR_TURN = "not_your_turn"
    UNKNOWN_ACTION = "unknown_action"
    BAD_ARGS = "bad_args"
    ILLEGAL = "illegal"
    GAME_FAULT = "game_fault"
    UNAVAILABLE = "unavailable"
    DRAINING = "draining"
    INTERNAL = "internal"


_M, _A = Meaning, Advice

MEANINGS: dict[Code, Meaning] = {
    Code.BAD_REQUEST: _M(_A.STOP, 400, "The message is not of the form that its event asks for."),
    Code.UNKNOWN_EVENT: _M(_A.STOP, 400, "The server knows no event of this name."),
    Code.TOO_LARGE: _M(_A.STOP, 413, "The message is larger than the server takes."),
    Code.RATE_LIMITED: _M(_A.RETRY, 429, "Too many messages in a short time; wait a moment."),
    Code.UNAUTHENTICATED: _M(_A.STOP, 401, "There is no session; ask for one with POST /api/session."),
    Code.FORBIDDEN: _M(_A.STOP, 403, "This session may not do that."),
    Code.ORIGIN_REFUSED: _M(_A.STOP, 403, "The page's origin is not on the server's list."),
    Code.HOST_REFUSED: _M(_A.STOP, 421, "The Host header is not on the server's list."),
    Code.NOT_FOUND: _M(_A.STOP, 404, "There is nothing at this address."),
    Code.METHOD_NOT_ALLOWED: _M(_A.STOP, 405, "This address does not take that method."),
    Code.UNKNOWN_ROOM: _M(_A.STOP, 404, "There is no such room."),
    Code.UNKNOWN_GAME: _M(_A.STOP, 404, "The server has no game of this name."),
    Code.BAD_OPTIONS: _M(_A.STOP, 400, "The game does not take these options."),
    Code.ROOM_FULL: _M(_A.STOP, 409, "Every seat of the room is taken; you can watch."),
    Code.ROOM_BUSY: _M(_A.RETRY, 503, "Too many actions of this room wait for the disk; try again."),
    Code.ROOM_CLOSED: _M(_A.STOP, 410, "The room is closed; its matches can still be replayed."),
    Code.ROOM_FAULTED: _M(_A.STOP, 503, "The room stopped after a fault in its game; nothing is lost."),
    Code.ROOM_PAUSED: _M(_A.RETRY, 409, "The game is paused; it goes on where it stands."),
    Code.RULES_CHANGED: _M(_A.STOP, 503, "The room was played under rules that the server no longer has."),
    Code.NOT_JOINED: _M(_A.RESYNC, 409, "Join the room on this connection first."),
    Code.NOT_SEATED: _M(_A.STOP, 403, "You watch this room; only players in a seat can act."),
    Code.SEAT_TAKEN: _M(_A.STOP, 409, "Somebody else has this seat."),
    Code.EPOCH_CHANGED: _M(_A.RESYNC, 409, "The room's history was changed; ask for its state again."),
    Code.STALE: _M(_A.RESYNC, 409, "The game moved on before this action arrived."),
    Code.ID_REUSED: _M(_A.STOP, 409, "This id was used before for another action."),
    Code.WRONG_PHASE: _M(_A.RESYNC, 409, "The game's phase does not allow this action."),
    Code.NOT_YOUR_TURN: _M(_A.RESYNC, 409, "It is not your turn."),
    Code.UNKNOWN_ACTION: _M(_A.STOP, 400, "The game knows no action of this type."),
    Code.BAD_ARGS: _M(_A.STOP, 400, "The action's arguments are not of the form that it asks for."),
    Code.ILLEGAL: _M(_A.STOP, 409, "The rules do not allow this."),
    Code.GAME_FAULT: _M(_A.STOP, 500, "The game failed at this action; nothing was changed."),
    Code.UNAVAILABLE: _M(_A.RETRY, 503, "The server cannot store moves just now; nothing was lost."),
    Code.DRAINING: _M(_A.RETRY, 503, "The server is about to restart; your game is saved."),
    Code.INTERNAL: _M(_A.RETRY, 500, "Something failed in the server; the operator can find it by its id."),
}


class NoticeCode(StrEnum):
    """Why the server speaks to the players of a room, or to one connection."""

    DRAINING = "draining"  # {retry_ms}: come back after about that long
    SUPERSEDED = "superseded"  # another tab of yours has the seat now; this one watches
    REMATCH_OFFERED = "rematch_offered"  # {seat}
    REMATCH_STARTED = "rematch_started"  # {match, seat: which begins}
    ROOM_FAULTED = "room_faulted"
    ROOM_CLOSED = "room_closed"
    ROOM_PAUSED = "room_paused"
    ROOM_RESUMED = "room_resumed"
    COUNTDOWN = "countdown"  # {in_ms}: a match in real time goes on after a pause in so long
    REWOUND = "rewound"  # {version}: the game went back to how it stood then; a snapshot follows
    REOPENED = "reopened"  # after a crash or a restore; the last moments may be missing; a snapshot follows
    KICKED = "kicked"  # an admin took your seat away; you can still watch
    RELOADED = "reloaded"  # the room was read again from the journal after a failed commit
    SEAT_LEFT = "seat_left"  # {seat}
