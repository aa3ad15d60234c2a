"""What a tick of 50,000 new events costs on top of a warehouse: to load, to count, to publish.

To be run on folders of 10 and of 100 million events: the second may cost twice the first at most.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics_facts import BEGIN, EVENTS_A_ROOM, ROOMS_A_DAY, STEP_S
from analytics_figures import Figure

import kibitz_etl.tick
from kibitz.journal.schema import migrations
from kibitz.sqlite_file import connect, prepare
from kibitz_etl.load import Loader
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.recount import Recounter
from kibitz_etl.tick import Pipeline, State
from kibitz_etl.trends.tables import trend_tables

EVENTS = 50_000
ROUNDS = 5
PUBLISH_MS = 300
_EVENT = """
    INSERT INTO events (room, version, epoch, at_us, kind, seat, player_id, type, args, handled_us, spent_ms,
        match, phase_from, phase_to, outcome, schema_version)
    VALUES (?, ?, 'e', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    """
_ROOM = """
    INSERT INTO rooms (key, room_id, game, rules_version, seats, code, is_private, options, epoch,
        host_player_id, created_us)
    VALUES (?, ?, 'connect-four', 1, 2, 'CODE', 0, '{}', 'e', 'p_1', ?)
    """


def run(data: Path, events: int) -> list[Figure]:
    """`events` is ignored: what counts is how many there are in `data`."""
    paths, models = Paths(data), load_models()
    now = BEGIN
    with Pipeline(paths, models, utc_now=lambda: now, interval_s=5, derived=trend_tables()) as pipeline:
        mark = pipeline.loader.watermark()
        now = mark.watermark_at or now
        _begin_journal(paths.journal, mark.last.seq)
        taken: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            now = _append(paths.journal, mark.last.seq + number, now)
            with _timed(taken):
                began = time.process_time()
                tick = pipeline.tick()
                taken.setdefault("tick", []).append((time.process_time() - began) * 1000)
            if tick.state is not State.OK or tick.rows_read < EVENTS // EVENTS_A_ROOM * EVENTS_A_ROOM:
                raise SystemExit(f"the tick went wrong: {tick}")
    size = f"on {mark.rows_loaded:,} events"
    goals = {"publish": PUBLISH_MS}
    return [
        Figure(
            f"ticks: {name}, median of {ROUNDS}", statistics.median(times), "ms", goals.get(name), note=size
        )
        for name, times in taken.items()
    ]


def _begin_journal(path: Path, last_seq: int) -> None:
    """A journal that goes on behind the facts: what is before them was pruned."""
    if path.exists():
        return
    prepare(path, migrations)
    with closing(connect(path)) as connection:
        connection.execute("DROP TRIGGER events_without_gap")
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)", (last_seq,))


def _append(path: Path, seed: int, begins: datetime) -> datetime:
    """Rooms at the pace of the facts; when the last of them has begun."""
    count = EVENTS // EVENTS_A_ROOM
    rows: list[tuple[Any, ...]] = []
    with closing(connect(path)) as connection:
        (key,) = connection.execute("SELECT coalesce(max(key), 0) FROM rooms").fetchall()[0]
        first = int(key) + 1  # type: ignore[arg-type]  # a number
        begin_us = int(begins.replace(tzinfo=UTC).timestamp() * 1_000_000)
        each_us = 86_400_000_000 // ROOMS_A_DAY
        for number in range(count):
            rows += _room(first + number, begin_us + number * each_us, seed)
        rows.sort(key=lambda row: row[2])
        with connection:
            connection.executemany(
                _ROOM,
                [(first + n, f"t{seed:012d}{n:08d}", begin_us + n * each_us) for n in range(count)],
            )
            connection.executemany(_EVENT, rows)
    return begins + timedelta(microseconds=count * each_us)


def _room(key: int, at_us: int, seed: int) -> Iterator[tuple[Any, ...]]:
    players = (f"p_{(key * 7919 + seed) % 20_000:09d}", f"p_{(key * 104_729 + seed) % 20_000:09d}")
    for step in range(EVENTS_A_ROOM):
        when = at_us + step * STEP_S * 1_000_000
        seat = step % 2
        if step == 0:
            yield key, 1, when, "created", None, players[0], None, "{}", 0, None, None, None, None, None
        elif step in (1, 2):
            who = players[step - 1]
            yield key, step + 1, when, "joined", step - 1, who, None, "{}", 0, None, None, None, None, None
        elif step == 3:
            args = f'{{"players":["{players[0]}","{players[1]}"],"seed":"00"}}'
            yield key, 4, when, "started", None, None, None, args, 0, None, 1, None, "playing", None
        elif step < 24:
            ended = step == 23
            outcome = '{"line":null,"reason":"line","winner":0}' if ended else None
            phase = "finished" if ended else "playing"
            spent, who = 900 + (key + step) % 4_000, players[seat]
            args = '{"column":3}'
            yield (
                key,
                step + 1,
                when,
                "action",
                seat,
                who,
                "drop",
                args,
                30,
                spent,
                1,
                "playing",
                phase,
                outcome,
            )
        elif step == 24:
            yield key, 25, when, "left", 0, players[0], None, "{}", 0, None, None, None, None, None
        else:
            late = when + 1_800_000_000
            args = '{"reason":"empty"}'
            yield key, 26, late, "closed", None, None, None, args, 0, None, None, None, None, None


@contextmanager
def _timed(taken: dict[str, list[float]]) -> Iterator[None]:
    """What the parts of one tick take, added up under their names."""
    sums: dict[str, float] = {}

    def measured(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*values: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return call(*values, **named)
            finally:
                sums[name] = sums.get(name, 0.0) + (time.process_time() - began) * 1000

        return run

    kept = (Loader.load_batch, Recounter.count_new, kibitz_etl.tick.publish)
    Loader.load_batch = measured("load", kept[0])  # type: ignore[method-assign]
    Recounter.count_new = measured("count", kept[1])  # type: ignore[method-assign]
    kibitz_etl.tick.publish = measured("publish", kept[2])
    try:
        yield
    finally:
        Loader.load_batch, Recounter.count_new = kept[0], kept[1]  # type: ignore[method-assign]
        kibitz_etl.tick.publish = kept[2]
    for name, took in sums.items():
        taken.setdefault(name, []).append(took)
