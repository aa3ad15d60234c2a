"""A daily figure: its days, the same weekdays before, what to expect next, and the days that were off."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard.core.catalogue import Metric
from kibitz_dashboard.figures.frame import drawn, faint, times
from kibitz_dashboard.figures.values import scale
from kibitz_dashboard.palette import Palette

_DAY = "%{x|%a %d %b %Y}"


def curve(
    days: pd.DataFrame,
    before: pd.DataFrame | None,
    ahead: pd.DataFrame,
    odd: pd.DataFrame,
    about: Metric,
    colours: Palette,
) -> go.Figure:
    """`days`, `before` (moved into this period), `odd`: at, value; `ahead`: at, value, low, high."""
    most = max(
        float(part[column].max())
        for part, column in ((days, "value"), (before, "value"), (ahead, "high"))
        if part is not None and len(part)
    )
    axis = scale(about.unit, most)
    traces: list[dict[str, Any]] = []
    if len(ahead):
        at = times(ahead["at"])
        edge = {"type": "scatter", "x": at, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces += [
            {**edge, "y": axis.drawn(ahead["low"]), "showlegend": False},
            {
                **edge,
                "y": axis.drawn(ahead["high"]),
                "fill": "tonexty",
                "fillcolor": faint(colours.accent, 0.18),
                "name": "Nine days in ten",
            },
            {
                "type": "scatter",
                "x": at,
                "y": axis.drawn(ahead["value"]),
                "name": "Expected",
                "mode": "lines",
                "line": {"color": colours.accent, "width": 2, "dash": "dot"},
                "customdata": [
                    f"{about.say(value)}, {about.say(low)} to {about.say(high)}"
                    for value, low, high in zip(ahead["value"], ahead["low"], ahead["high"], strict=True)
                ],
                "hovertemplate": f"{_DAY}<br>expected %{{customdata}}<extra></extra>",
            },
        ]
    if before is not None and len(before):
        traces.append(
            _days(before, "Before, same weekday", colours.muted, about, axis.drawn(before["value"]))
        )
    traces.append(_days(days, about.label, colours.accent, about, axis.drawn(days["value"])))
    if len(odd):
        traces.append(
            {
                "type": "scatter",
                "x": times(odd["at"]),
                "y": axis.drawn(odd["value"]),
                "name": "Off its usual course",
                "mode": "markers",
                "marker": {
                    "color": "rgba(0,0,0,0)",
                    "size": 14,
                    "line": {"color": colours.seats[1], "width": 2},
                },
                "customdata": [
                    f"{about.say(value)}, {about.say(expected)} was expected"
                    for value, expected in zip(odd["value"], odd["expected"], strict=True)
                ],
                "hovertemplate": f"{_DAY}<br>%{{customdata}}<extra></extra>",
            }
        )
    layout = {"xaxis": {"type": "date", "tickformat": "%d %b"}, "yaxis": axis.axis}
    return drawn(traces, layout, colours, legend=True, height=340)


def _days(
    rows: pd.DataFrame, name: str, colour: str, about: Metric, values: list[float | None]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": times(rows["at"]),
        "y": values,
        "name": name,
        "mode": "lines+markers",
        "marker": {"size": 4},
        "line": {"color": colour, "width": 2},
        "customdata": [about.say(value) for value in rows["value"]],
        "hovertemplate": f"{_DAY}<br>{name}: %{{customdata}}<extra></extra>",
    }
