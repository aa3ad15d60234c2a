"""Every tile against numbers counted from the raw rows by other means."""

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from kibitz_dashboard.core.filters import Filters
from kibitz_dashboard.core.mart import Mart
from kibitz_dashboard.core.periods import Period, Window, windows
from kibitz_dashboard.overview_tiles import DEFINITIONS, tiles
from support.analytics_journal import Row, naive

NOW = naive("2026-11-23 12:30:00")


class Match:
    """A match as the rows tell it, without any SQL."""

    def __init__(self, started: Row) -> None:
        self.started_at = started.at.replace(tzinfo=None)
        self.players: list[str] = started.args["players"]  # type: ignore[index]
        self.moves = 0
        self.ended_at: datetime | None = None
        self.duration_ms = 0.0


def matches(rows: list[Row]) -> list[Match]:
    found: list[Match] = []
    running: dict[str, Match] = {}
    for row in rows:
        if row.kind == "started":
            running[row.room] = Match(row)
            found.append(running[row.room])
        match = running.get(row.room)
        if match is not None and row.kind == "action" and row.type == "drop":
            match.moves += 1
        if match is not None and row.outcome is not None:
            match.ended_at = row.at.replace(tzinfo=None)
            match.duration_ms = (match.ended_at - match.started_at).total_seconds() * 1000
            del running[row.room]
    return found


def seconds(said: str) -> float:
    """`3 min 05 s` back to 185."""
    units = {"s": 1, "min": 60, "h": 3600}
    parts = said.split()
    return sum(float(n) * units[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("period", list(Period))
@pytest.mark.parametrize("bots", ["all", "with", "without"])
def test_golden_numbers(mart: Mart, known_rows: list[Row], period: Period, bots: str) -> None:
    window, before = windows(period, NOW)
    shown = {tile.label: tile for tile in tiles(mart, Filters(period, "", bots), window, before)}
    with_bots = {row.room for row in known_rows if row.player and row.player.startswith("b_")}
    rows = [r for r in known_rows if bots == "all" or (r.room in with_bots) == (bots == "with")]

    def inside(when: datetime | None, bounds: Window) -> bool:
        return when is not None and bounds.from_at <= when.replace(tzinfo=None) < bounds.to_at

    def count(is_counted: Callable[[Row], bool], bounds: Window) -> int:
        return sum(inside(r.at, bounds) and is_counted(r) for r in rows)

    finished = [m for m in matches(rows) if inside(m.ended_at, window)]
    people = {
        r.player
        for r in rows
        if inside(r.at, window) and r.kind in ("joined", "action") and str(r.player).startswith("p_")
    }
    assert shown["Rooms opened"].value == f"{count(lambda r: r.kind == 'created', window):,}"
    assert shown["Moves"].value == f"{count(lambda r: r.type == 'drop', window):,}"
    assert shown["Matches finished"].value == f"{len(finished):,}"
    assert shown["People"].value == f"{len(people):,}"
    if finished:
        exact_s = statistics.median_low([m.duration_ms for m in finished]) / 1000
        assert seconds(shown["Median duration"].value) == pytest.approx(exact_s, rel=0.05, abs=0.1)
        moves = sum(m.moves for m in finished) / len(finished)
        assert shown["Moves per match"].value == f"{moves:,.1f}"
        assert shown["Abandoned"].value == "0.0 %"
    earlier = count(lambda r: r.type == "drop", before)
    difference = count(lambda r: r.type == "drop", window) - earlier
    assert str(shown["Moves"].delta).startswith(f"{difference:+,}" if difference else "±0")


@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_no_data_is_not_zero(mart: Mart) -> None:
    window, before = windows(Period.WEEK, NOW)
    shown = {tile.label: tile for tile in tiles(mart, Filters(Period.WEEK, "", "all"), window, before)}
    for label in ("Median duration", "p95 duration", "Moves per match", "Abandoned"):
        assert (shown[label].value, shown[label].delta) == ("—", None)
    assert shown["Rooms opened"].value == "0"


def test_each_tile_has_a_definition_and_a_basis(mart: Mart) -> None:
    window = Window(NOW - timedelta(days=1), NOW)
    shown = tiles(mart, Filters(Period.DAY, "", "all"), window, window)
    assert [tile.label for tile in shown] == list(DEFINITIONS)
    assert all(DEFINITIONS[tile.label] in tile.definition and tile.basis for tile in shown)


def test_a_game_filter_that_fits_nothing(mart: Mart) -> None:
    window, before = windows(Period.WEEK, NOW)
    shown = tiles(mart, Filters(Period.WEEK, "no-such-game", "all"), window, before)
    assert shown[0].value == "0"
