"""The server's end of `kibitz.ratings.worker`: starts it, wakes it when a match ends, hears what changed."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from kibitz.child import Child, start_child
from kibitz.ids import GameName, PlayerId
from kibitz.ratings.worker import Told

log = logging.getLogger("kibitz.ratings")

BEGIN_S = 2.0
"""Nobody plays better for ratings in the first moments of a server, which has other things to do."""
AGAIN_S = 30.0
LINE_MOST = 4 * 1024 * 1024

_decode = msgspec.json.Decoder(Told).decode

Changed = Callable[[frozenset[GameName], frozenset[PlayerId]], None]


class Follower:
    """`changed` is called on the loop. What a killed worker had not finished is done by the next."""

    def __init__(
        self, path: Path, journal: Path, changed: Changed, begin_s: float = BEGIN_S, again_s: float = AGAIN_S
    ) -> None:
        self._files = (str(path), str(journal))
        self._changed = changed
        self._begin_s = begin_s
        self._again_s = again_s
        self._woken = asyncio.Event()
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="kibitz-ratings")

    def wake(self) -> None:
        """A match has ended, and is in the journal."""
        self._woken.set()
        if self._child is not None and not self._child.stdin.transport.get_write_buffer_size():
            self._child.stdin.write(b"\n")  # where some are waiting, the worker has enough to wake it

    async def close(self) -> None:
        """Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), self._begin_s)
        except TimeoutError:
            pass
        while True:
            try:
                await self._hear()
            except (OSError, ValueError, msgspec.DecodeError) as error:
                log.warning("the ratings stand still", extra={"problem": str(error)})
            await asyncio.sleep(self._again_s)

    async def _hear(self) -> None:
        """Until the worker ends, which it does not by itself."""
        child = self._child = await start_child("kibitz.ratings.worker", *self._files, line_most=LINE_MOST)
        try:
            while line := await child.stdout.readline():
                told = _decode(line)
                if told.problem:
                    extra = {"problem": told.problem} | ({"trace": told.trace} if told.trace else {})
                    log.log(
                        logging.ERROR if told.trace else logging.WARNING,
                        "the ratings stand still",
                        extra=extra,
                    )
                else:
                    self._changed(told.games, told.players)
        finally:
            self._child = None
            await child.end()
        log.warning(
            "the ratings stand still", extra={"problem": f"their process ended ({child.process.returncode})"}
        )
