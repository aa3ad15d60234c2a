"""What stands in a report, in order: sentences, figures, drawings, tables. HTML and PDF are made from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from kibitz_etl.reports import figures, words
from kibitz_etl.reports.inputs import Inputs, Row
from kibitz_etl.reports.periods import Period


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    value: str
    change: str
    tone: str
    """`good`, `bad` or empty."""
    n: str


@dataclass(frozen=True, slots=True)
class Table:
    """`numeric`: the columns that are set to the right. `links`: where each row leads in the dashboard."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    sentences: Sequence[str] = ()
    tiles: Sequence[Tile] = ()
    svg: str = ""
    alt: str = ""
    table: Table | None = None
    link: str = ""
    """The state of the dashboard that shows it."""
    empty: str = ""
    """Said where there is nothing to show."""


@dataclass(frozen=True, slots=True)
class Content:
    title: str
    period: Period
    summary: Sequence[str]
    sections: Sequence[Section]
    quality: Sequence[str]
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A report there is: `names` are the queries that it reads."""

    id: str
    title: str
    names: tuple[str, ...]
    build: Callable[[Inputs, Period, str], Content] = field(repr=False)
    """`(inputs, period, dashboard)`: the last is the address that links lead to, without a slash behind."""


def number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def tile(row: Row) -> Tile:
    metric = str(row["metric"])
    value = number(row["value"])
    change = words.change(metric, value, number(row["before"]), number(row["n_before"]) or 0)
    return Tile(
        words.name(metric),
        words.figure(metric, value),
        change,
        words.tone(metric, change),
        "" if value == row["n"] else f"n = {row['n']:,}",
    )


def link(dashboard: str, page: str, period: Period, **more: str) -> str:
    """The dashboard's page with its filters set to the period."""
    return f"{dashboard}/{page}?{urlencode({**_days(period.first, period.last), **more}, doseq=True)}"


def _days(first: date, last: date) -> dict[str, str | list[str]]:
    """The dashboard's own way of saying a period in an address."""
    return {"period": "range", "days": [first.isoformat(), last.isoformat()]}


def series(inputs: Inputs, period: Period, metric: str, title: str) -> str:
    """A figure's last eight weeks as a curve; with what is expected next, if the period is the newest one."""
    days = [row for row in inputs.rows("daily") if row["metric"] == metric]
    ahead = (
        [row for row in inputs.rows("forecast") if row["metric"] == metric]
        if "forecast" in inputs.tables
        else []
    )
    if ahead and ahead[0]["metric_date"] != period.last + timedelta(days=1):
        ahead = []
    marked = [
        row["metric_date"]
        for row in inputs.rows("anomalies")
        if row["metric"] == metric and not row["game"] and isinstance(row["metric_date"], date)
    ]
    return figures.curve(days, ahead, marked, title) if days else ""


def _off(value: float | None, expected: float | None) -> str:
    return f"{(value - expected) / expected * 100:+.0f} %" if value is not None and expected else ""


def anomalies(inputs: Inputs, dashboard: str) -> Section:
    rows = inputs.rows("anomalies")
    shown, links = [], []
    for row in rows:
        metric, day = str(row["metric"]), row["metric_date"]
        value, expected = number(row["value"]), number(row["expected"])
        if not isinstance(day, date):
            continue
        shown.append(
            [
                words.on(day),
                words.name(metric),
                words.game(str(row["game"])),
                words.figure(metric, value),
                words.figure(metric, expected),
                _off(value, expected),
                f"{row['n']:,}",
            ]
        )
        at = {**_days(day, day), "game": str(row["game"]) or "all"}
        links.append(f"{dashboard}/rooms?{urlencode(at, doseq=True)}")
    head = ("Day", "Figure", "Game", "Was", "Expected", "Change", "n")
    return Section(
        "Anomalies",
        table=Table(head, shown, frozenset((3, 4, 5, 6)), links) if shown else None,
        empty="No day was off by more than chance, by more than a fifth and on at least 30 cases.",
    )


def quality(inputs: Inputs) -> list[str]:
    row = inputs.one("quality")
    compared, unequal = number(row["n_days_compared"]) or 0, number(row["n_days_unequal"]) or 0
    until = words.at(at) if isinstance(at := row["watermark_at"], datetime) else "none yet"
    known = f"Counted from mart {row['mart_version']}: journal events up to number {row['watermark_seq']:,}"
    told = [
        f"{known} ({until}).",
        f"{row['late_rows']:,} events came late, {row['quarantined_rows']:,} could not be used.",
    ]
    if compared:
        verdict = "all are equal." if not unequal else f"{unequal:,.0f} are not."
        told.append(f"Journal and warehouse were compared on {compared:,.0f} days: {verdict}")
    told.append(
        "Days are UTC. Players and times to move are of people, without bots. Percentiles are read from "
        f"buckets, within 5 %. A change is told where at least {words.BASE_MIN} cases are behind the figure "
        "before."
    )
    return told
