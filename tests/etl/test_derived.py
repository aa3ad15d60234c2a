"""Tables that Python makes: when days are over, kept, and in every mart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb
import pytest

from kibitz_etl.derived import Rows
from kibitz_etl.model import Column
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, at, naive, two_seat_room

DAY = at("2026-11-20 10:00:00")


@dataclass
class MovesSoFar:
    """One row: the moves of all days that are over."""

    name: str = "moves_so_far"
    about: str = "moves of all days that are over"
    grain: str = "one row"
    columns: tuple[Column, ...] = (
        Column("closed_before", "date", "days before it count"),
        Column("n_moves", "bigint", "moves"),
    )
    calls: list[date] = field(default_factory=list)
    too_much: Sequence[object] = ()

    def rows(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Rows:
        self.calls.append(closed_before)
        (n_moves,) = con.execute(
            "select coalesce(sum(n_moves), 0)::bigint from agg_room_hour where hour_at < ?", [closed_before]
        ).fetchall()[0]
        return [(closed_before, n_moves, *self.too_much)]


def open_with(paths: Paths, derived: MovesSoFar) -> Pipeline:
    return Pipeline(
        paths, load_models(), utc_now=lambda: naive("2026-11-23 12:00:00"), interval_s=5, derived=[derived]
    )


def published(paths: Paths) -> list[tuple[object, ...]]:
    pointer = read_pointer(paths.pointer)
    assert pointer is not None
    with duckdb.connect(str(paths.warehouse_dir / str(pointer.mart)), read_only=True) as mart:
        return mart.execute("select * from moves_so_far").fetchall()


def test_they_are_made_when_a_day_is_over_and_published_with_every_mart(
    paths: Paths, journal: JournalFile
) -> None:
    derived = MovesSoFar()
    with open_with(paths, derived) as pipeline:
        journal.append(two_seat_room("a", DAY))
        pipeline.tick()
        assert published(paths) == [(date(2026, 11, 20), 0)]
        made = len(derived.calls)
        journal.append(two_seat_room("b", DAY + timedelta(hours=1)))
        pipeline.tick()
        assert len(derived.calls) == made, "no day was over"
        journal.append(two_seat_room("c", DAY + timedelta(days=1)))
        pipeline.tick()
        assert published(paths) == [(date(2026, 11, 21), 6)]
        journal.append(two_seat_room("late", DAY))
        pipeline.tick()
        assert published(paths) == [(date(2026, 11, 21), 9)]


def test_a_row_of_another_width_is_a_failed_tick(paths: Paths, journal: JournalFile) -> None:
    derived = MovesSoFar()
    with open_with(paths, derived) as pipeline:
        derived.too_much = [1]
        journal.append(two_seat_room("a", DAY))
        tick = pipeline.tick()
        assert tick.state == "failed"
        assert "a row has 3 values, the table 2" in tick.message


@pytest.mark.parametrize("kind", ["integer", "double"])
def test_changed_columns_make_the_table_anew(paths: Paths, journal: JournalFile, kind: str) -> None:
    journal.append(two_seat_room("a", DAY))
    with open_with(paths, MovesSoFar()) as pipeline:
        pipeline.tick()
    columns = (Column("closed_before", "date", "as before"), Column("n_moves", kind, "moves"))
    with open_with(paths, MovesSoFar(columns=columns)) as pipeline:
        pipeline.rebuild()
        assert published(paths) == [(date(2026, 11, 20), 0)]
