"""Games that keep their promises pass, and each planted fault is found and named."""

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kibitz.check.report import lines
from kibitz.check.run import Plan, Report, check
from kibitz.clock import SystemClock
from kibitz.games.connect_four import ConnectFour
from kibitz.games.registry import load_games
from kibitz.rules import Game
from support.planted_coins import Coin, Foretells, TellsTheSeed
from support.planted_games import (
    BadBrain,
    DeadEnd,
    Endless,
    Floats,
    Higher,
    Leak,
    NeverOver,
    Remembers,
    RunsAway,
    SetOrder,
    TellsByEvent,
    TellsByRefusal,
    Undeclared,
    Unreached,
)

GUIDE = Path(__file__).parents[3] / "docs" / "writing-a-game.md"
PLAN = Plan(seed=7, rooms=60, seconds=1, length_most=300, bot_budget_ms=20)


def checked(game: Game[Any], plan: Plan = PLAN) -> Report:
    return check(game, plan, SystemClock())


def test_connect_four_passes() -> None:
    report = checked(ConnectFour())
    assert report.failed is None, report.failed
    rows = dict(report.rows)
    assert list(rows) == [
        "matches",
        "phases",
        "actions",
        "refusals",
        "fold",
        "patches",
        "views",
        "secrets",
        "bot",
    ]
    assert "game:column_full" in rows["refusals"]
    assert rows["phases"] == "finished, playing, waiting"
    assert "resign" in rows["actions"]
    assert rows["secrets"].startswith("nothing is hidden: each of ")
    assert "all legal" in rows["bot"]


def test_the_game_of_the_guide_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    (tmp_path / "guide_tictactoe.py").write_text(blocks[0])
    monkeypatch.syspath_prepend(str(tmp_path))
    report = checked(import_module("guide_tictactoe").TicTacToe())
    monkeypatch.delitem(sys.modules, "guide_tictactoe")
    assert report.failed is None, report.failed
    assert dict(report.rows)["bot"] == "the game has no brain"


def test_hidden_cards_pass_where_they_stay_hidden() -> None:
    report = checked(Higher())
    assert report.failed is None, report.failed
    assert re.match(r"[\d,]+ paired worlds, [\d,]+ of them differing", dict(report.rows)["secrets"])


def test_chance_passes_where_nobody_foresees_it() -> None:
    report = checked(Coin())
    assert report.failed is None, report.failed
    assert "time-outs, " in dict(report.rows)["matches"]
    assert re.search(r"[1-9]\d* rewinds", dict(report.rows)["matches"])


@pytest.mark.timeout(120)
def test_every_bundled_game_passes() -> None:
    games = load_games([]).games.values()
    assert len(games) >= 3
    for game in games:
        report = checked(game, Plan(seed=11, seconds=4, bot_budget_ms=100))
        assert report.failed is None, (game.name, report.failed)


@pytest.mark.parametrize(
    ("game", "topic", "problem"),
    [
        (Leak(), "secrets", r"a leak: the view of .+ tells at /together what is hidden from it"),
        (TellsByEvent(), "secrets", r"a leak: `event_view` of 'show' tells .+ what its view hides"),
        (TellsByRefusal(), "secrets", r"a leak: what seat \d is answered to show \{'n': \d\} tells what is"),
        (Undeclared(), "secrets", r"no `twin` says what is hidden from whom"),
        (SetOrder(), "fold", r"not deterministic: folded in another process, 'started' gives another"),
        (Remembers(), "fold", r"not deterministic: folded a second time, 'started' gives another"),
        (DeadEnd(), "dead ends", r"seat \d is to move in the phase 'showing' and has no legal move"),
        (Endless(), "dead ends", r"the match was not over after 300 turns"),
        (NeverOver(), "dead ends", r"the match waits in the phase 'showing' for seat \d, who left"),
        (Floats(), "views", r"the view of .+ holds what is not allowed: /share: float"),
        (Unreached(), "phases", r"the phase 'tied' was never reached in \d+ matches"),
        (Foretells(), "secrets", r"a leak: the view of everybody tells at /next what is hidden from it"),
        (TellsTheSeed(), "secrets", r"a leak: the view of everybody tells the seed"),
        (BadBrain(), "bot", r"the brain chose show \{'n': 8\} for seat \d, which is not legal"),
    ],
    ids=lambda value: value.name if isinstance(value, Game) else "",
)
def test_a_planted_fault_is_found(game: Game[Any], topic: str, problem: str) -> None:
    failed = checked(game).failed
    assert failed is not None
    assert failed.topic == topic
    assert re.search(problem, failed.problem), failed.problem


def test_a_game_that_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.check.runaway.CPU_S_MOST", 0.5)
    failed = checked(RunsAway()).failed
    assert failed is not None
    assert failed.topic == "exceptions"
    problem = (
        r"the action give_in \{\} of seat \d raised RanAway: did not come back within .*planted_games\.py:\d+"
    )
    assert re.search(problem, failed.problem), failed.problem


@pytest.mark.parametrize("game", [Leak(), DeadEnd(), SetOrder()])
def test_a_failure_comes_again_alone(game: Game[Any]) -> None:
    first = checked(game).failed
    assert first is not None
    again = checked(game, Plan(seed=7, only=first.match, length_most=300)).failed
    assert again is not None
    assert (again.problem, again.match, again.step) == (first.problem, first.match, first.step)


def test_the_report_says_how_to_repeat_a_failure() -> None:
    report = checked(Leak())
    assert report.failed is not None
    said = lines(Leak(), "planted:Leak", PLAN, report)
    assert said[0] == "Higher (leak): 2-4 seats, rules version 1, seed 7"
    assert (
        said[-1].strip()
        == f"kibitz check planted:Leak --seed 7 --turns 300 --only-match {report.failed.match}"
    )
    assert any(line.startswith("  secrets    FAILED: a leak") for line in said)


def test_it_keeps_to_its_time() -> None:
    report = checked(ConnectFour(), Plan(seed=1, seconds=0.5))
    assert report.failed is None
    assert report.took_ms < 20_000
