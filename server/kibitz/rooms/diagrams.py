"""Diagrams of states, as Mermaid text, drawn from the tables that run."""

from collections.abc import Iterable, Mapping
from typing import Any

from kibitz.rooms.lifecycle import LIFECYCLE, Status
from kibitz.rules import WAITING, Game


def lifecycle_diagram() -> str:
    """The lifecycle of a room: its statuses, and the events that lead from one to the next."""
    edges = {
        (begin.value, kind.value): [to.value for to in targets]
        for (begin, kind), targets in LIFECYCLE.items()
    }
    return _diagram(edges, Status.WAITING.value, (Status.CLOSED.value,))


def phases_diagram(game: type[Game[Any]] | Game[Any]) -> str:
    """The phases of a game: its actions and the frame's triggers lead from one to the next."""
    phases = game.phases
    return _diagram(phases.table, WAITING, sorted(phases.final))


def _diagram(table: Mapping[tuple[str, str], Iterable[str]], begin: str, final: Iterable[str]) -> str:
    """One arrow for each pair of states, with all that leads along it, in the order of the table."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, trigger), targets in table.items():
        for target in targets:
            arrows.setdefault((state, target), []).append(trigger)
    states = list(dict.fromkeys(state for arrow in arrows for state in arrow))
    names = {state: f"s{number}" for number, state in enumerate(states)}
    lines = ["stateDiagram-v2"]
    lines += [f"    state {_quoted(state)} as {name}" for state, name in names.items()]
    lines.append(f"    [*] --> {names[begin]}")
    lines += [
        f"    {names[state]} --> {names[target]}: {', '.join(triggers)}"
        for (state, target), triggers in arrows.items()
    ]
    lines += [f"    {names[state]} --> [*]" for state in final if state in names]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
