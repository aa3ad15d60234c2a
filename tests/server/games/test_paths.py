"""Games that are not installed: a file, or a folder that announces them as a package would."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kibitz.games.paths import NoGame, classes_at
from kibitz.games.registry import load_games
from kibitz.rules import DeclarationError

RULES = """
from kibitz.rules import Args, FORFEIT, START, WAITING, Game, Outcome, Phases, Seats, State, action

class Table(State, frozen=True):
    turn: int

class {name}(Game[Table]):
    name, title, seats, views_differ = "{slug}", "A game", Seats(2, 2), False
    phases = Phases(
        {{(WAITING, START): "on", ("on", "end"): "over", ("on", FORFEIT): "over"}}, final="over"
    )
    def setup(self, setup): return Table("on", setup.first)
    def to_move(self, state): return (state.turn,) if state.phase == "on" else ()
    @action(Args)
    def end(self, state, seat, args): return Table("over", seat)
    def on_forfeit(self, state, seat): return Table("over", 1 - seat)
    def outcome(self, state): return Outcome(state.turn, "ended")
    def view(self, state, seat): return {{"phase": state.phase, "turn": state.turn}}
"""


@pytest.fixture(autouse=True)
def _leave_no_modules() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def rules(name: str = "Lone", slug: str = "lone") -> str:
    return RULES.format(name=name, slug=slug)


def package(folder: Path, *, layout: str = "src/", entries: str = 'lone = "lone_package.rules:Lone"') -> Path:
    inner = folder / layout / "lone_package"
    inner.mkdir(parents=True)
    (inner / "__init__.py").write_text("")
    (inner / "rules.py").write_text(rules())
    (folder / "pyproject.toml").write_text(f'[project.entry-points."kibitz.games"]\n{entries}\n')
    return folder


def test_of_a_file_every_game_counts(tmp_path: Path) -> None:
    file = tmp_path / "two_games.py"
    file.write_text(rules() + rules("Other", "other"))
    registry = load_games([], [file])
    assert {"lone", "other"} <= set(registry.games)
    assert registry.broken == ()
    assert [source for source, _ in classes_at(file)] == [f"{file}:Lone", f"{file}:Other"]


@pytest.mark.parametrize("layout", ["", "src/"])
def test_a_folder_announces_its_games(tmp_path: Path, layout: str) -> None:
    folder = package(tmp_path / "a_game", layout=layout)
    assert "lone" in load_games([], [folder]).games


def test_the_working_copy_goes_before_what_is_installed(tmp_path: Path) -> None:
    from importlib.metadata import EntryPoint

    folder = package(tmp_path / "a_game")
    installed = EntryPoint("lone", "lone_package.rules:Lone", "kibitz.games")
    registry = load_games([installed], [folder])
    assert "lone" in registry.games
    assert registry.broken == ()


def test_two_of_one_name_are_told(tmp_path: Path) -> None:
    for name in ("first_file", "second_file"):
        (tmp_path / f"{name}.py").write_text(rules())
    registry = load_games([], [tmp_path / "first_file.py", tmp_path / "second_file.py"])
    (broken,) = registry.broken
    assert (broken.problem, broken.is_named) == ("the name 'lone' is taken", True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is nothing at"),
        ("x = 1", "no game is defined in"),
        ("from kibitz.games.connect_four import ConnectFour", "no game is defined in"),
        ("def f(:", "SyntaxError"),
        ("x = missing_name", "is not defined (/"),
    ],
)
def test_a_file_without_a_game(tmp_path: Path, content: str | None, problem: str) -> None:
    file = tmp_path / "no_game_here.py"
    if content is not None:
        file.write_text(content)
    (broken,) = load_games([], [file]).broken
    assert problem in broken.problem
    assert broken.is_named


def test_a_faulty_declaration_leads_to_its_line(tmp_path: Path) -> None:
    file = tmp_path / "faulty_game.py"
    file.write_text(rules().replace('"over"), ', '"ovr"), ').replace('final="over"', 'final="ovr"'))
    (broken,) = load_games([], [file]).broken
    assert broken.problem.startswith(f"{file}:")
    with pytest.raises(DeclarationError):
        classes_at(file)


@pytest.mark.parametrize(
    ("described", "problem"),
    [
        (None, "has no pyproject.toml"),
        ("[project", "is not valid TOML"),
        ("[project]\n", 'has no [project.entry-points."kibitz.games"]'),
        ('[project.entry-points."kibitz.games"]\nx = "no_such_module_here:X"\n', "no_such_module_here"),
        ('[project.entry-points."kibitz.games"]\nx = "lone_package.rules:Table"\n', "is not a subclass"),
    ],
)
def test_a_folder_without_a_game(tmp_path: Path, described: str | None, problem: str) -> None:
    folder = package(tmp_path / "a_game")
    if described is None:
        (folder / "pyproject.toml").unlink()
    else:
        (folder / "pyproject.toml").write_text(described)
    (broken,) = load_games([], [folder]).broken
    assert problem in broken.problem


@pytest.mark.parametrize("name", ["random", "msgspec"])
def test_it_takes_no_other_modules_place(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.py"
    file.write_text(rules())
    with pytest.raises(NoGame, match="another module is called"):
        classes_at(file)


def test_what_is_no_python_is_no_game(tmp_path: Path) -> None:
    file = tmp_path / "game.txt"
    file.write_text("")
    with pytest.raises(NoGame, match="neither a Python file nor the folder"):
        classes_at(file)
