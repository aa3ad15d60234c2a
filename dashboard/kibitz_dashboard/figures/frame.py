"""What all figures share: frame, axes of time, durations in words. A frame in, a Plotly figure out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.palette import Palette

HEIGHT = 280
FONT = "system-ui, sans-serif"
DURATION_TICKS_MS: list[float] = [
    1, 10, 100, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
    3_600_000, 3 * 3_600_000, 12 * 3_600_000, 86_400_000, 7 * 86_400_000,
]  # fmt: skip


def finish(
    figure: go.Figure,
    colours: Palette,
    *,
    legend: bool = False,
    height: int = HEIGHT,
    categories: bool = False,
) -> go.Figure:
    """The look of every figure: call it last. What the figure says of itself stays.

    No zooming, a legend on top, quiet lines, values from zero. `categories`: the y axis has names, which all
    are written, the first on top.
    """
    own = figure.layout.to_plotly_json()
    # as plain dicts: Plotly checks each property anew for some 50 ms a figure, and this is known to be right
    return go.Figure(
        {
            "data": [trace.to_plotly_json() for trace in figure.data],
            "layout": _merged(_layout(colours, legend, height, categories), own),
        },
        _validate=False,
    )


def _layout(colours: Palette, legend: bool, height: int, categories: bool) -> dict[str, Any]:
    title = {"font": {"size": 12, "color": colours.muted}}
    quiet = {"fixedrange": True, "automargin": True, "title": title, "tickcolor": colours.rule}
    values = {"rangemode": "tozero", "tickformat": ",~d", "nticks": 6, "gridcolor": colours.rule}
    names = {"autorange": "reversed", "dtick": 1, "showgrid": False, "ticks": ""}
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 34 if legend else 14, "b": 8},
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
            "font": {"color": colours.ink},
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "hoverlabel": {
            "font": {"family": FONT, "color": colours.ink},
            "bgcolor": colours.surface,
            "bordercolor": colours.rule,
        },
        "dragmode": False,
        "bargap": 0.18,
        "separators": ".,",
        "xaxis": {"showgrid": False, "linecolor": colours.rule, **quiet},
        "yaxis": {"zeroline": False, **quiet, **(names if categories else values)},
    }


def _merged(frame: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(frame)
    for key, value in own.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def step_ms(step: str) -> int:
    return 3_600_000 if step == "hour" else 86_400_000


def time_axis(figure: go.Figure, *, step: str) -> None:
    """For columns that begin at `x` and cover an hour or a day."""
    if step == "hour":
        figure.update_xaxes(tickformat="%H:%M\n%d %b")
    else:
        # a day's name stands below the middle of its bar
        figure.update_xaxes(tickformat="%d %b", ticklabelmode="period")


def over_time(figure: go.Figure, at: "pd.Series[pd.Timestamp]", *, step: str) -> None:
    """The axis from the first column's beginning to the last one's end."""
    time_axis(figure, step=step)
    if len(at):
        figure.update_xaxes(range=[at.min(), at.max() + pd.Timedelta(milliseconds=step_ms(step))])


def when(step: str) -> str:
    """The time of a point, for a hover text."""
    return "%{x|%a %d %b %H:%M}" if step == "hour" else "%{x|%a %d %b %Y}"


def duration_label(ms: float) -> str:
    """A round duration for an axis: `30 s`, `2 min`, `3 h`."""
    return words.duration(ms).replace(".0", "").replace(" 00 s", "").replace(" 00 min", "")


def faint(colour: str, opacity: float = 0.12) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
