from importlib.metadata import EntryPoint

from kibitz.games.connect_four import ConnectFour
from kibitz.games.registry import GROUP, load_games


def entry(value: str) -> EntryPoint:
    return EntryPoint("a-game", value, GROUP)


def test_the_bundled_games_are_there() -> None:
    registry = load_games([])
    assert isinstance(registry.games["connect-four"], ConnectFour)  # type: ignore[index]
    assert registry.broken == ()


def test_a_package_announces_its_game() -> None:
    registry = load_games([entry("support.toy_games:Tally")])
    assert sorted(registry.games) == ["connect-four", "tally"]


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
    assert sorted(registry.games) == ["connect-four", "tally"]
    problems = [each.problem for each in registry.broken]
    assert len(problems) == 4
    assert problems[0].startswith("ModuleNotFoundError")
    assert problems[1].startswith("AttributeError")
    assert "not a subclass" in problems[2]
    assert "is taken" in problems[3]


def test_what_is_installed_is_asked_by_default() -> None:
    assert "connect-four" in load_games().games
