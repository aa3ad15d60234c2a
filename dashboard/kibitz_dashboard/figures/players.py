"""Figures of players: how many there are, who came and went, and what one of them did."""

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures.durations import took
from kibitz_dashboard.figures.frame import drawn, step_ms, time_axis, times, when
from kibitz_dashboard.figures.lines import Line, lines
from kibitz_dashboard.palette import Palette, mixed


def active(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: at, dau, wau, mau of each day."""
    series = (
        Line("mau", "In 30 days", colours.muted),
        Line("wau", "In 7 days", mixed(colours.accent, colours.surface, 0.45)),
        Line("dau", "On the day", colours.accent, is_filled=True),
    )
    return lines(rows, colours, series, step="day", title="people")


def comings(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: at, n_new, n_returning, n_resurrected, n_dormant of each day."""
    kinds = (
        ("n_returning", "Returning", mixed(colours.accent, colours.surface, 0.5), 1),
        ("n_resurrected", "Came back", colours.seats[0], 1),
        ("n_new", "New", colours.accent, 1),
        ("n_dormant", "Went quiet", colours.muted, -1),
    )
    bars = [
        {
            "type": "bar",
            "x": times(rows["at"]),
            "y": (rows[column] * sign).tolist(),
            "name": name,
            "marker": {"color": colour},
            "width": step_ms("day") * 0.82,
            "offset": step_ms("day") * 0.09,
            "customdata": rows[column].tolist(),
            "hovertemplate": when("day") + f"<br>%{{customdata:,}} {name.lower()}<extra></extra>",
        }
        for column, name, colour, sign in kinds
    ]
    layout = {
        "barmode": "relative",
        "xaxis": time_axis(rows["at"], step="day"),
        "yaxis": {"title": {"text": "people"}, "zeroline": True, "zerolinecolor": colours.muted},
    }
    return drawn(bars, layout, colours, legend=True)


def lengths(rows: pd.DataFrame, colours: Palette, lasted: Pair, *, things: str) -> go.Figure:
    """`rows`: from_ms, to_ms, n; with median and p95 drawn in."""
    marks = {"median": lasted["p50_ms"].now, "p95": lasted["p95_ms"].now}
    return took(rows, colours, n="n", things=things, title="", marks=marks)


def moves(rows: pd.DataFrame, colours: Palette) -> go.Figure:
    """`rows`: at, n_moves of each day on which one player was active."""
    a_day = rows.groupby("at", as_index=False)["n_moves"].sum()
    bar = {
        "type": "bar",
        "x": times(a_day["at"]),
        "y": a_day["n_moves"].tolist(),
        "marker": {"color": colours.accent},
        "width": step_ms("day") * 0.82,
        "offset": step_ms("day") * 0.09,
        "hovertemplate": when("day") + "<br>%{y:,} moves<extra></extra>",
    }
    layout = {"xaxis": time_axis(a_day["at"], step="day"), "yaxis": {"title": {"text": "moves"}}}
    return drawn([bar], layout, colours, height=220)
