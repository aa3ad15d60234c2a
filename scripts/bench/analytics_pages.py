"""What each page of the dashboard takes on a warehouse: its slowest query, and all of it, in AppTest.

Caches are emptied before each run. Wall time, the shortest of some runs: that is what the page costs when
nobody else is in the way.
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

from kibitz_dashboard.core.mart import Mart
from kibitz_dashboard.core.navigation import ENTRIES
from kibitz_dashboard.core.session import COOKIE
from kibitz_dashboard.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

RUNS = 4
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
    # Streamlit keeps files where it runs.
    here, folder = Path.cwd(), mkdtemp()
    os.chdir(folder)
    Mart.query = measured  # type: ignore[method-assign,assignment]
    ContextProxy.cookies = property(lambda self: {COOKIE: TOKEN})  # type: ignore[assignment,method-assign]
    try:
        with AdminRest() as rest:
            os.environ.update(Settings(data.resolve(), rest.url, "https://play.example").to_environ())
            for entry in ENTRIES:
                yield from _page(entry.name, queries)
    finally:
        Mart.query = query  # type: ignore[method-assign]
        os.chdir(here)
        shutil.rmtree(folder, ignore_errors=True)


def _page(name: str, queries: list[tuple[str, float]]) -> list[Figure]:
    app = AppTest.from_file(str(files("kibitz_dashboard") / "app.py"), default_timeout=120)
    app.run()
    if name != "overview":
        app.switch_page(f"pages/{name}.py")
    took, slowest = [], {}
    for _ in range(RUNS):
        st.cache_data.clear()
        queries.clear()
        began = time.perf_counter()
        app.run()
        took.append((time.perf_counter() - began) * 1000)
        for query, ms in queries:
            slowest[query] = min(ms, slowest.get(query, ms))
    if app.exception:
        raise SystemExit(f"the page {name} failed: {app.exception[0].value}")
    figures = [Figure(f"pages: {name}", min(took), "ms", PAGE_MS)]
    if slowest:
        query = max(slowest, key=lambda each: slowest[each])
        figures.append(Figure(f"pages: {name}, slowest query", slowest[query], "ms", QUERY_MS, note=query))
    return figures
