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
from collections.abc import Callable

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from kibitz.codes import Code
from kibitz.http.catalog import problem
from kibitz.http.feed_entries import Entry, patch_entry, snapshot_entry
from kibitz.http.feeds import Feeds, Follower
from kibitz.http.identity import Identity
from kibitz.http.quotas import Quotas
from kibitz.http.routes import Route
from kibitz.ids import RoomId
from kibitz.rooms.answers import Refused
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import CatchUp, Held

PING_S = 15.0
"""So often a comment is sent, which keeps the ways in between open and finds who is gone."""
SEND_TIMEOUT_S = 30.0
COME_BACK_MS = (1_000, 3_000)
"""When a follower whose stream broke tries again: each at a time of its own."""


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
            entry = snapshot_entry(room, caught)
            await stream.send(entry.data, id=entry.id, event=entry.event)
        case "patches":
            for one in caught.patches:
                entry = patch_entry(room, one)
                await stream.send(entry.data, id=entry.id, event=entry.event)
        case "current":
            pass


def _held(last_event_id: str) -> Held | None:
    epoch, _, version = last_event_id.rpartition(":")
    return Held(epoch, int(version)) if epoch and version.isdecimal() and len(version) < 17 else None
