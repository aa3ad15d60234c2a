"""Engine.IO sessions and Socket.IO namespaces beside aiohttp on one port.

What applications use is exported here and described in docs/socket-server.md.
"""

from kibitz.protocol.errors import LocalProtocolError
from kibitz.protocol.limits import Limits
from kibitz.transport.batches import BroadcastConfig, RoomBroadcast
from kibitz.transport.config import CookieConfig, TransportConfig
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.parsers import JSON, MSGPACK
from kibitz.transport.questions import AckTimeout, Answers, SocketDisconnected
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.recovery import RecoveryConfig
from kibitz.transport.server import SocketServer
from kibitz.transport.socket import Ack, AlreadyAcknowledged, ConnectionState, Socket
from kibitz.transport.targets import Target, user_room

__all__ = [
    "JSON",
    "MSGPACK",
    "Ack",
    "AckTimeout",
    "AlreadyAcknowledged",
    "Answers",
    "BroadcastConfig",
    "ConnectRefused",
    "ConnectionState",
    "CookieConfig",
    "DisconnectReason",
    "Limits",
    "LocalProtocolError",
    "Namespace",
    "OriginPolicy",
    "RecoveryConfig",
    "RoomBroadcast",
    "Socket",
    "SocketDisconnected",
    "SocketServer",
    "Target",
    "TransportConfig",
    "user_room",
]
