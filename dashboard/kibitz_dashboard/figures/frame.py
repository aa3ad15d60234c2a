"""What all figures share: frame, axes of time, durations in words. A frame in, a Plotly figure out."""

from collections.abc import Mapping, Sequence
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


def drawn(
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    colours: Palette,
    *,
    legend: bool = False,
    height: int = HEIGHT,
    categories: bool = False,
) -> go.Figure:
    """A figure of traces and a layout as Plotly's own JSON has them, with the look of every figure.

    As plain dicts, since Plotly's classes check each property for some 30 ms a figure; a test has Plotly
    check every figure of ours. What the layout says itself stays.
    `categories`: the y axis has names, all of which are written, the first on top.
    """
    whole = _merged(_layout(colours, legend, height, categories), layout)
    return go.Figure({"data": [dict(trace) for trace in traces], "layout": whole}, _validate=False)


def finish(figure: go.Figure, colours: Palette, **look: Any) -> go.Figure:
    """The look of every figure for one made of Plotly's classes: call it last. `look`: as `drawn` has it."""
    traces = [trace.to_plotly_json() for trace in figure.data]
    return drawn(traces, figure.layout.to_plotly_json(), colours, **look)


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
        "xaxis": {"showgrid": False, "zeroline": False, "linecolor": colours.rule, **quiet},
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


def time_axis(at: "pd.Series[pd.Timestamp]", *, step: str) -> dict[str, Any]:
    """The x axis of columns that begin at `at` and cover an hour or a day, up to the last one's end."""
    if step == "hour":
        axis: dict[str, Any] = {"type": "date", "tickformat": "%H:%M\n%d %b"}
    else:
        # a day's name stands below the middle of its bar
        axis = {"type": "date", "tickformat": "%d %b", "ticklabelmode": "period"}
    if len(at):
        end = at.max() + pd.Timedelta(milliseconds=step_ms(step))
        axis["range"] = [at.min().isoformat(), end.isoformat()]
    return axis


def times(at: "pd.Series[pd.Timestamp]") -> list[str]:
    """As Plotly's JSON has times."""
    return [str(when) for when in at.dt.strftime("%Y-%m-%dT%H:%M:%S")]


def when(step: str) -> str:
    """The time of a point, for a hover text."""
    return "%{x|%a %d %b %H:%M}" if step == "hour" else "%{x|%a %d %b %Y}"


def duration_label(ms: float) -> str:
    """A round duration for an axis: `30 s`, `2 min`, `3 h`."""
    return words.duration(ms).replace(".0", "").replace(" 00 s", "").replace(" 00 min", "")


def faint(colour: str, opacity: float = 0.12) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
