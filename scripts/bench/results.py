"""Rounds, medians and spread; a table to read and JSON to keep."""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cores import Used

BOTTLENECK = 0.9


@dataclass(frozen=True)
class Round:
    """One server in one round: its figure per unit of work, in what the case says (`Case.figure`)."""

    each: float
    units: int
    wall_s: float
    load_busy: float
    extra: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, used: Used, units: int, **extra: float) -> "Round":
        return cls(used.server_s * 1e6 / units, units, used.wall_s, used.load_busy, extra)


@dataclass
class Series:
    """All rounds of one server in one case."""

    server: str
    version: str
    rounds: list[Round] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(taken.each for taken in self.rounds)


@dataclass
class Case:
    """One table: the first series is ours, the others are peers of the same run.

    `goal`: at most that many times `goal_peer`; `goal_most`: at most that much, in `symbol`.
    """

    benchmark: str
    title: str
    unit: str
    series: list[Series]
    goal: float | None = None
    goal_peer: str | None = None
    notes: list[str] = field(default_factory=list)
    figure: str = "Server CPU"
    symbol: str = "µs"
    goal_most: float | None = None

    def ratio(self, peer: str) -> float | None:
        """Our median over the peer's."""
        found = next((one for one in self.series if one.server == peer and one.rounds), None)
        return self.series[0].median / found.median if found and self.series[0].rounds else None


def summary(case: Case) -> list[dict[str, object]]:
    """One row per server, as the tables show it."""
    rows: list[dict[str, object]] = []
    for series in (one for one in case.series if one.rounds):
        ours = case.series[0]
        rows.append(
            {
                "server": series.server,
                "version": series.version,
                "median": round(series.median, 2),
                "least": round(min(taken.each for taken in series.rounds), 2),
                "most": round(max(taken.each for taken in series.rounds), 2),
                "ours_is": round(ours.median / series.median, 3) if ours.rounds else None,
                "rounds": len(series.rounds),
                "units_per_s": round(
                    statistics.median(taken.units / taken.wall_s for taken in series.rounds)
                ),
                "load_busy": round(max(taken.load_busy for taken in series.rounds), 2),
                **{
                    name: round(statistics.median(taken.extra[name] for taken in series.rounds), 2)
                    for name in series.rounds[0].extra
                },
            }
        )
    return rows


def print_case(case: Case) -> None:
    print(
        f"\n{case.title}\n  {case.figure} in {case.symbol} per {case.unit}: median [least, most]", flush=True
    )
    for row in summary(case):
        extra = "".join(f", {name} {value}" for name, value in row.items() if name.endswith("_ms"))
        bottleneck = (
            "  <- the load generator was the bottleneck" if float(str(row["load_busy"])) >= BOTTLENECK else ""
        )
        print(
            f"  {row['server']:16} {row['median']:>8} [{row['least']}, {row['most']}]"
            f"  ours is {row['ours_is']}x  {row['units_per_s']}/s{extra}"
            f"  load core {float(str(row['load_busy'])):.0%}  ({row['version']}){bottleneck}"
        )
    if case.goal is not None and case.goal_peer is not None and (ratio := case.ratio(case.goal_peer)):
        verdict = "met" if ratio <= case.goal else "MISSED"
        print(f"  goal: at most {case.goal}x {case.goal_peer}: {ratio:.2f}x, {verdict}")
    if case.goal_most is not None:
        verdict = "met" if case.series[0].median <= case.goal_most else "MISSED"
        print(f"  goal: at most {case.goal_most} {case.symbol} per {case.unit}: {verdict}")
    for note in case.notes:
        print(f"  note: {note}")


def write_json(cases: Sequence[Case], platform: dict[str, str], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "platform": platform,
        "cases": [
            {
                "benchmark": case.benchmark,
                "title": case.title,
                "unit": case.unit,
                "figure": case.figure,
                "symbol": case.symbol,
                "goal": case.goal,
                "goal_peer": case.goal_peer,
                "goal_most": case.goal_most,
                "notes": case.notes,
                "summary": summary(case),
                "series": [asdict(series) for series in case.series],
            }
            for case in cases
        ],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
