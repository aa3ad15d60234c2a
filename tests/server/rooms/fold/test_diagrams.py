"""Diagrams say what the tables say."""

import re

from kibitz.games.connect_four import ConnectFour
from kibitz.rooms.fold.diagrams import lifecycle, lifecycle_diagram, phases_diagram, phases_of
from kibitz.rooms.fold.lifecycle import LIFECYCLE
from kibitz.rules import WAITING


def arrows(text: str) -> set[tuple[str, str, str]]:
    """(state, trigger, next), with the states' own names."""
    names = {name: state for state, name in re.findall(r'state "(.*)" as (\w+)', text)}
    return {
        (names[begin], trigger, names[end])
        for begin, end, triggers in re.findall(r"^ +(\w+) --> (\w+): (.*)$", text, re.MULTILINE)
        for trigger in triggers.split(", ")
    }


def test_the_lifecycle_of_a_room() -> None:
    expected = {
        (begin.value, kind.value, to.value) for (begin, kind), targets in LIFECYCLE.items() for to in targets
    }
    assert arrows(lifecycle_diagram()) == expected


def test_the_phases_of_a_game() -> None:
    text = phases_diagram(ConnectFour)
    assert text.startswith("stateDiagram-v2\n")
    table = ConnectFour.phases.table
    assert arrows(text) == {(begin, on, to) for (begin, on), targets in table.items() for to in targets}
    waiting = re.search(rf'state "{WAITING}" as (\w+)', text)
    final = re.search(r'state "finished" as (\w+)', text)
    assert waiting is not None
    assert final is not None
    assert f"[*] --> {waiting[1]}\n" in text
    assert f"{final[1]} --> [*]\n" in text


def test_the_same_tables_as_data() -> None:
    life = lifecycle()
    assert (life.begin, life.final) == ("waiting", ("closed",))
    expected = {
        (begin.value, kind.value, to.value) for (begin, kind), targets in LIFECYCLE.items() for to in targets
    }
    assert {(a, on, b) for (a, b), triggers in life.arrows.items() for on in triggers} == expected
    phases = phases_of(ConnectFour)
    assert (phases.begin, phases.final) == (WAITING, ("finished",))
    assert phases.arrows["waiting", "playing"] == ["start"]
