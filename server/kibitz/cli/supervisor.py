"""Keeps child processes running together and ends them together.

Each child leads its own process group, so that Ctrl-C in the terminal reaches only the supervisor,
which then ends the children in order; whatever a child left behind in its group is killed with it.
Each inherits the reading end of a pipe, named in `KIBITZ_PARENT_FD`, whose other end only the
supervisor holds: however that ends, SIGKILL included, the children read its end and stop by themselves.
A child that crashes is started again after a growing pause; one that crashes quickly `CRASHES_MAX`
times in a row, or that says by exit code 2 that somebody must put something right, ends everything.
"""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

PARENT_FD = "KIBITZ_PARENT_FD"
CRASHES_MAX = 5
QUICK_S = 10.0
STOP_S = 4.0
_LINES_KEPT = 12

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """A module to run. `answers` waits until it can be used; then `greeting` is printed, once. `variables`
    are for its environment alone."""

    name: str
    module: str
    arguments: Sequence[str]
    answers: Callable[[], Awaitable[None]] | None = None
    greeting: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    process: asyncio.subprocess.Process | None = None
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))


class Supervisor:
    """Runs the children until one gives up or `stop` is called. `run` returns the exit code."""

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        *,
        say: Say = print,
        env: Mapping[str, str] | None = None,
        backoff_s: Callable[[int], float] = lambda crashes: min(10.0, 0.5 * 2 ** (crashes - 1)),
    ) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._say = say
        self._env = dict(os.environ if env is None else env) | {"PYTHONUNBUFFERED": "1"}
        self._backoff_s = backoff_s
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._exit_code = 0

    def stop(self, exit_code: int = 0) -> None:
        """End the children in good order; called again, at once."""
        if self._stopping.is_set():
            self._hurry.set()
        else:
            self._exit_code = exit_code
            self._stopping.set()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        read_end, write_end = os.pipe()  # not inheritable, but for the reading end below
        try:
            async with asyncio.TaskGroup() as group:
                for child in self._children:
                    group.create_task(self._keep(child, read_end))
        finally:
            os.close(write_end)
            os.close(read_end)
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
        return self._exit_code

    async def _keep(self, child: _Child, read_end: int) -> None:
        loop = asyncio.get_running_loop()
        crashes = 0
        greeted = False
        while not self._stopping.is_set():
            began = loop.time()
            code = await self._run_once(child, read_end, greet=not greeted)
            greeted = True
            if self._stopping.is_set():
                return
            if code == 2:
                self.stop(2)
                return
            crashes = crashes + 1 if loop.time() - began < QUICK_S else 1
            if crashes >= CRASHES_MAX:
                last = "".join(f"\n  {line}" for line in child.lines)
                self._say(
                    f"{child.spec.name} ended {crashes} times in a row; giving up. Its last lines:{last}"
                )
                self.stop(1)
                return
            pause = self._backoff_s(crashes)
            self._say(f"{child.spec.name} ended with {_told(code)}; starting it again in {pause:g} s")
            await _first(self._stopping.wait(), asyncio.sleep(pause))

    async def _run_once(self, child: _Child, read_end: int, *, greet: bool) -> int:
        spec = child.spec
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            spec.module,
            *spec.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(read_end,),
            process_group=0,
            env={**self._env, **spec.variables, PARENT_FD: str(read_end)},
            limit=2**20,
        )
        child.process = process
        forward = asyncio.create_task(self._forward(child, process))
        greeter = asyncio.create_task(self._greet(spec)) if greet and spec.answers is not None else None
        try:
            await _first(process.wait(), self._stopping.wait())
            if process.returncode is None:
                process.terminate()
                await _first(process.wait(), asyncio.sleep(STOP_S), self._hurry.wait())
        finally:
            # Also after a clean end: nothing that the child started may stay behind.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            code = await process.wait()
            if greeter is not None:
                greeter.cancel()
            await asyncio.wait([forward], timeout=0.5)
            forward.cancel()
        return code

    async def _greet(self, spec: ChildSpec) -> None:
        if spec.answers is not None:
            await spec.answers()
            self._say(spec.greeting)

    async def _forward(self, child: _Child, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit; the rest of it follows as further lines
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace").rstrip("\n")
            child.lines.append(text)
            print(f"{child.spec.name:<9} | {text}", file=sys.stderr, flush=True)


def _told(code: int) -> str:
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            pass
    return f"exit code {code}"


async def _first(*waits: Awaitable[object]) -> None:
    """Return when the first of them is done; cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
