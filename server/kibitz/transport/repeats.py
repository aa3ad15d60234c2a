"""Requests that come twice, because the connection broke before their answer arrived.

Browsers and HTTP libraries send a request again by themselves when a kept-alive connection turns out
to be dead. To a poll that is repeated, a new answer would leave out what the lost one carried, and nobody
would know; a repeated POST would be carried out twice. Clients give each request another `t`, so a
repeat is known by having the same one, and the next request tells that the answer before it arrived.
"""


class Repeats:
    """Of one session. Requests without a `t` are never taken for repeats."""

    __slots__ = ("_poll", "_post", "answer")

    def __init__(self) -> None:
        self._poll = ""
        self._post = ""
        self.answer = b""
        """What the last poll was answered with."""

    def is_poll(self, stamp: str) -> bool:
        return stamp != "" and stamp == self._poll

    def is_post(self, stamp: str) -> bool:
        return stamp != "" and stamp == self._post

    def polled(self, stamp: str, answer: bytes) -> None:
        self._poll, self.answer = stamp, answer if stamp else b""

    def posted(self, stamp: str) -> None:
        """Its body is complete, and is carried out now."""
        self._post = stamp
