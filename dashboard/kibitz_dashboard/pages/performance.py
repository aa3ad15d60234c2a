"""Performance: how long the server takes, what fails, what it uses, and the rooms behind it."""

from functools import partial

import streamlit as st

from kibitz_dashboard.core import drill
from kibitz_dashboard.core.chosen import one_of
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import performance as figures
from kibitz_dashboard.performance import tables
from kibitz_dashboard.server.client import client_build

drawn = one_of("timed", "Curve", tables.SUBJECTS)
page = begin("Performance", queries="performance", offered={"period", "compare", "zone"}, also=drawn)
colours, step, zone, subject = page.colours, page.window.step, page.filters.zone, page.filters.own
timed, used = page.both("performance/kpis"), page.both("performance/process")
n_minutes, to_rooms = used["n_minutes"], partial(drill.column_of_time, page.filters, step=step)
page.tiles(
    tile("act_p95", timed["act_us"], n=timed["n_act"], of="actions", link=page.rooms()),
    tile("route_p95", timed["route_us"], n=timed["n_route"], of="requests"),
    tile("commit_p95", timed["commit_us"], n=timed["n_commit"], of="commits"),
    tile("loop_lag_p99", timed["lag_us"], n=timed["n_lag"], of="looks"),
    tile("errors", used["n_errors"], n=timed["n_route"], of="requests"),
    tile("incidents", used["n_incidents"], n=timed["n_act"], of="actions", link=page.rooms()),
    tile("cpu_max", used["cpu"], n=n_minutes, of="minutes"),
    tile("memory_max", used["rss"], n=n_minutes, of="minutes"),
)
over_time = page.ask("performance/over_time", subject=subject)
page.chart(
    tables.SUBJECTS[subject],
    figures.percentiles(over_time, colours, step=step) if over_time["n"].sum() else None,
    empty="Nothing of this kind was timed in this period.",
    note=f"All of them together, per {step}; the table has each by itself. A click opens the rooms",
    drill=to_rooms,
)
rows = page.ask("performance/latencies")
page.table("Latencies", tables.latencies(rows), raw=rows, file="latencies", empty="Nothing was timed.")
rows, unknown = page.ask("performance/resources"), "The server kept no samples of this period."
has_any = bool(rows["cpu_avg"].notna().any())
for place, title, draw in zip(
    st.columns(3),
    ("Processor", "Memory", "Connections"),
    (figures.processor, figures.memory, figures.connections),
    strict=True,
):
    with place:
        figure = draw(rows, colours, step=step) if has_any else None
        page.chart(title, figure, empty=unknown, drill=to_rooms)
rows = page.ask("performance/errors")
page.table("Errors", tables.errors(rows, zone), raw=rows, file="errors", empty="No errors in this period.")
slow = page.ask("performance/slowest")
page.table(
    "Slowest rooms",
    tables.slowest(slow, zone),
    raw=slow,
    file="slowest-rooms",
    empty="No action was handled in this period.",
    note="The 50 with the slowest action; a click opens the room",
    open_row=lambda at: drill.room(str(slow["room_id"].iloc[at])),
)
odd = page.ask("performance/incidents")
page.table(
    "Incidents",
    tables.incidents(odd, zone),
    raw=odd,
    file="incidents",
    empty="Nothing happened that should not have.",
    note="The newest 500; a click opens the room",
    open_row=lambda at: drill.room(str(odd["room_id"].iloc[at])) if odd["room_id"].iloc[at] else None,
)
build = client_build(page.visit.settings.server_url)
nothing = build if isinstance(build, str) else "This build has no budgets."
shown = tables.budgets(build)
page.table("Players' client", shown, file="client", empty=nothing, columns=tables.BUDGET_COLUMNS)
for name, text in tables.DEFINITIONS.items():
    page.define(name, text)
page.end()
