"""Rooms: how many there were, how they filled and ended, and every one of a period; a click opens it."""

import streamlit as st

from kibitz_dashboard.core import drill
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import rooms as figures
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.rooms.narrow import choose_status, narrowed
from kibitz_dashboard.rooms.table import COLUMNS, CUT_NOTE, DEFINITIONS, ROWS_MAX, abandoned_table, as_shown
from kibitz_dashboard.server.live import live_named

page = begin("Rooms", queries="rooms", also=choose_status)
show_live(page.visit)
narrow = narrowed(st.query_params)
chosen = {"status": page.filters.own, **narrow.parameters()}
counts, peak = page.both("rooms/count", **chosen), page.both("rooms/peak")
fill, lasted = page.both("rooms/fill_percentiles"), page.both("overview/duration_percentiles")
made, ended = page.both("rooms/started"), page.both("overview/matches")
n_made, n_ended = made["n_made"], ended["n_ended"]
opened, left = page.rooms(about="created"), page.rooms(outcome="abandoned")
page.tiles(
    tile("rooms_active", counts["n_rooms"], n=counts["n_moves"], of="moves in them"),
    tile("rooms_peak", peak["rooms_peak"], n=peak["n_hours"], of="hours with rooms"),
    tile("started_share", ratio(made["n_started"], n_made), n=n_made, of="rooms made", link=opened),
    tile("fill_p50", fill["p50_ms"], n=fill["n"], of="rooms started", link=page.rooms(about="started")),
    tile("duration_p50", lasted["p50_ms"], n=lasted["n"], of="matches"),
    tile("abandoned", ratio(ended["n_abandoned"], n_ended), n=n_ended, of="matches ended", link=left),
    columns=3,
)
step, colours = page.window.step, page.colours
at_once, filling = page.ask("rooms/concurrent"), page.ask("rooms/fills")
if narrow.said():
    st.info("The table shows only rooms " + ", ".join(narrow.said()) + ".", icon=":material/filter_alt:")
rows = page.ask("rooms/rooms", row_limit=ROWS_MAX, **chosen)
still_open = rows["room_id"][rows["status"] != "closed"]
live = live_named(page.visit.settings.server_url, page.visit.token, still_open)
page.table(
    "Rooms",
    as_shown(rows, live, page.filters.zone),
    raw=rows,
    file="rooms",
    empty="No room fits these filters. A longer period, or fewer filters, may show some.",
    note=CUT_NOTE if len(rows) == ROWS_MAX else "",
    columns=COLUMNS,
    open_row=lambda position: drill.room(str(rows["room_id"].iloc[position])),
)
page.chart(
    "Rooms at once",
    figures.concurrent(at_once, colours, step=step) if at_once["rooms_peak"].sum() else None,
    empty="No room was open in this period.",
    drill=lambda point: drill.column_of_time(page.filters, point, step),
)
one, other = st.columns(2)
with one:
    page.chart(
        "How long rooms took to fill",
        figures.fills(filling, colours, fill) if len(filling) else None,
        empty="No room started in this period.",
    )
with other:
    gone = page.ask("rooms/abandoned")
    page.table(
        "Matches that were left",
        abandoned_table(gone),
        raw=gone,
        file="abandoned",
        empty="No match was left in this period.",
        link=left,
    )
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()
