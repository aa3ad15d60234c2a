"""Trends: where each daily figure is going, how it compares on the same weekdays, and days that were off."""

from datetime import datetime, time

import streamlit as st

from kibitz_dashboard.core.catalogue import metric
from kibitz_dashboard.core.chosen import one_of
from kibitz_dashboard.core.drill import Link
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures.trend import curve
from kibitz_dashboard.trends.daily import NAMES, aligned, both, label, odd_days, only, summary, whole
from kibitz_dashboard.trends.ways import DEFINITIONS, rooms_of_day, rooms_of_odd_day

figure = one_of("figure", "Figure", {name: label(name) for name in NAMES})
page = begin("Trends", queries="trends", offered={"period", "compare", "game"}, also=figure)
chosen, today = metric(page.filters.own), datetime.combine(page.now.date(), time.min)
days, before = whole(page.ask("trends/days", today_at=today)), None
if page.filters.before is not None:
    old = page.ask("trends/days", page.filters.before, today_at=today)
    before = aligned(whole(old), page.window.from_at - page.filters.before.from_at, today)
going, odd = page.ask("trends/trend"), page.ask("trends/anomalies")
for_tiles = [
    (name, *both(days, before, name)) for name in ("dau", "n_matches", "duration_p50_ms", "act_p95_ms")
]
page.tiles(*(tile(name, value, n=n, of="cases", link=page.rooms()) for name, value, n in for_tiles))
shown = only(days, chosen.key)
marks = only(odd, chosen.key)
said = only(going, chosen.key)["words"].tolist()
ahead = page.ask("trends/forecast", metric=chosen.key)
page.chart(
    chosen.label,
    curve(
        shown,
        None if before is None else only(before, chosen.key),
        ahead,
        marks[marks["game"] == page.filters.game],
        chosen,
        page.colours,
    )
    if len(shown)
    else None,
    empty="No day of this period is over yet with a value for this figure.",
    note=said[0] if said else "Too few days for a line: it takes two weeks.",
    drill=rooms_of_day(page.filters),
)
figures = summary(days, before, going)
page.table(
    "Every figure",
    figures.drop(columns="metric") if len(figures) else figures,
    raw=days,
    file="trends",
    empty="No day of this period is over yet.",
    note="A day of the period, on average; a click on a row draws its curve above",
    columns={
        "Figure": st.column_config.TextColumn(width=148),
        "A day": st.column_config.TextColumn(width=76),
        "Before": st.column_config.TextColumn(width=76),
        "Change": st.column_config.TextColumn(width=114),
        "Days": st.column_config.LineChartColumn(width=64),
        "Eight weeks": st.column_config.TextColumn(width=390),
    },
    open_row=lambda at: Link("pages/trends.py", {"figure": str(figures["metric"].iloc[at])}),
)
page.table(
    "Days that were off",
    odd_days(odd),
    raw=odd,
    file="anomalies",
    empty="No day of this period lies far from its usual course.",
    note="Far from what the eight weeks before led to expect; a click opens the rooms of that day and game",
    open_row=rooms_of_odd_day(page.filters, odd),
)
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()
