"""The server as a process: its loop, its signals, its end."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from importlib import import_module
from typing import NoReturn

import uvloop

from kibitz import __version__
from kibitz.app.logs import set_up_logs
from kibitz.app.server import Server
from kibitz.app.watchdog import Watchdog
from kibitz.config import Settings
from kibitz.metrics import names

PARENT_FD = "KIBITZ_PARENT_FD"
EXIT_JOURNAL = 70

log = logging.getLogger(__name__)


def run(settings: Settings) -> int:
    """Serve until SIGINT, SIGTERM or the end of the supervisor; drain, then return 0.

    A journal that broke ends the process with exit code 70 at once: nothing that was promised may be
    told to anybody once nobody knows what is on the disk. A game that nothing else ends does so with 71
    (`kibitz.app.watchdog`). Raises `StartError`.
    """
    set_up_logs(settings.log_level, settings.log_format)
    # The committing thread must not wait 5 ms for the GIL while the loop is busy.
    sys.setswitchinterval(0.0005)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    _watch_parent(loop, stop)
    server = await Server.start(settings, fatal=_end_at_once)
    watchdog = Watchdog(server.directory.guard, loop, server.slot.crash_path)
    server.metrics.read(names.STALLS, lambda: {(): watchdog.stalls})
    server.metrics.read(names.INTERRUPTS, lambda: {(): watchdog.interrupts})
    server.metrics.read(names.LONGEST_STALL, lambda: {(): watchdog.longest_stall_ms / 1000})
    # What was made at start lives as long as the process: later collections need not look at it.
    gc.collect()
    gc.freeze()
    # A move makes some hundred objects that live until its commit and form no cycles: with Python's own
    # thresholds, looking for cycles among them is a seventh of a move. But a pass over so many that it takes
    # tens of milliseconds is a pause for everybody: these stay below ten but for the rare whole ones.
    gc.set_threshold(5_000, 2, 100)
    # What somebody will ask for, and no start should wait for: the first invite is not to pay for it either.
    threading.Thread(target=import_module, args=("segno",), name="warm", daemon=True).start()
    log.info("started", extra={"url": server.reach.base_url, "version": __version__, "pid": os.getpid()})
    await stop.wait()
    log.info("draining")
    await server.stop()
    watchdog.close()
    log.info("stopped")


def _end_at_once(reason: str) -> NoReturn:
    print(f"kibitz: {reason}", file=sys.stderr, flush=True)
    os._exit(EXIT_JOURNAL)


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when the other end of the pipe that `KIBITZ_PARENT_FD` names is closed."""
    text = os.environ.pop(PARENT_FD, "")
    if not text.isdecimal():
        return
    fd = int(text)

    def wait() -> None:
        try:
            while os.read(fd, 64):
                pass
        except OSError:
            pass  # no open pipe: whoever named it is gone
        try:
            loop.call_soon_threadsafe(stop.set)
        except RuntimeError:
            pass  # the loop has ended already

    # A thread, since a loop's reader would make the pipe non-blocking for everybody who shares it.
    threading.Thread(target=wait, name="parent", daemon=True).start()
