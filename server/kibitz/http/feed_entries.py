"""The events of a room's feed: the messages of the realtime protocol, as followers get them."""

import msgspec

from kibitz.http.catalog import Names
from kibitz.ids import is_bot
from kibitz.protocol.messages import Snapshot
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import CatchUp, RenderedPatch


class FeedPatch(msgspec.Struct, frozen=True):
    """The message `patch`, with what the room rendered."""

    room: str
    epoch: str
    base: int
    version: int
    at_ms: int
    ops: msgspec.Raw
    checksum: int
    events: msgspec.Raw
    clock_elapsed_ms: int | msgspec.UnsetType = msgspec.UNSET


class FeedSeat(msgspec.Struct, frozen=True):
    """Who sits there, as followers are told; `name` is null where the seat is free."""

    seat: int
    name: str | None
    is_bot: bool


class FeedSeats(msgspec.Struct, frozen=True):
    """Who sits there now; `now_ms` is the server's time, for clocks that run."""

    room: str
    now_ms: int
    seats: list[FeedSeat]


class FeedClosed(msgspec.Struct, frozen=True):
    room: str


class Entry(msgspec.Struct, frozen=True):
    """One event of the stream. The default JSON encoding never contains a line break."""

    event: str
    data: str
    id: str | None = None


def seats_entry(room: Room, names: Names, now_ms: int) -> Entry:
    """Who sits there now."""
    seats = [
        FeedSeat(seat, None if player is None else names(player), player is not None and is_bot(player))
        for seat, player in enumerate(room.players)
    ]
    return _entry("seats", FeedSeats(room.room_id, now_ms, seats))


def closed_entry(room: Room) -> Entry:
    return _entry("closed", FeedClosed(room.room_id))


def snapshot_entry(room: Room, caught: CatchUp) -> Entry:
    data = Snapshot(
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
    return _entry("snapshot", data, f"{caught.epoch}:{caught.version}")


def patch_entry(room: Room, rendered: RenderedPatch) -> Entry:
    data = FeedPatch(
        room=room.room_id,
        epoch=rendered.epoch,
        base=rendered.base,
        version=rendered.version,
        at_ms=rendered.at_ms,
        ops=rendered.ops,
        checksum=rendered.checksum,
        events=rendered.events,
        clock_elapsed_ms=rendered.clock_elapsed_ms,
    )
    return _entry("patch", data, f"{rendered.epoch}:{rendered.version}")


def _entry(event: str, data: msgspec.Struct, id_: str | None = None) -> Entry:
    return Entry(event, msgspec.json.encode(data).decode("utf-8"), id_)
