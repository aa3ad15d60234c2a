"""Figures of rooms: how many there were at once, and how long they took to fill."""

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.core.pairs import Pair
from kibitz_dashboard.figures.durations import took
from kibitz_dashboard.figures.frame import drawn, faint, step_ms, time_axis, times, when
from kibitz_dashboard.palette import Palette


def concurrent(rows: pd.DataFrame, colours: Palette, *, step: str) -> go.Figure:
    """The most rooms open, and the most matches going on, at once in each hour or day."""
    lines = [
        {
            "type": "scatter",
            "x": times(rows["at"]),
            "y": rows[column].tolist(),
            "name": name,
            "mode": "lines",
            "line": {"color": colour, "width": 2},
            # a peak is of its whole hour or day: it stands in the middle
            "xperiod": step_ms(step),
            "xperiodalignment": "middle",
            "fill": fill,
            "fillcolor": faint(colour),
            "hovertemplate": when(step) + "<br>%{y:,} " + name.lower() + "<extra></extra>",
        }
        for column, name, colour, fill in (
            ("rooms_peak", "Open rooms", colours.muted, "none"),
            ("matches_peak", "Matches going on", colours.accent, "tozeroy"),
        )
    ]
    layout = {"xaxis": time_axis(rows["at"], step=step), "yaxis": {"title": {"text": "most at once"}}}
    return drawn(lines, layout, colours, legend=True)


def fills(rows: pd.DataFrame, colours: Palette, lasted: Pair) -> go.Figure:
    """How long rooms took to fill, with median and p95 drawn in."""
    marks = {"median": lasted["p50_ms"].now, "p95": lasted["p95_ms"].now}
    return took(
        rows, colours, n="n_rooms", things="rooms", title="from its making to its first match", marks=marks
    )
