"""Writes the measured tables of docs/performance.md from docs/performance.json.

    .venv/bin/python scripts/bench/performance_page.py [--check]

Figures on that page are never typed by hand: `scripts/bench/run all --json docs/performance.json`
measures, this puts them in. `--check` changes nothing and ends with 1 if the page is not of the JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).parents[2] / "docs"
PAGE = _DOCS / "performance.md"
MEASURED = _DOCS / "performance.json"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_COLUMNS = (
    ("server", "server"),
    ("version", "version"),
    ("median", "median, {symbol}"),
    ("spread", "least to most, {symbol}"),
    ("ours_is", "kibitz is"),
    ("units_per_s", "units/s"),
    ("latency", "latency p50 / p99, ms"),
    ("load_busy", "load core"),
)


def rendered(measured: dict[str, Any]) -> str:
    """The part of the page between the markers."""
    platform = ", ".join(f"{name} {value}" for name, value in measured["platform"].items())
    parts = [f"Measured {measured['measured_at']} on {platform}."]
    for case in measured["cases"]:
        table = _table(case["summary"], case["symbol"])
        parts += [f"### {case['title']}", f"{case['figure']} per {case['unit']}.", table]
        if case["goal"] is not None:
            parts.append(_verdict(case))
        if case["goal_most"] is not None:
            parts.append(_bound(case))
        parts += [f"Note: {note}." for note in case["notes"]]
    return "\n\n".join(parts)


def _table(rows: list[dict[str, Any]], symbol: str) -> str:
    shown = [_cells(row) for row in rows]
    columns = [(key, title) for key, title in _COLUMNS if any(row.get(key) for row in shown)]
    lines = [
        " | ".join(title.format(symbol=symbol) for _, title in columns),
        " | ".join("---" for _ in columns),
        *(" | ".join(row[key] for key, _ in columns) for row in shown),
    ]
    return "\n".join(f"| {line} |" for line in lines)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    latency = f"{row['p50_ms']:.1f} / {row['p99_ms']:.1f}" if "p50_ms" in row else ""
    return {
        "server": row["server"],
        "version": row["version"],
        "median": f"{row['median']:.2f}",
        "spread": f"{row['least']:.2f} to {row['most']:.2f}",
        "ours_is": "" if row["ours_is"] is None else f"{row['ours_is']:.2f}x",
        "units_per_s": f"{row['units_per_s']:,}",
        "latency": latency,
        "load_busy": f"{row['load_busy']:.0%}",
    }


def _verdict(case: dict[str, Any]) -> str:
    ratio = next((row["ours_is"] for row in case["summary"] if row["server"] == case["goal_peer"]), None)
    if ratio is None:
        return f"Goal: at most {case['goal']} times {case['goal_peer']}, which was not measured."
    verdict = "met" if ratio <= case["goal"] else "missed"
    return f"Goal: at most {case['goal']} times {case['goal_peer']}. It is {ratio:.2f} times: **{verdict}**."


def _bound(case: dict[str, Any]) -> str:
    reached = case["summary"][0]["median"]
    verdict = "met" if reached <= case["goal_most"] else "missed"
    return f"Goal: at most {case['goal_most']} {case['symbol']} per {case['unit']}: **{verdict}**."


def updated(page: str, measured: dict[str, Any]) -> str:
    """The page with its measured part made new. Raises `ValueError` if a marker is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has lost its markers")
    return f"{before}{BEGIN}\n\n{rendered(measured)}\n\n{END}{after}"


def main() -> int:
    page = PAGE.read_text()
    new = updated(page, json.loads(MEASURED.read_text()))
    if "--check" in sys.argv[1:]:
        if new != page:
            print(f"{PAGE} is not what {MEASURED.name} gives; run scripts/bench/performance_page.py")
        return int(new != page)
    PAGE.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
