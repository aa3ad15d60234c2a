"""Writes down what is measured: a sample every ten seconds, histograms and errors every minute."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kibitz.app import process_readings
from kibitz.app.room_counts import RoomCounts
from kibitz.clock import Clock
from kibitz.journal.stats import JournalStats
from kibitz.metrics.increments import Increments
from kibitz.metrics.names import ERRORS, EVENT
from kibitz.metrics.registry import Metrics
from kibitz.rooms.fold.lifecycle import Status
from kibitz.telemetry.records import ErrorCount, Latency, Sample
from kibitz.telemetry.telemetry import Telemetry
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.server import SocketServer

EVERY_US = 10_000_000
MINUTE_US = 60_000_000
_BROKEN = (DisconnectReason.TRANSPORT_ERROR, DisconnectReason.PARSE_ERROR, DisconnectReason.SLOW)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the sampler asks. `journal` is None where the journal keeps no count."""

    sockets: SocketServer
    rooms: RoomCounts
    players: Callable[[], int]
    moves: Callable[[], int]
    journal: JournalStats | None


class Sampler:
    """From `start` until `close`, at every full ten seconds of the clock, so that minutes are whole."""

    def __init__(self, metrics: Metrics, telemetry: Telemetry, clock: Clock, sources: Sources) -> None:
        self._metrics = metrics
        self._telemetry = telemetry
        self._clock = clock
        self._sources = sources
        self._cpu = process_readings.CpuShare()
        self._increments = Increments()
        self._before: dict[str, int] = self._counted()
        self._faults: dict[tuple[str, str], int] = {}
        self._errors: Mapping[tuple[str, ...], int] = {}
        self._minute_us = clock.now_us() // MINUTE_US * MINUTE_US
        self._count_faults()
        self._timer: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        wait_us = EVERY_US - self._clock.now_us() % EVERY_US
        self._timer = loop.call_later(wait_us / 1e6, self._tick, loop)

    def close(self) -> None:
        """Write down what is left, and end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self.sample()
            self._flush()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self.start(loop)  # first: a sample that fails must not be the last one
        self.sample()

    def sample(self) -> None:
        """Hand in one sample, and with the first of a minute the minute before."""
        now_us = self._clock.now_us()
        self._count_faults()
        self._telemetry.add(self._sample(now_us))
        minute_us = now_us // MINUTE_US * MINUTE_US
        if minute_us != self._minute_us:
            self._flush()
            self._minute_us = minute_us

    def _sample(self, now_us: int) -> Sample:
        connections = self._sources.sockets.connections()
        rooms = self._sources.rooms.counts()
        counted = self._counted()
        grown = {name: n - self._before[name] for name, n in counted.items()}
        self._before = counted
        return Sample(
            now_us,
            cpu_percent=self._cpu.percent(),
            rss_bytes=process_readings.rss_bytes(),
            descriptors=process_readings.descriptors(),
            websocket=connections.websocket,
            polling=connections.polling,
            rooms_open=sum(rooms.values()),
            rooms_playing=rooms[Status.PLAYING],
            players=self._sources.players(),
            **grown,
        )

    def _counted(self) -> dict[str, int]:
        counters = self._sources.sockets.counters
        hits, misses = self._metrics.caches()
        return {
            "bytes_in": counters.bytes_in,
            "bytes_out": counters.bytes_out,
            "events": self._metrics.added(EVENT),
            "moves": self._sources.moves(),
            "outbox_replaced": counters.state_replaced,
            "outbox_dropped": counters.volatile_dropped,
            "outbox_closed": counters.slow_bytes + counters.slow_time,
            "cache_hits": hits,
            "cache_misses": misses,
        }

    def _flush(self) -> None:
        at_us = self._minute_us
        for (subject, name), bucket, n in self._increments.take(self._metrics.histograms()):
            self._telemetry.add(Latency(at_us, subject, name, bucket, n))
        errors = self._metrics.counts(ERRORS)
        for labels, n in errors.items():
            grown = n - self._errors.get(labels, 0)
            if grown:
                self._telemetry.add(ErrorCount(at_us, labels[0], labels[1], grown))
        self._errors = errors

    def _count_faults(self) -> None:
        """Count as errors what journal and transport have counted since the last call."""
        counters, journal = self._sources.sockets.counters, self._sources.journal
        now = {("transport", reason.value): counters.ended[reason] for reason in _BROKEN}
        if journal is not None:
            now["commit", "conflict"] = journal.conflicts
            now["commit", "unavailable"] = journal.unavailable
            now["commit", "checkpoint"] = journal.checkpoint_failures
        for key, n in now.items():
            self._metrics.count(ERRORS, *key, n=n - self._faults.get(key, 0))
        self._faults = now
