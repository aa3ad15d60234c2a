"""A TCP proxy that cuts connections at random moments, in the middle of whatever they carry."""

import asyncio
import contextlib
import random


class CuttingProxy:
    """Listens on a free loopback port and passes bytes on to `port`, each connection for a random time.

    `longest_s` bounds that time; `calm` lets every new connection live.
    """

    def __init__(self, port: int, *, seed: int, longest_s: float) -> None:
        self._upstream = port
        self._chance = random.Random(seed)
        self._longest_s = longest_s
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.calm = False
        self.cuts = 0

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.transport.abort()
            return
        lives_s = None if self.calm else self._longest_s * self._chance.random()
        try:
            async with asyncio.timeout(lives_s):
                await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))
        except TimeoutError:
            self.cuts += 1
        finally:
            # Abort, not close: what is under way in either direction is lost.
            writer.transport.abort()
            inner_writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.transport.close()
