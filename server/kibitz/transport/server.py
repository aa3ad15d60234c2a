"""The realtime server: one listening socket for websocket, long-polling and the rest of HTTP."""

from dataclasses import dataclass

from aiohttp import web

from kibitz.clock import Clock
from kibitz.ids import Entropy
from kibitz.transport.config import TransportConfig
from kibitz.transport.namespace import Namespace
from kibitz.transport.origins import OriginPolicy


@dataclass(frozen=True, slots=True)
class ConnectionCounts:
    """Engine.IO sessions by transport, and all TCP connections of the port."""

    websocket: int
    polling: int
    tcp: int


class SocketServer:
    """A Socket.IO v5 server on Engine.IO v4.

    Register namespaces and handlers first, then `listen`. All of it lives on the running loop.
    """

    def __init__(
        self,
        config: TransportConfig,
        *,
        clock: Clock,
        origins: OriginPolicy,
        entropy: Entropy = ...,  # type: ignore[assignment]
    ) -> None:
        raise NotImplementedError

    def namespace(self, name: str = "/") -> Namespace:
        """The namespace of this name, made at the first call; clients are refused any other."""
        raise NotImplementedError

    async def listen(self, app: web.Application, host: str, port: int) -> None:
        """Serve `app` and, at `config.path`, Socket.IO. Runs the app's startup; port 0 takes a free one.

        Raises `OSError` when the address cannot be had; the app has been cleaned up then.
        """
        raise NotImplementedError

    @property
    def port(self) -> int:
        """The port in use, after `listen`."""
        raise NotImplementedError

    def stop_accepting(self) -> None:
        """Refuse new connections from now on (the first step of draining); existing ones stay."""
        raise NotImplementedError

    async def close(self, *, timeout_ms: int = 5_000) -> None:
        """Stop accepting, end every session with `server shutting down`, then shut the app down.

        Requests in work get up to `timeout_ms`. May be called twice.
        """
        raise NotImplementedError

    def connections(self) -> ConnectionCounts:
        raise NotImplementedError
