"""Diagrams of states, as Mermaid text, drawn from the tables that run."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from kibitz.rooms.fold.lifecycle import LIFECYCLE, Status
from kibitz.rules import WAITING, Game


class StateTable(Struct, frozen=True):
    """States in the order of their table; `arrows` has all that leads from one state to another."""

    begin: str
    final: tuple[str, ...]
    arrows: Mapping[tuple[str, str], list[str]]


def lifecycle() -> StateTable:
    """The lifecycle of a room: its statuses, and the events that lead from one to the next."""
    edges = {
        (begin.value, kind.value): [to.value for to in targets]
        for (begin, kind), targets in LIFECYCLE.items()
    }
    return StateTable(Status.WAITING.value, (Status.CLOSED.value,), _arrows(edges))


def phases_of(game: type[Game[Any]] | Game[Any]) -> StateTable:
    """The phases of a game: its actions and the frame's triggers lead from one to the next."""
    phases = game.phases
    return StateTable(WAITING, tuple(sorted(phases.final)), _arrows(phases.table))


def lifecycle_diagram() -> str:
    return _diagram(lifecycle())


def phases_diagram(game: type[Game[Any]] | Game[Any]) -> str:
    return _diagram(phases_of(game))


def _arrows(table: Mapping[tuple[str, str], Iterable[str]]) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, trigger), targets in table.items():
        for target in targets:
            arrows.setdefault((state, target), []).append(trigger)
    return arrows


def _diagram(table: StateTable) -> str:
    """One arrow for each pair of states, with all that leads along it, in the order of the table."""
    states = list(dict.fromkeys(state for arrow in table.arrows for state in arrow))
    names = {state: f"s{number}" for number, state in enumerate(states)}
    lines = ["stateDiagram-v2"]
    lines += [f"    state {_quoted(state)} as {name}" for state, name in names.items()]
    lines.append(f"    [*] --> {names[table.begin]}")
    lines += [
        f"    {names[state]} --> {names[target]}: {', '.join(triggers)}"
        for (state, target), triggers in table.arrows.items()
    ]
    lines += [f"    {names[state]} --> [*]" for state in table.final if state in names]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
