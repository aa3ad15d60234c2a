"""The REST half of the contract, as far as a player or a tool needs it.

Answers gain fields over time, so unknown ones are ignored here, other than in the messages of the
socket. Errors are RFC 9457 problem details with our `code`; each becomes `Refused`.
"""

from typing import Literal, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec
from msgspec import Struct

from kibitz.client.errors import CannotConnect, Refused, UnexpectedAnswer
from kibitz.codes import Code
from kibitz.ids import GameName, JoinCode, PlayerId, RoomId, Version
from kibitz.protocol.messages import ShownEvent

T = TypeVar("T")

Kind = Literal["api", "bot"]
"""What asks for the session: a program for a person, or a bot (its player id begins with `b_`)."""


class Guest(Struct, frozen=True):
    """A new guest session. `token` is its secret; who has it is that player."""

    player_id: PlayerId
    name: str
    token: str


class GameInfo(Struct, frozen=True):
    name: GameName
    title: str = ""


class GameList(Struct, frozen=True):
    games: list[GameInfo]


class RoomCreated(Struct, frozen=True):
    room_id: RoomId
    code: JoinCode
    invite_url: str


class RoomInfo(Struct, frozen=True):
    """A room as the lobby shows it; `version` is the last committed one."""

    room_id: RoomId
    game: GameName
    status: str
    version: Version = Version(0)
    match: int = 0


class RoomList(Struct, frozen=True):
    rooms: list[RoomInfo]


class EventPage(Struct, frozen=True):
    """Events oldest first; `next` is what to ask `after` for the following page, or null."""

    events: list[ShownEvent]
    next: int | None = None


class _Problem(Struct, frozen=True):
    code: str = Code.INTERNAL
    title: str = ""
    detail: str = ""
    retry_ms: int | None = None


class Rest:
    """REST calls to one server. Each raises `Refused`, `CannotConnect` or `UnexpectedAnswer`."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self.token: str | None = None

    async def open_session(self, name: str, kind: Kind) -> Guest:
        """Ask for a guest session and use it from now on."""
        guest = await self._call("POST", "/api/session", Guest, {"name": name, "client": kind})
        self.token = guest.token
        return guest

    async def games(self) -> list[GameInfo]:
        return (await self._call("GET", "/api/games", GameList)).games

    async def rooms(self, game: str | None = None, status: str | None = None) -> list[RoomInfo]:
        """Rooms that are not private."""
        asked = {key: value for key, value in (("game", game), ("status", status)) if value is not None}
        return (await self._call("GET", "/api/rooms", RoomList, params=asked)).rooms

    async def room(self, room: str) -> RoomInfo:
        """`room` is a room's id or its join code."""
        return await self._call("GET", f"/api/rooms/{quote(room, safe='')}", RoomInfo)

    async def create_room(
        self,
        game: str,
        *,
        options: dict[str, object] | None = None,
        seats: int | None = None,
        is_private: bool = False,
        bots: int = 0,
    ) -> RoomCreated:
        """Create a room; `bots` of its seats are filled with the game's own bots."""
        asked: dict[str, object] = {"game": game}
        if options is not None:
            asked["options"] = options
        if seats is not None:
            asked["seats"] = seats
        if is_private:
            asked["private"] = True
        if bots:
            asked["bots"] = bots
        return await self._call("POST", "/api/rooms", RoomCreated, asked)

    async def events(self, room: str, *, after: int = 0, limit: int = 500) -> EventPage:
        """A page of the room's history, as this session may see it."""
        path = f"/api/rooms/{quote(room, safe='')}/events"
        return await self._call("GET", path, EventPage, params={"after": str(after), "limit": str(limit)})

    async def _call(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: dict[str, object] | None = None,
        *,
        params: dict[str, str] | None = None,
    ) -> T:
        headers = {"Accept": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        data: bytes | None = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with self._http.request(
                method, self._url + path, data=data, params=params, headers=headers
            ) as response:
                content = await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CannotConnect(self._url + path, [str(error) or type(error).__name__]) from error
        if status >= 400:
            raise _refusal(status, content)
        try:
            return msgspec.json.decode(content, type=answer)
        except msgspec.DecodeError as error:
            raise UnexpectedAnswer(f"{method} {path}: {error}") from error


def _refusal(status: int, content: bytes) -> Refused:
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        return Refused(Code.INTERNAL, f"HTTP {status} without problem details")
    text = problem.detail or problem.title or f"HTTP {status}"
    return Refused(problem.code, text, retry_ms=problem.retry_ms)
