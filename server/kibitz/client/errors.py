"""What the SDK raises. One root, then split by what the caller can do about it."""

from kibitz.codes import MEANINGS, Advice, Code


class ClientError(Exception):
    """Root of everything that this package raises by itself."""


class Refused(ClientError):
    """The server answered and said no; nothing was changed by the request.

    `code` is one of `kibitz.codes.Code` or `game:<code>`; `version` is the room's version then,
    where the answer had one; `retry_ms` is how long to wait, where the server said so.
    """

    def __init__(
        self, code: str, message: str, *, version: int | None = None, retry_ms: int | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.version = version
        self.retry_ms = retry_ms

    @property
    def advice(self) -> Advice:
        """What to do about the code. A game's own code, or an unknown one, means: stop."""
        try:
            return MEANINGS[Code(self.code)].advice
        except ValueError:
            return Advice.STOP


class ConnectionLost(ClientError):
    """The connection ended before the answer came; whether the request was carried out is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the connection was lost: {reason}")
        self.reason = reason


class AnswerTimeout(ClientError):
    """No answer came in time; whether the request was carried out is unknown."""

    def __init__(self, event: str, timeout_ms: int) -> None:
        super().__init__(f"no answer to {event} within {timeout_ms} ms")
        self.event = event
        self.timeout_ms = timeout_ms


class CannotConnect(ClientError):
    """No transport could be opened; the reasons are those of each one that was tried."""

    def __init__(self, url: str, reasons: list[str]) -> None:
        super().__init__(f"cannot connect to {url}: {'; '.join(reasons)}")
        self.url = url
        self.reasons = tuple(reasons)


class WireClosed(ClientError):
    """An open transport ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ClientClosed(ClientError):
    """The client, or this session of a room, was closed by its owner or for good by the server."""


class UnexpectedAnswer(ClientError):
    """The server's answer is not of the contract: another version of it, or another server."""
