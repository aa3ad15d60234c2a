"""How long something took, as a histogram on a logarithmic axis."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import DURATION_TICKS_MS, drawn, duration_label
from kibitz_dashboard.palette import Palette


def took(
    rows: pd.DataFrame,
    colours: Palette,
    *,
    n: str,
    things: str,
    title: str,
    marks: Mapping[str, float | None],
) -> go.Figure:
    """`rows`: from_ms, to_ms and the column `n`, which counts `things`. `marks`: `median` and others."""
    lows, highs = rows["from_ms"].map(math.log10), rows["to_ms"].map(math.log10)
    bar = {
        "type": "bar",
        "x": ((lows + highs) / 2).tolist(),
        "y": rows[n].tolist(),
        "width": ((highs - lows) * 0.92).tolist(),
        "marker": {"color": colours.accent},
        "customdata": [
            f"{words.duration(a)} to {words.duration(b)}"
            for a, b in zip(rows["from_ms"], rows["to_ms"], strict=True)
        ],
        "hovertemplate": "%{customdata}<br>%{y:,} " + things + "<extra></extra>",
    }
    low, high = float(rows["from_ms"].min()), float(rows["to_ms"].max())
    ticks = _apart([ms for ms in DURATION_TICKS_MS if low * 0.7 <= ms <= high * 1.4], low, high)
    known = {name: ms for name, ms in marks.items() if ms}
    layout = {
        "margin": {"t": 34 if known else 14},
        "xaxis": {
            "tickvals": [math.log10(ms) for ms in ticks],
            "ticktext": [duration_label(ms) for ms in ticks],
            "tickangle": 0,
            "title": {"text": title},
        },
        "yaxis": {"title": {"text": things}},
        "shapes": [_line(ms, colours) for ms in known.values()],
        "annotations": [_label(name, ms, colours) for name, ms in known.items()],
    }
    return drawn([bar], layout, colours)


def _apart(ticks: list[float], low: float, high: float) -> list[float]:
    """Those that leave each other room, in half of a page too: a seventh of the axis at least."""
    least = (math.log10(high) - math.log10(low)) / 7
    kept: list[float] = []
    for tick in ticks:
        if not kept or math.log10(tick) - math.log10(kept[-1]) >= least:
            kept.append(tick)
    return kept


def _line(ms: float, colours: Palette) -> dict[str, Any]:
    line = {"color": colours.ink, "width": 1, "dash": "dot"}
    at = math.log10(ms)
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def _label(name: str, ms: float, colours: Palette) -> dict[str, Any]:
    return {
        "x": math.log10(ms),
        "y": 1.02,
        "yref": "paper",
        "yanchor": "bottom",
        # the lower mark's words end at its line, the higher one's begin there: they never meet
        "xanchor": "right" if name == "median" else "left",
        "text": f"{name} {words.duration(ms)}",
        "showarrow": False,
        "font": {"color": colours.ink, "size": 12},
    }
