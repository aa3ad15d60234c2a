"""The acts of a session's own player that are under way: who waits for which answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from kibitz.client.errors import ClientError
from kibitz.ids import ActionId
from kibitz.protocol.messages import Acted, Patch


class OwnActs:
    """By their ids. An act ends once: with its first answer, or with the patch that carries it."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Acted]] = {}
        self._sent: set[str] = set()

    def __contains__(self, action: ActionId) -> bool:
        return action in self._waiting

    @contextmanager
    def under_way(self, action: ActionId) -> Iterator[asyncio.Future[Acted]]:
        """Within it the act has an answer to wait for; leaving it early leaves the act in doubt."""
        answer: asyncio.Future[Acted] = asyncio.get_running_loop().create_future()
        self._waiting[action] = answer
        try:
            yield answer
        finally:
            self._waiting.pop(action, None)
            self._sent.discard(action)

    def is_resent(self, action: str) -> bool:
        """To be called for each time that it is sent: False only for the first."""
        if action in self._sent:
            return True
        self._sent.add(action)
        return False

    def settle(self, action: str, acted: Acted) -> None:
        answer = self._waiting.get(action)
        if answer is not None and not answer.done():
            answer.set_result(acted)

    def settle_by(self, patch: Patch) -> None:
        """Own acts among a patch's events are committed, whether or not their answers still come."""
        for event in patch.events:
            if event.action_id is not None:
                self.settle(event.action_id, Acted(event.version))

    def fail(self, action: str, error: ClientError) -> None:
        answer = self._waiting.get(action)
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def end(self, error: ClientError) -> None:
        """No answer comes any more, to any of them."""
        for action in self._waiting:
            self.fail(action, error)
