"""The read-only feed of a room as server-sent events, for spectators and embedding.

Events are `snapshot` and `patch` with the messages of the realtime protocol as data, ids are
`epoch:version`. Whoever comes back with `Last-Event-ID` gets what it lacks: patches while the room
still has them, else a snapshot.
"""

import asyncio
from collections import Counter

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from kibitz.codes import Code
from kibitz.http.catalog import problem
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quotas
from kibitz.http.routes import Route
from kibitz.ids import RoomId
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory import Directory
from kibitz.rooms.room import Room
from kibitz.rooms.update import Update
from kibitz.rooms.views import CatchUp, Held, RenderedPatch

WAITING_MOST = 64
FOLLOWERS_MOST = 1000
RETRY_MS = 5_000
_NEW_EPOCH = (EventKind.REWOUND, EventKind.REOPENED)
FOLLOWERS_PER_ADDRESS = 100
"""So that one page that opens streams without end does not take all of them."""


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


class FeedSnapshot(msgspec.Struct, frozen=True):
    """The message `snapshot`."""

    room: str
    epoch: str
    version: int
    view: msgspec.Raw | None
    checksum: int
    conflicts: list[str]
    at_ms: int
    match: int
    status: str
    clock_elapsed_ms: int


class Entry(msgspec.Struct, frozen=True):
    """One event of the stream. The default JSON encoding never contains a line break."""

    event: str
    id: str
    data: str


Follower = asyncio.Queue[Entry | None]


class Feeds:
    """Who follows which room; a `RoomListener`. A follower that reads too slowly is cut off."""

    def __init__(self) -> None:
        self._followers: dict[RoomId, set[Follower]] = {}
        self._count = 0
        self._by_address: Counter[str] = Counter()

    @property
    def followers(self) -> int:
        """How many streams are open."""
        return self._count

    def is_followed(self, room: Room) -> bool:
        return room.room_id in self._followers

    def follow(self, room: Room, address: str) -> Follower:
        """Raises `ProblemError`: the server (`room_busy`) or the address (`rate_limited`) has too many."""
        if self._count >= FOLLOWERS_MOST:
            raise ProblemError(Code.ROOM_BUSY, "Too many follow rooms here; try again later.")
        if self._by_address[address] >= FOLLOWERS_PER_ADDRESS:
            raise ProblemError(
                Code.RATE_LIMITED, "Too many follow rooms from your address.", retry_ms=RETRY_MS
            )
        follower: Follower = asyncio.Queue(WAITING_MOST)
        self._followers.setdefault(room.room_id, set()).add(follower)
        self._count += 1
        self._by_address[address] += 1
        return follower

    def unfollow(self, room: Room, follower: Follower, address: str) -> None:
        followers = self._followers.get(room.room_id, set())
        if follower in followers:
            followers.discard(follower)
            self._count -= 1
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
        if not followers:
            self._followers.pop(room.room_id, None)

    def close(self) -> None:
        """End every stream: the server drains."""
        for followers in self._followers.values():
            for follower in followers:
                _end(follower)

    def committed(self, room: Room, update: Update) -> None:
        followers = self._followers.get(room.room_id)
        if not followers:
            return
        if any(event.kind in _NEW_EPOCH for event in update.events):
            entry = _snapshot_entry(room, room.catch_up(None, None))
        else:
            entry = _patch_entry(room, update.patch(room.viewer_class(None)))
        for follower in followers:
            try:
                follower.put_nowait(entry)
            except asyncio.QueueFull:
                _end(follower)

    def presence_changed(self, room: Room) -> None:
        """Not part of the feed."""

    def reloaded(self, room: Room) -> None:
        """What was sent still holds."""

    def faulted(self, room: Room) -> None:
        """The stream stays, and stays quiet."""

    def closed(self, room: Room) -> None:
        for follower in self._followers.get(room.room_id, set()):
            _end(follower)


def _end(follower: Follower) -> None:
    while follower.full():
        follower.get_nowait()
    follower.put_nowait(None)


class FeedApi:
    """The route of the feed."""

    def __init__(self, feeds: Feeds, directory: Directory, quotas: Quotas) -> None:
        self._feeds = feeds
        self._quotas = quotas
        self._directory = directory

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/rooms/{room}/feed",
                self._get_feed,
                "Follow a room as a spectator does, as server-sent events `snapshot` and `patch`.",
                codes=(Code.UNKNOWN_ROOM, Code.ROOM_CLOSED, Code.ROOM_BUSY),
                content_type="text/event-stream",
            )
        ]

    async def _get_feed(self, request: web.Request) -> web.StreamResponse:
        room = self._directory.find(RoomId(request.match_info["room"]))
        if isinstance(room, Refused):
            raise problem(room)
        held = _held(request.headers.get("Last-Event-ID", ""))
        address = self._quotas.address(request)
        follower = self._feeds.follow(room, address)
        try:
            caught = room.catch_up(None, held)  # same turn as `follow`: nothing falls between the two
            async with sse_response(request) as stream:
                pump = asyncio.create_task(_pump(stream, room, caught, follower))
                pump.add_done_callback(lambda _: stream.stop_streaming())
                try:
                    await stream.wait()  # until the pump is done, or a ping finds nobody there
                finally:
                    pump.cancel()
                    await asyncio.gather(pump, return_exceptions=True)
            return stream
        finally:
            self._feeds.unfollow(room, follower, address)


async def _pump(stream: EventSourceResponse, room: Room, caught: CatchUp, follower: Follower) -> None:
    await _send(stream, room, caught)
    while (entry := await follower.get()) is not None:
        await stream.send(entry.data, id=entry.id, event=entry.event)


async def _send(stream: EventSourceResponse, room: Room, caught: CatchUp) -> None:
    match caught.mode:
        case "snapshot":
            entry = _snapshot_entry(room, caught)
            await stream.send(entry.data, id=entry.id, event=entry.event)
        case "patches":
            for one in caught.patches:
                entry = _patch_entry(room, one)
                await stream.send(entry.data, id=entry.id, event=entry.event)
        case "current":
            pass


def _snapshot_entry(room: Room, caught: CatchUp) -> Entry:
    data = FeedSnapshot(
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
    return Entry("snapshot", f"{caught.epoch}:{caught.version}", msgspec.json.encode(data).decode("utf-8"))


def _patch_entry(room: Room, rendered: RenderedPatch) -> Entry:
    data = FeedPatch(
        room=room.room_id,
        epoch=rendered.epoch,
        base=rendered.base,
        version=rendered.version,
        at_ms=rendered.at_ms,
        ops=rendered.ops,
        checksum=rendered.checksum,
        events=rendered.events,
    )
    return Entry("patch", f"{rendered.epoch}:{rendered.version}", msgspec.json.encode(data).decode("utf-8"))


def _held(last_event_id: str) -> Held | None:
    epoch, _, version = last_event_id.rpartition(":")
    return Held(epoch, int(version)) if epoch and version.isdecimal() and len(version) < 17 else None
