"""`kibitz new GAME`: the package of a new game, which can be played before anything in it was changed."""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.config import SettingError, load

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
NAME_LENGTH_MOST = 40
_TAKEN_PACKAGES = frozenset({"kibitz_etl", "kibitz_dashboard"})
_TAKEN_CLASSES = frozenset(
    {"Annotated", "Args", "Game", "Heap", "Meta", "Move", "Options", "Outcome", "Phases", "Refusal", "Seat"}
    | {"Seats", "Setup", "State", "Struct", "Take", "Value", "Chance", "Referee"}
)


def new(arguments: list[str], env: Mapping[str, str]) -> int:
    """Makes a folder of the game's name, or none at all. Never writes into one that is there."""
    parser = argparse.ArgumentParser(
        prog="kibitz new",
        description="Make the package of a new game: rules, a bot, tests. It can be played at once; "
        "docs/writing-a-game.md leads on from there.",
        allow_abbrev=False,
    )
    parser.add_argument("game", metavar="GAME", help="its name: lower-case words joined by hyphens")
    parser.add_argument(
        "--in", dest="parent", type=Path, default=Path(), metavar="DIR", help="where to make the folder"
    )
    parser.add_argument("--view", action="store_true", help="with a JavaScript module that draws it")
    given = parser.parse_args(arguments)
    name = _name(given.game, env)
    folder = given.parent / name
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder} is there already, and nothing in it is overwritten.")
    try:
        _write(folder, _texts(name, folder.name, with_view=given.view))
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}.") from None
    print(_what_next(folder, name))
    return 0


def _name(name: str, env: Mapping[str, str]) -> str:
    if not NAME.match(name) or len(name) > NAME_LENGTH_MOST:
        words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
        better = "-".join(words).lstrip("0123456789-")[:NAME_LENGTH_MOST].rstrip("-")
        hint = f", like {better!r}" if better else ""
        raise UsageError(
            f"{name!r} is no name of a game: it has lower-case words joined by hyphens, "
            f"at most {NAME_LENGTH_MOST} characters{hint}."
        )
    if _package(name) in _TAKEN_PACKAGES:
        raise UsageError(f"the name {name!r} is taken by Kibitz itself.")
    from kibitz.games.registry import load_games

    try:
        games = load_games(paths=load({}, env).games).games
    except SettingError as error:
        raise UsageError(str(error)) from None
    if name in games:
        raise UsageError(f"there is a game {name!r} here already: choose another name.")
    return name


def _package(name: str) -> str:
    """Never the name of another module, whatever the game is called: `random` becomes `kibitz_random`."""
    return "kibitz_" + name.replace("-", "_")


def _texts(name: str, folder: str, *, with_view: bool) -> dict[str, str]:
    """Every file by its path in the folder."""
    title = " ".join(word.capitalize() for word in name.split("-"))
    klass = "".join(word.capitalize() for word in name.split("-"))
    package = _package(name)
    words = {
        "NAME": name,
        "TITLE": title,
        "CLASS": f"{klass}Game" if klass in _TAKEN_CLASSES else klass,
        "PACKAGE": package,
        "DISTRIBUTION": f"kibitz-{name}",
        "FOLDER": folder,
        "VIEW_MODULE": f'    view_module = "{package}:view.js"\n' if with_view else "",
        "VIEW_ROW": f"| `src/{package}/view.js` | how it is drawn in the browser |\n" if with_view else "",
    }
    places = {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        "__init__.py": f"src/{package}/__init__.py",
        "rules.py": f"src/{package}/rules.py",
        "bot.py": f"src/{package}/bot.py",
        "test_rules.py": "tests/test_rules.py",
    }
    if with_view:
        places["view.js"] = f"src/{package}/view.js"
    templates = files("kibitz.cli") / "new_game"
    return {
        place: re.sub(
            r"@([A-Z_]+)@",
            lambda found: words[found[1]],
            (templates / f"{template}.tmpl").read_text("utf-8"),
        )
        for template, place in places.items()
    }


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """All files or none: they are written beside the folder's place, and moved there at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for place, text in texts.items():
            path = made / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _what_next(folder: Path, name: str) -> str:
    kibitz, python = _commands()
    rules = folder / "src" / _package(name) / "rules.py"
    return "\n".join(
        [
            f"Made {folder}/: a whole game already (take one to three stones; the last one wins).",
            "",
            f"  {kibitz} serve --games {folder}    play it: open the address that its log names",
            f"  {kibitz} check {folder}            hold its rules to what the frame promises",
            f"  {python} -m pytest {folder}        its tests",
            "",
            f"Then make it yours: {rules}",
            "docs/writing-a-game.md goes on from here.",
        ]
    )


def _commands() -> tuple[str, str]:
    """`kibitz` and Python as whoever typed this command would type them."""
    typed = sys.argv[0]
    if Path(typed).name != "kibitz" or shutil.which("kibitz") == typed:
        return "kibitz", "python"
    here = os.path.relpath(typed)
    kibitz = here if not here.startswith("..") else typed
    return kibitz, str(Path(kibitz).with_name("python"))
