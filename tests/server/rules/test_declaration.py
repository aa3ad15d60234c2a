"""A faulty declaration is an error when the class is made, and names the line to change."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from kibitz.rules import DeclarationError

GOOD = """\
from typing import Annotated
from msgspec import Meta, Struct
from kibitz.rules import *

class S(State, frozen=True):
    left: int

class Take(Args, frozen=True):
    n: Annotated[int, Meta(ge=1, le=3)]

class Nim(Game[S]):
    name = "nim"
    title = "Nim"
    seats = Seats(2, 2)
    phases = Phases(
        {
            ("waiting", "start"): "on",
            ("on", "take"): ("on", "over"),
            ("on", "forfeit"): "over",
        },
        final="over",
    )

    def setup(self, setup):
        return S("on", 21)

    def to_move(self, state):
        return (0,)

    @action(Take)
    def take(self, state, seat, args):
        return S("on", state.left - args.n)

    def on_forfeit(self, state, seat):
        return S("over", 0)

    def outcome(self, state):
        return Outcome(0, "taken")

    def view(self, state, seat):
        return {"left": state.left}
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "nim_under_test.py"
    path.write_text(text)
    spec = spec_from_file_location("nim_under_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["nim_under_test"] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["nim_under_test"]
    return module


def test_a_good_declaration_is_taken(tmp_path: Path) -> None:
    load(tmp_path, GOOD)


def test_an_action_may_be_called_other_than_its_method(tmp_path: Path) -> None:
    text = GOOD.replace("@action(Take)", '@action(Take, name="pass")').replace('"take"', '"pass"')
    assert list(vars(load(tmp_path, text))["Nim"].actions) == ["pass"]


@pytest.mark.parametrize(
    ("old", "new", "line_has", "says"),
    [
        ('    title = "Nim"\n', "", "class Nim", "`title` is missing"),
        ('"nim"', '"Nim!"', "name =", "not lower-case words"),
        ("Seats(2, 2)", "Seats(3, 2)", "seats =", "seats from 3 to 2"),
        ('("on", "take")', '("on", "grab")', '"grab"', "no such action"),
        ('("on", "over")', '("on", "ovr")', '"ovr"', "nothing leads out of the phase 'ovr'"),
        ('("on", "over")', '"on"', "forfeit", None),  # still ends by a forfeit: good
        ('            ("on", "forfeit"): "over",\n', "", '"on"', "who leaves in the phase 'on'"),
        (
            '("on", "forfeit"): "over",',
            '("on", "forfeit"): "over", ("lost", "take"): "over", ("lost", "forfeit"): "over",',
            '"lost"',
            "no way leads to the phase 'lost'",
        ),
        (
            '("on", "take"): ("on", "over"),\n            ("on", "forfeit"): "over",',
            '("on", "take"): "on",\n            ("on", "forfeit"): "on",',
            None,
            "to the phase 'over'|from the phase 'on'",
        ),
        ('("waiting", "start")', '("on", "start")', '"start"', "leads out of 'waiting'"),
        (
            '("on", "forfeit"): "over",',
            '("on", "forfeit"): "over", ("over", "take"): "on",',
            '"over"',
            "is final",
        ),
        ('("on", "take"): ("on", "over"),', "", "@action(Take)", "allowed in no phase"),
        ("class Take(Args, frozen=True)", "class Take(Struct, frozen=True)", "@action(Take)", "Args"),
        ("    n: Annotated[int, Meta(ge=1, le=3)]", "    n: float", "n: float", "fractions"),
        ("    left: int", "    left: float", "left: float", "S.left: fractions"),
        ("    left: int", "    left: list[int]", "left:", "S.left: a state is never changed in place"),
        ("    left: int", "    left: frozenset[int]", "left:", "S.left: a set has no order"),
        ("    left: int", "    left: tuple[tuple[int, float], ...]", "left:", "S.left: fractions"),
        ("    left: int", "    left: int | dict[str, int]", "left:", "never changed in place"),
        ("class S(State, frozen=True)", "class S(State, frozen=False)", "class Nim", "not frozen"),
        (
            "class S(State, frozen=True)",
            "class S(Struct, frozen=True)",
            "class Nim",
            "subclass of kibitz.rules.State",
        ),
        ("Game[S]", "Game", "class Nim", "Game\\[YourState\\]"),
        ("    def on_forfeit", "    def on_surrender", "class Nim", "`on_forfeit` is missing"),
        ("    def view", "    def shown", "class Nim", "`view` is missing"),
        ('    title = "Nim"', '    title = "Nim"; brain = "nim"', "brain =", "package.module:function"),
        (
            "    n: Annotated[int, Meta(ge=1, le=3)]\n",
            "    n: int\n",
            None,
            None,
        ),
        ('    title = "Nim"', '    title = "Nim"; rules_version = 0', "rules_version =", "begins at 1"),
        (
            "class Nim(Game[S]):",
            "class O(Struct):\n    x: int\n\nclass Nim(Game[S]):\n    options = O",
            "x: int",
            "the option 'x' has no default",
        ),
        (
            "    def view",
            "    def clock(self, options): return None\n\n    def view",
            "class Nim",
            "a clock needs",
        ),
        ("    def take(", "    def timeout(", "@action", None),
        ("    left: int", "    left: int\n    chance: int = 0", "chance:", "its type is kibitz.rules.Chance"),
        ("    left: int", "    left: Chance", None, None),
        ('    title = "Nim"', '    title = "Nim"\n    substitute = True', "substitute =", "needs a brain"),
        (
            '    title = "Nim"',
            '    title = "Nim"\n    view_module = "nim/view.js"',
            "view_module =",
            "view.js",
        ),
        (
            '    title = "Nim"',
            '    title = "Nim"\n    ticks_per_second = 61',
            "ticks_per_second =",
            "61 ticks",
        ),
        ('    title = "Nim"', '    title = "Nim"\n    ticks_per_second = 20', "class Nim", "all four"),
        (
            '("on", "forfeit"): "over",\n        },\n        final="over",\n    )\n',
            (
                '("on", "forfeit"): "over",\n            ("on", "tick"): "on",\n'
                '            ("on", "timeout"): "over",\n        },\n        final="over",\n    )\n'
                "    ticks_per_second = 20\n\n"
                "    def tick(self, state): return state\n\n"
                '    def frame(self, state, viewer): return b""\n\n'
                "    def clock(self, options): return PerPhase({'on': 1_000})\n\n"
                "    def on_phase_over(self, state): return S('over', 0)\n"
            ),
            "def clock",
            "has no clock",
        ),
        ('    title = "Nim"', '    title = "Nim"\n    late_ticks = 3', "late_ticks =", "not within 0 to 0"),
        (
            '    title = "Nim"',
            '    title = "Nim"\n    durability = Durability.RELAXED',
            "durability =",
            "only a game in real time",
        ),
        ('("on", "forfeit")', '("on", "timeout"): "over", ("on", "forfeit")', "class Nim", "a clock needs"),
    ],
)
def test_a_faulty_one_names_the_line(
    tmp_path: Path, old: str, new: str, line_has: str | None, says: str | None
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    if says is None and line_has != "@action":
        load(tmp_path, text)
        return
    with pytest.raises(DeclarationError) as caught:
        load(tmp_path, text)
    error = caught.value
    assert str(error).startswith(f"{tmp_path / 'nim_under_test.py'}:{error.line}: Nim: ")
    if says is not None:
        assert re.search(says, error.problem), error.problem
    if line_has is not None:
        assert line_has in text.splitlines()[error.line - 1], (error.line, error.problem)


def test_a_bot_needs_moves_that_can_be_listed(tmp_path: Path) -> None:
    text = GOOD.replace("Annotated[int, Meta(ge=1, le=3)]", "int").replace(
        '    title = "Nim"', '    title = "Nim"; brain = "nim:choose"'
    )
    with pytest.raises(DeclarationError, match="bots need `candidates`"):
        load(tmp_path, text)
