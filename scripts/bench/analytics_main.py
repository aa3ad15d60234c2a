"""The analytics' benchmarks, in parts; scripts/bench/analytics calls it.

`facts` makes a warehouse of so many events inside DuckDB (100 million take a while and some 10 GB), and
leaves it in --data for `ticks` and `pages`, which can be asked again and again. `load` makes a journal of its
own with `kibitz demo` and loads it; `fresh` lets a real ETL run on a small one. `all` does everything at one
size. Figures are CPU time of this process where nothing else is said: other work spoils it least.
"""

import argparse
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

import analytics_facts
import analytics_fresh
import analytics_load
import analytics_pages
import analytics_ticks
from analytics_figures import Figure

Part = Callable[[Path, int], Iterable[Figure]]

PARTS: dict[str, Part] = {
    "facts": analytics_facts.run,
    "ticks": analytics_ticks.run,
    "pages": analytics_pages.run,
    "load": analytics_load.run,
    "fresh": analytics_fresh.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ETL and dashboard.")
    parser.add_argument("part", nargs="?", choices=[*PARTS, "all"], default="all")
    parser.add_argument(
        "--data", type=Path, help="where `facts` leaves its warehouse (default: a new folder)"
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="default 1,000,000")
    parser.add_argument("--json", type=Path, help="where the figures go")
    given = parser.parse_args()
    if given.part in ("ticks", "pages") and given.data is None:
        parser.error("name the folder that `facts` made with --data")
    data = given.data or Path(mkdtemp(prefix="kibitz-analytics-"))
    figures: list[Figure] = []
    try:
        for name in PARTS if given.part == "all" else (given.part,):
            for figure in PARTS[name](data, given.events):
                print(figure.line(), flush=True)
                figures.append(figure)
    finally:
        if given.data is None:
            shutil.rmtree(data, ignore_errors=True)
    if given.json is not None:
        given.json.write_text(json.dumps([figure.as_value() for figure in figures], indent=1) + "\n")
    raise SystemExit(0 if all(figure.holds is not False for figure in figures) else 1)


if __name__ == "__main__":
    main()
