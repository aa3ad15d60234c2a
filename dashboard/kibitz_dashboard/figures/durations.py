"""How long something took, as a histogram on a logarithmic axis."""

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.figures.frame import DURATION_TICKS_MS, duration_label, finish
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
    figure = go.Figure(
        go.Bar(
            x=(lows + highs) / 2,
            y=rows[n],
            width=(highs - lows) * 0.92,
            marker_color=colours.accent,
            customdata=[
                f"{words.duration(a)} to {words.duration(b)}"
                for a, b in zip(rows["from_ms"], rows["to_ms"], strict=True)
            ],
            hovertemplate="%{customdata}<br>%{y:,} " + things + "<extra></extra>",
        )
    )
    figure.update_layout(yaxis_title_text=things, xaxis_title_text=title)
    low, high = float(rows["from_ms"].min()), float(rows["to_ms"].max())
    ticks = _apart([ms for ms in DURATION_TICKS_MS if low * 0.7 <= ms <= high * 1.4], low, high)
    figure.update_xaxes(
        tickvals=[math.log10(ms) for ms in ticks],
        ticktext=[duration_label(ms) for ms in ticks],
        tickangle=0,
    )
    _mark(figure, colours, marks)
    return finish(figure, colours)


def _apart(ticks: list[float], low: float, high: float) -> list[float]:
    """Those that leave each other room: a twelfth of the axis at least."""
    least = (math.log10(high) - math.log10(low)) / 12
    kept: list[float] = []
    for tick in ticks:
        if not kept or math.log10(tick) - math.log10(kept[-1]) >= least:
            kept.append(tick)
    return kept


def _mark(figure: go.Figure, colours: Palette, marks: Mapping[str, float | None]) -> None:
    known = {name: ms for name, ms in marks.items() if ms}
    if known:
        figure.update_layout(margin_t=34)
    for name, ms in known.items():
        figure.add_vline(x=math.log10(ms), line={"color": colours.ink, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=math.log10(ms),
            y=1.02,
            yref="paper",
            yanchor="bottom",
            # the lower mark's words end at its line, the higher one's begin there: they never meet
            xanchor="right" if name == "median" else "left",
            text=f"{name} {words.duration(ms)}",
            showarrow=False,
            font={"color": colours.ink, "size": 12},
        )
