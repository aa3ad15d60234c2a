"""Curves over time: one frame with a column for each, hours or days at the bottom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from kibitz_dashboard import words
from kibitz_dashboard.core.catalogue import SAY, Unit
from kibitz_dashboard.figures.frame import drawn, faint, step_ms, time_axis, times, when
from kibitz_dashboard.figures.values import scale
from kibitz_dashboard.palette import Palette


@dataclass(frozen=True, slots=True)
class Line:
    column: str
    name: str
    colour: str
    dash: str = "solid"
    is_filled: bool = False


def lines(
    rows: pd.DataFrame,
    colours: Palette,
    series: Sequence[Line],
    *,
    step: str,
    unit: Unit = "count",
    title: str = "",
    height: int = 260,
) -> go.Figure:
    """`rows`: `at` and the columns of `series`, nulls where there is no value: there the curve breaks."""
    values = rows[[each.column for each in series]].astype(float)
    most = float(values.max().max()) if len(values) else 0.0
    axis = scale(unit, most, title)
    say = SAY[unit]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": times(rows["at"]),
            "y": axis.drawn(values[each.column]),
            "name": each.name,
            # a lone point between two gaps would not be seen as a line
            "mode": "lines+markers" if len(rows) <= 31 else "lines",
            "marker": {"size": 5},
            "line": {"color": each.colour, "width": 2, "dash": each.dash},
            "xperiod": step_ms(step),
            "xperiodalignment": "middle",
            "fill": "tozeroy" if each.is_filled else "none",
            "fillcolor": faint(each.colour),
            "customdata": [words.NOTHING if value != value else say(value) for value in values[each.column]],
            "hovertemplate": f"{when(step)}<br>{each.name}: %{{customdata}}<extra></extra>",
        }
        for each in series
    ]
    layout = {"xaxis": time_axis(rows["at"], step=step), "yaxis": axis.axis}
    return drawn(traces, layout, colours, legend=len(series) > 1, height=height)
