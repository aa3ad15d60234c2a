"""One server: what begins it, what its timer does, and what ends it.

Start: what it needs is opened (`opening`), its parts are wired (`wiring`, `rest`), rooms are read back
from the journal, then the port; whoever can connect finds every room as it was. Stop: nobody new, all
told when to come back, what was accepted is committed and answered, then connections, and what was opened.
"""

import asyncio
import errno
import logging
import os
import socket
from contextlib import AsyncExitStack
from pathlib import Path

from kibitz.app.datadir import StartError, port_taken
from kibitz.app.opening import Fatal, Opened, OpenJournal, open_all
from kibitz.app.rest import make_rest
from kibitz.app.wiring import Wiring
from kibitz.clock import Clock, SystemClock
from kibitz.codes import Code
from kibitz.config import Settings
from kibitz.http.assets import find_dist, load_client
from kibitz.reach import Reach, reach
from kibitz.rooms.services.brain_pool import BrainPool
from kibitz.rooms.services.config import RoomsConfig

log = logging.getLogger(__name__)

TICK_LONGEST_S = 0.25
DAY_MS = 24 * 3_600_000
NOTICE_S = 0.3
"""How long clients on long-polling get to fetch the notice before their session ends."""
CLOSE_MS = 1_500


class Server:
    """A running server. Made by `start`, ended by `stop`; all of it lives on one event loop."""

    def __init__(
        self, settings: Settings, there: Reach, opened: Opened, rooms: RoomsConfig, dist: Path
    ) -> None:
        self.settings = settings
        self.reach = there
        self.journal = opened.journal
        self.slot = opened.slot
        self.metrics = opened.metrics
        self._opened = opened
        self._is_ready = False
        self._timer: asyncio.Handle | None = None
        self._undo: AsyncExitStack | None = None
        client = load_client(dist)
        build = "" if client is None else client.manifest.build
        self._wiring = wiring = Wiring(settings, there, opened, rooms, build)
        self.directory = wiring.directory
        self._sockets = wiring.sockets
        self._play = wiring.play
        self._feeds = wiring.feeds
        self._measuring = wiring.measuring
        self.application = make_rest(
            settings, there, opened, wiring, client, self._not_ready, lambda: not self._is_ready
        )

    @classmethod
    async def start(
        cls,
        settings: Settings,
        *,
        fatal: Fatal,
        clock: Clock | None = None,
        open_journal: OpenJournal | None = None,
        brains: BrainPool | None = None,
        rooms: RoomsConfig | None = None,
        dist: Path | None = None,
    ) -> "Server":
        """Everything up and the port open. `fatal` gets a sentence when the journal broke, and must end
        the process. Raises `StartError`; nothing is left open then.
        """
        async with AsyncExitStack() as undo:
            opened = await open_all(settings, undo, fatal, clock or SystemClock(), open_journal, brains)
            port = settings.port or _free_port()
            rooms = rooms or RoomsConfig(playing_unjoined_ms=settings.match_unjoined_days * DAY_MS)
            server = cls(settings, reach(settings, port), opened, rooms, dist or find_dist())
            await server._open(undo, port)
            server._undo = undo.pop_all()
            return server

    async def _open(self, undo: AsyncExitStack, port: int) -> None:
        recovered = self.directory.recover()
        self._wiring.seatings.begin(self.directory.all())
        self._wiring.quick.begin(self.directory)
        log.info("rooms recovered", extra={"rooms": recovered.rooms, "refused": len(recovered.refused)})
        for room_id, refusal in recovered.refused.items():
            log.warning("a room is not playable", extra={"room_id": room_id, "code": refusal.code})
        if self.settings.metrics_port:
            from kibitz.app.scrape import serve_metrics  # only then: it takes a tenth of a second

            scrape = await serve_metrics(self.metrics, self.settings.metrics_port)
            undo.push_async_callback(scrape.cleanup)
        try:
            await self._sockets.listen(self.application, self.reach.bind, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise port_taken(port, "--port") from error
            raise StartError(f"Port {port} cannot be opened: {os.strerror(error.errno or 0)}.") from error
        self._is_ready = True
        self._opened.ratings.start()
        # Not within this call: whoever started the server may want to watch what rooms do.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_soon(self._tick)
        opened = self._opened
        self._measuring.start(loop, opened.telemetry, opened.clock, self._wiring.sources)

    async def stop(self) -> None:
        """Drain, then end everything. May be called twice."""
        if self._undo is None:
            return
        undo, self._undo = self._undo, None
        async with undo:
            self._is_ready = False
            self.directory.drain()
            self._play.drain()
            self._feeds.close()
            await self.journal.flush()
            if self._sockets.connections().polling:
                await asyncio.sleep(NOTICE_S)
            self._sockets.stop_accepting()
            await self._sockets.close(timeout_ms=CLOSE_MS)
            if self._timer is not None:
                self._timer.cancel()
            self._measuring.close()
            await self.journal.flush()

    def _not_ready(self) -> Code | None:
        if not self._is_ready:
            return Code.DRAINING
        return Code.UNAVAILABLE if self._wiring.storage.is_failing else None

    @property
    def port(self) -> int:
        return self._sockets.port

    def _tick(self) -> None:
        """One timer for everything that is due in any room."""
        wait_s = TICK_LONGEST_S
        try:
            self.directory.tick()
            self._wiring.quick.tick()
            self._play.measure()
            wait_s = (self.directory.next_deadline_us() - self._opened.clock.monotonic_us()) / 1e6
        except Exception:
            # Other rooms' deadlines must not depend on the one that failed.
            log.exception("a tick failed")
        # Bounded, since a deadline may be set nearer than any that was known a moment ago.
        wait_s = min(max(wait_s, 0.001), TICK_LONGEST_S)
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._tick)


def _free_port() -> int:
    """Port 0 is settled before anything is built, because Host, Origin and links name the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
