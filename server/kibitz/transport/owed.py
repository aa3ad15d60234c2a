"""States that a connection is owed: at most one for each key, however many were meant for it.

The outbox knows three classes. What has high priority (answers, chat, notices, everything that `emit` and
`broadcast` send) is kept in order, up to the outbox's bound. A volatile event is dropped when it cannot be
written now. A state is between the two: while the connection cannot be written to, a newer state of the
same key takes the place of the older one, and what leads the client to it is rendered when the connection
can be written to again, from the state that was last written. A client that reads slowly so costs one
small record for each key, whatever happens in the meantime.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.engine import Counters
    from kibitz.transport.socket import Socket

Render = Callable[["Socket", "int | None"], "EncodedEvent | None"]
"""`(socket, since)`: what leads a client that was last sent version `since` to the present state; None if
nothing does any more. `since` is None where only the whole state will do."""

KEYS_MAX = 64
"""States of different keys owed to one connection; each is small, but none of them is a bound by itself."""


def batch_key(room: str) -> Hashable:
    """The state of a room's batches, where these may replace each other."""
    return ("batch", room)


class _State:
    """`encoded` is what to write as long as it is the only one since `since`."""

    __slots__ = ("encoded", "render", "since")

    def __init__(self, since: int | None, encoded: "EncodedEvent", render: Render | None) -> None:
        self.since = since
        self.encoded: EncodedEvent | None = encoded
        self.render = render


class Owed:
    """The states of one connection, in the order in which they were first owed."""

    __slots__ = ("_counters", "_states")

    def __init__(self, counters: "Counters") -> None:
        self._counters = counters
        self._states: dict[tuple[Socket, Hashable], _State] = {}

    def __bool__(self) -> bool:
        return bool(self._states)

    def owe(
        self,
        socket: "Socket",
        key: Hashable,
        encoded: "EncodedEvent",
        since: int | None,
        render: Render | None,
    ) -> bool:
        """`encoded` leads from `since` to the state of `key`. False if it is owed too many keys."""
        state = self._states.get((socket, key))
        if state is None:
            if len(self._states) >= KEYS_MAX:
                return False
            self._counters.state_deferred += 1
            self._states[socket, key] = _State(since, encoded, render)
            return True
        self._counters.state_replaced += 1
        state.render = render
        state.encoded = encoded if since is None else None
        if since is None:
            state.since = None
        return True

    def forget(self, socket: "Socket", key: Hashable) -> None:
        """The client got, or will get, the state of `key` by other means."""
        self._states.pop((socket, key), None)

    def pop(self) -> "EncodedEvent | None":
        """The oldest, taken out and ready to be written; None if nothing leads there any more."""
        (socket, key), state = next(iter(self._states.items()))
        del self._states[socket, key]
        if not socket.is_connected:
            return None
        encoded = state.encoded
        if encoded is None and state.render is not None:
            self._counters.state_rendered += 1
            try:
                encoded = state.render(socket, state.since)
            except Exception as error:
                # The client notices the gap with the next state and asks.
                socket.namespace.fault("state", error)
        return None if encoded is None else socket.namespace.stamped(encoded)
