"""Ours and the Socket.IO peers, running side by side for a bench that interleaves their rounds."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import servers
from servers import Server, Unavailable


@asynccontextmanager
async def running(*makers: Callable[[], Server]) -> AsyncIterator[tuple[list[Server], list[str]]]:
    """Those servers that could be set up, and a note for each that could not; ours must."""
    up: list[Server] = []
    notes: list[str] = []
    try:
        for index, make in enumerate(makers):
            try:
                server = make()
                await servers.start_all([server])
            except Unavailable as reason:
                if index == 0:
                    raise SystemExit(str(reason)) from None
                notes.append(f"not measured: {reason}")
            else:
                up.append(server)
        yield up, notes
    finally:
        for server in up:
            server.stop()
