"""Overview: what is going on now, what went on in a period, and how that compares with the one before."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.drill import column_of_time, players
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import matches
from kibitz_dashboard.figures.calendar import cell, peak_hours
from kibitz_dashboard.figures.funnel import funnel
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.rooms.narrow import ended_so

page = begin("Overview", queries="overview")
show_live(page.visit)
rooms, ended = page.both("overview/rooms"), page.both("overview/matches")
people, lasted = page.both("overview/players"), page.both("overview/duration_percentiles")
n, n_ended, started = ended["n_finished"], ended["n_ended"], rooms["n_matches_started"]
made, left, here = page.rooms(about="created"), page.rooms(outcome="abandoned"), players(page.filters)
page.tiles(
    tile("rooms_opened", rooms["n_rooms_created"], n=started, of="matches started", link=made),
    tile("matches_finished", n, n=n_ended, of="ended", link=page.rooms()),
    tile("moves", rooms["n_moves"], n=started, of="matches started", link=page.rooms()),
    tile("people", people["n_people"], n=None, of=f"and {words.count(people['n_bots'].now)} bots", link=here),
    tile("duration_p50", lasted["p50_ms"], n=n, of="matches", link=page.rooms()),
    tile("duration_p95", lasted["p95_ms"], n=n, of="matches", link=page.rooms()),
    tile("moves_per_match", ratio(ended["n_moves_finished"], n), n=n, of="matches", link=page.rooms()),
    tile("abandoned", ratio(ended["n_abandoned"], n_ended), n=n_ended, of="matches ended", link=left),
)
step, colours, nothing = page.window.step, page.colours, "No match ended in this period."
activity = page.ask("overview/activity")
page.chart(
    f"Matches per {step}",
    matches.activity(activity, colours, step=step) if n_ended.now else None,
    empty=nothing,
    drill=lambda point: column_of_time(page.filters, point, step),
)
week = page.ask("overview/peak_hours")
page.define("When people play", "Rooms with any event in an hour, the mean over such hours of the period.")
page.chart(
    "When people play",
    peak_hours(week, colours) if week["rooms_active"].sum() else None,
    empty="No room was active in this period.",
    note=f"Rooms active in an hour, on average · {page.filters.zone}",
    drill=lambda point: page.rooms(**cell(point)),
)
one, other = st.columns(2)
with one:
    came = page.ask("overview/funnel").iloc[0]
    steps = ("Visited", "Joined", "Started", "Finished", "Rematched")
    page.chart(
        "From visit to rematch",
        funnel([(each, float(came[f"n_{each.lower()}"])) for each in steps], colours) if came.sum() else None,
        empty="Nobody came in this period.",
        note="People of each day added up, all games; the share is of the step before",
    )
    rows = page.ask("overview/outcomes")
    kinds = rows["outcome_kind"].unique()
    page.chart(
        "How matches ended",
        matches.outcomes(rows, colours) if len(rows) else None,
        empty=nothing,
        note="A click opens the rooms whose newest match ended so",
        drill=lambda point: page.rooms(outcome=ended_so(point.get("y"), kinds)),
        link=page.rooms(),
    )
with other:
    rows = page.ask("overview/durations")
    figure = matches.durations(rows, colours, lasted) if len(rows) else None
    page.chart("How long matches took", figure, empty=nothing, link=page.rooms())
    rows = page.ask("overview/moves_per_match")
    figure = matches.moves_per_match(rows, colours) if len(rows) else None
    page.chart("Moves in a match", figure, empty=nothing, link=page.rooms())
page.table(f"Activity per {step}", activity, file="activity", empty=nothing)
page.end()
