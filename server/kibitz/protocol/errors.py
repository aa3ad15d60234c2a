"""The errors of the wire, split by whose fault they are."""


class ProtocolError(Exception):
    """Root of everything that the protocol package raises."""


class RemoteProtocolError(ProtocolError):
    """The peer broke a rule of the protocol; its connection has to end."""


class LocalProtocolError(ProtocolError):
    """We were asked to send what the protocol cannot carry; nothing was sent."""


class DecodeError(RemoteProtocolError):
    """The bytes are no packet. `rule` says in a few words which rule they break."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
