"""Processes of the server's own, which are asked and answer through pipes: one Python module each.

A child ends when its standard input does, so it never outlives the server, however that ends.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import NamedTuple


class Child(NamedTuple):
    """`stdout` is read by the line, none longer than what the child was started with."""

    process: Process
    stdin: asyncio.StreamWriter
    stdout: asyncio.StreamReader

    async def end(self) -> None:
        """Kill it, wherever it is. Idempotent."""
        if self.process.returncode is None:
            try:
                self.process.kill()
            except ProcessLookupError:
                pass
        await self.process.wait()


async def start_child(module: str, *arguments: str, line_most: int) -> Child:
    """`python -m module arguments…` with this process's import path and standard error. Raises `OSError`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        limit=line_most,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        # Of its own: Ctrl-C in a terminal is for the server, which then ends its children.
        start_new_session=True,
    )
    if process.stdin is None or process.stdout is None:
        raise OSError("the child has no pipes")
    return Child(process, process.stdin, process.stdout)


def be_nice(by: int) -> None:
    """In the child: whatever the server does goes first."""
    try:
        os.nice(by)
    except OSError:
        pass


def be_idle() -> None:
    """In the child: run only where nobody else on the machine would. Where the system knows no such thing,
    as `be_nice` at its most."""
    be_nice(19)
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (OSError, AttributeError):
        pass
