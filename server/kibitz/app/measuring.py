"""What the server measures where telemetry is on: who is given a histogram, and who writes them down.

With telemetry off nobody is: the hot paths then take no time at all, and the scrape tells counts alone.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from kibitz.app.pulse import Pulse
from kibitz.app.sampler import Sampler, Sources
from kibitz.clock import Clock
from kibitz.ids import GameName
from kibitz.metrics import names
from kibitz.metrics.histogram import Histogram
from kibitz.metrics.registry import Metrics
from kibitz.play.answer_times import AnswerTimes
from kibitz.rules import Game
from kibitz.telemetry.telemetry import Telemetry

FAULT_STATUS = 500


class Measuring:
    """Histograms of this server, None where they are not wanted; `start` and `close` frame the sampling."""

    def __init__(
        self, metrics: Metrics, events: Iterable[str], games: Mapping[GameName, Game[Any]], *, is_on: bool
    ) -> None:
        self._metrics = metrics
        self._is_on = is_on
        self._routes: dict[str, Histogram] = {}
        self._pulse: Pulse | None = None
        self._sampler: Sampler | None = None
        self.apply = metrics.histogram(names.APPLY) if is_on else None
        self.broadcast = metrics.histogram(names.BROADCAST) if is_on else None
        self.times: AnswerTimes | None = None
        if is_on:
            self.times = AnswerTimes(
                {event: metrics.histogram(names.EVENT, event) for event in events},
                {
                    name: {kind: metrics.histogram(names.ACTION, name, kind) for kind in game.actions}
                    for name, game in games.items()
                },
            )

    def answered(self, route: str, status: int, took_ns: int) -> None:
        """For REST: a request was answered. `route` is a method and a path of the table of routes."""
        if status >= FAULT_STATUS:
            self._metrics.count(names.ERRORS, "http", f"{route} {status}")
        if not self._is_on:
            return
        histogram = self._routes.get(route)
        if histogram is None:
            histogram = self._routes[route] = self._metrics.histogram(names.ROUTE, route)
        histogram.add(took_ns)

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        telemetry: Telemetry | None,
        clock: Clock,
        sources: Sources,
    ) -> None:
        """Feel the loop's pulse, and write samples where there is a telemetry."""
        if not self._is_on:
            return
        self._pulse = Pulse(loop, self._metrics.histogram(names.LOOP_LAG), sources.rooms.step)
        if telemetry is not None:
            self._sampler = Sampler(self._metrics, telemetry, clock, sources)
            self._sampler.start(loop)

    def close(self) -> None:
        """Hand in what is left. May be called twice."""
        if self._pulse is not None:
            self._pulse.close()
        if self._sampler is not None:
            self._sampler.close()
