"""Overview: what is going on now, what went on in a period, and how that compares with the one before."""

import streamlit as st

from kibitz_dashboard.core.chrome import colours
from kibitz_dashboard.core.explain import how_counted
from kibitz_dashboard.core.export import to_csv
from kibitz_dashboard.core.filters import choose
from kibitz_dashboard.core.frames import first, frame
from kibitz_dashboard.core.periods import windows
from kibitz_dashboard.core.start import start
from kibitz_dashboard.core.tiles import show
from kibitz_dashboard.figures import charts
from kibitz_dashboard.live.strip import show_live
from kibitz_dashboard.overview_tiles import DEFINITIONS, QUERIES, tiles

visit = start("Overview")
show_live(visit)
filters = choose(visit.mart)
window, before = windows(filters.period, visit.now)
show(tiles(visit.mart, filters, window, before), compared_with=f"the {filters.period.label} before")

bounds = filters.over(window)
activity = frame(visit.mart, "overview/activity", step=filters.period.step, **bounds)
has_matches = bool(activity["n_finished"].sum() + activity["n_abandoned"].sum())
palette = colours()


def panel(title: str, figure: object, empty: str) -> None:
    with st.container(border=True, key=f"card-{title}"):
        st.subheader(title, anchor=False)
        if figure is None:
            st.caption(empty)
        else:
            st.plotly_chart(figure, theme="streamlit", config={"displayModeBar": False}, key=title, alt=title)


nothing = "No match ended in this period."
panel(
    f"Matches per {filters.period.step}",
    charts.activity(activity, palette, step=filters.period.step) if has_matches else None,
    nothing,
)
left, right = st.columns(2)
with left:
    rows = frame(visit.mart, "overview/outcomes", **bounds)
    panel("How matches ended", charts.outcomes(rows, palette) if len(rows) else None, nothing)
    panel(
        f"People per {filters.period.step}",
        charts.players(activity, palette, step=filters.period.step) if activity["n_people"].sum() else None,
        "Nobody but bots, or nobody at all, was active in this period.",
    )
with right:
    rows = frame(visit.mart, "overview/durations", **bounds)
    percentiles = frame(visit.mart, "overview/duration_percentiles", **bounds)
    marks = {"median": first(percentiles, "p50_ms"), "p95": first(percentiles, "p95_ms")}
    panel(
        "How long matches took", charts.durations(rows, palette, marks=marks) if len(rows) else None, nothing
    )
    rows = frame(visit.mart, "overview/moves_per_match", **bounds)
    panel("Moves in a match", charts.moves_per_match(rows, palette) if len(rows) else None, nothing)

st.download_button(
    f"Download per {filters.period.step} as CSV",
    data=lambda: to_csv(activity),
    file_name=f"kibitz-activity-{filters.period}.csv",
    mime="text/csv",
    on_click="ignore",
    icon=":material/download:",
)
how_counted(
    visit.mart,
    DEFINITIONS,
    (*QUERIES, "overview/activity", "overview/outcomes", "overview/durations", "overview/moves_per_match"),
    window,
)
