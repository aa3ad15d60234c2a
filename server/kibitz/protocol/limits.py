"""Every count and length that the codecs accept from a peer, in two profiles."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may send. Whatever goes beyond is a `DecodeError` or, for sizes, a refusal by name.

    `max_payload_bytes` is announced to clients as `maxPayload`; it bounds one websocket message and one
    POST body. `packet_bytes_max` bounds one Socket.IO packet with all its attachments together.
    `attachments_max`: the JavaScript client takes 10, so nothing above that is ever sent either.
    `json_depth_max`: arrays and objects inside each other in one packet.
    `payload_packets_max`: packets in one POST body.
    """

    max_payload_bytes: int = 1_000_000
    packet_bytes_max: int = 11_000_000
    attachments_max: int = 10
    json_depth_max: int = 200
    namespace_chars_max: int = 128
    namespaces_max: int = 64
    payload_packets_max: int = 20_000


SOCKETIO_LIMITS = Limits()
"""What plain Socket.IO applications expect of a server."""

KIBITZ_LIMITS = Limits(
    max_payload_bytes=16 * 1024,
    packet_bytes_max=64 * 1024,
    attachments_max=4,
    json_depth_max=16,
    namespaces_max=4,
    payload_packets_max=1024,
)
"""What a game needs: small messages."""
