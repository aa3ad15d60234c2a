"""What a room was at each moment: its states as stretches, and a figure of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import plotly.graph_objects as go

from kibitz_dashboard.palette import Palette, mixed
from kibitz_dashboard.server.answers import Step

ROOM, GAME = "Room", "Game"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the version `begin` until before `end`; `is_taken` where a rewind took it back."""

    lane: str
    state: str
    begin: int
    end: int
    begin_at: datetime
    end_at: datetime
    is_taken: bool


def stretches(steps: Sequence[Step], taken: frozenset[int]) -> list[Stretch]:
    """Of the room's statuses and of its game's phases. Steps are in order; the last one ends them all."""
    found: list[Stretch] = []
    for lane in (ROOM, GAME):
        begun: Step | None = None
        for step in steps:
            if begun is None:
                begun = step
                continue
            if (_state(lane, step), step.version in taken) != (_state(lane, begun), begun.version in taken):
                found += _stretch(lane, begun, step, step.version, taken)
                begun = step
        if begun is not None:
            found += _stretch(lane, begun, steps[-1], steps[-1].version + 1, taken)
    return found


def _state(lane: str, step: Step) -> str | None:
    return step.status_to if lane == ROOM else step.to


def _stretch(lane: str, begun: Step, ended: Step, end: int, taken: frozenset[int]) -> Iterable[Stretch]:
    state = _state(lane, begun)
    if state is not None:
        yield Stretch(
            lane,
            state,
            begun.version,
            end,
            at(begun),
            at(ended),
            begun.version in taken,
        )


def at(step: Step) -> datetime:
    return datetime.fromisoformat(step.timestamp).replace(tzinfo=None)


def figure(
    found: Sequence[Stretch], marks: Sequence[Step], colours: Palette, *, by_version: bool
) -> go.Figure:
    """One lane for the room and one for its game. `marks` are steps that began an epoch; x is the version
    or the time."""
    drawn = go.Figure()
    tints = tints_of([each.state for each in found], colours)
    for each in found:
        begin, end = (each.begin, each.end) if by_version else (each.begin_at, each.end_at)
        said = f"{each.lane}: {each.state}{' (taken back)' if each.is_taken else ''}"
        drawn.add_scatter(
            x=[begin, end, end, begin, begin],
            y=[lane + offset for lane in [_LANES[each.lane]] for offset in (-0.34, -0.34, 0.34, 0.34, -0.34)],
            fill="toself",
            mode="lines",
            line={"width": 1, "color": colours.surface},
            fillcolor=tints[each.state],
            opacity=0.3 if each.is_taken else 1.0,
            name=each.state,
            legendgroup=each.state,
            showlegend=False,
            hoveron="fills",
            text=f"{said}<br>versions {each.begin} to {each.end - 1}<br>"
            f"{each.begin_at:%H:%M:%S} to {each.end_at:%H:%M:%S}",
            hoverinfo="text",
        )
    for state, tint in tints.items():
        drawn.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=state,
            marker={"symbol": "square", "size": 11, "color": tint},
        )
    for step in marks:
        x = step.version if by_version else at(step)
        drawn.add_shape(
            type="line",
            x0=x,
            x1=x,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": colours.ink, "width": 1, "dash": "dot"},
        )
        # between the two lanes, where nothing else is written
        drawn.add_annotation(
            x=x, y=0.5, xanchor="left", showarrow=False, text=step.trigger, font={"size": 12}
        )
    drawn.update_layout(
        height=190,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13, "color": colours.ink},
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
            "title": None,
            "itemclick": False,
            "itemdoubleclick": False,
        },
        dragmode=False,
    )
    drawn.update_yaxes(
        tickvals=list(_LANES.values()),
        ticktext=list(_LANES),
        range=[-0.5, 1.5],
        showgrid=False,
        fixedrange=True,
    )
    drawn.update_xaxes(
        showgrid=False, fixedrange=True, automargin=True, title="version" if by_version else "time (UTC)"
    )
    return drawn


_LANES = {GAME: 0, ROOM: 1}


def tints_of(states: Sequence[str], colours: Palette) -> dict[str, str]:
    """A tint for each state. Colour belongs to players: these lie between the one accent and grey."""
    fixed = {
        "waiting": colours.rule,
        "paused": mixed(colours.muted, colours.surface, 0.35),
        "finished": colours.muted,
        "closed": colours.ink,
    }
    own = [state for state in dict.fromkeys(states) if state not in fixed]
    # `playing` first, so that it has the accent itself, here and on every room
    own.sort(key=lambda state: state != "playing")
    tints = {
        state: mixed(colours.accent, colours.surface, 0.28 * (number % 4)) for number, state in enumerate(own)
    }
    return {state: fixed.get(state) or tints[state] for state in dict.fromkeys(states)}
