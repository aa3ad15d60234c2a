"""What the server asks of clients: events whose acknowledgement it waits for, of one client or of many."""

from asyncio import Future
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kibitz.transport.heartbeat import Deadline, Deadlines
    from kibitz.transport.socket import Socket

SHARED_IDS_FROM = 1 << 40
"""A question to many has one id for all of them, so that it is encoded once; those of single sockets
count from 0 and do not come here."""


class AckTimeout(Exception):
    """The client did not acknowledge in time."""


class SocketDisconnected(Exception):
    """The socket went away before the client acknowledged."""


@dataclass(slots=True)
class Answers:
    """What came back from many clients. `missing` did not answer in time, or went away before they did."""

    answers: "dict[Socket, list[object]]" = field(default_factory=dict)
    missing: "list[Socket]" = field(default_factory=list)


class Pending(Protocol):
    """What a socket keeps under the id of a question."""

    def answered(self, socket: "Socket", args: list[object]) -> None: ...

    def lost(self, socket: "Socket") -> None:
        """The socket is gone."""
        ...


class Question:
    """To one socket. The future gets the arguments, `AckTimeout` or `SocketDisconnected`."""

    __slots__ = ("_deadline", "_deadlines", "_id", "_socket", "future")

    def __init__(
        self, socket: "Socket", packet_id: int, future: "Future[list[object]]", timeout_ms: int
    ) -> None:
        self._socket = socket
        self._id = packet_id
        self.future = future
        self._deadlines = socket.session.engine.deadlines
        self._deadline = self._deadlines.add(timeout_ms * 1000, self)

    def due(self, now_us: int) -> int | None:
        self._socket.forget_question(self._id)
        self._fail(AckTimeout())
        return None

    def answered(self, socket: "Socket", args: list[object]) -> None:
        self._deadlines.cancel(self._deadline)
        if not self.future.done():
            self.future.set_result(args)

    def lost(self, socket: "Socket") -> None:
        self._deadlines.cancel(self._deadline)
        self._fail(SocketDisconnected())

    def _fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class SharedQuestion:
    """To many. The future gets `Answers` when all have answered or the time is over; it never fails."""

    __slots__ = ("_answers", "_deadline", "_deadlines", "_id", "_open", "future")

    def __init__(
        self,
        asked: "Iterable[Socket]",
        skipped: "Iterable[Socket]",
        packet_id: int,
        future: "Future[Answers]",
        deadlines: "Deadlines",
        timeout_ms: int,
    ) -> None:
        """`skipped` are not asked, and count as missing."""
        self._open = dict.fromkeys(asked)
        self._id = packet_id
        self._answers = Answers(missing=list(skipped))
        self._deadlines = deadlines
        self._deadline: Deadline | None = deadlines.add(timeout_ms * 1000, self)
        self.future = future
        self._settle()

    def due(self, now_us: int) -> int | None:
        for socket in self._open:
            socket.forget_question(self._id)
        self._answers.missing += self._open
        self._open.clear()
        self._settle()
        return None

    def answered(self, socket: "Socket", args: list[object]) -> None:
        self._open.pop(socket, None)
        self._answers.answers[socket] = args
        self._settle()

    def lost(self, socket: "Socket") -> None:
        self._open.pop(socket, None)
        self._answers.missing.append(socket)
        self._settle()

    def _settle(self) -> None:
        if self._open or self._deadline is None:
            return
        self._deadlines.cancel(self._deadline)
        self._deadline = None
        if not self.future.done():
            self.future.set_result(self._answers)
