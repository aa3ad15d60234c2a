"""Overview: what is going on now, what went on in a period, and how that compares with the one before."""

import streamlit as st

from kibitz_dashboard.core.drill import column_of_time
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import matches
from kibitz_dashboard.live.strip import show_live

page = begin("Overview", queries="overview")
show_live(page.visit)
rooms, ended = page.both("overview/rooms"), page.both("overview/matches")
people, lasted = page.both("overview/players"), page.both("overview/duration_percentiles")
n, n_ended, started = ended["n_finished"], ended["n_ended"], rooms["n_matches_started"]
made, left = page.rooms(about="created"), page.rooms(outcome="abandoned")
page.tiles(
    tile("rooms_opened", rooms["n_rooms_created"], n=started, of="matches started", link=made),
    tile("matches_finished", n, n=n_ended, of="ended", link=page.rooms()),
    tile("moves", rooms["n_moves"], n=started, of="matches started", link=page.rooms()),
    tile("people", people["n_people"], n=people["n_bots"], of="bots besides"),
    tile("duration_p50", lasted["p50_ms"], n=n, of="matches"),
    tile("duration_p95", lasted["p95_ms"], n=n, of="matches"),
    tile("moves_per_match", ratio(ended["n_moves_finished"], n), n=n, of="matches"),
    tile("abandoned", ratio(ended["n_abandoned"], n_ended), n=n_ended, of="matches ended", link=left),
)
step, colours = page.window.step, page.colours
activity = page.ask("overview/activity")
nothing = "No match ended in this period."
has_matches = bool(activity["n_finished"].sum() + activity["n_abandoned"].sum())
page.chart(
    f"Matches per {step}",
    matches.activity(activity, colours, step=step) if has_matches else None,
    empty=nothing,
    drill=lambda point: column_of_time(page.filters, point, step),
)
one, other = st.columns(2)
with one:
    rows = page.ask("overview/outcomes")
    page.chart("How matches ended", matches.outcomes(rows, colours) if len(rows) else None, empty=nothing)
    page.chart(
        f"People per {step}",
        matches.players(activity, colours, step=step) if activity["n_people"].sum() else None,
        empty="Nobody but bots, or nobody at all, was active in this period.",
        drill=lambda point: column_of_time(page.filters, point, step),
    )
with other:
    rows = page.ask("overview/durations")
    marks = {"median": lasted["p50_ms"].now, "p95": lasted["p95_ms"].now}
    page.chart(
        "How long matches took",
        matches.durations(rows, colours, marks=marks) if len(rows) else None,
        empty=nothing,
    )
    rows = page.ask("overview/moves_per_match")
    page.chart(
        "Moves in a match", matches.moves_per_match(rows, colours) if len(rows) else None, empty=nothing
    )
page.table(f"Activity per {step}", activity, file="activity", empty=nothing)
page.end()
