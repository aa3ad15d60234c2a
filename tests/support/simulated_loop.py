"""An event loop whose time is counted, not waited for, and whose network is a part of it.

Nothing here sleeps: when no callback is ready, time jumps to the next one that is due. Connections are
made between two protocols of the same loop, so that a whole server and its clients run in one thread,
and a seed decides what the network does to them. aiohttp's clients come in by `UnixConnector`, whose
path names the line that they use.
"""

import asyncio
import heapq
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class _Threads:
    """Work that executors have in hand: while there is any, time stands still."""

    def __init__(self) -> None:
        self.busy = 0
        self._submit = ThreadPoolExecutor.submit

    def __enter__(self) -> "_Threads":
        threads = self

        def submit(executor: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
            threads.busy += 1
            future = threads._submit(executor, fn, *args, **kwargs)
            future.add_done_callback(threads.done)
            return future

        ThreadPoolExecutor.submit = submit  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        ThreadPoolExecutor.submit = self._submit  # type: ignore[method-assign]

    def done(self, _: object) -> None:
        self.busy -= 1


class _Selector(selectors.DefaultSelector):
    """Sees threads that call the loop, and lets time pass instead of sleeping."""

    def __init__(self, threads: _Threads) -> None:
        super().__init__()
        self.now = 1_000.0
        self._threads = threads

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        while not found and self._threads.busy and (timeout is None or timeout > 0):
            found = super().select(0.01)
        if not found and timeout is None:  # a thread may be just about to say that it is done
            found = super().select(1.0)
            if not found:
                raise RuntimeError("the simulation is stuck: nothing is ready and nothing is due")
        if not found and timeout is not None:
            self.now += timeout
        return found


class Line:
    """What lies between one client and the server. Times are in seconds."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.latency = 0.02
        self.jitter = 0.0
        self.is_down = False
        self.swallows = False
        self.links: set[Link] = set()

    def delay(self) -> float:
        return self.latency + self._chance.random() * self.jitter

    def cut_at(self, size: int) -> int:
        """How much of `size` bytes comes in one piece."""
        return size if self._chance.random() < 0.7 else self._chance.randint(1, size)

    def break_all(self) -> None:
        """Every connection is reset, and both ends learn of it."""
        for link in list(self.links):
            link.reset()


class End(asyncio.Transport):
    """One end of a connection. `connection_lost` comes once, after what was on its way."""

    def __init__(self, link: "Link", address: tuple[str, int]) -> None:
        super().__init__({"peername": address, "sockname": ("127.0.0.1", 80)})
        self.link = link
        self.other: End
        self.protocol: asyncio.BaseProtocol
        self.is_over = False
        self.has_closed = False
        self._is_paused = False
        self._received: list[bytes] = []
        self._has_eof = False
        self._arrives = 0.0
        self._on_its_way: deque[Callable[[], None]] = deque()

    # What protocols ask for.

    def write(self, data: Any) -> None:
        if data and not self.is_over and not self.has_closed:
            self._send(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self._after_what_was_sent(self.other.take_eof)

    def close(self) -> None:
        if not self.has_closed and not self.is_over:
            self.has_closed = True
            self._after_what_was_sent(self.other.take_eof)
            self.link.loop.call_soon(self.lose, None)

    def abort(self) -> None:
        self.link.reset()

    def is_closing(self) -> bool:
        return self.has_closed or self.is_over

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        self._is_paused = False
        self.link.loop.call_soon(self._hand_over)

    def is_reading(self) -> bool:
        return not self._is_paused and not self.is_over

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return 0, 65536

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """What is written leaves at once."""

    # The wire.

    def _send(self, data: bytes) -> None:
        while data:
            size = self.link.line.cut_at(len(data))
            piece, data = data[:size], data[size:]
            self._after_what_was_sent(lambda piece=piece: self.other.take(piece))  # type: ignore[misc]

    def _after_what_was_sent(self, do: Callable[[], None]) -> None:
        loop, line = self.link.loop, self.link.line
        if line.swallows or line.is_down:
            return
        self._arrives = max(self._arrives, loop.time() + line.delay())
        self._on_its_way.append(do)  # timers of one instant have no order
        loop.call_at(self._arrives, self._arrive)

    def _arrive(self) -> None:
        do = self._on_its_way.popleft()
        if not self.link.line.swallows:
            do()

    def take(self, data: bytes) -> None:
        if not self.is_over and not self.has_closed:
            self._received.append(data)
            self._hand_over()

    def take_eof(self) -> None:
        self._has_eof = True
        self._hand_over()

    def _hand_over(self) -> None:
        while self._received and not self._is_paused and not self.is_over and not self.has_closed:
            protocol = self.protocol
            if isinstance(protocol, asyncio.Protocol):
                protocol.data_received(self._received.pop(0))
        if self._has_eof and not self._received and not self._is_paused and not self.is_over:
            protocol = self.protocol
            stays_open = protocol.eof_received() if isinstance(protocol, asyncio.Protocol) else None
            self._has_eof = False
            if not stays_open:
                self.close()

    def lose(self, error: Exception | None) -> None:
        if not self.is_over:
            self.is_over = True
            self.link.ended(self)
            self.protocol.connection_lost(error)


class Link:
    """One connection over a line."""

    def __init__(self, loop: "SimulatedLoop", line: Line, address: tuple[str, int]) -> None:
        self.loop = loop
        self.line = line
        self.client, self.server = End(self, address), End(self, address)
        self.client.other, self.server.other = self.server, self.client
        line.links.add(self)

    def reset(self) -> None:
        for end in (self.client, self.server):
            end.has_closed = True
            self.loop.call_soon(end.lose, ConnectionResetError("the line broke"))

    def ended(self, end: End) -> None:
        if self.client.is_over and self.server.is_over:
            self.line.links.discard(self)


class _Timer(asyncio.TimerHandle):
    """asyncio leaves the order of equal times to its heap, and so to how often the loop went round."""

    number: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self._when, self.number) < (other._when, other.number)  # type: ignore[attr-defined]


class _Listening:
    """Stands for a listening socket, of which a server reads its port."""

    def setsockopt(self, *_: object) -> None:
        """No kernel, no options."""

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 80


class _Listener:
    def __init__(self, loop: "SimulatedLoop") -> None:
        self._loop = loop
        self.sockets = (_Listening(),)

    def close(self) -> None:
        if self._loop.listener is self:
            self._loop.listener = None

    async def wait_closed(self) -> None:
        return None


class SimulatedLoop(asyncio.SelectorEventLoop):
    """`lines` by name; one server at a time listens, whatever its address."""

    def __init__(self, threads: _Threads) -> None:
        self._timers = 0
        self._clock = _Selector(threads)
        super().__init__(self._clock)
        self.lines: dict[str, Line] = {}
        self.listener: _Listener | None = None
        self._accept: Callable[[], asyncio.BaseProtocol] | None = None
        self._connections = 0

    def time(self) -> float:
        return self._clock.now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """What is due at one instant comes in the order in which it was asked for."""
        timer = _Timer(when, callback, args, self, context)
        timer.number = self._timers = self._timers + 1
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """At once: when a thread would be done, no seed decides."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    async def create_server(self, protocol_factory: Any, *_: Any, **__: Any) -> Any:
        self._accept = protocol_factory
        self.listener = _Listener(self)
        return self.listener

    async def create_unix_connection(self, protocol_factory: Any, path: Any = None, **_: Any) -> Any:
        line = self.lines[str(path)]
        if line.swallows:
            await asyncio.sleep(3_600)
        await asyncio.sleep(line.delay())
        if line.is_down or self.listener is None or self._accept is None:
            raise ConnectionRefusedError(f"nobody listens at the end of line {path}")
        self._connections += 1
        link = Link(self, line, ("10.0.0.1", 10_000 + self._connections))
        link.server.protocol = self._accept()
        link.server.protocol.connection_made(link.server)
        link.client.protocol = protocol_factory()
        link.client.protocol.connection_made(link.client)
        return link.client, link.client.protocol


def run_simulated(main: "Callable[[SimulatedLoop], Coroutine[Any, Any, T]]") -> T:
    """What `main` returns, on a loop of its own."""
    with _Threads() as threads, asyncio.Runner(loop_factory=lambda: SimulatedLoop(threads)) as runner:
        loop = runner.get_loop()
        if not isinstance(loop, SimulatedLoop):
            raise TypeError("the runner made another loop")
        return runner.run(main(loop))
