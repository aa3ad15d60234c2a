"""A player or a spectator of one server, as a Python object."""

import secrets
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

import aiohttp
from msgspec import Struct

from kibitz.client.backoff import Backoff
from kibitz.client.connection import Connection
from kibitz.client.errors import ClientClosed, ClientError, ConnectionLost
from kibitz.client.joining import Part
from kibitz.client.link import Link, LinkState, LinkStatus
from kibitz.client.rest import EventPage, GameInfo, Kind, Rest, RoomCreated, RoomInfo
from kibitz.client.room_session import RoomSession
from kibitz.client.timers import LoopTimers, Timers
from kibitz.client.wires import Transport, open_wire
from kibitz.clock import Clock, SystemClock
from kibitz.codes import NoticeCode
from kibitz.ids import JOIN_CODE_LENGTH, Entropy, PlayerId, RoomId, Seat
from kibitz.protocol.messages import Batch, ChatSaid, Frame, Notice, Patch, Ping, Presence, Snapshot
from kibitz.sync.reconcile import Predict

ANSWER_TIMEOUT_MS = 5_000


class Client:
    """One guest session and at most one connection, used inside `async with`.

    `url` is the server's address without a path. `token` is that of an earlier session (`Client.token`
    then); without it a new guest session with `name` is made when it is first needed. `kind="bot"`
    marks the player as a bot. `transports` are tried in that order. `http` may be shared by many
    clients; then its owner closes it. `clock`, `timers` and `entropy` are time and chance, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        name: str | None = None,
        kind: Kind = "api",
        transports: Sequence[str] = ("websocket", "polling"),
        backoff: Backoff = Backoff(),  # noqa: B008 - frozen
        answer_timeout_ms: int = ANSWER_TIMEOUT_MS,
        http: aiohttp.ClientSession | None = None,
        clock: Clock | None = None,
        timers: Timers | None = None,
        entropy: Entropy = secrets.token_bytes,
    ) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.name = name
        self.player_id: PlayerId | None = None
        self._kind: Kind = kind
        self._transports = [Transport(transport) for transport in transports]
        self._backoff = backoff
        self._answer_timeout_ms = answer_timeout_ms
        self._shared_http = http
        self._http = http
        self._clock = SystemClock() if clock is None else clock
        self._timers = LoopTimers() if timers is None else timers
        self._entropy = entropy
        self._rest: Rest | None = None
        self._link: Link | None = None
        self._sessions: dict[RoomId, RoomSession] = {}

    async def __aenter__(self) -> Self:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        self._rest = Rest(self._http, self.url)
        self._rest.token = self.token
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connection without leaving the rooms: the seats stay, and the token stays valid."""
        if self._link is not None:
            await self._link.close()
        for session in list(self._sessions.values()):
            session.close(ClientClosed("the client was closed"))
        self._sessions.clear()
        if self._http is not None and self._shared_http is None:
            await self._http.close()
        self._http = self._rest = self._link = None

    # ------------------------------------------------------------ REST

    async def sign_in(self) -> str:
        """The token, from a new guest session if there is none yet."""
        rest = self._opened()
        if self.token is None:
            guest = await rest.open_session(self.name or "Guest", self._kind)
            self.token, self.name, self.player_id = guest.token, guest.name, guest.player_id
        return self.token

    async def games(self) -> list[GameInfo]:
        return await self._opened().games()

    async def rooms(self, game: str | None = None, status: str | None = None) -> list[RoomInfo]:
        """Rooms that are not private; `status` as in `RoomInfo`."""
        return await self._opened().rooms(game, status)

    async def room(self, room: str) -> RoomInfo:
        """`room` is a room's id or its join code. Raises `Refused` with `unknown_room`."""
        await self.sign_in()
        return await self._opened().room(room)

    async def create_room(
        self,
        game: str,
        *,
        options: dict[str, object] | None = None,
        seats: int | None = None,
        is_private: bool = False,
        bots: int = 0,
    ) -> RoomCreated:
        """Create a room; `bots` of its seats are filled with the game's own bots. Does not join it."""
        await self.sign_in()
        return await self._opened().create_room(
            game, options=options, seats=seats, is_private=is_private, bots=bots
        )

    async def events(self, room: str, *, after: int = 0, limit: int = 500) -> EventPage:
        """A page of a room's history with versions above `after`: the replay."""
        await self.sign_in()
        return await self._opened().events(room, after=after, limit=limit)

    # ------------------------------------------------------------ the connection

    @property
    def state(self) -> LinkState:
        """Of the connection; `connecting` before it was ever asked for."""
        return LinkState(LinkStatus.CONNECTING) if self._link is None else self._link.state

    @property
    def reconnects(self) -> int:
        return max(0, self.state.connects - 1)

    async def join(
        self,
        room: str,
        *,
        part: Part | None = None,
        seat: Seat | None = None,
        predict: Predict | None = None,
    ) -> RoomSession:
        """Take part in a room, given its id or its join code; connects if there is no connection.

        Without `part`: the seat that this player has already, else a free one, else as a spectator.
        Raises `Refused`, `CannotConnect`, `ClientClosed`. A room that is joined already gives the
        session that there is.
        """
        token = await self.sign_in()
        room_id = RoomId(room) if len(room) != JOIN_CODE_LENGTH else (await self.room(room)).room_id
        known = self._sessions.get(room_id)
        if known is not None and not known.is_over:
            return known
        session = RoomSession(
            room_id,
            part=part,
            seat=seat,
            predict=predict,
            timers=self._timers,
            clock=self._clock,
            entropy=self._entropy,
            answer_timeout_ms=self._answer_timeout_ms,
        )
        self._sessions[room_id] = session
        link = self._linked(token)
        if link.connection is not None:
            session.attach(link.connection)
        try:
            await session.first_join()
        except BaseException:
            self._sessions.pop(room_id, None)
            raise
        return session

    async def ping(self) -> int:
        """Milliseconds to the server's application and back. Raises `ConnectionLost`, `AnswerTimeout`."""
        if self._link is None or self._link.connection is None:
            raise ConnectionLost("there is no connection at the moment")
        began_us = self._clock.monotonic_us()
        await self._link.connection.call(
            "ping", Ping(self._clock.now_us() // 1000), timeout_ms=self._answer_timeout_ms
        )
        return (self._clock.monotonic_us() - began_us) // 1000

    def _opened(self) -> Rest:
        if self._rest is None:
            raise ClientClosed("the client is not open: use it inside `async with`")
        return self._rest

    def _linked(self, token: str) -> Link:
        if self._link is None or self._link.state.status is LinkStatus.CLOSED:
            if self._http is None:
                raise ClientClosed("the client is not open: use it inside `async with`")
            self._link = Link(
                self.url,
                partial(open_wire, self._http, self.url),
                token=token,
                transports=self._transports,
                listener=self,
                backoff=self._backoff,
                timers=self._timers,
                entropy=self._entropy,
            )
            self._link.start()
        return self._link

    # ------------------------------------------------------------ from the link

    def on_connected(self, connection: Connection) -> None:
        for session in list(self._sessions.values()):
            session.attach(connection)

    def on_lost(self) -> None:
        for session in list(self._sessions.values()):
            session.detach()

    def on_event(self, name: str, message: Struct) -> None:
        if isinstance(message, Notice):
            if message.code == NoticeCode.DRAINING and self._link is not None:
                data = message.data
                retry_ms = data.get("retry_ms") if isinstance(data, dict) else None
                self._link.come_back_in(retry_ms if isinstance(retry_ms, int) else 1_000)
            if message.room is None:
                for session in list(self._sessions.values()):
                    session.take(message)
                return
        if isinstance(message, Patch | Snapshot | Batch | Frame | Presence | ChatSaid | Notice):
            room = self._sessions.get(RoomId(message.room or ""))
            if room is not None:
                room.take(message)

    def on_closed(self, error: ClientError) -> None:
        for session in list(self._sessions.values()):
            session.close(error)
