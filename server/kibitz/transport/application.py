"""The Socket.IO application of a server: its namespaces, shared by all connections."""

import msgspec

from kibitz.ids import Entropy
from kibitz.transport.connection import Connection
from kibitz.transport.namespace import Namespace
from kibitz.transport.session import Session


class Application:
    """What a `Connection` looks up. `shapes` are the decoders of `Namespace.on_message`."""

    def __init__(self, entropy: Entropy) -> None:
        self.entropy = entropy
        self.namespaces: dict[str, Namespace] = {}
        self.shapes: dict[str, dict[str, msgspec.json.Decoder[tuple[str, object]]]] = {}

    def namespace(self, name: str) -> Namespace:
        """Made at the first call. Raises `ValueError` for a name that no client can write."""
        if not name.startswith("/") or "," in name:
            raise ValueError(f"{name!r} is no name of a namespace: /name, without a comma")
        if name not in self.namespaces:
            self.namespaces[name] = Namespace(name)
            self.shapes[name] = self.namespaces[name].shapes
        return self.namespaces[name]

    def receive(self, session: Session) -> Connection:
        return Connection(self, session)
