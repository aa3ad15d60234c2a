from importlib.metadata import EntryPoint
from typing import Any

import pytest
from msgspec import Struct

from kibitz.games.connect_four import ConnectFour
from kibitz.games.registry import BUNDLED, GROUP, load_games
from kibitz.ids import GameName, Seat
from kibitz.rules import SEED_BYTES, Chance, ClockRule, PerGame, Referee, Setup
from support import toy_games
from support.toy_games import LastOne

OURS = sorted(game.name for game in BUNDLED)


def entry(value: str) -> EntryPoint:
    return EntryPoint("a-game", value, GROUP)


def test_the_bundled_games_are_there() -> None:
    registry = load_games([])
    assert isinstance(registry.games["connect-four"], ConnectFour)  # type: ignore[index]
    assert sorted(registry.games) == OURS
    assert registry.broken == ()


@pytest.mark.parametrize("name", OURS)
def test_a_rematch_swaps_sides(name: str) -> None:
    """Whoever begins has another place at the table than the one before."""
    referee = Referee(load_games([]).games[GameName(name)])
    seats = referee.game.seats.least
    chance = Chance(bytes(SEED_BYTES))
    views = [
        referee.game.view(
            referee.start(Setup(seats, referee.options(b"{}"), 1 + first, Seat(first), chance)), None
        )
        for first in range(seats)
    ]
    assert all(view != views[0] for view in views[1:])


def test_a_package_announces_its_game() -> None:
    registry = load_games([entry("support.toy_games:Tally")])
    assert sorted(registry.games) == [*OURS, "tally"]


def test_a_broken_one_is_reported_and_keeps_nobody_from_playing() -> None:
    registry = load_games(
        [
            entry("no.such.module:Game"),
            entry("support.toy_games:Missing"),
            entry("support.toy_games:Hands"),
            entry("kibitz.games.connect_four:ConnectFour"),
            entry("support.toy_games:Tally"),
        ]
    )
    assert sorted(registry.games) == [*OURS, "tally"]
    problems = [each.problem for each in registry.broken]
    assert len(problems) == 4
    assert problems[0].startswith("ModuleNotFoundError")
    assert problems[1].startswith("AttributeError")
    assert "not a subclass" in problems[2]
    assert "is taken" in problems[3]


def test_what_is_installed_is_asked_by_default() -> None:
    assert "connect-four" in load_games().games


def test_a_game_whose_clock_fails_by_default_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Timeless(LastOne):
        def clock(self, options: Any) -> ClockRule:
            return PerGame(0)

    monkeypatch.setattr(toy_games, "Timeless", Timeless, raising=False)
    registry = load_games([entry("support.toy_games:Timeless"), entry("support.toy_games:Tally")])
    assert sorted(registry.games) == [*OURS, "tally"]
    assert "above 0 ms" in registry.broken[0].problem


def test_a_game_whose_options_cannot_be_described_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mood:
        pass

    class Options(Struct, frozen=True):
        mood: Mood | None = None

    class Moody(LastOne):
        options = Options

    monkeypatch.setattr(toy_games, "Moody", Moody, raising=False)
    registry = load_games([entry("support.toy_games:Moody")])
    assert sorted(registry.games) == OURS
    assert len(registry.broken) == 1
