"""Connections of players: who may connect, what their leaving means, and how all are told to come back."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from kibitz.accounts.accounts import Accounts
from kibitz.clock import Clock
from kibitz.codes import MEANINGS, Code, NoticeCode
from kibitz.ids import PlayerId, SocketId
from kibitz.play import outgoing
from kibitz.play.connection import PlayerConnection
from kibitz.play.events import take_events
from kibitz.play.frames import Frames
from kibitz.play.losses import Losses
from kibitz.play.outgoing import Names
from kibitz.play.rates import PlayerRates
from kibitz.play.reports import Ended, Reports
from kibitz.play.sessions import session_over
from kibitz.play.tables import Later, Tables
from kibitz.rooms.directory.directory import Directory
from kibitz.transport.batches import BroadcastConfig
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Socket

RETRY_MS_LEAST, RETRY_MS_MOST = 500, 3_000
SWEPT_PER_CALL = 500
CONNECTIONS_MAX = 32
"""Of one player at a time: tabs, devices, and those whose loss the server has not noticed yet."""
CONNECTIONS_RETRY_MS = 5_000


class Play:
    """The application on one namespace. `tables` and `frames` are the listeners that the directory wants."""

    def __init__(
        self,
        namespace: Namespace,
        *,
        accounts: Accounts,
        names: Names,
        cookie_name: str,
        clock: Clock,
        later: Later,
        retry_ms: Callable[[int, int], int],
        broadcast: BroadcastConfig | None = None,
    ) -> None:
        self.tables = Tables(namespace, names, clock, later, broadcast)
        self.frames = Frames(namespace, self.tables, later)
        self._namespace = namespace
        self._names = names
        self._accounts = accounts
        self._cookie_name = cookie_name
        self._clock = clock
        self._retry_ms = retry_ms
        self._is_draining = False
        self._connections: Counter[PlayerId] = Counter()
        self._losses = Losses(clock)
        self._ended: Callable[[Ended], None] | None = None
        self._swept: Iterator[Socket] = iter(())
        namespace.on_connect(self._connect)
        namespace.on_disconnect(self._disconnect)

    def open(self, directory: Directory, rates: PlayerRates, reports: Reports) -> None:
        """Take events from now on; the directory is made after its listener, hence the two steps."""
        self._ended = reports.ended
        take_events(self._namespace, directory, self.tables, rates, self._clock, reports, self._names)

    def _connect(self, socket: Socket, auth: dict[str, object]) -> None:
        if self._is_draining:
            retry_ms = self._retry_ms(RETRY_MS_LEAST, RETRY_MS_MOST)
            raise ConnectRefused(
                MEANINGS[Code.DRAINING].text, {"code": Code.DRAINING.value, "retry_ms": retry_ms}
            )
        token = auth.get("token")
        if not isinstance(token, str):
            token = socket.handshake.cookies.get(self._cookie_name, "")
        player = self._accounts.find_session(token) if token else None
        if player is None:
            raise ConnectRefused(MEANINGS[Code.UNAUTHENTICATED].text, {"code": Code.UNAUTHENTICATED.value})
        if self._connections[player.player_id] >= CONNECTIONS_MAX:
            raise ConnectRefused(
                "This player has too many connections.",
                {"code": Code.RATE_LIMITED.value, "retry_ms": CONNECTIONS_RETRY_MS},
            )
        self._connections[player.player_id] += 1
        socket.data = PlayerConnection(
            player.player_id,
            socket.connection.transport,
            self._clock.now_us(),
            self._clock.monotonic_us(),
            is_return=self._losses.is_back(player.player_id),
        )

    def _disconnect(self, socket: Socket, reason: DisconnectReason) -> None:
        connection = socket.data
        if not isinstance(connection, PlayerConnection):
            return
        self._connections[connection.player] -= 1
        if not self._connections[connection.player]:
            del self._connections[connection.player]
            self._losses.lost(connection.player, reason)
        if self._ended is not None:
            self._ended(session_over(socket, connection, reason, self._clock))
        for member in connection.members.values():
            self.tables.remove(member)
        connection.members.clear()

    def players_connected(self) -> int:
        """How many different players have a connection."""
        return len(self._connections)

    def players_reconnecting(self) -> int:
        """How many have none, and lost theirs a moment ago."""
        return len(self._losses)

    def measure(self) -> None:
        """Tell rooms the latency and transport of connections where they changed; some each call."""
        batch = list(islice(self._swept, SWEPT_PER_CALL))
        if not batch:
            self._swept = iter(list(self._namespace.sockets.values()))
            batch = list(islice(self._swept, SWEPT_PER_CALL))
        for socket in batch:
            connection = socket.data
            if not isinstance(connection, PlayerConnection) or not socket.is_connected:
                continue
            state = socket.connection
            if connection.is_news(state.latency_ms, state.transport):
                for member in connection.members.values():
                    member.room.presence.measured(
                        SocketId(socket.id), latency_ms=state.latency_ms, transport=state.transport
                    )

    def drain(self) -> None:
        """Refuse new connections and tell the others, each with its own delay, when to come back."""
        self._is_draining = True
        for socket in list(self._namespace.sockets.values()):
            retry_ms = self._retry_ms(RETRY_MS_LEAST, RETRY_MS_MOST)
            socket.emit("notice", outgoing.notice(NoticeCode.DRAINING, retry_ms=retry_ms))
