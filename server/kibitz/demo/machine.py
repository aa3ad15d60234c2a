"""What the server would have measured of itself on the days of a demo: times, refusals, errors, samples."""

from collections import Counter
from math import log2
from random import Random

from kibitz.codes import Code
from kibitz.demo.bulk import Bulk
from kibitz.demo.plan import DAY_US, HOUR_US, Plan
from kibitz.demo.rooms import Row
from kibitz.demo.town import Day, Visit
from kibitz.metrics.buckets import LEAST_MS, PER_OCTAVE
from kibitz.telemetry.records import IncidentKind

_MINUTE_US = 60 * 1_000_000
_FINE_DAYS = 45
"""So many days at the end have a sample a minute, those before one every ten minutes."""
_AT, _KIND, _PLAYER, _TYPE, _VERSION, _EPOCH = 3, 4, 6, 8, 1, 2

# Usual medians in ms, and how many of it there are for each of what it goes with.
_ROUTES = {
    "GET /api/rooms": (1.4, 3.0),
    "POST /api/session": (6.0, 0.4),
    "POST /api/rooms": (5.2, 0.6),
    "GET /api/rooms/{room}": (0.9, 2.0),
    "GET /api/players/me": (1.1, 1.0),
    "GET /api/rooms/{room}/events": (3.4, 0.2),
}
_REFUSALS: tuple[tuple[Code, float], ...] = (
    (Code.NOT_YOUR_TURN, 0.010),
    (Code.ILLEGAL, 0.012),
    (Code.STALE, 0.004),
    (Code.RATE_LIMITED, 0.002),
    (Code.ROOM_FULL, 0.0015),
    (Code.UNKNOWN_ROOM, 0.002),
    (Code.WRONG_PHASE, 0.003),
)
_SPREAD = (-7, -5, -4, -3, -2, -2, -1, -1, 0, 0, 1, 1, 2, 3, 4, 6, 9, 14)
"""Buckets around the median into which times fall."""
_ACTION = {
    "drop": "connect-four/drop",
    "bid": "liars-dice/bid",
    "challenge": "liars-dice/challenge",
    "spot_on": "liars-dice/spot_on",
    "ready": "liars-dice/ready",
    "resign": "connect-four/resign",
}


class Machine:
    def __init__(self, plan: Plan, rng: Random) -> None:
        self._plan = plan
        self._rng = rng

    def day(self, day: Day, rows: list[Row], bulk: Bulk) -> None:
        """What was measured on that day; `rows` are those of the journal."""
        begins_us = self._plan.from_us + day.number * DAY_US
        hours = min(24, max(1, -(-(self._plan.until_us - begins_us) // HOUR_US)))
        acts: list[Counter[str]] = [Counter() for _ in range(hours)]
        rooms = [0] * hours
        for row in rows:
            hour = (row[_AT] - begins_us) // HOUR_US  # type: ignore[operator]
            if not 0 <= hour < hours:
                continue
            if row[_KIND] == "action":
                acts[hour][str(row[_TYPE])] += 1
            elif row[_KIND] == "created":
                rooms[hour] += 1
        self._times(day, begins_us, acts, rooms, bulk)
        self._faults(day, begins_us, acts, rows, bulk)
        self._samples(day, begins_us, acts, rooms, bulk)

    def _times(
        self, day: Day, begins_us: int, acts: list[Counter[str]], rooms: list[int], bulk: Bulk
    ) -> None:
        visits = _by_hour(day.visits, begins_us, len(rooms))
        slow, rows = day.weather.slowness, []
        for hour, done in enumerate(acts):
            at_us = begins_us + hour * HOUR_US
            total = sum(done.values())
            measured = [
                ("route", name, median, int(share * (visits[hour] + rooms[hour])))
                for name, (median, share) in _ROUTES.items()
            ]
            measured += [("action", _ACTION[name], 4.2, count) for name, count in sorted(done.items())]
            measured += [
                ("event", "act", 4.2, total),
                ("event", "join", 3.1, 2 * rooms[hour]),
                ("apply", "", 0.06, total),
                ("commit", "", 2.6, int(total * 0.8)),
                ("broadcast", "", 0.35, int(total * 0.8)),
                ("loop_lag", "", 0.22, 36_000),
            ]
            for subject, name, median, count in measured:
                rows += [
                    (at_us, subject, name, bucket, n) for bucket, n in self._spread(median * slow, count)
                ]
        bulk.telemetry("latencies", ("at_us", "subject", "name", "bucket", "n"), rows)

    def _spread(self, median_ms: float, count: int) -> list[tuple[int, int]]:
        """So many times around a median, by bucket."""
        if count <= 0:
            return []
        middle = int(PER_OCTAVE * log2(max(median_ms, LEAST_MS) / LEAST_MS) + self._rng.random())
        if count <= len(_SPREAD):
            found = Counter(max(0, middle + self._rng.choice(_SPREAD)) for _ in range(count))
        else:
            each, rest = divmod(count, len(_SPREAD))
            found = Counter()
            for way in _SPREAD:
                found[max(0, middle + way)] += each
            found[middle] += rest
        return sorted(found.items())

    def _faults(
        self, day: Day, begins_us: int, acts: list[Counter[str]], rows: list[Row], bulk: Bulk
    ) -> None:
        rng, weather = self._rng, day.weather
        refusals: list[Row] = []
        errors: list[Row] = []
        for hour, done in enumerate(acts):
            at_us = begins_us + hour * HOUR_US
            total = sum(done.values())
            for code, share in _REFUSALS:
                count = self._about(total * share * weather.refusals)
                if count:
                    refusals.append((at_us + rng.randrange(HOUR_US), code.value, count))
            failed = self._about(total * 0.00008 * (weather.slowness**3))
            if failed:
                errors.append((at_us, "http", "GET /api/rooms 500", failed))
        refusals.sort()
        bulk.telemetry("refusals", ("at_us", "code", "count"), refusals)
        bulk.telemetry("errors", ("at_us", "kind", "name", "count"), errors)
        self._told(day, rows, bulk)

    def _told(self, day: Day, rows: list[Row], bulk: Bulk) -> None:
        """Conflicts and incidents, each at a row of the journal."""
        rng, weather = self._rng, day.weather
        moves = [row for row in rows if row[_KIND] == "action" and str(row[_PLAYER])[1] == "_"]
        conflicts: list[Row] = []
        for row in self._some(moves, 0.004 * weather.slowness):
            is_merged = rng.random() < 0.6
            version = int(str(row[_VERSION]))
            seen = max(1, version - 1 - rng.randrange(1, 3))
            how = ("merge", "merge") if is_merged else ("override", "server")
            conflicts.append((row[_AT], bulk.room_id(row[0]), row[_PLAYER], seen, version - 1, *how))
        bulk.telemetry(
            "conflicts",
            ("at_us", "room_id", "player_id", "client_version", "server_version", "type", "resolution"),
            conflicts,
        )
        kinds = (IncidentKind.PATCH_FAILED, IncidentKind.WRONG_CHECKSUM)
        incidents: list[Row] = [
            (
                row[_AT],
                kinds[rng.random() < 0.2].value,
                bulk.room_id(row[0]),
                row[_VERSION],
                row[_EPOCH],
                row[_PLAYER],
                "websocket",
                "",
            )
            for row in self._some(moves, 0.0002 * weather.slowness**2)
        ]
        bulk.telemetry(
            "incidents",
            ("at_us", "kind", "room_id", "version", "epoch", "player_id", "transport", "detail"),
            incidents,
        )

    def _some(self, rows: list[Row], share: float) -> list[Row]:
        count = min(len(rows), self._about(len(rows) * share))
        return [rows[index] for index in sorted(self._rng.sample(range(len(rows)), count))]

    def _about(self, expected: float) -> int:
        """A whole number around it."""
        if expected <= 0:
            return 0
        return max(0, int(self._rng.gauss(expected, expected**0.5) + 0.5))

    def _samples(
        self, day: Day, begins_us: int, acts: list[Counter[str]], rooms: list[int], bulk: Bulk
    ) -> None:
        rng, slow = self._rng, day.weather.slowness
        visits = _by_hour(day.visits, begins_us, len(rooms))
        is_fine = self._plan.days - day.number <= _FINE_DAYS
        every = 1 if is_fine else 10
        rows: list[Row] = []
        for hour, done in enumerate(acts):
            share = every / 60
            here = max(0.0, visits[hour] * 0.3)
            for minute in range(0, 60, every):
                at_us = begins_us + hour * HOUR_US + minute * _MINUTE_US
                if at_us >= self._plan.until_us:
                    break
                noise = rng.lognormvariate(0, 0.2)
                moves = int(sum(done.values()) * share * noise)
                websocket = int(here * noise)
                rows.append(
                    (
                        at_us,
                        round(min(99.0, (1.2 + 0.02 * moves / every + 0.03 * websocket) * slow * noise), 2),
                        (92 + day.number // 4 + websocket // 4) * 1_048_576,
                        34 + websocket,
                        websocket,
                        int(websocket * 0.04),
                        int(rooms[hour] * 0.4) + 3,
                        int(rooms[hour] * 0.2),
                        websocket,
                        moves * 190,
                        moves * 820,
                        int(moves * 1.4),
                        moves,
                        int(moves * 0.01 * slow),
                        int(moves * 0.001 * slow),
                        int(rng.random() < 0.002 * slow),
                        int(visits[hour] * share * 7),
                        int(visits[hour] * share),
                    )
                )
        columns = (
            *("at_us", "cpu_percent", "rss_bytes", "descriptors", "websocket", "polling", "rooms_open"),
            *("rooms_playing", "players", "bytes_in", "bytes_out", "events", "moves", "outbox_replaced"),
            *("outbox_dropped", "outbox_closed", "cache_hits", "cache_misses"),
        )
        bulk.telemetry("samples", columns, rows)


def _by_hour(visits: list[Visit], begins_us: int, hours: int) -> list[int]:
    counts = [0] * hours
    for visit in visits:
        hour = (visit.began_us - begins_us) // HOUR_US
        if 0 <= hour < hours:
            counts[hour] += 1
    return counts
