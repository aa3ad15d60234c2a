"""What is told of a player's session when it is over: with its connection, or after 30 idle minutes on it."""

from kibitz.clock import Clock
from kibitz.play.connection import PlayerConnection
from kibitz.play.reports import Ended
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Socket


def session_over(
    socket: Socket, connection: PlayerConnection, reason: DisconnectReason | None, clock: Clock
) -> Ended:
    """`reason` None: the connection goes on. Idle time at the end is left out."""
    state = socket.connection
    return Ended(
        session_id=socket.id,
        player=connection.player,
        opened_us=connection.opened_us,
        ended_us=clock.now_us() - connection.idle_us(clock.monotonic_us()),
        transport=state.transport,
        upgraded=state.transport != connection.first_transport,
        latency_ms=state.latency_ms,
        reconnects=int(connection.is_return),
        acts=connection.acts,
        reason=reason,
    )
