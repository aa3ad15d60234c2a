"""The Socket.IO application of a server: its namespaces, shared by all connections."""

from collections.abc import Callable

import msgspec

from kibitz.ids import Entropy
from kibitz.transport.connection import Connection
from kibitz.transport.namespace import Namespace
from kibitz.transport.parsers import JSON, Parser
from kibitz.transport.recovery import Recovery
from kibitz.transport.session import Session


class Application:
    """What a `Connection` looks up. `shapes` are the decoders of `Namespace.on_message`."""

    def __init__(
        self,
        entropy: Entropy,
        parser: Parser = JSON,
        make_recovery: Callable[[], Recovery] | None = None,
    ) -> None:
        self.entropy = entropy
        self.parser = parser
        self._make_recovery = make_recovery
        self.namespaces: dict[str, Namespace] = {}
        self.shapes: dict[str, dict[str, msgspec.json.Decoder[tuple[str, object]]]] = {}

    def namespace(self, name: str) -> Namespace:
        """Made at the first call. Raises `ValueError` for a name that no client can write."""
        if not name.startswith("/") or "," in name:
            raise ValueError(f"{name!r} is no name of a namespace: /name, without a comma")
        if name not in self.namespaces:
            recovery = None if self._make_recovery is None else self._make_recovery()
            self.namespaces[name] = Namespace(name, self.parser, recovery)
            self.shapes[name] = self.namespaces[name].shapes
        return self.namespaces[name]

    def receive(self, session: Session) -> Connection:
        return Connection(self, session)
