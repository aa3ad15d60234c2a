"""What each page of the dashboard takes on a warehouse: its slowest query, and all of it, in AppTest.

Caches are emptied before each run. Wall time, the shortest of some runs: that is what the page costs when
nobody else is in the way; the CPU time beside it says how far that is from the truth. The clock stands where
the events end, so that a page's last days are days with events.
"""

import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

import streamlit as st
from analytics_figures import Figure
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from kibitz_dashboard.core import start
from kibitz_dashboard.core.mart import Mart, MartHolder
from kibitz_dashboard.core.navigation import ENTRIES
from kibitz_dashboard.core.session import COOKIE
from kibitz_dashboard.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

RUNS = 4
PERIODS = ("7d", "90d")
QUERY_MS, PAGE_MS = 50, 200


def run(data: Path, events: int) -> Iterator[Figure]:
    """`events` is ignored: what counts is how many there are in `data`."""
    from support.admin_rest import TOKEN, AdminRest

    queries: list[tuple[str, float]] = []
    query = Mart.query

    def measured(self: Mart, name: str, parameters: object) -> object:
        began = time.perf_counter()
        try:
            return query(self, name, parameters)  # type: ignore[arg-type]
        finally:
            queries.append((name, (time.perf_counter() - began) * 1000))

    logging.disable(logging.WARNING)
    _, mart = MartHolder(data.resolve() / "warehouse").current()
    ends_at, utc_now = mart.meta.watermark_at or start.utc_now(), start.utc_now
    mart.close()
    # Streamlit keeps files where it runs.
    here, folder = Path.cwd(), mkdtemp()
    os.chdir(folder)
    Mart.query = measured  # type: ignore[method-assign,assignment]
    start.utc_now = lambda: ends_at
    ContextProxy.cookies = property(lambda self: {COOKIE: TOKEN})  # type: ignore[assignment,method-assign]
    try:
        with AdminRest() as rest:
            os.environ.update(Settings(data.resolve(), rest.url, "https://play.example").to_environ())
            for entry in ENTRIES:
                for period in PERIODS:
                    yield from _page(entry.name, period, queries)
    finally:
        Mart.query, start.utc_now = query, utc_now  # type: ignore[method-assign]
        os.chdir(here)
        shutil.rmtree(folder, ignore_errors=True)


def _page(name: str, period: str, queries: list[tuple[str, float]]) -> list[Figure]:
    app = AppTest.from_file(str(files("kibitz_dashboard") / "app.py"), default_timeout=120)
    app.query_params["period"] = period
    app.run()
    if name != "overview":
        app.switch_page(f"pages/{name}.py")
    took, slowest = list[tuple[float, float]](), dict[str, float]()
    for _ in range(RUNS):
        st.cache_data.clear()
        queries.clear()
        began, before = time.perf_counter(), time.process_time()
        app.run()
        took.append(((time.perf_counter() - began) * 1000, (time.process_time() - before) * 1000))
        for query, ms in queries:
            slowest[query] = min(ms, slowest.get(query, ms))
    if app.exception:
        raise SystemExit(f"the page {name} failed: {app.exception[0].value}")
    wall_ms, cpu_ms = min(took)
    figures = [Figure(f"pages: {name}, {period}", wall_ms, "ms", PAGE_MS, note=f"{cpu_ms:,.0f} ms of CPU")]
    if slowest:
        query = max(slowest, key=lambda each: slowest[each])
        figures.append(
            Figure(f"pages: {name}, {period}, slowest query", slowest[query], "ms", QUERY_MS, note=query)
        )
    return figures
