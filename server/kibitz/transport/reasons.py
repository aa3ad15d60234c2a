"""Why a Socket.IO socket was disconnected, in the words that Socket.IO applications know."""

from enum import StrEnum


class DisconnectReason(StrEnum):
    """What `on_disconnect` handlers get. `SLOW` is ours; the other texts are Socket.IO's own.

    Source: Socket.IO v4 server API, event `disconnect`.
    """

    CLIENT_NAMESPACE = "client namespace disconnect"
    SERVER_NAMESPACE = "server namespace disconnect"
    TRANSPORT_CLOSE = "transport close"
    TRANSPORT_ERROR = "transport error"
    PING_TIMEOUT = "ping timeout"
    PARSE_ERROR = "parse error"
    FORCED_CLOSE = "forced close"
    FORCED_SERVER_CLOSE = "forced server close"
    SHUTTING_DOWN = "server shutting down"
    SLOW = "slow"
