"""What telemetry would have said about the days of a demo: here of people, in `machine` of the server.

Counted from what happened in the rooms where it can be; the rest is drawn around it. One row stands for an
hour where the server would have written one a minute: sums are what readers make of them anyway.
"""

from collections import Counter
from random import Random

from kibitz.demo.bulk import Bulk
from kibitz.demo.machine import Machine
from kibitz.demo.plan import Plan
from kibitz.demo.rooms import Row
from kibitz.demo.town import Day
from kibitz.telemetry.records import WaitResult
from kibitz.transport.reasons import DisconnectReason

_CLOSED: tuple[tuple[DisconnectReason, float], ...] = (
    (DisconnectReason.TRANSPORT_CLOSE, 0.82),
    (DisconnectReason.CLIENT_NAMESPACE, 0.08),
    (DisconnectReason.PING_TIMEOUT, 0.08),
    (DisconnectReason.SLOW, 0.004),
    (DisconnectReason.TRANSPORT_ERROR, 0.016),
)
_RARE = ("sound", "theme", "help", "spectate", "keyboard", "language", "emote", "leaderboard", "profile")


class Measures:
    def __init__(self, plan: Plan, rng: Random) -> None:
        self._plan = plan
        self._rng = rng
        self._machine = Machine(plan, rng)
        self._session = 0

    def day(self, day: Day, rows: list[Row], bulk: Bulk) -> None:
        """What was measured on that day; `rows` are those of the journal."""
        self._sessions(day, bulk)
        self._waits(day, bulk)
        self._features(day, bulk)
        self._machine.day(day, rows, bulk)

    def _sessions(self, day: Day, bulk: Bulk) -> None:
        rng, rows = self._rng, []
        reasons, weights = zip(*_CLOSED, strict=True)
        until_us = self._plan.until_us
        for visit in day.visits:
            self._session += 1
            person = visit.person
            ended_us = visit.ended_us + rng.randrange(5, 90) * 1_000_000
            if ended_us >= until_us:
                continue
            latency = int(person.latency_ms * rng.lognormvariate(0, 0.15) * (1 + 0.1 * day.weather.slowness))
            reason = rng.choices(reasons, weights)[0]
            if day.weather.churn and rng.random() < 0.12:
                reason = DisconnectReason.SHUTTING_DOWN
            rows.append(
                (
                    ended_us,
                    f"demo-{self._session}",
                    person.player_id,
                    visit.began_us,
                    "polling" if person.is_polling else "websocket",
                    int(not person.is_polling and rng.random() < 0.05),
                    latency,
                    int(rng.expovariate(1 / (0.2 * day.weather.slowness))),
                    visit.acts,
                    reason.value,
                )
            )
        columns = (
            *("at_us", "session_id", "player_id", "opened_us", "transport", "upgraded"),
            *("latency_ms", "reconnects", "acts", "close_reason"),
        )
        rows.sort()
        bulk.telemetry("sessions", columns, rows)

    def _waits(self, day: Day, bulk: Bulk) -> None:
        rows = [
            (
                wait.at_us,
                wait.person.player_id,
                wait.game,
                wait.entered_us,
                WaitResult(wait.result).value,
                wait.room_id,
            )
            for wait in day.waits
            if wait.at_us < self._plan.until_us
        ]
        rows.sort(key=lambda row: row[0])
        columns = ("at_us", "player_id", "game", "entered_us", "result", "room_id")
        bulk.telemetry("waits", columns, rows)

    def _features(self, day: Day, bulk: Bulk) -> None:
        rows: list[Row] = []
        for visit in day.visits:
            if visit.person.is_bot:
                continue
            used = Counter(visit.used or ())
            if self._rng.random() < 0.12:
                used[self._rng.choice(_RARE)] += 1
            rows += [
                (min(visit.ended_us, self._plan.until_us - 1), name, visit.person.player_id, count)
                for name, count in sorted(used.items())
            ]
        rows.sort(key=lambda row: row[0])  # type: ignore[arg-type,return-value]
        bulk.telemetry("features", ("at_us", "name", "player_id", "count"), rows)
