"""An independent check: numbers of pages against the raw journal, counted here in plain Python.

Run with `-s` to see the table of page, number and both values.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from support.analytics_journal import Row

Open = Callable[..., AppTest]
FIRST, TODAY = date(2026, 10, 27), date(2026, 11, 23)
DAYS = [FIRST + timedelta(days=n) for n in range((TODAY - FIRST).days + 1)]
CLOSED = DAYS[:-1]
"""Of the period of 28 days, those that are over."""
WITHIN = 0.05
"""How far a percentile read from log buckets may be off."""


class Raw:
    """The journal's rows, looked at without the ETL, the warehouse or SQL."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.days: dict[str, set[date]] = defaultdict(set)
        for row in rows:
            if row.player and row.player.startswith("p_") and row.kind in ("joined", "action"):
                self.days[row.player].add(row.at.date())

    def active(self, day: date, width: int = 1) -> set[str]:
        span = {day - timedelta(days=n) for n in range(width)}
        return {player for player, days in self.days.items() if days & span}

    def first(self, player: str) -> date:
        return min(self.days[player])

    def new(self, day: date) -> set[str]:
        return {player for player in self.active(day) if self.first(player) == day}

    def returning(self, day: date) -> set[str]:
        return self.active(day) & self.active(day - timedelta(days=1))

    def resurrected(self, day: date) -> set[str]:
        return self.active(day) - self.new(day) - self.returning(day)

    def dormant(self, day: date) -> set[str]:
        return self.active(day - timedelta(days=1)) - self.active(day)

    def churned(self, day: date) -> set[str]:
        return {
            player
            for player, days in self.days.items()
            if max(each for each in (*days, date.min) if each <= day) == day - timedelta(days=14)
        }

    def retention(self, day_n: int, *, is_rolling: bool) -> tuple[int, int]:
        """Came back, and were new on a day of the period whose day N is over."""
        cohort = [
            p for p in self.days if self.first(p) >= FIRST and self.first(p) + timedelta(days=day_n) < TODAY
        ]
        back = 0
        for player in cohort:
            target = self.first(player) + timedelta(days=day_n)
            seen = {day for day in self.days[player] if day < TODAY}
            back += any(day >= target for day in seen) if is_rolling else target in seen
        return back, len(cohort)

    def ended(self) -> Counter[date]:
        """Matches with an outcome by day, and those left when their room closed."""
        on: dict[str, bool] = {}
        found: Counter[date] = Counter()
        for row in self.rows:
            if row.kind == "started":
                on[row.room] = True
            if on.get(row.room) and (row.outcome is not None or row.kind == "closed"):
                on[row.room] = False
                found[row.at.date()] += 1
        return found

    def thinking(self) -> list[int]:
        return sorted(
            row.spent_ms
            for row in self.rows
            if row.kind == "action"
            and row.player
            and row.player.startswith("p_")
            and row.spent_ms is not None
        )

    def wins(self) -> tuple[Counter[int], int]:
        """By seat, over matches without bots that somebody won; and how many these are."""
        bots = {row.room for row in self.rows if row.player and row.player.startswith("b_")}
        won = Counter(
            row.outcome["winner"]
            for row in self.rows
            if isinstance(row.outcome, dict) and row.room not in bots and row.outcome["winner"] is not None
        )
        return won, won.total()


def over_four_weeks(app: AppTest) -> AppTest:
    return app.segmented_control(key="period").set_value("28d").run()


def tiles(app: AppTest) -> dict[str, str]:
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def number(said: str) -> float:
    found = re.match(r"[-\d,.]+", said)
    assert found, said
    return float(found.group().replace(",", ""))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def compare(page: str, checks: Sequence[tuple[str, float, float, float]]) -> None:
    """`checks`: name, what the page says, what was counted here, and how far they may be apart (rounding)."""
    for name, shown, counted, _apart in checks:
        print(f"{page:<10} {name:<28} {shown:>12,.2f} {counted:>12,.2f}")
    wrong = [name for name, shown, counted, apart in checks if abs(shown - counted) > apart]
    assert not wrong, wrong


@pytest.fixture
def raw(known_rows: list[Row]) -> Raw:
    return Raw(known_rows)


def test_players(open_page: Open, raw: Raw) -> None:
    said = tiles(over_four_weeks(open_page("pages/players.py")))
    # the rollup begins with the first day that anybody came
    days = [day for day in CLOSED if day >= min(min(each) for each in raw.days.values())]
    last = CLOSED[-1]
    sticky = [len(raw.active(day)) / len(raw.active(day, 30)) for day in days]
    half = 0.51
    compare(
        "Players",
        [
            (
                "Active on a day",
                number(said["Active on a day"]),
                mean([len(raw.active(d)) for d in days]),
                half,
            ),
            ("Active in 7 days", number(said["Active in 7 days"]), len(raw.active(last, 7)), 0),
            ("Active in 30 days", number(said["Active in 30 days"]), len(raw.active(last, 30)), 0),
            ("Stickiness", number(said["Stickiness"]), 100 * mean(sticky), 0.051),
            ("New people", number(said["New people"]), sum(len(raw.new(d)) for d in DAYS), 0),
            (
                "Returning a day",
                number(said["Returning a day"]),
                mean([len(raw.returning(d)) for d in days]),
                0.051,
            ),
            (
                "Came back a day",
                number(said["Came back a day"]),
                mean([len(raw.resurrected(d)) for d in days]),
                0.051,
            ),
            (
                "Went quiet a day",
                number(said["Went quiet a day"]),
                mean([len(raw.dormant(d)) for d in days]),
                0.051,
            ),
            ("Churned", number(said["Churned"]), sum(len(raw.churned(d)) for d in days), 0),
        ],
    )


@pytest.mark.parametrize("counted", ["classic", "rolling"])
def test_retention(open_page: Open, raw: Raw, counted: str) -> None:
    said = tiles(over_four_weeks(open_page("pages/retention.py", counted=counted)))
    checks = []
    for day_n in (1, 7, 14):
        back, n = raw.retention(day_n, is_rolling=counted == "rolling")
        checks.append((f"Day {day_n}, {counted}", number(said[f"Day {day_n}"]), 100 * back / n, 0.051))
    compare("Retention", checks)


def test_gameplay(open_page: Open, raw: Raw) -> None:
    app = over_four_weeks(open_page("pages/gameplay.py"))
    said = tiles(app)
    thinking = raw.thinking()
    half = thinking[len(thinking) // 2] / 1000
    won, decided = raw.wins()
    fair = next(table.value for table in app.dataframe if "Decided" in table.value)
    compare(
        "Gameplay",
        [
            ("Median thinking", number(said["Median thinking"]), half, WITHIN * half + 0.051),
            *((f"Seat {seat + 1} won", fair["Won"].iloc[seat], won[seat], 0) for seat in (0, 1)),
            ("Decided", fair["Decided"].iloc[0], decided, 0),
        ],
    )


def test_trends(open_page: Open, raw: Raw) -> None:
    app = over_four_weeks(open_page("pages/trends.py", figure="n_matches"))
    said = tiles(app)
    first = min(row.at.date() for row in raw.rows)
    days = [day for day in CLOSED if day >= first]
    ended = raw.ended()
    compare(
        "Trends",
        [
            (
                "Active on a day",
                number(said["Active on a day"]),
                mean([len(raw.active(d)) for d in days]),
                0.51,
            ),
            ("Matches a day", number(said["Matches a day"]), mean([ended[d] for d in days]), 0.51),
        ],
    )
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    drawn = next(trace for trace in figure["data"] if trace.get("name") == "Matches a day")
    assert [int(value) for value in drawn["y"]] == [ended[day] for day in days]
