"""`agg_retention.sql`: four ways to count, each against a matrix worked out by hand.

Three players of connect-four, times in UTC; New York is 5 hours behind.

    p_ann   20 Nov 23:00 · 22 Nov 01:00             there: 20 Nov 18:00 · 21 Nov 20:00
    p_bob   20 Nov 10:00 · 21 Nov 09:00             there: 20 Nov 05:00 · 21 Nov 04:00
    p_cid   21 Nov 02:00 · 22 Nov 03:00 · 24 Nov    there: 20 Nov 21:00 · 21 Nov 22:00 · 24 Nov

The journal goes on to 24 Nov 12:00, so the days up to 23 Nov are over.
"""

from collections.abc import Callable
from datetime import date

import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, Row, at, naive

SEEN = {
    "p_ann": ("2026-11-20 23:00:00", "2026-11-22 01:00:00"),
    "p_bob": ("2026-11-20 10:00:00", "2026-11-21 09:00:00"),
    "p_cid": ("2026-11-21 02:00:00", "2026-11-22 03:00:00", "2026-11-24 12:00:00"),
}

Cells = dict[tuple[int, int], tuple[int, int]]
"""By day of November and day N: people in the cohort, and how many were active."""

CLASSIC: Cells = {
    (20, 0): (2, 2),
    (20, 1): (2, 1),  # bob
    (20, 2): (2, 1),  # ann
    (20, 3): (2, 0),
    (21, 0): (1, 1),
    (21, 1): (1, 1),  # cid
    (21, 2): (1, 0),  # the 24th is not over: that cid came is not counted yet
}
ROLLING: Cells = {
    (20, 0): (2, 2),
    (20, 1): (2, 2),
    (20, 2): (2, 1),
    (20, 3): (2, 0),
    (21, 0): (1, 1),
    (21, 1): (1, 1),
    (21, 2): (1, 0),
}
HOURS24: Cells = {
    (20, 0): (2, 2),  # bob came again after 23 hours: within his first 24
    (20, 1): (2, 1),  # ann, after 26 hours
    (20, 2): (2, 0),
    (21, 0): (1, 1),
    (21, 1): (1, 1),  # cid, after 25 hours
}
NEW_YORK: Cells = {
    (20, 0): (3, 3),
    (20, 1): (3, 3),  # all three on the 21st
    (20, 2): (3, 0),
}


def visits() -> list[Row]:
    rows = [
        Row(f"room-{player}-{number}", "joined", at(when), seat=0, player=player)
        for player, times in SEEN.items()
        for number, when in enumerate(times)
    ]
    return sorted(rows, key=lambda row: row.at)


def cells(pipeline: Pipeline, variant: str, game: str) -> Cells:
    found = pipeline.loader.rows(
        f"""
        select cohort_date, day_n, n_cohort, n_retained from agg_retention
        where variant = '{variant}' and game = '{game}'
        """
    )
    return {(day.day, day_n): (n_cohort, n_retained) for day, day_n, n_cohort, n_retained in found}


@pytest.mark.parametrize("game", ["", "connect-four"])
def test_classic_rolling_and_24_hours(
    paths: Paths, journal: JournalFile, pipeline: Pipeline, game: str
) -> None:
    journal.append(visits())
    assert pipeline.tick().state == "ok"
    assert cells(pipeline, "classic", game) == CLASSIC
    assert cells(pipeline, "rolling", game) == ROLLING
    assert cells(pipeline, "hours24", game) == HOURS24
    assert cells(pipeline, "zone", game) == {}, "in UTC it would be the classic one"
    assert cells(pipeline, "bracket", game) == {}, "no cohort is 7 days old"


def test_days_of_another_zone(paths: Paths, journal: JournalFile) -> None:
    journal.append(visits())
    with Pipeline(
        paths,
        load_models(),
        utc_now=lambda: naive("2026-11-24 12:00:00"),
        interval_s=5,
        zone="America/New_York",
    ) as pipeline:
        assert pipeline.tick().state == "ok"
        assert cells(pipeline, "zone", "") == NEW_YORK
        assert cells(pipeline, "classic", "") == CLASSIC


def test_brackets_take_any_of_their_days(
    journal: JournalFile, pipeline: Pipeline, load: Callable[..., object]
) -> None:
    days = {"p_ann": (1, 4, 6), "p_bob": (1, 9), "p_cid": (1,)}
    journal.append(
        sorted(
            (
                Row(f"{player}-{day}", "joined", at(f"2026-11-{day:02d} 10:00:00"), seat=0, player=player)
                for player, its in days.items()
                for day in its
            ),
            key=lambda row: row.at,
        )
    )
    load([Row("later", "created", at("2026-11-16 10:00:00"))])
    assert cells(pipeline, "bracket", "") == {(1, 7): (3, 1), (1, 14): (3, 1)}


def test_bots_and_days_that_are_not_over_are_left_out(
    pipeline: Pipeline, load: Callable[..., object]
) -> None:
    load(
        [
            Row("r", "joined", at("2026-11-20 10:00:00"), seat=0, player="b_deep"),
            Row("r", "joined", at("2026-11-20 11:00:00"), seat=1, player="p_ann"),
        ]
    )
    assert pipeline.loader.rows("select * from agg_retention") == []


def test_a_late_event_changes_cells_that_were_closed(
    journal: JournalFile, pipeline: Pipeline, load: Callable[..., object]
) -> None:
    journal.append(visits())
    pipeline.tick()
    load([Row("late", "joined", at("2026-11-23 08:00:00"), seat=0, player="p_bob")])
    changed = {**CLASSIC, (20, 3): (2, 1)}
    assert cells(pipeline, "classic", "") == changed
    assert pipeline.loader.rows("select max(cohort_date) from agg_retention") == [(date(2026, 11, 21),)]
