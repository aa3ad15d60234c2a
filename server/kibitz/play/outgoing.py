"""Messages to clients, made from what rooms render. JSON that is ready stays as it is (`Raw`)."""

from collections.abc import Callable, Sequence
from typing import cast

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, to_builtins

from kibitz.codes import MEANINGS, Code, NoticeCode
from kibitz.ids import PlayerId, RoomId, Seat, Version
from kibitz.protocol.messages import (
    Acted,
    ChatSaid,
    Joined,
    Notice,
    Patch,
    Presence,
    Refused,
    SeatPresence,
    Snapshot,
)
from kibitz.rooms import answers
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import CatchUp, RenderedPatch, Viewer

WATCHING_NAMED = 24
"""So many spectators are named in a presence; the rest are counted."""

Names = Callable[[PlayerId], str | None]

_encode = msgspec.json.Encoder().encode

_NOTICES = {
    NoticeCode.DRAINING: "The server restarts; your game is saved and goes on in a moment.",
    NoticeCode.SUPERSEDED: "You play in another tab now; this one watches.",
    NoticeCode.REMATCH_OFFERED: "A rematch was offered.",
    NoticeCode.REMATCH_STARTED: "The next match has begun.",
    NoticeCode.ROOM_FAULTED: "The room stopped after a fault in its game; nothing is lost.",
    NoticeCode.ROOM_CLOSED: "The room is closed; its matches can still be replayed.",
    NoticeCode.ROOM_PAUSED: "The game is paused; it goes on where it stands.",
    NoticeCode.ROOM_RESUMED: "The game goes on.",
    NoticeCode.COUNTDOWN: "The game goes on in a moment.",
    NoticeCode.REWOUND: "The game went back to how it stood before.",
    NoticeCode.REOPENED: "The room was reopened; the last moments may be missing.",
    NoticeCode.KICKED: "Your seat was taken away; you can still watch.",
    NoticeCode.RELOADED: "The server could not store the last moves and went back to what is safe.",
    NoticeCode.SEAT_LEFT: "A player left.",
}


class RoomPatch(Struct, frozen=True):
    """`kibitz.protocol.messages.Patch`, with its lists as the JSON text that the room made."""

    room: str
    epoch: str
    base: int
    version: int
    at_ms: int
    ops: Raw
    checksum: int
    events: Raw
    clock_elapsed_ms: int | UnsetType = UNSET


def patch(room: RoomId, rendered: RenderedPatch) -> bytes:
    """The message `patch` as JSON; it is made for every move."""
    return _encode(
        RoomPatch(
            room,
            rendered.epoch,
            rendered.base,
            rendered.version,
            rendered.at_ms,
            rendered.ops,
            rendered.checksum,
            rendered.events,
            rendered.clock_elapsed_ms,
        )
    )


def acted(version: Version) -> bytes:
    """The answer `Acted` as JSON, to an action that met no conflict."""
    return _encode(Acted(version))


def joined(room: Room, seat: Seat | None, caught: CatchUp, chat: Sequence[ChatSaid] | None) -> Joined:
    """The answer to `join` and, with `chat` None, to `resync`."""
    return Joined(
        room=room.room_id,
        game=room.game_name,
        seat=seat,
        epoch=caught.epoch,
        version=caught.version,
        mode=caught.mode,
        checksum=caught.checksum,
        at_ms=caught.at_ms,
        clock_elapsed_ms=caught.clock_elapsed_ms,
        match=caught.match,
        status=caught.status,
        view=UNSET if caught.view is None else caught.view,
        # Encodes to the same JSON as `Patch`; decoding it first would cost what rendering saved.
        patches=(
            cast("list[Patch]", [Raw(patch(room.room_id, one)) for one in caught.patches])
            if caught.mode == "patches"
            else UNSET
        ),
        chat=UNSET if chat is None else list(chat),
    )


def snapshot(room: Room, viewer: Viewer) -> Snapshot:
    """The whole committed view for one viewer."""
    caught = room.catch_up(viewer, None)
    return Snapshot(
        room=room.room_id,
        epoch=caught.epoch,
        version=caught.version,
        view=caught.view,
        checksum=caught.checksum,
        conflicts=[],
        at_ms=caught.at_ms,
        match=caught.match,
        status=caught.status,
        clock_elapsed_ms=caught.clock_elapsed_ms,
    )


def presence(room: Room, names: Names) -> Presence:
    return Presence(
        room=room.room_id,
        seats=[
            SeatPresence(
                seat=seat.seat,
                player=seat.player,
                name=None if seat.player is None else names(seat.player),
                is_bot=seat.is_bot,
                status=seat.status,
                latency_ms=seat.latency_ms,
                transport=seat.transport,
                wants_rematch=seat.wants_rematch,
                is_substituted=seat.is_substituted,
            )
            for seat in room.presence.seats()
        ],
        spectators=room.presence.spectators,
        watching=[names(player) or "" for player in room.presence.watching(WATCHING_NAMED)],
    )


def notice(code: NoticeCode, room: RoomId | None = None, **data: int) -> Notice:
    return Notice(room=room, code=code.value, message=_NOTICES[code], data=data or None)


def refused(code: Code, message: str = "", *, retry_ms: int | None = None) -> Refused:
    return Refused(
        code=code.value,
        message=message or MEANINGS[code].text,
        retry_ms=UNSET if retry_ms is None else retry_ms,
    )


def refused_by_room(refusal: answers.Refused) -> Refused:
    return Refused(
        code=refusal.code,
        message=refusal.message,
        version=UNSET if refusal.version is None else refusal.version,
        conflict=UNSET if refusal.conflict is None else to_builtins(refusal.conflict),
        retry_ms=UNSET if refusal.retry_ms is None else refusal.retry_ms,
    )
