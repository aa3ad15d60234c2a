"""Players: how many come, come back and stay away, how long they stay and wait; a click opens one of them."""

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core import drill
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import ratio
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.figures import players as figures
from kibitz_dashboard.figures.funnel import funnel
from kibitz_dashboard.players.tables import CUT_NOTE, DEFINITIONS, ROWS_MAX, players

page = begin("Players", queries="players", offered={"period", "compare", "game", "zone"})
colours, here, begun = page.colours, page.rooms(), page.rooms(about="started")
people, told = page.both("players/kpis"), page.both("players/sessions")
lasted, waited = page.both("players/took", subject="session"), page.both("players/took", subject="wait")
waits = page.both("players/waits")
n, n_told = people["n_active_days"], told["n_sessions"]
given_up = words.percent(ratio(waits["n_cancelled"], waits["n_waits"]).now)
page.tiles(
    tile("dau", people["dau"], n=people["n_days"], of="days that are over", link=here),
    tile("wau", people["wau"], n=None, of="on the last day", link=here),
    tile("mau", people["mau"], n=None, of="on the last day", link=here),
    tile("stickiness", people["stickiness"], n=people["mau"], of="people in 30 days", link=here),
    tile("new_people", people["n_new"], n=None, of="in the period", link=here),
    tile("returning", people["returning_day"], n=n, of="days of people", link=here),
    tile("resurrected", people["resurrected_day"], n=n, of="days of people", link=here),
    tile("dormant", people["dormant_day"], n=n, of="days of people"),
    tile("churned", people["n_churned"], n=None, of="in the period"),
    tile("session_p50", lasted["p50_ms"], n=lasted["n"], of="sessions", link=here),
    tile("session_actions", ratio(told["n_actions"], n_told), n=n_told, of="sessions", link=here),
    tile("wait_p50", waited["p50_ms"], n=waited["n"], of=f"waits, {given_up} given up", link=begun),
)
days = page.ask("players/active")
nobody = "Nobody was active in this period."
page.chart(
    "Active people",
    figures.active(days, colours) if len(days) else None,
    empty=nobody,
    drill=lambda point: drill.column_of_time(page.filters, point, "day"),
)
page.chart(
    "Who came and who stayed away",
    figures.comings(days, colours) if len(days) else None,
    empty=nobody,
    note="Each day's people, and below the line those of the day before who did not come",
)
for place, title, subject, pair, things, nothing in zip(
    st.columns(2),
    ("How long people stay", "How long people wait"),
    ("session", "wait"),
    (lasted, waited),
    ("sessions", "waits"),
    ("No session began in this period.", "Nobody waited for a quick match."),
    strict=True,
):
    with place:
        rows = page.ask("players/lengths", subject=subject)
        figure = figures.lengths(rows, colours, pair, things=things) if len(rows) else None
        page.chart(title, figure, empty=nothing, link=begun if subject == "wait" else here)
came = page.ask("overview/funnel").iloc[0]
names = ("Visited", "Joined", "Started", "Finished", "Rematched")
steps = [(name, float(came[f"n_{name.lower()}"])) for name in names]
page.chart("From visit to rematch", funnel(steps, colours) if came.sum() else None, empty="Nobody came.")
rows = page.ask("players/players", row_limit=ROWS_MAX)
page.table(
    "Players",
    players(rows, page.filters.zone),
    raw=rows,
    file="players",
    empty=nobody,
    note=CUT_NOTE if len(rows) == ROWS_MAX else "A click opens the player",
    open_row=lambda at: drill.player(str(rows["player_id"].iloc[at])),
)
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()
