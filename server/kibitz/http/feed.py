"""The read-only feed of a room as server-sent events, for spectators and embedding.

A stream begins with `seats`, which tells who sits there and the server's time, and comes again when that
changes. Then `snapshot` and `patch` with the messages of the realtime protocol as data, with ids
`epoch:version`. Whoever comes back with `Last-Event-ID` gets what it lacks: a patch while the room still
has that version, a snapshot in another epoch or after too long, nothing where nothing happened. A new
epoch or match, a pause and its end, and the end of a fault come as snapshots. `closed` is the last event
of a room: nothing follows on it. A stream that ends without it is to be opened again.

Of a match in real time a follower gets the view at each row of the journal, about once a second, and no
frames. Nobody needs a session to follow a public room; a private one asks for a player's, as joining does.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.catalog import Names, problem
from kibitz.http.identity import Identity
from kibitz.http.problems import ProblemError
from kibitz.http.quotas import Quotas
from kibitz.http.routes import Route
from kibitz.ids import PlayerId, RoomId, is_bot
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import CatchUp, Held, RenderedPatch

WAITING_MOST = 64
FOLLOWERS_MOST = 1000
RETRY_MS = 5_000
PING_S = 15.0
"""So often a comment is sent, which keeps the ways in between open and finds who is gone."""
SEND_TIMEOUT_S = 30.0
COME_BACK_MS = (1_000, 3_000)
"""When a follower whose stream broke tries again: each at a time of its own."""
_WHOLE = (
    EventKind.STARTED,
    EventKind.PAUSED,
    EventKind.RESUMED,
    EventKind.REWOUND,
    EventKind.REOPENED,
)
"""Number of the match, status or epoch changed with the view."""
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
    clock_elapsed_ms: int | msgspec.UnsetType = msgspec.UNSET


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


Follower = asyncio.Queue[Entry | None]


class Feeds:
    """Who follows which room; a `RoomListener`. A follower that reads too slowly is cut off."""

    def __init__(self, names: Names, clock: Clock) -> None:
        self._names = names
        self._clock = clock
        self._players: dict[RoomId, tuple[PlayerId | None, ...]] = {}
        """Who sits in the rooms that are followed, as was told last."""
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
        self._players.setdefault(room.room_id, room.players)
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
            self._players.pop(room.room_id, None)

    def seats(self, room: Room) -> Entry:
        """Who sits there now."""
        seats = [
            FeedSeat(
                seat, None if player is None else self._names(player), player is not None and is_bot(player)
            )
            for seat, player in enumerate(room.players)
        ]
        return _entry("seats", FeedSeats(room.room_id, self._clock.now_us() // 1000, seats))

    def close(self) -> None:
        """End every stream: the server drains."""
        for followers in self._followers.values():
            for follower in followers:
                _end(follower)

    def committed(self, room: Room, update: Update) -> None:
        if room.is_delayed:
            self._tell_seats(room)
        else:
            self.released(room, update)

    def released(self, room: Room, update: Update) -> None:
        followers = self._followers.get(room.room_id)
        if not followers:
            return
        if update.is_whole or any(event.kind in _WHOLE for event in update.events):
            entry = _snapshot_entry(room, room.catch_up(None, None))
        else:
            entry = _patch_entry(room, update.patch(room.viewer_class(None)))
        self._tell_seats(room)
        _tell(followers, entry)

    def presence_changed(self, room: Room) -> None:
        self._tell_seats(room)

    def _tell_seats(self, room: Room) -> None:
        followers = self._followers.get(room.room_id)
        if followers and self._players.get(room.room_id) != room.players:
            self._players[room.room_id] = room.players
            _tell(followers, self.seats(room))

    def reloaded(self, room: Room) -> None:
        """What was sent still holds."""

    def faulted(self, room: Room) -> None:
        """The stream stays, and stays quiet."""

    def mended(self, room: Room) -> None:
        followers = self._followers.get(room.room_id)
        if followers:
            _tell(followers, _snapshot_entry(room, room.catch_up(None, None)))

    def closed(self, room: Room) -> None:
        if room.is_behind:
            return
        followers = self._followers.get(room.room_id, set())
        _tell(followers, _entry("closed", FeedClosed(room.room_id)))
        for follower in followers:
            _finish(follower)


def _tell(followers: set[Follower], entry: Entry) -> None:
    for follower in followers:
        try:
            follower.put_nowait(entry)
        except asyncio.QueueFull:
            _end(follower)


def _finish(follower: Follower) -> None:
    """End it after what it waits for."""
    try:
        follower.put_nowait(None)
    except asyncio.QueueFull:
        _end(follower)


def _end(follower: Follower) -> None:
    while follower.full():
        follower.get_nowait()
    follower.put_nowait(None)


class FeedApi:
    """The route of the feed."""

    def __init__(
        self,
        feeds: Feeds,
        directory: Directory,
        identity: Identity,
        quotas: Quotas,
        retry_ms: Callable[[int, int], int],
    ) -> None:
        """`retry_ms`: any number from the first to the second."""
        self._feeds = feeds
        self._identity = identity
        self._retry_ms = retry_ms
        self._quotas = quotas
        self._directory = directory

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/rooms/{room}/feed",
                self._get_feed,
                "Follow a room as a spectator: server-sent events `seats`, `snapshot`, `patch`, `closed`.",
                codes=(Code.UNKNOWN_ROOM, Code.UNAUTHENTICATED, Code.ROOM_CLOSED, Code.ROOM_BUSY),
                content_type="text/event-stream",
            )
        ]

    async def _get_feed(self, request: web.Request) -> web.StreamResponse:
        room = self._directory.find(RoomId(request.match_info["room"]))
        if isinstance(room, Refused):
            raise problem(room)
        if room.is_private:
            self._identity.need_player(request)
        held = _held(request.headers.get("Last-Event-ID", ""))
        address = self._quotas.address(request)
        follower = self._feeds.follow(room, address)
        try:
            caught = room.catch_up(None, held)  # same turn as `follow`: nothing falls between the two
            seats = self._feeds.seats(room)
            stream = EventSourceResponse(ping_interval=PING_S, send_timeout=SEND_TIMEOUT_S)
            await stream.prepare(request)
            async with stream:
                retry_ms = self._retry_ms(*COME_BACK_MS)
                pump = asyncio.create_task(_pump(stream, room, seats, retry_ms, caught, follower))
                pump.add_done_callback(lambda _: stream.stop_streaming())
                try:
                    await stream.wait()  # until the pump is done, or a ping finds nobody there
                finally:
                    pump.cancel()
                    await asyncio.gather(pump, return_exceptions=True)
            return stream
        finally:
            self._feeds.unfollow(room, follower, address)


async def _pump(
    stream: EventSourceResponse, room: Room, seats: Entry, retry_ms: int, caught: CatchUp, follower: Follower
) -> None:
    await stream.send(seats.data, event=seats.event, retry=retry_ms)
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
    return _entry("snapshot", data, f"{caught.epoch}:{caught.version}")


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
        clock_elapsed_ms=rendered.clock_elapsed_ms,
    )
    return _entry("patch", data, f"{rendered.epoch}:{rendered.version}")


def _entry(event: str, data: msgspec.Struct, id_: str | None = None) -> Entry:
    return Entry(event, msgspec.json.encode(data).decode("utf-8"), id_)


def _held(last_event_id: str) -> Held | None:
    epoch, _, version = last_event_id.rpartition(":")
    return Held(epoch, int(version)) if epoch and version.isdecimal() and len(version) < 17 else None
