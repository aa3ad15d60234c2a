"""The trend report: rooms, players, games and features of a period, and where they are going."""

from datetime import date

from kibitz_etl.reports import figures, words
from kibitz_etl.reports.content import (
    Content,
    Kind,
    Section,
    Table,
    anomalies,
    link,
    number,
    quality,
    series,
    tile,
)
from kibitz_etl.reports.inputs import Inputs, Row
from kibitz_etl.reports.periods import Period

_HEADLINES = (
    "players",
    "n_new",
    "n_rooms",
    "n_matches",
    "n_moves",
    "finish_rate",
    "duration_p50_ms",
    "rooms_peak",
)
_MOVERS = 3


def build(inputs: Inputs, period: Period, dashboard: str) -> Content:
    kpi = {str(row["metric"]): row for row in inputs.rows("kpi")}
    trends = {str(row["metric"]): row for row in inputs.rows("trends")}
    peak = inputs.rows("peak_hours")
    return Content(
        title="Trend report",
        period=period,
        summary=_summary(kpi, period),
        sections=[
            Section(
                "At a glance",
                tiles=[tile(kpi[metric]) for metric in _HEADLINES if metric in kpi],
                link=link(dashboard, "", period),
                empty="Nothing happened in this period.",
            ),
            Section(
                "Players a day",
                sentences=_trend(trends, period, "dau"),
                svg=series(inputs, period, "dau", "players"),
                alt="Players a day over eight weeks, with the two weeks expected",
                link=link(dashboard, "players", period),
                empty="Nobody played in these eight weeks.",
            ),
            Section(
                "Matches a day",
                sentences=_trend(trends, period, "n_matches"),
                svg=series(inputs, period, "n_matches", "matches"),
                alt="Matches a day over eight weeks, with the two weeks expected",
                link=link(dashboard, "trends", period),
                empty="No match was played in these eight weeks.",
            ),
            Section(
                "Games",
                table=_games(inputs),
                link=link(dashboard, "gameplay", period),
                empty="No game was played.",
            ),
            Section(
                "Do they come back?",
                table=_retention(inputs),
                link=link(dashboard, "retention", period),
                empty="Nobody came for the first time in the eight weeks before.",
            ),
            Section(
                "When they play",
                svg=figures.heat(peak) if peak else "",
                alt="Moves by weekday and hour, averaged over four weeks",
                link=link(dashboard, "", period),
                empty="No moves in four weeks.",
            ),
            Section(
                "What they use",
                table=_features(inputs),
                link=link(dashboard, "features", period),
                empty="No feature was used, or no client told.",
            ),
            anomalies(inputs, dashboard),
        ],
        quality=quality(inputs),
        is_demo=bool(inputs.one("quality")["is_demo"]),
    )


def _summary(kpi: dict[str, Row], period: Period) -> list[str]:
    """The figures that changed most, as sentences; the largest share first."""
    moved = []
    for metric, row in kpi.items():
        value, before = number(row["value"]), number(row["before"])
        told = words.change(metric, value, before, number(row["n_before"]) or 0)
        if not told or value is None or not before:
            continue
        if words.cases(metric, value, number(row["n"]) or 0) >= words.BASE_MIN:
            moved.append((abs(value - before) / before, metric, value, before, told))
    moved.sort(key=lambda each: (-each[0], each[1]))
    then = "a week before" if period.days == 1 else f"in {period.before().words}"
    return [
        f"{words.name(metric)}: {words.figure(metric, value)}, {told} against "
        f"{words.figure(metric, before)} {then}."
        for _, metric, value, before, told in moved[:_MOVERS]
    ]


def _trend(trends: dict[str, Row], period: Period, metric: str) -> list[str]:
    row = trends.get(metric)
    if row is None:
        return []
    until = row["to_date"]
    if isinstance(until, date) and until != period.last:
        return [f"As of {words.on(until)}: {row['words']}"]
    return [str(row["words"])]


def _games(inputs: Inputs) -> Table | None:
    rows = [
        [
            words.game(str(row["game"])),
            f"{row['n_rooms']:,}",
            f"{row['n_matches']:,}",
            f"{row['n_moves']:,}",
            _share(row["n_abandoned"], row["n_matches"]),
            words.figure("duration_p50_ms", number(row["median_ms"])),
        ]
        for row in inputs.rows("games")
    ]
    head = ("Game", "Rooms", "Matches", "Moves", "Abandoned", "Median match")
    return Table(head, rows, frozenset(range(1, 6))) if rows else None


def _retention(inputs: Inputs) -> Table | None:
    rows = []
    for row in inputs.rows("retention"):
        n, kept = number(row["n_cohort"]) or 0, number(row["n_retained"]) or 0
        low, high = wilson(kept, n)
        rows.append([f"Day {row['day_n']}", _share(kept, n), f"{low:.1%} to {high:.1%}", f"{n:,.0f}"])
    head = ("Active again on", "Share", "95 % interval", "Players")
    return Table(head, rows, frozenset((1, 2, 3))) if rows else None


def _features(inputs: Inputs) -> Table | None:
    rows = [
        [
            words.name(str(row["name"])).capitalize(),
            f"{row['n_uses']:,}",
            f"{row['users_on_best_day']:,}",
            f"{row['n_first_users']:,}",
        ]
        for row in inputs.rows("features")
    ]
    head = ("Feature", "Uses", "Most users on a day", "Users for the first time")
    return Table(head, rows, frozenset((1, 2, 3))) if rows else None


def _share(part: object, whole: object) -> str:
    of = number(whole)
    return f"{(number(part) or 0) / of:.1%}" if of else "–"


def wilson(hits: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share of `n` cases (Wilson's, which stays between 0 and 1)."""
    if not n:
        return 0.0, 1.0
    z = 1.96
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * float((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    return max(0.0, middle - reach), min(1.0, middle + reach)


TREND = Kind(
    "trend",
    "Trend report",
    (
        "kpi",
        "games",
        "daily",
        "forecast",
        "peak_hours",
        "retention",
        "features",
        "trends",
        "anomalies",
        "quality",
    ),
    build,
)
