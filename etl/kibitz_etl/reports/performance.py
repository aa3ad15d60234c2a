"""The performance report: how long the server took, what failed, and what it needed."""

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

_HEADLINES = ("act_p95_ms", "errors", "refusals", "n_moves", "n_sessions", "rooms_peak")


def build(inputs: Inputs, period: Period, dashboard: str) -> Content:
    kpi = {str(row["metric"]): row for row in inputs.rows("kpi")}
    latency = [row for row in inputs.rows("latency") if (number(row["n"]) or 0) >= words.BASE_MIN]
    resources = inputs.rows("resources")
    here = link(dashboard, "performance", period)
    return Content(
        title="Performance report",
        period=period,
        summary=_summary(latency, resources),
        sections=[
            Section(
                "At a glance",
                tiles=[tile(kpi[metric]) for metric in _HEADLINES if metric in kpi],
                link=here,
                empty="Nothing happened in this period.",
            ),
            Section(
                "How long things took",
                svg=figures.percentiles(latency) if latency else "",
                alt="Median, 95th and 99th percentile of each kind of work",
                table=_latency(latency),
                link=here,
                empty="Nothing was measured in this period.",
            ),
            Section(
                "The slowest twentieth of moves, day by day",
                svg=series(inputs, period, "act_p95_ms", "ms"),
                alt="95th percentile of moves over eight weeks",
                link=here,
                empty="No move was measured in these eight weeks.",
            ),
            Section(
                "What failed",
                table=_errors(inputs),
                link=here,
                empty="Nothing failed and nothing was refused.",
            ),
            Section(
                "What the server needed",
                svg=figures.load(resources) if resources else "",
                alt="CPU hour by hour, average and most",
                link=here,
                empty="The server took no samples in this period.",
            ),
            Section(
                "Slowest rooms", table=_rooms(inputs, dashboard), link=here, empty="No room had an action."
            ),
            anomalies(inputs, dashboard),
        ],
        quality=quality(inputs),
        is_demo=bool(inputs.one("quality")["is_demo"]),
    )


def _summary(latency: list[Row], resources: object) -> list[str]:
    told = []
    acts = [row for row in latency if row["subject"] == "action"]
    if acts:
        worst = max(acts, key=lambda row: number(row["p95_ms"]) or 0)
        slow = words.duration(number(worst["p95_ms"]) or 0)
        told.append(
            f"The slowest action is {worst['name']}: one in twenty takes {slow} or longer "
            f"(n = {worst['n']:,})."
        )
    samples = list(resources) if isinstance(resources, list) else []
    if samples:
        cpu = max(number(row["cpu_percent_max"]) or 0 for row in samples)
        memory = max(number(row["rss_bytes_max"]) or 0 for row in samples)
        told.append(f"At most {cpu:.0f} % of a core and {words.size(memory)} of memory were in use.")
    return told


def _latency(rows: list[Row]) -> Table | None:
    shown = [
        [
            str(row["subject"]).replace("_", " "),
            str(row["name"]),
            f"{row['n']:,}",
            *(words.duration(number(row[f"p{share}_ms"]) or 0) for share in (50, 95, 99)),
        ]
        for row in rows
    ]
    return (
        Table(("What", "Which", "n", "Median", "95 %", "99 %"), shown, frozenset((2, 3, 4, 5)))
        if shown
        else None
    )


def _errors(inputs: Inputs) -> Table | None:
    rows = [
        [
            str(row["class"]),
            str(row["what"]),
            f"{row['n']:,}",
            f"{row['n_before']:,}",
            words.change("errors", number(row["n"]), number(row["n_before"]), number(row["n_before"]) or 0),
        ]
        for row in inputs.rows("errors")
    ]
    return Table(("Kind", "What", "Now", "Before", "Change"), rows, frozenset((2, 3, 4))) if rows else None


def _rooms(inputs: Inputs, dashboard: str) -> Table | None:
    rows = inputs.rows("slowest_rooms")
    shown = [
        [
            str(row["room_id"]),
            words.game(str(row["game"])),
            f"{row['n_actions']:,}",
            words.duration(number(row["slowest_ms"]) or 0),
            words.duration(number(row["mean_ms"]) or 0),
        ]
        for row in rows
    ]
    head = ("Room", "Game", "Actions", "Slowest", "Mean")
    links = [f"{dashboard}/room?room={row['room_id']}" for row in rows]
    return Table(head, shown, frozenset((2, 3, 4)), links) if shown else None


PERFORMANCE = Kind(
    "performance",
    "Performance report",
    ("kpi", "daily", "latency", "errors", "resources", "slowest_rooms", "anomalies", "quality"),
    build,
)
