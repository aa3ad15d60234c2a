"""The frame of a page: it checks, offers the filters, runs the queries, and tells how all was counted.

page = begin("Players", queries="players")
now, before = page.both("players/kpis")
page.tiles(tile("people", now["n"], before["n"], n=now["n"], of="people", link=page.rooms()))
rows = page.ask("players/by_day")
page.chart("People per day", figure(rows, page.colours) if len(rows) else None, empty="Nobody played.")
page.table("Days", rows, file="players-days", empty="Nobody played.")
page.end()
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from kibitz_dashboard.core import cards, drill
from kibitz_dashboard.core.chrome import colours
from kibitz_dashboard.core.explain import Asked, how_counted
from kibitz_dashboard.core.filters import EVERY, Filters, choose
from kibitz_dashboard.core.frames import frame
from kibitz_dashboard.core.mart import Mart, Parameter, parameters_of, queries_of, tables_of
from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.core.periods import Window
from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.core.start import Reading, start
from kibitz_dashboard.core.states import failed, state
from kibitz_dashboard.core.tiles import Tile, show
from kibitz_dashboard.palette import Palette


class Page:
    """One run of one page. What it was asked and what it showed is what `end` explains."""

    def __init__(self, visit: Reading, filters: Filters) -> None:
        self.visit = visit
        self.filters = filters
        self._asked: dict[tuple[str, Window], Asked] = {}
        self._defined: dict[str, str] = {}

    @property
    def mart(self) -> Mart:
        return self.visit.mart

    @property
    def now(self) -> datetime:
        return self.visit.now

    @property
    def window(self) -> Window:
        return self.filters.window

    @property
    def colours(self) -> Palette:
        return colours()

    def ask(self, query: str, window: Window | None = None, /, **more: Parameter) -> pd.DataFrame:
        """The rows of `queries/<query>.sql` over the page's window, or the one given.

        The query may use `$from_at`, `$to_at`, `$step`, `$game`, `$bots`, `$zone` and what `more` names.
        Ends the page with a word where the query fails.
        """
        over = window or self.window
        offered = self.filters.over(over) | more
        parameters = {key: offered[key] for key in parameters_of(query) if key in offered}
        try:
            rows = frame(self.mart, query, **parameters)
        except duckdb.Error as error:
            failed(query, error)
            raise
        self._asked[query, over] = Asked(query, tuple(sorted(parameters.items())), len(rows))
        return rows

    def both(self, query: str, **more: Parameter) -> Pair:
        """The one row of a query, over the window and over the one to compare with (if any)."""
        before = self.filters.before
        return Pair(
            self.ask(query, None, **more), None if before is None else self.ask(query, before, **more)
        )

    def tiles(self, *tiles: Tile, columns: int = 4) -> None:
        before = self.filters.before
        show(tiles, compared_with=None if before is None else before.label, columns=columns)
        self._defined |= {each.metric.label: each.metric.definition for each in tiles}

    def chart(
        self,
        title: str,
        figure: go.Figure | None,
        *,
        empty: str,
        note: str = "",
        drill: cards.Drill | None = None,
        link: drill.Link | None = None,
    ) -> None:
        cards.chart(title, figure, empty=empty, note=note, drill=drill, link=link)

    def table(self, title: str, shown: pd.DataFrame, *, file: str, empty: str, **options: Any) -> None:
        """`options`: as `cards.table` has them."""
        label = f"{self.window.from_at:%Y%m%d}-{self.window.to_at:%Y%m%d}"
        cards.table(title, shown, file=f"{file}-{label}", empty=empty, **options)

    def define(self, name: str, text: str) -> None:
        """A word on something that stands in no tile: a chart, a column."""
        self._defined[name] = text

    def rooms(self, window: Window | None = None, /, *, label: str = "Rooms", **narrow: str) -> drill.Link:
        """The rooms behind a number of this page; see `drill.rooms`."""
        return drill.rooms(self.filters, window, label=label, **narrow)

    def end(self) -> None:
        """How all of this was counted."""
        how_counted(
            self.mart,
            self.visit.pointer,
            self._defined,
            list(self._asked.values()),
            period=self.window.label,
            zone=self.filters.zone,
            now=self.now,
        )


def begin(
    title: str,
    *,
    queries: str = "",
    offered: Collection[str] = EVERY,
    needed: Role = Role.ANALYST,
    also: Callable[[], str] | None = None,
) -> Page:
    """Check session and role, find the mart, draw title, freshness and filters.

    `queries`: the page's folder in `queries/`; a mart without their tables gets a word instead of errors.
    `offered`: which filters the page's numbers follow; `also` draws one more, read as `page.filters.own`.
    Ends the page where it cannot go on.
    """
    visit = start(title, needed)
    named = queries_of(queries) if queries else ()
    missing = sorted(frozenset[str]().union(*(tables_of(name) for name in named)) - visit.mart.tables)
    if missing:
        state(
            "The ETL is older than this page",
            f"Its mart has no {', '.join(f'`{name}`' for name in missing)}. Start the ETL again; "
            "it makes what is missing by itself.",
            icon=":material/update:",
        )
        st.stop()
    return Page(visit, choose(visit.mart, visit.now, offered, also))
