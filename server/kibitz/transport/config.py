"""Settings of the realtime transport: its times, sizes and counts, in two profiles."""

from dataclasses import dataclass, field
from typing import Literal

from kibitz.protocol.limits import KIBITZ_LIMITS, SOCKETIO_LIMITS, Limits
from kibitz.transport.recovery import RecoveryConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieConfig:
    """A cookie with the session's id, for load balancers that keep a client on one server. The
    server itself never reads it. `max_age_s` None: until the browser closes."""

    name: str = "io"
    path: str = "/"
    same_site: Literal["Lax", "Strict", "None"] = "Lax"
    is_http_only: bool = True
    is_secure: bool = False
    max_age_s: int | None = None

    def header(self, sid: str) -> str:
        """The value of `Set-Cookie`."""
        parts = [f"{self.name}={sid}", f"Path={self.path}", f"SameSite={self.same_site}"]
        if self.is_http_only:
            parts.append("HttpOnly")
        if self.is_secure:
            parts.append("Secure")
        if self.max_age_s is not None:
            parts.append(f"Max-Age={self.max_age_s}")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportConfig:
    """All durations are milliseconds, all sizes bytes. `TransportConfig()` is the `socketio` profile.

    `outbox_bytes_max`: what may wait for one client, its socket's write buffer included, and
    `outbox_ms_max`: how long anything may wait for a websocket (on polling the heartbeat bounds it);
    beyond either the connection closes with reason `slow`.
    `write_buffer_bytes`: what of it may lie in the transport's own buffer, where no newer state can
    take its place.
    `receive_buffer_bytes`: what the kernel takes in for a connection before it is read, and so the largest
    piece that is read at once; None leaves it to the kernel, which gives a fast sender megabytes.
    `cookie`: set by the answer that opens a session on polling.
    `compression_bytes_min`: answers to polls are compressed from this size on if the client takes
    that; None never does.
    `recovery`: connection state recovery; None leaves it out.
    `connect_timeout_ms`: from the handshake until a client must be in some namespace.
    `upgrade_timeout_ms`: from the second websocket's handshake until `5` arrives on it.
    `close_timeout_ms`: how long a closed websocket may take to answer the close frame.
    `poll_close_timeout_ms`: how long a closed polling session waits for the GET that tells it so.
    `head_timeout_ms`, `head_bytes_max`, `head_fields_max`: a request's line and header fields.
    `body_timeout_ms`: a POST body, from its head to its end.
    `connections_max`: TCP connections on the port, HTTP included; keep it below the limit of file
    descriptors. `sessions_max`: Engine.IO sessions, which for polling outlive their TCP connections.
    `let_in_per_tick`: new sessions in 10 ms; who comes faster waits for up to `head_timeout_ms`.
    None lets everybody in at once.
    `poll_packets_max`: packets in one answer to a GET; python-engineio clients break above 16.
    """

    path: str = "/socket.io/"
    ping_interval_ms: int = 25_000
    ping_timeout_ms: int = 20_000
    connect_timeout_ms: int = 45_000
    upgrade_timeout_ms: int = 10_000
    close_timeout_ms: int = 5_000
    poll_close_timeout_ms: int = 30_000
    head_timeout_ms: int = 5_000
    head_bytes_max: int = 16 * 1024
    head_fields_max: int = 64
    body_timeout_ms: int = 10_000
    keepalive_timeout_ms: int = 30_000
    outbox_bytes_max: int = 8 * 1024 * 1024
    outbox_ms_max: int = 20_000
    write_buffer_bytes: int = 0
    receive_buffer_bytes: int | None = None
    connections_max: int = 10_000
    sessions_max: int = 20_000
    let_in_per_tick: int | None = None
    poll_packets_max: int = 16
    acks_waiting_max: int = 1_000
    backlog: int = 1_024
    cookie: CookieConfig | None = None
    compression_bytes_min: int | None = 1_024
    recovery: RecoveryConfig | None = None
    limits: Limits = field(default=SOCKETIO_LIMITS)

    @property
    def max_payload_bytes(self) -> int:
        return self.limits.max_payload_bytes


SOCKETIO_PROFILE = TransportConfig()
"""The library's defaults, as plain Socket.IO clients expect them."""

KIBITZ_PROFILE = TransportConfig(
    ping_interval_ms=10_000,
    ping_timeout_ms=5_000,
    connect_timeout_ms=10_000,
    outbox_bytes_max=256 * 1024,
    outbox_ms_max=10_000,
    receive_buffer_bytes=16 * 1024,
    compression_bytes_min=None,
    let_in_per_tick=20,
    limits=KIBITZ_LIMITS,
)
"""The game server's settings. Use `dataclasses.replace` to change single ones."""
