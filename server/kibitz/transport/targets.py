"""Who an event is for: rooms and users, with exceptions, described step by step."""

from asyncio import Future, get_running_loop
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kibitz.transport.questions import Answers

if TYPE_CHECKING:
    from kibitz.transport.namespace import Namespace
    from kibitz.transport.socket import Socket

_USER = "\0user:"


def user_room(user: str) -> str:
    """The room of all sockets of a user; no name that an application would give a room."""
    return _USER + user


def is_user_room(room: str) -> bool:
    return room.startswith(_USER)


@dataclass(frozen=True, slots=True)
class Target:
    """Everybody of a namespace, or whoever is in `rooms`; each step returns a new target.

    An event of more than one room reaches each socket once. With state recovery it also reaches
    whoever lost the connection there, unless it is volatile.
    """

    _namespace: "Namespace"
    _rooms: tuple[str, ...] | None = None
    _but_rooms: tuple[str, ...] = ()
    _but: "frozenset[Socket]" = frozenset()
    _is_volatile: bool = False

    def to(self, *rooms: str) -> "Target":
        """Also these rooms. A socket's id is a room of that socket alone. No room at all is nobody: a
        list that came out empty must not reach everybody."""
        return replace(self, _rooms=(*(self._rooms or ()), *rooms))

    def to_user(self, *users: str) -> "Target":
        """Also all sockets of these users (`Socket.enter_as`)."""
        return self.to(*map(user_room, users))

    def but(self, *sockets: "Socket") -> "Target":
        """Without these sockets, usually the one whose event is being handled."""
        return replace(self, _but=self._but.union(sockets))

    def except_(self, *rooms: str) -> "Target":
        """Without whoever is in one of these rooms."""
        return replace(self, _but_rooms=(*self._but_rooms, *rooms))

    @property
    def volatile(self) -> "Target":
        """Dropped for whoever cannot be written to now."""
        return replace(self, _is_volatile=True)

    @property
    def local(self) -> "Target":
        """Only the sockets of this process. There is no other yet, so it changes nothing."""
        return self

    def sockets(self) -> "list[Socket]":
        """Who it is for, among the connected."""
        namespace = self._namespace
        found = namespace.sockets.values() if self._rooms is None else namespace.members(self._rooms)
        if not self._but and not self._but_rooms:
            return list(found)
        left_out = self._but.union(namespace.members(self._but_rooms))
        return [socket for socket in found if socket not in left_out]

    def emit(self, event: str, *args: object) -> None:
        """Errors as for `Socket.emit`."""
        namespace = self._namespace
        encoded = namespace.encode(event, *args)
        if self._is_volatile:
            namespace.broadcast_volatile(self.sockets(), encoded)
        elif namespace.recovery is None:
            namespace.broadcast(self.sockets(), encoded)
        else:
            # A socket that is left out may be lost by now, and is then known by its id.
            but_rooms = (*self._but_rooms, *(socket.id for socket in self._but))
            namespace.recovery.broadcast(self.sockets(), encoded, rooms=self._rooms, but_rooms=but_rooms)

    def emit_with_ack(self, event: str, *args: object, timeout_ms: int = 10_000) -> "Future[Answers]":
        """Ask all of them; encoded once. The future never fails: who does not answer is `missing`.

        Raises `LocalProtocolError` as `Socket.emit` does.
        """
        future: Future[Answers] = get_running_loop().create_future()
        self._namespace.ask_many(self.sockets(), event, args, future, timeout_ms)
        return future

    def enter(self, *rooms: str) -> None:
        """Let them enter rooms."""
        for socket in self.sockets():
            for room in rooms:
                socket.enter(room)

    def leave(self, *rooms: str) -> None:
        for socket in self.sockets():
            for room in rooms:
                socket.leave(room)

    def disconnect(self, *, close: bool = False) -> None:
        """As `Socket.disconnect`, for all of them."""
        for socket in self.sockets():
            socket.disconnect(close=close)
